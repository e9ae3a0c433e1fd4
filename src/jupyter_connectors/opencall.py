"""The call a person is in the middle of writing: what is called, which argument the cursor is in, what stands there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_LONGEST = 10_000
_PIECE = re.compile(
    r"""(?P<string>[rbfuRBFU]{0,2}(?P<quote>\"{3}|'{3}|\"|'))|(?P<comment>\#[^\n]*)|(?P<opens>[(\[{])|(?P<closes>[)\]}])|(?P<comma>,)""",
    re.VERBOSE,
)
_TARGET = re.compile(
    r"""(?P<object>[^\W\d]\w*)(?:\.(?P<name>[^\W\d]\w*)|\[\s*(["'])(?P<key>.+?)\3\s*\])(?:\.aio)?\s*$"""
)
_NAMED = re.compile(r"\s*(?P<name>[^\W\d]\w*)\s*=(?!=)(?P<rest>.*)$", re.DOTALL)
_WORD = re.compile(r"\s*[\w.+-]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCall:
    """`object.name(` or `object["key"](`, with the cursor in one of its arguments."""

    object: str
    name: str = ""
    key: str = ""
    argument: str = ""
    """The argument's name; empty for one that is written by its place, or whose name is being written."""

    place: int = 0
    """How many arguments stand before it."""

    given: frozenset[str] = frozenset()
    """The names of those."""

    in_list: bool = False
    """It is a list, and the cursor in an item of it."""

    quote: str = ""
    """The quote of the text that the cursor is in; empty where it is in none."""

    word: str = ""
    """What stands before the cursor."""


@dataclass(slots=True)
class _Bracket:
    kind: str
    at: int
    since: int
    before: list[str] = field(default_factory=list)
    """The pieces between its commas."""


def open_call(text: str) -> OpenCall | None:
    """The call that `text` ends in the middle of; None where it ends in none, or in a value that is more than a word."""
    text = text[-_LONGEST:]
    brackets, quote, string_at = _read(text)
    if not brackets:
        return None
    inner = brackets[-1]
    in_list = inner.kind == "[" and len(brackets) > 1
    call = brackets[-2] if in_list else inner
    target = _TARGET.search(text[: call.at])
    if call.kind != "(" or target is None:
        return None
    end = string_at if quote else len(text)
    piece = text[call.since : inner.at if in_list else end]
    named = _NAMED.match(piece)
    value = text[inner.since : end] if in_list else named["rest"] if named else piece
    if (in_list and (named is None or named["rest"].strip())) or (value.strip() if quote else not _WORD.match(value)):
        return None
    return OpenCall(
        object=target["object"],
        name=target["name"] or "",
        key=target["key"] or "",
        argument=named["name"] if named else "",
        place=len(call.before),
        given=frozenset(found["name"] for each in call.before if (found := _NAMED.match(each))),
        in_list=in_list,
        quote=quote,
        word=text[string_at + len(quote) :] if quote else value.strip(),
    )


def _read(text: str) -> tuple[list[_Bracket], str, int]:
    """The brackets that are open at the end; and the quote of the text that is, with where it begins."""
    brackets: list[_Bracket] = []
    at = 0
    while (found := _PIECE.search(text, at)) is not None:
        at = found.end()
        if found["string"]:
            closed = _end_of(text, found["quote"], at)
            if closed is None:
                return brackets, found["quote"], found.end() - len(found["quote"])
            at = closed
        elif found["opens"]:
            brackets.append(_Bracket(found["opens"], found.start(), found.end()))
        elif found["closes"] and brackets:
            brackets.pop()
        elif found["comma"] and brackets:
            inner = brackets[-1]
            inner.before.append(text[inner.since : found.start()])
            inner.since = found.end()
    return brackets, "", 0


def _end_of(text: str, quote: str, at: int) -> int | None:
    """Where a text that begins there ends; None where it does not."""
    while True:
        close, slash = text.find(quote, at), text.find("\\", at)
        if close == -1 or slash == -1 or close < slash:
            break
        at = slash + 2
    line = text.find("\n", at) if len(quote) == 1 else -1
    if line != -1 and (close == -1 or line < close):
        return line  # a quote of one line that is not closed is a slip, and the next line is read on its own
    return None if close == -1 else close + len(quote)
