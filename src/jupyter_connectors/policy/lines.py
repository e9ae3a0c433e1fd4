"""Where each key of a TOML text stands, since `tomllib` keeps no positions.

`tomllib` stays the one reader of TOML: a statement ends at the first line at which it can be read by itself.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]


class Lines:
    """The lines of a valid TOML text, looked up by the path of a key: `("rules", 2, "effect")`."""

    def __init__(self, text: str) -> None:
        self._found: dict[Path, int] = {}
        self._last: dict[Path, int] = {}
        """The index of the last table of each array of tables."""

        table: Path = ()
        for line, statement in _statements(text):
            if statement.lstrip().startswith("["):
                table = self._header(statement)
                self._found.setdefault(table, line)
            else:
                self._found.update(_keys(table, statement, line))

    def of(self, path: Path) -> int:
        """The line of the key, or of the nearest thing around it; 1 where there is none."""
        return next((self._found[path[:size]] for size in range(len(path), 0, -1) if path[:size] in self._found), 1)

    def _header(self, statement: str) -> Path:
        keys = []
        inner: Any = tomllib.loads(statement)
        while inner and isinstance(inner, dict):
            ((key, inner),) = inner.items()
            keys.append(key)
        path: Path = ()
        for place, key in enumerate(keys):
            path = (*path, key)
            if isinstance(inner, list) and place == len(keys) - 1:
                self._last[path] = self._last.get(path, -1) + 1
            if path in self._last:
                path = (*path, self._last[path])
        return path


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each table header and each `key = value` with the line it begins at."""
    begun: list[str] = []
    for line, each in enumerate(text.split("\n"), start=1):
        if not begun and (not each.strip() or each.lstrip().startswith("#")):
            continue
        begun.append(each)
        inside_a_list = each.rstrip().endswith(",") and "#" not in each
        if not inside_a_list and _read("\n".join(begun)) is not None:
            yield line - len(begun) + 1, "\n".join(begun)
            begun = []


def _keys(table: Path, statement: str, line: int) -> dict[Path, int]:
    """The paths of everything one `key = value` holds."""
    found: dict[Path, int] = {}
    path, value = table, tomllib.loads(statement)
    while isinstance(value, dict) and len(value) == 1:
        ((key, value),) = value.items()
        path = (*path, key)
        found[path] = line
    for inner in _inner(path, value):
        found[inner] = line
    if isinstance(value, list):
        for place, own in enumerate(_elements(statement, line)):
            found.update(dict.fromkeys(((*path, place), *_inner((*path, place), value[place])), own))
    return found


def _inner(path: Path, value: Any) -> Iterator[Path]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in pairs:
        yield (*path, key)
        yield from _inner((*path, key), each)


def _elements(statement: str, line: int) -> Iterator[int]:
    """The line each element of a list begins at, as far as they can be read one after the other."""
    begun: list[str] = []
    for place, each in enumerate(statement.split("\n")):
        begun.append(each)
        chunk = "\n".join(begun)
        read: Any = _read(f"{chunk}\n]" if place == 0 else f"_ = [\n{chunk}\n]")
        while isinstance(read, dict):
            (read,) = read.values()
        if read is not None:
            yield from [line + place + 1 - len(begun)] * len(read)
            begun = []


def _read(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None
