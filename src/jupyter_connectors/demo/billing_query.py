"""Stripe's search query language, as far as acme-billing speaks it: clauses joined by AND.

Source: docs.stripe.com/search, "Search query language".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mcp.server.mcpserver.exceptions import ToolError

Clause = tuple[str, list[str | int]]
"""An SQL condition and its values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What can be searched in one kind of object."""

    texts: tuple[str, ...]
    numbers: tuple[str, ...]


CUSTOMER_FIELDS = Fields(texts=("email", "name", "phone"), numbers=("created",))
INVOICE_FIELDS = Fields(
    texts=("currency", "customer", "number", "status", "subscription"), numbers=("created", "due_date", "total")
)

_CLAUSE = re.compile(
    r"""\s*(?P<minus>-?)(?P<field>\w+)(?:\["(?P<key>[^"]+)"\])?\s*(?P<sign>>=|<=|[:~=<>])\s*"""
    r"""(?P<value>"(?:[^"\\]|\\.)*"|null|-?\d+)\s*""",
    re.IGNORECASE,
)
_AND = re.compile(r"AND\b", re.IGNORECASE)


def parse(query: str, fields: Fields) -> list[Clause]:
    """The query as SQL conditions, all of which must hold.

    Raises:
        ToolError: The query cannot be read, or names a field that cannot be searched.
    """
    clauses: list[Clause] = []
    at = 0
    while True:
        found = _CLAUSE.match(query, at)
        if found is None:
            raise _unreadable(query[at:], fields)
        clauses.append(_clause(found, fields))
        at = found.end()
        if at == len(query):
            return clauses
        joined = _AND.match(query, at)
        if joined is None:
            raise _unreadable(query[at:], fields)
        at = joined.end()


def _clause(found: re.Match[str], fields: Fields) -> Clause:
    field, sign, value = found["field"], found["sign"], _unquoted(found["value"])
    if field == "metadata" and found["key"]:
        sql, values = _text("coalesce(json_extract(metadata, ?), '')", sign, value)
        values = [f'$."{found["key"]}"', *values]
    elif field in fields.numbers:
        sql, values = _number(field, sign, value)
    elif field in fields.texts:
        sql, values = _text(field, sign, value)
    else:
        raise _unreadable(found[0], fields)
    return (f"NOT coalesce({sql}, 0)", values) if found["minus"] else (sql, values)


def _unquoted(value: str) -> str | None:
    if value.lower() == "null":
        return None
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value


def _number(field: str, sign: str, value: str | None) -> Clause:
    if value is None:
        return f"{field} IS NULL", []
    try:
        return f"{field} {'=' if sign in ':~' else sign} ?", [int(value)]
    except ValueError:
        pass
    raise ToolError(f"{field} is compared with an integer, not with {value!r}: `{field}>=1760000000`.")


def _text(field: str, sign: str, value: str | None) -> Clause:
    if value is None:
        return f"{field} IS NULL", []
    if sign == "~":
        return f"instr(lower({field}), lower(?))", [value]
    if sign in ":=":
        return f"{field} = ? COLLATE NOCASE", [value]
    raise ToolError(f"Text is compared with `:` (equals) or `~` (contains), not with `{sign}`.")


def _unreadable(rest: str, fields: Fields) -> ToolError:
    known = ", ".join((*fields.texts, *fields.numbers, 'metadata["key"]'))
    return ToolError(
        f"The query cannot be read from {rest.strip()!r} on. Write clauses joined by AND, such as "
        f'`created>=1760000000` or `{fields.texts[0]}:"..."`; a leading - negates. Fields: {known}.'
    )
