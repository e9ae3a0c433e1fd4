"""What the person has set for tools and groups of them: always allow, ask, block; for good, or in one notebook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from jupyter_connectors.models import ToolClass
from jupyter_connectors.store import Store

Setting = Literal["allow", "ask", "block"]

SETTINGS: tuple[Setting, ...] = ("allow", "ask", "block")

_Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """One setting of the person."""

    identity: str
    """The service, as `Entry.identity`."""

    tool: str | None = None
    """None for a group, or everything."""

    tool_class: ToolClass | None = None
    """The group; None for one tool, or everything."""

    setting: Setting
    notebook: str = ""
    """The notebook it holds in; empty for all of them."""


class Settings:
    """The person's settings at one moment."""

    def __init__(self, held: Mapping[str, Mapping[_Key, Setting]]) -> None:
        self._held = held

    def of(self, identity: str, tool: str, tool_class: ToolClass, *, notebook: str = "") -> Setting | None:
        """What is set for a tool, in one notebook or (empty) for all of them; None where nothing is.

        A whole connector that is blocked stays so; otherwise what is set for the tool counts more than for its group.
        """
        held = self._held.get(notebook)
        if held is None:
            return None
        everything = held.get((identity, "all", ""))
        if everything == "block":
            return "block"
        return held.get((identity, "tool", tool)) or held.get((identity, "class", tool_class)) or everything

    def exactly(
        self, identity: str, *, tool: str | None = None, tool_class: ToolClass | None = None, notebook: str = ""
    ) -> Setting | None:
        """What was set in just this place, as `Permissions.set` takes it."""
        return self._held.get(notebook, {}).get((identity, *_place(tool, tool_class)))

    def all(self) -> tuple[Permission, ...]:
        """Every setting, those of single notebooks too."""
        return tuple(
            Permission(
                identity=identity,
                tool=name if kind == "tool" else None,
                tool_class=ToolClass(name) if kind == "class" else None,
                setting=setting,
                notebook=notebook,
            )
            for notebook, held in self._held.items()
            for (identity, kind, name), setting in held.items()
        )


class Permissions:
    """The person's settings, kept in the store: a change counts in every kernel from the next call on."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen = -1
        self._held = Settings({})

    def now(self) -> Settings:
        """The settings at this moment, whichever kernel made them."""
        turn = self._store.turn("permission")
        if turn != self._seen:
            held: dict[str, dict[_Key, Setting]] = {}
            rows = self._store.rows("SELECT notebook, identity, kind, name, setting FROM permission")
            for notebook, identity, kind, name, setting in rows:
                # A word that a later version may have written is the narrowest of ours.
                held.setdefault(notebook, {})[(identity, kind, name)] = setting if setting in SETTINGS else "block"
            self._held, self._seen = Settings(held), turn
        return self._held

    def set(
        self,
        identity: str,
        setting: Setting | None,
        *,
        tool: str | None = None,
        tool_class: ToolClass | None = None,
        notebook: str = "",
    ) -> None:
        """Sets it for one tool, a group, or with neither the whole connector; None takes the setting away."""
        if setting is not None and setting not in SETTINGS:
            raise ValueError(f"{setting!r} is none of {', '.join(SETTINGS)}")
        where = (notebook, identity, *_place(tool, tool_class))
        with self._store.writing():
            self._store.execute(
                "DELETE FROM permission WHERE notebook = ? AND identity = ? AND kind = ? AND name = ?", where
            )
            if setting is not None:
                self._store.execute("INSERT INTO permission VALUES (?, ?, ?, ?, ?)", (*where, setting))

    def forget(self, identity: str) -> None:
        """Takes every setting of a service away."""
        with self._store.writing():
            self._store.execute("DELETE FROM permission WHERE identity = ?", (identity,))


def _place(tool: str | None, tool_class: ToolClass | None) -> tuple[str, str]:
    """The kind of what a setting is for, and its name."""
    if tool is not None:
        return "tool", tool
    return ("class", str(tool_class)) if tool_class is not None else ("all", "")
