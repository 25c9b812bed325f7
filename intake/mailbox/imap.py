"""Shell: the mailbox on the server (收信), over imapclient - looked at, never touched.

EXAMINE and BODY.PEEK only: no flag, no move, no delete; staff go on using webmail as always. NetEase's habits are the normal case:
ID after LOGIN and before the first EXAMINE on every connection, no IDLE, empty STATUS, UIDVALIDITY always 1, header searches that find
nothing. Chosen from measurements: imaplib's debug off (else every body passes through repr, twelve times slower, and personal data reach
debug logs), TCP_NODELAY (SEARCH leaves in two writes), aware times (else a UTC server moves every deadline by eight hours), lists of
integers for FETCH (imapclient 4.1 breaks on ranges), a time-out on everything.
"""

from __future__ import annotations

import imaplib
import ipaddress
import re
import select
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from email import message_from_bytes
from types import TracebackType
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.datetime_util import format_criteria_date
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError
from imapclient.imap4 import IMAP4WithTimeout
from imapclient.imap_utf7 import decode as decode_utf7
from imapclient.imapclient import join_message_ids
from imapclient.response_parser import parse_fetch_response, parse_response
from imapclient.tls import IMAP4_TLS

from config.settings import MailboxSettings
from intake.errors import (
    MailboxNotTrusted,
    MailboxRefused,
    MailboxUnavailable,
    PlainMailboxRefused,
    ServerRefusedLogin,
    UnsafeLogin,
)
from intake.mailbox.pipeline import Pipeline, Ticket, Told

IDENTITY = {"name": "union-intake", "version": "1.0", "vendor": "union-intake"}
TIMEOUT = SocketTimeout(connect=15, read=90)
LISTED = "UID RFC822.SIZE INTERNALDATE"
AHEAD = 3
HEADER_BYTES = 64 << 10
WRITER_BYTES = 8 << 10
LISTING_UIDS = 1000
LONGEST_LINE = 32 << 20
"""The UIDs of nearly three million letters; imaplib itself would give up at ninety thousand."""
LITERALS = 2
"""By so much a letter may exceed the size that the server told, before its line is given up: sizes are only hints."""
# What a server says when it, not the code, is the trouble (RFC 5530 and the words of great providers): to be tried again, never told as a wrong code.
_PASSING = re.compile(
    r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG|CONTACTADMIN)\]|\bBYE\b|internal (server )?error|too (many|busy|frequent)|try (again )?later|temporar|system busy|系统繁忙|过于频繁",
    re.I,
)
_DERIVED_ID = re.compile(rb"<[0-9a-f]{32}@[^<>]{1,200}>")
BY_FLAG: Mapping[str, bytes] = {"垃圾邮件": b"\\Junk", "已发送": b"\\Sent"}


@dataclass(frozen=True, slots=True)
class Listed:
    """清单: what the server says of a letter before it is downloaded; the size is only a hint."""

    uid: int
    size: int
    received_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Standing:
    """What a server told of a folder; `uidnext` 0 where it is kept secret, `last` the UID and server time of the last letter where asked for."""

    uidvalidity: int
    uidnext: int
    messages: int
    last: str = ""


