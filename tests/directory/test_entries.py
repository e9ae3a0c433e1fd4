"""The entries we ship: what each must have, and what no review may say."""

from __future__ import annotations

import re
import tomllib
from fnmatch import fnmatchcase
from importlib.resources import files
from urllib.parse import urlsplit

import pytest

from jupyter_connectors.directory.entryfile import CATEGORIES
from jupyter_connectors.directory.pages import ORDER, card, page
from jupyter_connectors.directory.remotes import check_address
from jupyter_connectors.directory.shelf import Shelf, shipped, shipped_entry
from jupyter_connectors.entries import Entry, Remote
from jupyter_connectors.lookalikes import skeleton
from jupyter_connectors.models import ToolClass

ENTRIES = shipped()
REMOTE = [entry for entry in ENTRIES if isinstance(entry.target, Remote)]

_DESTROYS = re.compile(r"(?i)(^|[_-]|graph_\w+_)(delete|trash|remove|drop|purge|destroy|erase)")
_WRITES = re.compile(r"(?i)^(create|update|edit|add|write|insert|upsert|move|merge|rename|push|set|upload|deploy)")
_SENDS = re.compile(r"(?i)(^|_)(send|sendmail|senddraft|forward|postmessage)|(^|_)reply(all)?$")
_DRAFTS = {"slack_send_message_draft"}

UNSERVED = {"zendesk", "mcp-atlassian"}
"""Shapes of servers that no entry of ours reaches: Zendesk's own is not open to everybody, the other is a local one."""


def named(name: str) -> Entry:
    return next(entry for entry in ENTRIES if entry.id == name)


def text_of(name: str) -> str:
    return (files("jupyter_connectors.directory") / "entries" / f"{name}.toml").read_text()


def test_there_are_thirty_services_over_every_category() -> None:
    assert len(REMOTE) >= 30
    assert {entry.category for entry in REMOTE} == set(CATEGORIES)
    assert set(CATEGORIES) < set(ORDER)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_an_entry_says_what_it_is_and_what_one_may_ask(entry: Entry) -> None:
    assert entry.title and entry.developer and entry.category in CATEGORIES
    assert 20 < len(entry.summary) <= 120 and entry.summary.endswith(".") and "\n" not in entry.summary
    assert 2 <= len(entry.examples) <= 3
    assert not entry.custom and not entry.registry and not entry.given
    assert f'name = "{entry.id}"' in text_of(entry.id), "the file has the name of the entry"


@pytest.mark.parametrize("entry", REMOTE, ids=lambda entry: entry.id)
def test_a_service_has_an_https_address_and_a_source_with_a_day_for_it(entry: Entry) -> None:
    assert isinstance(entry.target, Remote)
    check_address(re.sub(r"\{\w+\}", "x", entry.target.url))
    assert not entry.target.headers
    assert entry.target.typed is (entry.id in ("gitlab", "hex")), "only a host that is the person's own may be private"
    assert entry.sources and all(source.date and source.says for source in entry.sources)
    assert any(source.url for source in entry.sources), "one source at least that can be looked at"
    assert entry.homepage


@pytest.mark.parametrize("entry", REMOTE, ids=lambda entry: entry.id)
def test_who_needs_a_client_id_is_told_what_to_bring_and_where_to_get_it(entry: Entry) -> None:
    assert isinstance(entry.target, Remote)
    auth = entry.target.auth
    assert not (auth.client_id or auth.client_secret), "an entry names no secret"
    assert auth.value == ("keyring" if auth.kind == "header" else "")
    if auth.registration == "own":
        assert entry.access.needs.endswith(".") and urlsplit(entry.access.page).scheme == "https"
    if auth.kind == "header":
        assert (auth.header, auth.scheme) == (entry.access.header, entry.access.scheme)
        assert auth.header and entry.access.key_page


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_no_review_calls_a_tool_milder_than_its_name(entry: Entry) -> None:
    for name, kind in entry.reviewed.items():
        if _DESTROYS.search(name):
            assert kind is ToolClass.DESTRUCTIVE, name
        if _WRITES.search(name):
            assert kind is not ToolClass.READ, name
        if _SENDS.search(name) and name not in _DRAFTS:
            assert kind is ToolClass.SENDS, name


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_a_tool_that_runs_any_sql_or_any_request_never_only_reads(entry: Entry) -> None:
    for name in ("execute_sql", "run_sql", "run_sql_transaction", "make_api_request", "all_monday_api", "do_action"):
        assert entry.reviewed.get(name, ToolClass.DESTRUCTIVE) is ToolClass.DESTRUCTIVE


