from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_connectors.bounds import parse_pattern
from jupyter_connectors.models import Annotations, Tool, ToolCall
from jupyter_connectors.policy.judge import Known, explain, judge, visible_tool
from jupyter_connectors.policy.layers import Defaults, Layer, Policy
from jupyter_connectors.policy.rules import ALWAYS, NEVER, SESSION, Remember, Rule

from .support import (
    DESTRUCTIVE,
    READ,
    SENDS,
    WRITE,
    call,
    calls,
    known,
    knowns,
    layers,
    policies,
    policy,
    rules,
    tool,
    values,
)

ORDER = ("allow", "ask", "deny")


def test_a_reviewed_read_runs_and_everything_else_is_asked() -> None:
    def said(what: Known) -> tuple[str, str]:
        verdict = judge(call(), tool(), what, Policy())
        return verdict.decision, verdict.rule

    assert said(known(READ)) == ("allow", "a reviewed tool that only reads")
    assert said(known(READ, reviewed=False)) == ("ask", "nobody has reviewed this tool, so it may change data")
    assert said(known(WRITE)) == ("ask", "it changes data")
    assert said(known(WRITE, reviewed=False)) == ("ask", "nobody has reviewed this tool, so it may change data")
    assert said(known(DESTRUCTIVE)) == ("ask", "it deletes or overwrites")
    assert said(known(SENDS)) == ("ask", "it sends something to other people")


@pytest.mark.parametrize("tool_class", [DESTRUCTIVE, SENDS])
def test_a_yes_to_what_destroys_or_sends_is_never_kept(tool_class: Any) -> None:
    verdict = judge(call(), tool(), known(tool_class, setting="allow"), Policy())
    assert (verdict.decision, verdict.remember, verdict.fresh) == ("ask", NEVER, True)


def test_always_allow_lifts_a_write_whose_definition_is_known() -> None:
    lifted = judge(call(), tool(), known(WRITE, setting="allow"), Policy())
    assert (lifted.decision, lifted.rule) == ("allow", "always allowed in %tools")
    for narrowed in ("new", "changed"):
        assert judge(call(), tool(), known(WRITE, setting="allow", definition=narrowed), Policy()).decision != "allow"
    without = judge(call(), tool(), known(WRITE, setting="allow"), policy(always_allow=False))
    assert (without.decision, without.remember) == ("ask", Remember.parse("hours:8"))


def test_a_notebook_only_narrows_what_the_person_chose() -> None:
    def decision(**chosen: str) -> str:
        return judge(call(), tool(), known(WRITE, **chosen), Policy()).decision

    assert decision(notebook_setting="allow") == "ask"
    assert decision(setting="allow", notebook_setting="ask") == "ask"
    assert decision(setting="allow", notebook_setting="block") == "deny"
    assert decision(setting="block", notebook_setting="allow") == "deny"


def test_an_allow_in_a_rule_lifts_nothing() -> None:
    assert judge(call(), tool(), known(WRITE), policy(Rule(effect="allow"))).decision == "ask"


@pytest.mark.parametrize(
    ("rule", "decision"),
    [
        (Rule(effect="block", connector="shop", tool="list_*"), "deny"),
        (Rule(effect="block", connector="SHOP", tool="LIST_*"), "deny"),
        (Rule(effect="block", connector="acme_shop"), "deny"),
        (Rule(effect="block", connector="other"), "allow"),
        (Rule(effect="block", tool="list"), "allow"),
        (Rule(effect="ask", tool_class=READ), "ask"),
        (Rule(effect="ask", tool_class=WRITE), "allow"),
    ],
)
def test_a_rule_is_about_a_connector_by_its_id_or_its_name(rule: Rule, decision: str) -> None:
    assert judge(call(), tool(), known(READ, entry="acme-shop"), policy(rule)).decision == decision


def test_the_words_name_whose_rule_it_is_and_where_it_stands() -> None:
    rule = Rule(effect="block", connector="shop", where="/etc/jupyter/connectors-policy.toml line 12")
    verdict = judge(call(), tool(), known(), policy(rule))
    assert verdict.rule == (
        "your organisation's policy: block connector 'shop' (/etc/jupyter/connectors-policy.toml line 12)"
    )


@pytest.mark.parametrize(
    ("amount", "decision"), [(50, "ask"), (51, "deny"), ("50", "deny"), (None, "deny"), (True, "deny")]
)
def test_outside_the_bounds_of_a_rule_a_call_is_refused(amount: object, decision: str) -> None:
    rule = Rule(effect="ask", when=parse_pattern({"amount": {"max": 50}}))
    assert judge(call(amount=amount), tool(), known(), policy(rule)).decision == decision
    assert judge(call(), tool(), known(), policy(rule)).decision == "deny"


