"""Windows on a Dask cluster of two workers, each a process of its own that knows no connector and no token."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from jupyter_connectors.api import Connector
from jupyter_connectors.directory.catalogue import shipped
from jupyter_connectors.errors import ConnectionFailed, Incomplete, ReplyRejected, UsageProblem
from jupyter_connectors.frames.saved import load
from jupyter_connectors.joining import connect
from jupyter_connectors.session import Session

from .ledger import ROWS, YEAR, ledger

if TYPE_CHECKING:
    from distributed import Client

dd = pytest.importorskip(
    "dask.dataframe", reason="Dask is not installed here; `make cluster` has it", exc_type=ImportError
)
distributed = pytest.importorskip("distributed", reason="Dask's cluster is not installed here; `make cluster` has it")

# Dask's own, about its own parts.
pytestmark = pytest.mark.filterwarnings("default")

CANARY = "canary-0b6a6f6d-of-a-token"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Client]:
    """Two workers that were started before anything was connected, and without the token in their environment."""
    assert CANARY not in str(dict(os.environ))
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=2, processes=True, dashboard_address=None) as made,
        distributed.Client(made) as client,
    ):
        yield client


def test_every_row_of_the_demos_listing_arrives_on_the_workers_typed(cluster: Client) -> None:
    session = Session(None)
    try:
        connect(session, [each for each in shipped() if each.id == "acme-billing"])
        billing = Connector(session, "acme-billing")
        windows = billing.list_subscriptions(limit=10).windows("created", "QS", start="2026-01-01")
        frame = windows.to_dask()
        here = pd.concat(list(windows.frames()))
        there = frame.compute()
        assert frame.npartitions == len(windows) == 4
        assert dict(there.dtypes) == dict(frame.dtypes) == dict(here.dtypes)
        since = int(pd.Timestamp("2026-01-01", tz="UTC").timestamp())
        assert set(there["id"]) == set(billing.list_subscriptions(created_gte=since).df["id"])
        assert there["id"].is_unique
    finally:
        session.runtime.run(session.hub.close())


def test_workers_share_the_windows_and_every_partition_has_the_same_dtypes(cluster: Client, tmp_path: Path) -> None:
    with ledger(tmp_path, LEDGER_SLOW="0.02") as on:
        windows = on.first.windows("created", "MS", **YEAR)
        frame, before = windows.to_dask(), len(on.outcomes)
        told = frame.map_partitions(
            lambda part: pd.Series([os.getpid(), len(part), part["serial"].max(), str(dict(part.dtypes))]).to_frame().T,
            meta=dict.fromkeys(range(4), "object"),
        ).compute()
        told.columns = ["worker", "rows", "last", "dtypes"]
        assert told["dtypes"].nunique() == 1
        assert told["worker"].nunique() == 2
        assert os.getpid() not in set(told["worker"])
        assert told["rows"].tolist() == [(span.end - span.start).days * 6 for span in windows]
        assert told["last"].max() == 2**60 + ROWS - 1, "which no float64 holds"
        assert max(under_way for under_way, *_ in on.calls) == 2
        assert on.outcomes[: len(on.outcomes) - before] == ["ok"] * 12


@pytest.mark.parametrize(
    ("mode", "error", "told"),
    [
        ("cuts-march", Incomplete, "2026-03-01 to 2026-04-01: incomplete: 100 of"),
        ("strays-march", ReplyRejected, "2026-03-01 to 2026-04-01: 1 row of 187 came from outside"),
    ],
)
def test_a_server_that_lies_in_one_window_fails_the_computation(
    cluster: Client, tmp_path: Path, mode: str, error: type[Exception], told: str
) -> None:
    with ledger(tmp_path, mode) as on:
        frame = on.first.windows("created", "MS", **YEAR).to_dask()
        assert len(frame.partitions[0]) == 31 * 6
        with pytest.raises(error, match=told):
            frame["total"].sum().compute()


def test_no_token_travels_to_the_workers(cluster: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import cloudpickle

    monkeypatch.setenv("LEDGER_TOKEN", CANARY)
    with ledger(tmp_path, TOKEN="env:LEDGER_TOKEN", LITERAL=CANARY) as on:
        windows = on.first.windows("created", "MS", **YEAR)
        frame = windows.to_dask()
        assert frame.partitions[0]["total"].sum().compute() > 0
        for each in (frame, dict(frame.dask), frame.optimize().dask):
            pickled = cloudpickle.dumps(each)
            assert CANARY.encode() not in pickled
            assert b"acme-billing" not in pickled.replace(b"acme-billing-list_invoices", b""), "but for its label"
        found = cluster.run(lambda: CANARY in str(dict(os.environ)))
        assert not any(found.values())


def test_a_frame_outlives_neither_its_handle_nor_its_kernel(cluster: Client, tmp_path: Path) -> None:
    with ledger(tmp_path) as on:
        windows = on.first.windows("created", "MS", **YEAR)
        frame: Any = windows.to_dask()
        windows.close()
        assert len(windows.to_dask().partitions[0]) == 31 * 6, "a new one can be made"
    with pytest.raises(ConnectionFailed, match="does not accept this handle") as caught:
        frame.partitions[0].compute()
    assert "again in the notebook" in caught.value.hint


def test_a_result_of_another_kernel_has_no_hub_to_ask_through(tmp_path: Path) -> None:
    with ledger(tmp_path) as on:
        held = on.first.save(tmp_path / "held")
    windows = load(held, tmp_path, None).windows("created", "MS", start="2026-01-01")
    with pytest.raises(UsageProblem, match="was not called from this kernel") as caught:
        windows.to_dask()
    assert "connect 'acme-billing'" in caught.value.hint


def test_chosen_columns_are_those_of_the_frame(tmp_path: Path) -> None:
    with ledger(tmp_path) as on:
        windows = on.first.windows("created", "MS", **YEAR)
        frame = windows.to_dask(["created", "total"])
        assert list(frame.partitions[1].compute(scheduler="threads").columns) == ["created", "total"]
        with pytest.raises(UsageProblem, match="there is no column 'totl'"):
            windows.to_dask(["totl"])
