"""One rule of a policy: which calls it is about, what happens to them, how long a yes may be kept."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, get_args

from jupyter_connectors.bounds import Pattern, in_words
from jupyter_connectors.models import ToolClass

Effect = Literal["allow", "ask", "block"]
EFFECTS: tuple[Effect, ...] = get_args(Effect)
"""From the loosest to the tightest."""

_HOURS = re.compile(r"hours:([1-9][0-9]{0,3})")
_STEPS = ("never", "session", "hours", "always")


@dataclass(frozen=True, slots=True, order=True)
class Remember:
    """How long a yes may be kept, the shortest first: never < session < hours:N < always."""

    step: int
    hours: int = 0

    @classmethod
    def parse(cls, text: str) -> Remember:
        """`never`, `session`, `hours:N` with N from 1 to 9999, or `always`.

        Raises:
            ValueError: It is none of these.
        """
        if text in ("never", "session", "always"):
            return cls(_STEPS.index(text))
        found = _HOURS.fullmatch(text) if isinstance(text, str) else None
        if found is None:
            raise ValueError(f"{text!r} is none of never, session, hours:N and always")
        return cls(_STEPS.index("hours"), int(found[1]))

    def __str__(self) -> str:
        return f"hours:{self.hours}" if self.hours else _STEPS[self.step]


NEVER = Remember.parse("never")
SESSION = Remember.parse("session")
ALWAYS = Remember.parse("always")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What happens to the calls it matches. It only narrows: a rule that says `allow` lifts nothing.

    Raises:
        ValueError: An effect or a class that does not exist.
    """

    effect: Effect
    connector: str = "*"
    """A glob over the connector's id in the directory and the name it is connected under; either is enough."""

    tool: str = "*"
    """A glob over the tool's name. Capitals make no difference, here and for connectors."""

    tool_class: ToolClass | None = None
    remember: Remember | None = None
    when: Pattern = field(default_factory=dict, hash=False)
    """Inside these bounds the effect; outside of them the call is blocked."""

    where: str = ""
    """Where it is written: "connectors-policy.toml line 12"."""

    def __post_init__(self) -> None:
        if self.effect not in EFFECTS:
            raise ValueError(f"{self.effect!r} is no effect of a rule")
        if self.tool_class is not None:
            # A class nobody knows would match no call, and the rule would silently do nothing.
            ToolClass(self.tool_class)

    def __str__(self) -> str:
        told = [f"connector {self.connector!r}"] if self.connector != "*" else []
        told += [f"tool {self.tool!r}"] if self.tool != "*" else []
        told += [f"class {self.tool_class}"] if self.tool_class else []
        about = ", ".join(told) or "every tool"
        bounds = f" with {in_words(self.when)}, else block" if self.when else ""
        kept = f", a yes kept {_kept(self.remember)}" if self.remember else ""
        return f"{self.effect} {about}{bounds}{kept}"


def _kept(remember: Remember) -> str:
    if remember.hours:
        return f"at most {remember.hours} hours"
    return {"never": "never", "session": "for the session at most", "always": "always"}[str(remember)]
