from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from jupyter_connectors.bounds import parse_pattern
from jupyter_connectors.errors import PolicyProblem
from jupyter_connectors.policy.connecting import Connecting, Selector
from jupyter_connectors.policy.layers import AuditFile, Defaults
from jupyter_connectors.policy.lines import Lines
from jupyter_connectors.policy.reading import Pin, examine, read_policy, schema
from jupyter_connectors.policy.rules import Remember, Rule

from .support import DESTRUCTIVE

WHOLE = Path(__file__).with_name("whole.toml").read_text("utf-8")


def layer_of(text: str) -> Any:
    return read_policy(text.encode(), name="p.toml", source="organisation").layer


def test_a_policy_with_everything_is_read_as_it_is_written() -> None:
    found = read_policy(WHOLE.encode(), name="p.toml", source="organisation")
    layer = found.layer
    assert layer.connecting == Connecting(
        allow=(
            Selector(id="acme-billing"),
            Selector(url="https://*.corp.example/mcp"),
            Selector(command=("uvx", "mcp-server-git", "-r", "/data")),
        ),
        deny=(Selector(url="*://*.evil.example/*"),),
        custom="no",
        local="listed",
    )
    assert layer.rules == (
        Rule(connector="gmail", tool="send_*", effect="block", where="p.toml line 13"),
        Rule(tool_class=DESTRUCTIVE, effect="ask", remember=Remember.parse("never"), where="p.toml line 18"),
        Rule(
            connector="acme-billing",
            tool="create_refund",
            effect="ask",
            when=parse_pattern({"amount_minor": {"max": 50000}, "customer.country": {"in": ["DE"], "like": "*"}}),
            where="p.toml line 24",
        ),
    )
    assert layer.defaults == Defaults(
        new_tools="review",
        unattended="deny",
        always_allow=True,
        block_secrets=True,
        max_result_mb=50,
        private_networks="typed_only",
    )
    assert layer.audit == AuditFile(path="/var/log/jupyter-connectors/audit.jsonl", required=True)
    assert found.extends == Pin(url="https://policies.corp.example/p.toml", sha256="0" * 64)


def test_a_policy_that_only_says_its_version_lays_down_nothing() -> None:
    layer = layer_of("version = 1\n")
    assert (layer.rules, layer.defaults, layer.connecting, layer.audit) == ((), Defaults(), Connecting(), None)


RULE = "version = 1\n\n[[rules]]\n"

