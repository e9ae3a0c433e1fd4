"""Calls from cells: frames, errors, Stop, and servers that die."""

from __future__ import annotations

import os
import sys
import time

import psutil
import pytest

from .driving import Kernel


def test_a_call_gives_a_complete_typed_frame_whose_display_says_so(any_kernel: Kernel) -> None:
    cell = any_kernel.run("open_ones = acme_billing.list_invoices(status='open')\nopen_ones")
    assert cell.error is None, cell.error
    assert "complete: " in cell.text
    assert "text/html" in cell.shown[-1]
    types = any_kernel.value("{name: str(kind) for name, kind in open_ones.df.dtypes.items()}")
    assert types["id"] == "str"
    assert types["created"] == "datetime64[us, UTC]"
    assert types["amount_due"] == "float64"
    assert types["amount_due_minor"] in ("int64", "Int64")
    assert any_kernel.value("open_ones.complete and open_ones.rows == len(open_ones.df) > 1000")


def test_a_bounded_frame_says_that_it_is_bounded(kernel: Kernel) -> None:
    cell = kernel.run("acme_billing.list_invoices(limit=250)")
    assert "incomplete: 250 of ? rows" in cell.text
    assert kernel.value("_.complete") is False
    assert kernel.value("_.df.attrs['connector']['complete']") is False


def test_a_listing_that_takes_long_shows_how_far_it_is(kernel: Kernel) -> None:
    number, cell = kernel.start("everything = acme_billing.list_invoices()", allow_stdin=True)
    kernel.follow(number, cell, until=lambda each: "fetching: " in each.text or each.done)
    assert "rows in" in cell.text
    kernel.follow(number, cell)
    assert "fetching" not in cell.text
    # Another test deletes a draft for good.
    assert kernel.value("everything.complete and everything.rows == len(everything.df) >= 39_990")


def test_stop_in_a_long_listing_keeps_the_rows_that_came(kernel: Kernel) -> None:
    code = "try:\n    acme_billing.list_invoices()\nexcept Exception as error:\n    kept = error.partial"
    number, cell = kernel.start(code, allow_stdin=True)
    kernel.follow(number, cell, until=lambda each: "fetching: " in each.text or each.done)
    kernel.stop()
    kernel.follow(number, cell)
    assert kernel.value("100 <= kept.rows < 40_000 and kept.complete is False and len(kept.df) == kept.rows")


def test_signature_docstring_and_names_come_from_the_schema(kernel: Kernel) -> None:
    assert "status" in kernel.value("str(__import__('inspect').signature(acme_billing.list_invoices))")
    assert "unix" not in kernel.value("acme_billing.list_invoices.__doc__").splitlines()[0]
    reply = kernel.client.complete("acme_billing.list_inv", reply=True, timeout=20)
    assert (
        "acme_billing.list_invoices" in str(reply["content"]["matches"])
        or "list_invoices" in reply["content"]["matches"]
    )
    reply = kernel.client.complete("acme_billing.list_invoices(sta", reply=True, timeout=20)
    assert any("status=" in match for match in reply["content"]["matches"])


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        (
            "acme_billing.list_invoice()",
            ["acme-billing has no tool 'list_invoice'", "did you mean 'list_invoices' or "],
        ),
        (
            "acme_billing.list_invoices(stats='open')",
            ["acme-billing.list_invoices has no argument 'stats'", "did you mean 'status'"],
        ),
        (
            "acme_billing.list_invoices(status='opened')",
            ["acme-billing.list_invoices: status: 'opened' is not", "nothing was sent"],
        ),
        ("acme_billing.get_invoice('in_missing')", ["acme-billing.get_invoice failed: ", "the server's own words"]),
        ("%disconnect nothing", ["no connector is connected as 'nothing'", "did you mean"]),
    ],
)
def test_errors_are_two_lines_without_our_traceback(kernel: Kernel, code: str, lines: list[str]) -> None:
    cell = kernel.run(code)
    assert cell.error is not None
    assert len(cell.error["traceback"]) == 2
    for line, expected in zip(cell.error["traceback"], lines, strict=True):
        assert expected in line


def test_switching_a_tool_off_takes_it_out_of_calls_completion_and_lists(kernel: Kernel) -> None:
    assert kernel.run("%tools acme-billing --off list_refunds").error is None
    cell = kernel.run("acme_billing.list_refunds()")
    assert cell.error is not None
    assert "list_refunds" not in kernel.value("dir(acme_billing)")
    named = kernel.run("acme_billing['list_refunds']()")
    assert named.error is not None and named.error["ename"] == "Denied"
    kernel.run("%tools acme-billing --on list_refunds")
    assert kernel.run("acme_billing.list_refunds(limit=1)").error is None


def test_a_cell_that_awaits_gets_the_same_result(any_kernel: Kernel) -> None:
    code = "import asyncio\na, b = await asyncio.gather(acme_billing.list_refunds.aio(limit=2), acme_crm.list_accounts.aio(limit=3))"
    cell = any_kernel.run(code)
    assert cell.error is None, cell.error
    assert any_kernel.value("(a.rows, b.rows)") == (2, 3)


def test_the_audit_is_a_frame_without_values(kernel: Kernel) -> None:
    kernel.run("acme_billing.list_invoices(customer='cus_secret_name')")
    kernel.run("log = get_ipython().run_line_magic('audit', '')")
    assert kernel.value("log['arguments'].iloc[0]") == '{"customer":"text(15)"}'
    assert "cus_secret_name" not in kernel.value("log.to_csv()")


def slow(kernel: Kernel, name: str, *flags: str) -> None:
    command = f"{sys.executable} -m jupyter_connectors.demo.billing {' '.join(flags)}"
    variables = " ".join(
        f"--env {each}=env:{each}" for each in ("JUPYTER_CONNECTORS_CACHE", "JUPYTER_CONNECTORS_TODAY")
    )
    number, cell = kernel.start(f'%connect --command "{command}" --name {name} {variables}', allow_stdin=True)
    kernel.ask_for_input()
    kernel.type("y")
    kernel.follow(number, cell)
    assert cell.error is None, cell.error


def test_stop_during_a_call_ends_the_cell_within_a_second_and_the_session_goes_on(any_kernel: Kernel) -> None:
    slow(any_kernel, "slow", "--slow", "20")
    number, cell = any_kernel.start("slow.list_refunds(limit=1)", allow_stdin=True)
    any_kernel.follow(number, cell, until=lambda each: any_kernel.card(each) is not None)
    card = any_kernel.card(cell)
    assert card is not None and card["why"] == "nobody has reviewed this tool, so it may change data"
    any_kernel.say({"id": card["id"], "type": "hello"})
    any_kernel.say({"id": card["id"], "type": "decide", "decision": "once"})
    any_kernel.follow(number, cell, until=lambda each: "allowed once" in each.text)
    started = time.monotonic()
    any_kernel.stop()
    any_kernel.follow(number, cell)
    assert time.monotonic() - started < 1
    assert cell.error is not None and cell.error["ename"] == "OutcomeUnknown"
    assert any_kernel.run("acme_billing.list_refunds(limit=1)").error is None
    any_kernel.run("%disconnect slow --forget")


def test_the_servers_are_gone_when_the_kernel_is_killed() -> None:
    made = Kernel("python3")
    try:
        assert made.run("%load_ext jupyter_connectors\n%connect acme-billing").error is None
        number = made.value("__import__('os').getpid()")
        children = psutil.Process(number).children(recursive=True)
        assert children
        os.kill(number, 9)
        _, alive = psutil.wait_procs(children, timeout=5)
        assert alive == []
    finally:
        made.close()
