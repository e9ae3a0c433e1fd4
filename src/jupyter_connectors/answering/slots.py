"""Slot filling: a question's pieces put into one tool's arguments, and into filters where no argument takes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from jupyter_connectors.answering.amounts import Amount, currency_of
from jupyter_connectors.answering.columns import Columns
from jupyter_connectors.answering.dates import fill_dates, fill_overdue
from jupyter_connectors.answering.filling import Filling
from jupyter_connectors.answering.filters import Filter
from jupyter_connectors.answering.names import nouns_of, stems_of, words_of
from jupyter_connectors.answering.parameters import Parameter, parameters_of
from jupyter_connectors.answering.places import country_code
from jupyter_connectors.answering.question import Question, Word
from jupyter_connectors.models import Tool

_OPPOSITES = {"open": "clos", "unpaid": "paid", "inactiv": "activ", "unread": "read", "unassign": "assign"}
_ID_PREFIXES = {
    "pi": "payment", "ch": "charge", "py": "payment", "re": "refund", "si": "subscription",
    "001": "account", "003": "contact", "006": "opportunity", "00Q": "lead", "00T": "task", "005": "user",
    "500": "case",
}  # fmt: skip
_JOINING = frozenset(words_of("in on during for over within the from of at by since after before between until is are"))


def fill(question: Question, tool: Tool, columns: Mapping[str, str]) -> Filling:
    """The question's pieces in the tool's arguments and in filters on the columns its result is known to have."""
    filling = Filling(tool=tool, question=question, columns=Columns(columns), parameters=parameters_of(tool))
    for step in (
        _quotes,
        _ids,
        _mails,
        _repository,
        fill_dates,
        _amounts,
        _choices,
        _flags,
        _places,
        _named,
        fill_overdue,
    ):
        step(filling)
    _currency(filling)
    _count(filling)
    return filling


def _quotes(filling: Filling) -> None:
    for said in filling.question.quotes:
        filling.query(said)


def _ids(filling: Filling) -> None:
    for said in filling.question.ids:
        parameter = _id_parameter(filling, said.text)
        if parameter is not None:
            before = [word for word in filling.question.words if word.at[1] <= said.at[0]][-1:]
            label = [word.at for word in before if word.stem in parameter.stems]
            filling.put(parameter, said.text, said.at, *label)


def _id_parameter(filling: Filling, text: str) -> Parameter | None:
    """The argument an id belongs in: by its prefix (cus_9x is a customer), else the tool's plain `id` or `key`."""
    prefix = text.split("_")[0] if "_" in text else text[:3]
    about = _ID_PREFIXES.get(prefix, prefix.lower()) if "_" in text or prefix in _ID_PREFIXES else ""
    own = any(noun.startswith(about) for noun in nouns_of(filling.tool.name))
    for parameter in filling.open():
        if parameter.kind not in ("string", "") or parameter.choices or parameter.format:
            continue
        named = about and any(word.startswith(about) for word in parameter.words)
        if named or (own and parameter.words in (("id",), ("key",))):
            return parameter
    return None


def _mails(filling: Filling) -> None:
    for said in filling.question.mails:
        parameter = next((each for each in filling.open() if "email" in each.words or "mail" in each.words), None)
        column = filling.columns.text_named("email")
        if parameter is not None:
            filling.put(parameter, said.text, said.at)
        elif column:
            filling.keep(column, "same", said.text.lower(), said.at)
        else:
            filling.query(said)


def _repository(filling: Filling) -> None:
    said = filling.question.repository
    if said is None:
        return
    named = {parameter.path[0]: parameter for parameter in filling.open()}
    owner, _, name = said.text.partition("/")
    if "owner" in named and "repo" in named:
        filling.put(named["owner"], owner, said.at)
        filling.put(named["repo"], name, said.at)
    else:
        whole = named.get("repository") or named.get("repo") or named.get("full_name")
        if whole is not None:
            filling.put(whole, said.text, said.at)


def _amounts(filling: Filling) -> None:
    for amount in filling.question.amounts:
        column, words = _amount_column(filling, amount)
        currency = filling.columns.currency(column) if amount.currency else None
        if column is None or (amount.currency and currency is None):
            continue  # half a filter would be wrong: the whole phrase stays unused
        filling.keep(column, amount.comparison, _plain(amount.value), amount.at, *(word.at for word in words))
        test = Filter(column=currency or "", operator="same", value=amount.currency or "")
        if currency and test not in filling.filters:
            filling.filters.insert(len(filling.filters) - 1, test)


def _amount_column(filling: Filling, amount: Amount) -> tuple[str | None, list[Word]]:
    """The column an amount is compared with: the one named beside it, else the tool's main amount."""
    words = filling.question.words
    before = [word for word in words if word.at[1] <= amount.at[0]][-2:]
    after = [word for word in words if word.at[0] >= amount.at[1]][:1]
    named = [word for word in before + after if not filling.is_used(word.at)]
    column, used = filling.columns.number_about(named)
    if column is None and not used and (not amount.unit or amount.currency or not _is_noun(amount.unit)):
        column = filling.columns.main_amount()
    return column, used