WRONG = [
    ("", 1, "the file lacks 'version'", "A connectors-policy.toml"),
    ("version = '1'", 1, "version cannot be '1'", "version of this format: 1"),
    ("version = 0", 1, "version cannot be 0", "1"),
    ("version = true", 1, "version cannot be True", "1"),
    ("\n# newer\nversion = 2", 3, "it is of version 2, and this package reads version 1", "update jupyter-connectors"),
    ("version = 1\nrulez = 1", 2, "unknown key 'rulez'", "did you mean 'rules'?"),
    ("version = 1\nrules = 7", 2, "rules must be a list", "most restrictive"),
    (RULE + "effect = 'blok'", 4, "rules[1].effect cannot be 'blok'", "one of allow, ask, block"),
    (RULE + "tool = 'x'", 3, "rules[1] lacks 'effect'", "what happens"),
    (RULE + "efect = 'ask'\neffect = 'ask'", 4, "unknown key 'efect' in rules[1]", "did you mean 'effect'?"),
    (RULE + "effect = 'ask'\nconnector = ''", 5, "rules[1].connector cannot be ''", "connector's id"),
    (RULE + "effect = 'ask'\ntool = ['a']", 5, "rules[1].tool must be a text", "tool's name"),
    (RULE + "effect = 'ask'\nclass = 'writes'", 5, "rules[1].class cannot be 'writes'", "one of read, write"),
    (RULE + "effect = 'ask'\nremember = 'hours:x'", 5, "rules[1].remember cannot be 'hours:x'", "hours:N"),
    (RULE + "effect = 'ask'\n[rules.when]\n", 5, "rules[1].when cannot be {}", "Bounds by argument"),
    (RULE + "effect = 'ask'\n[rules.when]\na = {}", 6, "rules[1].when.a cannot be {}", "Some of"),
    (RULE + "effect = 'ask'\n[rules.when]\na = {mx = 7}", 6, "unknown key 'mx' in rules[1].when.a", "'max'"),
    (RULE + "effect = 'ask'\n[rules.when.a]\nmax = 'x'", 6, "rules[1].when.a.max must be a number", "A number"),
    (RULE + "effect = 'ask'\n[rules.when.a]\nin = [[]]", 6, "rules[1].when.a.in[1] must be a text or a number", ""),
    (RULE + "effect = 'ask'\nwhen = { a = { min = 2, max = 1 } }", 5, "nothing is between", "mend"),
    (RULE + "effect = 'ask'\nwhen = { a = { max = nan } }", 5, "must be numbers", "mend"),
    (
        RULE + "effect = 'block'\nwhen = { a = { max = 1 } }",
        5,
        "rules[1].when would block every call",
        "bounds that are",
    ),
    (RULE + "effect = 'ask'\nremember = \"never\\n\"", 3, "is none of never, session", "mend"),
    ("version = 1\n[connectors]\n\ndeny = [{url='https://xn--\u00fc/*'}]", 4, "is no address to compare", "mend"),
    ("version = 1\n[connectors]\ncustom = 'maybe'", 3, "connectors.custom cannot be 'maybe'", "owners"),
    (
        "version = 1\n[connectors]\nallow = [\n  {id = 'a'},\n  {id = 7},\n]",
        5,
        "connectors.allow[2].id must be a text",
        "",
    ),
    ("version = 1\n[connectors]\ndeny = [{}]", 3, "connectors.deny[1] cannot be {}", "One of"),
    ("version = 1\n[connectors]\ndeny = [{id='a', url='x://y/'}]", 3, "connectors.deny[1] cannot be", "One of"),
    (
        "version = 1\n[connectors]\ndeny = [{url='evil.example'}]",
        3,
        "connectors.deny[1].url cannot be",
        "scheme://host",
    ),
    ("version = 1\n[connectors]\ndeny = [{command=[]}]", 3, "connectors.deny[1].command cannot be []", "program"),
    ("version = 1\n[defaults]\nalways_allow = 1", 3, "defaults.always_allow must be true or false", ""),
    ("version = 1\n[defaults]\nmax_result_mb = 0", 3, "defaults.max_result_mb cannot be 0", "1 or more"),
    ("version = 1\n[defaults]\nmax_result_mb = 1.5", 3, "must be a whole number", ""),
    ("version = 1\n[audit]\npath = 'here.jsonl'", 3, "audit.path cannot be 'here.jsonl'", "full path"),
    ("version = 1\n[audit]\npath = 2026-01-01", 3, "audit.path must be a text", ""),
    ("version = 1\n[extends]\nurl = 'http://a/'\nsha256 = 'ab'", 3, "extends.url cannot be", "https"),
    ("version = 1\nversion = 1", 2, "it is not TOML: cannot overwrite a value", "mend the line"),
    ("version = 1\n\nrules = [", 3, "it is not TOML", "mend the line"),
]


@pytest.mark.parametrize(("text", "line", "problem", "hint"), WRONG)
def test_what_is_wrong_is_said_with_its_line(text: str, line: int, problem: str, hint: str) -> None:
    found, faults = examine(text.encode(), name="p.toml")
    assert found is None
    assert faults[0].line == line
    assert problem in faults[0].problem and hint in faults[0].hint
    with pytest.raises(PolicyProblem, match=f"p.toml line {line}: ") as raised:
        layer_of(text)
    assert "nothing connects" in raised.value.hint


def test_bytes_that_are_no_text_are_refused_with_their_line() -> None:
    _, faults = examine(b"version = 1\n# \xff\n", name="p.toml")
    assert [(fault.line, fault.problem) for fault in faults] == [(2, "it is not UTF-8")]


def test_every_fault_is_found_in_the_order_of_lines() -> None:
    _, faults = examine((RULE + "effect = 'x'\nremember = 'y'\nzzz = 1\n").encode(), name="p.toml")
    assert [fault.line for fault in faults] == [4, 5, 6]


def _mutated(document: Any, path: list[Any], change: Any) -> Any:
    if not path:
        return change
    copy = dict(document) if isinstance(document, dict) else list(document)
    copy[path[0]] = _mutated(copy[path[0]], path[1:], change)
    return copy


