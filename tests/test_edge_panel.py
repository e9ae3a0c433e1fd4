"""The panel's requests: states as the schemas describe them, actions as the magics do them, secrets nowhere."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from jupyter_connectors.answering.definitions import define
from jupyter_connectors.answering.sent import ON_DEMAND, SQL
from jupyter_connectors.api import Connector
from jupyter_connectors.calls import new_call
from jupyter_connectors.directory.catalogue import custom_command
from jupyter_connectors.joining import connect
from jupyter_connectors.panelcode import code_line
from jupyter_connectors.session import Session
from jupyter_connectors.sessions.limits import Limits
from jupyter_connectors.showtools import tools_bundle
from jupyter_connectors.widgets.panel import Panel

from .conftest import hostile
from .servers.authority import Authority, authority
from .servers.running import beside
from .wiring import broken, schemas

PARTS = ["connected", "directory", "tools", "modes", "data", "grants", "questions", "signins"]
CANARY = "sk-canary-5f2e9b71c4"


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    monkeypatch.setenv("JUPYTER_CONNECTORS_DATA", str(tmp_path))
    monkeypatch.setenv("JUPYTER_CONNECTORS_SECRETS", "file")
    monkeypatch.setenv("JPY_SESSION_NAME", "/home/ada/overdue.ipynb")
    # A notebook's namespace is all of a shell that the panel looks at.
    made = Session(SimpleNamespace(user_ns={}), limits=Limits(call=20, close=0.5))
    made.desk.attend("panel", Panel(made).answer, lambda: made.runtime.loop)
    yield made
    made.runtime.run(made.hub.close())
    made.store.close()


def say(session: Session, wanted: str, /, **more: Any) -> dict[str, Any]:
    """A request of the panel and the kernel's answer, each as its schema describes it."""
    message = {"id": "panel", "type": wanted, **more}
    assert broken("request", message) == []
    reply = asyncio.run(session.desk.answer(message))
    assert broken("state" if wanted == "state" else "reply", reply) == []
    return reply


def state(session: Session, *parts: str) -> Any:
    """Some parts of the state; one alone as it is."""
    told = say(session, "state", parts=list(parts))
    return told[parts[0]] if len(parts) == 1 else told


def entry_of(session: Session, name: str) -> dict[str, Any]:
    return next(each for each in state(session, "directory")["entries"] if each["id"] == name)


def test_every_schema_says_what_it_is_of_and_asks_for_all_it_names() -> None:
    assert set(PARTS) | {"state", "request", "reply", "status"} == set(schemas())
    for name, schema in schemas().items():
        assert schema["$id"] == f"{name}.schema.json" and schema["title"]


def test_a_kernel_where_nothing_is_connected_tells_of_it_and_starts_nothing(session: Session) -> None:
    told = state(session, *PARTS)
    assert (told["connected"], told["tools"]["connectors"], told["data"]) == ([], [], [])
    assert told["notebook"] == "/home/ada/overdue.ipynb" and told["tools"]["notebook"] == "overdue.ipynb"
    assert len(told["directory"]["entries"]) > 40
    assert session._hub is None
    assert set(state(session, "grants", "signins")) == {"status", "version", "turn", "notebook", "grants", "signins"}


def test_a_connect_binds_the_variable_and_a_disconnect_takes_it_away(session: Session) -> None:
    told = say(session, "connect", entry="acme-billing")
    assert (told["status"], told["code"]) == ("ok", "%connect acme-billing")
    assert isinstance(session.shell.user_ns["acme_billing"], Connector)
    (found,) = state(session, "connected")
    assert (found["variable"], found["state"], found["tools"], found["on"]) == ("acme_billing", "ready", 13, 13)
    assert entry_of(session, "acme-billing")["state"] == "connected"
    told = say(session, "disconnect", name="acme-billing")
    assert (told["status"], told["code"]) == ("ok", "%disconnect acme-billing")
    assert "acme_billing" not in session.shell.user_ns and state(session, "connected") == []


def test_a_connect_that_fails_says_why_to_who_asked_and_in_the_directory(session: Session) -> None:
    session.catalogue.add(custom_command("no-such-program-anywhere", name="broken"))
    told = say(session, "connect", entry="broken")
    assert told["status"] == "error" and "'no-such-program-anywhere' was not found" in told["problem"]
    shown = entry_of(session, "broken")
    assert shown["state"] == "failed" and told["problem"] in shown["message"]
    assert say(session, "connect", entry="brokn")["problem"] == "no connector is called 'brokn'"
    assert say(session, "disconnect", name="broken")["status"] == "error"


