"""What an app says the next question should know of it."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_connectors.models import canonical
from jupyter_connectors.secrets import masked
from jupyter_connectors.text import visible

_NOTE = 2_000
"""Characters of what an app may tell for the next question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppNote:
    """What an app says the model should know of it: a stranger's words, made visible, without secrets."""

    connector: str
    tool: str
    title: str
    text: str
    entry: str
    """The service's id in the directory, and the account: what is connected under its name may be another one later."""

    account: str = ""


def note_text(content: object, structured: object) -> str:
    """The text of a context; of other content nothing, of structured content its JSON where there is no text."""
    blocks = content if isinstance(content, list) else []
    found = [each.get("text") for each in blocks if isinstance(each, dict) and each.get("type") == "text"]
    text = "\n".join(each for each in found if isinstance(each, str)).strip()
    if not text and isinstance(structured, dict) and structured:
        text = canonical(structured)
    told: str = masked(visible(text[: 10 * _NOTE]))
    return told if len(told) <= _NOTE else told[: _NOTE - 1] + "…"
