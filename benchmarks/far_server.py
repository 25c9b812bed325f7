"""A Dovecot far away: letters in four folders, and a line of so many milliseconds there and back in a process of its own."""

from __future__ import annotations

import multiprocessing
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from queue import SimpleQueue

from tests.live.dovecot import SECRET, Dovecot

FOLDERS = ("INBOX", "垃圾邮件", "广告邮件", "订阅邮件")
PIECE = 1 << 20
Bytes = tuple[float, bytes]


@dataclass(frozen=True, slots=True)
class FarServer:
    """The server and the line to it: its port, the user, and a person's way of asking how many commands went over the line."""

    server: Dovecot
    user: str
    port: int
    counted: Callable[[], int]


@contextmanager
def far_server(letters: Sequence[tuple[str, bytes]], round_trip: float) -> Iterator[FarServer]:
    """A server with these letters (folder, bytes) behind a line of `round_trip` seconds."""
    with Dovecot() as server:
        user = server.new_user()
        with server.session() as person:
            for name in FOLDERS[1:]:
                person.create_folder(name)
            for folder, raw in letters:
                person.append(folder, raw)
        ours, theirs = multiprocessing.Pipe()
        line = multiprocessing.get_context("spawn").Process(target=_serve, args=(server.port, round_trip / 2, theirs), daemon=True)
        line.start()
        port = ours.recv()

        def counted() -> int:
            ours.send("how many")
            found: int = ours.recv()
            return found

        try:
            yield FarServer(server, user, port, counted)
        finally:
            line.terminate()
            line.join()


def _serve(target: int, delay: float, asked: Connection) -> None:
    """Accept for ever; the number of lines the clients have sent is told when it is asked for, and begins anew."""
    listener = socket.create_server(("127.0.0.1", 0))
    asked.send(listener.getsockname()[1])
    lines = [0]

    def accept() -> None:
        while True:
            here, _ = listener.accept()
            there = socket.create_connection(("127.0.0.1", target))
            for side in (here, there):
                side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _pump(here, there, delay, lines)
            _pump(there, here, delay, None)

    threading.Thread(target=accept, daemon=True).start()
    while asked.recv():
        asked.send(lines[0])
        lines[0] = 0


def _pump(source: socket.socket, drain: socket.socket, delay: float, lines: list[int] | None) -> None:
    """Carry bytes one way, each piece `delay` seconds late; as much as comes, as wide as the machine is."""
    held: SimpleQueue[Bytes] = SimpleQueue()

    def take() -> None:
        with suppress(OSError):
            while piece := source.recv(PIECE):
                if lines is not None:
                    lines[0] += piece.count(b"\r\n")
                held.put((time.monotonic() + delay, piece))
        held.put((time.monotonic() + delay, b""))

    def give() -> None:
        with suppress(OSError):
            while True:
                due, piece = held.get()
                time.sleep(max(0.0, due - time.monotonic()))
                if not piece:
                    drain.shutdown(socket.SHUT_WR)
                    return
                drain.sendall(piece)

    for work in (take, give):
        threading.Thread(target=work, daemon=True).start()


def log_in_words(user: str) -> str:
    """What a client says to be let in."""
    return f'"{user}" "{SECRET}"'
