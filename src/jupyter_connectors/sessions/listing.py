"""A server's tools, page by page, to an end."""

from __future__ import annotations

from mcp import Client

from jupyter_connectors.models import Tool
from jupyter_connectors.sessions.lenient import Listing
from jupyter_connectors.sessions.limits import Limits
from jupyter_connectors.sessions.translating import tool_of


async def listed(client: Client, listing: Listing, limits: Limits, connector: str, *, again: bool) -> tuple[Tool, ...]:
    """Every tool that can be used; what was dropped or mended is in `listing.notes`.

    `again` asks the server anew instead of taking what the SDK remembers.
    """
    listing.definitions.clear()
    listing.notes.clear()
    if client.server_capabilities.tools is None:
        listing.notes.append("the server offers no tools")
        return ()
    names: dict[str, None] = {}
    seen: set[str] = set()
    cursor: str | None = None
    for _ in range(limits.list_pages):
        page = await client.list_tools(cursor=cursor, cache_mode="refresh" if again else "use")
        names.update(dict.fromkeys(tool.name for tool in page.tools))
        cursor = page.next_cursor
        if cursor is None:
            break
        if cursor in seen:
            listing.notes.append("the list of tools repeats itself; what it had shown by then is used")
            break
        seen.add(cursor)
    else:
        listing.notes.append(f"the list of tools has no end; the first {len(names):,} are used")
    kept = list(names)[: limits.tools]
    if len(names) > len(kept):
        listing.notes.append(f"it lists {len(names):,} tools; the first {len(kept):,} are used")
    return tuple(tool_of(connector, listing.definitions[name]) for name in kept)
