"""What can be connected by name: the entries we ship, and what the person added."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from jupyter_connectors.directory.catalogue import Catalogue, custom_command, custom_remote, shipped
from jupyter_connectors.directory.pages import card, page, provenance
from jupyter_connectors.entries import Auth, Entry, Launch, Remote
from jupyter_connectors.errors import UnknownConnector, UsageProblem
from jupyter_connectors.models import ToolClass
from jupyter_connectors.policy.classes import classify
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


@pytest.mark.anyio
async def test_the_review_covers_exactly_the_tools_the_servers_have_and_agrees_with_their_claims(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as on:
        local = [entry for entry in shipped() if isinstance(entry.target, Launch)]
        assert [entry.id for entry in local] == ["acme-billing", "acme-crm"]
        for found in await asyncio.gather(*(on.hub.connect(entry) for entry in local)):
            assert {tool.name for tool in found.tools} == set(found.entry.reviewed)
            assert found.notes == ()
            for tool in found.tools:
                assert classify(tool, found.entry.reviewed) is found.entry.reviewed[tool.name], tool.name


@pytest.mark.parametrize(
    "entry",
    [
        custom_remote("https://mcp.example.com/mcp", name=None),
        replace(
            custom_remote("https://mcp.example.com/mcp", name="signed"),
            target=Remote(
                url="https://mcp.example.com/mcp",
                auth=Auth(client_id="abc", client_secret="env:MY_SECRET", scopes=("read", "write"), flow="device"),
            ),
        ),
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
    assert [each.id for each in catalogue.entries() if each.custom] == ["mine"]
    catalogue.remove("mine")
    with pytest.raises(UnknownConnector):
        catalogue.find("mine")


@pytest.mark.parametrize(
    "entry",
    [
        custom_remote("https://mcp.example.com/mcp", name="mine", headers=[f"Authorization: Bearer {CANARY}"]),
        custom_remote("https://mcp.example.com/mcp", name="mine", headers=["X-Ok: env:OK", f"X-Key: {CANARY}"]),
        custom_command("serve", name="mine", variables=[f"TOKEN={CANARY}"]),
        replace(
            custom_remote("https://mcp.example.com/mcp", name="mine"),
            target=Remote(url="https://mcp.example.com/mcp", auth=Auth(client_secret=CANARY)),
        ),
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
    assert [each.id for each in catalogue.entries()] == [each.id for each in shipped()]


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


@pytest.mark.parametrize(
    "url",
    [
        "http://[not-an-address/mcp",
        "https:///mcp",
        "https://user:secret@mcp.example.com/mcp",
        "https://mcp.example.com:port/mcp",
        "https://mcp.example.com/\u202emcp",
        "https://\u2066mcp.example.com/mcp",
        "ftp://mcp.example.com/mcp",
    ],
)
def test_an_address_that_cannot_be_one_is_two_lines(url: str) -> None:
    with pytest.raises(UsageProblem, match="no address") as caught:
        custom_remote(url, name="mine")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "host", "said"),
    [
        ("https://mcp.example.com:8443/mcp", "mcp.example.com:8443", "The MCP server at mcp.example.com:8443"),
        ("https://b\u00fccher.example/mcp", "xn--bcher-kva.example", ", written b\u00fccher.example"),
        ("https://\u0430pple.com/mcp", "xn--pple-43d.com", "only looks like apple.com"),
        ("http://[::1]:8000/mcp", "[::1]:8000", "The MCP server at ::1:8000"),
    ],
)
def test_the_host_of_a_custom_connector_is_kept_and_shown_as_it_is_sent(url: str, host: str, said: str) -> None:
    entry = custom_remote(url, name="mine")
    assert isinstance(entry.target, Remote)
    assert entry.target.url.isascii() and urlsplit(entry.target.url).netloc == host
    assert said in entry.summary
    told = page(entry)
    assert told["review"] == "Custom: not reviewed" and host in told["where"]
    assert card(entry)["badge"] == "unreviewed"


def test_a_key_that_was_typed_into_an_address_is_not_shown() -> None:
    entry = custom_remote(f"https://mcp.example.com/mcp?key={CANARY}", name="mine")
    assert page(entry)["where"] == "https://mcp.example.com/mcp?…"
    assert provenance(entry) == "Custom: not reviewed. It is at https://mcp.example.com/mcp?…"
    assert CANARY not in str((card(entry), page(entry)))


def test_the_command_of_a_custom_connector_is_shown_whole() -> None:
    entry = custom_command("npx -y 'a server' --flag=1", name="mine")
    assert page(entry)["where"] == "this machine: npx -y 'a server' --flag=1"


@pytest.mark.parametrize("asked", ["acme-billing", "acme_billing"])
def test_the_name_of_the_variable_finds_the_entry_too(catalogue: Catalogue, asked: str) -> None:
    assert catalogue.find(asked).id == "acme-billing"


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("acme-biling", "did you mean 'acme-billing' or 'acme-crm'?"),
        ("linaer", "did you mean 'linear' or 'intercom' or 'zapier'?"),
    ],
)
def test_a_name_that_is_nearly_right_gets_the_right_one(catalogue: Catalogue, asked: str, hint: str) -> None:
    with pytest.raises(UnknownConnector) as caught:
        catalogue.find(asked)
    assert caught.value.hint == hint


@pytest.mark.parametrize("name", ["acme-billing", "acme_billing", "Acme-Billing", "linear", "jira"])
def test_nothing_added_can_take_the_place_of_a_shipped_entry(catalogue: Catalogue, name: str) -> None:
    entry = replace(custom_remote("https://mcp.example.com/mcp", name="x"), id=name)
    with pytest.raises(UsageProblem, match="is the name of a connector in the directory"):
        catalogue.add(entry)
    assert catalogue.find("acme_billing").developer == "jupyter-connectors (demo)"


@pytest.mark.parametrize("asked", ["jira", "confluence", "Jira"])
def test_another_name_of_a_service_finds_it(catalogue: Catalogue, asked: str) -> None:
    assert catalogue.find(asked).id == "atlassian"


def test_an_address_with_a_gap_asks_for_it_and_remembers_what_was_given(catalogue: Catalogue) -> None:
    with pytest.raises(UsageProblem, match="dataverse needs 'org'") as caught:
        catalogue.find("dataverse")
    assert "%connect dataverse --set org=" in caught.value.hint
    entry = catalogue.find("dataverse", {"org": "acme"})
    assert isinstance(entry.target, Remote)
    assert entry.target.url == "https://acme.crm.dynamics.com/api/mcp"
    assert entry.target.auth.scopes == ("https://acme.crm.dynamics.com/mcp.tools",)
    catalogue.keep(entry)
    assert catalogue.find("dataverse") == entry
    assert entry in catalogue.entries()
    other = catalogue.find("dataverse", {"region": "crm4"})
    assert isinstance(other.target, Remote) and other.target.url == "https://acme.crm4.dynamics.com/api/mcp"
    assert other.identity != entry.identity, "what was allowed for one organisation holds for no other"
    catalogue.remove("dataverse")
    with pytest.raises(UsageProblem):
        catalogue.find("dataverse")


@pytest.mark.parametrize(
    "value",
    ["acme/x", "evil.example/", "a@b", "a:80", "a?b", "a#b", "..", "a..b", ".a", "-", "a b", "\u0430cme", "x" * 200],
)
def test_what_is_given_for_a_part_of_an_address_cannot_change_the_rest(catalogue: Catalogue, value: str) -> None:
    with pytest.raises(UsageProblem, match="cannot be"):
        catalogue.find("dataverse", {"org": value})


def test_a_setting_that_does_not_exist_and_a_choice_that_is_none_are_two_lines(catalogue: Catalogue) -> None:
    with pytest.raises(UsageProblem, match="dataverse has no setting 'orgg'"):
        catalogue.find("dataverse", {"orgg": "acme"})
    with pytest.raises(UsageProblem, match="linear has no setting 'org'"):
        catalogue.find("linear", {"org": "acme"})
    with pytest.raises(UsageProblem, match="none of its choices"):
        catalogue.find("supabase", {"read_only": "maybe"})
    supabase = catalogue.find("supabase").target
    assert isinstance(supabase, Remote) and supabase.url == "https://mcp.supabase.com/mcp?read_only=true"


def test_a_shipped_entry_reads_what_a_review_says_and_nothing_more() -> None:
    billing = shipped()[0]
    assert billing.reviewed["list_invoices"] is ToolClass.READ
    assert billing.reviewed["delete_draft_invoice"] is ToolClass.DESTRUCTIVE
    assert billing.writes
