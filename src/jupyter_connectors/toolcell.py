"""What `%tools` does in a cell: turns switches, takes grants back, accepts what changed, and shows what there is."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError

from jupyter_connectors.errors import UsageProblem
from jupyter_connectors.explaining import split_name
from jupyter_connectors.fronts import front_of
from jupyter_connectors.models import ToolClass
from jupyter_connectors.session import Session, new_id
from jupyter_connectors.switchboard import Target, choose
from jupyter_connectors.text import plural

if TYPE_CHECKING:
    from jupyter_connectors.permissions import Setting

_TURNS: tuple[tuple[str, Setting | None], ...] = (
    # What narrows first, so that of two words for one tool the looser is the later and was meant.
    ("block", "block"),
    ("ask", "ask"),
    ("allow", "allow"),
    ("on", None),
)
_GROUPS = {"read": "read", "read-only": "read", "write": "write", "destructive": "destructive", "sends": "sends"}


def show_tools(session: Session, args: Namespace) -> None:
    """Does what the options of one `%tools` say, then shows the tools, the grants or what changed.

    Raises:
        UsageProblem: A switch cannot take this position, or there is no grant of this id.
        UnknownConnector, UnknownTool: There is none of this name.
        Denied: What was to be accepted changed again meanwhile.
    """
    if args.grants or args.revoke:
        _revoke(session, args.revoke)
        _show_grants(session)
        return
    session.runtime.run(session.hub.renew())
    names = tuple(session.named(each) for each in args.what) or session.hub.names
    if args.mode or args.modes:
        _show_modes(session, args)
        return
    if args.accept:
        _accept(session, args.accept)
        return
    _turn(session, args, names)
    _show_list(session, names, review=args.review)


def _turn(session: Session, args: Namespace, names: tuple[str, ...]) -> None:
    turned = [(each, setting) for option, setting in _TURNS for each in getattr(args, option)]
    if turned and len(names) != 1:
        raise UsageError("a switch needs one connector, for example: %tools acme-billing --block create_refund")
    for tool, setting in turned:
        choose(session.hub, session.controls, _target(session, names[0], tool, here=args.here), setting)


def _target(session: Session, connector: str, word: str, *, here: bool) -> Target:
    """A tool, a group of tools, or "all"; a tool of that very name comes first."""
    tools = {each.name for each in session.hub.connected(connector).tools}
    if word not in tools and word == "all":
        return Target(connector=connector, here=here)
    if word not in tools and word in _GROUPS:
        return Target(connector=connector, tool_class=ToolClass(_GROUPS[word]), here=here)
    return Target(connector=connector, tool=word, here=here)


def _revoke(session: Session, ids: list[str]) -> None:
    held = {each.id for each in session.controls.grants()}
    wanted = held if "all" in ids else set(ids)
    unknown = sorted(wanted - held)
    if unknown:
        raise UsageProblem(f"there is no grant {unknown[0]!r}", hint="%tools --grants lists them with their ids")
    if ids:
        gone = session.controls.revoke(*wanted)
        session.show({"text/plain": f"{plural(gone, 'grant')} revoked, in every kernel"})


def _show_modes(session: Session, args: Namespace) -> None:
    from jupyter_connectors.toolmodes import choose_mode, modes_state, modes_words

    for each in (args.what or ("",)) if args.mode else ():
        choose_mode(session, None if args.mode == "default" else args.mode, each)
    session.show({"text/plain": modes_words(modes_state(session))})


def _accept(session: Session, names: list[str]) -> None:
    for name in names:
        connector, tool = split_name(session.hub, name)
        review = session.controls.review(connector, tool)
        session.controls.accept(review)
        if review.state == "known":
            told = f"{connector}.{tool} is as it was accepted"
        else:
            told = f"{connector}.{tool} is accepted as it is now; what was allowed for it before is void"
        session.show({"text/plain": "\n".join([told, *(f"  {line}" for line in review.difference.splitlines())])})


def _show_grants(session: Session) -> None:
    from jupyter_connectors.showtools import grants_bundle
    from jupyter_connectors.widgets.grants import GrantList, row

    bundle = grants_bundle([row(each) for each in session.controls.grants()])
    if front_of(session.shell) == "notebook":
        show_view(session, GrantList(session, new_id()).view, bundle)
    else:
        session.show(bundle)


def _show_list(session: Session, names: tuple[str, ...], *, review: bool) -> None:
    from jupyter_connectors.showtools import review_bundle, tools_bundle
    from jupyter_connectors.widgets.tools import Tools, listing

    if not names:
        session.show({"text/plain": "nothing is connected; try %connect acme-billing"})
        return
    found = listing(session, names, review=review)
    bundle = review_bundle(found) if review else tools_bundle(found)
    if front_of(session.shell) == "notebook":
        show_view(session, Tools(session, new_id(), names, review=review).view, bundle)
    else:
        session.show(bundle)


def show_view(session: Session, view: Any, fallback: dict[str, str]) -> None:
    """Shows a view, with its text beside it for where widgets are not drawn."""
    bundle = view._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    session.show({**fallback, **{kind: value for kind, value in (data or {}).items() if "widget" in kind}})
