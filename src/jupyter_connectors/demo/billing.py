"""acme-billing: the invoices, payments and customers of a made-up company, answered as Stripe does.

Run it with `python -m jupyter_connectors.demo.billing`; `--help` lists the flags.
"""

from __future__ import annotations

from mcp.server.mcpserver import MCPServer

from .appfiles import interface
from .billing_dashboard import ADDRESS, dashboard_tool
from .billing_reads import read_tools
from .billing_writes import write_tools
from .database import Database
from .faults import Faults
from .serving import serve
from .tooling import server

NAME = "acme-billing"

_INSTRUCTIONS = (
    "Demo billing system with made-up data. Answers have Stripe's shapes: amounts are integer minor units of `currency`, "
    "instants are epoch seconds, lists come newest first in pages (`has_more`, then `starting_after` = last id)."
)


def billing_server(rows: Database, faults: Faults | None = None) -> MCPServer[Database]:
    """The acme-billing server over these rows."""
    return server(
        NAME,
        title="Acme Billing (demo)",
        instructions=_INSTRUCTIONS,
        tools=[*read_tools(), dashboard_tool(), *write_tools()],
        apps=interface(
            ADDRESS,
            "revenue",
            title="Revenue dashboard",
            description="Revenue by month and currency, with the invoices behind it.",
        ),
        rows=rows,
        faults=faults or Faults(),
    )


if __name__ == "__main__":
    serve(NAME, billing_server)
