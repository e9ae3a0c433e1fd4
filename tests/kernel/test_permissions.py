"""The permissions magics in a kernel that knows its notebook: switches, grants, reviews and explanations as text."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from .driving import Kernel

POLICY = """\
version = 1

[[rules]]
connector = "acme-billing"
tool = "create_refund"
effect = "ask"
when = { amount = { max = 5000 } }

[[rules]]
connector = "*"
class = "destructive"
effect = "block"

[connectors]
deny = [{ id = "gmail" }]
"""


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """A kernel with both services and a policy, in a place of its own."""
    place = tmp_path_factory.mktemp("permissions")
    (place / "connectors-policy.toml").write_text(POLICY)
    own = {"JUPYTER_CONFIG_DIR": str(place), "JUPYTER_CONNECTORS_DATA": str(place / "data")}
    made = Kernel("python3", JPY_SESSION_NAME="reports/refunds.ipynb", **own)
    assert (
        made.run(
            "import os\nimport jupyter_connectors as jc\n%load_ext jupyter_connectors\n%connect acme-billing acme-crm"
        ).error
        is None
    )
    yield made
    made.close()


def said(kernel: Kernel, code: str) -> str:
    cell = kernel.run(code)
    return "\n".join(cell.error["traceback"]) if cell.error is not None else cell.text


def line(text: str, word: str) -> str:
    return next(each for each in text.splitlines() if each.strip().startswith(word))


def test_a_list_says_what_asks_what_is_blocked_and_only_counts_what_a_policy_takes_away(kernel: Kernel) -> None:
    shown = said(kernel, "%tools acme-billing --block draft_reminder --ask list_refunds")
    assert "(blocked)" in line(shown, "draft_reminder") and "(asks)" in line(shown, "list_refunds")
    assert "1 tool blocked by a rule: your own policy: block class destructive" in shown
    assert "delete_draft_invoice" not in shown
    shown = said(kernel, "%tools acme-billing --on draft_reminder --on list_refunds")
    assert "(asks)" in line(shown, "draft_reminder") and "(asks)" not in line(shown, "list_refunds")


def test_a_switch_that_a_rule_closes_says_which(kernel: Kernel) -> None:
    refused = said(kernel, "%tools acme-billing --allow create_refund")
    assert "create_refund cannot be set to 'always allow'" in refused
    assert "your own policy: ask connector 'acme-billing'" in refused
    assert "has no tool 'create_refnd'" in said(kernel, "%tools acme-billing --block create_refnd")
    assert "needs one connector" in said(kernel, "%tools --block create_refund")


def test_a_group_is_set_at_once_and_a_notebook_only_narrows(kernel: Kernel) -> None:
    shown = said(kernel, "%tools acme-crm --block read --here")
    assert "(blocked)" in line(shown, "list_accounts") and "(asks)" in line(shown, "update_opportunity")
    assert "one notebook can only be narrower" in said(kernel, "%tools acme-crm --allow update_opportunity --here")
    assert "blocked for this notebook in %tools" in said(kernel, "acme_crm.list_accounts(limit=1)")
    assert "(" not in line(said(kernel, "%tools acme-crm --on read --here"), "list_accounts").split(")", 1)[1]


def test_a_rule_is_named_whether_or_not_the_service_is_connected(kernel: Kernel) -> None:
    shown = said(kernel, "%connect --explain acme_billing.create_refund")
    assert shown.startswith("acme-billing.create_refund (changes data) is asked about: your own policy: ask")
    assert "amount at most 5000, else block" in line(shown, "→")
    assert "it changes data" in line(shown, "built in")
    blocked = said(kernel, "%connect --explain acme-billing.delete_draft_invoice")
    assert "is refused: your own policy: block class destructive" in blocked
    assert line(blocked, "→").endswith("block")
    assert "may be connected" in said(kernel, "%connect --explain acme-billing")
    assert "cannot be connected: your own policy refuses it" in said(kernel, "%connect --explain gmail")
    away = said(kernel, "%connect --explain gmail.send_message")
    assert "is refused" in away and "It is not connected" in away and "it sends something" in away
    assert "no connector is called 'nothing'" in said(kernel, "%connect --explain nothing.at_all")
    assert kernel.value("jc.explain('acme-billing.create_refund').decides.tolist()[0]") is True


def test_there_is_nothing_to_revoke_and_nothing_to_review_at_first(kernel: Kernel) -> None:
    assert "no grants: every change is asked about" in said(kernel, "%tools --grants")
    assert "there is no grant 'abc'" in said(kernel, "%tools --revoke abc")
    assert "nothing to review" in said(kernel, "%tools --review")
    assert "is as it was accepted" in said(kernel, "%tools --accept acme-crm.update_opportunity")
    assert "'acme-crm' names no tool" in said(kernel, "%tools --accept acme-crm")


def test_a_policy_with_a_mistake_is_an_error_that_names_the_line(kernel: Kernel) -> None:
    place = Path(kernel.value("os.environ['JUPYTER_CONFIG_DIR']")) / "connectors-policy.toml"
    try:
        place.write_text(POLICY.replace("effect", "efect", 1))
        assert f"{os.sep}connectors-policy.toml line" in said(kernel, "%tools acme-crm")
    finally:
        place.write_text(POLICY)
    assert "list_accounts" in said(kernel, "%tools acme-crm")
