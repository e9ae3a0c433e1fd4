"""How the person is asked where no card can be drawn, and what happens where nobody is there."""

from __future__ import annotations

import sys
from typing import Literal

from jupyter_connectors.approval import Answer, Choice, Request
from jupyter_connectors.hub import ASKED_EACH_TIME
from jupyter_connectors.text import one_line, visible

Front = Literal["notebook", "terminal", "nobody"]

NOBODY = Answer(
    choice="deny",
    by="nobody is there to ask",
    hint="run the cell where you can answer, in JupyterLab or a terminal; nothing was sent",
)

_WORDS = {
    "read": "reads data",
    "write": "changes data",
    "destructive": "deletes or overwrites data",
    "sends": "sends something",
}


def front_of(shell: object | None) -> Front:
    """Who could answer: a notebook's front end, a terminal, or nobody (nbconvert, papermill, a script).

    Called on the main thread, while a cell runs.
    """
    kernel = getattr(shell, "kernel", None)
    if kernel is None:
        return "terminal" if sys.stdin is not None and sys.stdin.isatty() else "nobody"
    request = kernel.get_parent("shell") or {}
    return "notebook" if request.get("content", {}).get("allow_stdin") else "nobody"


def ask_in_words(request: Request) -> Answer:
    """The person's answer through `input()`. Called on the main thread; anything but a clear yes is a no."""
    call = request.call
    print(f"{one_line(request.connector_title)} · {one_line(call.tool)}: {_WORDS[request.tool_class]} ({request.why})")
    for name, value in call.arguments.items():
        # Indented, so that no line of a value can pass for one of ours.
        print(f"  {one_line(name)} = {visible(str(value))}".replace("\n", "\n      "))
    remembers = request.tool_class not in ASKED_EACH_TIME
    choices: dict[str, Choice] = {"y": "once", "yes": "once"}
    if remembers:
        choices |= {"s": "session", "session": "session"}
    offer = "[y]es once / [s]ession / [n]o" if remembers else "[y]es once / [n]o"
    try:
        said = input(f"Allow {call.connector}.{one_line(call.tool)}? {offer}: ").strip().lower()
    except EOFError:
        return NOBODY
    return Answer(choice=choices.get(said, "deny"), by="you")
