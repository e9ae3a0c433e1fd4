from __future__ import annotations

import pytest

from jupyter_connectors.bounds import parse_pattern
from jupyter_connectors.policy.rules import ALWAYS, NEVER, Remember, Rule

from .support import DESTRUCTIVE


def test_how_long_a_yes_is_kept_is_ordered_from_never_to_always() -> None:
    told = ["never", "session", "hours:1", "hours:8", "hours:100", "always"]
    lengths = [Remember.parse(each) for each in told]
    assert lengths == sorted(lengths)
    assert [str(each) for each in lengths] == told
    assert min(lengths) == NEVER and max(lengths) == ALWAYS


@pytest.mark.parametrize("text", ["", "Never", "hours", "hours:0", "hours:-1", "hours:8h", "hours:10000", "never\n", 8])
def test_no_other_length_is_known(text: str) -> None:
    with pytest.raises(ValueError):
        Remember.parse(text)


@pytest.mark.parametrize("wrong", [{"effect": "deny"}, {"effect": None}, {"effect": "block", "tool_class": "writes"}])
def test_a_rule_of_an_unknown_effect_or_class_cannot_be_made(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        Rule(**wrong)  # type: ignore[arg-type]  # that is the test


def test_a_rule_reads_as_a_sentence_would() -> None:
    assert str(Rule(effect="block")) == "block every tool"
    rule = Rule(
        effect="ask",
        connector="acme-*",
        tool="refund",
        tool_class=DESTRUCTIVE,
        remember=Remember.parse("hours:8"),
        when=parse_pattern({"amount": {"max": 50}}),
    )
    assert str(rule) == (
        "ask connector 'acme-*', tool 'refund', class destructive with amount at most 50, else block, "
        "a yes kept at most 8 hours"
    )
