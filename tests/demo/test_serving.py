"""The servers as programs of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest
from mcp import Client, MCPError, StdioServerParameters

from .conftest import DAY
from .talking import answer

BILLING, CRM = "jupyter_connectors.demo.billing", "jupyter_connectors.demo.crm"


def variables(cache: Path) -> dict[str, str]:
    return {"JUPYTER_CONNECTORS_CACHE": str(cache), "JUPYTER_CONNECTORS_TODAY": DAY.isoformat()}


def program(module: str, cache: Path, *flags: str) -> StdioServerParameters:
    return StdioServerParameters(command=sys.executable, args=["-m", module, *flags], env=variables(cache))


@pytest.mark.anyio
async def test_billing_answers_on_stdio_in_the_day_that_is_pinned(cache: Path) -> None:
    with anyio.fail_after(30):
        async with Client(program(BILLING, cache)) as client:
            assert client.server_info is not None and client.server_info.name == "acme-billing"
            page = await answer(client, "list_invoices", limit=2)
            assert page["data"][0]["created"] // 86_400 * 86_400 == 1_795_305_600


@pytest.fixture
def address(cache: Path) -> Iterator[str]:
    """Where acme-crm listens on HTTP."""
    command = [sys.executable, "-m", CRM, "--http", "0"]
    with subprocess.Popen(command, env=os.environ | variables(cache), stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        yield process.stderr.readline().split()[-1]
        process.terminate()


@pytest.mark.anyio
async def test_crm_answers_over_http_in_both_eras(address: str) -> None:
    for mode in ("auto", "legacy"):
        with anyio.fail_after(30):
            async with Client(address, mode=mode) as client:
                assert len((await answer(client, "list_accounts", batch_size=200))["records"]) == 200


def test_a_server_leaves_when_its_stdin_closes_and_says_nothing_on_stdout(cache: Path) -> None:
    command = [sys.executable, "-m", BILLING]
    done = subprocess.run(
        command, check=False, env=os.environ | variables(cache), input="", capture_output=True, text=True, timeout=30
    )
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.anyio
async def test_a_server_told_to_die_takes_the_call_with_it(cache: Path) -> None:
    async with Client(program(CRM, cache, "--die-on-call", "2")) as client:
        await answer(client, "list_accounts", batch_size=200)
        with anyio.fail_after(30), pytest.raises(MCPError, match="Connection closed"):
            await client.call_tool("list_accounts", {})


def test_a_dying_server_leaves_a_last_line_and_exit_code_three(cache: Path) -> None:
    hello = '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},'
    hello += '"clientInfo":{"name":"test","version":"1"}}}\n{"jsonrpc":"2.0","method":"notifications/initialized"}\n'
    call = '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"list_accounts","arguments":{}}}\n'
    command = [sys.executable, "-m", CRM, "--die-on-call", "1"]
    with subprocess.Popen(
        command, env=os.environ | variables(cache), stdin=-1, stdout=-1, stderr=-1, text=True
    ) as process:
        assert process.stdin is not None and process.stderr is not None
        process.stdin.write(hello + call)
        process.stdin.flush()
        assert process.wait(30) == 3
        assert process.stderr.read().splitlines()[-1] == "demo: told to die on call 1"


@pytest.mark.anyio
async def test_a_cache_that_cannot_be_written_is_a_tool_error_with_a_way_out(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    with anyio.fail_after(30):
        async with Client(program(BILLING, blocked)) as client:
            result = await client.call_tool("list_invoices", {})
    assert result.is_error
    assert "Set JUPYTER_CONNECTORS_CACHE" in result.content[0].text
