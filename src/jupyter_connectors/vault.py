"""Where tokens and keys are kept: the system's keyring; a file only after the person said so; else this kernel's memory."""

from __future__ import annotations

import getpass
import hashlib
import json
import os
import secrets
import stat
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from jupyter_connectors.errors import StateProblem
from jupyter_connectors.models import Json, canonical

if TYPE_CHECKING:
    from filelock import AsyncFileLock

Place = Literal["keyring", "file", "memory"]

SERVICE = "jupyter-connectors"
_LARGEST = 1024 * 1024
_PIECE = 1_000 if os.name == "nt" else None
"""The Windows Credential Manager takes 2,560 bytes an entry (CREDENTIALW, CRED_MAX_CREDENTIAL_BLOB_SIZE), two a letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """Whose secret it is and for what. Nobody who differs in one of these gets it."""

    user: str
    connector: str
    """`Entry.identity`: the directory's entry, or the very address the person added."""

    account: str = ""
    issuer: str = ""
    """The authorization server it came from; empty for what does not come from one."""

    resource: str = ""
    """The address it is for."""

    @property
    def name(self) -> str:
        """One word that says nothing of what it was made from."""
        return hashlib.sha256(canonical(asdict(self)).encode()).hexdigest()[:40]


def this_user() -> str:
    """Who runs this kernel: the account on this machine, and on a JupyterHub the user of the hub too."""
    hub = os.environ.get("JUPYTERHUB_USER", "")
    try:
        name = getpass.getuser()
    except (OSError, KeyError):  # an account without a name, as in some containers
        name = str(os.getuid()) if hasattr(os, "getuid") else ""
    return f"{name}\n{hub}"


