"""What an app may reach: only plain origins count, and no text of a server becomes a source or a directive."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_connectors.appcsp import (
    HOSTERS,
    LONGEST_QUERY,
    MOST,
    Origins,
    allowlist,
    declared,
    directives,
    from_query,
    granted,
    policy,
    query,
    without,
)

KINDS = ("connectDomains", "resourceDomains", "frameDomains", "baseUriDomains")
ORIGIN = r"(?:https?|wss?)://(?:\*\.)?[a-z0-9.-]+(?::[0-9]+)?"
SOURCE = rf"(?:'none'|'unsafe-inline'|'unsafe-eval'|'wasm-unsafe-eval'|data:|blob:|{ORIGIN})"
NAMES = "default|script|style|img|font|media|connect|worker|frame|object"
POLICY = re.compile(rf"(?:(?:(?:{NAMES})-src|form-action|base-uri)(?: {SOURCE})+(?:; |$)){{12}}")
ALLOWLIST = re.compile(rf'\((?:"{ORIGIN}/\*"(?: (?=")|(?=\))))*\)')

PIECES = [
    "https://", "wss://", "http://", "ws://", "HTTPS://", "//", "*.", "*", "a", "com", "example.com", "co.uk", "localhost",
    "127.0.0.1", "0x7f.1", "[::1]", ":", ":443", ":*", ":99999", "/", "/p", "?q", "#f", "user:pw@", "'self'", "'none'", ";",
    " ", "\t", "\n", ",", '"', "'", "<", ">", "&", "%", "\\", "script-src", "data:", "blob:", "ﬀ", "K", "例え", "é",
    "\u202e", "\0", "\u3002", "\uff0e", "xn--r8jz45g", "-", "_", ".",
]  # fmt: skip
TEXTS = st.one_of(st.text(max_size=40), st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
ANYTHING = st.one_of(TEXTS, st.none(), st.integers(), st.lists(TEXTS, max_size=2), st.binary(max_size=4))
DECLARATIONS = st.one_of(
    ANYTHING, st.dictionaries(st.sampled_from(KINDS), st.one_of(st.lists(ANYTHING, max_size=6), ANYTHING), max_size=4)
)


@given(DECLARATIONS, st.booleans())
def test_whatever_a_server_declares_the_policies_are_of_one_grammar(csp: Any, loopback: bool) -> None:
    found = declared(csp, loopback=loopback)
    assert POLICY.fullmatch(policy(found)), policy(found)
    assert ALLOWLIST.fullmatch(allowlist(found)), allowlist(found)
    assert "'self'" not in policy(found)
    if not loopback:
        assert not re.search(r"\b(?:http|ws)://|localhost|127\.0\.0\.1", policy(found))
    closed = directives(Origins())
    for name, sources in directives(found).items():
        fixed = [each for each in sources if "://" not in each]
        assert set(fixed) <= set(closed[name]), "what is not an origin is there for every app"
    assert all(text.isascii() and text.isprintable() and len(text) <= 120 for text in found.refused)


@given(DECLARATIONS, st.booleans())
def test_what_is_granted_was_declared_and_goes_through_an_address_unchanged(csp: Any, loopback: bool) -> None:
    found = declared(csp, loopback=loopback)
    for name, origins in granted(found).items():
        assert {each.lower() for each in csp[name] if isinstance(each, str)} >= set(origins)
    text = query(found)
    assert re.fullmatch(r"[A-Za-z0-9_-]*", text)
    assert granted(from_query(text)) == granted(found)


@given(st.one_of(st.text(max_size=30), st.text(alphabet="eyJABCabc012-_=", max_size=60)))
def test_a_query_of_somebody_else_is_an_error_or_plain_origins(text: str) -> None:
    try:
        found = from_query(text)
    except ValueError:
        return
    assert POLICY.fullmatch(policy(found)) and query(found) == text


@pytest.mark.parametrize(
    "origin",
    [
        "https://api.example.com",
        "https://*.example.com",
        "https://example.com:8443",
        "https://xn--r8jz45g.example",
        "https://intranet",
        "https://somebody.github.io",
        "https://bucket.s3.amazonaws.com",
        "https://*.notgithub.io",
        "wss://live.example.com",
    ],
)
def test_a_plain_origin_counts(origin: str) -> None:
    found = declared({"connectDomains": [origin, origin.upper()]})
    assert (found.connect, found.refused) == ((origin,), ())
    assert f"connect-src data: blob: {origin};" in policy(found)


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "*",
        "https:",
        "https://",
        "https://*",
        "https://*.com",
        "https://*.co.uk",
        "https://*.github.io",
        "https://*.herokuapp.com",
        "https://*.s3.amazonaws.com",
        "https://*.s3.eu-central-1.amazonaws.com",
        "wss://*.WORKERS.dev",
        "https://*.*.example.com",
        "https://a.*.example.com",
        "https://*example.com",
        "example.com",
        "*.example.com",
        "//example.com",
        "https://example.com/",
        "https://example.com/path",
        "https://example.com?q",
        "https://example.com#f",
        "https://user:pw@example.com",
        "https://example.com:*",
        "https://example.com:0",
        "https://example.com:080",
        "https://example.com:65536",
        "https://example.com.",
        "https://.example.com",
        "https://-a.example.com",
        "https://a_b.example.com",
        "https://example.com; script-src *",
        "https://example.com script-src",
        "https://example.com\n",
        " https://example.com",
        "https://example.com,https://evil.example",
        "https://exam\u202eple.com",
        "https://例え.example",
        "https://\u212a.example",
        "https://10.0.0.1",
        "https://2130706433",
        "https://0x7f000001",
        "https://1.2.3.0x4",
        "https://[::1]",
        "http://example.com",
        "ws://example.com",
        "http://localhost",
        "https://localhost:8888",
        "http://127.0.0.1:8888",
        "http://169.254.169.254",
        "data:",
        "blob:",
        "'self'",
        "'unsafe-inline'",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "ftp://example.com",
        f"https://{'a.' * 140}example.com",
        7,
        None,
        ["https://example.com"],
    ],
)
def test_anything_else_is_refused_and_named(origin: object) -> None:
    for name in KINDS:
        found = declared({name: [origin]})
        assert policy(found) == policy(Origins())
        assert len(found.refused) == 1


def test_the_page_on_security_names_each_host_below_which_a_wildcard_is_refused() -> None:
    page = Path(__file__).parents[1].joinpath("docs", "security.md").read_text(encoding="utf-8")
    told = page.partition("at or below these: ")[2].partition(". That is not")[0].replace("\n", " ").split(", ")
    assert len(told) > 40
    for name in told:
        found = declared({"connectDomains": [f"https://*.{name}", f"https://*.b.{name}", f"https://b.{name}"]})
        assert found.connect == (f"https://b.{name}",)
    assert sorted(told) == sorted(HOSTERS.split())


def test_addresses_of_this_machine_count_where_the_service_is_a_program_of_it() -> None:
    names = [
        "http://localhost:3000",
        "ws://127.0.0.1:3000",
        "https://app.localhost",
        "http://*.localhost",
        "http://0.0.0.0",
    ]
    found = declared({"connectDomains": names}, loopback=True)
    assert found.connect == tuple(names[:3])
    assert found.refused == tuple(names[3:])


def test_origins_cannot_be_made_of_anything_else() -> None:
    wrongs: list[Any] = [
        "'self'",
        "https://example.com; script-src *",
        "https://EXAMPLE.com",
        "http://example.com",
        None,
        7,
    ]
    for wrong in wrongs:
        with pytest.raises(ValueError, match="not a plain origin"):
            Origins(connect=(wrong,))
    with pytest.raises(ValueError, match="not a plain origin"):
        Origins(resource=("wss://example.com",))


def test_a_web_socket_is_for_connecting_only() -> None:
    found = declared({name: ["wss://live.example.com"] for name in KINDS})
    assert granted(found) == {"connectDomains": ["wss://live.example.com"]}
    assert found.refused == ("wss://live.example.com",) * 3


def test_each_kind_of_origin_opens_its_own_directives_only() -> None:
    found = declared({name: [f"https://{name.lower()}.example"] for name in KINDS})
    opened = {
        name: sources[-1].removeprefix("https://").removesuffix(".example")
        for name, sources in directives(found).items()
        if "://" in sources[-1]
    }
    resources = dict.fromkeys(
        ("script-src", "style-src", "img-src", "font-src", "media-src", "worker-src"), "resourcedomains"
    )
    assert opened == {
        **resources,
        "connect-src": "connectdomains",
        "frame-src": "framedomains",
        "base-uri": "baseuridomains",
    }
    assert "baseuridomains" not in allowlist(found), "a base alone connects nowhere"
    assert allowlist(Origins()) == "()"


def test_a_host_in_another_script_is_refused_and_shown_as_it_is_looked_up() -> None:
    found = declared({"connectDomains": ["https://\u0430pple.com/x", "https://a\u202eb.com", "https://\ud800.com"]})
    assert found.refused == ("https://xn--pple-43d.com/x", "https://a\\u202eb.com", "https://\\ud800.com")


def test_a_declaration_without_end_is_cut() -> None:
    found = declared({"connectDomains": [f"https://a{n}.example" for n in range(5_000)]})
    assert (len(found.connect), len(found.refused)) == (MOST, MOST)
    assert granted(from_query(query(found))) == granted(found)


def test_what_would_make_the_address_too_long_is_refused_origin_by_origin() -> None:
    name = ".".join(["a" * 60] * 3)
    csp = {kind: [f"https://{name}.{n}.{kind.lower()}.example" for n in range(MOST)] for kind in KINDS}
    short = "https://short.example"
    found = declared({**csp, "baseUriDomains": [*csp["baseUriDomains"], short]})
    assert len(query(found)) <= LONGEST_QUERY
    assert granted(from_query(query(found))) == granted(found)
    assert found.connect and found.base == (short,), "what is short enough counts, whatever came before it"
    assert found.refused[0].startswith(csp["connectDomains"][len(found.connect)][:100])


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.integers(1, 240), st.integers(0, 9)), max_size=200))
def test_whatever_is_declared_fits_into_an_address(lengths: list[tuple[str, int, int]]) -> None:
    csp: dict[str, list[str]] = {}
    for kind, length, number in lengths:
        host = ".".join(("a" * length)[at : at + 60] for at in range(0, length, 60))
        csp.setdefault(kind, []).append(f"https://{host}.b{number}.example")
    found = declared(csp)
    assert len(query(found)) <= LONGEST_QUERY
    assert granted(from_query(query(found))) == granted(found)


@pytest.mark.parametrize(
    ("host", "left"),
    [
        ("hub.example.com", ("https://other.example.com", "https://hub.example.com:8443", "http://localhost:8888")),
        ("hub.example.com:8443", ("https://hub.example.com", "https://other.example.com", "http://localhost:8888")),
        ("127.0.0.1:8888", ("https://hub.example.com", "https://other.example.com", "https://hub.example.com:8443")),
        ("[::1]:8888", ("https://hub.example.com", "https://other.example.com", "https://hub.example.com:8443")),
    ],
)
def test_the_jupyter_server_itself_is_never_an_origin_of_an_app(host: str, left: tuple[str, ...]) -> None:
    names = [
        "https://hub.example.com",
        "https://other.example.com",
        "https://hub.example.com:8443",
        "http://localhost:8888",
    ]
    found = without(declared({"connectDomains": names}, loopback=True), host)
    assert found.connect == left
    wild = declared({"connectDomains": ["https://*.example.com"]})
    assert without(wild, "hub.example.com").connect == ()
    assert without(wild, "example.com").connect == ("https://*.example.com",)
