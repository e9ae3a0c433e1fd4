"""Apps in a notebook: the display of a result whose tool brings an interface along.

An output holds the app's id and nothing else of it. A page that knows no such id (a reopened notebook, another kernel)
shows the preview beside it.
"""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jupyter_connectors.errors import ToolFailed
from jupyter_connectors.fronts import front_of

if TYPE_CHECKING:
    from jupyter_connectors.appnotes import AppNote
    from jupyter_connectors.frames.interface import Interface
    from jupyter_connectors.frames.result import Result
    from jupyter_connectors.liveapp import LiveApp
    from jupyter_connectors.session import Session
    from jupyter_connectors.widgets.view import View

MIME = "application/vnd.jupyter-connectors.app+json"
WIDGET = "application/vnd.jupyter.widget-view+json"

KEPT = 16
"""Apps that stay open though nobody holds their result any more: what `display(…)` shows is held by no variable."""

_LINE = "interactive app: run the cell to open it"


def apps_of(session: Session) -> Apps:
    """The apps of this kernel."""
    if session.apps is None:
        session.apps = Apps(session)
    made: Apps = session.apps
    return made


class Apps:
    """The apps of one kernel. Each lives as long as its result, and the newest in any case."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._shown: dict[int, LiveApp] = {}
        """By the id of the result that is shown."""

        self._newest: deque[LiveApp] = deque()
        self._views: dict[str, View] = {}
        """The widgets of front ends without our extension, by the app's id."""

        session.watch(self._redraw)

    def beside(self, result: Result, bundle: Mapping[str, Any]) -> dict[str, Any]:
        """The display of a result with its app in it, where it has one and a notebook shows it."""
        interface = result.interface
        if interface is None or front_of(self._session.shell) != "notebook":
            return dict(bundle)
        return self.bundle(self._app_of(result, interface), bundle)

    def after(self, cell: Any) -> None:
        """Shows the app of a tool whose error ends a cell, below the error: IPython's `post_run_cell`."""
        error = cell.error_in_exec
        if not isinstance(error, ToolFailed):
            return
        from jupyter_connectors.frames.interface import failed

        interface = failed(error)
        if interface is None or front_of(self._session.shell) != "notebook":
            return
        app = self._made(interface)
        self.keep(app)
        tool = interface.tool
        self._session.show(self.bundle(app, {"text/plain": f"{tool.connector} · {tool.name}"}))

    def bundle(self, app: LiveApp, bundle: Mapping[str, Any]) -> dict[str, Any]:
        """An app with what is shown where it does not run."""
        told = {"text/plain": f"{bundle['text/plain']}\n{_LINE}"}
        if "text/html" in bundle:
            told["text/html"] = f'{bundle["text/html"]}<div style="color:var(--jp-ui-font-color2)">{_LINE}</div>'
        return {**bundle, **told, MIME: {"id": app.id}, **self._widget(app)}

    def _app_of(self, result: Result, interface: Interface) -> LiveApp:
        key = id(result)
        if key in self._shown:
            return self._shown[key]
        app = self._shown[key] = self._made(interface)
        weakref.finalize(result, self._let_go, key).atexit = False
        self.keep(app)
        return app

    def _made(self, interface: Interface) -> LiveApp:
        from jupyter_connectors.liveapp import LiveApp

        return LiveApp(self._session.hub, interface, self._session.approve, self.take_note)

    def keep(self, app: LiveApp) -> None:
        """Lets views find the app; without a result that is held, as long as it is one of the newest."""
        session = self._session
        session.desk.attend(app.id, app.answer, lambda: session.runtime.loop)
        self._newest.append(app)
        if len(self._newest) > KEPT:
            oldest = self._newest.popleft()
            if oldest not in self._shown.values():
                self._close(oldest)

    def _let_go(self, key: int) -> None:
        # Runs wherever the last reference goes.
        app = self._shown.pop(key, None)
        if app is not None and app not in self._newest:
            self._close(app)

    def _close(self, app: LiveApp) -> None:
        self._session.desk.close(app.id)
        self._session.app_notes.pop(app.id, None)
        view = self._views.pop(app.id, None)
        if view is not None:
            view.close()

    def take_note(self, identity: str, note: AppNote | None) -> None:
        """Keeps what an app says the next question should know of it; the newest last."""
        self._session.app_notes.pop(identity, None)
        if note is not None:
            self._session.app_notes[identity] = note

    def _widget(self, app: LiveApp) -> dict[str, Any]:
        """The view for front ends that our extension is not in."""
        session = self._session
        if session.desk.extension:
            return {}
        if app.id not in self._views:
            from jupyter_connectors.widgets.view import AskingView

            state = {"id": app.id, "pending": []}
            self._views[app.id] = AskingView("loader", state, session.desk, code="app", runtime=session.runtime)
        made = self._views[app.id]._repr_mimebundle_()
        data = made[0] if isinstance(made, tuple) else made
        return {WIDGET: data[WIDGET]} if data and WIDGET in data else {}

    def _redraw(self) -> None:
        """Shows the questions of each app in its widget. From any thread."""
        if not self._views:
            return
        pending = self._session.status()["pending"]
        for identity, view in list(self._views.items()):
            mine = [each for each in pending if each["app"] == identity]
            if mine != view.view["pending"]:
                view.show({"id": identity, "pending": mine})
