from __future__ import annotations

import asyncio
import os
import signal
import threading
import time

import pytest

from jupyter_connectors.errors import Cancelled, OutcomeUnknown
from jupyter_connectors.runtime import Runtime


@pytest.fixture
def runtime():
    # A test run started in the background has inherited that an interrupt is ignored; a kernel never has it so.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    made = Runtime()
    yield made
    made.close()
    signal.signal(signal.SIGINT, before)


async def value() -> int:
    return 7


def test_a_cell_gets_the_value_of_the_work_it_waits_for(runtime: Runtime) -> None:
    assert runtime.run(value()) == 7


def test_jobs_for_the_main_thread_run_there_while_the_cell_waits(runtime: Runtime) -> None:
    ran_on: list[str] = []

    async def work() -> None:
        ran = asyncio.Event()
        loop = asyncio.get_running_loop()

        def job() -> None:
            ran_on.append(threading.current_thread().name)
            loop.call_soon_threadsafe(ran.set)

        runtime.on_main(job)
        await ran.wait()

    runtime.run(work())
    assert ran_on == [threading.main_thread().name]


def test_stop_cancels_the_work_within_a_second_and_says_so_in_two_lines(runtime: Runtime) -> None:
    cancelled = threading.Event()

    async def work() -> None:
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    started = time.monotonic()
    with pytest.raises(Cancelled, match="stopped by you"):
        runtime.run(work())
    assert cancelled.is_set()
    assert time.monotonic() - started < 1.1
    assert runtime.run(value()) == 7


def test_what_a_stopped_call_has_to_say_reaches_the_cell(runtime: Runtime) -> None:
    async def work() -> None:
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError as stop:
            stop.args = (OutcomeUnknown("sent, not answered", hint="look first"),)
            raise

    with pytest.raises(OutcomeUnknown, match="sent, not answered"):
        runtime.run(work())


def test_an_error_of_ours_comes_without_the_frames_it_came_through(runtime: Runtime) -> None:
    async def work() -> None:
        raise Cancelled("a", hint="b")

    with pytest.raises(Cancelled) as caught:
        runtime.run(work())
    assert caught.value._render_traceback_() == ["Cancelled: a", "b"]


def test_the_loop_refuses_to_wait_for_itself(runtime: Runtime) -> None:
    async def work() -> None:
        runtime.run(value())

    with pytest.raises(RuntimeError, match="await the work"):
        runtime.run(work())


def test_a_cell_that_awaits_leaves_its_loop_free(runtime: Runtime) -> None:
    async def cell() -> tuple[int, bool]:
        other = asyncio.create_task(asyncio.sleep(0, "ran"))
        got = await runtime.arun(value())
        return got, other.done()

    assert asyncio.run(cell()) == (7, True)
