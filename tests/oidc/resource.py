"""An MCP server by the official SDK that takes only tokens of the OpenID provider beside it, asked about each by name.

`python resource.py ISSUER` prints the address of its endpoint and runs until its input closes.
"""

from __future__ import annotations

import asyncio
import socket
import sys

import httpx2
import uvicorn
from mcp.server.auth.provider import AccessToken, TokenVerifier
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from pydantic import AnyHttpUrl


class Introspected(TokenVerifier):
    """Asks the provider what a token is worth (RFC 7662), and takes only those made for this server."""

    def __init__(self, issuer: str, resource: str) -> None:
        self._issuer = issuer
        self._resource = resource

    async def verify_token(self, token: str) -> AccessToken | None:
        async with httpx2.AsyncClient() as client:
            answer = await client.post(
                f"{self._issuer}/token/introspection",
                data={"token": token},
                auth=("resource-server", "resource-secret"),
            )
        told = answer.json()
        if not told.get("active") or told.get("aud") != self._resource:
            return None
        scopes = told.get("scope", "").split()
        return AccessToken(token=token, client_id=told["client_id"], scopes=scopes, resource=self._resource)


async def main(issuer: str) -> None:
    """Serves on a free port of the loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://localhost:{listening.getsockname()[1]}/mcp"
        server = MCPServer(
            "mail",
            auth=AuthSettings(
                issuer_url=AnyHttpUrl(issuer), resource_server_url=AnyHttpUrl(url), required_scopes=["mail.read"]
            ),
            token_verifier=Introspected(issuer, url),
        )

        @server.tool()
        def unread() -> list[dict[str, str | int]]:
            """The unread messages."""
            return [
                {
                    "from": "ada@example.com",
                    "subject": "The engine",
                    "received": "2026-11-17T08:15:00Z",
                    "bytes": 2_048,
                },
                {"from": "bob@example.com", "subject": "Re: it", "received": "2026-11-18T16:40:00Z", "bytes": 512},
            ]

        app = server.streamable_http_app(
            transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False)
        )
        running = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        serving = asyncio.create_task(running.serve(sockets=[listening]))
        print(url, flush=True)
        await asyncio.to_thread(sys.stdin.read)
        running.should_exit = True
        await serving


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
