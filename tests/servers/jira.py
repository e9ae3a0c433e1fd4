"""Jira behind mcp-atlassian's tools: its only argument is `cloud` or `server`, which page differently.

Cloud goes on by `next_page_token` and does not know its total, which is written -1; Server and Data Center go on by
`start_at` and have a total. Replies are JSON as text, in a tool that is annotated with text.
"""

import json
import sys

from mcp.server.mcpserver import MCPServer
from mcp.types import ToolAnnotations

CLOUD = sys.argv[1] == "cloud"
KEYS = [f"AB-{number}" for number in range(1, 121)]
READ_ONLY = ToolAnnotations(read_only_hint=True)
server = MCPServer("mcp-atlassian")


def reply(limit: int, start: int, token: str | None) -> str:
    """One page of the issues, as the community server writes it."""
    size = min(limit, 50)
    first = int((token or "t0")[1:]) if CLOUD else start
    body: dict[str, object] = {"total": -1, "start_at": 0, "max_results": limit}
    if not CLOUD:
        body = {"total": len(KEYS), "start_at": start, "max_results": size}
    body["issues"] = [{"id": key[3:], "key": key, "summary": f"Issue {key}"} for key in KEYS[first : first + size]]
    if CLOUD and first + size < len(KEYS):
        body["next_page_token"] = f"t{first + size}"
    return json.dumps(body, indent=2)


@server.tool(annotations=READ_ONLY)
def jira_search(jql: str, limit: int = 10, start_at: int = 0, page_token: str | None = None) -> str:
    """Search Jira issues using JQL."""
    return reply(limit, start_at, page_token)


@server.tool(annotations=READ_ONLY)
def jira_get_project_issues(project_key: str, limit: int = 10, start_at: int = 0) -> str:
    """Get all issues of a project."""
    return reply(limit, start_at, None)


server.run("stdio")
