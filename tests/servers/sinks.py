"""Sockets that count what arrives: one TCP port for each way out that a page tries, and UDP ports for the rest."""

from __future__ import annotations

import selectors
import socket
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

_HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nAccess-Control-Allow-Origin: *\r\nConnection: close\r\n"


class Sinks:
    """Ports of 127.0.0.1 by name, and what came to each."""

    def __init__(self, tcp: Iterable[str], udp: Iterable[str]) -> None:
        self._selector = selectors.DefaultSelector()
        self._lock = threading.Lock()
        self._over, self._wake = socket.socketpair()
        self._selector.register(self._over, selectors.EVENT_READ, None)
        self._connected: Counter[str] = Counter()
        self._asked: Counter[str] = Counter()
        self._told: Counter[str] = Counter()
        self.pages: dict[str, str] = {}
        """What is answered, by name; nothing where a name is not in it."""

        self.tcp = {name: self._open(name, socket.SOCK_STREAM) for name in tcp}
        self.udp = {name: self._open(name, socket.SOCK_DGRAM) for name in udp}
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def connections(self) -> dict[str, int]:
        """TCP connections by name, with or without a byte in them."""
        with self._lock:
            return dict(self._connected)

    @property
    def requests(self) -> dict[str, int]:
        """Those in which anything was said."""
        with self._lock:
            return dict(self._asked)

    @property
    def datagrams(self) -> dict[str, int]:
        """UDP packets by name."""
        with self._lock:
            return dict(self._told)

    def clear(self) -> None:
        """Counts from nothing again."""
        with self._lock:
            for each in (self._connected, self._asked, self._told):
                each.clear()

    def close(self) -> None:
        self._wake.send(b".")
        self._thread.join(5)
        for key in list(self._selector.get_map().values()):
            if key.data is not None:
                key.data[0].close()
        self._over.close()
        self._wake.close()
        self._selector.close()

    def _open(self, name: str, kind: socket.SocketKind) -> int:
        made = socket.socket(socket.AF_INET, kind)
        made.bind(("127.0.0.1", 0))
        if kind is socket.SOCK_STREAM:
            made.listen()
        made.setblocking(False)
        self._selector.register(made, selectors.EVENT_READ, (made, name, kind))
        port: int = made.getsockname()[1]
        return port

    def _run(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.data is None:
                    return
                self._take(*key.data)

    def _take(self, source: socket.socket, name: str, kind: socket.SocketKind | None) -> None:
        if kind is socket.SOCK_DGRAM:
            source.recv(65_536)
            self._count(self._told, name)
        elif kind is socket.SOCK_STREAM:
            line, _ = source.accept()
            line.setblocking(False)
            self._count(self._connected, name)
            self._selector.register(line, selectors.EVENT_READ, (line, name, None))
        else:
            self._read(source, name)

    def _read(self, line: socket.socket, name: str) -> None:
        try:
            if line.recv(65_536):
                self._count(self._asked, name)
                page = self.pages.get(name, "").encode()
                line.setblocking(True)
                line.sendall(f"{_HEAD}Content-Length: {len(page)}\r\n\r\n".encode() + page)
        except OSError:
            pass
        self._selector.unregister(line)
        line.close()

    def _count(self, counter: Counter[str], name: str) -> None:
        with self._lock:
            counter[name] += 1


@contextmanager
def listening(tcp: Iterable[str], udp: Iterable[str]) -> Iterator[Sinks]:
    """Sinks until the block ends."""
    made = Sinks(tcp, udp)
    try:
        yield made
    finally:
        made.close()
