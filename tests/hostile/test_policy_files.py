"""HOSTILE cases 25 to 27 (what a server claims of a tool) and 75 (what a policy file can be)."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_connectors.bounds import parse_pattern
from jupyter_connectors.entries import Entry, Remote
from jupyter_connectors.errors import PolicyProblem
from jupyter_connectors.policy.classes import classify, contradiction
from jupyter_connectors.policy.judge import Known, explain, judge, visible_tool
from jupyter_connectors.policy.layers import Policy, may_connect
from jupyter_connectors.policy.loading import FILE, Places, PolicyFiles, load_policy
from jupyter_connectors.policy.rules import NEVER, Rule

from ..policy.support import DESTRUCTIVE, READ, SENDS, WRITE, call, known, policy, tool


@pytest.mark.parametrize("name", ["delete_order", "bulk-delete", "removeOrder", "sendMail", "PURGE_ALL"])
def test_case_25_a_deleting_tool_that_claims_to_read_only_is_asked_and_flagged(name: str) -> None:
    claims = tool(name, read_only=True)
    found = classify(claims, {})
    assert found is WRITE
    assert judge(call(claims), claims, Known(tool_class=found), Policy()).decision == "ask"
    assert "says it only reads, but its name says it" in (contradiction(claims) or "")


def test_case_25_the_claim_of_an_unreviewed_server_lowers_nothing() -> None:
    claims = tool("list_orders", read_only=True)
    for reviewed in (WRITE, DESTRUCTIVE, SENDS):
        assert classify(claims, {"list_orders": reviewed}) is reviewed
    assert classify(claims, {}) is WRITE


def test_case_26_a_tool_without_annotations_is_a_write() -> None:
    assert classify(tool("list_orders"), {}) is WRITE
    assert judge(call(), tool(), Known(tool_class=WRITE), Policy()).decision == "ask"


def test_case_27_destructive_wins_over_read_only() -> None:
    both = tool("list_orders", read_only=True, destructive=True)
    for reviewed in ({}, {"list_orders": READ}, {"list_orders": WRITE}):
        assert classify(both, reviewed) is DESTRUCTIVE
    verdict = judge(call(both), both, Known(tool_class=DESTRUCTIVE), Policy())
    assert (verdict.decision, verdict.remember) == ("ask", NEVER)
    assert "destroys" in (contradiction(both) or "")


GOOD = b"version = 1\n[[rules]]\neffect = 'block'\n"


def refused(places: Places) -> str:
    """What is said of a policy that cannot be used. It is said each time: nothing connects until it is mended."""
    files = PolicyFiles({}, places=places)
    with pytest.raises(PolicyProblem) as raised:
        files.current()
    with pytest.raises(PolicyProblem):
        files.current()
    assert "nothing connects" in raised.value.hint
    return raised.value.problem


def of_user(place: Path) -> Places:
    return Places(system=(), user=(place,), cache=place)


def of_machine(place: Path) -> Places:
    return Places(system=(place,), user=(), cache=place)


def test_case_75_a_missing_policy_is_no_policy(tmp_path: Path) -> None:
    assert load_policy({}, of_user(tmp_path)) == load_policy({}, of_machine(tmp_path / "none")) == Policy()


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"version = 1\n[[rules]\n", 2, "it is not TOML"),
        (b"", 1, "lacks 'version'"),
        (b"# policy\nversion = 2\n", 2, "it is of version 2"),
        (b"version = 1\n# \xe9\n", 2, "it is not UTF-8"),
        (b"version = 1\n\x00\n", 2, "it is not TOML"),
        (b"version = 1\n[rule]\n", 2, "unknown key 'rule'"),
        (b"version = 1\n[defaults]\nalways_alow = false\n", 3, "unknown key 'always_alow' in defaults"),
        (b"version = 1\n[[rules]]\neffect = 'block'\ntool = 7\n", 4, "rules[1].tool must be a text"),
        (b"version = 1\n[[rules]]\neffect = 'deny'\n", 3, "rules[1].effect cannot be 'deny'"),
        (b"version = 1\nrules = [" + b"[" * 5000, 1, "it is nested too deep"),
    ],
)
def test_case_75_an_invalid_policy_is_refused_with_its_file_and_line(
    data: bytes, line: int, words: str, tmp_path: Path
) -> None:
    (tmp_path / FILE).write_bytes(data)
    told = refused(of_user(tmp_path))
    assert told.startswith(f"{tmp_path / FILE} line {line}: ") and words in told


def a_folder(path: Path) -> None:
    path.mkdir()


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def a_link_to_nothing(path: Path) -> None:
    path.symlink_to("nothing")


def a_link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


def a_giant(path: Path) -> None:
    path.write_bytes(b"#" * 300_000)


@pytest.mark.parametrize(
    "made", [a_folder, a_pipe, a_device, a_link_to_nothing, a_link_to_itself, a_giant], ids=lambda made: made.__name__
)
def test_case_75_what_is_no_readable_file_is_refused(made: Callable[[Path], None], tmp_path: Path) -> None:
    made(tmp_path / FILE)
    told = refused(of_user(tmp_path))
    assert told.startswith(f"{tmp_path / FILE} line 1: the policy cannot be read: ")


def test_case_75_an_unreadable_policy_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(GOOD)
    (tmp_path / FILE).chmod(0)
    try:
        (tmp_path / FILE).read_bytes()
    except PermissionError:
        assert "permission denied" in refused(of_user(tmp_path))
    else:
        pytest.skip("root reads every file")


def test_case_75_a_policy_of_the_machine_that_the_user_can_change_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(GOOD)
    if os.geteuid() == 0:
        os.chown(tmp_path / FILE, 1000, 1000)
    told = refused(of_machine(tmp_path))
    assert str(tmp_path) in told and "can change" in told


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder as `/etc/jupyter` is, with a policy in it."""
    if os.geteuid() != 0:
        pytest.skip("only root can make files that the user cannot change")
    (tmp_path / "etc").mkdir(mode=0o755)
    (tmp_path / "etc" / FILE).write_bytes(GOOD)
    (tmp_path / "etc" / FILE).chmod(0o644)
    return tmp_path / "etc"


