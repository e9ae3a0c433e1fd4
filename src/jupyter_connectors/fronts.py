"""Who could answer a question that comes up while a cell runs."""

from __future__ import annotations

import sys
from typing import Literal

Front = Literal["notebook", "terminal", "nobody"]


def front_of(shell: object | None) -> Front:
    """Who could answer: a notebook's front end, a terminal, or nobody (nbconvert, papermill, a script).

    Called on the main thread, while a cell runs.
    """
    kernel = getattr(shell, "kernel", None)
    if kernel is None:
        return "terminal" if sys.stdin is not None and sys.stdin.isatty() else "nobody"
    request = kernel.get_parent("shell") or {}
    return "notebook" if request.get("content", {}).get("allow_stdin") else "nobody"
