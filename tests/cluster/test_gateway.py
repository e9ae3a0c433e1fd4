"""The listener in the kernel: who may ask it for what, and what it gives."""

from __future__ import annotations

import json
import pickle
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd
import pytest

from jupyter_connectors.errors import ConnectionFailed, Denied, Incomplete, ReplyRejected, UsageProblem
from jupyter_connectors.frames.handles import Handle, Reach, asking, fetch
from jupyter_connectors.frames.windows import Windows
from jupyter_connectors.frames.workers import Load, read_window
from jupyter_connectors.joining import connect, disconnect
from jupyter_connectors.models import ToolClass

from ..waiting import until
from .ledger import ROWS, YEAR, Ledger, ledger


def loader(windows: Windows, columns: list[str] | None = None, **reach: Any) -> Load:
    """What a worker gets, without the cluster around it."""
    return windows._load(columns, Reach(**reach))


def months(on: Ledger) -> Windows:
    return on.first.windows("created", "MS", **YEAR)


def test_a_handle_gives_the_rows_of_each_window_as_the_kernel_reads_them(tmp_path: Path) -> None:
    with ledger(tmp_path) as on:
        windows = months(on)
        load = pickle.loads(pickle.dumps(loader(windows)))
        parts = [load(each) for each in range(len(windows))]
        for part, frame in zip(parts, windows.frames(), strict=True):
            pd.testing.assert_frame_equal(part, frame[list(part.columns)])
        whole = pd.concat(parts)
        assert len(whole) == whole["id"].nunique() == ROWS
        assert whole["serial"].dtype == "Int64"
        assert whole["serial"].max() == 2**60 + ROWS - 1, "which no float64 holds"
        assert {str(part.dtypes.to_dict()) for part in parts} == {str(load.like.dtypes.to_dict())}


def test_every_window_a_worker_reads_is_a_call_in_the_log(tmp_path: Path) -> None:
    with ledger(tmp_path) as on:
        windows = months(on)
        load, before = loader(windows), len(on.outcomes)
        for each in range(len(windows)):
            load(each)
        rows = on.session.audit.rows()[: len(windows)]
        assert len(on.outcomes) - before == len(windows) == 12
        assert {(row["tool"], row["outcome"], row["decision"]) for row in rows} == {
            ("list_invoices", "ok", "allowed by rule")
        }


def test_no_more_windows_are_asked_for_at_once_than_the_connector_allows(tmp_path: Path) -> None:
    with ledger(tmp_path, LEDGER_SLOW="0.05") as on:
        windows = months(on)
        load = loader(windows)
        with ThreadPoolExecutor(8) as workers:
            list(workers.map(load, range(len(windows))))
        assert max(under_way for under_way, *_ in on.calls) == 2


def test_an_error_of_the_kernels_call_is_the_workers_error(tmp_path: Path) -> None:
    with ledger(tmp_path, "cuts-march") as on:
        load = loader(months(on))
        assert len(load(0)) == 31 * 6
        with pytest.raises(Incomplete, match="list_invoices") as caught:
            load(2)
        again = pickle.loads(pickle.dumps(caught.value))
        assert (type(again), again.problem, again.hint) == (Incomplete, caught.value.problem, caught.value.hint)
        assert again.partial is None


def test_rows_from_outside_the_window_are_an_error(tmp_path: Path) -> None:
    with (
        ledger(tmp_path, "strays-march") as on,
        pytest.raises(ReplyRejected, match="2026-03-01 to 2026-04-01: 1 row of 187 came from outside"),
    ):
        loader(months(on))(2)


def test_a_column_that_the_first_rows_had_not_is_an_error_unless_columns_were_chosen(tmp_path: Path) -> None:
    with ledger(tmp_path, "adds-march") as on:
        windows = months(on)
        load = replace(loader(windows), strict=True)
        with pytest.raises(ReplyRejected, match="a column 'surprise' that the first rows did not have"):
            load(2)
        chosen = loader(windows, ["id", "created"])
        assert list(chosen(2).columns) == ["id", "created"]
        assert len(chosen(2)) == 31 * 6


def test_a_value_that_would_change_to_fit_the_dtypes_is_an_error(tmp_path: Path) -> None:
    with ledger(tmp_path, "numbers-march") as on:
        load = loader(months(on), ["id", "serial"])
        assert len(load(1)) == 28 * 6
        with pytest.raises(ReplyRejected, match=r"'serial' is (str|object) in a window and Int64 in the first rows"):
            load(2)


