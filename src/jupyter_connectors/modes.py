"""Which tools a model is sent: all of them, all that fit, or three to look the others up with; for each notebook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from jupyter_connectors.store import Store

Mode = Literal["auto", "always", "on-demand"]

MODES: tuple[Mode, ...] = ("auto", "always", "on-demand")

TITLES: Mapping[Mode, str] = {"auto": "Auto", "always": "Always available", "on-demand": "On demand"}

SAYS: Mapping[Mode, str] = {
    "auto": "All tools while they fit the budget, else the likeliest and a search for the others; and one for SQL",
    "always": "All tools with each request, and one for SQL",
    "on-demand": "Three tools with each request, which find, describe and call any other; and one for SQL",
}


class Held:
    """The settings at one moment."""

    def __init__(self, held: Mapping[tuple[str, str], Mode]) -> None:
        self._held = held

    def exactly(self, notebook: str, identity: str = "") -> Mode | None:
        """What was set for a notebook, or there for one service; None where nothing was."""
        return self._held.get((notebook, identity))

    def of(self, notebook: str, identity: str = "") -> Mode:
        """What holds: a service follows its notebook unless it was set apart; a notebook starts with `auto`."""
        return self._held.get((notebook, identity)) or self._held.get((notebook, "")) or "auto"


class Modes:
    """The person's choice of mode, kept in the store: a change counts in every kernel from the next question on."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen = -1
        self._held = Held({})

    def now(self) -> Held:
        """The settings at this moment, whichever kernel made them."""
        turn = self._store.turn("mode")
        if turn != self._seen:
            rows = self._store.rows("SELECT notebook, identity, mode FROM mode")
            # A word that a later version may have written says nothing here.
            known = {(notebook, identity): mode for notebook, identity, mode in rows if mode in MODES}
            self._held, self._seen = Held(known), turn
        return self._held

    def set(self, mode: Mode | None, notebook: str, identity: str = "") -> None:
        """Sets it for a notebook (empty: for kernels of no known one), or there for one service; None takes it away."""
        if mode is not None and mode not in MODES:
            raise ValueError(f"{mode!r} is none of {', '.join(MODES)}")
        with self._store.writing():
            self._store.execute("DELETE FROM mode WHERE notebook = ? AND identity = ?", (notebook, identity))
            if mode is not None:
                self._store.execute("INSERT INTO mode VALUES (?, ?, ?)", (notebook, identity, mode))

    def forget(self, identity: str) -> None:
        """Takes away what was set for a service, in every notebook."""
        with self._store.writing():
            self._store.execute("DELETE FROM mode WHERE identity = ?", (identity,))
