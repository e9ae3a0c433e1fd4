"""The line of code that does what a button of the panel does. It names secrets and never holds one."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jupyter_connectors.accounts import account_name
from jupyter_connectors.toolmodes import mode_line

_TURNS = {"allow": "--allow", "ask": "--ask", "block": "--block", None: "--on"}


def code_line(message: Mapping[str, Any], own: Callable[[], Iterable[str]] = tuple) -> str:
    """The line for an action; empty for what has none.

    Args:
        own: The tools that a `reset` would take settings from.
    """
    made = _LINES.get(str(message.get("type")))
    return "" if made is None else _line(made(message, own))


def _line(words: Iterable[str]) -> str:
    magic, *others = words
    return " ".join([magic, *map(shlex.quote, others)])


def _connect(message: Mapping[str, Any], own: object) -> list[str]:
    line = ["%connect", message.get("address") or message["entry"]]
    if message.get("name") == account_name(message.get("entry") or "", message.get("account") or ""):
        message = {**message, "name": ""}
    for option, key in (("--as", "name"), ("--account", "account"), ("--client-id", "client_id")):
        if message.get(key):
            line += [option, message[key]]
    for name, value in (message.get("set") or {}).items():
        if value:
            line += ["--set", f"{name}={value}"]
    secrets = message.get("secrets") or {}
    for option, key in (("--client-secret", "client_secret"), ("--key", "key")):
        if secrets.get(key):
            line += [option, "keyring"]
    return line


def _disconnect(message: Mapping[str, Any], own: object) -> list[str]:
    return ["%disconnect", message["name"], *(["--revoke"] if message.get("revoke") else [])]


def _set(message: Mapping[str, Any], own: object) -> list[str]:
    word = message["tool"] or message["kind"] or "all"
    return ["%tools", message["connector"], _TURNS[message["setting"]], word, *_here(message)]


def _reset(message: Mapping[str, Any], own: Callable[[], Iterable[str]]) -> list[str]:
    words = [word for tool in own() for word in ("--on", tool)]
    return ["%tools", message["connector"], *words, *_here(message)]


def _accept(message: Mapping[str, Any], own: object) -> list[str]:
    return ["%tools", "--accept", f"{message['connector']}.{message['tool']}"]


def _enable(message: Mapping[str, Any], own: object) -> list[str]:
    return ["%tools", message["connector"], "--on" if message["on"] else "--block", "all", *_here(message)]


def _revoke(message: Mapping[str, Any], own: object) -> list[str]:
    return ["%tools", "--revoke", message["grant"]]


def _mode(message: Mapping[str, Any], own: object) -> list[str]:
    return mode_line(message["mode"], message.get("connector") or "").split(" ")


def _here(message: Mapping[str, Any]) -> list[str]:
    return ["--here"] if message["here"] else []


_LINES: Mapping[str, Callable[[Mapping[str, Any], Callable[[], Iterable[str]]], list[str]]] = {
    "connect": _connect,
    "disconnect": _disconnect,
    "set": _set,
    "reset": _reset,
    "accept": _accept,
    "enable": _enable,
    "revoke": _revoke,
    "mode": _mode,
}
