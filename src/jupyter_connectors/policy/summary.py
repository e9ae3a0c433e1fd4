"""A policy in plain words, and where each part of it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from jupyter_connectors.policy.connecting import Connecting
from jupyter_connectors.policy.layers import Defaults, Layer, Policy

_WORDS = {
    ("new_tools", "review"): "tools that appear later are off until they are reviewed",
    ("new_tools", "ask"): "tools that appear later are asked about",
    ("new_tools", "allow"): "tools that appear later are treated like the others",
    ("unattended", "deny"): "where nobody is there to answer, a question is a no",
    ("unattended", "as_granted"): "where nobody is there to answer, what was granted before may run",
    ("always_allow", True): "a yes may be kept for ever",
    ("always_allow", False): "no yes is kept for ever",
    ("block_secrets", True): "a call with a secret in its arguments is refused",
    ("block_secrets", False): "secrets in arguments are masked in the log, and sent",
    ("private_networks", "no"): "no server in a private network may be connected",
    ("private_networks", "typed_only"): "a server in a private network only where the person typed its address",
    ("private_networks", "yes"): "servers in private networks may be connected",
}


def summary(policy: Policy) -> list[str]:
    """Lines for a person: what may be connected, the rules, and what holds beside them, each with its file."""
    return [
        *_section("Connecting", list(_connecting(policy)) or ["any connector may be connected"]),
        *_section("Rules, of which the most restrictive wins", sorted(_rules(policy)) or ["none"]),
        *_section("Beside the rules", list(_defaults(policy))),
        *_section("Recorded in", list(_audit(policy)) or ["our own log"]),
    ]


def _section(title: str, lines: list[str]) -> list[str]:
    return [title, *(f"  {line}" for line in lines)]


def _connecting(policy: Policy) -> Iterator[str]:
    for layer in policy.layers:
        for line in _connecting_lines(layer.connecting):
            yield f"{line}  [{layer.name}]"


def _connecting_lines(told: Connecting) -> Iterator[str]:
    if told.allow is not None:
        yield f"only {', '.join(map(str, told.allow)) or 'none at all'}"
    if told.deny:
        yield f"never {', '.join(map(str, told.deny))}"
    if told.custom != "yes":
        yield f"added by the person: {'none' if told.custom == 'no' else 'only those in the list'}"
    if told.local != "yes":
        yield f"running on this machine: {'none' if told.local == 'no' else 'only those in the list'}"


def _rules(policy: Policy) -> Iterator[str]:
    return (f"{rule}  [{rule.where or layer.name}]" for layer in policy.layers for rule in layer.rules)


def _defaults(policy: Policy) -> Iterator[str]:
    for name in (each.name for each in fields(Defaults)):
        value = getattr(policy, name)
        if name == "max_result_mb":
            if value is not None:
                yield f"a result holds at most {value} MB  [{_said_by(policy, name, value)}]"
        else:
            yield f"{_WORDS[name, value]}  [{_said_by(policy, name, value)}]"


def _said_by(policy: Policy, name: str, value: object) -> str:
    return (
        _names(layer for layer in policy.layers if getattr(layer.defaults, name) == value)
        or "as nothing says otherwise"
    )


def _audit(policy: Policy) -> Iterator[str]:
    for each in policy.audit:
        must = "; a call that cannot be recorded is refused" if each.required else ""
        names = _names(layer for layer in policy.layers if layer.audit is not None and layer.audit.path == each.path)
        yield f"{each.path}{must}  [{names}]"


def _names(layers: Iterator[Layer]) -> str:
    return ", ".join(sorted(layer.name for layer in layers))
