"""Column names: snake_case, unique, and nothing that only looks like another."""

from __future__ import annotations

import re
from collections.abc import Iterable

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WIDEST = 120


def snake(words: Iterable[str]) -> str:
    """One snake_case name for the keys that lead to a value: `("Account", "LastName")` is `account_last_name`.

    Letters and digits of every script stay, all else is a single underscore; `column` where nothing is left.
    """
    joined = "_".join(_HUMP.sub("_", word) for word in words)
    kept = "".join(each if each.isalnum() else "_" for each in joined).lower()
    return re.sub("_+", "_", kept)[:_WIDEST].strip("_") or "column"


def unique(name: str, taken: set[str]) -> str:
    """`name`, or `name_2` and so on when it is taken; the answer is taken from now on."""
    found, number = name, 1
    while found.casefold() in taken:
        number += 1
        found = f"{name}_{number}"
    taken.add(found.casefold())
    return found
