"""The tools a model can call: those of the connectors, through one function, and SQL over their frames."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pydantic_ai import RunContext, ToolFailed
from pydantic_ai.tools import ToolDefinition
from pydantic_ai.toolsets import AbstractToolset, ToolsetTool
from pydantic_core import SchemaValidator, core_schema

from jupyter_connectors.answering.definitions import Definition
from jupyter_connectors.answering.events import CallFinished, CallOutcome, CallStarted, Event
from jupyter_connectors.answering.ondemand import OnDemand
from jupyter_connectors.answering.preview import Facts, frame_preview, text_preview
from jupyter_connectors.answering.sent import ON_DEMAND, SQL, Helper, Sent
from jupyter_connectors.answering.workspace import Workspace
from jupyter_connectors.errors import Cancelled, ConnectorError, Denied, Incomplete, OutcomeUnknown
from jupyter_connectors.frames.sql import CUT, run_sql_async
from jupyter_connectors.models import Json, Tool, canonical
from jupyter_connectors.text import plural

if TYPE_CHECKING:
    import pandas as pd

    from jupyter_connectors.frames.result import Result

Caller = Callable[[Tool, dict[str, Json]], Awaitable["Result"]]
"""Calls a tool for the model: the person is asked where rules say so. Raises our errors."""

_RETRIES = 3
_MOST_CHILDREN = 5
_ANY = SchemaValidator(core_schema.dict_schema(core_schema.str_schema(), core_schema.any_schema()))


@dataclass(slots=True, kw_only=True)
class Record:
    """What the calls of one question left behind."""

    frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    last: str | None = None
    """The frame of the last call; frames of lists nested in it do not count."""

    interrupted: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Of calls that were cut off: their names and what to tell the model, by their ids."""


def _definition(helper: Helper) -> ToolDefinition:
    return ToolDefinition(
        name=helper.name,
        description=helper.description,
        parameters_json_schema=dict(helper.schema),
        strict=False,
    )


