"""Cases of the files with secrets: whole, the person's own, and readable by nobody else, or not used."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_connectors.errors import StateProblem
from jupyter_connectors.vault import Key, Vault

from ..servers.authority import (
    CANARY,
)

WRITES = """
import sys
from pathlib import Path
from jupyter_connectors.vault import Key, Vault

vault, number = Vault(Path(sys.argv[1]), prefer="file"), 0
while True:
    number += 1
    vault.put(Key(user="me", connector="x"), {"token": str(number) * 4_000})
    print(number, flush=True)
"""


def test_case_10_a_kernel_that_is_killed_leaves_no_half_written_token(tmp_path: Path) -> None:
    for wanted in (1, 3, 10):
        with subprocess.Popen(
            [sys.executable, "-c", WRITES, str(tmp_path)], stdout=subprocess.PIPE, text=True
        ) as kernel:
            assert kernel.stdout is not None
            for _ in range(wanted):
                kernel.stdout.readline()
            kernel.kill()
        found = Vault(tmp_path, prefer="file").get(Key(user="me", connector="x"))
        assert found is not None
        assert found["token"] == found["token"][: len(found["token"]) // 4_000] * 4_000


def test_case_61_a_file_that_others_could_read_is_not_used(tmp_path: Path) -> None:
    vault, key = Vault(tmp_path, prefer="file"), Key(user="me", connector="x")
    vault.put(key, {"token": CANARY})
    (file,) = (tmp_path / "secrets").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600 and (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    file.chmod(0o644)
    with pytest.raises(StateProblem, match="others can read or change it") as caught:
        vault.get(key)
    assert "sign in again" in caught.value.hint and CANARY not in str(caught.value)


def test_case_61_a_link_in_the_place_of_the_file_is_not_followed(tmp_path: Path) -> None:
    vault, key = Vault(tmp_path, prefer="file"), Key(user="me", connector="x")
    vault.put(key, {"token": CANARY})
    (file,) = (tmp_path / "secrets").iterdir()
    elsewhere = tmp_path / "elsewhere.json"
    file.rename(elsewhere)
    file.symlink_to(elsewhere)
    with pytest.raises(StateProblem, match="it is a link"):
        vault.get(key)
    vault.put(key, {"token": "new"})
    assert json.loads(elsewhere.read_text()) == {"token": CANARY} and not file.is_symlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_case_61_a_file_of_another_user_is_not_used(tmp_path: Path) -> None:
    vault, key = Vault(tmp_path, prefer="file"), Key(user="me", connector="x")
    vault.put(key, {"token": CANARY})
    (file,) = (tmp_path / "secrets").iterdir()
    os.chown(file, 65534, 65534)
    with pytest.raises(StateProblem, match="belongs to another user"):
        vault.get(key)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"null"])
def test_case_61_a_damaged_file_is_a_clear_error(tmp_path: Path, content: bytes) -> None:
    vault, key = Vault(tmp_path, prefer="file"), Key(user="me", connector="x")
    vault.put(key, {"token": CANARY})
    (file,) = (tmp_path / "secrets").iterdir()
    file.write_bytes(content)
    with pytest.raises(StateProblem, match="damaged") as caught:
        vault.get(key)
    assert str(file) in caught.value.hint
    vault.delete(key)
    assert vault.get(key) is None
