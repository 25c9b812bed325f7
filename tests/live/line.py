"""A telephone line between us and a server: counts the commands, and is cut after so many bytes from the server."""

from __future__ import annotations

import re
import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

COMMAND = re.compile(rb"(?:^|\r\n)[A-Z]{4}\d+ (?:UID )?([A-Z]+)")


class Proxy:
    """A TCP proxy in threads, one pair a connection; what is done to the bytes on their way is said by `_up` and `_down`."""

    def __init__(self, target: int) -> None:
        self.target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._sockets: list[socket.socket] = []

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for held in (self._listener, *self._sockets):
            with suppress(OSError):
                held.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                here, _ = self._listener.accept()
                there = socket.create_connection(("127.0.0.1", self.target))
                for side in (here, there):
                    side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._sockets += [here, there]
                threading.Thread(target=self._up, args=(here, there), daemon=True).start()
                threading.Thread(target=self._down, args=(there, here), daemon=True).start()

    def _up(self, here: socket.socket, there: socket.socket) -> None:
        raise NotImplementedError

    def _down(self, there: socket.socket, here: socket.socket) -> None:
        raise NotImplementedError


class Line(Proxy):
    """Counts the commands; `cut_after` bytes from the server every connection dies (None: never)."""

    def __init__(self, target: int, cut_after: int | None = None) -> None:
        super().__init__(target)
        self.cut_after = cut_after
        self.commands: list[str] = []

    def _up(self, here: socket.socket, there: socket.socket) -> None:
        said = b"\r\n"
        with suppress(OSError):
            while got := here.recv(65536):
                said += got
                *whole, said = said.split(b"\r\n")
                self.commands += [found.decode() for line in whole for found in COMMAND.findall(line)]
                there.sendall(got)
        hang_up(here, there)

    def _down(self, there: socket.socket, here: socket.socket) -> None:
        left = self.cut_after
        with suppress(OSError):
            while got := there.recv(4096):
                if left is not None:
                    left -= len(got)
                    if left < 0:
                        break
                here.sendall(got)
        hang_up(here, there)


def hang_up(*sides: socket.socket) -> None:
    """End both directions: the other side reads the end at once."""
    for side in sides:
        with suppress(OSError):
            side.shutdown(socket.SHUT_RDWR)


class LateTag(Line):
    """A server that gives the bodies at once and says that these were all a moment later; `said` tells that it has."""

    ASKS_FOR_BODIES = re.compile(rb"([A-Z]{4}\d+) (?:UID )?FETCH [^\r\n]*BODY\.PEEK\[\]")

    def __init__(self, target: int) -> None:
        super().__init__(target)
        self.said = threading.Event()
        self._tags: set[bytes] = set()

    def _up(self, here: socket.socket, there: socket.socket) -> None:
        with suppress(OSError):
            while got := here.recv(65536):
                self.commands += [found.decode() for found in COMMAND.findall(b"\r\n" + got)]
                self._tags |= set(self.ASKS_FOR_BODIES.findall(got))
                there.sendall(got)
        hang_up(here, there)

    def _down(self, there: socket.socket, here: socket.socket) -> None:
        with suppress(OSError):
            while got := there.recv(65536):
                at = min((found for tag in self._tags if (found := got.find(tag + b" OK")) >= 0), default=-1)
                if at >= 0:
                    here.sendall(got[:at])
                    threading.Timer(0.1, self._say, (here, got[at:])).start()
                else:
                    here.sendall(got)
        hang_up(here, there)

    def _say(self, here: socket.socket, held: bytes) -> None:
        with suppress(OSError):
            here.sendall(held)
        self.said.set()