@pytest.mark.parametrize("change", [{"secret": "guessed"}, {"listing": "another"}])
def test_without_the_secret_of_the_listing_nothing_is_asked(tmp_path: Path, change: dict[str, str]) -> None:
    with ledger(tmp_path) as on:
        handle = replace(loader(months(on)).handle, **change)
        asked = len(on.calls)
        with pytest.raises(ConnectionFailed, match="does not accept this handle"):
            fetch(handle, 0, tmp_path / "rows")
        assert len(on.calls) == asked


@pytest.mark.parametrize("window", [-1, 12, 10**9])
def test_only_the_windows_of_the_listing_can_be_asked_for(tmp_path: Path, window: int) -> None:
    with ledger(tmp_path) as on:
        handle = loader(months(on)).handle
        asked = len(on.calls)
        with pytest.raises(ConnectionFailed, match="does not accept this handle"):
            fetch(handle, window, tmp_path / "rows")
        assert len(on.calls) == asked


def test_a_question_says_a_window_and_no_arguments(tmp_path: Path) -> None:
    with ledger(tmp_path) as on:
        handle = loader(months(on)).handle
        with visit(handle) as (connection, stream, challenge):
            question = asked_for(handle, challenge, 0) | {"arguments": {"created_lt": 2**40}, "tool": "void_invoices"}
            connection.sendall(json.dumps(question).encode() + b"\n")
            assert json.loads(stream.readline())["rows"] == 31 * 6
        _, tool, arguments = on.calls[-1]
        assert (tool, arguments["created_lt"] - arguments["created_gte"]) == ("list_invoices", 31 * 86_400)


def test_a_question_that_was_overheard_cannot_be_asked_again(tmp_path: Path) -> None:
    with ledger(tmp_path) as on:
        handle = loader(months(on)).handle
        with visit(handle) as (connection, stream, challenge):
            question = json.dumps(asked_for(handle, challenge, 0)).encode() + b"\n"
            assert handle.secret.encode() not in question
            connection.sendall(question)
            assert stream.readline()
        with visit(handle) as (connection, stream, _):
            connection.sendall(question)
            assert stream.read() == b""


@pytest.mark.parametrize(
    "said",
    [
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"[]\n",
        b'{"listing": 5, "window": true}\n',
        b"\x80\x04." * 50 + b"\n",
        b"[" * 900 + b"\n",
        b"x" * 5000,
    ],
)
def test_whoever_says_something_else_is_told_nothing(tmp_path: Path, said: bytes) -> None:
    with ledger(tmp_path) as on:
        handle = loader(months(on)).handle
        with visit(handle) as (connection, stream, _):
            connection.sendall(said)
            with suppress(ConnectionResetError):
                assert stream.read() == b""
        assert len(loader(months(on))(0)) == 31 * 6, "and the next visitor is served"


def test_an_answer_that_was_changed_on_its_way_is_refused(tmp_path: Path) -> None:
    with ledger(tmp_path) as on:
        handle = loader(months(on)).handle
        with proxy(handle) as changed, pytest.raises(ConnectionFailed, match="is not the kernel's, or was changed"):
            fetch(changed, 0, tmp_path / "rows")


def test_a_handle_ends_when_it_was_said_to(tmp_path: Path) -> None:
    with ledger(tmp_path) as on:
        handle = loader(months(on), hours=1e-9).handle
        with pytest.raises(ConnectionFailed, match="was closed, or ended at 20") as caught:
            fetch(handle, 0, tmp_path / "rows")
        assert "to_dask() or .to_spark() again in the notebook" in caught.value.hint


def test_a_closed_handle_is_refused_and_its_calls_are_stopped(tmp_path: Path) -> None:
    holds = tmp_path / "holds"
    with ledger(tmp_path, LEDGER_HOLDS=str(holds)) as on:
        windows = months(on)
        load = loader(windows)
        holds.touch()
        with ThreadPoolExecutor(1) as worker:
            begun, asked = worker.submit(load, 0), len(on.calls)
            until(lambda: len(on.calls) > asked)
            windows.close()
            with pytest.raises(ConnectionFailed):
                begun.result(10)
        with pytest.raises(ConnectionFailed, match="was closed"):
            load(1)
        assert on.outcomes[0] == "cancelled"


def test_a_worker_that_goes_away_stops_its_call(tmp_path: Path) -> None:
    holds = tmp_path / "holds"
    with ledger(tmp_path, LEDGER_HOLDS=str(holds)) as on:
        handle, asked = loader(months(on)).handle, len(on.calls)
        holds.touch()
        with visit(handle) as (connection, _, challenge):
            connection.sendall(json.dumps(asked_for(handle, challenge, 0)).encode() + b"\n")
            until(lambda: len(on.calls) > asked)
        until(lambda: on.outcomes[0] == "cancelled")


