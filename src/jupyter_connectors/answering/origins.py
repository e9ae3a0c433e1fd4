"""Where the arguments of a model's call come from: the question, a result, or the model's own choice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from jupyter_connectors.models import Json, ToolCall

if TYPE_CHECKING:
    import pandas as pd

TYPED = "you typed it"
CHOSEN = "the model chose it"

_MOST_CELLS = 5_000_000
"""Cells that are looked at for one value; more would keep the person waiting for the question."""

_NUMBER = re.compile(r"\d[\d,._']*")


def origins(call: ToolCall, questions: Iterable[str], frames: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """For each argument where its value stands already: in what the person asked, or in a cell of a frame, newest first.

    A value with several parts has an origin only if all its parts share it. It is a hint for the person who decides,
    not proof: a model may have chosen what also stands elsewhere.
    """
    asked = tuple(questions)
    return {name: _origin(value, asked, frames) for name, value in call.arguments.items()}


def _origin(value: Json, questions: tuple[str, ...], frames: Mapping[str, pd.DataFrame]) -> str:
    parts = list(_leaves(value))
    if not parts:
        return CHOSEN
    if all(any(_said(part, question) for question in questions) for part in parts):
        return TYPED
    for frame in reversed(list(frames.values())):
        if all(_held(part, frame) for part in parts):
            return f"from a result of {_source(frame)}"
    return CHOSEN


def _leaves(value: Json) -> Iterator[str | int | float]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    elif isinstance(value, str | int | float) and not isinstance(value, bool) and value != "":
        yield value


def _said(value: str | float, question: str) -> bool:
    """True if the value stands in the question as words of its own."""
    if isinstance(value, str):
        words = re.escape(value.casefold())
        return re.search(rf"(?<!\w){words}(?!\w)", question.casefold()) is not None
    return any(_number(each) == value for each in _NUMBER.findall(question))


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "").replace("_", "").replace("'", "").rstrip("."))
    except ValueError:
        return None


def _held(value: str | float, frame: pd.DataFrame) -> bool:
    import pandas as pd

    if frame.size > _MOST_CELLS:
        return False
    for place in range(frame.shape[1]):
        column = frame.iloc[:, place]
        numbers = pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype)
        texts = pd.api.types.is_string_dtype(column.dtype) or isinstance(column.dtype, pd.CategoricalDtype)
        fits = texts if isinstance(value, str) else numbers
        if fits and bool((column == value).fillna(False).any()):
            return True
    return False


def _source(frame: pd.DataFrame) -> str:
    told = frame.attrs.get("connector")
    if isinstance(told, Mapping) and told.get("connector") and told.get("tool"):
        return f"{told['connector']}.{told['tool']}"
    return "a query over results"
