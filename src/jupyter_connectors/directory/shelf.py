"""The entries that come with this package: one file each, read when it is wanted."""

from __future__ import annotations

import os
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable

from jupyter_connectors.directory.entryfile import read_entry
from jupyter_connectors.entries import Entry


class Shelf:
    """The shipped entries by name. A name costs one file; only a look at all of them reads them all."""

    def __init__(self) -> None:
        folder = files("jupyter_connectors.directory") / "entries"
        found = (each for each in folder.iterdir() if each.name.endswith(".toml"))
        self._files: dict[str, Traversable] = {
            each.name.removesuffix(".toml"): each for each in sorted(found, key=lambda each: each.name)
        }
        self._read: dict[str, Entry] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all entries, without reading one."""
        return tuple(self._files)

    def get(self, name: str) -> Entry | None:
        """The entry of exactly this name, or None."""
        if name not in self._files:
            return None
        if name not in self._read:
            self._read[name] = shipped_entry(self._files[name].read_text(encoding="utf-8"))
        return self._read[name]

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Every entry, by name."""
        return tuple(entry for name in self._files if (entry := self.get(name)) is not None)

    @cached_property
    def aliases(self) -> dict[str, str]:
        """The other names, each with the name it stands for."""
        return {alias: entry.id for entry in self.entries for alias in entry.aliases}


def shipped() -> tuple[Entry, ...]:
    """The entries in this package, by name."""
    return Shelf().entries


def shipped_entry(text: str) -> Entry:
    """The entry that a TOML of the directory describes.

    Raises:
        ValueError: It has a key, class or name that does not exist, or lacks one it needs.
    """
    return read_entry(text, variables=_demo_variables())


def _demo_variables() -> dict[str, str]:
    wanted = ("JUPYTER_CONNECTORS_CACHE", "JUPYTER_CONNECTORS_TODAY", "XDG_CACHE_HOME")
    return {name: f"env:{name}" for name in wanted if name in os.environ}
