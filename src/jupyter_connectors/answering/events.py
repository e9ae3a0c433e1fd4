"""What happens while a question is being answered, as it happens."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

CallOutcome = Literal["ok", "error", "denied", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextDelta:
    """A piece of the answer's text."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStarted:
    """The model called a tool. For SQL over frames the connector is empty and the tool is `sql`."""

    key: str
    connector: str
    tool: str
    arguments_json: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFinished:
    """The call with this key ended."""

    key: str
    outcome: CallOutcome
    rows: int | None = None
    complete: bool | None = None
    """Whether all rows are known to be there; None where there are no rows or nobody knows."""

    seconds: float = 0.0
    frame: str | None = None
    """The name its rows were given."""

    message: str = ""
    """Of a call that failed, what happened; else its line on completeness."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The answer is complete."""

    model: str
    input_tokens: int
    output_tokens: int
    cost: Decimal | None
    """US dollars by the price list that comes with pydantic-ai; None where the model is not on it."""


Event = TextDelta | CallStarted | CallFinished | Finished
