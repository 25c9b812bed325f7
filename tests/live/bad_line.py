"""A bad telephone line before a good IMAP server: it breaks, cuts, empties or slows what the server says of one letter, or refuses a folder."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from contextlib import suppress

from tests.live.line import Proxy, hang_up

BODY = re.compile(rb"\* \d+ FETCH \(UID (\d+) BODY\[\] \{(\d+)\}\r\n")
EXAMINE = re.compile(rb"([A-Z]{4}\d+) EXAMINE \"?([^\"\r\n]+)\"?\r\n")


class BadLine(Proxy):
    """`how` is done to the body of the letters `uids`:

    `break` the line dies in the middle of it, `NIL`, `""` and `{0}` stand for it, `nothing` leaves it out, `cut` gives half of it as if it were
    whole, `NO` answers the request with a refusal. `refuse` names folders (as on the wire) that will not open; `drip` seconds pass between bytes.
    """

    def __init__(self, target: int) -> None:
        super().__init__(target)
        self.how = ""
        self.uids: frozenset[int] = frozenset()
        self.refuse: frozenset[bytes] = frozenset()
        self.drip = 0.0

    def _up(self, here: socket.socket, there: socket.socket) -> None:
        with suppress(OSError), here.makefile("rb") as said:
            while line := said.readline():
                asked = EXAMINE.search(line)
                if asked and asked[2] in self.refuse:
                    here.sendall(asked[1] + b" NO [NOPERM] not for you\r\n")
                    continue
                there.sendall(line)
        hang_up(here, there)

    def _down(self, there: socket.socket, here: socket.socket) -> None:
        with suppress(OSError, ValueError), there.makefile("rb") as said:
            refused = False
            while line := said.readline():
                found = BODY.match(line)
                if found is None:
                    refused = self._pass_line(here, line, refused)
                    continue
                literal = said.read(int(found[2]))
                if int(found[1]) in self.uids and self.how:
                    refused |= self.how == "NO"
                    self._spoil(here, line, literal, said)
                else:
                    self._send(here, line + literal)
        hang_up(here, there)

    def _pass_line(self, here: socket.socket, line: bytes, refused: bool) -> bool:
        """A line that holds no body; the last word on a request that was spoilt with NO becomes a refusal."""
        tagged = re.match(rb"([A-Z]{4}\d+) OK", line)
        self._send(here, tagged[1] + b" NO [SERVERBUG] not this one\r\n" if refused and tagged else line)
        return refused and not tagged

    def _spoil(self, here: socket.socket, line: bytes, literal: bytes, said: object) -> None:
        head = line[: line.rindex(b"{")]
        if self.how == "break":
            here.sendall(line + literal[: len(literal) // 2])
            raise OSError
        if self.how == "cut":
            half = literal[: len(literal) // 2]
            self._send(here, head + b"{%d}\r\n" % len(half) + half)
        elif self.how in ("nothing", "NO"):
            said.readline()  # type: ignore[attr-defined]
        else:
            self._send(here, head + {"NIL": b"NIL", '""': b'""', "{0}": b"{0}\r\n"}[self.how])

    def _send(self, here: socket.socket, words: bytes) -> None:
        for piece in _pieces(words, 1 if self.drip else len(words)):
            here.sendall(piece)
            time.sleep(self.drip)


def _pieces(words: bytes, size: int) -> Iterator[bytes]:
    return (words[at : at + size] for at in range(0, len(words), max(1, size)))
