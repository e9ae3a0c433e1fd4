from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from jupyter_connectors.entries import Entry, Launch, Remote
from jupyter_connectors.policy.connecting import Connecting, Selector
from jupyter_connectors.policy.layers import Defaults, Layer, Policy, may_connect


def remote(url: str, **more: Any) -> Entry:
    return Entry(**{**_ENTRY, "target": Remote(url=url), **more})


def local(*argv: str, **more: Any) -> Entry:
    launch = {key: more.pop(key) for key in ("env", "cwd") if key in more}
    return Entry(**{**_ENTRY, "target": Launch(command=argv[0], args=argv[1:], **launch), **more})


_ENTRY: dict[str, Any] = {"id": "mine", "title": "", "summary": "", "category": "", "custom": True}


def policy(**told: Any) -> Policy:
    return Policy(layers=(Layer(name="/etc/p.toml", source="organisation", connecting=Connecting(**told)),))


def allows(entry: Entry, **selector: Any) -> bool:
    return may_connect(entry, policy(allow=(Selector(**selector),))) is None


def denies(entry: Entry, **selector: Any) -> bool:
    return may_connect(entry, policy(deny=(Selector(**selector),))) is not None


def test_without_a_policy_any_connector_may_be_connected() -> None:
    assert may_connect(remote("https://a.example/mcp"), Policy()) is None
    assert may_connect(local("uvx", "server"), Policy()) is None


def test_an_id_allows_the_connector_of_the_directory_and_none_added_under_its_name() -> None:
    assert allows(local("uvx", id="acme-billing", custom=False), id="acme-*")
    assert not allows(local("uvx", id="acme-billing"), id="acme-billing")
    assert denies(local("uvx", id="Acme_Billing"), id="acme-billing")


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("https://a.corp.example/mcp", True),
        ("https://A.CORP.example:443/mcp", True),
        ("https://a.corp.example./mcp", True),
        ("https://b.a.corp.example/mcp", True),
        ("https://corp.example/mcp", False),
        ("http://a.corp.example/mcp", False),
        ("https://a.corp.example:8443/mcp", False),
        ("https://a.corp.example/mcp/more", False),
        ("https://a.corp.example/mcp?to=x", False),
        ("https://a.corp.example/mcp/../other", False),
        ("https://a.corp.example/%6dcp", False),
        ("https://a.corp.example@evil.example/mcp", False),
        ("https://evil.example/.corp.example/mcp", False),
        ("https://evil.example#.corp.example/mcp", False),
        ("https://evil.example?.corp.example/mcp", False),
        ("https://a.corp.example:x/mcp", False),
        ("https:///mcp", False),
        ("", False),
    ],
)
def test_an_address_is_allowed_only_where_every_reading_of_it_is(url: str, same: bool) -> None:
    assert allows(remote(url), url="https://*.corp.example/mcp") is same


@pytest.mark.parametrize(
    "url",
    [
        "https://x.evil.example/mcp",
        "http://X.Evil.Example.:80/",
        "https://x.evil.example",
        "https://x.evil.example/%6dcp?a=b",
    ],
)
def test_an_address_is_denied_however_it_is_written(url: str) -> None:
    assert denies(remote(url), url="*://*.evil.example/*")


@pytest.mark.parametrize(
    "url",
    [
        "https://me@x.evil.example/mcp",
        "https://x.evil.example\\y/mcp",
        "https://x.evil.example:port/",
        "https://[::1/",
        "https://xn--\u00fc.example/",
        "mcp.example/x",
        "",
    ],
)
def test_an_address_that_cannot_be_compared_is_refused_where_there_are_lists(url: str) -> None:
    assert denies(remote(url), url="https://elsewhere.example/*")
    assert may_connect(remote(url), policy(custom="owners")) is not None


@pytest.mark.parametrize("path", ["/mcp", "/%6dcp", "/x/../mcp", "/./mcp"])
def test_a_denied_path_is_denied_however_it_is_written(path: str) -> None:
    assert denies(remote(f"https://a.example{path}"), url="https://a.example/mcp")


