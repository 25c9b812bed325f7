"""Shell: commands sent ahead (流水线) - several IMAP commands leave before the first is answered, so that a far server is waited for once.

A server may work on several commands side by side as long as that makes no difference (RFC 3501, 5.5), and Dovecot does: what it says of the
letters of one command may come before the tag of another. So nothing is told apart by its place: letters are known by their UID, every other
answer by its kind, within one folder. Only EXAMINE is a wall, since it does make a difference: what comes after its tag is of its folder.

While letters are being kept, the next are asked for and read off the line in a second thread. One thread at a time touches the line: the
second gives it back after the answer it is reading as soon as the first wants it, and what is here already is taken without asking it.
"""

from __future__ import annotations

import imaplib
import logging
import threading
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, cast

from intake.mailbox.answers import Told

log = logging.getLogger("intake.imap")
_READER = "intake-line"
Parse = Callable[[list[Any]], Mapping[int, Mapping[bytes, Any]]]


@dataclass(slots=True)
class Epoch:
    """段: what was said while one folder was open: answers by kind, and of letters by UID."""

    told: Told = field(default_factory=dict)
    letters: dict[int, dict[bytes, Any]] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class Ticket:
    """号: one command on its way, and in which epoch; `told` is what EXAMINE alone was answered, `opens` the epoch it begins; `error` the
    refusal or the dead line."""

    name: str
    tag: Any
    epoch: Epoch
    opens: Epoch | None = None
    is_done: bool = False
    told: Told = field(default_factory=dict)
    error: Exception | None = None
    within: Ticket | None = None
    """For a FETCH: the EXAMINE before it, and the UIDVALIDITY under which its UIDs were told."""
    uidvalidity: int | None = None


