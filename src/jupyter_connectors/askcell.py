"""%%ask: a question in a cell, answered by a model over the connected services, or by the offline router."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from jupyter_connectors.errors import AskFailed, Cancelled, ConnectorError
from jupyter_connectors.hub import new_call
from jupyter_connectors.models import Bound, Json, Tool, ToolClass
from jupyter_connectors.prompt import front_of
from jupyter_connectors.session import Session, new_id
from jupyter_connectors.widgets.answer import AnswerView, Line

if TYPE_CHECKING:
    import pandas as pd

    from jupyter_connectors.ask.agent import Answer, History
    from jupyter_connectors.ask.events import Event
    from jupyter_connectors.ask.providers import Choice
    from jupyter_connectors.ask.workspace import Workspace
    from jupyter_connectors.frames.result import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class AskResult:
    """What `jc.ask` gives: the answer's text, and its frames by name."""

    text: str
    frames: Mapping[str, pd.DataFrame] = field(hash=False, repr=False)
    last: str | None = None

    @property
    def df(self) -> pd.DataFrame | None:
        """The last frame, which usually holds the answer."""
        return self.frames[self.last] if self.last else None


@dataclass(slots=True, kw_only=True)
class Conversation:
    """What one run of questions and follow-ups shares."""

    history: History
    workspace: Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One `%%ask` as it was typed."""

    text: str
    into: str | None = None
    model: str | None = None
    base_url: str | None = None
    connectors: Iterable[str] | None = None
    read_only: bool = False
    new: bool = False


def ask_in_cell(session: Session, question: Question) -> AskResult:
    """Answers in the running cell; each result is bound in the notebook as it comes.

    Raises:
        AskFailed: No answer; what was fetched by then is bound all the same.
        Cancelled: The person pressed Stop; a follow-up goes on from there.
    """
    if question.into is not None and not question.into.isidentifier():
        raise AskFailed(f"{question.into!r} is no name a variable can have", hint="write --into and a plain name")
    tools = _tools(session, question)
    choice = _choose(question)
    if choice is None:
        from jupyter_connectors.askoffline import answer_offline

        return answer_offline(session, question, tools)
    return _answer(session, question, tools, choice)


def _answer(session: Session, question: Question, tools: Sequence[Tool], choice: Choice) -> AskResult:
    view = AnswerView(
        session.runtime, session.desk, front_of(session.shell), identity=new_id(), model=choice.name
    )
    view.open()
    state: Any = "failed"
    failure: ConnectorError | None = None
    try:
        answer = session.runtime.run(_ask(session, question, tools, choice, view))
        state = "done"
    except Cancelled as stop:
        state, failure = "stopped", stop
    except ConnectorError as error:
        failure = error
    finally:
        view.close(state)
        bind_frames(session)
    if failure is not None:
        raise failure.with_traceback(None)
    if question.into is not None and session.shell is not None:
        if answer.last is None:
            raise AskFailed("the answer has no frame to bind", hint=f"ask for rows to bind them to {question.into!r}")
        session.shell.user_ns[question.into] = answer.frames[answer.last]
    return AskResult(text=answer.text, frames=answer.frames, last=answer.last)


async def _ask(
    session: Session, question: Question, tools: Sequence[Tool], choice: Choice, view: AnswerView
) -> Answer:
    from jupyter_connectors.ask.agent import Setup, ask
    from jupyter_connectors.ask.providers import open_model

    conversation = conversation_of(session, new=question.new)
    setup = Setup(
        tools=tools,
        caller=model_caller(session),
        workspace=conversation.workspace,
        reads=lambda tool: session.hub.class_of(tool) is ToolClass.READ,
        emit=telling(view),
        today=today(),
        read_only=question.read_only,
    )
    return await ask(question.text, setup, model=open_model(choice), history=conversation.history)


def conversation_of(session: Session, *, new: bool = False) -> Conversation:
    """The conversation that goes on in this kernel; a new one if there is none or one is asked for."""
    held: Conversation | None = session.conversation
    if held is None or new:
        from jupyter_connectors.ask.agent import History
        from jupyter_connectors.ask.workspace import Workspace

        held = Conversation(history=History(), workspace=Workspace(session.is_taken))
        session.conversation = held
    return held


def model_caller(session: Session) -> Callable[[Tool, dict[str, Json]], Awaitable[Result]]:
    """How the model calls a tool: the one call path, with the person asked as for a typed call."""

    async def call(tool: Tool, arguments: dict[str, Json]) -> Result:
        # What a model writes as `limit` is how many rows it wants, not the size of a page.
        limit = arguments.get("limit")
        bound = Bound(limit=limit) if isinstance(limit, int) and limit > 0 else None
        made = new_call(tool, arguments, asked_by="model", bound=bound)
        return await session.hub.call(made, approve=session.approve)

    return call


def telling(view: AnswerView) -> Callable[[Event], None]:
    """Shows each event of an answer in its view."""
    from jupyter_connectors.ask.events import CallFinished, CallStarted, Finished, TextDelta

    def emit(event: Event) -> None:
        if isinstance(event, TextDelta):
            view.say(event.text)
        elif isinstance(event, CallStarted):
            line = Line(key=event.key, connector=event.connector, tool=event.tool, arguments=event.arguments_json)
            view.begin(line)
        elif isinstance(event, CallFinished):
            view.end(
                event.key,
                state={"unknown": "error"}.get(event.outcome, event.outcome),
                rows=event.rows,
                complete=event.complete,
                seconds=event.seconds,
                frame=event.frame,
                message=event.message,
            )
        elif isinstance(event, Finished):
            view.use(_usage(event))

    return emit


def _usage(event: Any) -> str:
    cost = f", ${event.cost:.4f}" if event.cost is not None else ", cost unknown"
    return f"{event.input_tokens:,} tokens in, {event.output_tokens:,} out{cost}"


def today() -> date:
    """The current day in UTC; `JUPYTER_CONNECTORS_TODAY` pins it, for the demo and for tests."""
    pinned = os.environ.get("JUPYTER_CONNECTORS_TODAY")
    return date.fromisoformat(pinned) if pinned else datetime.now(UTC).date()


def _choose(question: Question) -> Choice | None:
    from jupyter_connectors.ask.providers import choose

    return choose(question.model, environ=os.environ, base_url=question.base_url)


def _tools(session: Session, question: Question) -> tuple[Tool, ...]:
    if not session.connected():
        raise AskFailed("nothing is connected", hint="connect something first: %connect acme-billing acme-crm")
    if question.connectors is None:
        return session.hub.tools()
    return tuple(tool for name in question.connectors for tool in session.hub.tools(session.named(name)))


def bind_frames(session: Session) -> None:
    """Puts the conversation's frames into the notebook."""
    if session.shell is not None and session.conversation is not None:
        for name, frame in session.conversation.workspace.frames.items():
            session.shell.user_ns[name] = frame
            session.bound[name] = frame

