"""A progress bar for whatever takes over a second."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import ceil
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from jupyter_connectors.fronts import Front
from jupyter_connectors.runtime import Runtime
from jupyter_connectors.text import plural

if TYPE_CHECKING:
    from jupyter_connectors.frames.collect import Progress

AFTER = 1.0
"""Seconds before a bar appears."""

EVERY = 0.15
"""Seconds between two updates: each one sends the whole bar."""


class ProgressBar:
    """Told after each page; shows a bar in the running cell once a second has passed, and takes it away at the end."""

    def __init__(self, runtime: Runtime, front: Front, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._runtime = runtime
        self._front = front
        self._clock = clock
        self._started = clock()
        self._shown = 0.0
        self._width = 0
        self._handle: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._handle is not None:
            self._handle.update({"text/plain": ""}, raw=True)
        if self._width:
            print(f"\r{' ' * self._width}\r", end="", flush=True)

    def __call__(self, progress: Progress) -> None:
        now = self._clock()
        if self._front == "nobody" or now - self._started < AFTER or now - self._shown < EVERY:
            return
        self._shown = now
        self._runtime.on_main(lambda: self._draw(progress))

    def _draw(self, progress: Progress) -> None:
        from IPython.display import display

        line = bar(progress)
        if self._front == "terminal":
            # A shorter line does not cover the one before.
            print(f"\r{line:<{self._width}}", end="", flush=True)
            self._width = max(self._width, len(line))
        elif self._handle is None:
            self._handle = display({"text/plain": line}, raw=True, display_id=True)
        else:
            self._handle.update({"text/plain": line}, raw=True)


def bar(progress: Progress, width: int = 30) -> str:
    """One line: how many rows and pages so far, and how far along where the server tells the total."""
    counted = f"{plural(progress.rows, 'row')} in {plural(progress.pages, 'page')}"
    if progress.waiting:
        return f"rate limited, going on in {ceil(progress.waiting)} s: {counted} so far"
    if not progress.total or progress.total < 0:
        return f"fetching: {counted}"
    share = min(progress.rows / progress.total, 1.0)
    filled = round(share * width)
    return f"{'█' * filled}{'░' * (width - filled)} {share:4.0%}  {counted} of {progress.total:,}"