class Pipeline:
    """One logged-in connection of imaplib; `parse` makes of FETCH answers what they say of each UID."""

    def __init__(self, imap: imaplib.IMAP4, parse: Parse) -> None:
        self._imap = imap
        self._parse = parse
        self._waiting: list[Ticket] = []
        self._sent = self._now = Epoch()
        self._reader: ThreadPoolExecutor | None = None
        self._reading: Future[None] | None = None
        self._is_wanted = False
        self._dead: Exception | None = None
        self.answered = 0
        # imaplib keeps its own account of the state, one command behind ours; nothing here can change a folder.
        imap.state, imap.is_readonly = "SELECTED", True

    @property
    def is_dead(self) -> bool:
        """True once nothing more can come on this line."""
        return self._dead is not None

    def take(self) -> None:
        """Have the line to ourselves: at once in the second thread, else when that has given it back."""
        if self._reading is not None and not threading.current_thread().name.startswith(_READER):
            reading, self._reading = self._reading, None
            self._is_wanted = True
            try:
                reading.result()
            finally:
                self._is_wanted = False

    def send(self, name: str, *words: str | bytes) -> Ticket:
        """A command on its way; raises what a dead line raises."""
        self.take()
        if self._dead is not None:
            raise self._dead
        log.debug("> %s %s", name, " ".join(word if isinstance(word, str) else word.decode("ascii", "replace") for word in words)[:200])
        ticket = Ticket(name, self._imap._command(name, *words), self._sent)
        self._waiting.append(ticket)
        if name == "EXAMINE":
            self._sent = ticket.opens = Epoch()
        return ticket

    def answer(self, ticket: Ticket) -> Told:
        """What was said to a command, by kind; raises the refusal, or what the dead line raised."""
        if not ticket.is_done:
            self.take()
            self._read(ticket, None)
        if ticket.error is not None:
            raise ticket.error
        return ticket.epoch.told if ticket.opens is None else ticket.told

    def letters(self, ticket: Ticket, uids: Collection[int] | None = None) -> dict[int, dict[bytes, Any]]:
        """What was said of letters to a FETCH; of these UIDs their bodies are taken out, and nobody waits for more once all of them are here."""
        if not self.has(ticket, uids):
            self.take()
            self._read(ticket, uids)
        known = ticket.epoch.letters
        if uids is None:
            if ticket.error is not None:
                raise ticket.error
            return known
        if ticket.error is not None and not _all_here(ticket, uids):
            for uid in uids:
                known.pop(uid, None)
            raise ticket.error
        return {uid: known.pop(uid) for uid in uids if uid in known}

    def has(self, ticket: Ticket, uids: Collection[int] | None = None) -> bool:
        """Whether nobody has to wait for this command, or for the bodies of these UIDs, any more."""
        return ticket.is_done or (uids is not None and _all_here(ticket, uids))

    def weight(self, ticket: Ticket, uids: Collection[int]) -> int:
        """How many bytes of these letters' bodies are here."""
        return sum(len(ticket.epoch.letters.get(uid, {}).get(b"BODY[]") or b"") for uid in uids)

    def meanwhile(self, work: Callable[[], None]) -> None:
        """Let `work` send and `read` in the second thread, unless it is at work already. A line that dies in it is told to who wants the line:
        what was read before can still be had."""
        if self._reading is not None and not self._reading.done():
            return
        self.take()
        self._reader = self._reader or ThreadPoolExecutor(1, thread_name_prefix=_READER)
        self._reading = self._reader.submit(self._work, work)

    def _work(self, work: Callable[[], None]) -> None:
        try:
            work()
        except (imaplib.IMAP4.abort, OSError) as error:
            self._dead = self._dead or error

    def read(self, ticket: Ticket, uids: Collection[int]) -> bool:
        """In the second thread: read until these bodies are here; False as soon as the line is wanted by the first."""
        self._read(ticket, uids)
        return not self._is_wanted

    def drain(self) -> None:
        """Until nothing is on its way any more; refusals of what nobody asks for are nobody's business."""
        self.take()
        while self._waiting:
            self._read(self._waiting[0], None)

    def close(self) -> None:
        """Let the reader go once the line is dead."""
        if self._reader is not None:
            self._reader.shutdown(wait=False)
            self._reader = None

    def _read(self, ticket: Ticket, uids: Collection[int] | None) -> None:
        """Read until a command is answered, or all these bodies are here; a line that dies is told to everybody who waits."""
        while not self.has(ticket, uids) and not self._is_wanted:
            if self._dead is not None:
                ticket.is_done, ticket.error = True, self._dead
                self._waiting.remove(ticket)
                return
            try:
                self._imap._get_response()
                self._sort()
            except (imaplib.IMAP4.abort, OSError) as error:
                self._dead = error  # told to whoever asks, in whichever thread that is
            except (imaplib.IMAP4.error, ValueError, LookupError, MemoryError) as error:  # words after which nobody knows what the next ones are
                self._dead = imaplib.IMAP4.abort(str(error) or type(error).__name__)

    def _sort(self) -> None:
        """Put what has just been read where it belongs."""
        said: Told = self._imap.untagged_responses
        lines = said.pop("FETCH", None)
        if lines:
            try:
                for uid, held in self._parse(lines).items():
                    self._now.letters.setdefault(uid, {}).update(held)
            except imaplib.IMAP4.abort:
                raise
            except (imaplib.IMAP4.error, ValueError, LookupError, TypeError) as error:  # nonsense in the middle of a batch: the batch is refused, and its letters asked for one by one
                self._waiting[0].error = imaplib.IMAP4.error(str(error))
        if "BYE" in said:
            raise imaplib.IMAP4.abort(said["BYE"][-1].decode("utf-8", "replace"))
        for ticket in [t for t in self._waiting if self._imap.tagged_commands.get(t.tag)]:
            kind, words = cast(tuple[str, list[Any]], self._imap.tagged_commands.pop(ticket.tag))
            self._waiting.remove(ticket)
            self._finish(ticket, kind, words, said)

    def _finish(self, ticket: Ticket, kind: str, words: list[Any], said: Told) -> None:
        if kind != "OK" and ticket.error is None:
            ticket.error = imaplib.IMAP4.error(f"{ticket.name.lower()} failed: {words[0].decode('utf-8', 'replace')}")
        ticket.is_done = True
        self.answered += 1
        if ticket.opens is None:
            for name, lines in said.items():
                ticket.epoch.told.setdefault(name, []).extend(lines)
            said.clear()
        elif kind == "OK":  # one that is refused, perhaps before its turn, opens nothing and takes nobody's answers
            ticket.told, self._now = dict(said), ticket.opens
            said.clear()


def _all_here(ticket: Ticket, uids: Collection[int]) -> bool:
    return all(b"BODY[]" in ticket.epoch.letters.get(uid, ()) for uid in uids)