def _is_noun(unit: str) -> bool:
    """True for a word that counts something: `over 50 employees`."""
    return unit.lower().endswith("s") and unit.lower() not in _JOINING


def _plain(value: float) -> float | int:
    return int(value) if value.is_integer() else value


def _choices(filling: Filling) -> None:
    for parameter in filling.open():
        found = _choice(parameter, filling.free()) if parameter.choices else None
        if found is not None:
            value, words = found
            label = [word for word in filling.free() if word.stem in parameter.stems and word not in words]
            filling.put(parameter, value, *(word.at for word in [*words, *label]))


def _choice(parameter: Parameter, words: tuple[Word, ...]) -> tuple[str, list[Word]] | None:
    """The value whose words all stand in the question, else the only one most of whose words do."""
    said = {word.stem: word for word in words}
    exact = {word.text for word in words}
    whole = [value for value in parameter.choices if (parts := stems_of(value)) and all(p in said for p in parts)]
    if whole:

        def rank(value: str) -> tuple[int, bool, int]:
            parts = stems_of(value)
            return len(parts), all(word in exact for word in words_of(value)), -said[parts[0]].at[0]

        best = max(whole, key=rank)
        return best, [said[part] for part in stems_of(best)]
    partial = [
        (value, hits)
        for value in parameter.choices
        if (hits := [said[part] for part in stems_of(value) if part in said]) and 2 * len(hits) >= len(stems_of(value))
    ]
    return partial[0] if len(partial) == 1 else None


def _flags(filling: Filling) -> None:
    """Booleans by their own word or its opposite: is_closed from `closed`, from `open` as False."""
    for parameter in filling.open():
        about = parameter.stems - {"is", "ha", "has", "includ", "only", "expand"}
        if parameter.kind != "boolean" or len(about) != 1:
            continue
        for word in filling.free():
            if word.stem in about or _OPPOSITES.get(word.stem) in about:
                negation = re.search(r"\b(?:not|non|never)[\s-]+$", filling.question.text[: word.at[0]], re.IGNORECASE)
                start = negation.start() if negation else word.at[0]
                filling.put(parameter, (word.stem in about) is (negation is None), (start, word.at[1]))
                break


def _places(filling: Filling) -> None:
    said = filling.question.place
    if said is None or filling.is_used(said.at):
        return
    code = country_code(said.text)
    kinds = ("country",) if code else ("city", "state", "region", "location", "territory")
    takes = [each for each in filling.open() if each.kind in ("string", "") and set(each.words) & set(kinds)]
    columns = [name for kind in kinds if (name := filling.columns.text_named(kind))]
    if len(takes) == 1 or (takes and code):
        short = re.search(r"iso ?3166|two[- ]letter|alpha-2|country code", takes[0].description, re.IGNORECASE)
        filling.put(takes[0], code if short and code else said.text, said.at)
    elif columns:
        filling.keep(columns[0], "same", said.text.lower(), said.at)


def _named(filling: Filling) -> None:
    said = filling.question.named
    if said is None or filling.is_used(said.at):
        return
    about = [word.stem for word in filling.question.words_in(said.at)]
    if set(about) & set(stems_of(filling.tool.name)):
        return  # `for invoices` names the tool, not a text to look for
    filling.query(said)


def _currency(filling: Filling) -> None:
    """A currency named alone: `invoices in euros`."""
    for word in filling.free():
        code = currency_of(word.text)
        if code is None or word.text == "won":
            continue
        takes = next((each for each in filling.open() if "currency" in each.words), None)
        column = filling.columns.currency(filling.columns.main_amount())
        if takes is not None:
            named = next((choice for choice in takes.choices if choice.lower() == code), code)
            filling.put(takes, named, word.at)
        elif column:
            filling.keep(column, "same", code, word.at)


def _count(filling: Filling) -> None:
    """`top 10` orders by amount, `latest 5` by date; `first 3` is a plain cut, told to the tool where it can cut."""
    count = filling.question.count
    if count is None or filling.is_used(count.at):
        return
    if count.order == "size" and (column := filling.columns.main_amount()):
        filling.keep(column, "largest", count.number, count.at)
    elif count.order == "date" and (column := filling.columns.created()):
        filling.keep(column, "latest", count.number, count.at)
    elif not count.order:
        takes = _first_named(filling.open(), ("limit", "per_page", "page_size", "max_results"))
        if takes is not None and not filling.filters:
            filling.put(takes, count.number, count.at)
        filling.keep("", "first", count.number, count.at)


def _first_named(parameters: Iterable[Parameter], names: tuple[str, ...]) -> Parameter | None:
    return next((each for name in names for each in parameters if each.path == (name,)), None)
