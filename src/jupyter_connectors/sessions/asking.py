"""Passing a server's question on to the person (MCP specification, "Elicitation")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx2
from mcp.client.context import ClientRequestContext
from mcp.client.session import ElicitationFnT
from mcp_types import ElicitRequestFormParams, ElicitRequestParams, ElicitResult

from jupyter_connectors.entries import Entry
from jupyter_connectors.models import Json
from jupyter_connectors.sessions.patience import Patience
from jupyter_connectors.sessions.signin import Elicitation, Person


def asks(name: str, entry: Entry, person: Person, patience: Patience) -> ElicitationFnT | None:
    """What the SDK calls when a server asks; None where no server may, which it is told at the start."""
    answer = person.elicit
    if answer is None:
        return None

    async def elicit(context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
        form = isinstance(params, ElicitRequestFormParams)
        schema = dict(params.requested_schema) if isinstance(params, ElicitRequestFormParams) else {}
        url = "" if isinstance(params, ElicitRequestFormParams) else params.url
        if not form and httpx2.URL(url).scheme not in ("https", "http"):
            return ElicitResult(action="decline")
        question = Elicitation(connector=name, title=entry.title, message=params.message, schema=schema, url=url)
        with patience.waiting():
            said = await answer(question)
        if said.action != "accept" or not form:
            return ElicitResult(action=said.action)
        return ElicitResult(action="accept", content=_filled(said.content, schema))

    return elicit


def _filled(content: Mapping[str, Json], schema: Mapping[str, Any]) -> dict[str, Json]:
    """The answer with the defaults that the schema names for what was left out (SEP-1034)."""
    fields = schema.get("properties")
    named = fields.items() if isinstance(fields, dict) else ()
    defaults = {name: told["default"] for name, told in named if isinstance(told, dict) and "default" in told}
    return {**defaults, **content}
