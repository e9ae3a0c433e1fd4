"""A kernel of its own that calls the connector once with what is in the vault: `kernel.py URL FOLDER SECONDS_LATER`."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from jupyter_connectors.entries import Entry, Remote
from jupyter_connectors.sessions.connection import Connection
from jupyter_connectors.sessions.limits import Limits
from jupyter_connectors.sessions.oauth.access import Access
from jupyter_connectors.vault import Vault


async def main(url: str, folder: str, later: float) -> None:
    """Prints what the tool said, once the other kernel is ready too."""
    entry = Entry(id="mail", title="Mail", summary="messages", category="test", target=Remote(url=url), custom=True)
    access = Access(vault=Vault(Path(folder), prefer="file"), user="me", now=lambda: time.time() + later)
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    connection = Connection("mail", entry, limits=Limits(), access=access)
    await connection.open()
    print((await connection.call(connection.tools[0], {})).structured["result"][0]["from"], flush=True)
    await connection.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3])))
