"""Finding what can be connected, with the organisation's registry asked where that is needed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from jupyter_connectors.errors import UnknownConnector
from jupyter_connectors.session import Session

if TYPE_CHECKING:
    from jupyter_connectors.directory.registry import Registry
    from jupyter_connectors.entries import Entry


def find(session: Session, name: str, given: Mapping[str, str] | None = None) -> Entry:
    """The entry called `name`, as `Catalogue.find`; the registry is asked where its list here does not have it."""
    registry = session.catalogue.registry
    try:
        return session.catalogue.find(name, given)
    except UnknownConnector:
        if registry is None or not (registry.stale or registry.cut):
            raise
        session.runtime.run(registry.refresh() if registry.stale else registry.look_up(name))
    return session.catalogue.find(name, given)


def read_registry(session: Session) -> None:
    """Reads the organisation's registry, where one is set and its list is old; waits only where there is no list."""
    registry = session.catalogue.registry
    if registry is None or not registry.stale:
        return
    if registry.known:
        session.runtime.submit(_reread(session, registry))
    else:
        session.runtime.run(registry.refresh())


async def _reread(session: Session, registry: Registry) -> None:
    await registry.refresh()
    session.announce()
