"""acme-crm: the accounts, opportunities and contacts of a made-up company, answered as Salesforce does.

Run it with `python -m jupyter_connectors.demo.crm`; `--help` lists the flags.
"""

from __future__ import annotations

from mcp.server.mcpserver import MCPServer

from .appfiles import interface
from .crm_board import ADDRESS, board_tool
from .crm_reads import read_tools
from .crm_writes import write_tools
from .database import Database
from .faults import Faults
from .serving import serve
from .tooling import server

NAME = "acme-crm"

_INSTRUCTIONS = (
    "Demo CRM with made-up data. Answers have Salesforce's shapes: `totalSize`, `records`, and `nextRecordsUrl` while more "
    "follow. An account's `BillingCustomerId__c` is its customer id in acme-billing."
)


def crm_server(rows: Database, faults: Faults | None = None) -> MCPServer[Database]:
    """The acme-crm server over these rows."""
    return server(
        NAME,
        title="Acme CRM (demo)",
        instructions=_INSTRUCTIONS,
        tools=[*read_tools(), board_tool(), *write_tools()],
        apps=interface(
            ADDRESS,
            "pipeline",
            title="Pipeline board",
            description="Open opportunities as cards that move between stages.",
        ),
        rows=rows,
        faults=faults or Faults(),
    )


if __name__ == "__main__":
    serve(NAME, crm_server)
