"""The apps of an answer: each in an output of its own below it, open as soon as its tool was called."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_connectors.errors import ConnectorError
from jupyter_connectors.frames.interface import Interface, begun, cancelled, failed
from jupyter_connectors.liveapp import LiveApp
from jupyter_connectors.secrets import masked
from jupyter_connectors.text import one_line, visible
from jupyter_connectors.widgets.apps import apps_of

if TYPE_CHECKING:
    from jupyter_connectors.frames.result import Result
    from jupyter_connectors.fronts import Front
    from jupyter_connectors.models import Tool, ToolCall
    from jupyter_connectors.session import Session

STOPPED = "stopped by the person"


Sent = Callable[["ToolCall"], None]


@dataclass(slots=True, kw_only=True)
class _Shown:
    """One app of an answer, and what its call came to."""

    app: LiveApp
    interface: Interface
    """As its call began."""

    result: Result | None = None
    reason: str = ""
    output: Any = None


class AnswerApps:
    """The apps of the tools a model calls for one answer. Told on the loop, drawn on the main thread, in the cell."""

    def __init__(self, session: Session, front: Front) -> None:
        self.front = front
        self._session = session
        self._shown: list[_Shown] = []

    async def showing(self, tool: Tool, send: Callable[[Sent | None], Awaitable[Result]]) -> Result:
        """What a call gives; the app of its tool is open from the moment it goes out, which `send` tells."""
        if not tool.app or self.front != "notebook":
            return await send(None)
        opened: list[_Shown] = []
        result, answer, reason = None, None, "the call failed"
        try:
            result = await send(lambda call: opened.append(self._begin(tool, call)))
        except asyncio.CancelledError:
            reason = STOPPED
            raise
        except ConnectorError as error:
            result, answer, reason = _partial_of(error), failed(error), error.problem
            raise
        finally:
            for shown in opened:
                _end(shown, result, answer, reason)
        return result

    def _begin(self, tool: Tool, call: ToolCall) -> _Shown:
        session = self._session
        interface = begun(tool, call, entry=session.hub.connected(tool.connector).entry.id)
        app = LiveApp(session.hub, interface, session.approve, apps_of(session).take_note)
        shown = _Shown(app=app, interface=interface)
        self._shown.append(shown)
        session.runtime.on_main(lambda: self._open(shown))
        return shown

    def close(self) -> None:
        """Leaves in each output what is saved and exported: the text of the result. On the main thread."""
        for shown in self._shown:
            if shown.output is not None:
                shown.output.update(self._bundle(shown), raw=True)

    def _open(self, shown: _Shown) -> None:
        from IPython.display import display

        apps_of(self._session).keep(shown.app)
        # Of a result no more than its name: its rows are being read, for the model, in another thread.
        bundle = apps_of(self._session).bundle(shown.app, {"text/plain": _source(shown)})
        shown.output = display(bundle, raw=True, display_id=shown.app.id)  # type: ignore[no-untyped-call]  # IPython has no annotations

    def _bundle(self, shown: _Shown) -> dict[str, Any]:
        from jupyter_connectors.show import result_bundle

        told: dict[str, str]
        if shown.result is not None:
            told = result_bundle(shown.result)
        else:
            told = {"text/plain": f"{_source(shown)}: {shown.reason or 'not finished'}"}
        return apps_of(self._session).bundle(shown.app, told)


def _source(shown: _Shown) -> str:
    tool = shown.interface.tool
    return f"{tool.connector} · {tool.name}"


def _end(shown: _Shown, result: Result | None, error: Interface | None, reason: str) -> None:
    """Gives the app what its call came to, the tool's own error too; without an answer, why there is none."""
    ended = None if result is None else result.interface
    shown.result = result
    shown.reason = "" if ended is not None else one_line(masked(visible(reason)), 200)
    shown.app.end(ended or error or cancelled(shown.interface, shown.reason))


def _partial_of(error: ConnectorError) -> Result | None:
    found: Result | None = getattr(error, "partial", None)
    return found
