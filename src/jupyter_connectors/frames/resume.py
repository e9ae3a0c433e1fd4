"""Going on where a listing stopped, and asking for it again.

The pages held are read once more from their spool, so that everything a walk remembers, cursors and ids included, is
there as if it had never stopped; then the next page is asked for. A saved result goes the same way.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from jupyter_connectors.errors import UsageProblem
from jupyter_connectors.frames.gathering import Gathering
from jupyter_connectors.models import Bound, ToolCall, canonical

if TYPE_CHECKING:
    from jupyter_connectors.frames.parts import Again, Parts
    from jupyter_connectors.frames.result import Result


def resume(parts: Parts, further: Bound) -> Result:
    """The rows held and those that follow, within a further bound.

    Raises:
        UsageProblem: nothing is missing, it is not known where to go on, or the call changes something.
    """
    held = parts.completeness
    if held.state == "complete":
        raise UsageProblem(f"{parts.name}: nothing is missing, it is {held.line}", hint=".refresh() asks again")
    if parts.source.tool.annotations.read_only is False:
        raise UsageProblem(f"{parts.name} changes something and has no further pages", hint="call it again yourself")
    bound = Bound(
        limit=None if further.limit is None else held.rows + further.limit,
        pages=None if further.pages is None else held.pages + further.pages,
    )
    call = replace(parts.source.call, id=uuid4().hex, asked_by="person", bound=bound)
    gathering = replayed(parts, call)
    if gathering.next is None:
        made = gathering.result()
        if made.rows > held.rows or made.complete:
            return made  # the rest was on a page that a bound had cut
        raise UsageProblem(f"{parts.name}: no cursor to go on from; it is {held.line}", hint="call it again, for less")
    return _again(parts)(replace(call, arguments_json=canonical(gathering.next)), parts.source.entry, gathering)


def refresh(parts: Parts) -> Result:
    """The same call once more.

    Raises:
        UsageProblem: the call may change something, or there was none.
    """
    again = _again(parts)
    if not parts.source.follow:
        raise UsageProblem(f"{parts.name} may change something", hint="call it again yourself")
    return again(replace(parts.source.call, id=uuid4().hex, asked_by="person"), parts.source.entry, None)


def replayed(parts: Parts, call: ToolCall) -> Gathering:
    """A gathering that holds these pages, under another call's id and bound."""
    gathering = Gathering(replace(parts.source, call=call))
    gathering.first = dict(parts.first)
    gathering.note(*parts.notes)
    sent = gathering.first
    for reply in parts.archive.replies():
        gathering.take(sent, reply)
        if gathering.next is None:
            break
        sent = gathering.next
    return gathering


def _again(parts: Parts) -> Again:
    if parts.source.again is None:
        raise UsageProblem(f"{parts.name} was not called from here", hint="connect it and call the tool")
    return parts.source.again
