"""Words of an identifier or a question, brought to one form, and names made from them."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def words_of(text: str) -> list[str]:
    """The words of a text or identifier in lower case: `listOpenInvoices` gives list, open, invoices."""
    return [word.lower() for word in _WORD.findall(_CAMEL.sub(" ", text))]


_VERBS = frozenset(words_of("list get fetch search find query read retrieve show lookup describe all"))


def stem(word: str) -> str:
    """An English word without its plural or verb ending: closing, closed and closes all give clos."""
    for ending, left in (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", ""), ("s", ""), ("e", "")):
        if word.endswith(ending) and len(word) - len(ending) + len(left) >= 3 and not word.endswith(("ss", "us", "is")):
            word = word[: len(word) - len(ending)] + left
            break
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "sl" else word


def stems_of(text: str) -> list[str]:
    """The stems of a text's words, in order."""
    return [stem(word) for word in words_of(text)]


def nouns_of(tool: str) -> list[str]:
    """The words of a tool's name without its verb: what it is about. A name that is all verb keeps it."""
    words = words_of(tool)
    return [word for word in words if word not in _VERBS] or words


def frame_name(tool: str) -> str:
    """A valid variable name for what a tool returns: `list_invoices` gives `invoices`."""
    plain = unicodedata.normalize("NFKD", "_".join(nouns_of(tool))).encode("ascii", "ignore").decode()
    name = re.sub(r"\W", "", plain)[:40].strip("_") or "rows"
    if name[0].isdigit():
        name = f"rows_{name}"
    return f"{name}_" if reserved(name) else name


def reserved(name: str) -> bool:
    """True for a name Python itself uses: binding it would hide a keyword or a builtin."""
    return keyword.iskeyword(name) or keyword.issoftkeyword(name) or hasattr(builtins, name)
