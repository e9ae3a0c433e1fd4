"""The columns a tool's frame is known to have, asked by what they are about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from jupyter_connectors.answering.names import stems_of, words_of
from jupyter_connectors.answering.question import Word

_NUMBER = re.compile(r"money|int|float|double|decimal|number|amount", re.IGNORECASE)
_DATE = re.compile(r"date|time|instant", re.IGNORECASE)
_TEXT = re.compile(r"str|text|object|categor|enum", re.IGNORECASE)
_MONEY_WORDS = ("amount", "total", "value", "price", "revenue", "balance", "cost", "fee", "sum")
_MINOR = frozenset({"minor", "cents", "unit", "units"})


class Columns:
    """Result columns by name with their kinds: a pandas dtype (`Int64`, `datetime64[us, UTC]`) or our own (`money`)."""

    def __init__(self, kinds: Mapping[str, str]) -> None:
        self._kinds = dict(kinds)

    def main_amount(self) -> str | None:
        """The column that says how much a row is about, None where there is none."""
        money = [name for name in self._numbers() if set(words_of(name)) & set(_MONEY_WORDS) or self._is_money(name)]

        def rank(name: str) -> tuple[bool, int, int, int]:
            words = words_of(name)
            place = next((place for place, word in enumerate(_MONEY_WORDS) if word in words), len(_MONEY_WORDS))
            return (not self._is_money(name), place, len(words), list(self._kinds).index(name))

        return min(money, key=rank, default=None)

    def number_about(self, words: Iterable[Word]) -> tuple[str | None, list[Word]]:
        """The number column these words name, with the words that do; of several, the one most of them name."""
        words = list(words)
        scored = []
        for name in self._numbers():
            parts = set(stems_of(name))
            hits = [word for word in words if word.stem in parts]
            if hits:
                scored.append((-len(hits), len(parts), name, hits))
        return (min(scored)[2], min(scored)[3]) if scored else (None, [])

    def currency(self, amount: str | None) -> str | None:
        """The column with the currency of an amount."""
        own = f"{amount}_currency"
        named = [name for name in self._kinds if "currency" in words_of(name)]
        return own if own in self._kinds else next(iter(sorted(named, key=len)), None)

    def date_about(self, stem: str) -> str | None:
        """The date column a word speaks of: `paid` and paid_at."""
        return next((name for name in self._dates() if stem in stems_of(name) and stem not in ("dat", "tim")), None)

    def created(self) -> str | None:
        """The date column for when a row was made."""
        return self.date_about("creat")

    def text_named(self, word: str) -> str | None:
        """The text column about a word, the shortest of several."""
        named = [name for name, kind in self._kinds.items() if word in words_of(name) and _TEXT.search(kind)]
        return min(named, key=len, default=None)

    def _numbers(self) -> list[str]:
        return [
            name
            for name, kind in self._kinds.items()
            if _NUMBER.search(kind) and not _DATE.search(kind) and not _MINOR & set(words_of(name))
        ]

    def _dates(self) -> list[str]:
        return [name for name, kind in self._kinds.items() if _DATE.search(kind)]

    def _is_money(self, name: str) -> bool:
        return "money" in self._kinds[name].lower()
