"""An organisation's registry over real HTTP: pages, cursors, a copy for when it is away, and answers of every kind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jupyter_connectors.directory.catalogue import Catalogue, custom_remote
from jupyter_connectors.directory.registry import Registry
from jupyter_connectors.directory.shelf import shipped
from jupyter_connectors.entries import Remote
from jupyter_connectors.errors import ConnectionFailed, Denied, UnknownConnector, UsageProblem
from jupyter_connectors.policy.layers import Defaults, Layer, Policy, may_connect
from jupyter_connectors.store import Store, open_store

from ..bench import bench
from ..servers.registry import Shelves, registry, server

SHELF = shipped()


class Clock:
    """A day that passes as the test says."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = open_store(tmp_path / "state.sqlite")
    yield made
    made.close()


def ids(found: Registry) -> list[str]:
    return [entry.id for entry in found.entries(SHELF)]


@pytest.mark.anyio
@pytest.mark.parametrize("suffix", ["", "/", "/v0.1", "/v0.1/servers"])
async def test_every_page_is_read_and_the_newest_version_asked_for(tmp_path: Path, suffix: str) -> None:
    shelves = Shelves([server(f"com.corp/tool-{number}") for number in range(250)])
    async with registry(shelves) as url:
        found = Registry(url + suffix, tmp_path)
        assert found.stale and not found.known
        await found.refresh()
    assert found.failure == "" and found.notes(SHELF) == ()
    assert ids(found) == [f"tool-{number}" for number in range(250)]
    assert [each["limit"] for each in shelves.asked] == ["100"] * 3
    assert {each["version"] for each in shelves.asked} == {"latest"}
    assert "cursor" not in shelves.asked[0] and shelves.asked[1]["cursor"] != shelves.asked[2]["cursor"]


@pytest.mark.anyio
async def test_the_list_is_kept_with_its_age_for_the_next_kernel_and_for_when_it_is_away(tmp_path: Path) -> None:
    clock = Clock()
    async with registry(Shelves([server("com.corp/payroll")])) as url:
        first = Registry(url, tmp_path, clock=clock)
        await first.refresh()
        assert not first.stale
        clock.at += timedelta(minutes=30)
        second = Registry(url, tmp_path, clock=clock)
        assert ids(second) == ["payroll"] and not second.stale and second.notes(SHELF) == ()
    clock.at += timedelta(hours=3)
    assert second.stale
    await second.refresh()
    assert ids(second) == ["payroll"]
    failed, aged = second.notes(SHELF)
    assert failed.startswith(f"The registry {second.host} could not be read:")
    assert aged == "Its list here is 3 hours old."
    assert Registry("https://other.corp.example", tmp_path).entries(SHELF) == ()


@pytest.mark.anyio
async def test_a_copy_that_is_broken_is_read_anew(tmp_path: Path) -> None:
    async with registry(Shelves([server("com.corp/payroll")])) as url:
        found = Registry(url, tmp_path)
        await found.refresh()
        (file,) = tmp_path.glob("registry-*.json")
        for text in ("", "[]", '{"url": 7}', json.dumps({"url": url, "at": "x", "items": 1})):
            file.write_text(text)
            again = Registry(url, tmp_path)
            assert not again.known and again.stale
        await again.refresh()
        assert ids(again) == ["payroll"]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("shelves", "problem"),
    [
        (Shelves([], raw=b"<html><h1>Sign in</h1></html>"), "no JSON"),
        (Shelves([], raw=b""), "no JSON"),
        (Shelves([], raw=b"[" * 100_000), "no JSON"),
        (Shelves([], raw=b"[]"), "no list of servers"),
        (Shelves([], raw=b'{"servers": {"a": 1}}'), "no list of servers"),
        (Shelves([], status="500 Internal Server Error"), "it answered 500"),
        (Shelves([], status="302 Found"), "it answered 302"),
        (Shelves([], raw=b'{"servers": [' + b'"' + b"x" * 5_000_000 + b'"]}'), "more than"),
    ],
    ids=["html", "empty", "deep", "a list", "no list", "500", "redirect", "5 MB"],
)
async def test_an_answer_that_is_no_list_is_a_note_and_no_crash(tmp_path: Path, shelves: Shelves, problem: str) -> None:
    async with registry(shelves) as url:
        found = Registry(url, tmp_path)
        await found.refresh()
    assert problem in found.failure
    assert found.entries(SHELF) == () and problem in found.notes(SHELF)[0]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("cursor", "says", "pages"),
    [("again", "the same cursor twice", 2), ({"a": 1}, "no text", 1), (7, "no text", 1), ("", "", 1)],
)
async def test_a_cursor_that_leads_nowhere_ends_the_list_and_says_so(
    tmp_path: Path, cursor: object, says: str, pages: int
) -> None:
    shelves = Shelves([server("com.corp/payroll")], cursor=cursor)
    async with registry(shelves) as url:
        found = Registry(url, tmp_path)
        await found.refresh()
    assert len(shelves.asked) == pages
    assert "payroll" in ids(found)
    assert any(says in note for note in found.notes(SHELF)) or not says


