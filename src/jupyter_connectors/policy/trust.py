"""Whether those a policy binds could change it: from owners and modes, along the whole way to the file."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_MOST_LINKS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whose kernel this is."""

    uid: int
    groups: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the file system says of one file, folder or link."""

    owner: int
    group: int
    mode: int
    writable: bool
    """The system lets this process write to it: access lists count too."""

    read_only: bool
    """It lies on a file system mounted read-only, where nobody changes anything."""


def this_person() -> Person | None:
    """The person this process runs as; None on Windows, which has no such owners and modes."""
    if not hasattr(os, "geteuid"):
        return None
    return Person(uid=os.geteuid(), groups=frozenset((*os.getgroups(), os.getegid())))


def facts_of(path: Path) -> Facts:
    """What there is to know of `path` itself; a link is not followed.

    Raises:
        OSError: It is not there or cannot be looked at.
    """
    found = path.lstat()
    is_link = stat.S_ISLNK(found.st_mode)
    return Facts(
        owner=found.st_uid,
        group=found.st_gid,
        mode=found.st_mode,
        writable=not is_link and os.access(path, os.W_OK),
        read_only=not is_link and bool(os.statvfs(path).f_flag & os.ST_RDONLY),
    )


def can_change(person: Person, facts: Facts) -> bool:
    """True if the person can change the thing itself, or what lies in the folder. Root is not asked about itself:
    for root it is whether anybody else can.
    """
    if facts.read_only:
        return False
    if facts.owner == person.uid != 0 or (person.uid == 0 and facts.owner != 0):
        return True
    # A link has no mode of its own; in a sticky folder nobody replaces what belongs to another.
    if stat.S_ISLNK(facts.mode) or (stat.S_ISDIR(facts.mode) and facts.mode & stat.S_ISVTX):
        return False
    if person.uid == 0:
        return bool(facts.mode & (stat.S_IWGRP | stat.S_IWOTH))
    by_group = facts.group in person.groups and facts.mode & stat.S_IWGRP
    return bool(facts.writable or by_group or facts.mode & stat.S_IWOTH)


def first_changeable(path: Path, person: Person) -> Path | None:
    """The first folder, link or file on the way to `path` that the person can change; None if they can change none.

    Raises:
        OSError: Something on the way cannot be looked at, or the links go in circles.
    """
    return next((each for each in _way_to(path) if can_change(person, facts_of(each))), None)


def _way_to(path: Path) -> Iterator[Path]:
    """Every folder, link and target of a link from the root to the file."""
    absolute = path.absolute()
    here, ahead = Path(absolute.anchor), list(reversed(absolute.parts[1:]))
    links = 0
    yield here
    while ahead:
        part = ahead.pop()
        if part == "..":
            here = here.parent
            continue
        here = here / part
        yield here
        if here.is_symlink():
            links += 1
            if links > _MOST_LINKS:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
            target = here.parent / here.readlink()
            here, ahead = Path(target.anchor), [*ahead, *reversed(target.parts[1:])]
