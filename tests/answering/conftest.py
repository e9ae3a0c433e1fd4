"""A conversation with a scripted model over real results."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pydantic_ai.messages import ModelMessage, ModelRequest, ToolReturnPart
from pydantic_ai.models import Model
from pydantic_ai.models.function import AgentInfo, DeltaToolCall, DeltaToolCalls, FunctionModel

from jupyter_connectors.answering.agent import Answer, Budget, History, Setup, ask
from jupyter_connectors.answering.events import Event
from jupyter_connectors.answering.workspace import Workspace
from jupyter_connectors.frames.collect import collect
from jupyter_connectors.frames.result import Result
from jupyter_connectors.frames.shapes import Shape
from jupyter_connectors.models import Json, Reply, Tool, ToolCall, canonical

from .catalogue import TOOLS, reads

Turn = str | Mapping[str, tuple[str, Mapping[str, Any]]]
"""What the model does next: says something, or calls tools by key (name, arguments)."""

Answering = Callable[[Mapping[str, Json]], Reply]


@dataclass(slots=True)
class Script:
    """A model that does as told and remembers what it was sent."""

    turns: list[Turn]
    sent: list[list[ModelMessage]] = field(default_factory=list)
    offered: list[list[str]] = field(default_factory=list)

    @property
    def model(self) -> FunctionModel:
        return FunctionModel(stream_function=self._stream)

    async def _stream(self, messages: list[ModelMessage], info: AgentInfo) -> AsyncIterator[str | DeltaToolCalls]:
        self.sent.append(list(messages))
        self.offered.append([tool.name for tool in info.function_tools])
        turn = self.turns.pop(0)
        if isinstance(turn, str):
            for word in turn.split(" "):
                yield f"{word} "
        else:
            for place, (key, (name, arguments)) in enumerate(turn.items()):
                yield {place: DeltaToolCall(name=name, json_args=json.dumps(arguments), tool_call_id=key)}

    def told(self, key: str) -> str:
        """What the model was told of a call."""
        for message in self.sent[-1]:
            for part in message.parts if isinstance(message, ModelRequest) else ():
                if isinstance(part, ToolReturnPart) and part.tool_call_id == key:
                    return str(part.content)
        raise AssertionError(f"nothing was told of {key}")


@dataclass(slots=True)
class Talk:
    """A conversation: its tools answer through the real `collect`."""

    spool: Path
    answers: dict[str, Answering] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Json]]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    shape: Shape | None = None
    workspace: Workspace = field(default_factory=Workspace)
    history: History = field(default_factory=History)

    async def caller(self, tool: Tool, arguments: dict[str, Json]) -> Result:
        self.calls.append((tool.name, arguments))
        call = ToolCall(
            id=uuid4().hex,
            connector=tool.connector,
            tool=tool.name,
            arguments_json=canonical(arguments),
            asked_by="model",
        )

        async def fetch(asked: Mapping[str, Json]) -> Reply:
            return self.answers[tool.name](asked)

        return await collect(call, tool, fetch, shape=self.shape, spool_dir=self.spool)

    async def ask(self, question: str, model: Model, **more: Any) -> Answer:
        setup = Setup(
            tools=more.pop("tools", TOOLS),
            caller=more.pop("caller", self.caller),
            workspace=self.workspace,
            reads=reads,
            emit=self.events.append,
            today=date(2026, 11, 22),
            read_only=more.pop("read_only", False),
            budget=more.pop("budget", Budget()),
            modes=more.pop("modes", {}),
            notes=more.pop("notes", ()),
        )
        return await ask(question, setup, model=model, history=self.history)


@pytest.fixture
def talk(tmp_path: Path) -> Talk:
    return Talk(tmp_path)


def invoices(count: int, **more: Any) -> Answering:
    """A server that answers with so many invoices at once."""
    rows = [{"id": f"in_{n}", "status": "open", "amount": n, "note": f"secret-{n}", **more} for n in range(count)]
    return lambda asked: Reply(structured={"data": rows, "has_more": False})