class ConnectorTools(AbstractToolset[None]):
    """Definitions offered to a model and what happens when it calls one. Lives for one question."""

    def __init__(
        self,
        offered: Mapping[str, Definition],
        chosen: Sent,
        *,
        caller: Caller,
        workspace: Workspace,
        emit: Callable[[Event], None],
        reads: Callable[[Tool], bool],
    ) -> None:
        self._offered = offered
        self._chosen = chosen
        self._caller = caller
        self._workspace = workspace
        self._emit = emit
        self._reads = reads
        self._directory = OnDemand({name: offered[name] for name in chosen.on_demand}, workspace.fence)
        self.record = Record()

    @property
    def id(self) -> str:
        """What pydantic-ai calls it in errors."""
        return "connectors"

    async def get_tools(self, ctx: RunContext[None]) -> dict[str, ToolsetTool[None]]:
        """Every tool that is sent, those found by search only marked as deferred, and ours."""
        shown = [name for name in self._offered if name in self._chosen.whole or name in self._chosen.deferred]
        definitions = [
            ToolDefinition(
                name=name,
                description=self._offered[name].description,
                parameters_json_schema=dict(self._offered[name].schema),
                strict=False,
                defer_loading=name in self._chosen.deferred,
            )
            for name in shown
        ]
        ours = (*(ON_DEMAND if self._chosen.on_demand else ()), SQL)
        return {
            each.name: ToolsetTool(toolset=self, tool_def=each, max_retries=_RETRIES, args_validator=_ANY)
            for each in [*definitions, *map(_definition, ours)]
        }

    async def call_tool(
        self, name: str, tool_args: dict[str, Any], ctx: RunContext[None], tool: ToolsetTool[None]
    ) -> str:
        """The call's outcome as text for the model; its rows become a frame."""
        key = ctx.tool_call_id or name
        if (told := self._directory.answer(name, tool_args)) is not None:
            return told
        asked, (name, tool_args) = name, self._directory.meant(name, tool_args)
        definition = None if name == SQL.name else self._offered[name]
        arguments = tool_args if definition is None else definition.arguments(tool_args)
        connector, called = ("", SQL.name) if definition is None else (definition.tool.connector, definition.tool.name)
        self._emit(CallStarted(key=key, connector=connector, tool=called, arguments_json=canonical(arguments)))
        began = time.perf_counter()
        try:
            if definition is None:
                told, finished = await self._query(key, arguments)
            else:
                told, finished = await self._call(key, definition.tool, arguments)
        except (asyncio.CancelledError, Cancelled):
            self._cut_off(key, asked, definition)
            raise
        except ConnectorError as error:
            told, finished = await self._failed(key, error, called)
        seconds = round(time.perf_counter() - began, 3)
        self._emit(replace(finished, seconds=seconds))
        if finished.outcome == "error":
            raise ToolFailed(told)
        return told

    async def _call(self, key: str, tool: Tool, arguments: dict[str, Json]) -> tuple[str, CallFinished]:
        result = await self._caller(tool, arguments)
        changed = result.call.arguments_json != canonical(arguments)
        edited = "The person changed the arguments before allowing the call.\n" if changed else ""
        told, finished = await self._kept(key, result, tool.name)
        return edited + told, finished

    async def _kept(self, key: str, result: Result, hint: str) -> tuple[str, CallFinished]:
        """A result's rows as a frame of the conversation, and what the model sees of them."""
        if not result.tabular:
            return text_preview(result.text, fence=self._workspace.fence), CallFinished(
                key=key, outcome="ok", message="text, not rows"
            )
        frame = await asyncio.to_thread(lambda: result.df)
        name = self._add(frame, hint)
        notes = list(result.notes)
        for child in list(result.children)[:_MOST_CHILDREN]:
            rows = await asyncio.to_thread(result.children.__getitem__, child)
            within = self._add(rows, f"{name}_{child}")
            notes.append(f"the lists in {child} are the frame {within}: {plural(len(rows), 'row')}, by parent_id")
        self.record.last = name
        line = result.completeness.line
        told = frame_preview(frame, Facts(name=name, completeness=line, notes=notes, fence=self._workspace.fence))
        proven = {"complete": True, "partial": False}.get(result.completeness.state)
        return told, CallFinished(key=key, outcome="ok", rows=result.rows, complete=proven, frame=name, message=line)

    async def _query(self, key: str, arguments: dict[str, Json]) -> tuple[str, CallFinished]:
        frame = await run_sql_async(str(arguments.get("query", "")), self._workspace.frames)
        name = self.record.last = self._add(frame, str(arguments.get("name") or "result"))
        cut = frame.attrs.get(CUT)
        line = f"cut after {cut:,} rows, there are more" if cut else "all rows of the query"
        told = frame_preview(frame, Facts(name=name, completeness=line, fence=self._workspace.fence))
        return told, CallFinished(
            key=key, outcome="ok", rows=len(frame), complete=not cut, frame=name, message=line if cut else ""
        )

    async def _failed(self, key: str, error: ConnectorError, hint: str) -> tuple[str, CallFinished]:
        said = text_preview(f"{error.problem}\n{error.hint}", budget=600, fence=self._workspace.fence)
        if isinstance(error, Denied):
            told = "DENIED. Nothing was sent. Do not try this call again, and say in the answer that it was not done."
            return f"{told}\n{said}", CallFinished(key=key, outcome="denied", message=error.problem)
        if isinstance(error, OutcomeUnknown):
            return f"{_UNKNOWN}\n{said}", CallFinished(key=key, outcome="unknown", message=error.problem)
        if isinstance(error, Incomplete) and error.partial is not None:
            return await self._partial(key, error, hint)
        told = "FAILED. Answer from the other sources and name what is missing."
        return f"{told}\n{said}", CallFinished(key=key, outcome="error", message=error.problem)

    async def _partial(self, key: str, error: Incomplete, hint: str) -> tuple[str, CallFinished]:
        told, finished = await self._kept(key, error.partial, hint)  # type: ignore[arg-type]  # .partial is a Result
        told = f"INCOMPLETE: rows are missing. Say so in the answer.\n{told}"
        return told, CallFinished(
            key=key, outcome="ok", rows=finished.rows, complete=False, frame=finished.frame, message=error.problem
        )

    def _add(self, frame: pd.DataFrame, hint: str) -> str:
        name = self._workspace.add(frame, hint)
        self.record.frames[name] = frame
        return name

    def _cut_off(self, key: str, name: str, definition: Definition | None) -> None:
        changes = definition is not None and not self._reads(definition.tool)
        told = _UNKNOWN if changes else "The person stopped this call before it was done."
        self.record.interrupted[key] = (name, told)
        outcome: CallOutcome = "unknown" if changes else "error"
        self._emit(CallFinished(key=key, outcome=outcome, message="stopped"))


_UNKNOWN = (
    "OUTCOME UNKNOWN. The change may or may not have happened. Never make this call again; "
    "tell the person to check in the service."
)
