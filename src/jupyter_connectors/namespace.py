"""The notebook's variables: the connectors' objects and the frames of `%%ask`, among what is the person's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jupyter_connectors.errors import UsageProblem

if TYPE_CHECKING:
    from jupyter_connectors.api import Connector


class Namespace:
    """What is bound in the notebook of one kernel. Without a shell, as in a script, nothing is and every name is free."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._frames: dict[str, object] = {}

    def is_taken(self, name: str) -> bool:
        """True for a variable of the notebook that is the person's own, not a frame we bound."""
        held = self._shell.user_ns if self._shell is not None else {}
        return name in held and held[name] is not self._frames.get(name)

    def bind_frames(self, frames: Mapping[str, object]) -> None:
        """Puts frames into the notebook under their names."""
        if self._shell is not None:
            self._shell.user_ns.update(frames)
            self._frames.update(frames)

    def check_free(self, name: str) -> None:
        """Looks whether a connector can be bound under its name.

        Raises:
            UsageProblem: The notebook has a variable of the person's own there.
        """
        from jupyter_connectors.api import Connector

        if self._shell is None:
            return
        variable = _variable(name)
        held = self._shell.user_ns.get(variable)
        if held is not None and not isinstance(held, Connector):
            raise UsageProblem(
                f"this notebook already has a variable {variable!r}", hint=f"choose another: %connect {name} --as NAME"
            )

    def bind(self, name: str, connector: Connector) -> None:
        """Puts a connector's object into the notebook, `acme-billing` as `acme_billing`."""
        if self._shell is not None:
            self._shell.user_ns[_variable(name)] = connector

    def unbind(self, name: str) -> None:
        """Takes a connector's object out of the notebook, if it is still there."""
        from jupyter_connectors.api import Connector

        if self._shell is not None and isinstance(self._shell.user_ns.get(_variable(name)), Connector):
            del self._shell.user_ns[_variable(name)]


def _variable(name: str) -> str:
    from jupyter_connectors.signatures import identifier

    return identifier(name, taken={})
