"""%%ask without a model: ranked, prefilled calls; one runs by itself only where it is clear and only reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jupyter_connectors.asknotes import news, written
from jupyter_connectors.calls import new_call
from jupyter_connectors.conversation import AskResult, Question, bind_frames, conversation_of, today
from jupyter_connectors.errors import AskFailed
from jupyter_connectors.fronts import front_of
from jupyter_connectors.models import Tool, ToolClass
from jupyter_connectors.session import Session
from jupyter_connectors.show import escaped, result_bundle
from jupyter_connectors.signatures import identifier
from jupyter_connectors.text import plural
from jupyter_connectors.widgets.apps import apps_of

if TYPE_CHECKING:
    from jupyter_connectors.answering.offline import Routed, Suggestion

SHOWN = 3
"""How many prefilled calls are shown."""


def answer_offline(session: Session, question: Question, tools: Sequence[Tool]) -> AskResult:
    """Shows what the words of the question lead to, and runs it where that is safe and clear.

    Raises:
        AskFailed: A frame was asked for with `--into` and no call ran.
        ConnectorError: The call failed.
    """
    from jupyter_connectors.answering.offline import route

    routed = route(
        question.text,
        [tool for tool in tools if _reads(session, tool) or not question.read_only],
        today=today(),
        columns=session.hub.known_columns,
        reads=lambda tool: _reads(session, tool),
    )
    # A model that follows up may still be told: nothing is marked as heard here.
    passed = _passed_over(session, question, tools)
    if routed.run is not None:
        return _run(session, question, routed, routed.run, passed)
    session.show(_text(_listed(routed) + passed))
    if routed.suggestions and session.shell is not None and front_of(session.shell) != "nobody":
        # An editable cell below, filled in: the person completes it and runs it, or does not.
        session.shell.set_next_input(_code(routed.suggestions[0]))
    if question.into is not None:
        raise AskFailed(f"no call ran, so nothing is bound to {question.into!r}", hint="run one of the calls above")
    return AskResult(text=routed.notice, frames={})


def _run(session: Session, question: Question, routed: Routed, chosen: Suggestion, passed: str) -> AskResult:
    from jupyter_connectors.answering.filters import narrow

    result = session.call(new_call(chosen.tool, chosen.arguments))
    frame = narrow(result.df, chosen.filters)
    conversation = conversation_of(session, new=question.new)
    name = conversation.workspace.add(frame, chosen.tool.name)
    entry = session.hub.connected(chosen.tool.connector).entry
    conversation.taints.read(chosen.tool.connector, entry, chosen.tool.name)  # a model that follows up can query it
    bind_frames(session)
    if question.into is not None and session.shell is not None:
        session.shell.user_ns[question.into] = frame
    found = f"{plural(len(frame), 'row')} in `{name}`"
    if chosen.filters:
        found += f", of {result.rows:,} that the call gave"
    notes = "".join(f"\n- {escaped(note)}" for note in chosen.notes)
    session.show(_text(f"{routed.notice}\n\n```python\n{_code(chosen)}\n```\n\n{found}{notes}{passed}"))
    session.show(apps_of(session).beside(result, result_bundle(result, shown=frame if chosen.filters else None)))
    return AskResult(text=routed.notice, frames={name: frame}, last=name)


def _passed_over(session: Session, question: Question, tools: Sequence[Tool]) -> str:
    """What apps have told for a model, which is not here to use it."""
    told = {} if session.conversation is None or question.new else session.conversation.told
    found = written(session, news(session, tools, told))
    return "".join(f"\n- not used, told by the app {escaped(note.line)}" for note in found)


def _listed(routed: Routed) -> str:
    parts = [routed.notice]
    for each in routed.suggestions[:SHOWN]:
        facts = [f"- {escaped(note)}" for note in each.notes]
        if each.missing:
            facts.append(f"- still needed: {', '.join(f'`{name}`' for name in each.missing)}")
        if each.unused:
            facts.append(f"- not used: {', '.join(escaped(word) for word in each.unused)}")
        if not each.reads:
            facts.append("- changes data: you will be asked before it runs")
        parts.append("\n".join([f"```python\n{_code(each)}\n```", *facts]))
    return "\n\n".join(parts)


def _text(markdown: str) -> dict[str, str]:
    return {"text/markdown": markdown, "text/plain": markdown}


def _code(suggestion: Suggestion) -> str:
    from jupyter_connectors.answering.cell import code

    return code(suggestion, identifier(suggestion.tool.connector, taken={}))


def _reads(session: Session, tool: Tool) -> bool:
    return session.hub.class_of(tool) is ToolClass.READ
