"""An IMAP server that follows a script: it does exactly the wrong thing it is told to, letter by letter, and keeps count of what it was asked."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType

from imapclient.imap_utf7 import decode, encode

DATE = '"29-Jul-2022 10:00:{:02d} +0800"'
Body = Callable[[int, bytes], bytes | None]


def whole(uid: int, raw: bytes) -> bytes:
    """A letter as it should be given."""
    return b"BODY[] {%d}\r\n" % len(raw) + raw


@dataclass
class Scripted:
    """The mailbox by folder and UID, and the faults: `body` gives what stands for a letter's body (None cuts the line in the middle of it),
    `heads` the same for From, Subject and Date, `refuse` the folders that will not open, `login` a refusal, `drip` seconds between bytes, `no` the UIDs answered with NO;
    `sizes` says what is told of a letter's size ("" as it is, "none", "NO", "break", else these words), `dated` that the time alone is told all the
    same, `breaks` the folders at whose opening the line breaks."""

    folders: dict[str, dict[int, bytes]] = field(default_factory=lambda: {"INBOX": {}})
    body: Body = whole
    refuse: frozenset[str] = frozenset()
    heads: Body | None = None
    login: str = ""
    greeting: bytes = b"* OK ready\r\n"
    drip: float = 0.0
    no: frozenset[int] = frozenset()
    sizes: Callable[[int], str] | None = None
    dated: bool = False
    breaks: frozenset[str] = frozenset()
    uidvalidity: int = 1
    asked: list[str] = field(default_factory=list)
    logins: int = 0

    def __enter__(self) -> Scripted:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _say(self, line: socket.socket, words: bytes) -> None:
        if not self.drip:
            line.sendall(words)
            return
        for at in range(len(words)):
            line.sendall(words[at : at + 1])
            time.sleep(self.drip)

    def _serve(self, line: socket.socket) -> None:
        folder = ""
        with suppress(OSError, ValueError), line, line.makefile("rb") as asked:
            line.sendall(self.greeting)
            while words := asked.readline().rstrip(b"\r\n"):
                while literal := re.search(rb"\{(\d+)\}$", words):
                    line.sendall(b"+ go\r\n")
                    words += asked.read(int(literal[1])) + asked.readline().rstrip(b"\r\n")
                tag, _, rest = words.partition(b" ")
                self.asked.append(rest.decode("latin-1")[:200])
                command = rest.upper()
                if command.startswith((b"EXAMINE", b"SELECT")):
                    folder = decode(rest.split(b" ", 1)[1].strip(b'"'))
                answer = self._answer(command, folder)
                if answer is None:
                    return
                self._say(line, answer.replace(b"TAG", tag))

    def _answer(self, command: bytes, folder: str) -> bytes | None:
        """What is said to a command; None hangs up."""
        if command.startswith(b"CAPABILITY"):
            return b"* CAPABILITY IMAP4rev1 ID\r\nTAG OK done\r\n"
        if command.startswith(b"LOGIN"):
            self.logins += 1
            return f"TAG {self.login or 'OK in'}\r\n".encode()
        if command.startswith(b"LIST"):
            return b"".join(b'* LIST () "/" "' + encode(name) + b'"\r\n' for name in self.folders) + b"TAG OK done\r\n"
        if command.startswith((b"EXAMINE", b"SELECT")):
            if folder in self.breaks:
                return None
            if folder in self.refuse or folder not in self.folders:
                return b"TAG NO [NOPERM] not for you\r\n"
            count = len(self.folders[folder])
            return b"* %d EXISTS\r\n* OK [UIDVALIDITY %d] fine\r\nTAG OK [READ-ONLY] done\r\n" % (count, self.uidvalidity)
        if command.startswith(b"UID SEARCH"):
            return b"* SEARCH " + b" ".join(b"%d" % uid for uid in self.folders[folder]) + b"\r\nTAG OK done\r\n"
        if command.startswith(b"UID FETCH"):
            return self._fetch(command, folder)
        if command.startswith(b"LOGOUT"):
            return b"* BYE\r\nTAG OK done\r\n"
        return b"TAG OK done\r\n"

    def _fetch(self, command: bytes, folder: str) -> bytes | None:
        words = command.split(b" ", 3)
        held = self.folders[folder]
        last = b"%d" % max(held, default=0)
        ends = [part.replace(b"*", last).split(b":") for part in words[2].split(b",")]
        wanted = {uid for end in ends for uid in range(min(int(end[0]), int(end[-1])), max(int(end[0]), int(end[-1])) + 1)}
        said = b""
        for number, uid in enumerate(held, 1):
            if uid not in wanted:
                continue
            if words[3] == b"(INTERNALDATE)" and self.dated:
                said += b"* %d FETCH (UID %d INTERNALDATE " % (number, uid) + DATE.format(uid % 60).encode() + b")\r\n"
                continue
            how = self.sizes(uid) if self.sizes and b"BODY" not in words[3] else ""
            if how == "break":
                return None
            if how == "NO":
                return said + b"TAG NO [SERVERBUG] not this one\r\n"
            if how:
                said += b"" if how == "none" else b"* %d FETCH (UID %d %s)\r\n" % (number, uid, how.encode())
                continue
            if b"RFC822.SIZE" in words[3]:
                said += b"* %d FETCH (UID %d RFC822.SIZE %d INTERNALDATE " % (number, uid, len(held[uid]))
                said += DATE.format(uid % 60).encode() + b")\r\n"
                continue
            asks_writer = b"(FROM SUBJECT DATE)" in words[3]
            if uid in self.no and not (self.heads and asks_writer):
                continue
            body = (self.heads or self.body)(uid, held[uid]) if asks_writer else self.body(uid, held[uid])
            if body is None:
                return None
            said += b"* %d FETCH (UID %d " % (number, uid) + body + b")\r\n" if body else b""
        if self.no & wanted and b"BODY" in words[3] and not (self.heads and b"(FROM SUBJECT DATE)" in words[3]):
            return said + b"TAG NO [SERVERBUG] not this one\r\n"
        return said + b"TAG OK done\r\n"
