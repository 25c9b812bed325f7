"""Shell: the way into the mailbox (登录) - connect, TLS always verified, LOGIN, what the server can do, who we are; and what may be refused on the way.

NetEase wants ID after LOGIN and before the first EXAMINE, on every connection. Chosen from measurements: imaplib's debug off (else every
body passes through repr, twelve times slower, and personal data reach debug logs), TCP_NODELAY (SEARCH leaves in two writes), aware times
(else a UTC server moves every deadline by eight hours), a time-out on everything.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError
from imapclient.imap4 import IMAP4WithTimeout
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
from intake.mailbox.pipeline import Pipeline

IDENTITY = {"name": "union-intake", "version": "1.0", "vendor": "union-intake"}
TIMEOUT = SocketTimeout(connect=15, read=90)
LONGEST_LINE = 32 << 20
"""The UIDs of nearly three million letters; imaplib itself would give up at ninety thousand."""
LITERALS, ANY_LITERAL = 2, 1 << 20
"""By so much a letter may exceed the size that the server told, before its line is given up: sizes are only hints. And a literal that is never
too long, whatever the settings call an oversize letter: its head, or its first piece."""
# What a server says when it, not the code, is the trouble (RFC 5530 and the words of great providers): to be tried again, never told as a wrong code.
_PASSING = re.compile(
    r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG|CONTACTADMIN)\]|\bBYE\b|internal (server )?error|too (many|busy|frequent)|try (again )?later|temporar|system busy|系统繁忙|过于频繁",
    re.I,
)


def log_in(settings: MailboxSettings) -> tuple[IMAPClient, frozenset[str]]:
    """A connection on which we are logged in, and what its server can do; raises the world's errors of intake.errors."""
    if not settings.tls and not _loopback(settings.host):
        raise PlainMailboxRefused(settings.host)
    with world_errors():
        client = _connect(settings)
        with hung_up_on_failure(client):
            _name_ourselves(client, settings)
            return client, _capabilities(client)


def say_who(line: Pipeline) -> None:
    """Who we are, on every connection before any folder (NetEase refuses strangers); the answer is nobody's business."""
    line.send("ID", "(" + " ".join(f'"{word}"' for pair in IDENTITY.items() for word in pair) + ")")


@contextmanager
def hung_up_on_failure(client: IMAPClient) -> Iterator[None]:
    """Whatever goes wrong before somebody has the connection hangs it up."""
    try:
        yield
    except BaseException:
        with suppress(Exception):
            client.shutdown()
        raise


def _connect(settings: MailboxSettings) -> IMAPClient:
    context = ssl.create_default_context(cafile=settings.ca_file) if settings.tls else None
    client = _Client(settings.host, port=settings.port, ssl=settings.tls, ssl_context=context, timeout=TIMEOUT)
    client._imap.debug = 0
    client._imap.longest_literal = max(LITERALS * settings.maximum_letter_bytes, ANY_LITERAL)
    client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.normalise_times = False
    return client


def _name_ourselves(client: IMAPClient, settings: MailboxSettings) -> None:
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
