"""A listing is collected from pages a test writes down; `asked` keeps the arguments of every request."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from jupyter_connectors.frames.collect import collect
from jupyter_connectors.frames.rates import Patience
from jupyter_connectors.frames.result import Result
from jupyter_connectors.frames.shapes import Shape, read_shapes
from jupyter_connectors.models import Bound, Json, Reply, Tool, ToolCall, canonical

TEXT_DTYPE = "str" if int(pd.__version__.partition(".")[0]) >= 3 else "object"
INSTANT = "datetime64[us, UTC]"
DAY = "datetime64[us]"
NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)

PAYLOADS = Path(__file__).parents[2].parent / "shared" / "data" / "payloads"
needs_payloads = pytest.mark.skipif(not PAYLOADS.is_dir(), reason="the recorded payloads are not beside the repository")

Page = Json | Reply | BaseException


def as_text(value: Json) -> Reply:
    return Reply(texts=(json.dumps(value),))


@dataclass
class Server:
    """Answers with its pages in order, whatever is asked, and keeps what was asked."""

    pages: Sequence[Page]
    asked: list[Mapping[str, Json]] = field(default_factory=list)

    async def fetch(self, arguments: Mapping[str, Json]) -> Reply:
        page = self.pages[len(self.asked)]
        self.asked.append(arguments)
        if isinstance(page, BaseException):
            raise page
        return page if isinstance(page, Reply) else as_text(page)


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What is called, and how."""

    connector: str = "shop"
    tool: str = "list_orders"
    arguments: Mapping[str, Json] = field(default_factory=dict)
    bound: Bound = Bound()  # noqa: RUF009 - it is frozen
    parameters: Sequence[str] = ()
    output_schema: Mapping[str, Json] | None = None
    shape: Shape | None = None


async def gather(
    fetch: Callable[[Mapping[str, Json]], Awaitable[Reply]], place: Path, ask: Ask | None = None, **options: Any
) -> Result:
    """The result of a call whose requests go to `fetch`."""
    ask = ask or Ask()
    options.setdefault("patience", Patience(attempts=1))  # no test waits for a server by accident
    call = ToolCall(
        id="call-1",
        connector=ask.connector,
        tool=ask.tool,
        arguments_json=canonical(dict(ask.arguments)),
        bound=ask.bound,
    )
    properties = {name: {"type": "integer" if name in ("page", "offset") else "string"} for name in ask.parameters}
    tool = Tool(
        connector=ask.connector,
        name=ask.tool,
        input_schema={"type": "object", "properties": properties},
        output_schema=ask.output_schema,
    )
    return await collect(call, tool, fetch, shape=ask.shape, spool_dir=place, clock=lambda: NOON, **options)


async def rows_of(place: Path, *pages: Page, ask: Ask | None = None) -> Result:
    """The result of a listing that comes in these pages."""
    return await gather(Server(pages).fetch, place, ask)


def shape(toml: str, tool: str = "list_orders") -> Shape:
    """The shape of `tool` in a TOML text that need not name its connectors."""
    return next(each for each in read_shapes('connectors = ["shop"]\n' + toml, "test") if each.tool == tool)


def dtypes(frame: pd.DataFrame) -> dict[str, str]:
    return {str(name): str(kind) for name, kind in frame.dtypes.items()}


def cells(frame: pd.DataFrame, column: str) -> list[Any]:
    """The values of a column, None where there is none."""
    return [None if pd.isna(value) else value for value in frame[column].tolist()]
