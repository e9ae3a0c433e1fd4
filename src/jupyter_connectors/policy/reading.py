"""From the text of a `connectors-policy.toml` to a layer, or to what is wrong with it, line by line."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from jupyter_connectors.bounds import parse_pattern
from jupyter_connectors.errors import PolicyProblem, nearest
from jupyter_connectors.models import ToolClass
from jupyter_connectors.policy.connecting import Connecting, Selector
from jupyter_connectors.policy.layers import AuditFile, Defaults, Layer, Source
from jupyter_connectors.policy.lines import Lines, Path
from jupyter_connectors.policy.rules import Remember, Rule

VERSION = 1

_KINDS = {
    "object": "a table",
    "array": "a list",
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A policy at an address, and the SHA-256 its bytes must have."""

    url: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong with a policy file."""

    line: int
    problem: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What one file says: its own layer, and the policy it extends."""

    layer: Layer
    extends: Pin | None = None


def schema() -> dict[str, Any]:
    """The published JSON Schema (2020-12) of the format. What it refuses, the reader refuses: the reader uses it."""
    text = (files("jupyter_connectors.policy") / "connectors-policy.schema.json").read_text("utf-8")
    read: dict[str, Any] = json.loads(text)
    return read


def read_policy(data: bytes, *, name: str, source: Source) -> Document:
    """What the bytes of a policy file say.

    Args:
        name: The file's path or address, for people.

    Raises:
        PolicyProblem: Something is wrong; it names the file, the line and the first fault.
    """
    found, faults = examine(data, name=name, source=source)
    if found is None:
        first = faults[0]
        raise PolicyProblem(
            f"{name} line {first.line}: {first.problem}", hint=f"{first.hint}; nothing connects until then"
        )
    return found


def examine(data: bytes, *, name: str, source: Source = "user") -> tuple[Document | None, list[Fault]]:
    """What the bytes say, or everything that is wrong with them in the order of lines."""
    try:
        text = data.decode("utf-8").replace("\r\n", "\n")
        told = tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return None, [Fault(line=line, problem="it is not UTF-8", hint="save the file as UTF-8")]
    except tomllib.TOMLDecodeError as error:
        return None, [_broken(text, str(error))]
    except RecursionError:
        return None, [Fault(line=1, problem="it is nested too deep", hint="a policy has a few levels")]
    lines = Lines(text)
    faults = sorted(_faults(told, lines), key=lambda fault: fault.line)
    return (None, faults) if faults else (_document(told, lines, name=name, source=source), [])


def _broken(text: str, message: str) -> Fault:
    at = re.search(r"at line (\d+)", message)
    line = int(at[1]) if at else text.rstrip("\n").count("\n") + 1
    problem = re.sub(r" \(at .*\)$", "", message)
    return Fault(line=line, problem=f"it is not TOML: {problem[:1].lower()}{problem[1:]}", hint="mend the line")


def _faults(told: Mapping[str, Any], lines: Lines) -> list[Fault]:
    version = told.get("version")
    if isinstance(version, int) and version > VERSION:
        problem = f"it is of version {version}, and this package reads version {VERSION}"
        return [Fault(line=lines.of(("version",)), problem=problem, hint="update jupyter-connectors")]
    return list(_against_schema(told, lines)) or list(_against_sense(told, lines))


def _against_schema(told: Mapping[str, Any], lines: Lines) -> Iterator[Fault]:
    from jsonschema import Draft202012Validator

    for error in Draft202012Validator(schema()).iter_errors(told):
        path = tuple(error.absolute_path)
        unknown = _unknown_keys(error)
        for key in unknown:
            problem = f"unknown key {key!r}" + (f" in {_spelled(path)}" if path else "")
            known = error.schema["properties"]
            yield Fault(line=lines.of((*path, key)), problem=problem, hint=nearest(key, known))
        if not unknown:
            problem = f"{_spelled(path) or 'the file'} {_complaint(error)}"
            yield Fault(line=lines.of(path), problem=problem, hint=_hint(error.schema))


