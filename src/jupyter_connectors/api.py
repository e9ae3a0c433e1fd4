"""What `acme_billing.list_invoices(status="open")` is: connectors and their tools as Python objects."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from jupyter_connectors.calls import new_call
from jupyter_connectors.errors import Denied, InvalidArguments, UnknownTool, nearest
from jupyter_connectors.models import Bound, Tool, ToolCall
from jupyter_connectors.signatures import Parameters, docstring, identifier, parameters, sendable
from jupyter_connectors.text import plural, visible

if TYPE_CHECKING:
    from jupyter_connectors.frames.result import Result
    from jupyter_connectors.session import Session


def tool_function(session: Session, tool: Tool) -> Callable[..., Result]:
    """A function that calls the tool and waits for all its pages; its attribute `aio` is the same for `await`.

    Signature and docstring come from the server's schema. It raises `ConnectorError`s: two lines each.
    """
    found = parameters(tool, bounded=session.hub.lists(tool))

    def prepared(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> ToolCall:
        arguments, bound = bind(tool, found, args, kwargs)
        return new_call(tool, arguments, bound=bound)

    def call(*args: Any, **kwargs: Any) -> Result:
        return session.call(prepared(args, kwargs))

    async def aio(*args: Any, **kwargs: Any) -> Result:
        return await session.acall(prepared(args, kwargs))

    for made in (call, aio):
        made.__name__ = tool.name
        made.__qualname__ = f"{identifier(tool.connector, taken={})}.{tool.name}"
        made.__doc__ = docstring(tool, found)
        made.__signature__ = found.signature  # type: ignore[union-attr]  # typeshed does not say that functions take it
    call.aio = aio  # type: ignore[attr-defined]  # the twin for people who await
    return call


def bind(
    tool: Tool, found: Parameters, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> tuple[dict[str, Any], Bound]:
    """The arguments as the server names them, and the bounds on rows and pages.

    None stands for "not given", unless the tool requires the argument.

    Raises:
        InvalidArguments: An unknown or missing argument, or a bound that is no positive whole number.
    """
    label = f"{tool.connector}.{tool.name}"
    for name in kwargs:
        if name not in found.signature.parameters:
            raise InvalidArguments(f"{label} has no argument {name!r}", hint=nearest(name, found.signature.parameters))
    try:
        given = found.signature.bind(*args, **kwargs).arguments
    except TypeError as error:
        problem = str(error)
        raise InvalidArguments(
            f"{label}: {problem}", hint=f"it is {visible(f'{tool.name}{found.signature}')}"
        ) from None
    properties: Mapping[str, Any] = tool.input_schema.get("properties") or {}
    required = set(tool.input_schema.get("required") or ())
    arguments = {}
    for python, value in given.items():
        wire = found.wire.get(python)
        if wire is None or (value is None and wire not in required):
            continue
        schema = properties.get(wire)
        told = schema if isinstance(schema, dict) else {}
        # `limit` is rows in all. Where the server's own `limit` is the size of a page, paging asks for the pages.
        if python == "limit" and isinstance(value, int) and value > told.get("maximum", value):
            continue
        arguments[wire] = sendable(value, told)
    return arguments, _bound(label, given)


def _bound(label: str, given: Mapping[str, Any]) -> Bound:
    for name in ("limit", "pages"):
        value = given.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
            raise InvalidArguments(
                f"{label}: {name}={value!r} is no positive whole number", hint=f"leave {name} out to get everything"
            )
    return Bound(limit=given.get("limit"), pages=given.get("pages"))


class NoSuchTool(UnknownTool, AttributeError):
    """An unknown tool reached as an attribute: also an AttributeError, so that `hasattr` and IPython's probes work."""


class BlockedTool(Denied, AttributeError):
    """A tool that is blocked or waits for a review, reached as an attribute."""


class Connector:
    """A connected service. Its tools are attributes; `connector["name"]` reaches one of any name."""

    def __init__(self, session: Session, name: str) -> None:
        self._session = session
        self._name = name

    def __getattr__(self, name: str) -> Callable[..., Result]:
        if name.startswith("_") and not name[1:2].isdigit():  # a tool called `1st` is `_1st`
            raise AttributeError(name)
        known = self._attributes()
        if name not in known:
            self._check_blocked(name)
            raise NoSuchTool(f"{self._name} has no tool {name!r}", hint=nearest(name, known))
        return self[known[name]]

    def __getitem__(self, name: str) -> Callable[..., Result]:
        """The tool of exactly this name.

        Raises:
            UnknownTool: There is none; the hint has the nearest names.
            Denied: It is switched off.
        """
        return tool_function(self._session, self._session.hub.find(self._name, name))

    def __iter__(self) -> Iterator[str]:
        return iter(tool.name for tool in self._session.hub.tools(self._name))

    def __dir__(self) -> list[str]:
        return sorted(self._attributes())

    def _ipython_key_completions_(self) -> list[str]:
        return list(self)

    def _check_blocked(self, name: str) -> None:
        """Says why, where the server has a tool of this name that cannot be called."""
        every = self._session.hub.connected(self._name).tools
        found = next((tool.name for tool in every if identifier(tool.name, taken={}) == name), None)
        if found is not None:
            try:
                self._session.hub.find(self._name, found)
            except Denied as error:
                raise BlockedTool(error.problem, hint=error.hint) from None

    def _attributes(self) -> dict[str, str]:
        made: dict[str, str] = {}
        for tool in self._session.hub.tools(self._name):
            made[identifier(tool.name, taken=made)] = tool.name
        return made

    def __repr__(self) -> str:
        found = self._session.hub.connected(self._name)
        tools = self._session.hub.tools(self._name)
        names = "\n".join(visible(f"  {tool.name}{inspect.signature(self[tool.name])}") for tool in tools)
        return f"{visible(found.entry.title)} ({self._name}), {plural(len(tools), 'tool')}\n{names}"


def name_of(value: object) -> str:
    """The name of the connector that an object stands for; empty for what is none."""
    return value._name if isinstance(value, Connector) else ""
