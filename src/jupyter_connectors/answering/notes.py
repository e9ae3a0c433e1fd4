"""What open apps say a model should know of them: data of the named app, never words of the person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jupyter_connectors.answering.preview import Fence, text_preview
from jupyter_connectors.text import one_line, visible

_SHOWN = 300

_FROM = "From an app that is open in the notebook. The app wrote it, not the person."


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What one app says of what it shows (MCP Apps 2026-01-26, "ui/update-model-context")."""

    app: str
    """The title of the app, and of its service; both are the service's words."""

    service: str
    text: str

    @property
    def source(self) -> str:
        """The app in words for a person: `Revenue dashboard · Acme Billing`."""
        return f"{one_line(visible(self.app), 80)} · {one_line(visible(self.service), 80)}"

    @property
    def line(self) -> str:
        """The beginning of it on one line, behind its source."""
        return f"{self.source}: {one_line(self.text, _SHOWN)}"


def prompt_of(question: str, notes: Sequence[Note], fence: Fence) -> str:
    """A question, and after it what apps have told; nothing of theirs can close the marks it stands between."""
    previews = (text_preview(f"{note.source}\n{note.text}", fence=fence) for note in notes)
    return "\n\n".join([question, *(f"{_FROM}\n{each}" for each in previews)])