def test_a_variable_of_the_persons_own_is_never_taken(session: Session) -> None:
    session.shell.user_ns["acme_billing"] = 5
    told = say(session, "connect", entry="acme-billing")
    assert told["status"] == "error" and "already has a variable" in told["problem"]
    assert session.shell.user_ns["acme_billing"] == 5


def test_the_toggle_of_the_notebook_narrows_and_gives_back(session: Session) -> None:
    connect(session, [hostile("well-behaved")])
    told = say(session, "enable", connector="hostile", here=True, on=False)
    assert told["code"] == "%tools hostile --block all --here"
    (found,) = state(session, "connected")
    assert (found["here"], found["mine"], found["on"], found["tokens"]) == (False, True, 0, 0)
    assert session.hub.tools() == ()
    assert say(session, "enable", connector="hostile", here=True, on=True)["code"] == "%tools hostile --on all --here"
    assert len(session.hub.tools()) == state(session, "connected")[0]["on"] > 0


def test_switches_are_turned_as_in_a_cell(session: Session) -> None:
    connect(session, [hostile("well-behaved")])
    switch = {"connector": "hostile", "tool": "echo", "kind": None, "here": False}
    told = say(session, "set", **switch, setting="allow")
    assert (told["status"], told["code"]) == ("ok", "%tools hostile --allow echo")
    (connector,) = state(session, "tools")["connectors"]
    assert connector["tools"][0]["mine"]["own"] is True
    preview = say(session, "reset", connector="hostile", kind="write", here=False, dry=True)
    assert preview["code"] == "%tools hostile --on echo"
    assert state(session, "tools")["connectors"][0]["tools"][0]["mine"]["own"] is True, "a preview does nothing"
    assert say(session, "reset", connector="hostile", kind="write", here=False)["status"] == "ok"
    assert state(session, "tools")["connectors"][0]["tools"][0]["mine"]["own"] is False
    refused = say(session, "accept", connector="hostile", tool="echo", hash="0")
    assert refused["status"] == "error" and "changed again" in refused["problem"]
    assert say(session, "set", **{**switch, "tool": "nothing"}, setting="block")["status"] == "error"


def test_a_mode_is_set_for_the_notebook_and_for_one_connector(session: Session) -> None:
    say(session, "connect", entry="acme-crm")
    assert say(session, "mode", mode="on-demand")["code"] == "%tools --mode on-demand"
    told = say(session, "mode", mode="always", connector="acme-crm")
    assert told["code"] == "%tools acme-crm --mode always"
    found = state(session, "modes")
    assert (found["mode"], found["own"], found["connectors"][0]["mode"]) == ("on-demand", True, "always")
    costs = {mode: each["tokens"] for mode, each in found["connectors"][0]["costs"].items()}
    assert costs["on-demand"] == 0 < costs["always"] == costs["auto"]
    assert say(session, "mode", mode=None)["code"] == "%tools --mode default"
    assert state(session, "modes")["own"] is False


def test_what_is_forgotten_has_no_mode_of_its_own_when_it_comes_back(session: Session) -> None:
    session.catalogue.add(replace(hostile("well-behaved"), custom=True))
    connect(session, [session.catalogue.find("hostile")])
    say(session, "mode", mode="on-demand")
    say(session, "mode", mode="always", connector="hostile")
    session.controls.forget("hostile")
    modes = state(session, "modes")
    assert (modes["mode"], modes["connectors"][0]["mode"]) == ("on-demand", None)


def in_use(session: Session) -> int:
    """The tokens of all that is sent with a question now, which are those of its parts."""
    modes = state(session, "modes")
    (total,) = (each["cost"]["tokens"] for each in modes["choices"] if each["mode"] == modes["mode"])
    used = {each["id"]: each["mode"] or modes["mode"] for each in modes["connectors"]}
    parts = sum(each["costs"][used[each["id"]]]["tokens"] for each in modes["connectors"])
    ours = ON_DEMAND if "on-demand" in used.values() else ()
    assert total == parts + sum(each.cost for each in (*ours, SQL))
    return int(total)