def test_hosts_are_compared_as_ascii_and_numbers_as_four_numbers() -> None:
    assert denies(remote("https://b\u00fccher.example/"), url="https://xn--bcher-kva.example/*")
    assert denies(remote("https://xn--bcher-kva.example/"), url="https://b\u00fccher.example/*")
    assert denies(remote("https://stra\u00dfe.example/"), url="https://xn--strae-oqa.example/*")
    assert not denies(remote("https://stra\u00dfe.example/"), url="https://strasse.example/*")
    assert not allows(remote("https://\u0455lack.com/mcp"), url="https://slack.com/mcp")
    for written in ("2130706433", "0x7f.1", "0177.0.0.1", "127.1"):
        assert denies(remote(f"http://{written}/"), url="*://127.0.0.1/*")
    for written in ("[::1]", "[0:0:0:0:0:0:0:1]"):
        assert denies(remote(f"http://{written}/"), url="*://[::1]/*")


def test_a_port_in_a_pattern_is_that_port_or_any() -> None:
    assert allows(remote("https://a.example:8443/x"), url="https://a.example:8443/*")
    assert allows(remote("https://a.example:9/x"), url="https://a.example:*/*")


def test_a_command_is_compared_word_by_word_to_its_end() -> None:
    git = ("uvx", "mcp-server-git", "-r", "/data/*")
    assert allows(local("uvx", "mcp-server-git", "-r", "/data/a"), command=git)
    assert not allows(local("uvx", "mcp-server-git", "-r", "/data/a", "--write"), command=git)
    assert not allows(local("uvx", "mcp-server-git"), command=git)
    assert not allows(local("/tmp/uvx", "mcp-server-git", "-r", "/data/a"), command=git)
    assert denies(local("/bin/bash", "-c", "rm x"), command=("bash", "-c", "*"))


def test_a_command_with_variables_or_a_folder_of_ones_own_is_not_the_allowed_one() -> None:
    assert not allows(local("uvx", "a", env={"PATH": "env:MINE"}), command=("uvx", "a"))
    assert not allows(local("uvx", "a", cwd="/tmp/mine"), command=("uvx", "a"))


def test_deny_beats_allow() -> None:
    entry = remote("https://a.evil.example/mcp")
    both = policy(allow=(Selector(url="https://*/*"),), deny=(Selector(url="*://*.evil.example/*"),))
    assert may_connect(entry, both) == (
        "your organisation's policy refuses it: the deny list has url '*://*.evil.example/*' (/etc/p.toml)"
    )


def test_an_empty_allow_list_allows_nothing() -> None:
    assert may_connect(local("uvx"), policy(allow=())) is not None


@pytest.mark.parametrize(
    ("told", "added", "listed", "shipped"),
    [
        ({"custom": "yes"}, True, True, True),
        ({"custom": "owners"}, False, True, True),
        ({"custom": "no"}, False, False, True),
        ({"local": "listed"}, False, True, False),
        ({"local": "no"}, False, False, False),
    ],
)
def test_custom_and_local_connectors_are_as_the_policy_says(
    told: dict[str, str], added: bool, listed: bool, shipped: bool
) -> None:
    everything = (Selector(id="none"), Selector(command=("uvx", "listed")))
    assert (may_connect(local("uvx", "x"), policy(**told)) is None) is added
    assert (may_connect(local("uvx", "listed"), policy(allow=everything, **told)) is None) is listed
    assert (may_connect(local("uvx", "x", custom=False), policy(**told)) is None) is shipped


def test_every_layer_must_allow() -> None:
    one, two = policy(allow=(Selector(id="a"),)), policy(allow=(Selector(id="b"),))
    both = Policy(layers=(*one.layers, *two.layers))
    assert all(may_connect(local("x", id=name, custom=False), both) for name in "ab")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000/mcp",
        "http://LOCALHOST/mcp",
        "http://10.1.2.3/",
        "http://[fd00::1]/",
        "http://2130706433/",
    ],
)
def test_a_server_in_a_private_network_is_connected_only_where_the_person_typed_it(url: str) -> None:
    def said(value: Any, *, custom: bool) -> bool:
        layer = Layer(name="p", source="organisation", defaults=Defaults(private_networks=value))
        return may_connect(replace(remote(url), custom=custom), Policy(layers=(layer,))) is None

    assert [said("yes", custom=False), said("typed_only", custom=True), said(None, custom=True)] == [True] * 3
    assert [said("typed_only", custom=False), said(None, custom=False), said("no", custom=True)] == [False] * 3


@pytest.mark.parametrize(
    "url", ["evil.example", "https://evil.example", "https://a@b/*", "https://a/#x", "https://\u2f00\u0301-/*"]
)
def test_an_address_that_could_not_be_compared_is_no_selector(url: str) -> None:
    with pytest.raises(ValueError):
        Selector(url=url)
