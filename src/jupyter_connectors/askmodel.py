"""%%ask with a model: its calls and words shown as they come, its frames bound in the notebook."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jupyter_connectors.approval import Answer, Request
from jupyter_connectors.askapps import AnswerApps
from jupyter_connectors.asknotes import news, told_to
from jupyter_connectors.calls import new_call
from jupyter_connectors.conversation import AskResult, Conversation, Question, bind_frames, conversation_of, today
from jupyter_connectors.errors import AskFailed, Cancelled, ConnectorError, Denied, UsageProblem
from jupyter_connectors.fronts import front_of
from jupyter_connectors.models import Bound, Json, Tool, ToolClass
from jupyter_connectors.secrets import masked
from jupyter_connectors.session import Session
from jupyter_connectors.toolmodes import modes_of
from jupyter_connectors.widgets.answer import AnswerView, Line, State

if TYPE_CHECKING:
    from jupyter_connectors.answering.agent import Answer as ModelAnswer
    from jupyter_connectors.answering.events import Event
    from jupyter_connectors.answering.providers import Choice
    from jupyter_connectors.frames.result import Result


def answer_with_model(session: Session, question: Question, tools: Sequence[Tool], choice: Choice) -> AskResult:
    """Answers in the running cell.

    Raises:
        AskFailed: No answer; what was fetched by then is bound all the same.
        Cancelled: The person pressed Stop; a follow-up goes on from there.
    """
    front = front_of(session.shell)
    view = AnswerView(session.runtime, session.desk, front, session.show, model=choice.name)
    apps = AnswerApps(session, front)
    view.open()
    state: State = "failed"
    failure: ConnectorError | None = None
    try:
        answer = session.runtime.run(_ask(session, question, tools, choice, view, apps=apps))
        state = "done"
    except Cancelled as stop:
        state, failure = "stopped", stop
    except ConnectorError as error:
        failure = error
    finally:
        view.close(state)
        apps.close()
        bind_frames(session)
    if failure is not None:
        raise failure.with_traceback(None)
    if conversation_of(session).unanswered:
        raise _unanswered(session)
    if question.into is not None and session.shell is not None:
        if answer.last is None:
            raise AskFailed("the answer has no frame to bind", hint=f"ask for rows to bind them to {question.into!r}")
        session.shell.user_ns[question.into] = answer.frames[answer.last]
    return AskResult(text=answer.text, frames=answer.frames, last=answer.last)


async def _ask(
    session: Session, question: Question, tools: Sequence[Tool], choice: Choice, view: AnswerView, *, apps: AnswerApps
) -> ModelAnswer:
    from jupyter_connectors.answering.agent import Setup, ask
    from jupyter_connectors.answering.providers import open_model

    conversation = conversation_of(session, new=question.new)
    conversation.questions.append(question.text)
    conversation.unanswered.clear()
    model = open_model(choice)
    notes = told_to(conversation, session, news(session, tools, conversation.told))
    for note in notes:
        view.tell(note.line)
    setup = Setup(
        tools=tools,
        caller=model_caller(session, conversation, attended=apps.front != "nobody", apps=apps),
        workspace=conversation.workspace,
        reads=lambda tool: session.hub.class_of(tool) is ToolClass.READ,
        emit=telling(view),
        today=today(),
        read_only=question.read_only,
        modes=modes_of(session),
        notes=notes,
    )
    return await ask(question.text, setup, model=model, history=conversation.history)


def model_caller(
    session: Session, conversation: Conversation, *, attended: bool = True, apps: AnswerApps | None = None
) -> Callable[[Tool, dict[str, Json]], Awaitable[Result]]:
    """How the model calls a tool: the one call path, with the person asked as for a typed call.

    The call carries what the conversation has read by then, and its arguments are shown with where they come from. The
    app of its tool is one of `apps` as soon as it goes out.
    """
    from jupyter_connectors.answering.origins import origins

    taints = conversation.taints
    shown = AnswerApps(session, "nobody") if apps is None else apps

    async def approve(request: Request) -> Answer:
        frames = dict(conversation.workspace.frames)
        found = await asyncio.to_thread(origins, request.call, tuple(conversation.questions), frames)
        return await session.approve(replace(request, origins={**found, **request.origins}))

    async def call(tool: Tool, arguments: dict[str, Json]) -> Result:
        # What a model writes as `limit` is how many rows it wants, not the size of a page.
        limit = arguments.get("limit")
        bound = Bound(limit=limit) if isinstance(limit, int) and limit > 0 else None
        made = new_call(tool, arguments, asked_by="model", bound=bound)
        made = replace(made, outside=taints.outside, private=taints.private)
        entry = session.hub.connected(tool.connector).entry
        read = True  # whatever comes of the call: the words of an error are the service's, too
        try:
            return await shown.showing(
                tool, lambda sent: session.hub.call(made, approve=approve, attended=attended, sent=sent)
            )
        except (Denied, UsageProblem) as error:
            read = False  # our own words
            if isinstance(error, Denied) and not attended:
                conversation.unanswered.append(error.problem)
            raise
        finally:
            if read:
                taints.read(tool.connector, entry, tool.name)

    return call


def _unanswered(session: Session) -> Denied:
    """Where nobody could be asked, an answer is not enough: a scheduled run must not pass for one that did its work."""
    refused = conversation_of(session).unanswered
    more = f" and {len(refused) - 1} more" if len(refused) > 1 else ""
    hint = "the answer is above; run the cell where you can be asked, or see %connect --explain"
    return Denied(f"{refused[0]}{more}", hint=hint)


def telling(view: AnswerView) -> Callable[[Event], None]:
    """Shows each event of an answer in its view."""
    from jupyter_connectors.answering.events import CallFinished, CallStarted, Finished, TextDelta

    def emit(event: Event) -> None:
        if isinstance(event, TextDelta):
            view.say(event.text)
        elif isinstance(event, CallStarted):
            line = Line(
                key=event.key, connector=event.connector, tool=event.tool, arguments=masked(event.arguments_json)
            )
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
