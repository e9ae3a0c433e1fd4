"""What the person set for tools and groups, kept for every kernel."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_connectors.models import ToolClass
from jupyter_connectors.permissions import Permissions
from jupyter_connectors.store import open_store

WRITE = ToolClass.WRITE


def test_a_setting_counts_in_every_kernel_from_the_next_look_on(tmp_path: Path) -> None:
    stores = [open_store(tmp_path / "state.sqlite") for _ in range(2)]
    mine, theirs = (Permissions(each) for each in stores)
    assert theirs.now().of("shop", "refund", WRITE) is None
    mine.set("shop", "allow", tool="refund")
    assert theirs.now().of("shop", "refund", WRITE) == "allow"
    mine.set("shop", None, tool="refund")
    assert theirs.now().of("shop", "refund", WRITE) is None
    for each in stores:
        each.close()


def test_a_tools_own_setting_counts_more_than_its_groups_and_a_blocked_connector_most(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.sqlite")
    permissions = Permissions(store)
    permissions.set("shop", "allow", tool_class=WRITE)
    permissions.set("shop", "ask", tool="refund")
    now = permissions.now()
    assert (now.of("shop", "refund", WRITE), now.of("shop", "remind", WRITE)) == ("ask", "allow")
    assert now.of("shop", "list", ToolClass.READ) is None
    assert now.of("bakery", "remind", WRITE) is None
    permissions.set("shop", "block")
    assert permissions.now().of("shop", "refund", WRITE) == "block"
    store.close()


def test_a_notebooks_setting_is_of_this_notebook(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.sqlite")
    permissions = Permissions(store)
    permissions.set("shop", "block", tool="refund", notebook="a.ipynb")
    now = permissions.now()
    assert now.of("shop", "refund", WRITE, notebook="a.ipynb") == "block"
    assert now.of("shop", "refund", WRITE) is None
    assert now.of("shop", "refund", WRITE, notebook="b.ipynb") is None
    (only,) = now.all()
    assert (only.tool, only.notebook, only.setting) == ("refund", "a.ipynb", "block")
    permissions.forget("shop")
    assert permissions.now().all() == ()
    store.close()


def test_a_word_that_is_no_setting_is_refused_and_one_in_the_file_blocks(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.sqlite")
    permissions = Permissions(store)
    with pytest.raises(ValueError, match="perhaps"):
        permissions.set("shop", "perhaps", tool="refund")  # type: ignore[arg-type]  # that is the test
    store.execute("INSERT INTO permission VALUES ('', 'shop', 'tool', 'refund', 'perhaps')")
    assert permissions.now().of("shop", "refund", WRITE) == "block"
    store.close()
