"""%connect %disconnect %tools %%ask %%connectors_sql %audit: parse, hand over, show."""

from __future__ import annotations

import shlex
from argparse import Namespace
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, cell_magic, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments
from IPython.display import display
from traitlets import Unicode

from jupyter_connectors.models import Entry
from jupyter_connectors.prompt import front_of
from jupyter_connectors.session import Session, new_id

if TYPE_CHECKING:
    import pandas as pd


@magics_class
class ConnectorMagics(Magics):
    """The magics of this extension, over one session. Configured as `c.ConnectorMagics.model`, or with `%config`."""

    model = Unicode("", help="The model %%ask asks where the cell names none: provider:model, or offline.").tag(
        config=True
    )
    base_url = Unicode("", help="The OpenAI-compatible server of that model.").tag(config=True)

    def __init__(self, shell: Any, session: Session) -> None:
        super().__init__(shell, parent=shell)
        shell.configurables.append(self)
        self._session = session

    @magic_arguments()
    @argument("what", nargs="*", help="names from the directory, or one https address")
    @argument("--as", "--name", dest="name", help="the name to use for it")
    @argument("--command", help='a local server\'s command line, for example "npx -y some-server"')
    @argument("--header", action="append", default=[], help='"Name: env:VARIABLE", sent with every request')
    @argument("--env", action="append", default=[], help='"NAME=env:VARIABLE", given to a local server')
    @line_magic
    def connect(self, line: str) -> None:
        """Connects services and binds each as a Python object; alone, shows what can be connected."""
        args = _parsed(ConnectorMagics.connect, line)
        if not args.what and not args.command:
            self._directory()
            return
        entries = self._entries(args)
        if args.name and len(entries) > 1:
            raise UsageError("--as names one connector; connect the others in a line of their own")
        custom = [entry for entry in entries if entry.custom]
        for entry in custom:
            self._session.catalogue.check(entry)
        made = self._session.connect(entries, name=None if custom else args.name)
        for entry in custom:
            self._session.catalogue.add(entry)
        for each in made:
            _show_connected(self._session, each)

    @magic_arguments()
    @argument("what", help="the name of a connector")
    @argument("--forget", action="store_true", help="also take one you added out of the directory")
    @line_magic
    def disconnect(self, line: str) -> None:
        """Leaves a service and takes its object out of the notebook."""
        args = _parsed(ConnectorMagics.disconnect, line)
        self._session.disconnect(args.what)
        if args.forget:
            self._session.catalogue.remove(args.what)

    @magic_arguments()
    @argument("what", nargs="*", help="connectors; all of them when left out")
    @argument("--off", action="append", default=[], metavar="TOOL", help="switch a tool off, or all with 'all'")
    @argument("--on", action="append", default=[], metavar="TOOL", help="switch a tool on, or all with 'all'")
    @line_magic
    def tools(self, line: str) -> None:
        """Lists what can be called, with a switch for each tool and what it costs in a model's context."""
        args = _parsed(ConnectorMagics.tools, line)
        session = self._session
        names = tuple(session.named(each) for each in args.what) or session.hub.names
        if (args.on or args.off) and len(names) != 1:
            raise UsageError("--on and --off need one connector, for example: %tools acme-billing --off create_refund")
        for tools, on in ((args.off, False), (args.on, True)):
            for tool in tools:
                session.switch(names[0], None if tool == "all" else tool, on=on)
        self._tools(names)

    @magic_arguments()
    @argument("--into", help="bind the final frame to this name")
    @argument("--model", help="provider:model, for example anthropic:claude-sonnet-5-5; 'offline' for none")
    @argument("--base-url", help="an OpenAI-compatible server, for example http://127.0.0.1:11434/v1")
    @argument("--connectors", nargs="+", help="only these; all of them when left out")
    @argument("--read-only", action="store_true", help="leave out every tool that changes something")
    @argument("--new", action="store_true", help="start a new conversation")
    @cell_magic
    def ask(self, line: str, cell: str) -> None:
        """Answers a question in English from the connected services; every result becomes a frame here."""
        from jupyter_connectors.askcell import ask_in_cell
        from jupyter_connectors.conversation import Question

        args = _parsed(ConnectorMagics.ask, line)
        args.base_url = args.base_url or (None if args.model else self.base_url or None)
        ask_in_cell(self._session, Question(text=cell.strip(), configured=self.model or None, **vars(args)))

    @magic_arguments()
    @argument("--into", help="bind the frame to this name")
    @argument("--timeout", type=float, default=300.0, metavar="SECONDS", help="stop the query after that long")
    @cell_magic
    def connectors_sql(self, line: str, cell: str) -> pd.DataFrame:
        """Runs one SELECT, in DuckDB's SQL, over the frames and results of this notebook, by name."""
        from jupyter_connectors.querying import query_tables, warning

        args = _parsed(ConnectorMagics.connectors_sql, line)
        if args.into is not None and not args.into.isidentifier():
            raise UsageError(f"{args.into!r} is no name a variable can have")
        frame = query_tables(self._session, cell, {}, timeout=args.timeout)
        if told := warning(frame):
            self._session.show({"text/plain": told})
        if args.into is not None:
            self.shell.push({args.into: frame})  # type: ignore[union-attr]  # a magic has a shell
        return frame

    @magic_arguments()
    @argument("-n", type=int, default=None, metavar="CALLS", help="only the newest")
    @line_magic
    def audit(self, line: str) -> pd.DataFrame:
        """Every call of every kernel of yours, newest first, as a DataFrame; argument values are not kept."""
        return self._session.audit_frame(_parsed(ConnectorMagics.audit, line).n)

    def _entries(self, args: Namespace) -> list[Entry]:
        from jupyter_connectors.directory.catalogue import custom_command, custom_remote

        if args.command:
            return [custom_command(args.command, name=args.name, variables=args.env)]
        found = []
        for each in args.what:
            if each.startswith(("http://", "https://")):
                found.append(custom_remote(each, name=args.name, headers=args.header))
            else:
                found.append(self._session.catalogue.find(each))
        return found

    def _directory(self) -> None:
        from jupyter_connectors.show import directory_bundle
        from jupyter_connectors.widgets.cards import Directory, card

        cards = [card(entry) for entry in self._session.catalogue.entries()]
        if front_of(self.shell) == "notebook":
            _show_view(Directory(self._session, new_id()).view, directory_bundle(cards))
        else:
            display(directory_bundle(cards), raw=True)

    def _tools(self, names: tuple[str, ...]) -> None:
        from jupyter_connectors.show import tools_bundle
        from jupyter_connectors.widgets.tools import Tools, listing

        bundle = tools_bundle(listing(self._session, names))
        if not names:
            bundle = {"text/plain": "nothing is connected; try %connect acme-billing"}
        if names and front_of(self.shell) == "notebook":
            _show_view(Tools(self._session, new_id(), names).view, bundle)
        else:
            display(bundle, raw=True)


def _parsed(magic: Any, line: str) -> Namespace:
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise UsageError(f"{error}: check the quotes") from None
    parsed: Namespace = magic.parser.parse_args(words)
    return parsed


def _show_connected(session: Session, found: Any) -> None:
    from jupyter_connectors.show import connected_bundle
    from jupyter_connectors.signatures import identifier

    display(connected_bundle(found, session.hub.class_of, identifier(found.id, taken={})), raw=True)


def _show_view(view: Any, fallback: dict[str, str]) -> None:
    """Shows a view, with its text beside it for where widgets are not drawn."""
    bundle = view._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    display({**fallback, **{kind: value for kind, value in (data or {}).items() if "widget" in kind}}, raw=True)