def test_every_view_counts_the_same_tokens_and_they_add_up(session: Session) -> None:
    say(session, "connect", entry="acme-billing")
    say(session, "connect", entry="acme-crm")
    say(session, "set", connector="acme-crm", tool="list_accounts", kind=None, here=False, setting="block")
    told = state(session, "connected", "tools", "modes")
    sections = told["tools"]["connectors"]
    tokens = [sum(each["tokens"] for each in section["tools"] if each["enabled"]) for section in sections]
    sent = define(session.hub.tools()).values()
    assert tokens == [sum(each.cost for each in sent if each.tool.connector == section["id"]) for section in sections]
    assert [each["tokens"] for each in sections] == [each["tokens"] for each in told["connected"]] == tokens
    assert [each["costs"]["always"]["tokens"] for each in told["modes"]["connectors"]] == tokens
    costs = {each["mode"]: each["cost"]["tokens"] for each in told["modes"]["choices"]}
    assert costs["auto"] == costs["always"] == sum(tokens) + SQL.cost
    for mode in ("on-demand", "always", "auto"):
        say(session, "mode", mode=mode)
        assert in_use(session) == costs[mode]
    on_demand = sum(each.cost for each in ON_DEMAND) + SQL.cost
    assert costs["on-demand"] == on_demand, "three tools, however many connectors there are"
    say(session, "mode", mode="on-demand")
    say(session, "mode", mode="always", connector="acme-crm")
    assert in_use(session) == tokens[1] + on_demand
    assert f"(acme-crm), about {tokens[1]:,} tokens" in tools_bundle(sections)["text/plain"]


def test_a_grant_is_taken_back_once(session: Session) -> None:
    connect(session, [hostile("well-behaved")])
    found = session.hub.connected("hostile")
    tool = found.tools[0]
    session.judge.grants.allow(new_call(tool, {}), tool, found.entry.identity, lasting="session")
    (grant,) = state(session, "grants")
    assert grant["code"] == f"%tools --revoke {grant['id']}"
    assert say(session, "revoke", grant=grant["id"])["status"] == "ok"
    assert state(session, "grants") == []
    assert say(session, "revoke", grant=grant["id"])["status"] == "error"


def test_each_change_moves_the_turn(session: Session) -> None:
    before = state(session, "connected", "grants")["turn"]
    say(session, "connect", entry="acme-crm")
    assert session.status()["changed"] == state(session, "connected", "grants")["turn"] > before


def test_a_look_announces_only_what_moved(session: Session) -> None:
    connect(session, [hostile("well-behaved")])
    say(session, "look")
    before = session.turn
    say(session, "look")
    assert session.turn == before
    # What another kernel of the person sets is in the store alone.
    session.judge.permissions.set(session.hub.connected("hostile").entry.identity, "block", tool="echo")
    say(session, "look")
    assert session.turn == before + 1


def test_the_status_is_as_both_sides_describe_it(session: Session) -> None:
    assert broken("status", session.status()) == [] and "mode" not in session.status()
    say(session, "connect", entry="acme-crm")
    say(session, "connect", entry="acme-billing", name="pay")
    say(session, "enable", connector="pay", here=True, on=False)
    say(session, "mode", mode="on-demand")
    told = session.status()
    assert broken("status", told) == []
    assert [(each["id"], each["entry"], each["here"]) for each in told["connected"]] == [
        ("acme-crm", "acme-crm", True),
        ("pay", "acme-billing", False),
    ]
    assert (told["mode"], told["left"]) == ("on-demand", [])


def test_a_connector_keeps_the_name_the_person_gave_it(session: Session) -> None:
    told = say(session, "connect", entry="acme-billing", name="pay")
    assert told["code"] == "%connect acme-billing --as pay"
    (found,) = state(session, "connected")
    assert (found["id"], found["entry"], found["variable"]) == ("pay", "acme-billing", "pay")
    told = say(session, "connect", entry="acme-billing", name="acme-billing", dry=True)
    assert told["code"] == "%connect acme-billing"
    told = say(session, "connect", entry="acme-billing", account="test", name="acme-billing-test", dry=True)
    assert told["code"] == "%connect acme-billing --account test"


