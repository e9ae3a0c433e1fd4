"""Tools, calls and policies in a line each, and hypothesis strategies for all of them."""

from __future__ import annotations

from typing import Any, get_args

from hypothesis import strategies as st

from jupyter_connectors.bounds import Bounds
from jupyter_connectors.models import Annotations, Tool, ToolCall, ToolClass, canonical
from jupyter_connectors.policy.judge import Definition, Known
from jupyter_connectors.policy.layers import Defaults, Layer, NewTools, Policy, PrivateNetworks, Source, Unattended
from jupyter_connectors.policy.rules import EFFECTS, Remember, Rule

READ, WRITE, DESTRUCTIVE, SENDS = ToolClass.READ, ToolClass.WRITE, ToolClass.DESTRUCTIVE, ToolClass.SENDS


def tool(name: str = "list_orders", connector: str = "shop", **claims: bool) -> Tool:
    return Tool(connector=connector, name=name, annotations=Annotations(**claims))


def call(of: Tool | None = None, /, *, asked_by: Any = "person", **arguments: Any) -> ToolCall:
    of = of or tool()
    return ToolCall(
        id="1", connector=of.connector, tool=of.name, arguments_json=canonical(arguments), asked_by=asked_by
    )


def known(tool_class: ToolClass = READ, **more: Any) -> Known:
    return Known(**{"tool_class": tool_class, "reviewed": True, **more})


def policy(*rules: Rule, source: Source = "organisation", **defaults: Any) -> Policy:
    return Policy(layers=(Layer(name="file", source=source, rules=rules, defaults=Defaults(**defaults)),))


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


globs = st.sampled_from(["*", "shop", "sh*", "list_*", "*_orders", "list_orders", "other", "s[hx]op", "["])
remembers = st.sampled_from(["never", "session", "hours:1", "hours:8", "hours:99", "always"]).map(Remember.parse)
bounds = st.builds(
    Bounds,
    min=maybe(st.integers(-3, 3)),
    max=maybe(st.integers(-3, 3)),
    one_of=st.lists(st.sampled_from([0, 1, True, "a"]), max_size=2).map(tuple),
    like=maybe(globs),
)
patterns = st.dictionaries(st.sampled_from(["amount", "customer.country"]), bounds, max_size=2)
rules = st.builds(
    Rule,
    effect=st.sampled_from(EFFECTS),
    connector=globs,
    tool=globs,
    tool_class=maybe(st.sampled_from(ToolClass)),
    remember=maybe(remembers),
    when=patterns,
    where=st.sampled_from(["", "a line 1", "b line 2"]),
)
defaults = st.builds(
    Defaults,
    new_tools=maybe(st.sampled_from(get_args(NewTools))),
    unattended=maybe(st.sampled_from(get_args(Unattended))),
    always_allow=maybe(st.booleans()),
    block_secrets=maybe(st.booleans()),
    max_result_mb=maybe(st.integers(1, 9)),
    private_networks=maybe(st.sampled_from(get_args(PrivateNetworks))),
)
layers = st.builds(
    Layer,
    name=st.sampled_from(["/etc/a.toml", "/home/b.toml"]),
    source=st.sampled_from(get_args(Source)),
    rules=st.lists(rules, max_size=4).map(tuple),
    defaults=defaults,
)
policies = st.lists(layers, max_size=3).map(lambda each: Policy(layers=tuple(each)))
connectors = st.frozensets(st.sampled_from(["shop", "mail"]), max_size=2)
knowns = st.builds(
    Known,
    tool_class=st.sampled_from(ToolClass),
    reviewed=st.booleans(),
    entry=st.sampled_from(["", "shop", "other"]),
    definition=st.sampled_from(get_args(Definition)),
    setting=maybe(st.sampled_from(EFFECTS)),
    notebook_setting=maybe(st.sampled_from(EFFECTS)),
    secrets=st.sampled_from([(), ("AWS key",)]),
    outside=connectors,
    private=connectors,
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | st.sampled_from(["a", "shop", "", "x\ny"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["country", "a"]), inner, max_size=2),
    max_leaves=4,
)
arguments = st.dictionaries(st.sampled_from(["amount", "customer", "customer.country"]), values, max_size=3)
calls = st.builds(
    lambda told, asked_by: call(tool(), asked_by=asked_by, **told),
    arguments,
    st.sampled_from(["person", "model", "app", "replay"]),
)
