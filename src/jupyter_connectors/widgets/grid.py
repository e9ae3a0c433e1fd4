"""The grid that shows a frame in a notebook: its rows stay in the kernel and go to the browser as they are scrolled to.

An output holds the grid's id and nothing of the rows but the preview beside it. A page that knows no such id (a reopened
notebook, another front end) shows that preview.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from jupyter_connectors.fronts import front_of
from jupyter_connectors.kernel import Desk, Message
from jupyter_connectors.models import Json
from jupyter_connectors.secrets import masked
from jupyter_connectors.text import visible

if TYPE_CHECKING:
    import pandas as pd

    from jupyter_connectors.frames.gridrows import Window
    from jupyter_connectors.frames.result import Result

MIME = "application/vnd.jupyter-connectors.grid+json"

FEW_ROWS = 10
"""What was made of a frame and has no more rows than this, pandas shows well and whole."""

KEPT = 3
"""Displays of one frame that was changed in between which can still be scrolled; each holds its rows as they were."""

_HEAD = 200
"""Rows of a result that are shown without building its frame."""

Beside = Callable[["Result", Mapping[str, Any]], dict[str, Any]]


class Grids:
    """The grids of one kernel. Each lives as long as the frame it shows."""

    def __init__(self, shell: Any, desk: Desk, beside: Beside = lambda _, bundle: dict(bundle)) -> None:
        """`beside` puts what else a result is shown as into its bundle: an app."""
        self._shell = shell
        self._desk = desk
        self._beside = beside
        self._lock = threading.Lock()
        self._reading = threading.Lock()
        self._shown: dict[int, list[Grid]] = {}
        """By the id of the object that is shown, oldest display first."""

        self._latest: Grid | None = None

    def register(self, formatter: Any) -> None:
        """Shows results and their frames as grids from now on; pandas is not imported for it."""
        formatters = formatter.mimebundle_formatter
        formatters.for_type_by_name("jupyter_connectors.frames.result", "Result", self._result)
        for module in ("pandas", "pandas.core.frame"):  # since pandas 3, and before
            formatters.for_type_by_name(module, "DataFrame", self._frame)

    @property
    def wanted(self) -> bool:
        """Whether there is a notebook to draw in, and the person did not say no."""
        said = os.environ.get("JUPYTER_CONNECTORS_GRID", "").casefold()
        return said not in ("off", "0", "false", "no") and front_of(self._shell) == "notebook"

    def _result(self, result: Result, **_: Any) -> dict[str, Any]:
        from jupyter_connectors.show import result_bundle

        bundle: dict[str, Any] = dict(result_bundle(result))
        if result.tabular and self.wanted:
            bundle[MIME] = {"id": self._grid_of(result, _of_result).id}
        return self._beside(result, bundle)

    def _frame(self, frame: pd.DataFrame, **_: Any) -> dict[str, Any] | None:
        """None leaves the frame to pandas."""
        told = frame.attrs.get("connector")
        if not isinstance(told, dict) or frame.columns.empty or not self.wanted:
            return None
        if len(frame) <= FEW_ROWS and not is_as_fetched(frame):
            return None
        return {MIME: {"id": self._grid_of(frame, _of_frame).id}}

    def _grid_of(self, thing: Any, make: Callable[[Any], Grid]) -> Grid:
        key = id(thing)
        with self._lock:
            held = self._shown.get(key)
            if held and held[-1].still_shows(thing):
                return held[-1]
            grid = make(thing)
            if held is None:
                self._shown[key] = held = []
                weakref.finalize(thing, self._close, key).atexit = False
            held.append(grid)
            self._desk.serve(grid.id, lambda message: self._answer(grid, message))
            for old in held[:-KEPT]:
                self._desk.close(old.id)
            del held[:-KEPT]
            return grid

    def _close(self, key: int) -> None:
        # Runs wherever the last reference goes, perhaps inside our own lock; a dict and the desk need none.
        for grid in self._shown.pop(key, []):
            self._desk.close(grid.id)
            if self._latest is grid:
                self._latest = None

    def _answer(self, grid: Grid, message: Message) -> dict[str, Json]:
        """On a thread of the control channel, while cells run."""
        with self._reading:
            if self._latest is not grid and self._latest is not None:
                self._latest.forget()
            self._latest = grid
            return grid.about() if message.get("type") == "about" else grid.page(message)


@dataclass(kw_only=True, eq=False)
class Grid:
    """One display of one frame."""

    window: Callable[[int], Window | None]
    """The rows, given how many of the first are needed; None when the frame is gone."""

    still_shows: Callable[[Any], bool]
    """Whether the object has not been changed since."""

    facts: Callable[[], Mapping[str, Json] | None]
    id: str = field(default_factory=lambda: uuid4().hex)
    _used: Window | None = None

    def forget(self) -> None:
        """Frees what made sorting and searching quick."""
        if self._used is not None:
            self._used.forget()
            self._used = None

    def about(self) -> dict[str, Json]:
        """The columns and what is known of the rows."""
        window, facts = self.window(_HEAD), self.facts()
        if window is None or facts is None:
            return {"status": "unknown"}
        return {
            "columns": [each.told() for each in window.columns],
            "left_out": window.left_out,
            "facts": dict(facts),
        }

    def page(self, message: Message) -> dict[str, Json]:
        """The rows that a view asks for. What a browser says is looked at before it is used."""
        start, length = whole(message.get("start")), whole(message.get("length"))
        search, sort = str(message.get("search") or "")[:200], message.get("sort")
        plain = not search and not isinstance(sort, int)
        window = self.window(start + length if plain else -1)
        if window is None:
            return {"status": "unknown"}
        self._used = window
        known = isinstance(sort, int) and 0 <= sort < len(window.columns)
        made = window.page(
            start,
            length,
            sort=sort if known else None,
            descending=message.get("descending") is True,
            search=search,
        )
        facts = self.facts()
        here = made["total"] if facts is None else facts["here"]
        return made | {"total": here} | ({"found": here} if plain else {})


def whole(value: object) -> int:
    """A whole number of a message, none below zero."""
    return max(0, value) if isinstance(value, int) else 0


def _of_result(result: Result) -> Grid:
    """The first rows come from the spool; the frame is built when a person sorts, searches or scrolls past them."""
    held = weakref.ref(result)
    windows: dict[bool, Window] = {}

    def window(rows: int) -> Window | None:
        found = held()
        if found is None:
            return None
        from jupyter_connectors.frames.gridrows import Window

        head = 0 <= rows <= _HEAD and "df" not in vars(found)
        if head not in windows:
            windows[head] = Window(found.head(_HEAD) if head else found.df, meanings(found), clean=clean)
        return windows[head]

    def facts() -> Mapping[str, Json] | None:
        found = held()
        return None if found is None else told_of(found.provenance(), here=found.rows, derived=False)

    return Grid(window=window, still_shows=lambda _: True, facts=facts)


def _of_frame(frame: pd.DataFrame) -> Grid:
    """The frame as it is now; what a person does to it later does not change what was displayed."""
    from jupyter_connectors.frames.gridrows import Window

    kept = frame.copy(deep=False)
    kept.attrs = dict(frame.attrs)
    derived = not is_as_fetched(frame)
    made: list[Window] = []

    def window(_: int) -> Window:
        if not made:
            found = _result_of(kept)
            known = "list" not in kept.attrs["connector"] and found is not None
            made.append(Window(kept, meanings(found) if known and found is not None else {}, clean=clean))
        return made[0]

    def facts() -> Mapping[str, Json]:
        return told_of(kept.attrs["connector"], here=len(kept), derived=derived)

    def same(now: pd.DataFrame) -> bool:
        return now.attrs.get("connector") == kept.attrs["connector"] and now.equals(kept)

    return Grid(window=window, still_shows=same, facts=facts)


def is_as_fetched(frame: pd.DataFrame) -> bool:
    """Whether a frame has the rows and columns of its call, none left out, in their order."""
    import pandas as pd

    told = frame.attrs["connector"]
    in_order = isinstance(frame.index, pd.RangeIndex) and frame.index.equals(pd.RangeIndex(len(frame)))
    if "list" in told or not in_order or len(frame) != told.get("rows_fetched"):
        return False
    found = _result_of(frame)
    return found is None or set(map(str, frame.columns)) >= {each.name for each in found.schema()}


def _result_of(frame: pd.DataFrame) -> Result | None:
    from jupyter_connectors.frames.parts import Link
    from jupyter_connectors.frames.result import Result

    link = frame.attrs["connector"].get("call")
    return Result(link.parts) if isinstance(link, Link) else None


def clean(text: str) -> str:
    """Text of a server as it may stand on a screen: nothing hidden in it, secrets masked."""
    shown: str = masked(visible(text))
    return shown


def meanings(result: Result) -> dict[str, str]:
    """What each column means, by name."""
    return {each.name: each.meaning for each in result.schema()}


def told_of(provenance: Mapping[str, Json], *, here: int, derived: bool) -> dict[str, Json]:
    """What the lines above and below the rows are made of."""
    complete = provenance.get("complete")
    if "sources" in provenance:
        source = f"SQL over {', '.join(sorted(provenance['sources']))}"
    else:
        source = f"{provenance.get('connector')} · {provenance.get('tool')}"
    return {
        "source": visible(source),
        "list": visible(str(provenance.get("list") or "")),
        "state": "complete" if complete is True else "partial" if complete is False else "unknown",
        "line": visible(str(provenance.get("completeness") or "")),
        "fetched_at": str(provenance.get("fetched_at") or ""),
        "fetched": provenance.get("rows_fetched"),
        "here": here,
        "derived": derived,
        "notes": [clean(str(note)) for note in provenance.get("notes") or []],
    }
