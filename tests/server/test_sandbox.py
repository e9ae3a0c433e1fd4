"""The page around the frame of an app: for people of this server, with no origin, and with a policy that only tightens."""

from __future__ import annotations

import re

import pytest

from jupyter_connectors.appcsp import Origins, declared, policy, query

from .conftest import Server

PLACE = "jupyter-connectors/app/sandbox"
DECLARED = declared(
    {
        "connectDomains": ["https://api.example.com", "wss://live.example.com"],
        "resourceDomains": ["https://*.cdn.example"],
        "baseUriDomains": ["https://base.example"],
    }
)


def directives(policy: str) -> dict[str, str]:
    return dict(each.strip().partition(" ")[::2] for each in policy.split(";"))


def test_a_page_without_declarations_reaches_nothing(server: Server) -> None:
    page = server.get(PLACE)
    assert page.status == 200
    assert page.headers["Connection-Allowlist"] == "()"
    told = directives(page.headers["Content-Security-Policy"])
    assert told["default-src"] == told["object-src"] == told["form-action"] == told["frame-src"] == "'none'"
    assert told["sandbox"] == "allow-scripts allow-forms"
    assert told["frame-ancestors"] == "'self'"
    assert "base-uri" not in told, "the page sets its own base first"
    assert not re.search(r"https?://|wss?://", page.headers["Content-Security-Policy"])
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Content-Type-Options"] == "nosniff"


def test_what_was_declared_is_in_the_headers_and_in_the_page_after_its_base(server: Server) -> None:
    page = server.get(f"{PLACE}?csp={query(DECLARED)}")
    told = directives(page.headers["Content-Security-Policy"])
    assert told["connect-src"] == "data: blob: https://api.example.com wss://live.example.com"
    assert told["script-src"].endswith(" https://*.cdn.example")
    assert page.headers["Connection-Allowlist"] == (
        '("https://api.example.com/*" "wss://live.example.com/*" "https://*.cdn.example/*")'
    )
    written = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', page.text)
    assert written and written[1] == policy(DECLARED)
    assert page.text.index('<base href="about:srcdoc">') < written.start() < page.text.index("<script")


def test_the_page_is_the_same_for_every_app_but_for_its_policy(server: Server) -> None:
    plain, declaring = server.get(PLACE).text, server.get(f"{PLACE}?csp={query(DECLARED)}&x=%3Cscript%3E").text
    assert plain.replace(policy(Origins()), "") == declaring.replace(policy(DECLARED), "")


@pytest.mark.parametrize(
    "wrong",
    [
        "{}",
        "%7B%22connectDomains%22:[%22*%22]%7D",
        "eyJjb25uZWN0RG9tYWlucyI6WyIqIl19",
        "https://evil.example",
        f"{query(DECLARED)}=",
        f"{query(DECLARED)[:-4]}",
        "A" * 30_000,
        "%00",
        "%0d%0aSet-Cookie:%20a=b",
    ],
)
def test_anything_else_is_an_error_and_never_a_wider_policy(server: Server, wrong: str) -> None:
    page = server.get(f"{PLACE}?csp={wrong}")
    assert page.status == 400
    told = directives(page.headers["Content-Security-Policy"])
    assert told["default-src"] == "'none'" and told["sandbox"] == "allow-scripts allow-forms"
    assert page.headers["Connection-Allowlist"] == "()"
    assert "a=b" not in page.headers.get("Set-Cookie", "") and "evil.example" not in page.text


def test_a_list_given_twice_is_read_once(server: Server) -> None:
    wide = query(declared({"connectDomains": ["https://evil.example"]}))
    told = server.get(f"{PLACE}?csp={wide}&csp={query(DECLARED)}").headers["Content-Security-Policy"]
    assert "evil.example" not in told