def test_case_75_a_policy_of_the_machine_that_root_alone_can_change_holds(machine: Path) -> None:
    (layer,) = load_policy({}, of_machine(machine)).layers
    assert (layer.source, layer.rules[0].effect) == ("organisation", "block")


@pytest.mark.parametrize("mode", [0o664, 0o646, 0o666])
def test_case_75_a_policy_that_a_group_or_everybody_can_write_is_refused(mode: int, machine: Path) -> None:
    (machine / FILE).chmod(mode)
    assert "it is writable" in refused(of_machine(machine))


@pytest.mark.parametrize("mode", [0o775, 0o777])
def test_case_75_a_policy_in_a_folder_that_others_can_write_is_refused(mode: int, machine: Path) -> None:
    machine.chmod(mode)
    assert f"{machine} on the way to it is writable" in refused(of_machine(machine))


def test_case_75_a_link_is_followed_only_to_what_the_user_cannot_change(machine: Path) -> None:
    elsewhere = machine / "elsewhere.toml"
    (machine / FILE).rename(elsewhere)
    (machine / FILE).symlink_to(elsewhere)
    assert len(load_policy({}, of_machine(machine)).layers) == 1
    os.chown(elsewhere, 1000, 1000)
    assert f"{elsewhere} on the way to it is writable" in refused(of_machine(machine))
    os.chown(elsewhere, 0, 0)
    os.chown(machine / FILE, 1000, 1000, follow_symlinks=False)
    assert "it is writable" in refused(of_machine(machine))


def test_case_75_one_bad_file_among_good_ones_stops_everything(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / FILE).write_bytes(GOOD)
    places = Places(system=(), user=(tmp_path / "a", tmp_path / "b"), cache=tmp_path)
    assert len(load_policy({}, places).layers) == 2
    (tmp_path / "b" / FILE).write_bytes(b"version = 1\noops = 1\n")
    assert str(tmp_path / "b" / FILE) in refused(places)


def test_case_75_deny_beats_allow(tmp_path: Path) -> None:
    text = "version = 1\n[connectors]\nallow = [{ url = 'https://*/*' }]\ndeny = [{ url = '*://*.evil.example/*' }]\n"
    text += "[[rules]]\ntool = 'list_*'\neffect = 'allow'\n[[rules]]\ntool = 'list_orders'\neffect = 'block'\n"
    (tmp_path / FILE).write_text(text)
    held = load_policy({}, of_user(tmp_path))
    evil = Entry(
        id="x", title="", summary="", category="", target=Remote(url="https://a.evil.example/mcp"), custom=True
    )
    assert "deny list" in (may_connect(evil, held) or "")
    verdict = judge(call(), tool(), known(READ, setting="allow"), held)
    assert verdict.decision == "deny" and f"{FILE} line 8" in verdict.rule


def test_case_75_a_blocked_tool_is_not_seen_and_is_refused_by_a_guessed_name() -> None:
    blocked = policy(Rule(effect="block", tool="send_*"))
    for name in ("send_message", "SEND_message", "Send_x"):
        guessed = tool(name)
        assert not visible_tool(guessed, known(READ), blocked)
        assert judge(call(guessed), guessed, known(READ), blocked).decision == "deny"
        assert explain(guessed, known(READ), blocked)[0].effect == "block"


def test_case_75_a_notebook_cannot_widen() -> None:
    rules = policy(Rule(effect="ask", when=parse_pattern({"amount": {"max": 50}})))
    for setting in (None, "allow", "ask"):
        chosen = known(WRITE, notebook_setting=setting)
        assert judge(call(amount=50), tool(), chosen, rules).decision == "ask"
        assert judge(call(amount=51), tool(), chosen, rules).decision == "deny"


def test_case_74_code_in_the_kernel_that_rewrites_the_users_own_policy_lifts_nothing(
    machine: Path, tmp_path: Path
) -> None:
    places = Places(system=(machine,), user=(tmp_path,), cache=tmp_path / "cache")
    files = PolicyFiles({}, places=places)
    blocked = judge(call(), tool(), known(), files.current())
    (tmp_path / FILE).write_text('version = 1\n[[rules]]\nconnector = "*"\ntool = "*"\neffect = "allow"\n')
    after = judge(call(), tool(), known(), files.current())
    assert len(files.current().layers) == 2
    assert (blocked.decision, after.decision) == ("deny", "deny")
