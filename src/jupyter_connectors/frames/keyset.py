"""Pages for a SOQL tool without pages: the query is rewritten so that each page begins after the last Id of the one before.

Salesforce's own tool runs a query once and has no argument for the next batch (salesforcecli/mcp, run_soql_query). In
SOQL, `ORDER BY Id` with `WHERE Id > last` and a `LIMIT` gives every record once ("Working with Very Large SOQL
Queries", Apex Developer Guide), as long as the query has no order, limit or groups of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST = 2_000
"""Records in one reply of Salesforce's query resource (REST API Developer Guide, "Query")."""

_LITERAL = re.compile(r"'(?:[^'\\]|\\.)*'")
_QUERY = re.compile(
    r"\s*select\s+(?P<fields>.+?)\s+from\s+(?P<object>\w+(?:\s+(?!where\b)\w+)?)\s*(?:\bwhere\b(?P<where>.+))?\s*",
    re.IGNORECASE | re.DOTALL,
)
_OWN_ORDER = re.compile(
    r"\b(?:order\s+by|group\s+by|having|limit|offset|for\s+(?:view|reference|update)|with|using\s+scope|all\s+rows|update"
    r"|typeof)\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\b(?:count|count_distinct|sum|avg|min|max|fields|grouping|format)\s*\(", re.IGNORECASE)
_ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyset:
    """A SOQL query that can be asked page by page."""

    fields: str
    source: str
    where: str

    def page(self, after: str = "", size: int = MOST) -> str:
        """The query for the records after an Id, at most `size` of them."""
        rules = [f"Id > '{after}'"] if after else []
        rules += [f"({self.where})"] if self.where else []
        where = f" WHERE {' AND '.join(rules)}" if rules else ""
        return f"SELECT {self.fields} FROM {self.source}{where} ORDER BY Id LIMIT {size:d}"


def keyset(query: object) -> Keyset | None:
    """The pages of a query, or None where it has an order, a limit or groups of its own, or is no plain query."""
    if not isinstance(query, str):
        return None
    bare = _masked(query)
    plain = _QUERY.fullmatch(bare)
    if plain is None or _OWN_ORDER.search(bare) or _COUNTED.search(_LITERAL.sub("''", query)):
        return None
    selected, source, where = (query[slice(*plain.span(name))].strip() for name in ("fields", "object", "where"))
    named = {field.strip().casefold() for field in bare[slice(*plain.span("fields"))].split(",")}
    return Keyset(fields=selected if "id" in named else f"Id, {selected}", source=source, where=where)


def is_id(value: object) -> bool:
    """Whether this is a Salesforce Id, and so nothing that could say more in a query than an Id does."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def _masked(query: str) -> str:
    """The query with texts and all that stands in parentheses blanked out, every other character in its place."""
    query = _LITERAL.sub(lambda match: "_" * len(match[0]), query)
    out, depth = [], 0
    for each in query:
        depth += each == "("
        out.append("_" if depth else each)
        depth -= each == ")"
    return "".join(out)