def test_the_server_itself_is_left_out_even_where_it_was_declared(server: Server) -> None:
    names = [f"http://127.0.0.1:{server.port}", f"http://localhost:{server.port}", "http://localhost:1"]
    found = declared({"connectDomains": names, "frameDomains": names[:1]}, loopback=True)
    page = server.get(f"{PLACE}?csp={query(found)}")
    told = directives(page.headers["Content-Security-Policy"])
    assert (told["connect-src"], told["frame-src"]) == ("data: blob: http://localhost:1", "'none'")
    assert page.headers["Connection-Allowlist"] == '("http://localhost:1/*")'
    assert str(server.port) not in page.text


HUB = "hub.example.com"


def reaches(server: Server, **headers: str) -> str:
    """What a page may connect to that declared the addresses people know the server by."""
    names = [f"https://{HUB}", f"https://{HUB}:8443", "https://a.example"]
    found = server.get(f"{PLACE}?csp={query(declared({'connectDomains': names}))}", **headers)
    assert found.status == 200
    told = directives(found.headers["Content-Security-Policy"])["connect-src"].removeprefix("data: blob: ")
    assert (
        found.headers["Connection-Allowlist"] == f"({' '.join(f'{chr(34)}{each}/*{chr(34)}' for each in told.split())})"
    )
    return told


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Forwarded_Host": HUB},
        {"X_Forwarded_Host": f"{HUB.upper()}, inner.example"},
        {"Forwarded": f"for=192.0.2.1;host={HUB};proto=https, for=10.0.0.1"},
        {"Forwarded": f'for=192.0.2.1; Host="{HUB}:443"'},
    ],
)
def test_the_name_a_proxy_tells_is_the_server_s_own_where_the_server_believes_it(
    server: Server, proxied: Server, headers: dict[str, str]
) -> None:
    assert reaches(proxied, **headers) == f"https://{HUB}:8443 https://a.example"
    assert reaches(server, **headers) == f"https://{HUB} https://{HUB}:8443 https://a.example"


@pytest.mark.parametrize("header", ["Referer", "Origin"])
def test_the_page_that_asks_for_it_is_the_server_s_own_too(server: Server, header: str) -> None:
    asking = {header: f"https://{HUB}:8443" + ("/user/ada/lab" if header == "Referer" else "")}
    assert reaches(server, **asking) == f"https://{HUB} https://a.example"


@pytest.mark.parametrize(
    "headers",
    [
        {"Referer": "https://[::1", "Origin": "null"},
        {"Referer": "", "X_Forwarded_Host": "", "Forwarded": ""},
        {"X_Forwarded_Host": ", ,", "Forwarded": 'host="; host'},
    ],
)
def test_a_header_that_names_nobody_changes_nothing(proxied: Server, headers: dict[str, str]) -> None:
    assert reaches(proxied, **headers) == f"https://{HUB} https://{HUB}:8443 https://a.example"


def test_whatever_an_app_declares_its_page_is_given(server: Server) -> None:
    names = [f"https://{'a' * 60}.{'b' * 60}.{number}.example" for number in range(64)]
    found = declared(dict.fromkeys(("connectDomains", "resourceDomains", "frameDomains", "baseUriDomains"), names))
    assert found.refused
    assert server.get(f"{PLACE}?csp={query(found)}").status == 200


def test_case_15_who_is_not_signed_in_and_a_foreign_host_get_no_page(server: Server) -> None:
    stranger = server.get(PLACE, signed=False)
    assert stranger.status == 302 and stranger.headers["Location"].startswith("/user/ada/login")
    assert server.get(PLACE, Host="evil.example").status == 403
    for method in ("POST", "PUT", "DELETE"):
        assert server.get(PLACE, method=method).status in (403, 405)


def test_a_probe_of_the_page_is_answered_without_it(server: Server) -> None:
    probe = server.get(PLACE, method="HEAD")
    assert (probe.status, probe.text) == (200, "")
    assert probe.headers["Connection-Allowlist"] == "()"


def test_a_server_that_lets_a_portal_frame_it_lets_the_page_be_framed_there_too(portal: Server) -> None:
    told = directives(portal.get(PLACE).headers["Content-Security-Policy"])
    assert told["frame-ancestors"] == "'self' https://portal.example"
    assert told["default-src"] == "'none'" and "report-uri" not in told
