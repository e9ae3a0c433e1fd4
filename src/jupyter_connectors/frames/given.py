"""A reply that came another way, as a `Result`: from a file, a log, another MCP client."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from jupyter_connectors.errors import UsageProblem, nearest
from jupyter_connectors.frames.decode import decode
from jupyter_connectors.frames.forms import Shape
from jupyter_connectors.frames.gathering import Gathering, now
from jupyter_connectors.frames.parts import Source
from jupyter_connectors.frames.result import Result
from jupyter_connectors.frames.shapes import detect, shape_named, shape_names
from jupyter_connectors.models import Json, Reply, Tool, ToolCall


def result_of(payload: object, *, shape: str | None, spool_dir: Path) -> Result:
    """The rows of one reply. With no shape named, the object is recognised by its fields, else its types inferred.

    Raises:
        UsageProblem: there is no such shape, or the payload is nothing a server replies.
        ToolFailed: the reply is an error.
    """
    reply = reply_of(payload)
    known = _named(shape) if shape is not None else detect(decode(reply).payload)
    call = ToolCall(id=uuid4().hex, connector="given", tool=known.name if known else "reply", arguments_json="{}")
    source = Source(
        call=call,
        tool=Tool(connector=call.connector, name=call.tool),
        shape=known,
        entry="",
        follow=False,
        exact=True,
        spool_dir=spool_dir,
        clock=now,
    )
    gathering = Gathering(source)
    gathering.take(gathering.first, reply)
    return gathering.result("it is one reply, and more pages follow" if gathering.next is not None else "")


def reply_of(payload: object) -> Reply:
    """A payload in our words: bytes, text, a JSON value, or an MCP `CallToolResult`, as object or as JSON.

    Raises:
        UsageProblem: it is none of these.
    """
    dumped = getattr(payload, "model_dump", None)
    if callable(dumped):  # a CallToolResult of any version of the SDK; it is not imported for this
        payload = dumped(by_alias=True, mode="json", exclude_none=True)
    if isinstance(payload, bytes | bytearray | memoryview):
        payload = bytes(payload).decode("utf-8-sig", "replace")
    if isinstance(payload, str):
        return Reply(texts=(payload,))
    if isinstance(payload, Mapping):
        return _of_mapping(dict(payload))
    if isinstance(payload, list | tuple):
        return Reply(structured=_plain(list(payload)))
    problem = f"a reply is bytes, text, a dict or a list, not {type(payload).__name__}"
    raise UsageProblem(problem, hint="or an MCP CallToolResult")


def _of_mapping(payload: dict[str, Any]) -> Reply:
    content = payload.get("content")
    is_result = isinstance(content, list) and all(isinstance(each, dict) and "type" in each for each in content)
    if not isinstance(content, list) or not is_result or not (content or "structuredContent" in payload):
        return Reply(structured=_plain(payload))
    return Reply(
        texts=tuple(str(each.get("text", "")) for each in content if each["type"] == "text"),
        structured=payload.get("structuredContent"),
        is_error=payload.get("isError") is True,
        other=tuple(str(each["type"]) for each in content if each["type"] != "text"),
    )


def _plain(value: Json) -> Json:
    """The value as JSON has it: what else Python knows, dates and decimals, becomes text."""
    try:
        return json.loads(json.dumps(value, default=str, ensure_ascii=False))
    except (ValueError, RecursionError):
        pass
    raise UsageProblem("the payload cannot be written as JSON", hint="pass what the server sent")


def _named(name: str) -> Shape:
    found = shape_named(name)
    if found is None:
        raise UsageProblem(f"there is no shape {name!r}", hint=nearest(name, shape_names()))
    return found
