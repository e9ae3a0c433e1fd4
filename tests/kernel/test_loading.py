from __future__ import annotations

from collections.abc import Iterator

import pytest

from .driving import Kernel

HEAVY = ("mcp", "pandas", "duckdb", "pydantic_ai", "anywidget", "jsonschema", "httpx2")


@pytest.fixture
def bare() -> Iterator[Kernel]:
    made = Kernel("python3")
    yield made
    made.close()


def test_loading_imports_nothing_heavy(bare: Kernel) -> None:
    assert bare.run("%load_ext jupyter_connectors").error is None
    bare.run("import sys")
    assert bare.value(f"[each for each in {HEAVY!r} if each in sys.modules]") == []


def test_loading_twice_and_unloading_is_harmless(bare: Kernel) -> None:
    cell = bare.run("%load_ext jupyter_connectors\n%reload_ext jupyter_connectors\n%unload_ext jupyter_connectors")
    assert cell.error is None


def test_an_unknown_connector_is_two_lines_with_the_nearest_name(bare: Kernel) -> None:
    cell = bare.run("%load_ext jupyter_connectors\n%connect acme-biling")
    assert cell.error is not None
    assert cell.error["ename"] == "UnknownConnector"
    assert cell.error["traceback"] == [
        "UnknownConnector: no connector is called 'acme-biling'",
        "did you mean 'acme-billing' or 'acme-crm'?",
    ]


def test_a_bad_option_is_a_usage_error_without_a_traceback(bare: Kernel) -> None:
    cell = bare.run("%load_ext jupyter_connectors\n%connect --wrong")
    assert "unrecognized arguments: --wrong" in cell.streams
    assert "Traceback" not in cell.streams


def test_pandas_loaded_in_the_background_shows_frames_as_in_any_notebook(bare: Kernel) -> None:
    assert bare.run("%load_ext jupyter_connectors\n%connect acme-billing").error is None
    code = "import sys, threading\nfor each in threading.enumerate():\n    if each.name == 'jupyter-connectors-imports':\n        each.join()"
    assert bare.run(code).error is None
    assert bare.value("sys.modules['pandas'].get_option('display.max_columns')") == 20
