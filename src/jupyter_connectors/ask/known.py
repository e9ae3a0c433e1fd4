"""The columns a tool's frame is known to have before it was ever called."""

from __future__ import annotations

from jupyter_connectors.frames.names import snake
from jupyter_connectors.frames.shapes import shape_for


def known_columns(connector: str, tool: str) -> dict[str, str]:
    """Column names and kinds from the packaged shape of a connector's tool; empty for one nobody described.

    `connector` is its id in the directory, not the name the person gave it.
    """
    shape = shape_for(connector, tool)
    if shape is None:
        return {}
    return {snake(path.split(".")): kind.name for path, kind in shape.form.columns.items() if "*" not in path}
