"""Fuzzing of what a child may answer and of what a letter may hold: seeds, counts, and that nothing raises out of where it must not.

usage: python -m benchmarks.fuzzing [COUNT] [SEED]      prints one JSON line: executions and escapes by target
"""

from __future__ import annotations

import json
import random
import struct
import sys
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from typing import Any

from intake.codec import plain_to_value, value_to_plain
from intake.message import Message
from intake.opening.open_letter import raw_to_message
from intake.reading.sandbox import Limits, Sandbox
from intake.reading.tasks import Died, Task, answer_to_outcome
from parsers.form import Reading
from parsers.read import read
from tests.letters import plain_letter

WORDS = ("value", "blobs", "failed", "sha256", "attachments", "text", "kind", "status", "fields", "rows", "\ud800", "", "$date", "9" * 400)


def junk(chance: random.Random, depth: int = 0) -> Any:
    """Any JSON value."""
    pick = chance.randrange(9 if depth < 4 else 6)
    if pick < 6:
        return (None, True, chance.randrange(-(2**70), 2**70), chance.random() * 1e308, chance.choice(WORDS), float(chance.randrange(9)))[pick]
    if pick == 6:
        return [junk(chance, depth + 1) for _ in range(chance.randrange(4))]
    return {chance.choice(WORDS): junk(chance, depth + 1) for _ in range(chance.randrange(5))}


def mutated(chance: random.Random, plain: Any) -> Any:
    """A good value with one place made wrong."""
    if isinstance(plain, dict) and plain and chance.random() < 0.8:
        key = chance.choice(list(plain))
        return plain | {key: mutated(chance, plain[key])}
    if isinstance(plain, list) and plain and chance.random() < 0.8:
        at = chance.randrange(len(plain))
        return [*plain[:at], mutated(chance, plain[at]), *plain[at + 1 :]]
    return junk(chance)


class Pipe:
    """A child of which only the pipe is left."""

    def __init__(self, said: bytes) -> None:
        self.stdin, self.stdout = BytesIO(), BytesIO(said)


class OnlyThePipe(Sandbox):
    """A sandbox that talks to bytes made up beforehand."""

    def __init__(self, said: bytes) -> None:
        super().__init__(Limits(reply=1 << 20))
        self._said = said

    def _ready(self) -> Any:
        return Pipe(self._said)

    def _death(self, child: Any, overdue: bool, detail: str) -> Died:
        return Died("crash", detail)


def frames(chance: random.Random) -> None:
    """Frames of the pipe: any length, any contents; `ask` never raises."""
    body = json.dumps(junk(chance)).encode("utf-8", "surrogatepass") if chance.random() < 0.7 else chance.randbytes(chance.randrange(60))
    said = struct.pack(">Q", chance.choice((len(body), len(body) + 1, 0, 2**63, 5))) + body
    OnlyThePipe(said).ask({}, b"")


def answers(chance: random.Random) -> None:
    """Values that claim to be a letter or a reading: a word comes out, or the one error the engine knows."""
    letter = raw_to_message(plain_letter("fuzz"))
    hint: Any = chance.choice((Message, Reading))
    plain = mutated(chance, value_to_plain(letter if hint is Message else read(b"plain text", "a.txt", ())))
    try:
        found = plain_to_value(plain, hint)
    except (ValueError, OverflowError, RecursionError):
        return
    assert isinstance(found, hint)
    task = Task(kind="open" if hint is Message else "read", key="k", payload=b"")
    try:
        answer_to_outcome(task, (plain, []))
    except ValueError:
        return


def letters(chance: random.Random) -> None:
    """Letters with bytes turned, cut, doubled: always a message."""
    raw = bytearray(plain_letter("fuzz"))
    for _ in range(chance.randrange(1, 12)):
        at = chance.randrange(len(raw))
        how = chance.randrange(4)
        if how == 0:
            raw[at] = chance.randrange(256)
        elif how == 1:
            del raw[at : at + chance.randrange(1, 30)]
        elif how == 2:
            raw[at:at] = raw[at : at + chance.randrange(1, 30)]
        else:
            raw[at:at] = chance.choice((b"\r\n", b"\0", b"=?utf-8?B?", b"--", b"\xff\xfe", b"Content-Type: multipart/mixed; boundary=x\r\n"))
        if not raw:
            break
    assert raw_to_message(bytes(raw)).sha256


def documents(chance: random.Random) -> None:
    """Bytes of any kind, many with the beginning of a known format: always a reading."""
    head = chance.choice((b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-1.7\n", b"{\\rtf1", b"<html>", b"", b"\x1f\x8b", b"7z\xbc\xaf'\x1c"))
    assert read(head + chance.randbytes(chance.randrange(300)), chance.choice(("a.docx", "a.xls", "a.pdf", "a")), ()).status


TARGETS: dict[str, tuple[Callable[[random.Random], None], int]] = {
    "child frames": (frames, 10),
    "child answers": (answers, 4),
    "letters": (letters, 2),
    "documents": (documents, 4),
}


def main(count: int = 2000, seed: int = 1) -> dict[str, dict[str, int]]:
    """Each target its share of `count`, from its own seed."""
    shares = sum(share for _, share in TARGETS.values())
    result = {}
    for name, (target, share) in TARGETS.items():
        chance, tally = random.Random(f"{seed}:{name}"), Counter[str]()
        for _ in range(max(1, count * share // shares)):
            tally["executions"] += 1
            try:
                target(chance)
            except Exception as error:
                tally["escapes"] += 1
                tally[type(error).__name__] += 1
        result[name] = {"executions": tally["executions"], "escapes": tally["escapes"]} | {k: v for k, v in tally.items() if k[0].isupper()}
    return result


if __name__ == "__main__":
    print(json.dumps(main(*[int(word) for word in sys.argv[1:]])))
