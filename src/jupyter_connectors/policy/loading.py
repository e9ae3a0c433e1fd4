"""Finds the policy files of this machine and person and keeps the policy up to date."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_connectors.policy.layers import Policy, Source

if TYPE_CHECKING:
    from jupyter_connectors.policy.fleet import Fetch

FILE = "connectors-policy.toml"
URL_VARIABLE = "JUPYTER_CONNECTORS_POLICY_URL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where policies lie."""

    system: tuple[Path, ...]
    """Folders of the machine: what lies there is the organisation's, and the person must not be able to change it."""

    user: tuple[Path, ...]
    """The other folders of Jupyter's configuration."""

    cache: Path
    """Where fetched policies are kept."""


def find_places(environment: Mapping[str, str] = os.environ) -> Places:
    """Every folder `jupyter --paths` lists for configuration, and the machine's even where that leaves them out."""
    from jupyter_core.paths import SYSTEM_CONFIG_PATH, jupyter_config_path

    from jupyter_connectors.store import default_path

    system = tuple(map(Path, SYSTEM_CONFIG_PATH))
    # One folder may be there by several variables.
    user = dict.fromkeys(each for each in map(Path, jupyter_config_path()) if each not in system)
    return Places(system=system, user=tuple(user), cache=default_path(environment).parent / "policies")


def load_policy(environment: Mapping[str, str], places: Places, *, fetch: Fetch | None = None) -> Policy:
    """The policy of every file in `places` and of the address in `JUPYTER_CONNECTORS_POLICY_URL`.

    A folder without a file adds nothing.

    Args:
        fetch: How an address is read; by default `download`.

    Raises:
        PolicyProblem: A file is invalid, unreadable, newer than this package, or can be changed by those it binds;
            or a pinned policy cannot be had. Nothing may connect then.
    """
    # Only where there is something to read: %load_ext and a first call wait for none of it.
    from jupyter_connectors.policy.files import read_layers
    from jupyter_connectors.policy.fleet import download

    url = environment.get(URL_VARIABLE, "")
    return Policy(layers=tuple(read_layers(_candidates(places), url, cache=places.cache, fetch=fetch or download)))


class PolicyFiles:
    """The policy as the files are now. They are looked at each time and read again when one has changed."""

    def __init__(
        self, environment: Mapping[str, str] = os.environ, *, places: Places | None = None, fetch: Fetch | None = None
    ) -> None:
        self._environment = environment
        self._places = places
        self._fetch = fetch
        self._held: tuple[object, Policy] | None = None

    def current(self) -> Policy:
        """The policy. May take as long as a download the first time that one is pinned.

        Raises:
            PolicyProblem: As `load_policy` says, each time until it is mended.
        """
        if self._places is None:
            self._places = find_places(self._environment)
        seen = (self._environment.get(URL_VARIABLE), tuple(_stamp(path) for path, _ in _candidates(self._places)))
        if self._held is None or self._held[0] != seen:
            self._held = None
            nothing = not any(seen[1]) and not seen[0]
            found = Policy() if nothing else load_policy(self._environment, self._places, fetch=self._fetch)
            self._held = (seen, found)
        return self._held[1]


def _candidates(places: Places) -> Iterator[tuple[Path, Source]]:
    for folder in places.system:
        yield folder / FILE, "organisation"
    for folder in places.user:
        yield folder / FILE, "user"


def _stamp(path: Path) -> tuple[object, ...]:
    """What is another after any change of the file, or of the file a link leads to; empty where there is none."""
    try:
        link = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        return (error.errno,)
    try:
        told = path.stat()
    except OSError as error:
        return (link.st_ctime_ns, error.errno)
    return (link.st_ctime_ns, told.st_mtime_ns, told.st_ctime_ns, told.st_size, told.st_ino, told.st_dev)
