"""Text that came from elsewhere, made safe to show."""

from __future__ import annotations

import re
import unicodedata

_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)|[@-Z\\-_])")

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

_BLANK = frozenset(
    {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, *range(0x180B, 0x1810)}
) | frozenset(range(0xFE00, 0xFE0E))
"""Letters, marks and symbols that show nothing: fillers and variation selectors, but for the two of emoji."""


def visible(text: str) -> str:
    """`text` without terminal escapes, and with control and invisible characters written out.

    Zero-width, bidirectional, tag and private characters can hide instructions from the person who reads a label;
    they appear as `\\u200b` and so on. New lines and tabs stay.
    """
    cleaned = _ESCAPE.sub("", text).replace("\r\n", "\n")
    if cleaned.isascii() and cleaned.isprintable():
        return cleaned
    return "".join(_shown(character) for character in cleaned)


def _shown(character: str) -> str:
    code = ord(character)
    hidden = unicodedata.category(character) in _HIDDEN or code in _BLANK or 0xE0100 <= code <= 0xE01EF
    if character in "\n\t" or not hidden:
        return character
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def one_line(text: str, width: int = 200) -> str:
    """`text` made visible, on one line, cut with an ellipsis past `width` characters."""
    line = " ".join(visible(text).split())
    return line if len(line) <= width else line[: width - 1] + "…"


def plural(count: int, noun: str) -> str:
    """The count with its noun: `1 row`, `3,200 rows`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
