"""Cases of where a connection may go: what a server names is looked up, and never private nor elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import httpx2
import pytest

from jupyter_connectors.errors import ConnectionFailed
from jupyter_connectors.sessions.http import AddressRefused, Reach, client, send

from ..servers import web
from ..servers.authority import (
    authority,
)
from .support import refused

pytestmark = pytest.mark.anyio


PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "::1",
    "fd00::1",
    "fe80::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::1",
    "fec0::1",
    "224.0.0.1",
    "255.255.255.255",
]


@pytest.mark.parametrize("address", PRIVATE)
async def test_case_50_a_name_that_leads_to_a_private_address_is_not_connected(address: str) -> None:
    async def leads(host: str, port: int) -> Sequence[str]:
        return ["93.184.216.34", address]

    async with client(resolve=leads) as web_client:
        with pytest.raises(AddressRefused, match="not a public address"):
            await send(web_client, httpx2.Request("GET", "https://auth.example/"))


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "localhost.", "localhost", "[::1]", "0"]
)
async def test_case_50_this_machine_in_every_notation_is_refused_for_what_a_server_names(host: str) -> None:
    """By the system's own resolver."""
    async with client(Reach(("https://mcp.example/mcp",))) as web_client:
        with pytest.raises((AddressRefused, httpx2.ConnectError, httpx2.InvalidURL)) as caught:
            await send(web_client, httpx2.Request("GET", f"https://{host}/"))
        assert not isinstance(caught.value, httpx2.ConnectError) or "has no address" in str(caught.value)


async def test_case_50_a_second_resolution_that_differs_is_never_made() -> None:
    async def handler(request: web.Request, writer: web.Writer) -> None:
        web.send(writer, "200 OK", b"hello")

    async with web.site(handler) as site:
        port = httpx2.URL(site.url).port
        asked: list[str] = []

        async def rebinds(host: str, _: int) -> Sequence[str]:
            asked.append(host)
            return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

        reach = Reach((f"http://localhost:{port}/",))
        async with client(reach, resolve=rebinds) as web_client:
            assert (await send(web_client, httpx2.Request("GET", f"http://localhost:{port}/"))).text == "hello"
            assert asked == ["localhost"]
            with pytest.raises(AddressRefused):
                await send(web_client, httpx2.Request("GET", f"http://localhost:{port}/"))


async def test_case_50_what_the_person_typed_may_be_private_and_what_its_server_names_may_not() -> None:
    async def inside(host: str, port: int) -> Sequence[str]:
        return ["10.9.9.9"]

    reach = Reach(("https://wiki.corp.example/mcp",))
    async with client(reach, seconds=0.2, resolve=inside) as web_client:
        with pytest.raises((httpx2.TransportError, TimeoutError)):
            await send(web_client, httpx2.Request("GET", "https://wiki.corp.example/x"), seconds=0.3)
        with pytest.raises(AddressRefused):
            await send(web_client, httpx2.Request("GET", "https://other.corp.example/x"))
        with pytest.raises(AddressRefused):
            await send(web_client, httpx2.Request("GET", "https://wiki.corp.example:8443/x"))

    async def metadata(host: str, port: int) -> Sequence[str]:
        return ["169.254.169.254"]

    async with client(reach, resolve=metadata) as web_client:
        with pytest.raises(AddressRefused):
            await send(web_client, httpx2.Request("GET", "https://wiki.corp.example/x"))


@pytest.mark.parametrize(
    "place",
    ["https://0177.0.0.1/prm", "javascript:alert(1)", "http://169.254.169.254/prm", "https://10.0.0.1/prm", "x"],
)
async def test_case_50_an_address_for_what_a_server_says_of_itself_is_looked_at_too(tmp_path: Path, place: str) -> None:
    async with authority() as made:
        made.challenge = f'resource_metadata="{place}"'
        made.names_itself = False
        assert isinstance(await refused(made, tmp_path), ConnectionFailed)
        assert set(made.log) == {"401"}


@pytest.mark.parametrize("place", ["/.well-known/oauth-authorization-server", "/register", "/token"])
async def test_case_50_a_redirect_to_elsewhere_is_not_followed(tmp_path: Path, place: str) -> None:
    async with authority() as made, authority() as elsewhere:
        made.moved[place] = f"{elsewhere.url}{place}"
        await refused(made, tmp_path)
        assert elsewhere.seen == []
