"""What can be connected by name: the entries we ship, and what the person added."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from jupyter_connectors.directory.catalogue import Catalogue, custom_command, custom_remote, shipped, shipped_entry
from jupyter_connectors.errors import UnknownConnector, UsageProblem
from jupyter_connectors.models import Entry, Launch, Remote, ToolClass
from jupyter_connectors.policy import classify
from jupyter_connectors.store import open_store

from ..bench import bench

CANARY = "sk-canary-5f1e9"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    made = open_store(tmp_path / "state.sqlite")
    yield made
    made.close()


@pytest.fixture
def catalogue(store: sqlite3.Connection) -> Catalogue:
    return Catalogue(store)


def written(place: Path) -> bytes:
    """Every byte of the state's files."""
    return b"".join(each.read_bytes() for each in place.glob("state.sqlite*"))


def test_every_shipped_entry_has_all_it_needs_to_be_shown() -> None:
    entries = shipped()
    assert [each.id for each in entries] == ["acme-billing", "acme-crm"]
    for each in entries:
        assert each.title and each.summary and each.category and each.developer and each.examples
        assert each.reviewed and not each.custom
        assert isinstance(each.target, Launch) and "-P" in each.target.args


@pytest.mark.anyio
async def test_the_review_covers_exactly_the_tools_the_servers_have_and_agrees_with_their_claims(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as on:
        for found in await asyncio.gather(*(on.hub.connect(entry) for entry in shipped())):
            assert {tool.name for tool in found.tools} == set(found.entry.reviewed)
            assert found.notes == ()
            for tool in found.tools:
                assert classify(tool, found.entry.reviewed) is found.entry.reviewed[tool.name], tool.name


def test_an_unknown_key_in_an_entry_is_an_error_that_names_it() -> None:
    folder = files("jupyter_connectors.directory") / "entries"
    text = (folder / "acme-crm.toml").read_text()
    assert shipped_entry(text).id == "acme-crm"
    with pytest.raises(ValueError, match=r"unknown keys in the directory entry 'acme-crm': \['read_only'\]"):
        shipped_entry(f"read_only = true\n{text}")


def test_a_class_that_does_not_exist_in_an_entry_is_an_error() -> None:
    text = (files("jupyter_connectors.directory") / "entries" / "acme-crm.toml").read_text()
    with pytest.raises(ValueError, match="harmless"):
        shipped_entry(text.replace('= "destructive"', '= "harmless"'))


@pytest.mark.parametrize(
    "entry",
    [
        custom_remote("https://mcp.example.com/mcp", name=None),
        custom_remote("http://127.0.0.1:8000/mcp", name="mine", headers=["X-Api-Key: env:MY_KEY", "X-Team: env:TEAM"]),
        custom_command("npx -y 'a server' --flag=1", name=None, variables=["TOKEN=env:MY_TOKEN"]),
        custom_command("/opt/tools/serve", name="served.v2_x"),
    ],
)
def test_what_was_added_is_the_same_in_the_next_kernel(tmp_path: Path, entry: Entry) -> None:
    first = open_store(tmp_path / "state.sqlite")
    Catalogue(first).add(entry)
    first.close()
    second = open_store(tmp_path / "state.sqlite")
    found = Catalogue(second).find(entry.id)
    second.close()
    assert found == entry
    assert found.target == entry.target
    assert getattr(found.target, "headers", None) == getattr(entry.target, "headers", None)
    assert getattr(found.target, "env", None) == getattr(entry.target, "env", None)
    assert found.custom and found.writes, "nobody reviewed it"


def test_adding_again_replaces_and_removing_forgets(catalogue: Catalogue) -> None:
    catalogue.add(custom_remote("https://old.example.com/mcp", name="mine"))
    catalogue.add(custom_remote("https://new.example.com/mcp", name="mine"))
    assert catalogue.find("mine").target == Remote(url="https://new.example.com/mcp")
    assert [each.id for each in catalogue.entries()] == ["acme-billing", "acme-crm", "mine"]
    catalogue.remove("mine")
    with pytest.raises(UnknownConnector):
        catalogue.find("mine")


@pytest.mark.parametrize(
    "entry",
    [
        custom_remote("https://mcp.example.com/mcp", name="mine", headers=[f"Authorization: Bearer {CANARY}"]),
        custom_remote("https://mcp.example.com/mcp", name="mine", headers=["X-Ok: env:OK", f"X-Key: {CANARY}"]),
        custom_command("serve", name="mine", variables=[f"TOKEN={CANARY}"]),
    ],
)
def test_a_secret_that_is_written_out_is_not_kept_and_not_repeated(
    tmp_path: Path, catalogue: Catalogue, store: sqlite3.Connection, entry: Entry
) -> None:
    with pytest.raises(UsageProblem, match="would be stored as it is") as caught:
        catalogue.add(entry)
    assert CANARY not in str(caught.value)
    store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert CANARY.encode() not in written(tmp_path)
    assert [each.id for each in catalogue.entries()] == ["acme-billing", "acme-crm"]


@pytest.mark.parametrize("line", [f"Bearer {CANARY}", CANARY, f": {CANARY}"])
def test_a_header_or_variable_that_is_not_understood_is_not_repeated(line: str) -> None:
    with pytest.raises(UsageProblem) as header:
        custom_remote("https://mcp.example.com/mcp", name="mine", headers=[line])
    with pytest.raises(UsageProblem) as variable:
        custom_command("serve", name="mine", variables=[line])
    assert CANARY not in str(header.value) + str(variable.value)


@pytest.mark.parametrize("command", ["", "   ", "serve 'unclosed"])
def test_a_command_that_cannot_be_run_is_two_lines(command: str) -> None:
    with pytest.raises(UsageProblem):
        custom_command(command, name="mine")


def test_an_address_that_cannot_be_read_is_two_lines() -> None:
    with pytest.raises(UsageProblem, match="no address"):
        custom_remote("http://[not-an-address/mcp", name="mine")


@pytest.mark.parametrize("asked", ["acme-billing", "acme_billing"])
def test_the_name_of_the_variable_finds_the_entry_too(catalogue: Catalogue, asked: str) -> None:
    assert catalogue.find(asked).id == "acme-billing"


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("acme-biling", "did you mean 'acme-billing' or 'acme-crm'?"),
        ("crm", "did you mean 'acme-crm'?"),
        ("zzz", "did you mean 'acme-billing' or 'acme-crm'?"),
    ],
)
def test_a_name_that_is_nearly_right_gets_the_right_one(catalogue: Catalogue, asked: str, hint: str) -> None:
    with pytest.raises(UnknownConnector) as caught:
        catalogue.find(asked)
    assert caught.value.hint == hint


@pytest.mark.parametrize("name", ["acme-billing", "acme_billing", "Acme-Billing"])
def test_nothing_added_can_take_the_place_of_a_shipped_entry(catalogue: Catalogue, name: str) -> None:
    entry = replace(custom_remote("https://mcp.example.com/mcp", name="x"), id=name)
    with pytest.raises(UsageProblem, match="is the name of a connector in the directory"):
        catalogue.add(entry)
    assert catalogue.find("acme_billing").developer == "jupyter-connectors (demo)"


def test_a_shipped_entry_reads_what_a_review_says_and_nothing_more() -> None:
    billing = shipped()[0]
    assert billing.reviewed["list_invoices"] is ToolClass.READ
    assert billing.reviewed["delete_draft_invoice"] is ToolClass.DESTRUCTIVE
    assert billing.writes
