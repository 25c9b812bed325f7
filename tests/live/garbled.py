"""An IMAP server that talks nonsense now and then: lines left out, doubled, in another order, with a byte changed, words that are no answer.

What it garbles is everything but the bytes of the letters themselves: those it may leave out, cut off or give twice, not change.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from tests.live.scripted import Scripted

LITERAL = re.compile(rb"\{(\d+)\}\r\n")
NONSENSE = (
    b"* BYE see you\r\n", b"* 3 EXPUNGE\r\n", b"* 9 EXISTS\r\n", b"* x EXISTS\r\n", b"* 2 FETCH (FLAGS (\\Seen))\r\n", b"* FETCH\r\n", b"* 1 FETCH\r\n", b"* 1 FETCH (\r\n",
    b"* 1 FETCH (UID\r\n", b"* 1 FETCH (UID NIL RFC822.SIZE NIL INTERNALDATE NIL)\r\n", b'* 1 FETCH (UID 1 INTERNALDATE "nonsense")\r\n',
    b'* 1 FETCH (UID 1 RFC822.SIZE abc INTERNALDATE "99-Foo-2022 10:00:00 +0800")\r\n', b"* 1 FETCH (UID 1 RFC822.SIZE -5)\r\n", b"* 1 FETCH (UID 1 BODY[] {99999999999}\r\nabc\r\n",
    b"* SEARCH\r\n", b"* SEARCH x y\r\n", b"* SEARCH 1 2 3 (MODSEQ 917162500)\r\n", b"* STATUS INBOX (MESSAGES)\r\n", b"* STATUS INBOX ()\r\n", b"* LIST () NIL \r\n", b"* LIST garbage\r\n",
    b'* LIST () "/" "&broken"\r\n', b'* LIST () "/" {3}\r\nabc\r\n', b"* OK [UIDVALIDITY x] no\r\n", b"* OK [UIDVALIDITY] no\r\n", b"* OK [UIDNEXT abc] no\r\n", b"* CAPABILITY \xff\r\n",
    b"* NO warning\r\n", b"* BAD what\r\n", b"* PREAUTH\r\n", b"ZZZZ99 OK late\r\n", b"+ idling\r\n", b"\r\n", b"garbage\r\n", b"\xff\xfe\r\n",
)  # fmt: skip
LAST_WORDS = (b"NO [x] no", b"BAD no", b"OK [ALERT] x", b"NO [UNAVAILABLE] x", b"PREAUTH x")


def lines_of(said: bytes) -> list[bytes]:
    """An answer line by line, each with the literal it brings."""
    lines, at = [], 0
    while at < len(said):
        end = said.index(b"\r\n", at) + 2
        while found := LITERAL.search(said[at:end]):
            if found.end() < end - at:
                break
            end += int(found[1])
            end = said.index(b"\r\n", end) + 2
        lines.append(said[at:end])
        at = end
    return lines


@dataclass
class Garbled(Scripted):
    """While it has a `chance` it garbles a third of its answers."""

    chance: random.Random | None = None

    def _answer(self, command: bytes, folder: str) -> bytes | None:
        said = super()._answer(command, folder)
        chance = self.chance
        if said is None or chance is None or chance.random() > 0.3 or command.startswith(b"LOGOUT"):
            return said
        lines = lines_of(said)
        for _ in range(chance.randrange(1, 3)):
            lines = garble(lines, chance)
        return b"".join(lines)


def garble(lines: list[bytes], chance: random.Random) -> list[bytes]:
    """An answer with one thing wrong; the last line is the last word on the command."""
    how, at = chance.randrange(7), chance.randrange(len(lines))
    if how == 0:
        return [*lines[:at], chance.choice(NONSENSE), *lines[at:]]
    if how == 1 and len(lines) > 1:
        return lines[:at] + lines[at + 1 :]
    if how == 2:
        return [*lines[:at], lines[at], *lines[at:]]
    if how == 3:
        return [*chance.sample(lines[:-1], len(lines) - 1), lines[-1]]
    if how == 4 and b"FETCH" not in lines[at]:
        changed = bytearray(lines[at])
        changed[chance.randrange(len(changed))] = chance.randrange(256)
        return [*lines[:at], bytes(changed), *lines[at + 1 :]]
    if how == 5:
        return [*lines[:-1], b"TAG " + chance.choice(LAST_WORDS) + b"\r\n"]
    return [*lines[:at], b"* BYE cut\r\n"]
