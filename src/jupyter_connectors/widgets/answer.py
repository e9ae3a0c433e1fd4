"""An answer as it comes: the calls as they run, the text as it streams, and plain Markdown when it is done."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal
from uuid import uuid4

from jupyter_connectors.fronts import Front
from jupyter_connectors.kernel import Desk
from jupyter_connectors.markdown import harmless
from jupyter_connectors.runtime import Runtime
from jupyter_connectors.show import escaped
from jupyter_connectors.signatures import identifier
from jupyter_connectors.text import one_line, plural, visible

EVERY = 0.15
"""Seconds between two updates: each one sends the whole text."""

State = Literal["running", "done", "failed", "stopped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One call of an answer."""

    key: str
    connector: str
    tool: str
    arguments: str
    state: str = "running"
    rows: int | None = None
    complete: bool | None = None
    seconds: float | None = None
    frame: str | None = None
    message: str = ""


class AnswerView:
    """One answer in one cell. Told on the loop, drawn on the main thread, at most every `EVERY` seconds."""

    def __init__(
        self, runtime: Runtime, desk: Desk, front: Front, show: Callable[[Mapping[str, str]], None], *, model: str
    ) -> None:
        self._runtime = runtime
        self._desk = desk
        self._front = front
        self._id = uuid4().hex
        self._model = model
        self._lock = threading.Lock()
        self._lines: dict[str, Line] = {}
        self._told: list[str] = []
        self._text = ""
        self._usage = ""
        self._state: State = "running"
        self._show = show
        self._drawn = 0.0
        self._view: Any = None
        self._calls: Any = None
        self._words: Any = None

    def open(self) -> None:
        """Shows the view, in a notebook. On the main thread, in the cell."""
        if self._front == "notebook":
            from IPython.display import display

            from jupyter_connectors.widgets.view import View

            self._view = View("answer", self._shown(), self._desk)
            self._calls = display(self._view, display_id=self._id)
            self._words = display({"text/markdown": ""}, raw=True, display_id=f"{self._id}-text")

    def say(self, text: str) -> None:
        """Adds to the answer's text."""
        with self._lock:
            self._text += text
        if self._front == "terminal":
            self._runtime.on_main(lambda: print(visible(text), end="", flush=True))
        self._soon()

    def tell(self, line: str) -> None:
        """Shows what an app told the model before it began."""
        with self._lock:
            self._told.append(visible(line))
        self._soon(at_once=True)

    def begin(self, line: Line) -> None:
        """Shows a call that starts."""
        with self._lock:
            self._lines[line.key] = line
        self._soon(at_once=True)

    def end(self, key: str, **changes: Any) -> None:
        """Shows how a call ended."""
        with self._lock:
            held = self._lines.get(key)
            if held is not None:
                self._lines[key] = replace(held, **changes)
        self._soon(at_once=True)

    def use(self, usage: str) -> None:
        """Shows what the answer cost."""
        with self._lock:
            self._usage = usage

    def close(self, state: State) -> None:
        """Leaves Markdown and plain text where the view stood. On the main thread."""
        with self._lock:
            self._state = state
        foot = " · ".join(each for each in (self._model, self._usage) if each)
        text = visible(self._text)
        words = {"text/markdown": f"{harmless(text)}\n\n*{escaped(foot)}*", "text/plain": f"{text}\n\n{foot}"}
        calls = {"text/markdown": self._listed("`", escaped), "text/plain": self._listed("", str)}
        if self._view is not None:
            self._calls.update(calls, raw=True)
            self._words.update(words, raw=True)
            self._view.close()
        else:
            # A terminal has shown the words as they came.
            told = (calls, dict.fromkeys(words, f"\n{foot}")) if self._front == "terminal" else (calls, words)
            both = {kind: "\n\n".join(each[kind] for each in told if each[kind]) for kind in words}
            self._show(both)

    def _soon(self, *, at_once: bool = False) -> None:
        now = time.monotonic()
        if self._view is not None and (at_once or now - self._drawn >= EVERY):
            self._drawn = now
            self._runtime.on_main(self._draw)

    def _draw(self) -> None:
        with self._lock:
            shown, text = self._shown(), visible(self._text)
        self._view.show(shown)
        self._words.update({"text/markdown": harmless(text), "text/plain": text}, raw=True)

    def _shown(self) -> dict[str, Any]:
        calls = [
            {
                "key": line.key,
                "connector": line.connector,
                "tool": line.tool,
                "arguments": visible(line.arguments),
                "state": line.state,
                "rows": line.rows,
                "complete": line.complete,
                "seconds": line.seconds,
                "frame": line.frame,
                "message": visible(line.message),
            }
            for line in self._lines.values()
        ]
        state = {"id": self._id, "state": self._state, "model": self._model, "usage": self._usage}
        return {**state, "told": list(self._told), "calls": calls}

    def _listed(self, code: str, text: Any) -> str:
        told = [f"- told by the app {text(line)}" for line in self._told]
        return "\n".join([*told, *(f"- {_told(line, code=code, text=text)}" for line in self._lines.values())])


def _told(line: Line, *, code: str, text: Any) -> str:
    """One call in one line: `acme_crm.search(query="x")` 12 rows, complete, 0.2 s, as `accounts`."""
    facts = []
    if line.state != "ok":
        facts.append(text(f"{line.state}: {one_line(line.message, 200)}" if line.message else line.state))
    if line.rows is not None:
        facts.append(plural(line.rows, "row"))
        facts.append({True: "complete", False: "**incomplete**" if code else "INCOMPLETE", None: ""}[line.complete])
    if line.seconds is not None:
        facts.append(f"{line.seconds:.1f} s")
    if line.frame:
        facts.append(f"as {code}{line.frame}{code}")
    return f"{code}{_written(line)}{code} {', '.join(each for each in facts if each)}"


def _written(line: Line) -> str:
    """The call as a person would type it; the text of the query for SQL over the frames."""
    arguments = json.loads(line.arguments)
    if not line.connector:
        return one_line(str(arguments.get("query", line.tool)), 400).replace("`", "'")
    given = ", ".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in arguments.items())
    called = f"{identifier(line.connector, taken={})}.{line.tool}({given})"
    return one_line(called, 300).replace("`", "'")
