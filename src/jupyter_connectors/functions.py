"""The same as the magics, from Python: `jc.connect("acme-billing")`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from jupyter_connectors.api import Connector
from jupyter_connectors.extension import current

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from jupyter_connectors.conversation import AskResult
    from jupyter_connectors.frames.result import Result


def connect(what: str, *, name: str | None = None, headers: Mapping[str, str] | None = None) -> Connector:
    """The connector called `what` in the directory, or the MCP server at an address, connected.

    Args:
        name: The name to use for it instead of its own.
        headers: Sent with every request to an address; a value `env:NAME` is read from the environment.

    Raises:
        UnknownConnector: The directory has no such name.
        UsageProblem: A secret is written out in a header, or the name is taken.
        ConnectionFailed: The server cannot be started or reached.
    """
    from jupyter_connectors.directory.catalogue import custom_remote

    session = current()
    if what.startswith(("http://", "https://")):
        lines = [f"{key}: {value}" for key, value in (headers or {}).items()]
        entry = custom_remote(what, name=name, headers=lines)
        session.catalogue.check(entry)
        made = session.connect([entry])
        session.catalogue.add(entry)
    else:
        made = session.connect([session.catalogue.find(what)], name=name)
    return Connector(session, made[0].id)


def disconnect(name: str) -> None:
    """Leaves a connector.

    Raises:
        UnknownConnector: Nothing is connected under this name.
    """
    current().disconnect(name)


def ask(
    question: str, *, model: str | None = None, connectors: Iterable[str] | None = None, read_only: bool = False
) -> AskResult:
    """The answer to a question in English: `.text`, `.frames` by name, `.df` for the last of them.

    Raises:
        AskFailed: No answer: a model error, or a budget used up.
    """
    from jupyter_connectors.askcell import ask_in_cell
    from jupyter_connectors.conversation import Question

    asked = Question(text=question, model=model, connectors=connectors, read_only=read_only)
    return ask_in_cell(current(), asked)


def audit_log(limit: int | None = None) -> pd.DataFrame:
    """Every call of every kernel of yours, newest first, as a DataFrame."""
    return current().audit_frame(limit)


def sql(query: str, *, timeout: float = 300.0, **tables: pd.DataFrame | Result) -> pd.DataFrame:
    """The rows of one SELECT, in DuckDB's SQL, over frames and results: those of the notebook by name, and `tables`.

    Rows of different connectors join as any tables do; a list inside the rows of `invoices` is `invoices_lines`. The
    query reaches no file, no network and no other variable. Where its rows come from, and whether those were all, is in
    `attrs["connector"]`.

    Raises:
        UsageProblem: Not one SELECT, or DuckDB refuses it.
        TimedOut: It ran longer than `timeout` seconds.
        Cancelled: The person pressed Stop.
    """
    from jupyter_connectors.querying import query_tables

    return query_tables(current(), query, tables, timeout=timeout)


def to_frame(payload: object, shape: str | None = None) -> Result:
    """The rows of a reply that came another way: bytes, text, a dict or list, or an MCP `CallToolResult`.

    Args:
        shape: What an object is called where it is known, `stripe.invoice`; left out, the object is recognised by its
            fields, and where it is not, types follow from all values.

    Raises:
        UsageProblem: There is no such shape, or the payload is nothing a server replies.
        ToolFailed: The reply is an error.
    """
    import tempfile
    from pathlib import Path

    from jupyter_connectors.frames.given import result_of

    return result_of(payload, shape=shape, spool_dir=Path(tempfile.gettempdir()))


def load(path: str | Path) -> Result:
    """A result as `result.save()` kept it; with its connector connected, `.resume()` and `.refresh()` go on from it.

    Raises:
        UsageProblem: The file is not one of ours, or is damaged.
    """
    import tempfile
    from pathlib import Path

    from jupyter_connectors.frames.saved import load as load_from

    return load_from(Path(path), Path(tempfile.gettempdir()), current().again)
