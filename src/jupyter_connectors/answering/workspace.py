"""The frames of one conversation, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from jupyter_connectors.answering.names import frame_name, reserved
from jupyter_connectors.answering.preview import Fence

if TYPE_CHECKING:
    import pandas as pd


class Workspace:
    """The frames a conversation has made, in order, under names that hide nothing of the person's."""

    def __init__(self, taken: Callable[[str], bool] = lambda name: False) -> None:
        self._taken = taken
        self._frames: dict[str, pd.DataFrame] = {}
        self.fence = Fence.new()
        """The marks around what a model sees of them; one conversation keeps its own, as the instructions name them."""

    def add(self, frame: pd.DataFrame, hint: str) -> str:
        """Keeps a frame and gives it a name made from `hint`, a tool's name: invoices, then invoices_2.

        A name for which `taken` says yes, a keyword and a builtin are passed over.
        """
        base = name = frame_name(hint)
        count = 1
        while name in self._frames or reserved(name) or self._taken(name):
            count += 1
            name = f"{base}_{count}"
        self._frames[name] = frame
        return name

    @property
    def frames(self) -> Mapping[str, pd.DataFrame]:
        """The frames by name, oldest first."""
        return MappingProxyType(self._frames)

    @property
    def last(self) -> str | None:
        """The name given last."""
        return next(reversed(self._frames), None)