def _unknown_keys(error: Any) -> list[str]:
    if error.validator != "additionalProperties":
        return []
    return [key for key in error.instance if key not in error.schema.get("properties", {})]


def _complaint(error: Any) -> str:
    """What a value does wrong, in our words: those of jsonschema speak of schemas."""
    if error.validator == "required":
        missing = [key for key in error.validator_value if key not in error.instance]
        return f"lacks {missing[0]!r}"
    if error.validator == "type":
        kinds = [error.validator_value] if isinstance(error.validator_value, str) else error.validator_value
        return "must be " + " or ".join(_KINDS[each] for each in kinds)
    if error.validator == "not":
        return "would block every call"
    return f"cannot be {_shown(error.instance)}"


def _hint(told: Mapping[str, Any]) -> str:
    words = str(told.get("description", "see connectors-policy.schema.json")).rstrip(".")
    choices = told.get("enum")
    if choices and not all(str(each) in words for each in choices):
        words = "one of " + ", ".join(map(str, choices)) + f" ({words[:1].lower()}{words[1:]})"
    return words


def _shown(value: object) -> str:
    text = repr(value) if not isinstance(value, list | dict) else json.dumps(value, default=str)
    return text if len(text) <= 60 else text[:59] + "…"


def _spelled(path: tuple[str | int, ...]) -> str:
    return "".join(f"[{each + 1}]" if isinstance(each, int) else f".{each}" for each in path).lstrip(".")


def _against_sense(told: Mapping[str, Any], lines: Lines) -> Iterator[Fault]:
    """What a schema cannot say: a minimum above its maximum, a number that is none, a host that is no host."""
    parts: list[tuple[Path, Callable[[Any], object], Any]] = [
        (("rules", place, "when"), _rule, each) for place, each in enumerate(told.get("rules", ()))
    ]
    for name in ("allow", "deny"):
        listed = told.get("connectors", {}).get(name, ())
        parts += [(("connectors", name, place), _selector, each) for place, each in enumerate(listed)]
    for path, make, part in parts:
        try:
            make(part)
        except ValueError as error:
            yield Fault(line=lines.of(path), problem=str(error), hint="mend the line")


def _pattern(rule: Mapping[str, Any]) -> Any:
    return parse_pattern(rule["when"]) if "when" in rule else {}


def _document(told: Mapping[str, Any], lines: Lines, *, name: str, source: Source) -> Document:
    rules = (
        _rule(rule, where=f"{name} line {lines.of(('rules', place))}")
        for place, rule in enumerate(told.get("rules", ()))
    )
    layer = Layer(
        name=name,
        source=source,
        rules=tuple(rules),
        defaults=Defaults(**told.get("defaults", {})),
        connecting=_connecting(told.get("connectors", {})),
        audit=AuditFile(**told["audit"]) if "audit" in told else None,
    )
    return Document(layer=layer, extends=Pin(**told["extends"]) if "extends" in told else None)


def _rule(told: Mapping[str, Any], *, where: str = "") -> Rule:
    return Rule(
        connector=told.get("connector", "*"),
        tool=told.get("tool", "*"),
        tool_class=ToolClass(told["class"]) if "class" in told else None,
        effect=told["effect"],
        remember=Remember.parse(told["remember"]) if "remember" in told else None,
        when=_pattern(told),
        where=where,
    )


def _connecting(told: Mapping[str, Any]) -> Connecting:
    return Connecting(
        allow=tuple(map(_selector, told["allow"])) if "allow" in told else None,
        deny=tuple(map(_selector, told.get("deny", ()))),
        custom=told.get("custom", "yes"),
        local=told.get("local", "yes"),
    )


def _selector(told: Mapping[str, Any]) -> Selector:
    return Selector(id=told.get("id", ""), url=told.get("url", ""), command=tuple(told.get("command", ())))
