"""The rows themselves: the same each time, and never an empty period."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from jupyter_connectors.demo import schema, seed_billing, seed_crm
from jupyter_connectors.demo.database import Database
from jupyter_connectors.demo.moments import DAY, midnight
from jupyter_connectors.demo.seed_crm import salesforce_id

PINNED = [date(2027, 1, 1), date(2026, 8, 31), date(2024, 3, 31)]
"""The first of a year; a Monday that ends its month; a Sunday that ends its quarter."""


def loaded(day: date) -> sqlite3.Connection:
    """The rows of a day in memory."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(schema.TABLES)

    def load(table: str, rows: list[dict[str, object]]) -> None:
        marks = ", ".join(":" + name for name in rows[0])
        connection.executemany(f"INSERT INTO {table} ({', '.join(rows[0])}) VALUES ({marks})", rows)

    seed_billing.seed(load, midnight(day))
    seed_crm.seed(load, midnight(day))
    return connection


def one(connection: sqlite3.Connection, sql: str, *values: object) -> int:
    return connection.execute(sql, values).fetchone()[0]


def test_there_are_as_many_rows_as_promised(seeded: Path) -> None:
    with closing(sqlite3.connect(seeded)) as rows:
        counts = {name: one(rows, f"SELECT count(*) FROM {name}") for name in ("customer", "invoice", "account")}
        assert counts == {"customer": 2_000, "invoice": 40_000, "account": 3_000}
        assert one(rows, "SELECT count(*) FROM payment") + one(rows, "SELECT count(*) FROM refund") == 30_000
        assert one(rows, "SELECT count(*) FROM opportunity") == 8_000
        assert 1_300 < one(rows, "SELECT count(*) FROM invoice WHERE status = 'open'") < 1_700
        spread = rows.execute("SELECT count(*) AS n FROM line GROUP BY invoice").fetchall()
        assert len(spread) == 40_000
        assert {n for (n,) in spread} == {1, 2, 3, 4}


def test_the_books_balance(seeded: Path) -> None:
    with closing(sqlite3.connect(seeded)) as rows:
        lines = "SELECT sum(quantity * unit_amount) FROM line WHERE line.invoice = invoice.seq"
        assert one(rows, f"SELECT count(*) FROM invoice WHERE subtotal != ({lines}) OR total != subtotal + tax") == 0
        given = "SELECT sum(amount) FROM refund WHERE payment = payment.id"
        assert one(rows, f"SELECT count(*) FROM payment WHERE ({given}) > amount_received") == 0
        assert one(rows, "SELECT count(*) FROM invoice WHERE currency = 'kwd' AND total % 10") == 0


def test_six_hundred_accounts_are_customers_under_the_same_name(seeded: Path) -> None:
    with closing(sqlite3.connect(seeded)) as rows:
        sql = "SELECT count(DISTINCT a.id) FROM account a JOIN customer c ON c.id = a.billing_customer AND c.name = a.name"
        assert one(rows, sql) == 600
        assert one(rows, "SELECT count(DISTINCT name) FROM account") == 3_000


def test_nothing_happens_before_its_cause_or_after_the_anchor_day(seeded: Path) -> None:
    end = midnight(date(2026, 11, 22)) + DAY
    causes = [
        ("invoice", "customer"),
        ("subscription", "customer"),
        ("invoice", "subscription"),
        ("payment", "invoice"),
    ]
    with closing(sqlite3.connect(seeded)) as rows:
        for later, earlier in [*causes, ("refund", "payment"), ("opportunity", "account"), ("contact", "account")]:
            join = f"FROM {later} a JOIN {earlier} b ON b.id = a.{earlier} WHERE a.created < b.created"
            assert one(rows, f"SELECT count(*) {join}") == 0, (later, earlier)
        for table in ("invoice", "payment", "refund", "opportunity", "activity"):
            assert one(rows, f"SELECT max(created) FROM {table}") < end


@pytest.mark.parametrize("day", PINNED, ids=str)
def test_no_period_a_person_asks_for_is_empty(day: date) -> None:
    start = midnight(day)
    this_month = midnight(day.replace(day=1))
    previous = date.fromordinal(day.replace(day=1).toordinal() - 1)
    last_month = midnight(previous.replace(day=1))
    quarter = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    next_quarter = date(quarter.year + quarter.month // 10, (quarter.month + 2) % 12 + 1, 1)
    monday = start - day.weekday() * DAY
    closing_now = f"close_date >= '{quarter}' AND close_date < '{next_quarter}'"
    with closing(loaded(day)) as rows:
        for table in ("invoice", "payment", "opportunity", "activity"):
            for since in (this_month, monday, midnight(quarter)):
                assert one(rows, f"SELECT count(*) FROM {table} WHERE created >= ?", since), (table, since)
            between = f"SELECT count(*) FROM {table} WHERE created >= ? AND created < ?"
            assert one(rows, between, last_month, this_month)
        large = "SELECT count(*) FROM invoice WHERE status = 'open' AND currency = 'eur' AND total > 100000"
        assert one(rows, f"{large} AND created >= ? AND created < ?", last_month, this_month) > 20
        for state in ("stage LIKE 'Closed%'", "stage NOT LIKE 'Closed%'"):
            assert one(rows, f"SELECT count(*) FROM opportunity WHERE {closing_now} AND {state}")
        overdue = "SELECT customer FROM invoice WHERE status = 'open' AND due_date < ?"
        asked = f"""SELECT count(*) FROM opportunity o JOIN account a ON a.id = o.account
            WHERE a.billing_customer IN ({overdue}) AND stage NOT LIKE 'Closed%' AND {closing_now}"""
        assert one(rows, asked, start), "the question of the README has an answer on every day"


def test_an_id_is_made_case_safe_as_salesforce_does() -> None:
    assert salesforce_id("006", 0) == "006gK00000AAAAAQA5"
    assert len({salesforce_id("006", number).lower() for number in range(20_000)}) == 20_000


@pytest.fixture(scope="module")
def raced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Database]]:
    """Two databases that made the same day's file at the same time, in a folder that held other files."""
    folder = tmp_path_factory.mktemp("raced")
    for name in (
        "demo-v1-2026-11-20.sqlite",
        "demo-v1-2026-11-21.sqlite-wal",
        "demo-v1-2026-12-01.sqlite",
        "notes.txt",
    ):
        (folder / name).touch()
    racing = [Database(folder, date(2026, 11, 22)) for _ in range(2)]
    threads = [threading.Thread(target=database.open) for database in racing]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    yield racing
    for database in racing:
        database.close()


def test_two_seeds_of_one_day_are_equal(raced: list[Database], seeded: Path) -> None:
    with closing(sqlite3.connect(seeded)) as first:
        for (table,) in first.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            sql = f"SELECT * FROM {table} ORDER BY rowid"
            assert [tuple(row) for row in raced[0].rows(sql)] == first.execute(sql).fetchall(), table


def test_those_who_race_end_up_in_the_same_file(raced: list[Database]) -> None:
    with raced[0].changing() as connection:
        connection.execute("INSERT INTO owner VALUES ('005', 'New One')")
    assert raced[1].row("SELECT name FROM owner WHERE id = '005'") is not None


def test_the_files_of_older_days_are_removed_and_others_are_not(raced: list[Database]) -> None:
    left = {path.name for path in raced[0].path.parent.iterdir() if path.suffix in (".sqlite", ".txt", ".tmp")}
    assert left == {"demo-v1-2026-11-22.sqlite", "demo-v1-2026-12-01.sqlite", "notes.txt"}
