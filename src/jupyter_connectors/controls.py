"""What the person sets, takes back and reviews: permissions, grants, changed tools. From Python and from every view."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from jupyter_connectors.approval import Grant
from jupyter_connectors.entries import Entry
from jupyter_connectors.errors import UnknownConnector, UnknownTool, UsageProblem, nearest
from jupyter_connectors.hub import Hub
from jupyter_connectors.models import Tool, ToolClass
from jupyter_connectors.offering import Review
from jupyter_connectors.permissions import SETTINGS, Setting
from jupyter_connectors.policy.judge import Step

if TYPE_CHECKING:
    from jupyter_connectors.directory.catalogue import Catalogue
    from jupyter_connectors.modes import Modes


class Controls:
    """The person's hand on what may be called. Everything takes effect at once, in every kernel of theirs."""

    def __init__(
        self, hub: Hub, catalogue: Catalogue, modes: Modes, *, notebook: Callable[[], str], changed: Callable[[], None]
    ) -> None:
        """`changed` is told after each change, for views to draw themselves again."""
        self._hub = hub
        self._catalogue = catalogue
        self._modes = modes
        self._notebook = notebook
        self._changed = changed

    def permit(
        self,
        connector: str,
        tool: str | None,
        setting: Setting | None,
        *,
        tool_class: ToolClass | None = None,
        here: bool = False,
    ) -> None:
        """Sets what becomes of a tool, of a group of tools, or with neither of a whole connector.

        Args:
            setting: None takes the setting away.
            here: In this notebook only, where it can only narrow.

        Raises:
            UnknownConnector, UnknownTool: There is none of this name.
            UsageProblem: There is no such setting, or nobody knows which notebook this is.
        """
        if setting is not None and setting not in SETTINGS:
            raise UsageProblem(f"{setting!r} is no permission", hint=f"one of {', '.join(SETTINGS)}, or None for none")
        entry, tools = self._service(connector)
        known = [each.name for each in tools]
        if tool is not None and tools and tool not in known:
            raise UnknownTool(f"{connector} has no tool {tool!r}", hint=nearest(tool, known))
        if here and not self._notebook():
            raise UsageProblem("nobody knows which notebook this is", hint="set it for all your notebooks instead")
        notebook = self._notebook() if here else ""
        self._hub.judge.permissions.set(entry.identity, setting, tool=tool, tool_class=tool_class, notebook=notebook)
        self._changed()

    def permission(self, connector: str, tool: str) -> Step:
        """What becomes of a tool now, and the rule that decides it.

        Raises:
            UnknownConnector, UnknownTool: There is none of this name.
        """
        return self._hub.explain(self._named(connector), tool)[0]

    def grants(self) -> tuple[Grant, ...]:
        """Every yes that still holds: those of this session, and the lasting ones of every kernel."""
        return self._hub.judge.grants.all()

    def revoke(self, *ids: str) -> int:
        """Takes grants back, in every kernel at once; gives how many there were."""
        return self._hub.judge.grants.revoke(*ids)

    def review(self, connector: str, tool: str) -> Review:
        """What a tool is now and how that differs from what was accepted; `accept` takes it.

        Raises:
            UnknownConnector, UnknownTool: There is none of this name.
        """
        return self._hub.review(self._named(connector), tool)

    def accept(self, review: Review) -> None:
        """Takes a tool as it was reviewed.

        Raises:
            Denied: It changed again since then.
        """
        self._hub.accept(review)
        self._changed()

    def forget(self, name: str) -> None:
        """Takes a connector that the person added out of the directory, with all they had allowed and set for it."""
        try:
            identity = self._catalogue.find(name).identity
        except UnknownConnector:
            return
        self._catalogue.remove(name)
        if all(each.identity != identity for each in self._catalogue.entries()):
            self._hub.judge.forget(identity)
            self._modes.forget(identity)
            self._changed()

    def _service(self, name: str) -> tuple[Entry, tuple[Tool, ...]]:
        """The entry a name stands for, connected or in the directory, and its tools as far as they are known."""
        try:
            found = self._hub.connected(self._named(name))
        except UnknownConnector:
            return self._catalogue.find(name), ()
        return found.entry, (*found.tools, *found.hidden)

    def _named(self, name: str) -> str:
        """The name a connector is connected under; `acme_billing` finds `acme-billing`.

        Raises:
            UnknownConnector: Nothing is.
        """
        names = self._hub.names
        return name.replace("_", "-") if name not in names and name.replace("_", "-") in names else name
