"""The same as the magics, from Python: `jc.connect("acme-billing")`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Literal, Unpack

from jupyter_connectors import joining
from jupyter_connectors.accounts import Given, account_name, means_of, with_means
from jupyter_connectors.api import Connector
from jupyter_connectors.extension import current
from jupyter_connectors.finding import find

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from jupyter_connectors.conversation import AskResult
    from jupyter_connectors.frames.result import Result


def connect(
    what: str,
    *,
    name: str | None = None,
    headers: Mapping[str, str] | None = None,
    settings: Mapping[str, str] | None = None,
    account: str = "",
    sign_in: Callable[[str], str] | None = None,
    **means: Unpack[Given],
) -> Connector:
    """The connector called `what` in the directory, or the MCP server at an address, connected.

    Args:
        name: The name to use for it instead of its own.
        headers: Sent with every request to an address; a value `env:NAME` is read from the environment.
        settings: The parts of a service's address that are yours: `{"org": "acme"}`.
        account: Which of your accounts there; each is a connection of its own, such as `stripe-test`.
        sign_in: What signs in where no person can, in a script or a test. It is called on a thread of its own with the
            link to the service's page and gives the address that page sent the browser to in the end. It answers for
            as long as this is connected; without it a person is asked. Keep the link and the address out of outputs.
        means: `scopes`, the only rights to ask the service for; `client_id` of a client you registered there;
            `client_secret` and `key`, which stands in place of a sign-in. These two are references, never the secret
            itself: `env:NAME`, `keyring` (asked for once, unseen, and kept) or `prompt` (asked for in each kernel). For an
            address also `issuer`, the only authorization server that may sign you in, and `hosts`, where else its pages
            may be.

    Raises:
        UnknownConnector: The directory has no such name.
        UsageProblem: A secret is written out, or the name is taken.
        SignInNeeded: Nobody signed in, or nobody is there to.
        SignInFailed: The service cannot be trusted, or `sign_in` failed or gave another address.
        ConnectionFailed: The server cannot be started or reached.
    """
    from jupyter_connectors.directory.catalogue import custom_remote

    session = current()
    wanted = means_of(means)
    if what.startswith(("http://", "https://")):
        lines = [f"{header}: {value}" for header, value in (headers or {}).items()]
        entry = with_means(custom_remote(what, name=name, headers=lines), wanted)
        session.catalogue.check(entry)
        made = joining.connect(session, [entry], account=account, sign_in=sign_in)
        session.catalogue.add(entry)
    else:
        entry = with_means(find(session, what, settings), wanted)
        made = joining.connect(session, [entry], name=name, account=account, sign_in=sign_in)
        session.catalogue.keep(entry)
    return Connector(session, made[0].id)


def disconnect(name: str, *, revoke: bool = False, account: str = "") -> None:
    """Leaves a connector; with `revoke` signs out too: at the service, here, and so in every kernel.

    Raises:
        UnknownConnector: Nothing is connected under this name.
    """
    if revoke:
        print(joining.sign_out(current(), name, account))
    else:
        joining.disconnect(current(), account_name(name, account))


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


def audit_log(limit: int | None = None, *, notebook: str | bool | None = None) -> pd.DataFrame:
    """Every call of every kernel of yours, newest first, as a DataFrame.

    Args:
        limit: How many calls at most.
        notebook: True for what this notebook touched, or the path of another: one row a tool, with its calls and rows.

    Raises:
        UsageProblem: Jupyter did not say which notebook this is.
    """
    return current().audit_frame(limit, notebook=notebook)


def permission(
    connector: str,
    tool: str | None = None,
    setting: Literal["allow", "ask", "block"] | None = None,
    *,
    tool_class: Literal["read", "write", "destructive", "sends"] | None = None,
    notebook: bool = False,
) -> None:
    """Sets whether a tool runs unasked, is asked about or is blocked: in all your notebooks, or in this one.

    Args:
        tool: One tool; left out, the setting is for all tools of a group, or for the whole connector.
        setting: None takes a setting away. "allow" lifts tools that read and write, never those that delete or send, and
            never past what a policy says.
        tool_class: The group.
        notebook: In this notebook only, where it can only narrow.

    Raises:
        UnknownConnector, UnknownTool: There is none of this name.
        UsageProblem: There is no such setting, or nobody knows which notebook this is.
    """
    from jupyter_connectors.models import ToolClass

    group = ToolClass(tool_class) if tool_class is not None else None
    current().controls.permit(connector, tool, setting, tool_class=group, here=notebook)


def tools_mode(
    mode: Literal["auto", "always", "on-demand", "default"] | None = None, *, connector: str = ""
) -> Literal["auto", "always", "on-demand"]:
    """Which tools a model is sent in this notebook: the mode that holds, once `mode` was set if one is given.

    Args:
        mode: "auto" sends all tools while they fit, "always" all however many, "on-demand" three that find the others;
            "default" takes what was set away. Left out, nothing is set.
        connector: For the tools of this connector alone; it follows the notebook until it has a mode of its own.

    Raises:
        UsageProblem: There is no such mode.
        UnknownConnector: Nothing is connected under this name.
    """
    from jupyter_connectors.toolmodes import choose_mode, mode_of

    session = current()
    if mode is not None:
        choose_mode(session, None if mode == "default" else mode, connector)
    return mode_of(session, connector)


def explain(name: str) -> pd.DataFrame:
    """Which rule decides about `connector.tool`, or about connecting `connector`: every rule, the deciding one first.

    The columns are `where`, `rule`, `effect` (allow, ask or block) and `decides`. A tool of a connector that is not
    connected is judged by our own review of it.

    Raises:
        UnknownConnector, UnknownTool: There is none of this name.
        PolicyProblem: A policy file has a mistake, so nothing is allowed; the message names the line.
    """
    from jupyter_connectors.explaining import explained
    from jupyter_connectors.grantframe import step_frame

    session = current()
    return step_frame(explained(session.hub, session.catalogue, name).steps)


def grants() -> pd.DataFrame:
    """What you have allowed beyond one call, one row each: this session's, and the lasting ones of every kernel."""
    from jupyter_connectors.grantframe import grant_frame

    return grant_frame(current().controls.grants())


def revoke(*ids: str) -> int:
    """Takes grants back by their ids, in every kernel at once; how many there were."""
    return current().controls.revoke(*ids)


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
