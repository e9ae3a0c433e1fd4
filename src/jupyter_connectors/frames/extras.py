"""What is imported only where it is installed."""

from __future__ import annotations

from importlib import import_module


def missing(*modules: str) -> str | None:
    """Why one of these modules cannot be imported, in a line; None where all can, and then they are."""
    for each in modules:
        try:
            import_module(each)
        except ImportError as error:
            return str(error).partition("\n")[0]
    return None