def test_the_shortest_time_a_yes_may_be_kept_counts() -> None:
    both = policy(Rule(effect="ask", remember=SESSION), Rule(effect="allow", remember=Remember.parse("hours:8")))
    verdict = judge(call(), tool(), known(WRITE), both)
    assert (verdict.decision, verdict.remember, verdict.fresh) == ("ask", SESSION, False)
    never = judge(call(), tool(), known(WRITE), policy(Rule(effect="ask", remember=NEVER)))
    assert (never.remember, never.fresh) == (NEVER, True)
    assert judge(call(), tool(), known(WRITE), Policy()).remember == ALWAYS


@pytest.mark.parametrize(("new_tools", "decision"), [("review", "deny"), ("ask", "ask"), ("allow", "allow")])
def test_a_tool_that_appears_later_is_treated_as_the_policy_says(new_tools: str, decision: str) -> None:
    new = known(READ, definition="new")
    assert judge(call(), tool(), new, policy(new_tools=new_tools)).decision == decision
    assert visible_tool(tool(), new, policy(new_tools=new_tools)) is (decision != "deny")


def test_a_changed_definition_turns_the_tool_off() -> None:
    verdict = judge(call(), tool(), known(READ, definition="changed"), policy(new_tools="allow"))
    assert (verdict.decision, verdict.rule) == ("deny", "its definition changed; review it in %tools")


def test_a_secret_in_the_arguments_is_refused_where_the_policy_blocks_secrets() -> None:
    found = known(READ, secrets=("JWT", "AWS key"))
    assert judge(call(), tool(), found, Policy()).decision == "allow"
    verdict = judge(call(), tool(), found, policy(block_secrets=True))
    assert verdict.decision == "deny" and "AWS key, JWT" in verdict.rule


@pytest.mark.parametrize(
    ("change", "fresh"),
    [
        ({}, True),
        ({"outside": frozenset({"crm"}), "private": frozenset({"crm"})}, True),
        ({"private": frozenset()}, False),
        ({"outside": frozenset()}, False),
        ({"tool_class": READ}, False),
    ],
)
def test_who_read_the_outside_and_private_data_is_asked_anew_before_a_change(
    change: dict[str, Any], fresh: bool
) -> None:
    what = known(WRITE, setting="allow", outside=frozenset({"mail"}), private=frozenset({"crm"}))
    verdict = judge(call(asked_by="model"), tool(), replace(what, **change), Policy())
    assert verdict.fresh is fresh and (verdict.decision == "ask") is fresh
    if fresh:
        assert verdict.remember == NEVER and "crm" in verdict.rule and "asked anew" in verdict.rule
    assert judge(call(), tool(), replace(what, **change), Policy()).fresh is False, "a person's own call"


def test_a_blocked_tool_is_seen_by_nobody_and_one_with_bounds_by_all() -> None:
    bounded = Rule(effect="ask", when=parse_pattern({"amount": {"max": 50}}))
    assert visible_tool(tool(), known(), policy(bounded))
    assert not visible_tool(tool(), known(), policy(Rule(effect="block", tool="list_*")))
    for off in ({"setting": "block"}, {"notebook_setting": "block"}, {"definition": "changed"}):
        assert not visible_tool(tool(), known(**off), Policy())


def test_an_explanation_has_every_step_and_the_one_that_decides_first() -> None:
    steps = explain(tool(), known(WRITE), policy(Rule(effect="block", tool="list_*"), Rule(effect="ask")))
    assert [(step.effect, step.decides) for step in steps] == [("block", True), ("ask", False), ("ask", False)]
    assert steps[0].layer == "file" and "tool 'list_*'" in steps[0].rule


@given(calls, knowns, policies, layers, st.randoms())
@settings(max_examples=400)
def test_a_further_layer_never_widens(call: ToolCall, known: Known, policy: Policy, layer: Layer, random: Any) -> None:
    before = judge(call, tool(), known, policy)
    grown = [*policy.layers, layer]
    random.shuffle(grown)
    after = judge(call, tool(), known, Policy(layers=tuple(grown)))
    assert ORDER.index(after.decision) >= ORDER.index(before.decision)
    assert after.remember <= before.remember
    assert after.fresh >= before.fresh
    assert visible_tool(tool(), known, Policy(layers=tuple(grown))) <= visible_tool(tool(), known, policy)


