"""The person's consent: what is asked, what they may answer, and what they have allowed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from jupyter_connectors.models import Json, Tool, ToolCall, ToolClass

if TYPE_CHECKING:
    from jupyter_connectors.bounds import Pattern

Choice = Literal["once", "session", "hours", "always", "deny"]

HOURS = 8
"""How long "for some hours" is at most: a working day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One question to the person. Its id is random: an answer without it is nobody's."""

    id: str
    call: ToolCall
    tool: Tool
    tool_class: ToolClass
    connector_title: str
    why: str
    """The rule that asks."""

    choices: tuple[Choice, ...] = ("once", "deny")
    """What may be answered. An answer that is not among them is taken as the next shorter one."""

    hours: int = HOURS
    """How long the choice "hours" is."""

    origins: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Where each argument comes from: "you typed it", "the model chose it", "from a result of acme-crm.list_accounts"."""

    before: Mapping[str, Json] | None = field(default=None, hash=False)
    """What the record holds now in the fields the call changes; None where it could not be read."""

    asked: int = 1
    """How often exactly this was asked in this session, this time included."""

    warnings: tuple[str, ...] = ()
    """What the person should look at twice, in our own words."""

    app: str = ""
    """The id of the app that asks, where one does: the question is drawn there, and in no cell."""

    app_title: str = ""
    """What that app is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the person said. Anything but a clear yes is a no."""

    choice: Choice
    by: str
    """Who or what answered: "you", "nobody is there to ask"."""

    hint: str = "nothing was sent; run the cell again to be asked again"
    arguments_json: str | None = None
    """Edited arguments, where the person changed them: a new call, judged again."""

    pattern: Pattern | None = field(default=None, hash=False)
    """With "hours" and "always": the bounds within which the yes holds. None or empty for any arguments."""

    reason: str = ""
    """Why not, in the person's words; told to the model."""


Approver = Callable[[Request], Awaitable[Answer]]
"""How the edge asks the person. Awaited on the runtime's loop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A yes that outlives its question."""

    id: str
    connector: str
    identity: str
    """The service the name stood for, as `Entry.identity`."""

    account: str
    tool: str
    definition_hash: str
    pattern: Pattern = field(default_factory=dict, hash=False)
    """Bounds on the arguments; empty for any."""

    expires_at: datetime | None = None
    """None for one that does not expire."""

    made_at: datetime
    notebook: str = ""
    """Where it was made; it holds everywhere."""

    standing: bool = True
    """Kept in the store; False for one of this session only."""