def test_no_name_can_be_taken_for_another() -> None:
    looks: dict[str, str] = {}
    for entry in ENTRIES:
        for name in (entry.id, *entry.aliases):
            assert looks.setdefault(skeleton(name), entry.id) == entry.id, name


@pytest.mark.parametrize("name", [path.name for path in (files("jupyter_connectors.frames") / "shapes").iterdir()])
def test_the_shapes_of_a_vendor_find_its_entry(name: str) -> None:
    told = tomllib.loads((files("jupyter_connectors.frames") / "shapes" / name).read_text())
    found = [entry.id for entry in ENTRIES if any(fnmatchcase(entry.id, each) for each in told["connectors"])]
    assert found or name.removesuffix(".toml") in UNSERVED


def test_a_name_reads_one_file_and_not_forty() -> None:
    shelf = Shelf()
    assert shelf.get("linear") is shelf.get("linear")
    assert list(shelf._read) == ["linear"]
    assert shelf.get("no-such-service") is None


@pytest.mark.parametrize(
    ("written", "instead", "says"),
    [
        ('title = "Linear"', 'title = "Linear"\nlogo = "x.png"', "unknown field `logo`"),
        ('kind = "oauth"', 'kind = "oauth"\ntoken = "x"', "unknown field `token`"),
        ('category = "project management"', 'category = "fun"', "Invalid enum value 'fun'"),
        ('destructive = ["delete_attachment"]', 'harmless = ["delete_attachment"]', "unknown field `harmless`"),
        ('"save_issue", ', '"save_issue", "list_issues", ', "the tool 'list_issues' has two classes"),
        ('outside = ["get_issue"', 'outside = ["get_isue"', "it has no tool 'get_isue'"),
        ("https://mcp.linear.app/mcp", "http://mcp.linear.app/mcp", "its address is not https"),
        ("https://mcp.linear.app/mcp", "https://user@mcp.linear.app/mcp", "a user name"),
        ("https://mcp.linear.app/mcp", "https://{org}.linear.app/mcp", "its address has ['org']"),
        ('type = "streamable-http"', 'type = "sse"', "its remote is not streamable-http"),
        ('registration = "any"', 'registration = "own"', "auth.needs, auth.page"),
        ('date = "2026-09-25"', 'date = "last week"', "Expected `str` matching regex"),
        ('websiteUrl = "https://', 'websiteUrl = "javascript://', "websiteUrl"),
    ],
)
def test_a_mistake_in_an_entry_is_an_error_that_names_the_entry(written: str, instead: str, says: str) -> None:
    text = text_of("linear")
    assert written in text
    with pytest.raises(ValueError, match=re.escape("the directory entry 'linear'")) as caught:
        shipped_entry(text.replace(written, instead, 1))
    assert says in str(caught.value)


def test_the_page_of_an_entry_says_how_one_signs_in_and_what_to_bring() -> None:
    told = page(named("github"))
    assert told["review"] == "Reviewed" and told["where"] == "https://api.githubcopilot.com/mcp/"
    assert "only a client id that you register there" in told["signin"] and "header Authorization" in told["signin"]
    assert told["needs"].startswith("An OAuth or GitHub App")
    assert [group["kind"] for group in told["tools"]] == ["read", "write", "destructive"]
    assert {"label": "What you must bring", "url": "https://github.com/settings/developers"} in told["links"]
    assert any("2026-08-20" in line and "github.com" in line for line in told["sources"])
    assert page(named("acme-crm"))["signin"] == "It runs on this machine and needs no sign-in."


@pytest.mark.parametrize(("name", "tool"), [("acme-billing", "revenue_dashboard"), ("acme-crm", "pipeline_board")])
def test_the_cards_of_the_demo_say_that_they_are_interactive_and_how_to_see_it(name: str, tool: str) -> None:
    told = card(named(name)) | page(named(name))
    assert told["interactive"] is True
    assert tool in next(group["names"] for group in told["tools"] if group["kind"] == "read")
    assert told["examples"][-1].startswith("Show the ")


def test_the_card_of_an_entry_that_needs_a_value_says_how_to_give_it() -> None:
    assert card(named("dataverse"))["code"] == "%connect dataverse --set org=…"
    assert [(each["name"], each["value"]) for each in page(named("dataverse"))["ask"]] == [
        ("org", ""),
        ("region", "crm"),
    ]
    assert card(named("gitlab"))["code"] == "%connect gitlab"
