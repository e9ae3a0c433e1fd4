"""The client that the official MCP conformance suite drives: our own connection layer, as %connect uses it.

The suite starts it with the server's address as the last argument and says in the environment which scenario it plays.
A browser is not there: `sign_in` opens the link itself and reads the code from where it is sent on to.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2

from jupyter_connectors.entries import Auth, Entry, Remote
from jupyter_connectors.errors import ConnectorError
from jupyter_connectors.models import Tool
from jupyter_connectors.sessions.connection import Connection
from jupyter_connectors.sessions.limits import Limits
from jupyter_connectors.sessions.oauth.access import Access
from jupyter_connectors.sessions.signin import Callback, Elicitation, Elicited, Person, SignInRequest
from jupyter_connectors.vault import Vault

SCENARIO = os.environ.get("MCP_CONFORMANCE_SCENARIO", "")
GIVEN: dict[str, Any] = json.loads(os.environ.get("MCP_CONFORMANCE_CONTEXT") or "{}")
REDIRECT = "http://localhost:3000/callback"
DOCUMENT = "https://conformance-test.local/client-metadata.json"
"""The address the suite expects of a client that is described by a document."""


async def sign_in(request: SignInRequest) -> Callback:
    """Follows the link, as a person who says yes to everything."""
    assert request.authorize is not None
    link = await request.authorize(REDIRECT)
    async with httpx2.AsyncClient() as browser:
        answer = await browser.get(link.url)
    back = {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}
    return Callback(
        code=back.get("code", ""), state=back.get("state", ""), iss=back.get("iss"), error=back.get("error", "")
    )


async def elicit(_: Elicitation) -> Elicited:
    """Accepts what a server proposes."""
    return Elicited(action="accept")


def auth() -> Auth:
    """What the suite says the person knows: a client id, a key, a token of the organisation."""
    for name in ("client_secret", "private_key_pem", "idp_id_token", "valid_jwt"):
        if name in GIVEN:
            os.environ[f"GIVEN_{name.upper()}"] = GIVEN[name]
    client_id = GIVEN.get("client_id", "")
    secret = "env:GIVEN_CLIENT_SECRET" if GIVEN.get("client_secret") else ""
    match SCENARIO:
        case "auth/client-credentials-jwt":
            algorithm = GIVEN.get("signing_algorithm", "ES256")
            return Auth(
                flow="private_key_jwt",
                client_id=client_id,
                client_secret="env:GIVEN_PRIVATE_KEY_PEM",
                algorithm=algorithm,
            )
        case "auth/client-credentials-basic":
            return Auth(flow="client_credentials", client_id=client_id, client_secret=secret)
        case "auth/wif-jwt-bearer":
            return Auth(flow="workload", client_id=client_id, client_secret="env:GIVEN_VALID_JWT")
        case "auth/enterprise-managed-authorization":
            return Auth(
                flow="id_jag",
                client_id=client_id,
                client_secret=secret,
                idp=GIVEN["idp_token_endpoint"],
                idp_client_id=GIVEN["idp_client_id"],
                idp_token="env:GIVEN_IDP_ID_TOKEN",
            )
    return Auth(client_id=client_id, client_secret=secret)


def arguments_for(tool: Tool) -> dict[str, Any]:
    """Something for each argument that is required."""
    some = {"string": "x", "integer": 5, "number": 5, "boolean": False, "object": {}, "array": []}
    fields: Mapping[str, Any] = tool.input_schema.get("properties", {})
    return {name: some.get(fields.get(name, {}).get("type"), "x") for name in tool.input_schema.get("required", ())}


def calls(tools: tuple[Tool, ...]) -> list[tuple[Tool, dict[str, Any]]]:
    """What to call: what the suite lists, else every tool once."""
    named = {tool.name: tool for tool in tools}
    if SCENARIO == "json-schema-2020-12-preservation":
        schema = dict(named["json_schema_2020_12_tool"].input_schema)
        return [(named["json_schema_echo"], {"schema": schema})]
    if "toolCalls" in GIVEN:
        return [
            (named[each["name"]], each.get("arguments") or {}) for each in GIVEN["toolCalls"] if each["name"] in named
        ]
    return [(tool, arguments_for(tool)) for tool in tools]


async def main(url: str) -> None:
    with tempfile.TemporaryDirectory() as place:
        access = Access(
            vault=Vault(Path(place), prefer="file"),
            person=Person(sign_in=sign_in, elicit=elicit),
            client_metadata_url=DOCUMENT,
        )
        entry = Entry(
            id="conformance",
            title="Conformance",
            summary="the suite's server",
            category="test",
            target=Remote(url=url, auth=auth()),
            custom=True,
        )
        connection = Connection("conformance", entry, limits=Limits(), access=access)
        await connection.open()
        try:
            for tool, arguments in calls(connection.tools):
                try:
                    await connection.call(tool, arguments)
                except ConnectorError as error:
                    print(f"{tool.name}: {error}", file=sys.stderr)
        finally:
            await connection.close()


if __name__ == "__main__":
    # A scenario in which the right thing to do is to refuse expects a refusal, not a success.
    try:
        asyncio.run(main(sys.argv[-1]))
    except ConnectorError as error:
        print(f"refused: {error}", file=sys.stderr)
        sys.exit(1)
