"""Reads policy files from disk, where they are what they should be and nobody they bind could have changed them."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from jupyter_connectors.errors import PolicyProblem
from jupyter_connectors.policy.fleet import MOST_BYTES, Fetch, parse_pin, pinned
from jupyter_connectors.policy.layers import Layer, Source
from jupyter_connectors.policy.reading import Pin, read_policy
from jupyter_connectors.policy.trust import first_changeable, this_person


def read_layers(found: Iterable[tuple[Path, Source]], url: str, *, cache: Path, fetch: Fetch) -> Iterator[Layer]:
    """The layers of the files that are there, of those they extend, and of the pinned address in `url`, if any.

    Raises:
        PolicyProblem: As `load_policy` says.
    """
    for path, source in found:
        data = _bytes(path, source)
        if data is None:
            continue
        document = read_policy(data, name=str(path), source=source)
        yield document.layer
        if document.extends is not None:
            yield _of_fleet(document.extends, source, cache, fetch)
    if url:
        yield _of_fleet(parse_pin(url), "organisation", cache, fetch)


def _of_fleet(pin: Pin, source: Source, cache: Path, fetch: Fetch) -> Layer:
    found = read_policy(pinned(pin, cache=cache, fetch=fetch), name=pin.url, source=source)
    if found.extends is not None:
        raise PolicyProblem(
            f"{pin.url} extends a further policy", hint="only a file on the machine can; nothing connects until then"
        )
    return found.layer


def _bytes(path: Path, source: Source) -> bytes | None:
    """The bytes of a policy file; None where there is none."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _unusable(path, _reason(error)) from None
    if source == "organisation":
        _check_trust(path)
    return read_bytes(path)


def _check_trust(path: Path) -> None:
    person = this_person()
    if person is None:
        return
    try:
        changeable = first_changeable(path, person)
    except OSError as error:
        raise _unusable(path, _reason(error)) from None
    if changeable is not None:
        who = "you" if person.uid else "somebody other than root"
        what = "it" if changeable == path else f"{changeable} on the way to it"
        raise PolicyProblem(
            f"{path} line 1: a policy of the organisation that {who} can change: {what} is writable",
            hint="make it belong to root and writable by root alone (chown root, chmod go-w); nothing connects until then",
        )


def read_bytes(path: Path) -> bytes:
    """The bytes of a policy file.

    Raises:
        PolicyProblem: It is no file, cannot be read or is far too large.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise _unusable(path, "it is not a file")
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise _unusable(path, _reason(error)) from None
    if len(data) > MOST_BYTES:
        raise _unusable(path, "it is larger than 256 KB")
    return data


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()


def _unusable(path: Path, why: str) -> PolicyProblem:
    return PolicyProblem(
        f"{path} line 1: the policy cannot be read: {why}",
        hint="make it a readable file or remove it; nothing connects until then",
    )
