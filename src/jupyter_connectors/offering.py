"""What is connected and what of it can be called: lists, names, classes, explanations, reviews."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from jupyter_connectors.entries import Entry
from jupyter_connectors.errors import ConnectionFailed, Denied, UnknownTool, nearest
from jupyter_connectors.flags import connector_flags, notes
from jupyter_connectors.judgement import Judge
from jupyter_connectors.models import Tool, ToolCall, ToolClass
from jupyter_connectors.policy.classes import classify
from jupyter_connectors.policy.judge import Step
from jupyter_connectors.reviewing import State
from jupyter_connectors.sessions.limits import Limits
from jupyter_connectors.sessions.pool import Pool
from jupyter_connectors.text import visible

if TYPE_CHECKING:
    from jupyter_connectors.sessions.connection import Connection
    from jupyter_connectors.sessions.health import Health
    from jupyter_connectors.sessions.oauth.access import Access


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """A connector in use, under the name the person gave it."""

    id: str
    entry: Entry
    tools: tuple[Tool, ...]
    notes: tuple[str, ...]
    protocol: str
    hidden: tuple[Tool, ...] = ()
    """Those that only its apps may call: in no list, but a person can block one by its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A tool as its server describes it now, beside what was accepted."""

    tool: Tool
    state: State
    difference: str
    """As `diff -u` writes it; empty for one that did not change."""


class Offer:
    """The connections of one kernel, and what a person, a model or an editor is shown of them. It calls nothing."""

    def __init__(self, judge: Judge, limits: Limits, access: Access | None = None) -> None:
        """Without `access` nobody signs in."""
        self.judge = judge
        self._limits = limits
        self._pool = Pool(limits, self._met, access)
        self.changed: Callable[[], None] = lambda: None
        """Told when a server's tools are not those it listed before."""

        self._news: dict[str, tuple[str, ...]] = {}
        """What the person should know of a connector's tools since they were last seen, by its name."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of what is connected, in the order it was asked for."""
        return self._pool.names

    @property
    def order(self) -> tuple[str, ...]:
        """The same with those of what is being connected."""
        return self._pool.order

    def connected(self, name: str) -> Connected:
        """What is connected under `name`, with every tool it has for people, switched off or not."""
        held = self._pool.get(name)
        notes = (*held.notes, *self._news.get(name, ()))
        return Connected(
            id=name,
            entry=held.entry,
            tools=tuple(each for each in held.tools if each.for_people),
            hidden=tuple(each for each in held.tools if not each.for_people),
            notes=notes,
            protocol=held.protocol,
        )

    def in_use(self) -> list[dict[str, Any]]:
        """What is connected, as `wire/status.schema.json` has it."""
        settings, notebook = self.judge.permissions.now(), self.judge.notebook()
        return [
            {
                "id": name,
                "entry": entry.id,
                "title": visible(entry.title),
                "here": not notebook or settings.exactly(entry.identity, notebook=notebook) != "block",
            }
            for name in self._pool.names
            for entry in (self._pool.get(name).entry,)
        ]

    def health(self, name: str) -> Health:
        """How what is connected under `name` stands, with nothing asked of its server."""
        return self._pool.get(name).health

    def tools(self, name: str | None = None) -> tuple[Tool, ...]:
        """The tools that can be called: those of every connector, or of one, less what is blocked."""
        wanted = [self._pool.get(each) for each in (self._pool.names if name is None else (name,))]
        shown = (tool for each in wanted for tool in self.judge.visible(each.tools, each.entry))
        return tuple(tool for tool in shown if tool.for_people)

    def tools_for_apps(self, name: str) -> tuple[Tool, ...]:
        """The tools that the apps of one connector can call, less what is blocked."""
        held = self._pool.get(name)
        return tuple(tool for tool in self.judge.visible(held.tools, held.entry) if tool.for_apps)

    def asks(self, call: ToolCall) -> bool:
        """Whether the person would be asked about a call now; False where it is allowed, and where it is refused."""
        tool, entry = self._offered(call.connector, call.tool), self._pool.get(call.connector).entry
        call = replace(call, account=self._pool.get(call.connector).account)
        verdict = self.judge.verdict(call, tool, entry)
        return verdict.decision == "ask" and self.judge.granted(call, tool, entry, verdict) is None

    async def renew(self) -> None:
        """Lists the tools again of each connector whose server said that they changed."""
        for each in [self._pool.get(name) for name in self._pool.names]:
            if each.alive:
                # One whose tools cannot be listed says so when it is called.
                with contextlib.suppress(ConnectionFailed):
                    await each.current()

    def explain(self, connector: str, name: str) -> list[Step]:
        """Everything that bears on a tool before there is a call, the deciding step first.

        Raises:
            UnknownConnector, UnknownTool: There is none; the hint has the nearest names.
        """
        return self.judge.explain(self._offered(connector, name), self._pool.get(connector).entry)

    def review(self, connector: str, name: str) -> Review:
        """What the server says of a tool now, and how that differs from what was accepted.

        Raises:
            UnknownConnector, UnknownTool: There is none; the hint has the nearest names.
        """
        tool, identity = self._offered(connector, name), self._pool.get(connector).entry.identity
        definitions = self.judge.definitions
        state = definitions.now().state(identity, tool)
        return Review(
            tool=tool, state=state, difference="" if state == "known" else definitions.difference(identity, tool)
        )

    def accept(self, review: Review) -> None:
        """Takes the tool as it was reviewed. What was allowed for its earlier definition is void.

        Raises:
            Denied: It changed again since then.
        """
        tool = review.tool
        if not self._pool.get(tool.connector).offers(tool):
            raise Denied(f"{tool.connector}.{tool.name} changed again meanwhile", hint="look at it once more")
        self.judge.accept(tool, self._pool.get(tool.connector).entry)

    def lists(self, tool: Tool) -> bool:
        """True if a call of the tool may have several pages, as far as is known."""
        from jupyter_connectors.frames.shapes import shape_for

        shape = shape_for(self._pool.get(tool.connector).entry.id, tool.name)
        reads = self.class_of(tool) is ToolClass.READ or tool.annotations.read_only is not False
        return reads and (shape is None or shape.paging is not None)

    def known_columns(self, tool: Tool) -> Mapping[str, str]:
        """The columns a frame of this tool is known to have, with their kinds; empty where nothing is known."""
        from jupyter_connectors.frames.shapes import known_columns, shape_for

        shape = shape_for(self._pool.get(tool.connector).entry.id, tool.name)
        return known_columns(shape) if shape is not None else {}

    def class_of(self, tool: Tool) -> ToolClass:
        """What the tool does to the world, as the policy sees it."""
        if tool.connector not in self._pool.names:  # it was left meanwhile
            return classify(tool, {})
        return self.judge.class_of(tool, self._pool.get(tool.connector).entry)

    def find(self, connector: str, name: str) -> Tool:
        """The tool called `name`.

        Raises:
            UnknownConnector, UnknownTool: There is none; the hint has the nearest names.
            Denied: It is blocked; the words are those of the rule. Or it is not for people.
        """
        tool, entry = self._offered(connector, name), self._pool.get(connector).entry
        if not tool.for_people:
            problem = f"{connector}.{name} cannot be called: only the app of this service may call it"
            raise Denied(problem, hint="its server hides it from people and from the model; nothing was sent")
        if not self.judge.shows(tool, entry):
            rule = self.judge.explain(tool, entry)[0].rule
            hint = f"%connect --explain {connector}.{name} shows what decides"
            raise Denied(f"{connector}.{name} cannot be called: {rule}", hint=hint)
        return tool

    def _met(self, connection: Connection) -> None:
        """Compares what a server lists with what it listed before. Told by each connection."""
        met = self.judge.met(connection.entry, connection.tools)
        beside = self._called()
        odd = (
            *connector_flags(connection.name, connection.called, beside),
            *notes(connection.tools, beside),
        )
        told = dict.fromkeys((*self._news.get(connection.name, ()), *met.notes, *odd))
        self._news[connection.name] = tuple(told)
        if met.notes:
            self.changed()

    def _called(self) -> frozenset[str]:
        """The names of what is connected, and of its tools as `connector.tool`."""
        tools = (f"{name}.{tool.name}" for name in self._pool.names for tool in self._pool.get(name).tools)
        return frozenset(self._pool.names).union(tools)

    def _offered(self, connector: str, name: str) -> Tool:
        offered = {tool.name: tool for tool in self._pool.get(connector).tools}
        if name not in offered:
            shown = [tool.name for tool in self.tools(connector)]
            raise UnknownTool(f"{connector} has no tool {name!r}", hint=nearest(name, shown))
        return offered[name]
