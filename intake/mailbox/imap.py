"""Shell: the mailbox on the server (收信), over imapclient - looked at, never touched.

EXAMINE and BODY.PEEK only: no flag, no move, no delete; staff go on using webmail as always. NetEase's habits are the normal case: no IDLE,
empty STATUS, UIDVALIDITY always 1, header searches that find nothing. Lists of integers for FETCH (imapclient 4.1 breaks on ranges).
"""

from __future__ import annotations

import imaplib
import logging
import re
import select
import socket
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from email import message_from_bytes
from types import TracebackType
from typing import Any

from imapclient import IMAPClient
from imapclient.datetime_util import format_criteria_date
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError
from imapclient.imapclient import join_message_ids

from config.settings import MailboxSettings
from intake.errors import MailboxRefused
from intake.mailbox import answers
from intake.mailbox.answers import (
    Listed,
    Stand,
    Told,
    find_folder,
    line_to_folder,
    line_to_stand,
    lines_to_letters,
    said_to_size,
    to_moment,
    told_to_figure,
)
from intake.mailbox.log_in import hung_up_on_failure, log_in, say_who, world_errors
from intake.mailbox.pipeline import Pipeline, Ticket

log = logging.getLogger("intake.imap")
LISTED = "UID RFC822.SIZE INTERNALDATE"
AHEAD, HELD = 6, 3
"""So many batches are on their way at once, and so many batches' bytes at most wait here to be kept."""
HEADER_BYTES = 64 << 10
WRITER_BYTES = 8 << 10
LISTING_UIDS = 1000
EARLY_LETTERS = 48
"""So many letters at most are asked for before anything is known of them; of each `answers.EARLY_BYTES`."""
_DERIVED_ID = re.compile(rb"<[0-9a-f]{32}@[^<>]{1,200}>")
Batch = tuple[str, tuple[int, ...]]


@dataclass(slots=True)
class _Early:
    """Bodies asked for together with the list: of the UIDs from `low` up to `end`, or of the first letters of the folder (`end` 0); `uids` those
    that are to be taken from there."""

    ticket: Ticket
    low: int
    end: int
    uids: set[int] = field(default_factory=set)


