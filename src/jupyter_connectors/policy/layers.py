"""The policy: layers from the organisation, the person and the notebook, merged to the most restrictive."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fnmatch import translate
from functools import lru_cache
from typing import Literal, get_args

from jupyter_connectors.entries import Entry, Remote
from jupyter_connectors.models import ToolClass
from jupyter_connectors.policy.connecting import Connecting, is_private, plain
from jupyter_connectors.policy.rules import Rule

Source = Literal["organisation", "user", "notebook"]
NewTools = Literal["review", "ask", "allow"]
Unattended = Literal["deny", "as_granted"]
PrivateNetworks = Literal["no", "typed_only", "yes"]

_WHOSE = {"organisation": "your organisation's", "user": "your own", "notebook": "this notebook's"}

_SCALES: dict[str, tuple[object, ...]] = {
    "new_tools": get_args(NewTools),
    "unattended": get_args(Unattended),
    "always_allow": (False, True),
    "block_secrets": (True, False),
    "private_networks": get_args(PrivateNetworks),
}
"""The values of each default, the most restrictive first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What a layer says beside its rules; None where it says nothing."""

    new_tools: NewTools | None = None
    unattended: Unattended | None = None
    always_allow: bool | None = None
    block_secrets: bool | None = None
    max_result_mb: int | None = None
    private_networks: PrivateNetworks | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFile:
    """A file every call is recorded in, beside our own log."""

    path: str
    required: bool = False
    """A call that cannot be recorded there does not happen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """What one file, or one notebook, lays down."""

    name: str
    """Where it comes from, for people: a path or an address."""

    source: Source
    rules: tuple[Rule, ...] = ()
    defaults: Defaults = Defaults()
    connecting: Connecting = field(default_factory=Connecting)
    audit: AuditFile | None = None

    @property
    def whose(self) -> str:
        """As a sentence begins: "your organisation's", "your own", "this notebook's"."""
        return _WHOSE[self.source]


Matching = tuple[tuple[Layer, Rule], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Every layer together. Each further layer can only narrow what calls may do."""

    layers: tuple[Layer, ...] = ()
    _rules_for: Callable[[frozenset[str]], list[_Fitting]] = field(init=False, repr=False, compare=False)
    _matching: Callable[[frozenset[str], str, ToolClass], Matching] = field(init=False, repr=False, compare=False)

    refusal: Callable[[Entry], str | None] = field(init=False, repr=False, compare=False)
    """Why an entry may not be connected; `may_connect` is the way to ask."""

    def __post_init__(self) -> None:
        # The same few connectors and tools are asked about again and again: for each list, completion and call.
        object.__setattr__(self, "refusal", lru_cache(maxsize=256)(lambda entry: _refusal(entry, self)))
        object.__setattr__(self, "_rules_for", lru_cache(maxsize=256)(lambda names: _rules_for(self.layers, names)))
        object.__setattr__(self, "_matching", lru_cache(maxsize=16_384)(self._match))

    def matching(self, connectors: frozenset[str], tool: str, tool_class: ToolClass) -> Matching:
        """The rules about a tool of a connector that goes by any of these names, bounds not looked at."""
        return self._matching(connectors, tool, tool_class)

    def _match(self, connectors: frozenset[str], tool: str, tool_class: ToolClass) -> Matching:
        name = tool.casefold()
        return tuple(
            (each.layer, each.rule)
            for each in self._rules_for(connectors)
            if each.rule.tool_class in (None, tool_class) and (each.glob is None or each.glob(name) is not None)
        )

    @property
    def new_tools(self) -> NewTools:
        """What happens to tools that appear later: `allow` leaves them to the other rules."""
        return self._narrowest("new_tools", "allow")  # type: ignore[return-value]  # from its own scale

    @property
    def unattended(self) -> Unattended:
        """What becomes of a question when nobody is there to answer."""
        return self._narrowest("unattended", "deny")  # type: ignore[return-value]  # from its own scale

    @property
    def always_allow(self) -> bool:
        """Whether a yes may be kept for ever."""
        return bool(self._narrowest("always_allow", True))

    @property
    def block_secrets(self) -> bool:
        """Whether a call with a secret in its arguments is refused."""
        return bool(self._narrowest("block_secrets", False))

    @property
    def private_networks(self) -> PrivateNetworks:
        """Whether a connector may lie in a private network: only one whose address the person typed, by default."""
        return self._narrowest("private_networks", "typed_only")  # type: ignore[return-value]  # from its own scale

    @property
    def max_result_mb(self) -> int | None:
        """The most a result may hold, in megabytes; None for no limit of the policy's own."""
        return min((each.defaults.max_result_mb for each in self.layers if each.defaults.max_result_mb), default=None)

    @property
    def audit(self) -> tuple[AuditFile, ...]:
        """Every file calls are recorded in, by path; required if any layer requires it."""
        told = [each.audit for each in self.layers if each.audit is not None]
        return tuple(
            AuditFile(path=path, required=any(each.required for each in told if each.path == path))
            for path in sorted({each.path for each in told})
        )

    def _narrowest(self, name: str, unsaid: object) -> object:
        """The most restrictive value the layers give; a notebook's only counts where it narrows the others'."""
        said = [(each.source, getattr(each.defaults, name)) for each in self.layers]
        grown = [value for source, value in said if source != "notebook" and value is not None] or [unsaid]
        narrowed = [value for source, value in said if source == "notebook" and value is not None]
        return min([*grown, *narrowed], key=_SCALES[name].index)


def may_connect(entry: Entry, policy: Policy) -> str | None:
    """None if the entry may be connected, or why not: whose rule, where it is written, and what it says."""
    return policy.refusal(entry)


def _refusal(entry: Entry, policy: Policy) -> str | None:
    refusals = sorted(
        f"{layer.whose} policy refuses it: {why} ({layer.name})"
        for layer in policy.layers
        if (why := layer.connecting.refusal(entry)) is not None
    )
    if refusals:
        return refusals[0]
    target = entry.target
    if not isinstance(target, Remote) or not is_private(entry):
        return None
    typed = target.typed and (entry.custom or bool(entry.given))
    if policy.private_networks == "no" or (policy.private_networks == "typed_only" and not typed):
        return "its address is in a private network, which the policy does not allow"
    return None


@dataclass(frozen=True, slots=True)
class _Fitting:
    layer: Layer
    rule: Rule
    glob: Callable[[str], re.Match[str] | None] | None
    """Compiled once; None for a rule about every tool."""


def _rules_for(layers: Iterable[Layer], names: frozenset[str]) -> list[_Fitting]:
    return [
        _Fitting(layer, rule, None if rule.tool == "*" else re.compile(translate(rule.tool.casefold())).match)
        for layer in layers
        for rule in layer.rules
        if rule.connector == "*" or _is_any(names, rule.connector)
    ]


def _is_any(names: frozenset[str], glob: str) -> bool:
    wanted = re.compile(translate(plain(glob))).match
    return any(wanted(plain(name)) for name in names)