def test_what_was_signed_out_of_in_another_kernel_is_left_at_the_next_look(session: Session) -> None:
    say(session, "connect", entry="acme-crm")
    say(session, "connect", entry="acme-billing")
    entry, turn = session.hub.connected("acme-crm").entry, session.turn
    # As another kernel does it: in the store, which is all they share.
    session.judge.grants.leave(entry.identity, "")
    assert [each["id"] for each in state(session, "connected")] == ["acme-billing"]
    assert session.turn > turn and session.status()["left"] == ["acme-crm"]
    say(session, "connect", entry="acme-crm")
    assert session.status()["left"] == []


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"type": "delete"},
        {"type": "connect"},
        {"type": "connect", "entry": ["acme-crm"]},
        {"type": "connect", "entry": "acme-crm", "secrets": {"other": CANARY}},
        {"type": "connect", "entry": "acme-crm", "secrets": CANARY},
        {"type": "connect", "entry": "acme-crm", "key": CANARY},
        {"type": "set", "connector": "acme-crm", "tool": None, "kind": "harmless", "setting": "allow", "here": False},
        {"type": "set", "connector": "acme-crm", "tool": None, "kind": None, "setting": "yes", "here": False},
        {"type": "mode", "mode": "sometimes"},
        {"type": "enable", "connector": "acme-crm", "here": "yes", "on": True},
    ],
)
def test_what_is_no_request_of_ours_does_nothing_and_is_not_repeated(session: Session, message: dict[str, Any]) -> None:
    reply = asyncio.run(session.desk.answer({"id": "panel", **message}))
    assert reply["status"] == "error" and "does not understand" in reply["problem"]
    assert broken("reply", reply) == [] and CANARY not in json.dumps(reply)
    assert session.connected() == ()


@pytest.fixture
def service() -> Iterator[Authority]:
    with beside(authority()) as made:
        yield made


def test_a_connector_is_added_by_its_address_and_its_sign_in_is_shown_in_the_panel(
    session: Session, service: Authority
) -> None:
    service.says = {"device_authorization_endpoint": None}

    async def walk() -> dict[str, Any]:
        connecting = asyncio.create_task(
            session.desk.answer({"id": "panel", "type": "connect", "address": service.resource, "name": "web"})
        )
        card = await card_of(session, connecting)
        assert card["connector"] == "web" and card["kind"] == "sign-in"
        (found,) = await parts(session, "connected")
        assert (found["id"], found["state"]) == ("web", "signing in")
        session.desk.deliver({"id": card["id"], "type": "hello"})
        session.desk.deliver({"id": card["id"], "type": "page", "host": "hub.example", "callback": "", "kernel": ""})
        card = await card_of(session, connecting, lambda card: card["told"].get("link"))
        assert (card["state"], card["way"]) == ("link", "paste")
        session.desk.deliver({"id": card["id"], "type": "cancel"})
        return await connecting

    told = asyncio.run(walk())
    assert told["status"] == "error" and told["code"] == f"%connect {service.resource} --as web"
    assert state(session, "signins") == [] and state(session, "connected") == []


def test_what_waits_for_a_sign_in_keeps_its_place_before_what_is_ready(session: Session, service: Authority) -> None:
    async def walk() -> None:
        asked = {"id": "panel", "type": "connect"}
        connecting = asyncio.create_task(session.desk.answer({**asked, "address": service.resource, "name": "web"}))
        card = await card_of(session, connecting)
        assert (await session.desk.answer({**asked, "entry": "acme-crm"}))["status"] == "ok"
        found = [(each["id"], each["state"]) for each in await parts(session, "connected")]
        assert found == [("web", "signing in"), ("acme-crm", "ready")]
        session.desk.deliver({"id": card["id"], "type": "cancel"})
        assert (await connecting)["status"] == "error"
        assert [each["id"] for each in await parts(session, "connected")] == ["acme-crm"]

    asyncio.run(walk())


async def parts(session: Session, part: str) -> Any:
    told = await session.desk.answer({"id": "panel", "type": "state", "parts": [part]})
    assert broken("state", told) == []
    return told[part]


async def card_of(
    session: Session, connecting: asyncio.Task[dict[str, Any]], ready: Callable[[dict[str, Any]], object] = bool
) -> dict[str, Any]:
    """The card of the one sign-in that waits in the panel, once it is ready."""
    loop, changed = asyncio.get_running_loop(), asyncio.Event()
    session.watch(lambda: loop.call_soon_threadsafe(changed.set), place="card of a test")
    try:
        while True:
            changed.clear()
            found = [each for each in await parts(session, "signins") if ready(each)]
            if found:
                (card,) = found
                return dict(card)
            assert not connecting.done(), connecting.result()
            async with asyncio.timeout(10):
                await changed.wait()
    finally:
        session.watch(lambda: None, place="card of a test")


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ({"type": "connect", "entry": "x", "set": {"org": "acme"}, "account": "test"}, "--account test --set org=acme"),
        ({"type": "connect", "entry": "x", "secrets": {"key": CANARY}}, "%connect x --key keyring"),
        (
            {"type": "connect", "entry": "x", "client_id": "a b", "secrets": {"client_secret": CANARY}},
            "--client-id 'a b'",
        ),
        ({"type": "disconnect", "name": "x", "revoke": True}, "%disconnect x --revoke"),
        (
            {"type": "set", "connector": "x", "tool": None, "kind": "write", "setting": None, "here": True},
            "%tools x --on write --here",
        ),
        ({"type": "accept", "connector": "x", "tool": "y", "hash": "z"}, "%tools --accept x.y"),
    ],
)
def test_the_line_names_secrets_and_never_holds_one(message: dict[str, Any], line: str) -> None:
    made = code_line(message)
    assert line in made and CANARY not in made


