"""A question answered by a model: it calls tools, their rows stay in frames, it computes with SQL and answers."""

from __future__ import annotations

import re
from collections.abc import AsyncIterable, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic_ai import Agent, RunContext, capture_run_messages
from pydantic_ai.capabilities import ToolSearch
from pydantic_ai.exceptions import AgentRunError, ModelAPIError, ModelHTTPError, UsageLimitExceeded, UserError
from pydantic_ai.messages import (
    AgentStreamEvent,
    ModelMessage,
    ModelRequest,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
    ToolReturnPart,
)
from pydantic_ai.models import Model
from pydantic_ai.tools import ToolDefinition
from pydantic_ai.usage import RunUsage, UsageLimits

from jupyter_connectors.answering.definitions import Definition, define
from jupyter_connectors.answering.events import Event, Finished, TextDelta
from jupyter_connectors.answering.instructions import instructions
from jupyter_connectors.answering.notes import Note, prompt_of
from jupyter_connectors.answering.search import ToolIndex
from jupyter_connectors.answering.sent import BUDGET, SEARCH, SEARCH_WORDS, sent
from jupyter_connectors.answering.toolset import Caller, ConnectorTools, Record
from jupyter_connectors.answering.workspace import Workspace
from jupyter_connectors.errors import AskFailed
from jupyter_connectors.models import Tool
from jupyter_connectors.modes import Mode
from jupyter_connectors.text import one_line

if TYPE_CHECKING:
    import pandas as pd

_FOUND = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What one question may use up."""

    requests: int = 25
    """Answers of the model, each of which may call several tools."""

    tokens: int = 500_000
    """In and out together, over all requests."""

    calls: int = 200
    """Calls of tools that came through, over all requests: one answer of a model may ask for any number."""

    cost: Decimal | None = Decimal(5)
    """US dollars, where the price of the model is known; None for no limit."""

    definitions: int = BUDGET
    """Tokens of tool definitions sent with each request in Auto. Past it the model gets a few tools and a search."""


class History:
    """The messages of one conversation. A question that is stopped or fails leaves it fit for the next."""

    def __init__(self) -> None:
        self.messages: tuple[ModelMessage, ...] = ()
        self.core: dict[str, None] = {}
        """Names of tools shown whole so far, in order: only added to, so that the cached part of a request stays."""

        self.found: dict[str, None] = {}
        """Names of tools the model found by searching; they stay within its reach."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a question may use."""

    tools: Sequence[Tool]
    caller: Caller
    workspace: Workspace
    reads: Callable[[Tool], bool]
    """Whether a tool was reviewed as one that only reads."""

    emit: Callable[[Event], None]
    today: date
    read_only: bool = False
    """Leave out every tool that is not known to only read."""

    modes: Mapping[str, Mode] = field(default_factory=dict, hash=False)
    """How the tools of each connector are sent; one that is missing is Auto."""

    budget: Budget = Budget()
    notes: tuple[Note, ...] = ()
    """What open apps say the model should know; they have no part in which tools it is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of a question."""

    text: str
    """The model's words, Markdown. Not to be trusted as HTML."""

    frames: Mapping[str, pd.DataFrame] = field(hash=False)
    """The frames this question made, by their names in the workspace."""

    last: str | None
    """The name of the frame its last call made."""

    history: History = field(hash=False)
    usage: RunUsage = field(hash=False)


async def ask(question: str, setup: Setup, *, model: Model, history: History) -> Answer:
    """The model's answer to a question; its text and its calls are told to `setup.emit` as they come.

    Cancelling the task stops the model and its calls; `history` then has what was done so far.

    Raises:
        AskFailed: the model's API failed, or the budget is used up; `.partial` is then an `Answer` so far.
    """
    fence = setup.workspace.fence
    offered = define((tool for tool in setup.tools if setup.reads(tool) or not setup.read_only), fence)
    chosen = sent(
        question, offered, setup.modes, core=history.core, found=history.found, budget=setup.budget.definitions
    )
    tools = ConnectorTools(
        offered, chosen, caller=setup.caller, workspace=setup.workspace, emit=setup.emit, reads=setup.reads
    )
    agent = Agent(
        model,
        instructions=instructions(
            setup.today,
            fence=fence,
            deferred=len(offered) - len(chosen.whole) - len(chosen.on_demand) if chosen.deferred else 0,
            on_demand=len(chosen.on_demand),
        ),
        toolsets=[tools],
        capabilities=[
            ToolSearch(
                strategy=_searching(offered, history),
                max_results=_FOUND,
                tool_description=SEARCH.description,
                parameter_description=SEARCH_WORDS,
            )
        ],
    )
    said: list[str] = []
    failed: AskFailed | None = None
    usage = RunUsage()
    with capture_run_messages() as messages:
        try:
            async with model:
                run = await agent.run(
                    prompt_of(question, setup.notes, fence),
                    message_history=list(history.messages),
                    usage=usage,
                    usage_limits=_limits(setup.budget),
                    event_stream_handler=_streaming(setup.emit, said),
                )
        except (AgentRunError, UserError) as error:
            failed = _failure(error, setup.budget)
        finally:
            history.messages = _closed(messages, tools.record)
    made = tools.record
    text = "".join(said) if failed else run.output
    answer = Answer(text=text, frames=made.frames, last=made.last, history=history, usage=usage)
    if failed is not None:
        # Raised here, because IPython prints the whole stack of an error that is raised while another is handled.
        failed.partial = answer
        raise failed
    setup.emit(
        Finished(
            model=model.model_name, input_tokens=usage.input_tokens, output_tokens=usage.output_tokens, cost=usage.cost
        )
    )
    return answer


