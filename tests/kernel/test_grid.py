"""The rows of a grid, asked for on the control channel of a real kernel."""

from __future__ import annotations

from .driving import Kernel, begun, stopped

MIME = "application/vnd.jupyter-connectors.grid+json"


def shown(kernel: Kernel, code: str) -> str:
    cell = kernel.run(code, allow_stdin=True)
    assert cell.error is None, cell.error
    assert "text/html" in cell.shown[-1]
    identity: str = cell.shown[-1][MIME]["id"]
    return identity


def test_rows_come_while_a_cell_runs(any_kernel: Kernel) -> None:
    grid = shown(any_kernel, "bills = acme_billing.list_invoices(limit=500)\nbills")
    number, cell = begun(any_kernel)
    about = any_kernel.say({"id": grid, "type": "about"})
    names = [each["name"] for each in about["columns"]]
    page = any_kernel.say({"id": grid, "type": "page", "start": 300, "length": 5, "sort": names.index("total")})
    assert (page["status"], len(page["rows"]), page["found"]) == ("ok", 5, 500)
    stopped(any_kernel, number, cell)


def test_a_frame_that_is_gone_is_unknown_and_says_nothing(kernel: Kernel) -> None:
    grid = shown(kernel, "refunds = acme_billing.list_refunds(limit=20).df\ndisplay(refunds)")
    assert kernel.say({"id": grid, "type": "page", "start": 0, "length": 1, "sort": 0})["status"] == "ok"
    kernel.run("import gc\ndel refunds\ngc.collect();")
    assert kernel.say({"id": grid, "type": "about"}) == {"status": "unknown"}


def test_where_nobody_looks_the_display_is_the_preview_alone(kernel: Kernel) -> None:
    cell = kernel.run("acme_billing.list_refunds(limit=20)", allow_stdin=False)
    assert set(cell.shown[-1]) == {"text/html", "text/plain"}
