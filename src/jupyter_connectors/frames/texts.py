"""Columns of text out of a spool file, with repeated values held once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from jupyter_connectors.frames.spool import Spool
from jupyter_connectors.frames.storage import ROWS

_MOST_HELD_ONCE = 5_000
"""Different texts of one column; with more of them it is not worth looking for repeated ones."""


def texts_in(spool: Spool, keys: Sequence[str], count: int) -> dict[str, NDArray[np.object_]]:
    """The first `count` values of each column, None where there is none."""
    made = {key: np.full(count, None, dtype=object) for key in keys}
    if not keys or not count:
        return made
    known: dict[str, dict[Any, Any]] = {key: {None: None} for key in keys}
    line_type = msgspec.defstruct(
        "Line", [(ROWS, int), *((key, list[str | None] | None, None) for key in keys)], gc=False
    )
    reader, at = msgspec.json.Decoder(line_type), 0
    with spool.open() as lines:
        for line in lines:
            read = reader.decode(line)
            end = min(at + getattr(read, ROWS), count)
            for key in keys:
                values = getattr(read, key)
                if values is None:
                    continue
                held = known[key]
                if len(held) < _MOST_HELD_ONCE:
                    held.update({value: value for value in set(values).difference(held)})
                    values = list(map(held.__getitem__, values))
                made[key][at:end] = values[: end - at]
            at = end
            if at >= count:
                break
    return made
