"""An SMTP server that goes wrong at the stage it is told to, in the way it is told to, and counts what it really took."""

from __future__ import annotations

import base64
import re
import socket
import ssl
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from types import TracebackType
from typing import Any

STAGES = ("connect", "greeting", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "body", "dot", "taken", "quit")
"""`body` is in the middle of the letter, `dot` after its end before anything is taken, `taken` after it was taken and before that is said."""
WAYS = ("drop", "hang", "421", "451", "554", "nonsense")
WORDS = {"421": b"421 HL closing\r\n", "451": b"451 4.3.0 try later\r\n", "554": b"554 5.7.1 not this one\r\n", "nonsense": b"\xff\x00what?\r\n"}


@dataclass
class ScriptedPost:
    """`fault` = (stage, way) for the next `times`; `keeps` = 已发送 keeps a copy. `taken` counts the letters taken by Message-ID."""

    fault: tuple[str, str] = ("", "")
    times: int = 1
    keeps: bool = True
    tls: ssl.SSLContext | None = None
    taken: Counter[str] = field(default_factory=Counter)
    sent_folder: set[str] = field(default_factory=set)

    def __enter__(self) -> ScriptedPost:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._lines: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for line in (self._listener, *self._lines):
            with suppress(OSError):
                line.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self._listener.accept()
                self._lines.append(line)
                threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _goes_wrong(self, line: socket.socket, stage: str) -> bool:
        """True when this is where it goes wrong; raises OSError when the line is gone with it."""
        if self.fault[0] != stage or self.times <= 0:
            return False
        self.times -= 1
        way = self.fault[1]
        if way == "drop":
            line.shutdown(socket.SHUT_RDWR)
            raise OSError
        if way == "hang":
            time.sleep(1.0)
            raise OSError
        line.sendall(WORDS[way])
        return True

    def _serve(self, line: socket.socket) -> None:
        with suppress(OSError, ValueError):
            if self._goes_wrong(line, "connect"):
                line.close()
                return
            if not self._goes_wrong(line, "greeting"):
                line.sendall(b"220 ready\r\n")
            self._talk(line)
        with suppress(OSError):
            line.close()

    def _talk(self, line: Any) -> None:
        asked = line.makefile("rb")
        while words := asked.readline():
            verb = words.split()[0].upper().decode("latin-1") if words.split() else ""
            stage = {"HELO": "ehlo"}.get(verb, verb.lower())
            if stage in STAGES and stage != "data" and self._goes_wrong(line, stage):
                continue
            if verb == "EHLO":
                line.sendall(b"250-hello\r\n" + (b"250-STARTTLS\r\n" if self.tls else b"") + b"250 AUTH LOGIN PLAIN\r\n")
            elif verb == "STARTTLS" and self.tls:
                line.sendall(b"220 go\r\n")
                line = self.tls.wrap_socket(line, server_side=True)
                self._lines.append(line)
                asked = line.makefile("rb")
            elif verb == "AUTH":
                line.sendall(b"235 in\r\n" if b"PLAIN" in words.upper() and len(words.split()) > 2 else b"334 " + base64.b64encode(b"x") + b"\r\n")
            elif verb == "DATA":
                if not self._goes_wrong(line, "data"):
                    line.sendall(b"354 go on\r\n")
                    self._letter(line, asked)
            elif verb == "QUIT":
                line.sendall(b"221 bye\r\n")
                return
            else:
                line.sendall(b"250 ok\r\n")

    def _letter(self, line: Any, asked: Any) -> None:
        raw = b""
        while (words := asked.readline()) not in (b".\r\n", b""):
            raw += words
            if len(raw) > 200 and self.fault[0] == "body" and self._goes_wrong(line, "body"):
                raw = b""
        if self._goes_wrong(line, "dot"):
            return
        found = re.sub(r"\s", "", str(message_from_bytes(raw)["Message-ID"]))
        self.taken[found] += 1
        if self.keeps:
            self.sent_folder.add(found)
        if not self._goes_wrong(line, "taken"):
            line.sendall(b"250 ok queued\r\n")
