"""%%ask: a question in a cell, answered by a model over the connected services, or by the offline router."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from jupyter_connectors.conversation import AskResult, Question
from jupyter_connectors.errors import AskFailed
from jupyter_connectors.models import Tool
from jupyter_connectors.session import Session

if TYPE_CHECKING:
    from jupyter_connectors.answering.providers import Choice


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
    from jupyter_connectors.askmodel import answer_with_model

    return answer_with_model(session, question, tools, choice)


def _choose(question: Question) -> Choice | None:
    from jupyter_connectors.answering.providers import choose

    return choose(question.model, config=question.configured, environ=os.environ, base_url=question.base_url)


def _tools(session: Session, question: Question) -> tuple[Tool, ...]:
    if not session.connected():
        raise AskFailed("nothing is connected", hint="connect something first: %connect acme-billing acme-crm")
    if question.connectors is None:
        return session.hub.tools()
    return tuple(tool for name in question.connectors for tool in session.hub.tools(session.named(name)))
