"""What questions in one notebook share: the conversation, and how a question and its answer look from Python."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from jupyter_connectors.session import Session

if TYPE_CHECKING:
    import pandas as pd

    from jupyter_connectors.answering.agent import History
    from jupyter_connectors.answering.taints import Taints
    from jupyter_connectors.answering.workspace import Workspace
    from jupyter_connectors.appnotes import AppNote


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
    taints: Taints
    questions: list[str] = field(default_factory=list)
    """What the person asked so far, in their words."""

    unanswered: list[str] = field(default_factory=list)
    """Calls of the last question that were refused where nobody could be asked."""

    told: dict[str, AppNote] = field(default_factory=dict)
    """What the model was told by apps, by their ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One `%%ask` as it was typed."""

    text: str
    into: str | None = None
    model: str | None = None
    configured: str | None = None
    """The model of the person's configuration, where the cell names none."""

    base_url: str | None = None
    connectors: Iterable[str] | None = None
    read_only: bool = False
    new: bool = False


def conversation_of(session: Session, *, new: bool = False) -> Conversation:
    """The conversation that goes on in this kernel; a new one if there is none or one is asked for."""
    held: Conversation | None = session.conversation
    if held is None or new:
        from jupyter_connectors.answering.agent import History
        from jupyter_connectors.answering.taints import Taints
        from jupyter_connectors.answering.workspace import Workspace

        held = Conversation(history=History(), workspace=Workspace(session.namespace.is_taken), taints=Taints())
        session.conversation = held
    return held


def bind_frames(session: Session) -> None:
    """Puts the conversation's frames into the notebook."""
    if session.conversation is not None:
        session.namespace.bind_frames(session.conversation.workspace.frames)


def today() -> date:
    """The current day in UTC; `JUPYTER_CONNECTORS_TODAY` pins it, for the demo and for tests."""
    pinned = os.environ.get("JUPYTER_CONNECTORS_TODAY")
    return date.fromisoformat(pinned) if pinned else datetime.now(UTC).date()
