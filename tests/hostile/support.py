"""Servers that list and answer what a case says, a model that is asked over them, and a sign-in that is refused."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from jupyter_connectors.answering.agent import Budget, Setup
from jupyter_connectors.answering.workspace import Workspace
from jupyter_connectors.calls import new_call
from jupyter_connectors.entries import Entry
from jupyter_connectors.errors import ConnectorError
from jupyter_connectors.frames.result import Result
from jupyter_connectors.models import Json, Tool

from ..bench import Bench
from ..conftest import hostile
from ..servers.authority import CANARY, Authority, Browser, SignIn, connected


def tool(name: str = "echo", schema: Json = None, **told: Json) -> dict[str, Json]:
    return {"name": name, "inputSchema": schema or {"type": "object", "properties": {"text": {}}}, **told}


def listed(place: Path, *tools: dict[str, Json], mode: str = "well-behaved", **variables: str) -> Entry:
    """A server that lists these tools."""
    (place / "tools.json").write_text(json.dumps(tools))
    return hostile(mode, HOSTILE_TOOLS=str(place / "tools.json"), HOSTILE_LOG=str(place / "log"), **variables)


def answering(result: Json) -> dict[str, str]:
    return {"HOSTILE_RESULT": json.dumps(result)}


def prose(words: str, **more: Json) -> Json:
    return {"content": [{"type": "text", "text": words}], **more}


def talking(on: Bench, **budget: Any) -> Setup:
    """A question over what is connected, its calls going the one way."""

    async def caller(called: Tool, arguments: dict[str, Json]) -> Result:
        return await on.hub.call(new_call(called, arguments, asked_by="model"), approve=on.approve)

    return Setup(
        tools=on.hub.tools(),
        caller=caller,
        workspace=Workspace(),
        reads=lambda _: True,
        emit=lambda _: None,
        today=date(2026, 11, 22),
        budget=Budget(**budget),
    )


async def refused(made: Authority, place: Path, browser: SignIn | None = None, **more: Any) -> ConnectorError:
    """How opening fails: two lines with nothing secret in them."""
    with pytest.raises(ConnectorError) as caught:
        async with connected(made, place, browser or Browser(), **more):
            pass
    error = caught.value
    assert str(error).count("\n") == 1 and CANARY not in str(error)
    assert error.__cause__ is None and not isinstance(error.__context__, BaseExceptionGroup)
    return error
