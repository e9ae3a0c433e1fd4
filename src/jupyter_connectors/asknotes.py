"""What the open apps say that the next question should know: whose it is, and whether it may be given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from jupyter_connectors.models import Tool
from jupyter_connectors.session import Session

if TYPE_CHECKING:
    from jupyter_connectors.answering.notes import Note
    from jupyter_connectors.appnotes import AppNote
    from jupyter_connectors.conversation import Conversation

MOST = 3
"""Apps whose words go with one question: those that spoke last."""


def news(session: Session, tools: Iterable[Tool], told: Mapping[str, AppNote]) -> dict[str, AppNote]:
    """The notes of open apps that `told` does not have as they are now, by the apps' ids, the newest first.

    Only the apps of `tools`, which are those the question may use, are heard.
    """
    heard = {(tool.connector, tool.name) for tool in tools}
    newest = list(session.app_notes.items())[: -MOST - 1 : -1]
    return {
        app: note
        for app, note in newest
        if told.get(app) != note and (note.connector, note.tool) in heard and _stands(session, note)
    }


def told_to(conversation: Conversation, session: Session, found: Mapping[str, AppNote]) -> tuple[Note, ...]:
    """The notes for a model, which from now on has read them: outsiders' words of their connectors, whatever they say."""
    for note in found.values():
        conversation.taints.listened(note.connector, session.hub.connected(note.connector).entry, note.tool)
    conversation.told.update(found)
    return written(session, found)


def written(session: Session, found: Mapping[str, AppNote]) -> tuple[Note, ...]:
    """The notes with the titles of their services."""
    from jupyter_connectors.answering.notes import Note

    return tuple(
        Note(app=note.title, service=session.hub.connected(note.connector).entry.title, text=note.text)
        for note in found.values()
    )


def _stands(session: Session, note: AppNote) -> bool:
    """Whether what is connected under the name of the app's service is still that service, and that account."""
    entry, health = session.hub.connected(note.connector).entry, session.hub.health(note.connector)
    return (entry.id, health.account) == (note.entry, note.account)