class Mailbox:
    """信箱: one logged-in connection. A dead one is never used again: open another.

    `survey`, `ask_stands` and `then` only send ahead what will be asked for; the answers wait until `examine`, `uids`, `listing` or `bodies` asks.
    After `patiently` nothing is sent ahead any more.
    """

    def __init__(self, client: IMAPClient, capabilities: frozenset[str], settings: MailboxSettings) -> None:
        self._client = client
        self._settings = settings
        self._line = Pipeline(client._imap, lines_to_letters)
        self._capabilities = capabilities
        self._ahead: dict[tuple[Any, ...], Ticket] = {}
        self._next: tuple[Batch, ...] = ()
        self._coming: tuple[Batch, ...] = ()
        self._planning = threading.Lock()
        self._early: dict[str, _Early] = {}
        self._patient = False
        self._at = self._selected = ""  # what the caller looks into, and what the server will have open after all that was sent
        self._opening: Ticket | None = None
        self._first = ""
        self._before: int | None = None
        self._folders: Mapping[str, frozenset[bytes]] = {}
        self._told: dict[str, Stand] = {}
        self._lacks = False

    @classmethod
    def open(cls, settings: MailboxSettings) -> Mailbox:
        """Connect (TLS always verified), log in, say who we are; raises the world's errors of intake.errors."""
        client, capabilities = log_in(settings)
        mailbox = cls(client, capabilities, settings)
        if "ID" in capabilities:
            with world_errors(), hung_up_on_failure(client):
                say_who(mailbox._line)
        return mailbox

    def __enter__(self) -> Mailbox:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def is_stale(self) -> bool:
        """True for a line kept from an earlier round on which the server has not said a word in this one: it hung up meanwhile."""
        return self._before is not None and self._line.answered == self._before

    @property
    def is_quiet(self) -> bool:
        """True while the server has said nothing since it was last asked: what it says unasked on a line at rest is good-bye."""
        try:
            return not select.select([self._client.socket()], [], [], 0)[0]
        except (OSError, ValueError):
            return False

    def settle(self) -> bool:
        """Read what is still on its way; False when the line did not outlive it."""
        try:
            self._line.drain()
        except (OSError, imaplib.IMAP4.error):
            return False
        return not self._line.is_dead and self.is_quiet

    def abort(self) -> None:
        """Cut the line from another thread: whoever waits on it gets MailboxUnavailable now. For a round that has taken too long."""
        with suppress(OSError):
            self._client.socket().shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Say good-bye if the line still stands, hang up in any case; nobody waits for the good-bye of the other side."""
        with suppress(OSError, imaplib.IMAP4.error):
            self._line.send("LOGOUT")
        with suppress(OSError):
            self._client.shutdown()
        self._line.close()

    def begin(self, names_too: bool) -> None:
        """Forget what an earlier round was told on this connection; the folders' names stay known unless they too shall be asked for, or one was
        missing among them: it may be there by now, or the server may have left it out."""
        with world_errors():
            self._line.drain()
        self._before = self._line.answered
        self._ahead, self._early, self._next, self._coming, self._told, self._at, self._patient = {}, {}, (), (), {}, "", False
        if names_too or self._tells_of_all or self._lacks:
            self._folders = {}

    # Sent ahead

    def patiently(self) -> None:
        """One command after the other from now on, for a server or a line that did not bear several."""
        self._patient = True
        with world_errors():
            self._line.drain()

    def ask_stands(self, folders: Sequence[str]) -> None:
        """Send what `stands` will ask about these folders."""
        if self._patient:
            return
        with world_errors():
            if not self._folders:
                self._send_once(("LIST",), self._send_list)
            if not self._tells_of_all:
                self._send_stands(folders)

    def survey(self, lowest: Mapping[str, int | None], since: date | None, early: Collection[str] = ()) -> None:
        """Send what a full look into these folders will ask: names, UIDs, and sizes from a lowest UID on (0: of all; None: not yet known).

        Of the `early` ones also the bodies of those letters, as far as they are few and small; `comes_early` tells of which.
        """
        if self._patient:
            return
        with world_errors():
            if not self._folders:
                self._send_once(("LIST",), self._send_list)
            for folder, low in sorted(lowest.items(), key=lambda look: look[0] in early):  # bodies are on the line last of all
                self._send_once(("EXAMINE", folder), self._send_examine, folder)
                if folder == self._likely_first(tuple(lowest)) and not self._tells_of_all:
                    self._send_once(("LAST", folder), self._send_last, folder)
                self._send_once(("SEARCH", folder), self._send_search, folder, since)
                if low is not None:
                    self._send_once(("LISTING", folder), self._send_listing, folder, low)
            for folder in early:
                self._send_early(folder, lowest.get(folder))

    def then(self, coming: Sequence[tuple[str, Sequence[int]]]) -> None:
        """The batches (folder, UIDs) whose bodies will be asked for after the next one, in their order."""
        self._next = () if self._patient else tuple((folder, tuple(uids)) for folder, uids in coming)

    # Asked

    def folders(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The configured folders that exist, also by their special-use flag, and those that do not."""
        listed = self._list(remembered=True)
        found = {name: find_folder(name, listed) for name in self._settings.folders}
        present = dict.fromkeys(real for real in found.values() if real)
        self._first = next(iter(present), "")
        self._lacks = not all(found.values())
        return tuple(present), tuple(name for name, real in found.items() if not real)

    @property
    def names(self) -> frozenset[str]:
        """Every folder of the mailbox, as far as the server told of them."""
        return frozenset(self._folders)

    def stands(self, folders: Sequence[str]) -> Mapping[str, str]:
        """How each folder stands: a text that changes with every letter that comes, as far as the server lets that be known.

        By LIST-STATUS in one command; else by what EXAMINE tells, which with NetEase is the number of letters alone, and by the last letter of
        the first folder, which shows also that a folder was built anew. A folder that cannot be looked into is left out.
        """
        if not self._tells_of_all:
            with world_errors():
                if not self._patient:
                    self._send_stands(folders)
            for folder in folders:
                with suppress(MailboxRefused):
                    self._look(folder, keep=True)
        return {folder: self.stand(folder) for folder in folders if folder in self._told}

    def stand(self, folder: str) -> str:
        """How a folder stood when it was last looked into."""
        told = self._told[folder]
        return f"{told.uidvalidity} {told.uidnext or '?'} {told.messages} {told.last}".strip()

    def examine(self, folder: str) -> int:
        """Look into a folder without being able to change it; gives its UIDVALIDITY."""
        return self._look(folder)

    def look_into(self, folder: str) -> None:
        """Go back to a folder examined before; the server is told when something there is asked for."""
        self._at = folder

    def uids(self, since: date | None) -> tuple[int, ...]:
        """The UIDs of the folder looked into, those received on or after a day or all; ascending."""
        with world_errors():
            key = ("SEARCH", self._at)
            told = self._line.answer(self._ahead.pop(key) if key in self._ahead else self._send_search(self._at, since))
            found = tuple(sorted(int(uid) for line in told.get("SEARCH", []) for uid in (line or b"").split()))
        if (early := self._early.get(self._at)) is not None and not early.end:
            early.end = found[:EARLY_LETTERS][-1] + 1 if found else 1
        return found

    def listing(self, uids: Sequence[int]) -> tuple[Listed, ...]:
        """Sizes and server times; letters that vanished meanwhile are missing."""
        wanted = set(uids)
        found: dict[int, Listed] = {}
        ahead = self._ahead.pop(("LISTING", self._at), None)
        if ahead is not None:  # whatever a server makes of a range: who is not in the answer is asked for by number
            with suppress(MailboxRefused):
                found = self._to_listed(ahead, uids)
                wanted -= found.keys()
        left = sorted(wanted)
        for start in range(0, len(left), LISTING_UIDS):
            part = left[start : start + LISTING_UIDS]
            found |= self._listed(part)
        return tuple(found.values())

    def comes_early(self, folder: str, letter: Listed) -> bool:
        """Whether the body of this letter is on its way already."""
        early = self._early.get(folder)
        if early is None or not 0 < letter.size < answers.EARLY_BYTES or not early.low <= letter.uid < early.end:
            return False
        early.uids.add(letter.uid)
        return True

    def _listed(self, uids: Sequence[int]) -> dict[int, Listed]:
        """Sizes and times asked for by number; a question that is refused is asked in halves, so that one bad letter hides no other."""
        try:
            with world_errors():
                ticket = self._send_fetch(self._at, join_message_ids(list(uids)), LISTED)
            return self._to_listed(ticket, uids)
        except MailboxRefused:
            half = len(uids) // 2
            return self._listed(uids[:half]) | self._listed(uids[half:]) if half else {}

    def bodies(self, uids: Sequence[int]) -> Mapping[int, bytes]:
        """The raw letters of a batch in one request; raises MailboxRefused when the server will not give the batch.

        What `then` announced is asked for before this one is read, and read while this one is being kept.
        """
        asked = tuple(uids)
        with world_errors():
            with self._planning:
                coming, self._next = self._next, ()
                self._coming = coming or self._coming
                ticket = self._ahead.pop(("BODIES", self._at, asked), None)
            if ticket is None or not self._line.has(ticket, asked):
                self._line.take()
                ticket = ticket or self._send_bodies(self._at, asked)
                self._ask_for(coming[:AHEAD])
            answer = self._letters(ticket, asked)
            if coming:
                self._line.meanwhile(self._read_coming)
        return {uid: said[b"BODY[]"] for uid, said in answer.items() if said.get(b"BODY[]")}

    def is_here(self, folder: str, uids: Sequence[int]) -> bool:
        """Whether the bodies of an announced batch can be had without waiting."""
        ticket = self._ahead.get(("BODIES", folder, tuple(uids)))
        return ticket is not None and self._line.has(ticket, uids)

    def header(self, uid: int) -> bytes:
        """The head of a letter too big to fetch, at most 64 KB of it; b"" when the server gives none."""
        answer = self._fetch([uid], f"BODY.PEEK[HEADER]<0.{HEADER_BYTES}>").get(uid, {})
        return next((held for key, held in answer.items() if key.startswith(b"BODY[HEADER]") and held), b"")

    def came_at(self, uid: int) -> datetime | None:
        """When a letter came, of which nothing else is told; None where that is not told either."""
        return to_moment(self._fetch([uid], "INTERNALDATE").get(uid, {}).get(b"INTERNALDATE"))

    def writer(self, uid: int) -> bytes:
        """From, Subject and Date of a letter whose body does not come, at most 8 KB; b"" when the server gives none."""
        answer = self._fetch([uid], f"BODY.PEEK[HEADER.FIELDS (FROM SUBJECT DATE)]<0.{WRITER_BYTES}>").get(uid, {})
        return next((held for key, held in answer.items() if key.startswith(b"BODY[HEADER") and held), b"")

    def message_ids(self, uids: Sequence[int]) -> Mapping[int, str]:
        """The Message-ID line of each of these letters as the server gives it now; letters that are gone, or bear none, are missing."""
        found: dict[int, str] = {}
        for start in range(0, len(uids), LISTING_UIDS):
            answer = self._fetch(uids[start : start + LISTING_UIDS], "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]")
            for uid, said in answer.items():
                if line := next((held for key, held in said.items() if key.startswith(b"BODY[HEADER") and held and held.strip()), b""):
                    found[uid] = re.sub(rb"\s+", b"", line).decode("utf-8", "replace")
        return found

    def find_in_sent(self, message_id: str, since: date | None = None) -> bool | None:
        """Whether a letter of ours stands in 已发送; None when there is no such folder to ask.

        Compared here, not by the server: NetEase answers header searches with nothing at all.
        """
        listed = self._list()
        folder = find_folder("已发送", listed) or find_folder("Sent", listed)
        if folder is None:
            return None
        self.examine(folder)
        uids = self.uids(since)
        return any(self._has_message_id(uids[at : at + LISTING_UIDS], message_id) for at in range(0, len(uids), LISTING_UIDS))

    def sent_by_us(self, since: date) -> frozenset[str]:
        """The Message-IDs in 已发送 since that day that are shaped as this program derives them; empty where there is no such folder."""
        found = (_DERIVED_ID.search(re.sub(rb"\s+", b"", head)) for head in self._heads_in_sent(since, "MESSAGE-ID"))
        return frozenset(one[0].decode() for one in found if one)

    def answered_by_hand(self, since: date) -> frozenset[str]:
        """The Message-IDs that letters in 已发送 since that day answer, those of this program left out: what staff answered in the webmail."""
        heads = (message_from_bytes(head) for head in self._heads_in_sent(since, "MESSAGE-ID IN-REPLY-TO REFERENCES AUTO-SUBMITTED"))
        by_hand = (head for head in heads if not head["Auto-Submitted"] and not _DERIVED_ID.search(str(head["Message-ID"]).encode()))
        threads = (f"{head['In-Reply-To'] or ''} {' '.join(str(head['References'] or '').split()[-1:])}" for head in by_hand)
        return frozenset(found for thread in threads for found in re.findall(r"<[^<>\s]{1,250}>", thread))

    def _heads_in_sent(self, since: date, fields: str) -> tuple[bytes, ...]:
        """These lines of the newest letters in 已发送 since that day; none where there is no such folder."""
        listed = self._list()
        folder = find_folder("已发送", listed) or find_folder("Sent", listed)
        if folder is None:
            return ()
        self.examine(folder)
        uids = self.uids(since)[-LISTING_UIDS:]
        return self._heads(uids, fields) if uids else ()

    def _has_message_id(self, uids: Sequence[int], message_id: str) -> bool:
        return any(message_id.encode() in re.sub(rb"\s+", b"", head) for head in self._heads(uids, "MESSAGE-ID"))

    def _heads(self, uids: Sequence[int], fields: str) -> tuple[bytes, ...]:
        answer = self._fetch(uids, f"BODY.PEEK[HEADER.FIELDS ({fields})]")
        return tuple(held for said in answer.values() for key, held in said.items() if key.startswith(b"BODY[HEADER") and held)

    # The way there

    @property
    def _tells_of_all(self) -> bool:
        return "LIST-STATUS" in self._capabilities

    def _list(self, remembered: bool = False) -> Mapping[str, frozenset[bytes]]:
        if not (remembered and self._folders) or ("LIST",) in self._ahead:
            with world_errors():
                told = self._answer_list()
                self._folders = dict(folder for line in told.get("LIST", []) if (folder := line_to_folder(line)))
                for line in told.get("STATUS", []):
                    with suppress(IMAPClientError, ValueError, LookupError):  # of a folder that is told of in nonsense nothing is known: it is looked into
                        name, stand = line_to_stand(line)
                        self._told[name] = stand
        return self._folders

    def _answer_list(self) -> Told:
        """A server that says it tells how folders stand and then does not is asked for their names alone."""
        try:
            return self._line.answer(self._ahead.pop(("LIST",)) if ("LIST",) in self._ahead else self._send_list())
        except IMAPClientAbortError:
            raise
        except IMAPClientError:
            if not self._tells_of_all:
                raise
            self._capabilities -= {"LIST-STATUS"}
            return self._line.answer(self._send_list())

    def _look(self, folder: str, keep: bool = False) -> int:
        with world_errors():
            ticket = self._ahead.get(("EXAMINE", folder)) or self._send_examine(folder)
            if keep:
                self._ahead[("EXAMINE", folder)] = ticket
            else:
                self._ahead.pop(("EXAMINE", folder), None)
            try:
                told = self._line.answer(ticket)
            except IMAPClientError:
                self._selected = "" if self._selected == folder else self._selected
                raise
            self._at = folder
            number = told_to_figure(told, "UIDVALIDITY")
            self._told[folder] = Stand(number, told_to_figure(told, "UIDNEXT"), told_to_figure(told, "EXISTS"))
            self._note_last(folder)
        return number

    def _note_last(self, folder: str) -> None:
        """The last letter of the first folder, where a server tells by that alone what came: an empty folder has none, and refuses."""
        if folder != self._first or self._tells_of_all:
            return
        ticket = self._ahead.pop(("LAST", folder), None) or self._send_last(folder)
        with suppress(IMAPClientError):
            known = self._line.letters(ticket)
            if last := max((uid for uid, said in known.items() if b"INTERNALDATE" in said), default=0):
                self._told[folder] = replace(self._told[folder], last=f"{last} {known[last][b'INTERNALDATE']}")

    def _send_once(self, key: tuple[Any, ...], send: Callable[..., Ticket], *words: Any) -> None:
        if key not in self._ahead:
            self._ahead[key] = send(*words)

    def _send_stands(self, folders: Sequence[str]) -> None:
        for folder in folders:
            self._send_once(("EXAMINE", folder), self._send_examine, folder)
            if folder == self._likely_first(folders):
                self._send_once(("LAST", folder), self._send_last, folder)

    def _likely_first(self, folders: Sequence[str]) -> str:
        return self._first or find_folder(self._settings.folders[0], dict.fromkeys(folders, frozenset())) or ""

    def _send_list(self) -> Ticket:
        self._line.take()
        if self._tells_of_all and self._selected:
            # Dovecot tells of the folder that is open as it stood when it was opened (RFC 3501, 6.3.10 warns of it)
            self._line.send("UNSELECT" if "UNSELECT" in self._capabilities else "NOOP")
            self._selected = ""
        more = ("RETURN", f"({'SPECIAL-USE ' if 'SPECIAL-USE' in self._capabilities else ''}STATUS (MESSAGES UIDNEXT UIDVALIDITY))")
        return self._line.send("LIST", '""', '"*"', *(more if self._tells_of_all else ()))

    def _send_examine(self, folder: str) -> Ticket:
        self._line.take()
        self._selected = folder
        self._opening = self._line.send("EXAMINE", self._client._normalise_folder(folder))
        return self._opening

    def _select(self, folder: str) -> None:
        self._line.take()
        if self._selected != folder:
            self._send_examine(folder)

    def _send_last(self, folder: str) -> Ticket:
        self._select(folder)
        return self._line.send("FETCH", "*", "(UID INTERNALDATE)")

    def _send_search(self, folder: str, since: date | None) -> Ticket:
        self._select(folder)
        return self._line.send("UID", "SEARCH", *(("SINCE", format_criteria_date(since)) if since else ("ALL",)))

    def _send_listing(self, folder: str, low: int) -> Ticket:
        """From a UID on; of all by their numbers in the folder, which are dense where UIDs count in thousand millions."""
        return self._send_fetch(folder, f"{low}:*", LISTED) if low else self._send_fetch(folder, "1:*", LISTED, by_uid=False)

    def _send_fetch(self, folder: str, uids: str | bytes, items: str, by_uid: bool = True) -> Ticket:
        self._select(folder)
        ticket = self._line.send("UID", "FETCH", uids, f"({items})") if by_uid else self._line.send("FETCH", uids, f"({items})")
        ticket.within, ticket.uidvalidity = self._opening, self._told[folder].uidvalidity if folder in self._told else None
        return ticket

    def _send_early(self, folder: str, low: int | None) -> None:
        """Of a folder of which nothing is known its first letters, else those up to the next UID it told, where these are few."""
        told = self._told.get(folder)
        if low == 0:
            ticket = self._send_fetch(folder, f"1:{EARLY_LETTERS}", f"UID BODY.PEEK[]<0.{answers.EARLY_BYTES}>", by_uid=False)
            self._early[folder] = _Early(ticket, 0, 0)
        elif low and told and low < told.uidnext <= low + EARLY_LETTERS:
            ticket = self._send_fetch(folder, f"{low}:{told.uidnext - 1}", f"BODY.PEEK[]<0.{answers.EARLY_BYTES}>")
            self._early[folder] = _Early(ticket, low, told.uidnext)

    def _letters(self, ticket: Ticket, asked: Sequence[int]) -> Mapping[int, Mapping[bytes, Any]]:
        """These letters from the answer to a command; what should have come early and did not is asked for like any other."""
        early = self._early.get(self._at)
        if early is None or early.ticket is not ticket:
            self._check(ticket)
            return self._line.letters(ticket, asked)
        ticket.uidvalidity = self._told[self._at].uidvalidity
        found: Mapping[int, Mapping[bytes, Any]] = {}
        try:
            self._check(ticket)
            found = self._line.letters(ticket, asked)
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:  # fewer letters than were asked for, or no pieces of letters from this server
            log.debug("%s", error)
        early.uids.difference_update(asked)
        lacking = [uid for uid in asked if uid not in found]
        if not lacking:
            return found
        return {**found, **self._letters(self._send_bodies(self._at, lacking), lacking)}

    def _send_bodies(self, folder: str, uids: Sequence[int]) -> Ticket:
        early = self._early.get(folder)
        if early is not None and early.uids.issuperset(uids):
            return early.ticket
        return self._send_fetch(folder, join_message_ids(list(uids)), "BODY.PEEK[]")

    def _ask_for(self, batches: Iterable[Batch]) -> None:
        for folder, uids in batches:
            self._send_once(("BODIES", folder, uids), self._send_bodies, folder, uids)

    def _read_coming(self) -> None:
        """In the second thread: the announced batches, one after the other, until enough of them is here or the line is wanted."""
        is_free = True
        while is_free:
            with self._planning:
                left = self._unread()
                self._ask_for(left[:AHEAD])
                ticket = self._ahead[("BODIES", *left[0])] if left else None
            is_free = ticket is not None and self._line.read(ticket, left[0][1])

    def _unread(self) -> tuple[Batch, ...]:
        """The announced batches from the first on that is still to be read; none while so much is here that memory would suffer."""
        held = 0
        for number, (folder, uids) in enumerate(self._coming):
            if held >= HELD * self._settings.batch_bytes:
                break
            if not self.is_here(folder, uids):
                return self._coming[number:]
            held += self._line.weight(self._ahead[("BODIES", folder, uids)], uids)
        return ()

    def _fetch(self, uids: Sequence[int], items: str) -> Mapping[int, Any]:
        with world_errors():
            return self._fetched(self._send_fetch(self._at, join_message_ids(list(uids)), items), uids)

    def _fetched(self, ticket: Ticket, uids: Iterable[int]) -> Mapping[int, Any]:
        """What a FETCH told of these UIDs; bodies that are here already are left for whoever asks for them."""
        self._check(ticket)
        known = self._line.letters(ticket)
        told = {uid: known.pop(uid) for uid in uids if uid in known}
        known.update({uid: {b"BODY[]": said.pop(b"BODY[]")} for uid, said in told.items() if b"BODY[]" in said})
        return told

    def _check(self, ticket: Ticket) -> None:
        """A folder that would not open again, or was built anew since its UIDs were told, refuses."""
        within = self._line.answer(ticket.within) if ticket.within is not None else {}
        if within and ticket.uidvalidity not in (None, told_to_figure(within, "UIDVALIDITY")):
            raise IMAPClientError("the folder was built anew meanwhile")

    def _to_listed(self, ticket: Ticket, uids: Iterable[int]) -> dict[int, Listed]:
        with world_errors():
            answer = self._fetched(ticket, uids)
        return {uid: Listed(uid, size, to_moment(said.get(b"INTERNALDATE"))) for uid, said in answer.items() if (size := said_to_size(said)) is not None}
