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
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from email import message_from_bytes
from types import TracebackType
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from config.settings import MailboxSettings
from intake.errors import (
    MailboxNotTrusted,
    MailboxRefused,
    MailboxUnavailable,
    PlainMailboxRefused,
    ServerRefusedLogin,
    UnsafeLogin,
)

IDENTITY = {"name": "union-intake", "version": "1.0", "vendor": "union-intake"}
TIMEOUT = SocketTimeout(connect=15, read=90)
HEADER_BYTES = 64 << 10
WRITER_BYTES = 8 << 10
LISTING_UIDS = 1000
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


class Mailbox:
    """信箱: one logged-in connection. A dead one is never used again: open another."""

    def __init__(self, client: IMAPClient, settings: MailboxSettings) -> None:
        self._client = client
        self._settings = settings

    @classmethod
    def open(cls, settings: MailboxSettings) -> Mailbox:
        """Connect (TLS always verified), log in, say who we are; raises the world's errors of intake.errors."""
        if not settings.tls and not _loopback(settings.host):
            raise PlainMailboxRefused(settings.host)
        with world_errors():
            client = _connect(settings)
            try:
                _log_in(client, settings)
            except BaseException:
                with suppress(Exception):
                    client.shutdown()
                raise
        return cls(client, settings)

    def __enter__(self) -> Mailbox:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def abort(self) -> None:
        """Cut the line from another thread: whoever waits on it gets MailboxUnavailable now. For a round that has taken too long."""
        with suppress(OSError):
            self._client.socket().shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Say good-bye if the line still stands, hang up in any case."""
        try:
            self._client.logout()
        except (OSError, imaplib.IMAP4.error):
            with suppress(OSError):
                self._client.shutdown()

    def folders(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The configured folders that exist, also by their special-use flag, and those that do not."""
        listed = self._list()
        found = {name: _match(name, listed) for name in self._settings.folders}
        present = dict.fromkeys(real for real in found.values() if real)
        return tuple(present), tuple(name for name, real in found.items() if not real)

    def examine(self, folder: str) -> int:
        """Look into a folder without being able to change it; gives its UIDVALIDITY."""
        with world_errors():
            return int(self._client.select_folder(folder, readonly=True).get(b"UIDVALIDITY", 0))

    def uids(self, since: date | None) -> tuple[int, ...]:
        """The UIDs of the folder looked into, those received on or after a day or all; ascending."""
        with world_errors():
            return tuple(sorted(int(uid) for uid in self._client.search(["SINCE", since] if since else ["ALL"])))

    def listing(self, uids: Sequence[int]) -> tuple[Listed, ...]:
        """Sizes and server times; letters that vanished meanwhile are missing."""
        found: list[Listed] = []
        for start in range(0, len(uids), LISTING_UIDS):
            with world_errors():
                answer = self._client.fetch(list(uids[start : start + LISTING_UIDS]), ["RFC822.SIZE", "INTERNALDATE"])
            found += [Listed(uid, int(said.get(b"RFC822.SIZE") or 0), _aware(said.get(b"INTERNALDATE"))) for uid, said in answer.items()]
        return tuple(found)

    def bodies(self, uids: Sequence[int]) -> Mapping[int, bytes]:
        """The raw letters of a batch in one request; raises MailboxRefused when the server will not give the batch."""
        with world_errors():
            answer = self._client.fetch(list(uids), ["BODY.PEEK[]"])
        return {uid: said[b"BODY[]"] for uid, said in answer.items() if said.get(b"BODY[]")}

    def header(self, uid: int) -> bytes:
        """The head of a letter too big to fetch, at most 64 KB of it; b"" when the server gives none."""
        with world_errors():
            answer = self._client.fetch([uid], [f"BODY.PEEK[HEADER]<0.{HEADER_BYTES}>"]).get(uid, {})
        return next((held for key, held in answer.items() if key.startswith(b"BODY[HEADER]") and held), b"")

    def writer(self, uid: int) -> bytes:
        """From, Subject and Date of a letter whose body does not come, at most 8 KB; b"" when the server gives none."""
        with world_errors():
            answer = self._client.fetch([uid], [f"BODY.PEEK[HEADER.FIELDS (FROM SUBJECT DATE)]<0.{WRITER_BYTES}>"]).get(uid, {})
        return next((held for key, held in answer.items() if key.startswith(b"BODY[HEADER") and held), b"")

    def message_ids(self, uids: Sequence[int]) -> Mapping[int, str]:
        """The Message-ID line of each of these letters as the server gives it now; letters that are gone, or bear none, are missing."""
        found: dict[int, str] = {}
        for start in range(0, len(uids), LISTING_UIDS):
            with world_errors():
                answer = self._client.fetch(list(uids[start : start + LISTING_UIDS]), ["BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"])
            for uid, said in answer.items():
                if line := next((held for key, held in said.items() if key.startswith(b"BODY[HEADER") and held and held.strip()), b""):
                    found[uid] = re.sub(rb"\s+", b"", line).decode("utf-8", "replace")
        return found

    def find_in_sent(self, message_id: str, since: date | None = None) -> bool | None:
        """Whether a letter of ours stands in 已发送; None when there is no such folder to ask.

        Compared here, not by the server: NetEase answers header searches with nothing at all.
        """
        folder = _match("已发送", self._list()) or _match("Sent", self._list())
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
        if not uids:
            return ()
        with world_errors():
            answer = self._client.fetch(list(uids), [f"BODY.PEEK[HEADER.FIELDS ({fields})]"])
        return tuple(held for said in answer.values() for key, held in said.items() if key.startswith(b"BODY[HEADER") and held)

    def _has_message_id(self, uids: Sequence[int], message_id: str) -> bool:
        with world_errors():
            answer = self._client.fetch(list(uids), ["BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"])
        heads = (held for said in answer.values() for key, held in said.items() if key.startswith(b"BODY[HEADER") and held)
        return any(message_id.encode() in re.sub(rb"\s+", b"", head) for head in heads)

    def _list(self) -> Mapping[str, frozenset[bytes]]:
        with world_errors():
            return {_text(name): frozenset(flags) for flags, _, name in self._client.list_folders()}


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


def _refusal(error: IMAPClientError) -> MailboxUnavailable | UnsafeLogin | ServerRefusedLogin | MailboxRefused:
    if "unsafe login" in str(error).lower():
        return UnsafeLogin(str(error))
    if isinstance(error, LoginError):
        dead = isinstance(error.__context__, IMAPClientAbortError)
        return MailboxUnavailable(str(error)) if dead or _PASSING.search(str(error)) else ServerRefusedLogin(str(error))
    return MailboxUnavailable(str(error)) if "* BYE" in str(error) else MailboxRefused(str(error))


def _connect(settings: MailboxSettings) -> IMAPClient:
    context = ssl.create_default_context(cafile=settings.ca_file) if settings.tls else None
    client = IMAPClient(settings.host, port=settings.port, ssl=settings.tls, ssl_context=context, timeout=TIMEOUT)
    client._imap.debug = 0
    client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.normalise_times = False
    return client


def _log_in(client: IMAPClient, settings: MailboxSettings) -> None:
    try:
        client.login(settings.user, settings.secret.strip())
    except UnicodeError as error:
        raise ServerRefusedLogin("用户名或授权码中有非英文字符") from error
    if client.has_capability("ID"):
        client.id_(IDENTITY)


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


def _text(name: Any) -> str:
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)


def _aware(moment: Any) -> datetime | None:
    return moment if isinstance(moment, datetime) and moment.tzinfo is not None else None