def _searching(
    offered: Mapping[str, Definition], history: History
) -> Callable[[RunContext[None], Sequence[str], Sequence[ToolDefinition]], list[str]]:
    def strategy(ctx: RunContext[None], queries: Sequence[str], corpus: Sequence[ToolDefinition]) -> list[str]:
        names = {offered[each.name].tool: each.name for each in corpus if each.name in offered}
        index = ToolIndex(names)
        found = [names[ranked.tool] for query in queries for ranked in index.search(query, _FOUND)]
        index.close()
        history.found |= dict.fromkeys(found)
        return list(dict.fromkeys(found))

    return strategy


def _streaming(
    emit: Callable[[Event], None], said: list[str]
) -> Callable[[RunContext[None], AsyncIterable[AgentStreamEvent]], Awaitable[None]]:
    """Passes the model's text on as it comes, with a blank line between two stretches of it."""

    async def handler(ctx: RunContext[None], events: AsyncIterable[AgentStreamEvent]) -> None:
        async for event in events:
            text = ""
            if isinstance(event, PartStartEvent) and isinstance(event.part, TextPart):
                text = event.part.content
                if said and text:
                    text = f"\n\n{text}"
            elif isinstance(event, PartDeltaEvent) and isinstance(event.delta, TextPartDelta):
                text = event.delta.content_delta
            if text:
                said.append(text)
                emit(TextDelta(text=text))

    return handler


def _limits(budget: Budget) -> UsageLimits:
    return _Limits(
        request_limit=budget.requests,
        total_tokens_limit=budget.tokens,
        cost_limit=budget.cost,
        tool_calls_limit=budget.calls,
    )


class _Limits(UsageLimits):
    """Limits that say nothing where a model has no known price: the tokens are limited too."""

    def check_cost(self, usage: RunUsage, *, warn_if_cost_unavailable: bool = False) -> None:
        super().check_cost(usage, warn_if_cost_unavailable=False)


def _closed(messages: Sequence[ModelMessage], record: Record) -> tuple[ModelMessage, ...]:
    """The messages with a word for every call that was cut off, so that the model does not make a change twice."""
    answered = {part.tool_call_id for each in messages for part in each.parts if isinstance(part, ToolReturnPart)}
    parts = [
        ToolReturnPart(tool_name=name, content=told, tool_call_id=key, outcome="interrupted")
        for key, (name, told) in record.interrupted.items()
        if key not in answered
    ]
    closed = list(messages)
    if parts and closed and isinstance(closed[-1], ModelRequest):
        closed[-1] = ModelRequest(parts=[*closed[-1].parts, *parts])
    elif parts:
        closed.append(ModelRequest(parts=parts))
    return tuple(closed)


def _failure(error: AgentRunError | UserError, budget: Budget) -> AskFailed:
    if isinstance(error, UsageLimitExceeded):
        cost = "" if budget.cost is None else f", {budget.cost} US dollars"
        return AskFailed(
            f"the question used up its budget: {budget.requests} steps, {budget.tokens:,} tokens, {budget.calls} calls{cost}",
            hint="what was fetched is in the frames; ask something narrower, or go on with another %%ask",
        )
    if isinstance(error, ModelHTTPError):
        return _refused(error)
    if isinstance(error, ModelAPIError):
        return AskFailed(
            f"{error.model_name} could not be reached: {_told(str(error))}",
            hint="check the network and the address of the model, then ask again",
        )
    return AskFailed(f"the model's answer could not be used: {_told(str(error))}", hint="ask again, or another model")


def _refused(error: ModelHTTPError) -> AskFailed:
    problem, hint = {
        401: ("its key was refused", "check the key in the environment the kernel was started with"),
        403: ("its key may not use this model", "choose another with --model"),
        404: ("there is no such model there", "choose another with --model"),
        429: ("too many requests, or the credit is used up", "wait a little and ask again"),
    }.get(error.status_code, (_told(str(error.body)), "ask again; if it stays so, choose another model with --model"))
    return AskFailed(f"{error.model_name} answered with status {error.status_code}: {problem}", hint=hint)


def _told(text: str) -> str:
    """A vendor's words on one line, without anything that looks like a key."""
    return one_line(re.sub(r"\b(?:sk|pk|rk|key|Bearer)[-_ ][\w.-]{6,}", "[key]", text), 300)
