"""Names that look like other names: which one a name can be taken for, and how to write it so that it cannot."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache

_ALIKE = (("rn", "m"), ("vv", "w"), ("0", "o"), ("1", "l"), ("i", "l"), ("|", "l"), ("5", "s"))
_BETWEEN = str.maketrans("", "", "-_. ")


def skeleton(name: str) -> str:
    """What a name looks like at a glance; two names with equal skeletons can be taken for each other.

    Letters of other alphabets become the Latin ones they resemble (Unicode Technical Standard 39, by
    confusable_homoglyphs), case, marks and separators go, and `rn`, `0`, `1`, `i` become what they are read as.
    """
    plain = name if name.isascii() else "".join(map(_latin, unicodedata.normalize("NFKD", name)))
    plain = plain.casefold().translate(_BETWEEN)
    for written, read in _ALIKE:
        plain = plain.replace(written, read)
    return plain


def looks_like(name: str, others: Iterable[str]) -> str | None:
    """The first of `others` that `name` can be taken for and is not, or None."""
    looks = skeleton(name)
    return next((each for each in others if each != name and skeleton(each) == looks), None)


def disguised(name: str) -> str | None:
    """The plain Latin name that `name`, written with letters of another alphabet, looks like; or None.

    A name that is honestly of another alphabet looks like nothing Latin as a whole and is none.
    """
    if name.isascii():
        return None
    latin = "".join(map(_latin, unicodedata.normalize("NFKC", name)))
    return latin if latin.isascii() and latin != name else None


def spelled(name: str) -> str:
    """`name` with each letter outside ASCII written as its number: `\\u0455lack`."""
    return name.encode("ascii", "backslashreplace").decode()


@cache
def _latin(character: str) -> str:
    if character.isascii():
        return character
    if unicodedata.combining(character):
        return ""
    # Ten megabytes of tables: loaded for a name that is not plain, and no other.
    from confusable_homoglyphs.confusables import is_confusable  # type: ignore[import-untyped]  # has no annotations

    found = is_confusable(character, greedy=True)
    likes = [each["c"] for each in found[0]["homoglyphs"]] if found else []
    return next((each for each in likes if each.isascii()), character)
