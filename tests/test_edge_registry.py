"""An organisation's registry, from the setting to the cards."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from jupyter_connectors.errors import UnknownConnector
from jupyter_connectors.finding import find, read_registry
from jupyter_connectors.runtime import Runtime
from jupyter_connectors.session import Session
from jupyter_connectors.widgets.cards import Directory

from .servers.registry import Shelves, registry, server
from .waiting import until


@pytest.fixture
def shelves() -> Shelves:
    return Shelves([server("com.corp/payroll", title="Payroll"), {"server": {"name": "broken"}}])


@pytest.fixture
def address(shelves: Shelves) -> Iterator[str]:
    """The address of a registry that runs on a loop of its own."""
    home, over = Runtime(), asyncio.Event()

    async def serve(told: Callable[[str], None]) -> None:
        async with registry(shelves) as url:
            told(url)
            await over.wait()

    found: Queue[str] = Queue()
    job = home.submit(serve(found.put))
    yield found.get(timeout=10)
    home.post(over.set)
    job.future.result(timeout=10)
    home.close()


@pytest.fixture
def session(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    monkeypatch.setenv("JUPYTER_CONNECTORS_DATA", str(tmp_path))
    monkeypatch.setenv("JUPYTER_CONNECTORS_REGISTRY", address)
    made = Session()
    yield made
    made.runtime.close()
    made.store.close()


def test_the_cards_show_what_the_registry_lists_and_say_what_they_do_not(session: Session, shelves: Shelves) -> None:
    read_registry(session)
    view = Directory(session, "1").view.view
    payroll = next(each for each in view["entries"] if each["id"] == "payroll")
    assert (payroll["title"], payroll["category"], payroll["badge"]) == ("Payroll", "your organisation", "unreviewed")
    assert "not reviewed" in payroll["review"]
    assert view["categories"].index("your organisation") < view["categories"].index("added by you")
    assert "1 server of" in view["notes"][0] and "broken" not in [each["id"] for each in view["entries"]]
    read_registry(session)
    assert len(shelves.asked) == 1, "a fresh list is not asked for again"


def test_a_name_of_the_registry_is_found_without_looking_at_the_directory_first(session: Session) -> None:
    assert find(session, "payroll").registry
    with pytest.raises(UnknownConnector):
        find(session, "no-such-thing")


def test_a_shipped_name_asks_no_registry(session: Session, shelves: Shelves) -> None:
    assert find(session, "linear").registry == ""
    assert shelves.asked == []


def test_what_was_given_on_the_page_of_an_entry_is_used_and_a_gap_is_named(session: Session) -> None:
    directory = Directory(session, "1")
    session.desk.deliver({"id": "1", "type": "connect", "entry": "dataverse", "set": {"org": ""}})

    def told() -> dict[str, Any]:
        return next(each for each in directory.view.view["entries"] if each["id"] == "dataverse")

    until(lambda: told()["message"])
    assert told()["state"] == "failed" and "dataverse needs 'org' for its address" in told()["message"]
