"""Where secrets go: the keyring, files after a yes, or nowhere."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.backend
import keyring.errors
import pytest
from keyring.backends import fail

from jupyter_connectors.errors import StateProblem
from jupyter_connectors.vault import SERVICE, Key, Vault, this_user

KEY = Key(
    user="me", connector="linear", account="work", issuer="https://linear.app", resource="https://mcp.linear.app/mcp"
)


class Shelf(keyring.backend.KeyringBackend):
    """A keyring in memory, which a test may lock."""

    priority = 5  # type: ignore[assignment]  # as back ends write it

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def _open(self) -> None:
        if self.locked:
            raise keyring.errors.KeyringLocked("canary")

    def get_password(self, service: str, username: str) -> str | None:
        self._open()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._open()
        self.kept[(service, username)] = password

    def delete_password(self, service: str, username: str) -> None:
        self._open()
        if self.kept.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError("not there")


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    before = keyring.get_keyring()
    made = Shelf()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


@pytest.fixture
def no_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())
    yield
    keyring.set_keyring(before)


def test_a_secret_is_kept_in_the_keyring_and_nowhere_else(shelf: Shelf, tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    vault.put(KEY, {"token": "t"})
    assert vault.place == "keyring" and vault.told == "the system keyring" and not vault.may_keep_in_file
    assert Vault(tmp_path).get(KEY) == {"token": "t"}
    assert list(shelf.kept) == [(SERVICE, KEY.name)] and list(tmp_path.iterdir()) == []
    vault.delete(KEY)
    vault.delete(KEY)
    assert shelf.kept == {} and vault.get(KEY) is None


def test_a_keyring_with_a_limit_gets_a_long_secret_in_pieces(shelf: Shelf, tmp_path: Path) -> None:
    vault = Vault(tmp_path, piece=100)
    long = {"token": "x" * 1_234}
    vault.put(KEY, {"token": "y" * 500})
    vault.put(KEY, long)
    assert vault.get(KEY) == long and all(len(each) <= 100 for each in shelf.kept.values()) and len(shelf.kept) == 14
    vault.put(KEY, {"token": "short"})
    assert vault.get(KEY) == {"token": "short"} and len(shelf.kept) == 1
    vault.put(KEY, long)
    vault.delete(KEY)
    assert shelf.kept == {}


def test_a_locked_keyring_is_two_lines_and_nothing_goes_to_a_file(shelf: Shelf, tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    shelf.locked = True
    for act in (lambda: vault.put(KEY, {"token": "t"}), lambda: vault.get(KEY)):
        with pytest.raises(StateProblem, match="the system keyring cannot be used: KeyringLocked") as caught:
            act()
        assert "canary" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_without_a_keyring_nothing_outlives_the_kernel_until_the_person_says_so(
    no_keyring: None, tmp_path: Path
) -> None:
    vault = Vault(tmp_path)
    vault.put(KEY, {"token": "t"})
    assert vault.told == "memory, until the kernel ends" and vault.may_keep_in_file
    assert vault.get(KEY) == {"token": "t"} and Vault(tmp_path).get(KEY) is None and list(tmp_path.iterdir()) == []
    vault.keep_in_file()
    assert vault.place == "file" and vault.get(KEY) == {"token": "t"}
    later = Vault(tmp_path)
    assert later.place == "file" and later.get(KEY) == {"token": "t"} and not later.may_keep_in_file


def test_a_setting_rules_files_in_or_out(no_keyring: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_CONNECTORS_SECRETS", "file")
    assert Vault(tmp_path).place == "file"
    monkeypatch.setenv("JUPYTER_CONNECTORS_SECRETS", "memory")
    vault = Vault(tmp_path)
    vault.keep_in_file()
    assert vault.place == "memory" and not vault.may_keep_in_file


def test_a_key_that_differs_in_anything_is_another_key() -> None:
    from dataclasses import fields, replace

    names = {replace(KEY, **{field.name: "other"}).name for field in fields(Key)}
    assert len(names | {KEY.name}) == len(fields(Key)) + 1
    assert replace(KEY, user="a", connector="bc").name != replace(KEY, user="ab", connector="c").name


def test_users_of_a_hub_who_share_an_account_of_the_machine_are_different(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = this_user()
    monkeypatch.setenv("JUPYTERHUB_USER", "ada")
    assert this_user() != alone


def test_a_folder_that_others_can_look_into_is_not_used(tmp_path: Path) -> None:
    vault = Vault(tmp_path, prefer="file")
    vault.put(KEY, {"token": "t"})
    (tmp_path / "secrets").chmod(0o755)
    with pytest.raises(StateProblem, match="chmod 700"):
        vault.put(KEY, {"token": "new"})


def test_writing_leaves_no_draft_behind(tmp_path: Path) -> None:
    vault = Vault(tmp_path, prefer="file")
    for number in range(5):
        vault.put(KEY, {"n": number})
    assert [each.name for each in (tmp_path / "secrets").iterdir()] == [f"{KEY.name}.json"]


@pytest.mark.anyio
async def test_only_one_holds_a_key_at_a_time(tmp_path: Path) -> None:
    inside = 0

    async def hold() -> None:
        nonlocal inside
        async with Vault(tmp_path, prefer="file").exclusive(KEY):
            inside += 1
            assert inside == 1
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(hold() for _ in range(5)))


def test_the_keyring_is_imported_only_when_it_is_needed() -> None:
    code = "import sys, jupyter_connectors.vault; print(any(m.startswith('keyring') for m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=dict(os.environ), check=True
    )
    assert done.stdout.strip() == "False"
