"""One event loop on one thread of our own, and how a cell waits for it."""

from __future__ import annotations

import asyncio
import concurrent.futures
import queue
import threading
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from jupyter_connectors.errors import Cancelled, ConnectorError

T = TypeVar("T")

TICK = 0.2
"""Seconds between two looks at the world while a cell waits, so that Stop is heard at once on every system."""


class Job(Generic[T]):
    """Work under way on the loop: what a cell waits for, and can stop."""

    def __init__(self) -> None:
        self.future: concurrent.futures.Future[T] = concurrent.futures.Future()
        self._task: asyncio.Task[None] | None = None

    def cancel(self) -> None:
        """Cancels the work. Called on the loop."""
        if self._task is not None:
            self._task.cancel()

    def start(self, loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, T]) -> None:
        """Begins the work. Called on the loop."""
        self._task = loop.create_task(self._finish(work))

    async def _finish(self, work: Coroutine[Any, Any, T]) -> None:
        try:
            self.future.set_result(await work)
        except asyncio.CancelledError as stop:
            # What the call path wants said of a stopped call travels in the exception's arguments: turning it into
            # another exception any lower would hide the cancellation from the tasks in between.
            told = next((each for each in stop.args if isinstance(each, ConnectorError)), None)
            self.future.set_exception(told or stopped())
        except BaseException as error:  # noqa: BLE001  # whatever the work raised belongs to the waiting cell
            self.future.set_exception(error)


def stopped(partial: object | None = None) -> Cancelled:
    """The error of a cell that the person stopped; `partial` is the `Result` with what had arrived."""
    kept = "the rows that came are in .partial; " if partial is not None else ""
    return Cancelled("stopped by you", hint=f"the server was told; {kept}call again when ready", partial=partial)


class Runtime:
    """The loop on which everything that waits runs, started on first use, ended by `close`.

    A cell waits as `input()` does: it blocks its thread in slices, and runs there the jobs that only the main thread
    may do (show a widget, call `input`).
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._main_jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop, started if it was not."""
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._loop.run_forever, name="jupyter-connectors", daemon=True)
                self._thread.start()
            return self._loop

    def submit(self, work: Coroutine[Any, Any, T]) -> Job[T]:
        """Starts `work` on the loop and returns at once."""
        job: Job[T] = Job()
        job.future.add_done_callback(lambda _: self._main_jobs.put(None))  # wakes the waiting cell
        loop = self.loop
        loop.call_soon_threadsafe(job.start, loop, work)
        return job

    def post(self, act: Callable[[], None]) -> None:
        """Runs `act` on the loop, soon. May be called from any thread."""
        self.loop.call_soon_threadsafe(act)

    def on_main(self, act: Callable[[], None]) -> None:
        """Runs `act` on the thread of the waiting cell, soon; if none waits, when the next one does."""
        self._main_jobs.put(act)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of `work`; blocks the calling cell until then.

        Raises:
            Cancelled: The person pressed Stop; `work` was cancelled, and given two seconds to tell the server.
            ConnectorError: What `work` raised.
        """
        if threading.current_thread() is self._thread:
            work.close()
            raise RuntimeError("the loop cannot wait for itself; await the work instead")
        job = self.submit(work)
        try:
            while not job.future.done():
                self._work(wait=TICK)
            self._work(wait=0)
        except KeyboardInterrupt:
            self._stop(job)
            self._work(wait=0)
        return _result(job.future)

    async def arun(self, work: Coroutine[Any, Any, T]) -> T:
        """As `run`, for a cell that awaits: the kernel stays free meanwhile."""
        job = self.submit(work)
        waiting = asyncio.wrap_future(job.future)
        try:
            while not waiting.done():
                # The slice is there for Stop: an idle loop is not woken by the kernel's interrupt.
                await asyncio.wait([waiting], timeout=TICK)
                self._work(wait=0)
        except asyncio.CancelledError:
            self._stop(job)
            self._work(wait=0)
        return _result(job.future)

    def close(self) -> None:
        """Ends the loop and its thread."""
        with self._lock:
            loop, thread, self._loop, self._thread = self._loop, self._thread, None, None
        if loop is not None and thread is not None:
            loop.call_soon_threadsafe(loop.stop)
            thread.join(timeout=5)
            if not loop.is_running():
                loop.close()

    def _work(self, *, wait: float) -> None:
        """Runs the jobs that wait for the main thread, or sleeps up to `wait` seconds for one."""
        try:
            act = self._main_jobs.get(timeout=wait) if wait else self._main_jobs.get_nowait()
            while True:
                if act is not None:
                    act()
                act = self._main_jobs.get_nowait()
        except queue.Empty:
            return

    def _stop(self, job: Job[Any]) -> None:
        self.post(job.cancel)
        concurrent.futures.wait([job.future], timeout=2)


def _result(future: concurrent.futures.Future[T]) -> T:
    if not future.done():
        raise stopped()
    error = future.exception()
    if isinstance(error, ConnectorError):
        # Without the frames it came through: they are ours and help nobody.
        raise error.with_traceback(None)
    return future.result()
