"""Shell: commands sent ahead (流水线) - several IMAP commands leave before the first is answered, so that a far server is waited for once.

A server works through what it reads in order (RFC 3501, 5.5), and says with its tag to which command an answer belongs. While one batch of
letters is being kept, the next is read off the line in a second thread. One thread at a time touches the line: whoever sends or asks waits
until the reader has come to the end of its answer.
"""

from __future__ import annotations

import imaplib
import logging
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

log = logging.getLogger("intake.imap")
Told = dict[str, list[Any]]


@dataclass(eq=False, slots=True)
class Ticket:
    """号: one command on its way; `told` are the untagged answers by kind once it is done, `error` the refusal or the dead line."""

    name: str
    tag: Any
    told: Told | None = None
    error: Exception | None = None
    within: Ticket | None = None
    """For a FETCH: the EXAMINE before it, and the UIDVALIDITY under which its UIDs were told."""
    uidvalidity: int | None = None


class Pipeline:
    """One logged-in connection of imaplib, of which the answers are asked in the order of the commands."""

    def __init__(self, imap: imaplib.IMAP4) -> None:
        self._imap = imap
        self._waiting: deque[Ticket] = deque()
        self._reader: ThreadPoolExecutor | None = None
        self._reading: Future[None] | None = None
        self._dead: Exception | None = None
        self.answered = 0
        # imaplib keeps its own account of the state, one command behind ours; nothing here can change a folder.
        imap.state, imap.is_readonly = "SELECTED", True

    def send(self, name: str, *words: str | bytes) -> Ticket:
        """A command on its way; raises what a dead line raises."""
        self._wait()
        log.debug("> %s %s", name, " ".join(word if isinstance(word, str) else word.decode("ascii", "replace") for word in words)[:200])
        ticket = Ticket(name, self._imap._command(name, *words))
        self._waiting.append(ticket)
        return ticket

    def answer(self, ticket: Ticket) -> Told:
        """What was said to a command, after what was said to all before it; raises the refusal, or what the dead line raised."""
        self._wait()
        while ticket in self._waiting:
            self._take_next()
        if ticket.error is not None:
            raise ticket.error
        return ticket.told or {}

    def read_on(self) -> None:
        """Read the next answer off the line meanwhile."""
        if self._waiting and self._reading is None:
            self._reader = self._reader or ThreadPoolExecutor(1, thread_name_prefix="intake-line")
            self._reading = self._reader.submit(self._take_next)

    def drain(self) -> None:
        """Until nothing is on its way any more; refusals of what nobody asks for are nobody's business."""
        self._wait()
        while self._waiting:
            self._take_next()

    def close(self) -> None:
        """Let the reader go once the line is dead."""
        if self._reader is not None:
            self._reader.shutdown(wait=False)
            self._reader = None

    def _wait(self) -> None:
        if self._reading is not None:
            reading, self._reading = self._reading, None
            reading.result()

    def _take_next(self) -> None:
        ticket = self._waiting.popleft()
        if self._dead is not None:
            ticket.error = self._dead
            return
        try:
            kind, words = self._imap._command_complete(ticket.name, ticket.tag)
            ticket.told = self._imap.untagged_responses
            if kind != "OK":
                ticket.error = imaplib.IMAP4.error(f"{ticket.name.lower()} failed: {words[0].decode('utf-8', 'replace')}")
            self.answered += 1
        except Exception as error:  # told to whoever asks for it, in whichever thread that is
            ticket.error = error
            if isinstance(error, (imaplib.IMAP4.abort, OSError)):
                self._dead = error
        self._imap.untagged_responses = {}
