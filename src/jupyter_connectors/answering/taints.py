"""What a conversation's model has read so far: what outsiders wrote, and what is not for everyone."""

from __future__ import annotations

from jupyter_connectors.entries import Entry


class Taints:
    """The names of connectors a conversation has read from. They are only added to, and end with the conversation.

    A model that has read both kinds may have been told, by the one, to carry the other away ("Agents Rule of Two",
    ai.meta.com/blog/practical-ai-agent-security): what it then wants to change or send is asked.
    """

    def __init__(self) -> None:
        self.outside: frozenset[str] = frozenset()
        self.private: frozenset[str] = frozenset()

    def read(self, connector: str, entry: Entry, tool: str) -> None:
        """Notes that something a tool answered is known to the model: rows, text or the words of an error."""
        outside, private = entry.tainted(tool)
        if outside:
            self.outside |= {connector}
        if private:
            self.private |= {connector}

    def listened(self, connector: str, entry: Entry, tool: str) -> None:
        """Notes that the model was told what the app of a tool says of itself, which may be anything anybody wrote."""
        self.read(connector, entry, tool)
        self.outside |= {connector}