def test_a_kernel_that_is_gone_is_said_in_two_lines(tmp_path: Path) -> None:
    handle = Handle(host="127.0.0.1", port=1, listing="x", secret="y", expires=time.time() + 60)
    with pytest.raises(ConnectionFailed, match=r"cannot be reached at 127\.0\.0\.1:1") as caught:
        fetch(handle, 0, tmp_path / "rows")
    assert len(str(caught.value).splitlines()) == 2


def test_a_handle_does_not_show_its_secret(tmp_path: Path) -> None:
    with ledger(tmp_path) as on:
        load = loader(months(on))
        assert load.handle.secret not in repr(load) + repr(load.handle) + str(load.handle)


def test_a_tool_that_may_change_something_is_not_shared(tmp_path: Path) -> None:
    with ledger(tmp_path) as on:
        windows = months(on)
        changing = replace(windows._listing, call=replace(windows._listing.call, tool="void_invoices"))
        with pytest.raises(Denied, match=r"acme-billing\.void_invoices may change something"):
            on.session.share(changing, Reach())


def test_a_tool_that_was_switched_off_meanwhile_is_refused(tmp_path: Path) -> None:
    with ledger(tmp_path) as on:
        load = loader(months(on))
        on.session.controls.permit("acme-billing", "list_invoices", "block")
        with pytest.raises(Denied, match=r"list_invoices cannot be called: blocked in %tools"):
            load(0)


def test_another_service_under_the_same_name_is_refused(tmp_path: Path) -> None:
    with ledger(tmp_path) as on:
        load = loader(months(on))
        entry = on.session.hub.connected("acme-billing").entry
        disconnect(on.session, "acme-billing")
        other = replace(entry, id="other", reviewed={"list_invoices": ToolClass.READ})
        connect(on.session, [other], name="acme-billing")
        with pytest.raises(Denied, match="'acme-billing' is another service now"):
            load(0)


@pytest.mark.parametrize(
    ("reach", "told"),
    [
        ({"host": "192.0.2.7"}, "in clear text"),
        ({"host": "driver.example"}, "in clear text"),
        ({"host": "0.0.0.0", "insecure": True}, "is no address to come to"),
        ({"host": "192.0.2.7", "insecure": True}, "workers cannot be let in at 192.0.2.7:0"),
        ({"hours": 0}, "at most 168 hours, not 0"),
        ({"hours": float("nan")}, "at most 168 hours, not nan"),
    ],
)
def test_who_may_come_from_where_is_said_or_refused(tmp_path: Path, reach: dict[str, Any], told: str) -> None:
    with ledger(tmp_path) as on, pytest.raises(UsageProblem, match=told):
        loader(months(on), **reach)


def test_the_file_of_a_window_has_our_dtypes_without_pyarrow(tmp_path: Path) -> None:
    with ledger(tmp_path) as on:
        file = tmp_path / "rows.parquet"
        assert fetch(loader(months(on)).handle, 0, file) == 31 * 6
        frame = read_window(file)
        assert str(frame["created"].dtype) == "datetime64[us, UTC]"
        assert str(frame["serial"].dtype) == "Int64"
        assert str(frame["paid"].dtype) == "boolean"


@contextmanager
def visit(handle: Handle) -> Iterator[tuple[socket.socket, BinaryIO, str]]:
    """A connection by hand, and the challenge it was sent."""
    with visit_raw(handle) as (connection, stream):
        yield connection, stream, json.loads(stream.readline())["challenge"]


def asked_for(handle: Handle, challenge: str, window: int) -> dict[str, Any]:
    proof = asking(handle.secret, challenge, "once", window)
    return {"listing": handle.listing, "window": window, "nonce": "once", "proof": proof}


@contextmanager
def proxy(handle: Handle) -> Iterator[Handle]:
    """The handle by way of somebody who turns one bit of what the kernel sends."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener, ThreadPoolExecutor(1) as pool:

        def between() -> None:
            client, _ = listener.accept()
            with closing(client), visit_raw(handle) as (kernel, answers), client.makefile("rb") as questions:
                client.sendall(answers.readline())
                kernel.sendall(questions.readline())
                client.sendall(answers.readline())
                rest = bytearray(answers.read())
                rest[100] ^= 1
                client.sendall(rest)

        pool.submit(between)
        yield replace(handle, port=listener.getsockname()[1])


@contextmanager
def visit_raw(handle: Handle) -> Iterator[tuple[socket.socket, BinaryIO]]:
    with (
        socket.create_connection((handle.host, handle.port), timeout=10) as connection,
        connection.makefile("rb") as stream,
    ):
        yield connection, stream