class Mailbox:
    """信箱: one logged-in connection. A dead one is never used again: open another.

    `survey`, `ask_stands` and `then` only send ahead what will be asked for; the answers wait until `examine`, `uids`, `listing` or `bodies` asks.
    After `patiently` nothing is sent ahead any more.
    """

    def __init__(self, client: IMAPClient, settings: MailboxSettings) -> None:
        self._client = client
        self._settings = settings
        self._line = Pipeline(client._imap, _parsed)
        self._capabilities: frozenset[str] = frozenset()
        self._ahead: dict[tuple[Any, ...], Ticket] = {}
        self._next: tuple[tuple[str, tuple[int, ...]], ...] = ()
        self._patient = False
        self._at = self._selected = ""  # what the caller looks into, and what the server will have open after all that was sent
        self._opening: Ticket | None = None
        self._first = ""
        self._before: int | None = None
        self._folders: Mapping[str, frozenset[bytes]] = {}
        self._told: dict[str, _Standing] = {}
        self._lacks = False

    @classmethod
    def open(cls, settings: MailboxSettings) -> Mailbox:
        """Connect (TLS always verified), log in, say who we are; raises the world's errors of intake.errors."""
        if not settings.tls and not _loopback(settings.host):
            raise PlainMailboxRefused(settings.host)
        with world_errors():
            client = _connect(settings)
            try:
                _log_in(client, settings)
                mailbox = cls(client, settings)
                mailbox._capabilities = _capabilities(client)
                if "ID" in mailbox._capabilities:
                    say_who(mailbox._line)
            except BaseException:
                with suppress(Exception):
                    client.shutdown()
                raise
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
        return not self._line.is_dead

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
        self._ahead, self._next, self._told, self._at, self._patient = {}, (), {}, "", False
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

    def survey(self, lowest: Mapping[str, int | None], since: date | None) -> None:
        """Send what a full look into these folders will ask: names, UIDs, and sizes from a lowest UID on (0: of all; None: not yet known)."""
        if self._patient:
            return
        with world_errors():
            if not self._folders:
                self._send_once(("LIST",), self._send_list)
            for folder, low in lowest.items():
                self._send_once(("EXAMINE", folder), self._send_examine, folder)
                if folder == self._likely_first(tuple(lowest)) and not self._tells_of_all:
                    self._send_once(("LAST", folder), self._send_last, folder)
                self._send_once(("SEARCH", folder), self._send_search, folder, since)
                if low is not None:
                    self._send_once(("LISTING", folder), self._send_listing, folder, low)

    def then(self, coming: Sequence[tuple[str, Sequence[int]]]) -> None:
        """The batches (folder, UIDs) whose bodies will be asked for after the next one."""
        self._next = () if self._patient else tuple((folder, tuple(uids)) for folder, uids in coming[:AHEAD])

    # Asked

    def folders(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The configured folders that exist, also by their special-use flag, and those that do not."""
        listed = self._list(remembered=True)
        found = {name: _match(name, listed) for name in self._settings.folders}
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
            return tuple(sorted(int(uid) for line in told.get("SEARCH", []) for uid in (line or b"").split()))

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
        asked, coming, self._next = tuple(uids), self._next, ()
        with world_errors():
            ahead = ("BODIES", self._at, asked)
            ticket = self._ahead.pop(ahead) if ahead in self._ahead else self._send_bodies(self._at, asked)
            for folder, batch in coming:
                self._send_once(("BODIES", folder, batch), self._send_bodies, folder, batch)
            self._check(ticket)
            answer = self._line.letters(ticket, asked)
            if coming:
                self._line.read_on(self._ahead[("BODIES", coming[0][0], coming[0][1])], coming[0][1])
        return {uid: said[b"BODY[]"] for uid, said in answer.items() if said.get(b"BODY[]")}

    def header(self, uid: int) -> bytes:
        """The head of a letter too big to fetch, at most 64 KB of it; b"" when the server gives none."""
        answer = self._fetch([uid], f"BODY.PEEK[HEADER]<0.{HEADER_BYTES}>").get(uid, {})
        return next((held for key, held in answer.items() if key.startswith(b"BODY[HEADER]") and held), b"")

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
        folder = _match("已发送", listed) or _match("Sent", listed)
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
        folder = _match("已发送", listed) or _match("Sent", listed)
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
                self._folders = dict(folder for line in told.get("LIST", []) if (folder := _to_folder(line)))
                for line in told.get("STATUS", []):
                    with suppress(IMAPClientError, ValueError, LookupError):  # of a folder that is told of in nonsense nothing is known: it is looked into
                        self._note_status(line)
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

    def _note_status(self, line: Any) -> None:
        name, said = parse_response([line])
        figures = dict(zip(said[::2], said[1::2], strict=True))
        folder = decoded(name)
        self._told[folder] = _Standing(int(figures[b"UIDVALIDITY"]), int(figures[b"UIDNEXT"]), int(figures[b"MESSAGES"]))

    def _look(self, folder: str, keep: bool = False) -> int:
        ticket = self._ahead.get(("EXAMINE", folder)) or self._send_examine(folder)
        if keep:
            self._ahead[("EXAMINE", folder)] = ticket
        else:
            self._ahead.pop(("EXAMINE", folder), None)
        with world_errors():
            try:
                told = self._line.answer(ticket)
            except IMAPClientError:
                self._selected = "" if self._selected == folder else self._selected
                raise
            self._at = folder
            number = _figure(told, "UIDVALIDITY")
            self._told[folder] = _Standing(number, _figure(told, "UIDNEXT"), _figure(told, "EXISTS"))
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
        return self._first or _match(self._settings.folders[0], dict.fromkeys(folders, frozenset())) or ""

    def _send_list(self) -> Ticket:
        if self._tells_of_all and self._selected:
            # Dovecot tells of the folder that is open as it stood when it was opened (RFC 3501, 6.3.10 warns of it)
            self._line.send("UNSELECT" if "UNSELECT" in self._capabilities else "NOOP")
            self._selected = ""
        more = ("RETURN", f"({'SPECIAL-USE ' if 'SPECIAL-USE' in self._capabilities else ''}STATUS (MESSAGES UIDNEXT UIDVALIDITY))")
        return self._line.send("LIST", '""', '"*"', *(more if self._tells_of_all else ()))

    def _send_examine(self, folder: str) -> Ticket:
        self._selected = folder
        self._opening = self._line.send("EXAMINE", self._client._normalise_folder(folder))
        return self._opening

    def _select(self, folder: str) -> None:
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

    def _send_bodies(self, folder: str, uids: Sequence[int]) -> Ticket:
        return self._send_fetch(folder, join_message_ids(list(uids)), "BODY.PEEK[]")

    def _fetch(self, uids: Sequence[int], items: str) -> Mapping[int, Any]:
        with world_errors():
            return self._fetched(self._send_fetch(self._at, join_message_ids(list(uids)), items), uids)

    def _fetched(self, ticket: Ticket, uids: Iterable[int]) -> Mapping[int, Any]:
        """What a FETCH told of these UIDs."""
        self._check(ticket)
        known = self._line.letters(ticket)
        return {uid: known.pop(uid) for uid in uids if uid in known}

    def _check(self, ticket: Ticket) -> None:
        """A folder that would not open again, or was built anew since its UIDs were told, refuses."""
        within = self._line.answer(ticket.within) if ticket.within is not None else {}
        if within and ticket.uidvalidity not in (None, _figure(within, "UIDVALIDITY")):
            raise IMAPClientError("the folder was built anew meanwhile")

    def _to_listed(self, ticket: Ticket, uids: Iterable[int]) -> dict[int, Listed]:
        with world_errors():
            answer = self._fetched(ticket, uids)
        return {uid: Listed(uid, size, _aware(said.get(b"INTERNALDATE"))) for uid, said in answer.items() if (size := _size(said)) is not None}


def _parsed(lines: list[Any]) -> Mapping[int, Mapping[bytes, Any]]:
    """What FETCH answers say of each UID; what is said of a letter without its UID is nobody's business."""
    found: Mapping[int, Mapping[bytes, Any]] = parse_fetch_response(lines, normalise_times=False)
    return found


def say_who(line: Pipeline) -> None:
    """Who we are, on every connection before any folder (NetEase refuses strangers); the answer is nobody's business."""
    line.send("ID", "(" + " ".join(f'"{word}"' for pair in IDENTITY.items() for word in pair) + ")")


def _figure(told: Told, name: str) -> int:
    """The last figure of this kind; 0 where the server keeps it to itself."""
    said = told.get(name) or [b"0"]
    return int(said[-1] or 0)


@contextmanager
def world_errors() -> Iterator[None]:
    """Turn what the line or the server refuses into the world's errors, the dead line first (it is a kind of refusal to imaplib)."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise MailboxNotTrusted(error.verify_message) from error
    except (IMAPClientAbortError, OSError) as error:
        raise MailboxUnavailable(str(error)) from error
    except IMAPClientError as error:
        raise _refusal(error) from error
    except (ValueError, LookupError, TypeError) as error:  # whatever our parsers make of words that are no answer, it is the server's doing
        raise MailboxRefused(f"服务器的答复看不懂：{error}") from error


def _refusal(error: IMAPClientError) -> MailboxUnavailable | UnsafeLogin | ServerRefusedLogin | MailboxRefused:
    if "unsafe login" in str(error).lower():
        return UnsafeLogin(str(error))
    if isinstance(error, LoginError):
        dead = isinstance(error.__context__, IMAPClientAbortError)
        return MailboxUnavailable(str(error)) if dead or _PASSING.search(str(error)) else ServerRefusedLogin(str(error))
    return MailboxUnavailable(str(error)) if "* BYE" in str(error) else MailboxRefused(str(error))


class _Ours:
    """What our lines do otherwise than imaplib's: a server whose greeting tells its capabilities is not asked for them once more, a line may be
    as long as the numbers of a great folder make it, and no line nor literal takes the memory of all."""

    longest_literal = LONGEST_LINE

    def read(self, size: int) -> bytes:
        if size > self.longest_literal:
            raise IMAPClientAbortError(f"the server speaks of {size} bytes")
        return super().read(size)  # type: ignore[misc,no-any-return]

    def readline(self) -> bytes:
        line: bytes = self.file.readline(LONGEST_LINE + 1)  # type: ignore[attr-defined]
        if len(line) > LONGEST_LINE:
            raise IMAPClientAbortError("a line without end")
        return line

    def _get_capabilities(self) -> None:
        said = self.untagged_responses.pop("CAPABILITY", None)  # type: ignore[attr-defined]
        if said:
            self.capabilities = tuple(said[-1].decode("ascii", "replace").upper().split())
        else:
            super()._get_capabilities()  # type: ignore[misc]


class _PlainLine(_Ours, IMAP4WithTimeout):  # type: ignore[misc]
    pass


class _TlsLine(_Ours, IMAP4_TLS):  # type: ignore[misc]
    pass


class _Client(IMAPClient):  # type: ignore[misc]
    def _create_IMAP4(self) -> Any:  # noqa: N802 - imapclient's own name
        patience = getattr(self._timeout, "connect", None)
        if self.ssl:
            return _TlsLine(self.host, self.port, self.ssl_context, patience)
        return _PlainLine(self.host, self.port, patience)


def _connect(settings: MailboxSettings) -> IMAPClient:
    context = ssl.create_default_context(cafile=settings.ca_file) if settings.tls else None
    client = _Client(settings.host, port=settings.port, ssl=settings.tls, ssl_context=context, timeout=TIMEOUT)
    client._imap.debug = 0
    client._imap.longest_literal = LITERALS * settings.maximum_letter_bytes
    client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.normalise_times = False
    return client


def _log_in(client: IMAPClient, settings: MailboxSettings) -> None:
    try:
        client.login(settings.user, settings.secret.strip())
    except UnicodeError as error:
        raise ServerRefusedLogin("用户名或授权码中有非英文字符") from error


def _capabilities(client: IMAPClient) -> frozenset[str]:
    """What the server can do: by its answer to the log-in, else by what it said before as long as that speaks of ID, else asked for."""
    before = frozenset(str(word).upper() for word in client._imap.capabilities)
    if "ID" in before and "CAPABILITY" not in client._imap.untagged_responses:
        return before
    return frozenset(word.decode("ascii", "replace") for word in client.capabilities())


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _match(name: str, listed: Mapping[str, frozenset[bytes]]) -> str | None:
    """The server's own spelling of a folder: by name, INBOX in any case, else by its special-use flag."""
    for real in listed:
        if real == name or (name.upper() == "INBOX" and real.upper() == "INBOX"):
            return real
    flag = BY_FLAG.get(name)
    return next((real for real, flags in listed.items() if flag in flags), None) if flag else None


def decoded(name: Any) -> str:
    """A folder's name as it is shown, from its spelling on the wire."""
    return decode_utf7(name) if isinstance(name, bytes) else str(name)


def _to_folder(line: Any) -> tuple[str, frozenset[bytes]] | None:
    """One folder of an answer to LIST; None for one told of in nonsense, or under a name that nobody can spell, as crude programs make them."""
    try:
        flags, _, name = parse_response([line])
        return decoded(name), frozenset(flags)
    except (IMAPClientError, ValueError, TypeError):
        return None


def _size(said: Mapping[bytes, Any]) -> int | None:
    """The size a server tells of a letter; None where it tells none, or one that no letter has."""
    told = said.get(b"RFC822.SIZE")
    return told if isinstance(told, int) and told >= 0 else None


def _aware(moment: Any) -> datetime | None:
    return moment if isinstance(moment, datetime) and moment.tzinfo is not None else None