def _paths(document: Any) -> list[list[Any]]:
    pairs = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    return [[], *([key, *path] for key, each in pairs for path in _paths(each))]


def _toml(value: Any) -> str:
    """Any JSON but null as TOML, all in line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value)


DOCUMENT = tomllib.loads(WHOLE)
SUBSTITUTES = [0, 1, 7, -1, 2.5, True, "", "x", "no", "ask", "block", "never", "hours:8", "/x", [], {}, ["x"], {"x": 1}]
SUBSTITUTES += [{"id": "x"}, {"max": 1}, {"effect": "block"}, {"in": ["x", 1, False]}, {"a.b": {"like": "*"}}]


@given(st.sampled_from(_paths(DOCUMENT)), st.sampled_from(SUBSTITUTES), st.sampled_from([None, "x", "tool", "when"]))
def test_the_published_schema_and_the_reader_take_and_refuse_the_same(path: list[Any], change: Any, key: Any) -> None:
    if key is not None and isinstance(change, dict):
        change = {**change, key: {"max": 1}}
    document = _mutated(DOCUMENT, path, change)
    if not isinstance(document, dict):
        return
    text = "".join(f"{json.dumps(key)} = {_toml(value)}\n" for key, value in document.items())
    found, faults = examine(text.encode(), name="p.toml")
    assert Draft202012Validator(schema()).is_valid(document) is (found is not None), faults


def test_the_schema_is_a_valid_schema_whose_keys_are_all_explained() -> None:
    told = schema()
    Draft202012Validator.check_schema(told)

    def unexplained(part: Any, name: str) -> list[str]:
        inner = [*part.get("properties", {}).items(), *part.get("$defs", {}).items()]
        own = [] if "description" in part or "$ref" in part else [name]
        return own + [missing for key, each in inner for missing in unexplained(each, f"{name}.{key}")]

    assert unexplained(told, "policy") == []


def test_lines_are_those_of_the_keys() -> None:
    text = '''# a comment, with a comma,
a = 1 # more,
b = """
x = 7
"""
"c.d" = { e = 1, f = { g = 2 } }
h.i = [
  1,  # one,
  [
    2,
  ], 3,
  # none
  { j = 4 },
]

[t.u]
v = \'\'\'
[w]
\'\'\'
[[r]]
s = 1
  [r.x]
  y = 1
  [[r.z]]
  k = 1
  [[r.z]]
  k = 2
[[r]]

s = 2
'''
    expected = {
        ("a",): 2,
        ("b",): 3,
        ("c.d",): 6,
        ("c.d", "f", "g"): 6,
        ("h", "i"): 7,
        ("h", "i", 0): 8,
        ("h", "i", 1): 9,
        ("h", "i", 1, 0): 9,
        ("h", "i", 2): 9,
        ("h", "i", 3): 13,
        ("h", "i", 3, "j"): 13,
        ("t", "u"): 16,
        ("t", "u", "v"): 17,
        ("r", 0): 20,
        ("r", 0, "s"): 21,
        ("r", 0, "x", "y"): 23,
        ("r", 0, "z", 0, "k"): 25,
        ("r", 0, "z", 1, "k"): 27,
        ("r", 1): 28,
        ("r", 1, "s"): 30,
        ("r", 1, "missing"): 28,
        ("nowhere",): 1,
    }
    lines = Lines(text)
    assert {path: lines.of(path) for path in expected} == expected


@given(st.lists(st.sampled_from(["", "# x,", "[a]x", "'''"]), max_size=3), st.integers(0, 4), st.booleans())
def test_the_line_of_a_rule_is_found_behind_anything(before: list[str], rules: int, spread: bool) -> None:
    quoted = [f"k{place} = '''\n{text}\n'''" for place, text in enumerate(before) if "'''" not in text]
    head = "\n".join(quoted)
    rule = '[[rules]]\nwhen = [\n 1,\n 2]\neffect = "ask"' if spread else '[[rules]] # ,\neffect = "ask"'
    text = "\n".join([head, *[rule] * rules])
    written = [line for line, each in enumerate(text.split("\n"), start=1) if each.startswith("[[rules]]")]
    lines = Lines(text)
    assert [lines.of(("rules", place)) for place in range(rules)] == written
