"""What `acme_billing.list_invoices(status="open")` is: connectors and their tools as Python objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from jupyter_connectors.errors import InvalidArguments, UnknownTool, nearest
from jupyter_connectors.hub import new_call
from jupyter_connectors.models import Bound, Tool, ToolCall
from jupyter_connectors.signatures import Parameters, docstring, identifier, parameters, sendable
from jupyter_connectors.text import plural, visible

if TYPE_CHECKING:
    from jupyter_connectors.frames.result import Result
    from jupyter_connectors.session import Session


class ToolFunction:
    """A tool you can call. Its signature and docstring come from the server's schema."""

    def __init__(self, session: Session, tool: Tool) -> None:
        self._session = session
        self._tool = tool
        self._parameters = parameters(tool, bounded=session.hub.lists(tool))
        self.__name__ = tool.name
        self.__qualname__ = f"{tool.connector}.{tool.name}"
        self.__doc__ = docstring(tool, self._parameters)
        self.__signature__ = self._parameters.signature

    def __call__(self, *args: Any, **kwargs: Any) -> Result:
        """Calls the tool and waits for all its pages.

        Raises:
            ConnectorError: Two lines that say what happened and what to do.
        """
        return self._session.call(self._call(args, kwargs))

    async def aio(self, *args: Any, **kwargs: Any) -> Result:
        """As a call, for a cell that awaits: other cells of the loop go on meanwhile."""
        return await self._session.acall(self._call(args, kwargs))

    @property
    def signature(self) -> str:
        """The call as it is written: `list_invoices(*, status: Literal['open', 'paid'] = None)`."""
        return f"{self._tool.name}{self.__signature__}"

    def __repr__(self) -> str:
        return f"<{self._tool.connector}.{self.signature}>"

    def _call(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> ToolCall:
        arguments, bound = bind(self._tool, self._parameters, args, kwargs)
        return new_call(self._tool, arguments, bound=bound)


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
        raise InvalidArguments(f"{label}: {problem}", hint=f"it is {tool.name}{found.signature}") from None
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


class _NoSuchTool(UnknownTool, AttributeError):
    """An unknown tool reached as an attribute: also an AttributeError, so that `hasattr` and IPython's probes work."""


class Connector:
    """A connected service. Its tools are attributes; `connector["name"]` reaches one of any name."""

    def __init__(self, session: Session, name: str) -> None:
        self._session = session
        self._name = name

    def __getattr__(self, name: str) -> ToolFunction:
        if name.startswith("_"):
            raise AttributeError(name)
        known = self._attributes()
        if name not in known:
            raise _NoSuchTool(f"{self._name} has no tool {name!r}", hint=nearest(name, known))
        return self[known[name]]

    def __getitem__(self, name: str) -> ToolFunction:
        """The tool of exactly this name.

        Raises:
            UnknownTool: There is none; the hint has the nearest names.
            Denied: It is switched off.
        """
        return ToolFunction(self._session, self._session.hub.find(self._name, name))

    def __iter__(self) -> Iterator[str]:
        return iter(tool.name for tool in self._session.hub.tools(self._name))

    def __dir__(self) -> list[str]:
        return sorted(self._attributes())

    def _ipython_key_completions_(self) -> list[str]:
        return list(self)

    def _attributes(self) -> dict[str, str]:
        made: dict[str, str] = {}
        for tool in self._session.hub.tools(self._name):
            made[identifier(tool.name, taken=made)] = tool.name
        return made

    def __repr__(self) -> str:
        found = self._session.hub.connected(self._name)
        tools = self._session.hub.tools(self._name)
        names = "\n".join(f"  {self[tool.name].signature}" for tool in tools)
        return f"{visible(found.entry.title)} ({self._name}), {plural(len(tools), 'tool')}\n{names}"