@given(calls, knowns, policies, st.randoms())
@settings(max_examples=200)
def test_the_order_of_layers_and_of_rules_is_no_matter(
    call: ToolCall, known: Known, policy: Policy, random: Any
) -> None:
    shuffled = [replace(each, rules=tuple(random.sample(each.rules, len(each.rules)))) for each in policy.layers]
    random.shuffle(shuffled)
    other = Policy(layers=tuple(shuffled))
    assert judge(call, tool(), known, other) == judge(call, tool(), known, policy)
    # Layers of the same name and words are the same to a reader.
    assert explain(tool(), known, other) == explain(tool(), known, policy)
    assert Policy(layers=tuple(reversed(other.layers))).unattended == policy.unattended


@given(calls, knowns, policies, rules)
def test_a_block_beats_every_allow(call: ToolCall, known: Known, policy: Policy, rule: Rule) -> None:
    block = Layer(name="x", source="user", rules=(Rule(effect="block", connector="sh*"), rule))
    blocked = Policy(layers=(*policy.layers, block))
    assert judge(call, tool(), replace(known, setting="allow"), blocked).decision == "deny"
    assert not visible_tool(tool(), known, blocked)


@given(calls, knowns, policies)
def test_what_is_not_seen_is_refused_by_name(call: ToolCall, known: Known, policy: Policy) -> None:
    if not visible_tool(tool(), known, policy):
        assert judge(call, tool(), known, policy).decision == "deny"


@given(calls, knowns, policies)
def test_the_same_question_has_the_same_answer_and_changes_nothing(
    call: ToolCall, known: Known, policy: Policy
) -> None:
    before = repr((call, known, policy))
    assert judge(call, tool(), known, policy) == judge(call, tool(), known, policy)
    assert judge(call, tool(), known, Policy(layers=policy.layers)) == judge(call, tool(), known, policy)
    assert repr((call, known, policy)) == before


anything: Any = values | st.sampled_from([object(), float("nan"), b"x", lambda: None])


@given(anything, anything, anything, anything, anything)
def test_the_unknown_is_a_no(tool_class: Any, definition: Any, setting: Any, arguments: Any, asked_by: Any) -> None:
    wrong = Known(tool_class=tool_class, reviewed=True)
    assert judge(call(), tool(), wrong, Policy()).decision == "deny"
    assert not visible_tool(tool(), wrong, Policy())
    for each in (
        known(definition=definition),
        known(setting=object() if setting is None else setting),
        known(notebook_setting=object() if setting is None else setting),
    ):
        assert judge(call(), tool(), each, Policy()).decision == "deny"
    odd = ToolCall(id="1", connector="shop", tool="list_orders", arguments_json=arguments, asked_by=asked_by)
    bounded = policy(Rule(effect="allow", when=parse_pattern({"amount": {"max": 50}})))
    assert judge(odd, tool(), known(), bounded).decision == "deny"


@given(anything, anything, anything, anything)
def test_a_verdict_is_given_on_anything(of: Any, about: Any, what: Any, rules: Any) -> None:
    assert judge(of, about, what, rules).decision == "deny"
    assert not visible_tool(about, what, rules)
    assert explain(about, what, rules)[0].effect == "block"
    odd = Tool(connector="shop", name="list_orders", annotations=Annotations(read_only=of, destructive=about))
    assert judge(call(odd), odd, known(), Policy(layers=rules)).decision in ("allow", "deny")


def test_a_call_of_another_tool_is_refused() -> None:
    assert judge(call(tool("delete")), tool(), known(), Policy()).decision == "deny"
    assert judge(call(tool(connector="crm")), tool(), known(), Policy()).decision == "deny"


def test_settings_beside_the_rules_merge_to_the_most_restrictive() -> None:
    one = Defaults(new_tools="ask", unattended="as_granted", max_result_mb=50, private_networks="yes")
    two = Defaults(new_tools="review", always_allow=False, block_secrets=True, max_result_mb=20)
    merged = Policy(
        layers=(Layer(name="a", source="organisation", defaults=one), Layer(name="b", source="user", defaults=two))
    )
    assert (merged.new_tools, merged.unattended, merged.always_allow) == ("review", "as_granted", False)
    assert (merged.block_secrets, merged.max_result_mb, merged.private_networks) == (True, 20, "yes")


def test_a_notebook_alone_cannot_grant_what_nobody_else_granted() -> None:
    wide = Defaults(unattended="as_granted", private_networks="yes")
    merged = Policy(layers=(Layer(name="n", source="notebook", defaults=wide),))
    assert (merged.unattended, merged.private_networks) == ("deny", "typed_only")
