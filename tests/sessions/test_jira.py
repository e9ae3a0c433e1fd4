"""One tool that answers for two kinds of server is followed to its end on both."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from jupyter_connectors.entries import Entry, Launch
from jupyter_connectors.models import Bound

from ..bench import bench

pytestmark = pytest.mark.anyio


def jira(kind: str) -> Entry:
    """mcp-atlassian in front of Jira Cloud, or of Jira Server and Data Center."""
    script = Path(__file__).parents[1] / "servers" / "jira.py"
    return Entry(
        id="mcp-atlassian",
        title="Jira",
        summary="issues",
        category="test",
        target=Launch(command=sys.executable, args=(str(script), kind)),
    )


ALL = [f"AB-{number}" for number in range(1, 121)]


@pytest.mark.parametrize(
    ("kind", "evidence", "total"),
    [("cloud", "no further cursor", None), ("server", "the server counts 120 rows", 120)],
)
async def test_a_search_is_followed_by_token_or_by_count(
    kind: str, evidence: str, total: int | None, tmp_path: Path
) -> None:
    async with bench(tmp_path, jira(kind)) as on:
        found = await on.call("mcp-atlassian", "jira_search", jql="project = AB", limit=50)

    assert found.df["key"].tolist() == ALL
    assert found.completeness.line == "complete: 120 rows in 3 pages"
    assert (found.completeness.evidence, found.completeness.total) == (evidence, total)


async def test_the_issues_of_a_project_are_followed_where_the_tool_can(tmp_path: Path) -> None:
    async with bench(tmp_path / "server", jira("server")) as on:
        every = await on.call("mcp-atlassian", "jira_get_project_issues", project_key="AB", limit=50)
    async with bench(tmp_path / "cloud", jira("cloud")) as on:
        cut = await on.call("mcp-atlassian", "jira_get_project_issues", project_key="AB", limit=50)

    assert every.complete
    assert every.df["key"].tolist() == ALL
    assert cut.completeness.line == (
        "incomplete: 50 of ? rows (the server says there is more, but the tool takes no cursor)"
    )


@pytest.mark.parametrize("kind", ["cloud", "server"])
async def test_a_search_that_a_bound_ended_goes_on_where_it_stopped(kind: str, tmp_path: Path) -> None:
    async with bench(tmp_path, jira(kind)) as on:
        some = await on.call("mcp-atlassian", "jira_search", Bound(pages=1), jql="project = AB", limit=50)
        rest = await asyncio.to_thread(some.resume)

    assert some.completeness.reason == "pages=1"
    assert rest.df["key"].tolist() == ALL
    assert rest.complete


async def test_a_call_that_begins_midway_is_followed_from_there_and_says_so(tmp_path: Path) -> None:
    async with bench(tmp_path, jira("server")) as on:
        found = await on.call("mcp-atlassian", "jira_search", jql="project = AB", start_at=100, limit=50)

    assert found.df["key"].tolist() == ALL[100:]
    assert "the listing starts at start_at=100, as the call asks" in found.notes
