"""Access modes: what is kept, for which notebook, and what a model is then sent."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from jupyter_connectors.answering.definitions import Definition, define
from jupyter_connectors.answering.sent import BUDGET, ON_DEMAND, SEARCH, cost, sent
from jupyter_connectors.models import Tool
from jupyter_connectors.modes import Mode, Modes
from jupyter_connectors.store import open_store


def tools(connector: str, count: int, words: int = 20) -> dict[str, Definition]:
    """So many tools of one connector, each with a long description."""
    made = (
        Tool(connector=connector, name=f"list_{n}", description=f"Lists the things of kind {n}. " + "word " * words)
        for n in range(count)
    )
    return define(made)


def test_a_mode_counts_in_every_kernel_from_the_next_look_on_and_in_its_notebook_only(tmp_path: Path) -> None:
    stores = [open_store(tmp_path / "state.sqlite") for _ in range(2)]
    mine, theirs = (Modes(each) for each in stores)
    assert theirs.now().of("a.ipynb", "shop") == "auto"
    mine.set("on-demand", "a.ipynb")
    mine.set("always", "a.ipynb", "shop")
    assert theirs.now().of("a.ipynb") == "on-demand"
    assert (theirs.now().of("a.ipynb", "shop"), theirs.now().of("a.ipynb", "bakery")) == ("always", "on-demand")
    assert (theirs.now().of("b.ipynb", "shop"), theirs.now().of("", "shop")) == ("auto", "auto")
    mine.set(None, "a.ipynb", "shop")
    assert theirs.now().of("a.ipynb", "shop") == "on-demand"
    assert theirs.now().exactly("a.ipynb", "shop") is None
    for each in stores:
        each.close()


def test_a_service_that_is_forgotten_takes_its_modes_along_in_every_notebook_and_no_other(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.sqlite")
    modes = Modes(store)
    modes.set("on-demand", "a.ipynb")
    for notebook in ("a.ipynb", "b.ipynb"):
        modes.set("always", notebook, "shop")
        modes.set("always", notebook, "bakery")
    modes.forget("shop")
    now = modes.now()
    assert [now.exactly(notebook, "shop") for notebook in ("a.ipynb", "b.ipynb")] == [None, None]
    assert [now.exactly(notebook, "bakery") for notebook in ("a.ipynb", "b.ipynb")] == ["always", "always"]
    assert now.exactly("a.ipynb") == "on-demand"
    store.close()


def test_a_mode_outlives_the_kernel_and_never_falls_back_to_auto(tmp_path: Path) -> None:
    first = open_store(tmp_path / "state.sqlite")
    Modes(first).set("on-demand", "a.ipynb")
    first.close()
    again = open_store(tmp_path / "state.sqlite")
    assert Modes(again).now().of("a.ipynb", "shop") == "on-demand"
    again.close()


def test_a_word_that_is_no_mode_is_refused_and_one_in_the_file_says_nothing(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.sqlite")
    with pytest.raises(ValueError, match="sometimes"):
        Modes(store).set("sometimes", "a.ipynb")  # type: ignore[arg-type]  # what a front end may send
    store.execute("INSERT INTO mode VALUES ('a.ipynb', '', 'later')")
    assert Modes(store).now().of("a.ipynb") == "auto"
    store.close()


def test_a_state_of_version_2_takes_modes(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    open_store(path).close()
    with sqlite3.connect(path) as old:
        old.executescript("DROP TABLE mode; DELETE FROM turn WHERE name = 'mode'; PRAGMA user_version = 2;")
    old.close()
    store = open_store(path)
    Modes(store).set("always", "a.ipynb")
    assert Modes(store).now().of("a.ipynb") == "always"
    store.close()


def test_auto_sends_all_that_fit_and_else_the_likeliest_and_a_search() -> None:
    few = tools("shop", 5)
    assert sent("things", few, {}, core={}).whole == tuple(few)
    many = tools("shop", 400, words=100)
    chosen = sent("kind 17", many, {}, core={})
    assert 0 < len(chosen.whole) <= 12 and "shop__list_17" in chosen.whole
    assert len(chosen.deferred) == 300 and not chosen.deferred & set(chosen.whole)
    told = cost({"shop": [each.cost for each in many.values()]}, {})
    assert told.most and told.first < told.tokens <= BUDGET + SEARCH.cost


def test_what_is_told_before_a_conversation_is_never_exceeded_by_its_questions() -> None:
    many = {**tools("shop", 100, words=100), **tools("bakery", 100, words=100), **tools("mill", 5)}
    modes: dict[str, Mode] = {"mill": "always"}
    costs: dict[str, list[int]] = {}
    for each in many.values():
        costs.setdefault(each.tool.connector, []).append(each.cost)
    told, core = cost(costs, modes), dict[str, None]()
    spent = []
    for n in range(20):
        chosen = sent(f"kind {n} {n + 50} of shop and bakery", many, modes, core=core)
        spent.append(sum(many[name].cost for name in chosen.whole) + SEARCH.cost)
    assert spent[0] <= told.first < spent[9], "it grows, so that the first question says too little"
    assert max(spent) <= told.tokens and len(chosen.whole) <= told.tools
    assert sum(many[name].cost for name in chosen.whole) + SEARCH.cost <= told.tokens


def test_always_available_sends_all_however_many_there_are() -> None:
    many = tools("shop", 400, words=100)
    chosen = sent("kind 17", many, {"shop": "always"}, core={})
    assert set(chosen.whole) == set(many) and not chosen.deferred
    told = cost({"shop": [each.cost for each in many.values()]}, {"shop": "always"})
    assert (told.tokens, told.tools, told.most) == (sum(each.cost for each in many.values()), 400, False)


def test_on_demand_sends_three_tools_whatever_is_connected() -> None:
    many = tools("shop", 400, words=100)
    core: dict[str, None] = {}
    chosen = sent("kind 17", many, {"shop": "on-demand"}, core=core)
    assert (chosen.whole, chosen.deferred, len(chosen.on_demand), core) == ((), frozenset(), 400, {})
    told = cost({"shop": [each.cost for each in many.values()]}, {"shop": "on-demand"})
    assert (told.tokens, told.tools) == (sum(each.cost for each in ON_DEMAND), 0)
    assert len(ON_DEMAND) == 3 and told.tokens < 300


def test_each_connector_has_its_own_mode() -> None:
    offered = {**tools("shop", 3), **tools("bakery", 3), **tools("mill", 400, words=100)}
    modes = {"shop": "on-demand", "bakery": "always"}
    chosen = sent("kind 1 of the mill", offered, modes, core={})  # type: ignore[arg-type]  # a plain dict of words
    by = {name: offered[name].tool.connector for name in offered}
    assert {by[name] for name in chosen.on_demand} == {"shop"}
    assert {name for name in chosen.whole if by[name] == "bakery"} == {name for name in by if by[name] == "bakery"}
    assert {by[name] for name in chosen.deferred} == {"mill"}


def test_a_mode_that_changes_in_a_conversation_is_obeyed_with_the_next_question() -> None:
    few = tools("shop", 3)
    core: dict[str, None] = {}
    assert len(sent("things", few, {}, core=core).whole) == 3
    assert sent("things", few, {"shop": "on-demand"}, core=core).whole == ()
