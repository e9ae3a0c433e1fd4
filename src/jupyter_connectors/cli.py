"""`jupyter connectors policy check FILE` and `jupyter connectors policy show`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from jupyter_connectors.errors import PolicyProblem
from jupyter_connectors.policy.files import read_bytes
from jupyter_connectors.policy.layers import Policy
from jupyter_connectors.policy.loading import FILE, find_places, load_policy
from jupyter_connectors.policy.reading import Pin, examine
from jupyter_connectors.policy.summary import summary


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and gives its exit code: 0 for a policy that can be used, 1 for one that cannot."""
    parser = argparse.ArgumentParser(
        prog="jupyter connectors", description="Connectors of business systems in notebooks."
    )
    groups = parser.add_subparsers(required=True, metavar="COMMAND")
    policy = groups.add_parser("policy", help=f"look at {FILE} files").add_subparsers(required=True, metavar="COMMAND")
    check = policy.add_parser("check", help="say what a file does, or every line that is wrong with it")
    check.add_argument("file", type=Path)
    check.set_defaults(run=lambda told: _check(told.file))
    show = policy.add_parser("show", help="show the policy that holds here and where each part comes from")
    show.set_defaults(run=lambda _: _show())
    told = parser.parse_args(arguments)
    code: int = told.run(told)
    return code


def _check(file: Path) -> int:
    try:
        data = read_bytes(file)
    except PolicyProblem as problem:
        return _refused(problem)
    found, faults = examine(data, name=str(file))
    if found is None:
        for fault in faults:
            print(f"{file}:{fault.line}: {fault.problem}\n    {fault.hint}", file=sys.stderr)
        return 1
    _say([f"{file}: OK", *_extends(found.extends), *summary(Policy(layers=(found.layer,)))])
    return 0


def _show() -> int:
    places = find_places()
    try:
        policy = load_policy(os.environ, places)
    except PolicyProblem as problem:
        return _refused(problem)
    if not policy.layers:
        folders = "\n".join(f"  {each}" for each in (*places.system, *places.user))
        _say([f"There is no policy: no {FILE} in any of", folders])
        return 0
    _say([*(f"{layer.whose} policy: {layer.name}" for layer in policy.layers), *summary(policy)])
    return 0


def _extends(pin: Pin | None) -> list[str]:
    return [f"Extends {pin.url}, which is not looked at here"] if pin is not None else []


def _say(lines: Sequence[str]) -> None:
    print("\n".join(lines))


def _refused(problem: PolicyProblem) -> int:
    print(f"{problem.problem}\n    {problem.hint}", file=sys.stderr)
    return 1
