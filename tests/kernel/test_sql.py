"""SQL from cells, over what the notebook holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from .driving import Kernel

FETCH = """
import jupyter_connectors as jc
import pandas as pd
bills = acme_billing.list_invoices(status="open", limit=300)
accounts = acme_crm.list_accounts().df
regions = pd.DataFrame({"country": ["US", "DE"], "region": ["Americas", "EMEA"]})
"""


@pytest.fixture(scope="module")
def fetched(kernel: Kernel) -> Kernel:
    """A kernel that holds a result, a frame of a connector and one of its own."""
    cell = kernel.run(FETCH)
    assert cell.error is None, cell.error
    return kernel


def test_a_query_joins_connectors_and_knows_what_it_is_made_of(fetched: Kernel) -> None:
    cell = fetched.run(
        "%%connectors_sql --into joined\n"
        "SELECT b.id, b.created, b.amount_due, a.* EXCLUDE (id) FROM bills b LEFT JOIN accounts a ON a.name = b.customer_name"
    )
    assert cell.error is None, cell.error
    assert fetched.value("len(joined)") >= 300
    assert fetched.value("str(joined['created'].dtype)") == "datetime64[us, UTC]"
    assert fetched.value("sorted(joined.attrs['connector']['sources'])") == ["accounts", "bills"]
    assert fetched.value("joined.connector.complete") is False
    assert "⚠ bills is incomplete: 300 of ? rows (limit=300)" in cell.text
    assert "accounts is" not in cell.text


def test_lists_inside_rows_are_tables_of_the_result(fetched: Kernel) -> None:
    query = "SELECT count(*) n, count(DISTINCT parent_id) parents FROM bills_lines WHERE parent_id IN (SELECT id FROM bills)"
    assert fetched.run(f"counted = jc.sql({query!r})").error is None
    assert fetched.value("counted['parents'].item()") == 300
    assert fetched.value("counted['n'].item() == len(bills.children['lines'])")


CUT = """
page = {"totalSize": 1, "done": True, "records": [
    {"attributes": {"type": "Account"}, "Id": "001A", "Contacts": {"totalSize": 9, "done": False, "records": [{"Id": "003A"}]}}
]}
firms = jc.to_frame(page, shape="salesforce.account")
"""


def test_a_list_that_the_server_cut_makes_what_is_joined_of_it_incomplete(fetched: Kernel) -> None:
    assert fetched.run(CUT).error is None
    cell = fetched.run(
        "%%connectors_sql\nSELECT count(*) AS people FROM firms JOIN firms_contacts ON parent_id = firms.id"
    )
    assert cell.error is None, cell.error
    assert "⚠ firms_contacts is incomplete: 1 of ? rows (the server cut the lists of 1 row)" in cell.text


def test_frames_of_ones_own_and_given_ones_are_tables_too(fetched: Kernel) -> None:
    assert fetched.value("jc.sql('SELECT region FROM regions WHERE country = $$DE$$')['region'].tolist()") == ["EMEA"]
    assert fetched.value("jc.sql('SELECT count(*) n FROM mine', mine=regions)['n'].item()") == 2
    assert fetched.value("'connector' in jc.sql('SELECT * FROM regions').attrs") is False


def test_a_variable_that_names_no_table_is_out_of_reach(fetched: Kernel, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    for query in (
        f"SELECT * FROM read_csv('{secret}')",
        f"SELECT * FROM '{secret}'",
        f"COPY (SELECT 1) TO '{tmp_path / 'out.csv'}'",
        f"SELECT * FROM bills, read_text('{secret}')",
        "SET enable_external_access = true",
        "SELECT * FROM nothing_here",
    ):
        cell = fetched.run(f"jc.sql({query!r})")
        assert cell.error is not None and cell.error["ename"] == "UsageProblem", query
        assert len(cell.error["traceback"]) == 2
    assert not (tmp_path / "out.csv").exists()


def test_stop_ends_a_query(fetched: Kernel) -> None:
    fetched.run("seen = 1")
    number, cell = fetched.start(
        "print('on', flush=True)\njc.sql('SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b')"
    )
    fetched.follow(number, cell, until=lambda each: "on" in each.streams)
    fetched.stop()
    fetched.follow(number, cell, timeout=10)
    assert cell.error is not None and cell.error["ename"] in ("Cancelled", "KeyboardInterrupt")
    assert fetched.value("len(jc.sql('SELECT 1 one'))") == 1


def test_a_result_goes_on_and_is_kept_for_the_next_kernel(fetched: Kernel, tmp_path: Path) -> None:
    path = str(tmp_path / "bills.jsonl")
    cell = fetched.run(
        f"more = bills.resume(limit=200)\nmore.save({path!r})\nback = jc.load({path!r})\nlast = back.resume(pages=1)"
    )
    assert cell.error is None, cell.error
    assert fetched.value("(more.rows, back.rows, last.rows)") == (500, 500, 600)
    assert fetched.value("last.df['id'].is_unique and back.df.equals(more.df)")
    assert fetched.value("len(bills.df.connector.refresh())") == 300


def test_a_reply_from_elsewhere_becomes_a_frame(fetched: Kernel) -> None:
    fetched.run('elsewhere = jc.to_frame(b\'[{"id": 1, "at": "2024-05-01T00:00:00Z"}]\')')
    assert fetched.value("(elsewhere.rows, str(elsewhere.df['at'].dtype))") == (1, "datetime64[us, UTC]")