class Vault:
    """Small secrets by key. Blocks, so it is used from a thread; used from any.

    Nothing is ever written to a file unless the person said yes, or set JUPYTER_CONNECTORS_SECRETS to `file`.
    """

    def __init__(self, folder: Path, *, prefer: str | None = None, piece: int | None = _PIECE) -> None:
        """`folder` holds the files and locks; `prefer` is "keyring", "file", "memory" or None for the best there is."""
        self._folder = folder
        self._prefer = os.environ.get("JUPYTER_CONNECTORS_SECRETS") if prefer is None else prefer
        self._piece = piece
        self._memory: dict[str, str] = {}
        self._lock = threading.Lock()
        self._found: Place | None = None

    @property
    def place(self) -> Place:
        """Where secrets go now."""
        if self._found is None:
            self._found = self._best()
        return self._found

    @property
    def told(self) -> str:
        """Where secrets go now, in words for the person."""
        if self.place == "keyring":
            return "the system keyring"
        if self.place == "file":
            return f"files that only you can read, in {self._files}"
        return "memory, until the kernel ends"

    @property
    def may_keep_in_file(self) -> bool:
        """True where a yes of the person would make the difference: no keyring, no yes yet, none ruled out."""
        return self.place == "memory" and self._prefer in (None, "")

    def keep_in_file(self) -> None:
        """Takes the person's yes to files, for this kernel and the ones to come. What is in memory is kept too."""
        if not self.may_keep_in_file:
            return
        self._files.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._found = "file"
        with self._lock:
            for name, text in self._memory.items():
                self._write(name, text)
            self._memory.clear()

    def get(self, key: Key) -> dict[str, Json] | None:
        """What was put under `key`, None if nothing was.

        Raises:
            StateProblem: It cannot be trusted or read: others could have written or read it, or it is damaged.
        """
        text = self._get(key.name)
        if text is None:
            return None
        try:
            found = json.loads(text)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise StateProblem(f"what {self.told} has of a sign-in is damaged", hint=self._remedy(key.name))
        return found

    def put(self, key: Key, secret: Mapping[str, Json]) -> None:
        """Keeps a secret; whoever reads meanwhile gets the old one or the new one whole.

        Raises:
            StateProblem: It could not be kept.
        """
        text = json.dumps(dict(secret))
        if self.place == "keyring":
            self._to_keyring(key.name, text)
        elif self.place == "file":
            with self._lock:
                self._write(key.name, text)
        else:
            self._memory[key.name] = text

    def delete(self, key: Key) -> None:
        """Forgets a secret wherever it is; does nothing if it is nowhere."""
        self._memory.pop(key.name, None)
        with suppress(OSError):
            self._file(key.name).unlink()
        if self.place == "keyring":
            self._from_keyring(key.name)

    def exclusive(self, key: Key, *, seconds: float = 60.0) -> AsyncFileLock:
        """A lock on a key across every kernel of this user; `async with` it."""
        from filelock import AsyncFileLock

        locks = self._folder / "locks"
        locks.mkdir(parents=True, exist_ok=True, mode=0o700)
        return AsyncFileLock(locks / f"{key.name}.lock", timeout=seconds, mode=0o600, run_in_executor=False)

    def _best(self) -> Place:
        if self._prefer in ("file", "memory"):
            return self._prefer  # type: ignore[return-value]  # one of the two
        if _has_keyring():
            return "keyring"
        return "file" if self._files.is_dir() and self._prefer != "keyring" else "memory"

    @property
    def _files(self) -> Path:
        return self._folder / "secrets"

    def _file(self, name: str) -> Path:
        return self._files / f"{name}.json"

    def _remedy(self, name: str) -> str:
        what = f"delete {self._file(name)}" if self.place == "file" else "disconnect the connector with --revoke"
        return f"{what}, then sign in again"

    def _get(self, name: str) -> str | None:
        if self.place == "keyring":
            return self._of_keyring(name)
        if self.place == "file":
            return self._read(name)
        return self._memory.get(name)

    def _read(self, name: str) -> str | None:
        path = self._file(name)
        try:
            handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StateProblem(f"{path} cannot be read: {_reason(path, error)}", hint=self._remedy(name)) from None
        with os.fdopen(handle, "rb") as file:
            if problem := _untrusted(os.fstat(handle)):
                raise StateProblem(f"{path} is not used: {problem}", hint=self._remedy(name))
            return file.read(_LARGEST).decode(errors="replace")

    def _write(self, name: str, text: str) -> None:
        self._files.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._check_folder()
        path = self._file(name)
        draft = path.with_name(f"{name}.{secrets.token_hex(6)}.tmp")
        try:
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode())
                file.flush()
                os.fsync(handle)
            draft.replace(path)
        except OSError as error:
            with suppress(OSError):
                draft.unlink()
            raise StateProblem(
                f"a secret could not be kept in {self._files}: {error.strerror}", hint="look at the folder's rights"
            ) from None

    def _check_folder(self) -> None:
        found = self._files.lstat()
        if problem := _untrusted(found, folder=True):
            raise StateProblem(
                f"{self._files} is not used for secrets: {problem}",
                hint="remove it, or make it yours alone (chmod 700)",
            )

    def _of_keyring(self, name: str) -> str | None:
        head: str | None = _keyring("get_password", name)
        if head is None or not head.startswith("pieces "):
            return head
        _, made, count = head.split(" ")
        parts = [_keyring("get_password", f"{name}.{made}.{number}") for number in range(int(count))]
        return "".join(each or "" for each in parts)

    def _to_keyring(self, name: str, text: str) -> None:
        before = self._pieces(name)
        if self._piece is None or len(text) <= self._piece:
            _keyring("set_password", name, text)
        else:
            # The pieces first, then the word that names them: whoever reads meanwhile finds the old ones or the new.
            made = secrets.token_hex(4)
            parts = [text[start : start + self._piece] for start in range(0, len(text), self._piece)]
            for number, part in enumerate(parts):
                _keyring("set_password", f"{name}.{made}.{number}", part)
            _keyring("set_password", name, f"pieces {made} {len(parts)}")
        for each in before:
            _forget(each)

    def _from_keyring(self, name: str) -> None:
        for each in (*self._pieces(name), name):
            _forget(each)

    def _pieces(self, name: str) -> list[str]:
        head = _keyring("get_password", name)
        if head is None or not head.startswith("pieces "):
            return []
        _, made, count = head.split(" ")
        return [f"{name}.{made}.{number}" for number in range(int(count))]


def _has_keyring() -> bool:
    """Whether there is a keyring that protects what it keeps: a back end of priority 1 or more says so of itself."""
    try:
        import keyring

        return float(keyring.get_keyring().priority) >= 1
    except Exception:  # noqa: BLE001  # a broken back end is none
        return False


def _keyring(verb: str, name: str, *value: str) -> Any:
    import keyring

    failed: Exception
    try:
        return getattr(keyring, verb)(SERVICE, name, *value)
    except Exception as error:  # noqa: BLE001  # each back end has errors of its own
        failed = error
    raise StateProblem(
        f"the system keyring cannot be used: {type(failed).__name__}",
        hint="unlock it; without one, JUPYTER_CONNECTORS_SECRETS=file keeps secrets in files that only you can read",
    )


def _forget(name: str) -> None:
    with suppress(StateProblem):  # it is not there, which is what was wanted
        _keyring("delete_password", name)


def _untrusted(found: os.stat_result, *, folder: bool = False) -> str:
    """Why a file or folder is not ours alone; empty if it is."""
    if folder and not stat.S_ISDIR(found.st_mode):
        return "it is no folder"
    if not folder and not stat.S_ISREG(found.st_mode):
        return "it is no regular file"
    if os.name == "nt":
        return ""  # rights are inherited from the profile's folder, and the bits mean nothing
    if found.st_uid != os.geteuid():
        return "it belongs to another user"
    return "others can read or change it" if found.st_mode & 0o077 else ""


def _reason(path: Path, error: OSError) -> str:
    return "it is a link" if path.is_symlink() else str(error.strerror)