def everything_under(folder: Path, *, but: str = "") -> str:
    """All that was written there, as text; `but` leaves one folder out."""
    files = (each for each in folder.rglob("*") if each.is_file() and but not in each.parts)
    return "".join(each.read_bytes().decode(errors="replace") for each in files)


def test_a_secret_goes_to_the_vault_and_is_used_from_there(
    session: Session, service: Authority, tmp_path: Path
) -> None:
    service.access[CANARY] = "all"
    told = say(session, "connect", address=service.resource, name="web", secrets={"key": f" {CANARY}\n"})
    assert (told["status"], told["code"]) == ("ok", f"%connect {service.resource} --as web --key keyring")
    everything = state(session, *PARTS)
    assert CANARY not in json.dumps([told, everything, session.status()])
    assert CANARY not in everything_under(tmp_path, but="secrets")
    kept = tmp_path / "secrets"
    assert CANARY in everything_under(kept)
    assert {each.stat().st_mode & 0o777 for each in kept.iterdir()} == {0o600}
    assert say(session, "disconnect", name="web")["status"] == "ok"
    assert say(session, "connect", entry="web")["status"] == "ok", "what was given once need not be given again"


def test_a_secret_that_does_not_open_the_door_is_not_kept(session: Session, service: Authority, tmp_path: Path) -> None:
    service.access[CANARY] = "all"
    wrong = f"{CANARY}-wrong"
    told = say(session, "connect", address=service.resource, name="web", secrets={"key": wrong})
    assert told["status"] == "error" and wrong not in json.dumps([told, state(session, *PARTS)])
    assert wrong not in everything_under(tmp_path)
    assert say(session, "connect", address=service.resource, name="web", secrets={"key": CANARY})["status"] == "ok"
    say(session, "disconnect", name="web")
    assert say(session, "connect", address=service.resource, name="web", secrets={"key": wrong})["status"] == "error"
    assert say(session, "connect", entry="web")["status"] == "ok", "the one that opened it is kept"


def test_a_secret_that_no_header_can_hold_is_not_repeated(session: Session, service: Authority) -> None:
    for odd in (f"{CANARY}\nX-Other: 1", f"{CANARY}\x00"):
        told = say(session, "connect", address=service.resource, name="web", secrets={"key": odd})
        assert told["status"] == "error" and CANARY not in json.dumps(told)


def test_a_secret_for_what_takes_none_is_refused(session: Session) -> None:
    told = say(session, "connect", entry="acme-billing", secrets={"key": CANARY})
    assert told["status"] == "error" and CANARY not in json.dumps(told)


def test_a_form_asks_for_what_an_address_and_a_sign_in_need(session: Session) -> None:
    fields = {each["name"]: each for each in entry_of(session, "microsoft-teams")["form"]["fields"]}
    assert list(fields) == ["tenant", "client_id", "client_secret"]
    assert (fields["tenant"]["goes"], fields["tenant"]["required"]) == ("set", True)
    assert (fields["client_secret"]["goes"], fields["client_secret"]["secret"]) == ("secrets", True)
    told = say(session, "connect", entry="microsoft-teams", client_id="abc")
    assert told["status"] == "error" and "tenant" in told["problem"]
    assert entry_of(session, "acme-billing")["form"]["fields"] == []


def test_what_a_policy_blocks_is_shown_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, session: Session
) -> None:
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path))
    (tmp_path / "connectors-policy.toml").write_text('version = 1\n[connectors]\ndeny = [{ id = "gmail" }]\n')
    assert entry_of(session, "stripe")["blocked"] == ""
    assert "the deny list has id 'gmail'" in entry_of(session, "gmail")["blocked"]
    told = say(session, "connect", entry="gmail")
    assert told["status"] == "error" and "deny list" in told["problem"]


def test_a_policy_that_cannot_be_read_is_said_in_place_of_a_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, session: Session
) -> None:
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path))
    (tmp_path / "connectors-policy.toml").write_text("version = nonsense")
    told = say(session, "state", parts=["directory"])
    assert told["status"] == "error" and "connectors-policy.toml" in told["problem"]