@pytest.mark.anyio
async def test_ten_thousand_servers_are_cut_and_a_name_beyond_is_asked_for(tmp_path: Path, store: Store) -> None:
    shelves = Shelves([server(f"com.corp/tool-{number}") for number in range(10_000)])
    async with registry(shelves) as url:
        found = Registry(url, tmp_path)
        await found.refresh()
        assert len(ids(found)) == 2_000 and len(shelves.asked) == 20
        assert "only its first 2,000 servers" in found.notes(SHELF)[0]
        catalogue = Catalogue(store, registry=found)
        with pytest.raises(UnknownConnector):
            catalogue.find("tool-9876")
        await found.look_up("tool-9876")
        assert shelves.asked[-1]["search"] == "tool-9876"
        assert catalogue.find("tool-9876").registry == found.host


@pytest.mark.anyio
async def test_dropped_servers_are_counted_with_an_example(tmp_path: Path) -> None:
    bad = [server("com.corp/a", remotes=[]), {"server": 1}, server("com.corp/b", "javascript:alert(1)")]
    async with registry(Shelves([*bad, server("com.corp/good")])) as url:
        found = Registry(url, tmp_path)
        await found.refresh()
    assert ids(found) == ["good"]
    assert found.notes(SHELF) == (f"3 servers of {found.host} not shown, as com.corp/a: it has no remote",)


@pytest.mark.anyio
async def test_the_registrys_servers_stand_in_the_directory_and_are_found_by_name(tmp_path: Path, store: Store) -> None:
    async with registry(Shelves([server("com.corp/payroll"), server("com.corp/linear")])) as url:
        found = Registry(url, tmp_path)
        await found.refresh()
    catalogue = Catalogue(store, registry=found)
    assert catalogue.find("payroll").registry == found.host
    assert catalogue.find("linear").registry == "", "nobody takes the place of a shipped entry"
    assert catalogue.find("com_corp_linear").registry == found.host
    assert [entry.id for entry in catalogue.entries() if entry.registry] == ["payroll", "com-corp-linear"]
    assert catalogue.notes() == ()


@pytest.mark.parametrize(
    "url", ["", "registry.corp.example", "file:///etc/passwd", "https://u:p@r.example", "https://r.example?a=b"]
)
def test_a_setting_that_is_no_address_of_a_registry_is_two_lines(tmp_path: Path, url: str) -> None:
    with pytest.raises(UsageProblem, match="JUPYTER_CONNECTORS_REGISTRY"):
        Registry(url, tmp_path)


@pytest.mark.anyio
@pytest.mark.parametrize("url", ["http://127.0.0.1:9/mcp", "https://127.0.0.1:9/mcp", "https://10.0.0.1/mcp"])
async def test_an_address_nobody_typed_is_never_one_of_this_machine_or_network(tmp_path: Path, url: str) -> None:
    entry = replace(custom_remote(url, name="mine"), target=Remote(url=url, typed=False), registry="r.example")
    async with bench(tmp_path) as on:
        with pytest.raises(Denied, match="its address is in a private network"):
            await on.hub.connect(entry)
        anywhere = Layer(name="/etc/p.toml", source="organisation", defaults=Defaults(private_networks="yes"))
        on.policy = Policy(layers=(anywhere,))
        with pytest.raises(ConnectionFailed, match=r"not https|not a public address|did not answer"):
            await on.hub.connect(entry)


def test_a_host_the_person_gave_may_be_in_their_network_and_one_the_directory_names_may_not(store: Store) -> None:
    catalogue = Catalogue(store)
    assert may_connect(catalogue.find("gitlab", {"host": "10.1.2.3"}), Policy()) is None
    named = catalogue.find("linear")
    assert isinstance(named.target, Remote)
    moved = replace(named, target=replace(named.target, url="https://10.1.2.3/mcp"))
    assert "in a private network" in (may_connect(moved, Policy()) or "")
