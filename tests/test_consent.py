"""Consent over real servers: what may be answered, how long a yes holds, what the rules and settings narrow."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jupyter_connectors.bounds import parse_pattern
from jupyter_connectors.calls import new_call
from jupyter_connectors.consulting import NOBODY
from jupyter_connectors.errors import Denied, Incomplete, PolicyProblem, ReplyRejected
from jupyter_connectors.frames.result import Result
from jupyter_connectors.judgement import Judge
from jupyter_connectors.models import Bound, Tool, ToolClass
from jupyter_connectors.policy.connecting import Connecting, Selector
from jupyter_connectors.policy.layers import Defaults, Layer, Policy
from jupyter_connectors.policy.rules import Remember, Rule
from jupyter_connectors.store import open_store

from .bench import ENTRIES, Bench, bench
from .conftest import hostile

pytestmark = pytest.mark.anyio

CRM, BILLING = ENTRIES["acme-crm"], ENTRIES["acme-billing"]


def policy(*rules: Rule, **more: Any) -> Policy:
    return Policy(layers=(Layer(name="policy.toml", source="organisation", rules=rules, **more),))


async def payment(on: Bench) -> str:
    """One that can be refunded."""
    found = await on.call("acme-billing", "list_payments", Bound(limit=100))
    number: str = next(row["id"] for row in found.json if row["status"] == "succeeded" and row["amount"] > 200)
    return number


async def refused(on: Bench, connector: str, tool: str, **arguments: object) -> str:
    with pytest.raises(Denied) as caught:
        await on.call(connector, tool, **arguments)
    return caught.value.problem


@pytest.mark.parametrize(
    ("remember", "choices"),
    [
        ("never", ("once", "deny")),
        ("session", ("once", "session", "deny")),
        ("hours:2", ("once", "session", "hours", "deny")),
        ("always", ("once", "hours", "always", "deny")),
    ],
)
async def test_what_may_be_answered_is_what_the_rules_let_be_kept(
    tmp_path: Path, remember: str, choices: tuple[str, ...]
) -> None:
    async with bench(tmp_path, BILLING) as on:
        on.policy = policy(Rule(effect="ask", remember=Remember.parse(remember)))
        on.says = "deny"
        await refused(on, "acme-billing", "create_refund", payment="pi_1")
        assert on.asked[0].choices == choices
        assert on.asked[0].hours == (2 if remember == "hours:2" else 8)
        await refused(on, "acme-billing", "delete_draft_invoice", id="in_1")
        assert on.asked[1].choices == ("once", "deny"), "destructive"


async def test_a_longer_answer_than_offered_is_a_yes_to_this_call_only(tmp_path: Path) -> None:
    async with bench(tmp_path, hostile("well-behaved")) as on:
        on.policy = policy(Rule(effect="ask", remember=Remember.parse("session")))
        on.says = "always"
        await on.call("hostile", "echo", text="x")
        await on.call("hostile", "echo", text="x")
        assert [each.asked for each in on.asked] == [1, 2]
        assert on.judge.grants.all() == ()


async def test_a_standing_yes_holds_for_other_kernels_until_it_is_taken_back(tmp_path: Path) -> None:
    async with bench(tmp_path, hostile("well-behaved")) as on:
        on.says = "always"
        await on.call("hostile", "echo", text="x")
    async with bench(tmp_path, hostile("well-behaved")) as on:
        await on.call("hostile", "echo", text="y")
        assert on.asked == []
        (grant,) = on.judge.grants.all()
        assert on.audit.rows()[0]["decision"] == f"allowed: always allowed, grant {grant.id}"
        elsewhere = open_store(tmp_path / "state.sqlite")
        Judge(elsewhere).grants.revoke(grant.id)
        elsewhere.close()
        on.says = "deny"
        assert "you said no" in await refused(on, "hostile", "echo", text="y")


async def test_a_yes_within_bounds_asks_outside_of_them(tmp_path: Path) -> None:
    async with bench(tmp_path, BILLING) as on:
        number = await payment(on)
        on.says, on.pattern = "always", parse_pattern({"amount": {"max": 50}})
        await on.call("acme-billing", "create_refund", payment=number, amount=10)
        await on.call("acme-billing", "create_refund", payment=number, amount=50)
        assert len(on.asked) == 1
        on.says, on.pattern = "deny", None
        await refused(on, "acme-billing", "create_refund", payment=number, amount=51)
        await refused(on, "acme-billing", "create_refund", payment=number)
        assert len(on.asked) == 3


async def test_a_rule_that_keeps_a_yes_shorter_ends_the_longer_ones_at_once(tmp_path: Path) -> None:
    async with bench(tmp_path, hostile("well-behaved")) as on:
        on.says = "always"
        await on.call("hostile", "echo", text="x")
        on.policy = policy(Rule(effect="ask", remember=Remember.parse("hours:1")))
        on.says = "session"
        await on.call("hostile", "echo", text="x")
        await on.call("hostile", "echo", text="x")
        assert len(on.asked) == 2, "the yes for the session counts, the one for ever does not"
        on.policy = policy(Rule(effect="ask", remember=Remember.parse("never")))
        await on.call("hostile", "echo", text="x")
        assert len(on.asked) == 3


async def test_destructive_calls_are_asked_each_time_whatever_is_set(tmp_path: Path) -> None:
    async with bench(tmp_path, BILLING) as on:
        on.judge.permissions.set("acme-billing", "allow", tool="delete_draft_invoice")
        on.judge.permissions.set("acme-billing", "allow")
        on.says = "deny"
        await refused(on, "acme-billing", "delete_draft_invoice", id="in_1")
        assert on.asked[0].tool_class is ToolClass.DESTRUCTIVE


async def test_always_allow_lifts_a_write_and_ask_narrows_a_read(tmp_path: Path) -> None:
    async with bench(tmp_path, BILLING) as on:
        number = await payment(on)
        on.judge.permissions.set("acme-billing", "allow", tool_class=ToolClass.WRITE)
        await on.call("acme-billing", "create_refund", payment=number, amount=1)
        assert on.asked == []
        assert on.audit.rows()[0]["rule"] == "always allowed in %tools"
        on.judge.permissions.set("acme-billing", "ask", tool="list_refunds")
        await on.call("acme-billing", "list_refunds", Bound(limit=1))
        assert [each.call.tool for each in on.asked] == ["list_refunds"]


async def test_a_notebooks_setting_narrows_here_and_never_widens(tmp_path: Path) -> None:
    async with bench(tmp_path, BILLING) as on:
        on.judge.permissions.set("acme-billing", "block", tool="list_refunds", notebook="a.ipynb")
        on.judge.permissions.set("acme-billing", "allow", tool="create_refund", notebook="a.ipynb")
        on.notebook, on.says = "a.ipynb", "deny"
        assert "blocked for this notebook" in await refused(on, "acme-billing", "list_refunds")
        await refused(on, "acme-billing", "create_refund", payment="pi_1")
        assert len(on.asked) == 1
        on.notebook = "b.ipynb"
        await on.call("acme-billing", "list_refunds", Bound(limit=1))


async def test_a_denials_reason_is_in_the_error(tmp_path: Path) -> None:
    async with bench(tmp_path, hostile("well-behaved")) as on:
        on.says, on.reason = "deny", "wrong customer\u202e"
        assert await refused(on, "hostile", "echo", text="x") == (
            "hostile.echo was not allowed: you said no: wrong customer\\u202e"
        )


async def test_the_same_question_is_counted_and_never_answered_by_itself(tmp_path: Path) -> None:
    async with bench(tmp_path, hostile("well-behaved")) as on:
        for _ in range(3):
            await on.call("hostile", "echo", text="x")
        await on.call("hostile", "echo", text="y")
        assert [each.asked for each in on.asked] == [1, 2, 3, 1]


async def test_a_change_is_asked_with_what_the_record_holds_now(tmp_path: Path) -> None:
    async with bench(tmp_path, CRM) as on:
        row = (await on.call("acme-crm", "list_opportunities", Bound(limit=1), is_closed=False)).json[0]
        before = len(on.audit.rows())
        await on.call("acme-crm", "update_opportunity", id=row["Id"], next_step="Call", amount=5.0)
        (request,) = on.asked
        assert request.before == {"next_step": row["NextStep"], "amount": row["Amount"]}
        assert request.origins == dict.fromkeys(("id", "next_step", "amount"), "you typed it")
        read, changed = on.audit.rows()[1], on.audit.rows()[0]
        assert len(on.audit.rows()) == before + 2
        assert (read["tool"], changed["tool"]) == ("get_opportunity", "update_opportunity")


async def test_a_record_that_cannot_be_read_is_asked_about_without_it(tmp_path: Path) -> None:
    async with bench(tmp_path, CRM) as on:
        on.says = "deny"
        await refused(on, "acme-crm", "update_opportunity", id="006000000000000000", next_step="Call")
        assert on.asked[0].before is None
        on.judge.permissions.set("acme-crm", "block", tool="get_opportunity")
        row = (await on.call("acme-crm", "list_opportunities", Bound(limit=1))).json[0]
        await refused(on, "acme-crm", "update_opportunity", id=row["Id"], next_step="Call")
        assert on.asked[1].before is None


async def test_with_nobody_there_nothing_is_asked_and_a_yes_counts_only_where_the_policy_says_so(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, hostile("well-behaved")) as on:
        on.says = "always"
        await on.call("hostile", "echo", text="x")
        tool = on.hub.find("hostile", "echo")

        async def alone() -> object:
            return await on.hub.call(new_call(tool, {"text": "x"}), approve=on.approve, attended=False)

        with pytest.raises(Denied, match=NOBODY.by):
            await alone()
        on.policy = policy(defaults=Defaults(unattended="as_granted"))
        await alone()
        on.judge.grants.revoke(*(each.id for each in on.judge.grants.all()))
        with pytest.raises(Denied, match=NOBODY.by):
            await alone()
        assert len(on.asked) == 1


async def test_a_secret_in_the_arguments_is_shown_and_by_policy_refused(tmp_path: Path) -> None:
    key = "AKIA" + "IOSFODNN7EXAMPLA"
    async with bench(tmp_path, hostile("well-behaved")) as on:
        await on.call("hostile", "echo", text=f"the key is {key}")
        assert any("AWS" in each for each in on.asked[0].warnings)
        on.policy = policy(defaults=Defaults(block_secrets=True))
        problem = await refused(on, "hostile", "echo", text=f"the key is {key}")
        assert "AWS" in problem and key not in problem
        assert len(on.asked) == 1
        assert key not in str(on.audit.rows())


async def test_more_than_the_policy_allows_a_result_to_hold_is_not_taken(tmp_path: Path) -> None:
    async with bench(tmp_path) as on:
        on.policy = policy(defaults=Defaults(max_result_mb=1))
        await on.hub.connect(hostile("too-large", HOSTILE_SIZE="1500000"))
        with pytest.raises(ReplyRejected):
            await on.call("hostile", "echo", text="x")
        await on.hub.connect(BILLING)
        with pytest.raises(Incomplete, match="1 MB that the policy allows") as caught:
            await on.call("acme-billing", "list_invoices")
        assert isinstance(caught.value.partial, Result) and caught.value.partial.rows > 0


async def test_what_the_policy_refuses_is_not_connected_nor_called_nor_listed(tmp_path: Path) -> None:
    async with bench(tmp_path, BILLING) as on:
        assert on.hub.tools()
        on.policy = policy(connecting=Connecting(deny=(Selector(id="acme-billing"),)))
        assert on.hub.tools() == ()
        assert "deny list" in await refused(on, "acme-billing", "list_refunds")
        with pytest.raises(Denied, match="deny list"):
            await on.hub.connect(BILLING, name="again")


async def test_a_policy_that_cannot_be_read_stops_everything(tmp_path: Path) -> None:
    broken = True

    def rules() -> Policy:
        if broken:
            raise PolicyProblem("policy.toml line 3: unknown key", hint="mend it")
        return Policy()

    store = open_store(tmp_path / "state.sqlite")
    judge = Judge(store, policy=rules)
    tool = Tool(connector="acme-billing", name="list_refunds")
    assert judge.verdict(new_call(tool, {}), tool, BILLING).decision == "deny"
    assert judge.visible((tool,), BILLING) == ()
    assert judge.explain(tool, BILLING)[0].rule == "policy.toml line 3: unknown key"
    with pytest.raises(PolicyProblem):
        judge.refusal(BILLING)
    broken = False
    assert judge.verdict(new_call(tool, {}), tool, BILLING).decision == "allow"
    store.close()


async def test_a_rule_that_changes_while_the_person_thinks_counts(tmp_path: Path) -> None:
    async with bench(tmp_path, hostile("well-behaved", HOSTILE_LOG=str(tmp_path / "log"))) as on:

        async def blocks() -> None:
            on.policy = policy(Rule(effect="block", tool="echo", where="policy.toml line 7"))

        on.meanwhile = blocks
        assert "policy.toml line 7" in await refused(on, "hostile", "echo", text="x")
        assert "tools/call" not in (tmp_path / "log").read_text()
        assert on.judge.grants.all() == ()


async def test_an_edit_is_judged_again(tmp_path: Path) -> None:
    async with bench(tmp_path, hostile("well-behaved", HOSTILE_LOG=str(tmp_path / "log"))) as on:
        on.policy = policy(Rule(effect="ask", when=parse_pattern({"text": {"in": ["a", "b"]}})))
        on.edits = '{"text":"c"}'
        assert "text one of 'a', 'b'" in await refused(on, "hostile", "echo", text="a")
        on.edits = '{"text":"b"}'
        assert (await on.call("hostile", "echo", text="a")).text == "b"
        sent = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
        assert [each[2] for each in sent if each[0] == "tools/call"] == [{"text": "b"}]


async def test_a_tool_can_be_explained_blocked_or_not(tmp_path: Path) -> None:
    async with bench(tmp_path, BILLING) as on:
        assert on.hub.explain("acme-billing", "create_refund")[0].rule == "it changes data"
        on.policy = policy(Rule(effect="block", tool="create_*", where="policy.toml line 9"))
        first, *rest = on.hub.explain("acme-billing", "create_refund")
        assert (first.decides, first.effect) == (True, "block")
        assert "policy.toml line 9" in first.rule
        assert not any(each.decides for each in rest)


async def test_calls_side_by_side_are_asked_each(tmp_path: Path) -> None:
    async with bench(tmp_path, hostile("well-behaved")) as on:
        await asyncio.gather(*(on.call("hostile", "echo", text=str(n)) for n in range(10)))
        assert sorted(each.call.arguments["text"] for each in on.asked) == sorted(str(n) for n in range(10))
        assert len(on.audit.rows()) == 10


async def test_a_yes_to_a_service_is_not_one_to_another_of_the_same_name(tmp_path: Path) -> None:
    async with bench(tmp_path, replace(hostile("well-behaved"), custom=True)) as on:
        on.says = "always"
        await on.call("hostile", "echo", text="x")
        await on.hub.disconnect("hostile")
        other = hostile("well-behaved", HOSTILE_NAME="another")
        await on.hub.connect(replace(other, custom=True))
        await on.call("hostile", "echo", text="x")
        assert len(on.asked) == 2
