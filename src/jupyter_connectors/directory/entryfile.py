"""Reading an entry of the directory: one TOML, every key known and every name resolved, or an error that says which.

What says where a server is and what it takes is named as in the registry's `server.json` (schema of 2025-12-11):
`title`, `description`, `websiteUrl`, `repository`, `remotes` with `url`, `variables` and `headers`. The rest is ours:
`category`, `examples`, `auth` (how one signs in, and what must be brought), `tools` by class, `outside`, `private`,
`before`, `interactive`, `note`, and the `sources` of it all. `package` names a server that comes with us.
"""

from __future__ import annotations

import sys
import tomllib
from dataclasses import replace
from typing import Annotated, Any, Literal, get_args

import msgspec

from jupyter_connectors.directory.remotes import RemoteFile, access_by_key, is_own_host, remote_of, variables_of
from jupyter_connectors.entries import Access, Auth, Before, Entry, Launch, Remote, Source
from jupyter_connectors.models import ToolClass

Category = Literal[
    "project management",
    "communication",
    "documents and knowledge",
    "business systems",
    "developer tools",
    "data",
]
CATEGORIES: tuple[str, ...] = get_args(Category)
"""In the order in which they are shown."""

_Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
_Words = Annotated[str, msgspec.Meta(min_length=1)]
_Https = Annotated[str, msgspec.Meta(pattern=r"^https://[a-z0-9.-]+(/\S*)?$")]
_Day = Annotated[str, msgspec.Meta(pattern=r"^20\d\d-[01]\d-[0-3]\d$")]


class _Strict(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A table of the file: a key it does not have is an error."""


class AuthFile(_Strict, kw_only=True, frozen=True):
    """How one signs in: `Auth`'s facts about the service, and `Access`'s about what to bring."""

    kind: Literal["none", "header", "oauth"]
    registration: Literal["any", "own"] = "any"
    scopes: tuple[str, ...] = ()
    issuer: str = ""
    hosts: tuple[str, ...] = ()
    needs: str = ""
    page: _Https | Literal[""] = ""
    key_page: _Https | Literal[""] = ""


class ToolsFile(_Strict, kw_only=True, frozen=True):
    """The tools somebody here looked at, by what they do. One that is not listed counts as a write."""

    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    destructive: tuple[str, ...] = ()
    sends: tuple[str, ...] = ()


class BeforeFile(_Strict, kw_only=True, frozen=True):
    tool: str
    arguments: dict[str, str]
    record: str = "@root"
    fields: dict[str, str] = {}


class SourceFile(_Strict, kw_only=True, frozen=True):
    """Where facts come from: `date` is the day of the source, or of the commit that was read."""

    url: _Https | Literal[""] = ""
    date: _Day
    says: str = ""


class PackageFile(_Strict, kw_only=True, frozen=True):
    module: str


class EntryFile(_Strict, kw_only=True, frozen=True):
    """The whole file."""

    name: _Name
    aliases: tuple[_Name, ...] = ()
    title: _Words
    description: _Words
    category: Category
    developer: _Words
    examples: tuple[_Words, ...]
    website: _Https | Literal[""] = msgspec.field(default="", name="websiteUrl")
    repository: _Https | Literal[""] = ""
    remotes: tuple[RemoteFile, ...] = ()
    package: PackageFile | None = None
    auth: AuthFile | None = None
    tools: ToolsFile = ToolsFile()
    outside: tuple[str, ...] = ()
    private: bool = True
    before: dict[str, BeforeFile] = {}
    interactive: bool = False
    note: str = ""
    sources: tuple[SourceFile, ...] = ()


def read_entry(text: str, *, variables: dict[str, str] | None = None) -> Entry:
    """The entry that a TOML of the directory describes.

    Args:
        variables: The environment of a server that comes with us.

    Raises:
        ValueError: A key, class or name in it is unknown, or a fact that is needed is missing; the message names it.
    """
    told: dict[str, Any] = tomllib.loads(text)
    where = f"the directory entry {told.get('name')!r}"
    try:
        return _entry(msgspec.convert(told, EntryFile), variables or {})
    except (msgspec.ValidationError, ValueError) as problem:
        raise ValueError(f"{where}: {problem}") from None


def _entry(file: EntryFile, variables: dict[str, str]) -> Entry:
    reviewed = _reviewed(file.tools)
    for name in (*file.outside, *file.before, *(each.tool for each in file.before.values())):
        if name not in reviewed:
            raise ValueError(f"it has no tool {name!r}")
    return Entry(
        id=file.name,
        title=file.title,
        summary=file.description,
        category=file.category,
        developer=file.developer,
        target=_target(file, variables),
        reviewed=reviewed,
        examples=file.examples,
        outside=frozenset(file.outside),
        private=file.private,
        before={name: Before(**msgspec.structs.asdict(each)) for name, each in file.before.items()},
        aliases=file.aliases,
        homepage=file.website,
        repository=file.repository,
        interactive=file.interactive,
        note=file.note,
        variables=variables_of(file.remotes[0]) if file.remotes else (),
        access=_access(file),
        sources=tuple(Source(**msgspec.structs.asdict(each)) for each in file.sources),
    )


def _reviewed(tools: ToolsFile) -> dict[str, ToolClass]:
    reviewed: dict[str, ToolClass] = {}
    for kind in ToolClass:
        for name in getattr(tools, kind.value):
            if name in reviewed:
                raise ValueError(f"the tool {name!r} has two classes")
            reviewed[name] = kind
    return reviewed


def _target(file: EntryFile, variables: dict[str, str]) -> Launch | Remote:
    if file.package is not None and not file.remotes:
        # -P keeps the notebook's folder out of the import path: a file there must not pose as one of our modules.
        return Launch(command=sys.executable, args=("-P", "-m", file.package.module), env=variables)
    if file.package is not None or not file.remotes or file.auth is None or not file.sources:
        raise ValueError("it needs a package of ours, or remotes with auth and sources")
    told = file.auth
    auth = Auth(
        kind=told.kind,
        registration=told.registration,
        scopes=told.scopes,
        issuer=told.issuer,
        hosts=told.hosts,
    )
    if told.kind == "header":
        header, scheme = access_by_key(file.remotes[0].headers)
        if not header:
            raise ValueError("its remote has no header for the key")
        auth = replace(auth, header=header, scheme=scheme, value="keyring")
    remote = remote_of(file.remotes[0], auth)
    # Where the whole host is the person's own, as for GitLab at work, it may be in their network.
    return replace(remote, typed=is_own_host(remote.url))


def _access(file: EntryFile) -> Access:
    if file.auth is None:
        return Access()
    if file.auth.registration == "own" and not (file.auth.needs and file.auth.page):
        raise ValueError("who needs a client id of their own must be told where to get it: auth.needs, auth.page")
    header, scheme = access_by_key(file.remotes[0].headers)
    return Access(needs=file.auth.needs, page=file.auth.page, header=header, scheme=scheme, key_page=file.auth.key_page)
