"""Columns of a growing table in memory, packed as they come: numbers as arrays, equal texts as one object.

A small table never needs a file, and a frame made from arrays needs no engine. What grows past a size goes to the spool.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_connectors.models import Json

_NONE = type(None)
_MOST_ALIKE = 5_000
"""Different texts of one column; with more of them it is not worth looking for equal ones."""
_SAMPLE = 16
_TEXT = 49
"""Bytes of a Python text beside its characters."""


@dataclass(frozen=True, slots=True)
class Block:
    """Some values of one column, in order."""

    type: type | None
    """What the values are: int, float, bool or str; None where they are not all the same, `NoneType` where all are null."""

    values: NDArray[Any]
    """Of a null 0, False, NaN or None."""

    nulls: NDArray[np.bool_] | None = None
    """Where the nulls are, in whole numbers and flags; None where there are none."""


class Blocks:
    """The columns of one table."""

    def __init__(self) -> None:
        self.bytes = 0
        """About how much is held."""
        self._pages: list[tuple[int, dict[str, Block]]] = []
        self._alike: dict[str, dict[Json, Json]] = {}

    def add(self, page: Mapping[str, Sequence[Json]], count: int) -> None:
        """Adds a page of so many rows. A column that is not in it is null in each of them."""
        self._pages.append((count, {key: self._packed(key, values) for key, values in page.items()}))

    def pages(self) -> Iterator[tuple[int, dict[str, list[Json]]]]:
        """What was added, page by page, as Python values."""
        for count, page in self._pages:
            yield count, {key: _unpacked(block) for key, block in page.items()}

    def column(self, key: str, wanted: type, count: int) -> tuple[NDArray[Any], NDArray[np.bool_]] | None:
        """The first values of a column and where they are null; None where they are not all of the wanted type.

        Whole numbers are fractions too.
        """
        fits = {wanted, _NONE, int} if wanted is float else {wanted, _NONE}
        made = np.full(count, _EMPTY[wanted], dtype=_DTYPES[wanted])
        nulls = np.zeros(count, dtype=bool)
        at = 0
        for rows, page in self._pages:
            if at >= count:
                break
            end = min(at + rows, count)
            block = page.get(key)
            if block is None or block.type is _NONE:
                nulls[at:end] = True
            elif block.type not in fits:
                return None
            else:
                made[at:end] = block.values[: end - at]
                if block.nulls is not None:
                    nulls[at:end] = block.nulls[: end - at]
                    if wanted is float:
                        made[at:end][nulls[at:end]] = np.nan
            at = end
        if wanted is float:
            made[nulls] = np.nan
        return made, nulls

    def _packed(self, key: str, values: Sequence[Json]) -> Block:
        types = set(map(type, values))
        gaps = _NONE in types
        types.discard(_NONE)
        kind = types.pop() if len(types) == 1 else None
        if kind is str:
            return Block(str, np.array(self._shared(key, values), dtype=object))
        if kind is int or kind is bool:
            self.bytes += 9 * len(values)
            if not gaps:
                return Block(kind, np.array(values, dtype=_DTYPES[kind]))
            nulls = np.fromiter((value is None for value in values), dtype=np.bool_, count=len(values))
            return Block(kind, np.array([value or 0 for value in values], dtype=_DTYPES[kind]), nulls)
        if kind is float:
            self.bytes += 8 * len(values)
            return Block(float, np.array(values, dtype=np.float64))
        if gaps and kind is None and not types:
            return Block(_NONE, np.empty(len(values), dtype=bool))
        self.bytes += 2 * _TEXT * len(values)
        mixed = np.empty(len(values), dtype=object)
        mixed[:] = values
        return Block(None, mixed)

    def _shared(self, key: str, values: Sequence[Json]) -> Sequence[Json]:
        alike = self._alike.setdefault(key, {None: None})
        fresh: Any = values
        if len(alike) < _MOST_ALIKE:
            fresh = set(values).difference(alike)
            alike.update((value, value) for value in fresh)
            values = list(map(alike.__getitem__, values))
        some = [value for value in islice(fresh, _SAMPLE) if value is not None]
        long = sum(map(len, some)) // len(some) if some else 0
        self.bytes += 8 * len(values) + (_TEXT + long) * len(fresh)
        return values


_DTYPES: Mapping[type, Any] = {int: np.int64, bool: np.bool_, float: np.float64, str: object}
_EMPTY: Mapping[type, Any] = {int: 0, bool: False, float: np.nan, str: None}


def _unpacked(block: Block) -> list[Json]:
    values: list[Json] = block.values.tolist()
    if block.type is _NONE:
        return [None] * len(values)
    if block.type is float:
        return [None if math.isnan(value) else value for value in values]
    if block.nulls is None:
        return values
    return [None if null else value for value, null in zip(values, block.nulls.tolist(), strict=True)]
