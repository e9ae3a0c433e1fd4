"""%connect %disconnect %tools %%ask %%connectors_sql %audit: parse, hand over, show."""

from __future__ import annotations

import shlex
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, cell_magic, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments
from IPython.display import display
from traitlets import Unicode

from jupyter_connectors.fronts import front_of
from jupyter_connectors.session import Session, new_id
from jupyter_connectors.text import plural

if TYPE_CHECKING:
    import pandas as pd

    from jupyter_connectors.accounts import Means
    from jupyter_connectors.entries import Entry


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
    @argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a part of the service's address")
    @argument("--header", action="append", default=[], help='"Name: env:VARIABLE", sent with every request')
    @argument("--env", action="append", default=[], help='"NAME=env:VARIABLE", given to a local server')
    @argument("--account", default="", help="which of your accounts there; each is an object of its own")
    @argument("--scope", nargs="+", action="extend", default=[], help="ask the service for these rights only")
    @argument("--client-id", default="", help="the id of a client you registered at the service")
    @argument("--client-secret", default="", metavar="env:NAME", help="its secret, by reference; never written out")
    @argument("--key", default="", metavar="env:NAME", help="a key in place of a sign-in; 'keyring' asks for it once")
    @argument("--issuer", default="", metavar="URL", help="for an address: the only server that may sign you in")
    @argument("--allow-host", action="append", default=[], metavar="HOST", help="where else that server's pages may be")
    @argument("--status", action="store_true", help="show how each connector in use stands")
    @argument("--explain", action="append", default=[], metavar="NAME", help="say which rule decides about a tool")
    @line_magic
    def connect(self, line: str) -> None:
        """Connects services and binds each as a Python object; alone, shows what can be connected."""
        args = _parsed(ConnectorMagics.connect, line)
        if args.explain or args.status:
            self._tell(args)
            return
        if not args.what and not args.command:
            self._directory()
            return
        from jupyter_connectors import joining

        entries = self._entries(args)
        if args.name and len(entries) > 1:
            raise UsageError("--as names one connector; connect the others in a line of their own")
        custom = [entry for entry in entries if entry.custom and not entry.registry]
        for entry in custom:
            self._session.catalogue.check(entry)
        made = joining.connect(self._session, entries, name=None if custom else args.name, account=args.account)
        for entry in custom:
            self._session.catalogue.add(entry)
        for entry in entries:
            self._session.catalogue.keep(entry)
        for each in made:
            _show_connected(self._session, each)

    @magic_arguments()
    @argument("what", help="the name of a connector")
    @argument("--forget", action="store_true", help="also take one you added out of the directory")
    @argument("--revoke", action="store_true", help="also sign out: at the service, here, in every kernel")
    @argument("--account", default="", help="which of your accounts there to sign out")
    @line_magic
    def disconnect(self, line: str) -> None:
        """Leaves a service and takes its object out of the notebook."""
        from jupyter_connectors import joining
        from jupyter_connectors.accounts import account_name

        args = _parsed(ConnectorMagics.disconnect, line)
        if args.revoke:
            self._session.show({"text/plain": joining.sign_out(self._session, args.what, args.account)})
        else:
            joining.disconnect(self._session, account_name(args.what, args.account))
        if args.forget:
            self._session.controls.forget(args.what)

    @magic_arguments()
    @argument("what", nargs="*", help="connectors; all of them when left out")
    @argument("--allow", action="append", default=[], metavar="TOOL", help="run a tool, or a group, without a question")
    @argument("--ask", action="append", default=[], metavar="TOOL", help="ask before each call of it")
    @argument("--block", "--off", action="append", default=[], metavar="TOOL", help="refuse it; 'all' for the whole")
    @argument("--on", action="append", default=[], metavar="TOOL", help="take back what was set for it")
    @argument("--here", action="store_true", help="set it for this notebook only, where it can only be narrower")
    @argument("--grants", action="store_true", help="show what you have allowed beyond one call")
    @argument("--revoke", action="append", default=[], metavar="ID", help="take a grant back, or 'all'")
    @argument("--review", action="store_true", help="show which tools changed or appeared, and how")
    @argument("--accept", action="append", default=[], metavar="CONNECTOR.TOOL", help="accept a tool as it is now")
    @argument("--mode", help="what a model is sent in this notebook: auto, always or on-demand; 'default' for none set")
    @argument("--modes", action="store_true", help="show the modes and what each costs")
    @line_magic
    def tools(self, line: str) -> None:
        """Lists what can be called, with a switch for each tool and what it costs in a model's context."""
        from jupyter_connectors.toolcell import show_tools

        show_tools(self._session, _parsed(ConnectorMagics.tools, line))

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
    @argument("--notebook", nargs="?", const="", metavar="PATH", help="what this notebook, or another, touched")
    @argument("--verify", nargs="?", const="", metavar="FILE", help="check the chain of the log, or of a file of it")
    @argument("--export", metavar="FILE", help="write every record as JSON lines to a new file")
    @line_magic
    def audit(self, line: str) -> pd.DataFrame | None:
        """Every call of every kernel of yours, newest first, as a DataFrame; argument values are not kept."""
        from jupyter_connectors.auditframe import verified

        args = _parsed(ConnectorMagics.audit, line)
        log = self._session.audit
        if args.verify is not None:
            self._session.show({"text/plain": verified(log, Path(args.verify) if args.verify else None)})
            return None
        if args.export:
            count = log.export(Path(args.export))
            self._session.show({"text/plain": f"{plural(count, 'record')} in {args.export}"})
            return None
        return self._session.audit_frame(args.n, notebook=True if args.notebook == "" else args.notebook)

    def _entries(self, args: Namespace) -> list[Entry]:
        from jupyter_connectors.accounts import is_key, with_header, with_means
        from jupyter_connectors.directory.catalogue import custom_command, custom_remote
        from jupyter_connectors.finding import find

        if args.command:
            return [custom_command(args.command, name=args.name, variables=args.env)]
        found = []
        for each in args.what:
            if each.startswith(("http://", "https://")):
                plain = [line for line in args.header if not is_key(line)]
                entry = custom_remote(each, name=args.name, headers=plain)
                keys = [line for line in args.header if is_key(line)]
            else:
                entry, keys = find(self._session, each, _settings(args.set)), args.header
            for line in keys:
                entry = with_header(entry, line)
            found.append(with_means(entry, _means(args)))
        return found

    def _tell(self, args: Namespace) -> None:
        """What decides about tools, and how the connectors in use stand; connects nothing."""
        from jupyter_connectors.explaining import explained
        from jupyter_connectors.showtools import explain_bundle

        for each in args.explain:
            self._session.show(explain_bundle(explained(self._session.hub, self._session.catalogue, each)))
        if args.status:
            from jupyter_connectors.accounts import status_rows
            from jupyter_connectors.show import status_bundle

            self._session.show(status_bundle(status_rows(self._session.hub)))

    def _directory(self) -> None:
        from jupyter_connectors.directory.pages import card, in_order
        from jupyter_connectors.finding import read_registry
        from jupyter_connectors.show import directory_bundle
        from jupyter_connectors.toolcell import show_view
        from jupyter_connectors.widgets.cards import Directory
        from jupyter_connectors.widgets.signincard import Below

        catalogue = self._session.catalogue
        read_registry(self._session)
        bundle = directory_bundle([card(entry) for entry in in_order(catalogue.entries())], catalogue.notes())
        if front_of(self.shell) == "notebook":
            shown = Directory(self._session, new_id())
            show_view(self._session, shown.view, bundle)
            shown.stage = Below(display({"text/plain": ""}, raw=True, display_id=True))
        else:
            display(bundle, raw=True)


def _means(args: Namespace) -> Means:
    from jupyter_connectors.accounts import Means

    scopes = tuple(scope for each in args.scope for scope in each.replace(",", " ").split())
    return Means(
        scopes=scopes,
        client_id=args.client_id,
        client_secret=args.client_secret,
        key=args.key,
        issuer=args.issuer,
        hosts=tuple(args.allow_host),
    )


def _settings(lines: list[str]) -> dict[str, str] | None:
    pairs = [line.partition("=") for line in lines]
    if any(not name or not sign for name, sign, _ in pairs):
        raise UsageError("--set takes NAME=VALUE, for example: %connect dataverse --set org=acme")
    return {name: value for name, _, value in pairs} or None


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
