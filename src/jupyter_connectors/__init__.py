"""Connect business systems to a notebook: their tools become Python, their rows complete typed DataFrames.

In a notebook: `%load_ext jupyter_connectors`, then `%connect acme-billing`. In Python:

    import jupyter_connectors as jc
    billing = jc.connect("acme-billing")
    billing.list_invoices(status="open").df
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_connectors.functions import (
        ask,
        audit_log,
        connect,
        disconnect,
        explain,
        grants,
        load,
        permission,
        revoke,
        sql,
        to_frame,
        tools_mode,
    )

__all__ = [
    "ask",
    "audit_log",
    "connect",
    "disconnect",
    "explain",
    "grants",
    "load",
    "load_ipython_extension",
    "permission",
    "revoke",
    "sql",
    "to_frame",
    "tools_mode",
    "unload_ipython_extension",
]


def load_ipython_extension(shell: Any) -> None:
    """What `%load_ext jupyter_connectors` runs: registers the magics and imports nothing heavy."""
    from jupyter_connectors.extension import load

    load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """What `%unload_ext` runs: leaves every server."""
    from jupyter_connectors.extension import unload

    unload(shell)


def __getattr__(name: str) -> Any:
    if name in __all__:
        from jupyter_connectors import functions

        return getattr(functions, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
