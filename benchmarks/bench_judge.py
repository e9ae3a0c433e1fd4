"""What the policy costs per call and per list: `judge` with 0, 20 and 200 rules, and `visible_tool` over 500 tools.

The peers, in the same run: a dictionary looked up by connector and tool, which is the least any rule can cost and knows
no globs, classes or bounds; and Casbin's `enforce` over the same rules as globs with deny overriding, where `pycasbin`
is installed.
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from common import print_table, spread

from jupyter_connectors.bounds import parse_pattern
from jupyter_connectors.models import Tool, ToolCall, ToolClass
from jupyter_connectors.policy.judge import Known, judge, visible_tool
from jupyter_connectors.policy.layers import Layer, Policy
from jupyter_connectors.policy.loading import Places, PolicyFiles
from jupyter_connectors.policy.rules import Rule

COUNTS, TOOLS, ROUNDS, BATCH = (0, 1, 20, 200), 500, 200, 50
GOAL_JUDGE_US, GOAL_LIST_MS = 200.0, 1.0

CASBIN_MODEL = """
[request_definition]
r = obj, act
[policy_definition]
p = obj, act, eft
[policy_effect]
e = !some(where (p.eft == deny))
[matchers]
m = globMatch(r.obj, p.obj) && globMatch(r.act, p.act)
"""


def rules(count: int) -> tuple[Rule, ...]:
    """Rules as organisations write them: globs over connectors and tools, a class now and then, bounds in a few."""
    made = []
    for number in range(count):
        bounds = {"amount": {"max": 50_000}} if number % 10 == 9 else None
        made.append(
            Rule(
                effect="ask" if bounds or number % 3 else "block",
                connector="acme-*" if number % 2 else "*",
                tool=f"*_thing_{number}9*",
                tool_class=ToolClass.WRITE if number % 5 == 4 else None,
                when=parse_pattern(bounds) if bounds else {},
            )
        )
    return tuple(made)


def policy(count: int) -> Policy:
    """Three layers that share the rules."""
    every = rules(count)
    names = ("organisation", "user", "notebook")
    return Policy(
        layers=tuple(Layer(name=name, source=name, rules=every[place::3]) for place, name in enumerate(names))
    )


def per_call(act: Callable[[], object], *, rounds: int = ROUNDS) -> list[float]:
    """Microseconds of one call, of CPU time, in batches."""
    times = []
    for _ in range(rounds):
        began = time.process_time_ns()
        for _ in range(BATCH):
            act()
        times.append((time.process_time_ns() - began) / 1000 / BATCH)
    return times


def cells(times: list[float]) -> tuple[str, str]:
    """Median and 99th percentile."""
    slow = sorted(times)[min(len(times) - 1, round(0.99 * len(times)))]
    return f"{spread(times).median:.1f}", f"{slow:.1f}"


def casbin_enforcer(every: tuple[Rule, ...], place: Path) -> Callable[[str, str], object] | None:
    """Casbin over the same rules; None where it is not installed."""
    if importlib.util.find_spec("casbin") is None:
        return None
    import casbin

    model, csv = place / "model.conf", place / f"policy-{len(every)}.csv"
    model.write_text(CASBIN_MODEL)
    lines = [f"p, {rule.connector}, {rule.tool}, {'deny' if rule.effect == 'block' else 'allow'}" for rule in every]
    csv.write_text("\n".join(lines))
    enforcer = casbin.Enforcer(str(model), str(csv))
    return lambda connector, tool: enforcer.enforce(connector, tool)


def main() -> int:
    tools = [Tool(connector="acme-billing", name=f"get_thing_{number}") for number in range(TOOLS)]
    call = ToolCall(id="1", connector="acme-billing", tool=tools[299].name, arguments_json='{"amount":7,"id":"a"}')
    write = Known(tool_class=ToolClass.WRITE, reviewed=True)
    read = Known(tool_class=ToolClass.READ, reviewed=True)
    rows, lists, worst = [], [], 0.0
    with tempfile.TemporaryDirectory(prefix="jc-bench-") as folder:
        for count in COUNTS:
            held = policy(count)
            judged = per_call(lambda held=held: judge(call, tools[299], write, held))
            looked = {(each.connector, each.tool): each.effect for each in rules(count)}
            plain = per_call(lambda looked=looked: looked.get((call.connector, call.tool)))
            enforce = casbin_enforcer(rules(count), Path(folder))
            peer = (
                cells(per_call(lambda e=enforce: e(call.connector, call.tool), rounds=10))
                if enforce and count
                else ("", "")
            )
            rows.append((f"{count} rules", *cells(judged), *cells(plain)[:1], *peer))
            fresh = policy(count)
            began = time.process_time_ns()
            shown = [tool for tool in tools if visible_tool(tool, read, fresh)]
            first = (time.process_time_ns() - began) / 1e6
            again = [each / 1000 for each in per_call_list(tools, read, fresh)]
            worst = max(worst, spread(again).median)
            lists.append((f"{count} rules", f"{first:.2f}", f"{spread(again).median:.2f}", str(len(shown))))
        files = PolicyFiles(
            {}, places=Places(system=(Path("/etc/jupyter-none"),) * 2, user=(Path(folder),) * 3, cache=Path(folder))
        )
        stats = per_call(files.current)
    head = ("", "judge p50 us", "p99 us", "dict p50 us", "casbin p50 us", "p99 us")
    print_table("One verdict, CPU time", head, rows)
    if importlib.util.find_spec("casbin") is None:
        print("  pycasbin is not installed: its columns are empty")
    print_table("500 tools filtered, CPU time", ("", "first ms", "again ms", "shown"), lists)
    print(f"  looking whether a policy file changed, five folders: {cells(stats)[0]} us")
    slowest = max(float(row[2]) for row in rows)
    print(
        f"  goals: judge under {GOAL_JUDGE_US:.0f} us (p99 {slowest}), 500 tools in {GOAL_LIST_MS:.0f} ms ({worst:.2f})"
    )
    return 0 if slowest < GOAL_JUDGE_US and worst <= GOAL_LIST_MS else 1


def per_call_list(tools: list[Tool], known: Known, held: Policy) -> list[float]:
    """Microseconds of filtering the whole list once, of CPU time."""
    times = []
    for _ in range(ROUNDS):
        began = time.process_time_ns()
        for tool in tools:
            visible_tool(tool, known, held)
        times.append((time.process_time_ns() - began) / 1000)
    return times


if __name__ == "__main__":
    sys.exit(main())
