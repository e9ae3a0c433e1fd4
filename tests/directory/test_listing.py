"""What a registry lists, read as entries: a stranger wrote it, so what does not fit is dropped and said."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_connectors.directory.listing import CATEGORY, entries_of
from jupyter_connectors.directory.pages import card, page
from jupyter_connectors.directory.shelf import shipped
from jupyter_connectors.entries import Entry, Remote
from jupyter_connectors.models import ToolClass

from ..servers.registry import server

SHELF = shipped()


def read(*items: Any, inside: bool = False) -> tuple[tuple[Entry, ...], list[tuple[str, str]]]:
    entries, dropped = entries_of(items, host="registry.corp.example", inside=inside, shelf=SHELF)
    return entries, [(each.name, each.reason) for each in dropped]


def with_remote(**remote: Any) -> Any:
    item = server("com.corp/payroll")
    item["server"]["remotes"] = [{**item["server"]["remotes"][0], **remote}]
    return item


def test_a_server_of_the_registry_is_an_entry_nobody_here_reviewed() -> None:
    item = server("com.corp/payroll", title="Payroll", websiteUrl="https://corp.example/payroll")
    (entry,), dropped = read(item)
    assert dropped == []
    assert (entry.id, entry.title, entry.category) == ("payroll", "Payroll", CATEGORY)
    assert entry.custom and entry.registry == "registry.corp.example" and not entry.reviewed
    assert isinstance(entry.target, Remote) and not entry.target.typed
    assert page(entry)["review"] == "From your organisation's registry registry.corp.example: not reviewed"
    assert card(entry)["badge"] == "unreviewed"
    assert entry.homepage == "https://corp.example/payroll"


def test_our_review_holds_where_the_registry_lists_the_same_address() -> None:
    (entry,), _ = read(server("app.linear/issues", "https://mcp.linear.app/mcp"))
    assert entry.reviewed["delete_attachment"] is ToolClass.DESTRUCTIVE
    assert "list_issues" in entry.outside
    assert entry.custom and "its tools are reviewed for this address" in page(entry)["review"]


@pytest.mark.parametrize("name", ["com.evil/linear", "com.evil/l1near", "com.evil/Linear", "com.evil/jira"])
def test_a_name_like_one_of_ours_is_written_out(name: str) -> None:
    (entry,), _ = read(server(name))
    assert entry.id == "com-evil-" + name.partition("/")[2].lower()
    assert entry.developer == "com.evil"


def test_two_servers_of_one_name_are_told_apart_and_a_third_is_dropped() -> None:
    entries, dropped = read(server("a.corp/payroll"), server("b.corp/payroll"), server("b.corp/payroll"))
    assert [entry.id for entry in entries] == ["payroll", "b-corp-payroll"]
    assert dropped == [("b.corp/payroll", "its name is taken, looks like another or is none")]


@pytest.mark.parametrize(
    ("status", "shown"), [("active", True), ("deprecated", True), ("deleted", False), ("??", False)]
)
def test_a_server_is_shown_as_long_as_the_registry_stands_by_it(status: str, shown: bool) -> None:
    entries, dropped = read(server("com.corp/payroll", status=status))
    assert bool(entries) is shown
    assert (
        ("deprecated" in entries[0].note) is (status == "deprecated") if shown else f"it is {status}" in dropped[0][1]
    )


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ("text", "it has no server"),
        (None, "it has no server"),
        ({"server": []}, "it has no server"),
        ({"server": {"description": "no name"}}, "missing required field `name`"),
        (server("com.corp/x", description=7), "Expected `str`, got `int`"),
        (server("com.corp/x", remotes=[]), "it has no remote"),
        (server("com.corp/x", remotes=[], packages=[{"registryType": "npm"}]), "only runs as a package"),
        (with_remote(type="sse"), "the old SSE transport"),
        (with_remote(type="stdio"), "Invalid enum value"),
        (with_remote(url="http://corp.example/mcp"), "not https"),
        (with_remote(url="javascript:alert(1)"), "not https"),
        (with_remote(url="https://user:pw@corp.example/mcp"), "a user name"),
        (with_remote(url="https://corp.example:99999999/mcp"), "ort"),
        (with_remote(url="https://\u0441orp.example/mcp"), "odd characters"),
        (with_remote(url="https://{tenant}.corp.example/mcp"), "its address has ['tenant']"),
        (with_remote(url="https://corp.example/{key}", variables={"key": {"isSecret": True}}), "a secret would stand"),
        (with_remote(headers=[{"name": "X-Team", "isRequired": True}]), "which is no secret"),
        (with_remote(headers=[{"name": "Host", "isSecret": True}]), "wants its key in the header 'Host'"),
        (with_remote(headers=[{"name": "A\r\nB", "isSecret": True}]), "wants its key in the header"),
        (with_remote(url="https://127.0.0.1/mcp"), "in a private network"),
        (with_remote(url="https://169.254.169.254/latest"), "in a private network"),
        (with_remote(url="https://[::1]/mcp"), "in a private network"),
        (with_remote(url="https://localhost/mcp"), "in a private network"),
        (with_remote(url="https://intranet/mcp"), "in a private network"),
        (with_remote(url="https://db.internal/mcp"), "in a private network"),
        (server("com.corp/"), "`$.name`"),
        (server("\u0441om.corp/\u0455\u0455"), "`$.name`"),
        (server("no-slash"), "`$.name`"),
    ],
)
def test_what_does_not_fit_is_dropped_with_its_reason_and_the_rest_stays(item: Any, reason: str) -> None:
    entries, dropped = read(item, server("com.corp/good"))
    assert [entry.id for entry in entries] == ["good"]
    assert len(dropped) == 1 and reason in dropped[0][1]


def test_a_registry_in_the_persons_own_network_may_name_servers_there() -> None:
    (entry,), dropped = read(with_remote(url="https://10.1.2.3/mcp"), inside=True)
    assert dropped == []
    assert isinstance(entry.target, Remote) and entry.target.typed


def test_a_header_that_takes_a_key_is_asked_for_and_never_read_from_the_environment() -> None:
    header = {"name": "X-Api-Key", "value": "{key}", "isRequired": True, "isSecret": True}
    (entry,), _ = read(with_remote(headers=[header]))
    assert isinstance(entry.target, Remote)
    auth = entry.target.auth
    assert (auth.kind, auth.header, auth.scheme, auth.value) == ("header", "X-Api-Key", "", "keyring")
    stealing = {"name": "X-Env", "value": "env:AWS_SECRET_ACCESS_KEY"}
    (entry,), _ = read(with_remote(headers=[stealing]))
    assert isinstance(entry.target, Remote) and not entry.target.headers and not entry.target.auth.value


def test_links_and_icons_that_are_no_web_page_are_not_kept_and_words_are_made_visible() -> None:
    item = server(
        "com.corp/payroll",
        title="Pay\u202eroll\n\x1b[31m" + "x" * 500,
        description="see\u200b <script>",
        websiteUrl="javascript:alert(1)",
        repository={"url": "data:text/html,x", "source": "github"},
        icons=[{"src": "javascript:alert(1)"}],
    )
    (entry,), _ = read(item)
    assert (entry.homepage, entry.repository) == ("", "")
    assert "\u202e" not in entry.title and "\n" not in entry.title and len(entry.title) <= 80
    assert entry.summary == "see\\u200b <script>"
    assert "javascript" not in str(page(entry)) + str(card(entry))


def test_a_variable_in_the_address_is_asked_for_with_what_the_registry_says_of_it() -> None:
    told = {"region": {"description": "where you are", "choices": ["eu", "us"], "default": "eu"}}
    (entry,), _ = read(with_remote(url="https://{region}.corp.example/mcp", variables=told))
    assert [(each.name, each.default, each.choices) for each in entry.variables] == [("region", "eu", ("eu", "us"))]
