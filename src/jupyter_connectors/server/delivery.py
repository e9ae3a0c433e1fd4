"""A message to a kernel of this server over its control channel, which is read while a cell runs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from jupyter_client.jsonutil import json_default
from jupyter_client.session import Session
from jupyter_core.utils import ensure_async
from jupyter_server.gateway.gateway_client import GatewayClient
from jupyter_server.utils import url_escape, url_path_join
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

REQUEST = "jupyter_connectors_request"
"""The type of our messages, as in `jupyter_connectors.kernel`, which no server needs to import."""

_SECONDS = 5.0


async def deliver(kernels: Any, kernel: str, content: Mapping[str, str]) -> bool:
    """True if a kernel of this server took the message; False for any other, and for one that says nothing in time."""
    if kernel not in kernels:
        return False
    asked = _of_gateway if GatewayClient.instance().gateway_enabled else _of_manager
    try:
        async with asyncio.timeout(_SECONDS):
            reply = await asked(kernels.get_kernel(kernel), kernel, content)
    except Exception:  # noqa: BLE001  # a kernel that died or does not know us; what it was sent is not for a log
        return False
    return reply.get("status") == "ok" and reply.get("taken") is True


async def _of_manager(manager: Any, _: str, content: Mapping[str, str]) -> dict[str, Any]:
    client = manager.client()
    try:
        await ensure_async(client.start_channels(shell=False, iopub=False, stdin=False, hb=False, control=True))
        message = client.session.msg(REQUEST, dict(content))
        client.control_channel.send(message)
        while True:
            reply = await ensure_async(client.control_channel.get_msg(timeout=_SECONDS))
            if _answers(reply, message):
                return dict(reply["content"])
    finally:
        with suppress(Exception):
            client.stop_channels()


async def _of_gateway(_: Any, kernel: str, content: Mapping[str, str]) -> dict[str, Any]:
    """The same by way of the gateway, as a front end of its own: the library's client sends it no token."""
    gateway = GatewayClient.instance()
    place = url_path_join(gateway.ws_url or "", gateway.kernels_endpoint or "", url_escape(kernel), "channels")
    line = await websocket_connect(HTTPRequest(place, **gateway.load_connection_args()))
    try:
        message = {**Session().msg(REQUEST, dict(content)), "channel": "control", "buffers": []}
        await line.write_message(json.dumps(message, default=json_default))
        while (text := await line.read_message()) is not None:
            reply = json.loads(text)
            if _answers(reply, message):
                return dict(reply["content"])
        return {}
    finally:
        line.close()


def _answers(reply: Mapping[str, Any], message: Mapping[str, Any]) -> bool:
    return bool(reply.get("parent_header", {}).get("msg_id") == message["header"]["msg_id"]) and (
        reply.get("channel", "control") == "control"
    )
