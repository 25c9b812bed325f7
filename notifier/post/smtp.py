"""Shell: the SMTP line (发信). Hands over finished bytes, one letter at a time, and reports exactly what the server said.

smtplib is driven command by command, because the one question that matters after a broken line - had the letter been handed
over already? - cannot be answered from `sendmail`.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from types import TracebackType

from config.settings import SmtpSettings
from intake.errors import PlainMailboxRefused, SmtpRefusedLogin, SmtpUnavailable
from notifier.post.dispatch import Answer, Stage

TIMEOUT_SECONDS = 60
LOOPBACK = ("127.0.0.1", "localhost", "::1")
STARTTLS_PORTS = (25, 587)


class Post:
    """邮路: one open, logged-in connection; use as a context manager so that QUIT is always said."""

    def __init__(self, connection: smtplib.SMTP, sender: str) -> None:
        self._connection = connection
        self._sender = sender

    def __enter__(self) -> Post:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Say QUIT if the line still stands; a dead line is simply let go."""
        try:
            self._connection.quit()
        except (smtplib.SMTPException, OSError):
            self._connection.close()

    def deliver(self, recipient: str, raw: bytes) -> Answer:
        """Hand one letter over; never raises for what the server says or for a dead line."""
        stage: Stage = "sender"
        handed_over = False
        try:
            code, text = self._connection.mail(self._sender)
            if code == 250:
                stage = "recipient"
                code, text = self._connection.rcpt(recipient)
            if code in (250, 251):
                stage = "content"
                code, text = self._connection.docmd("DATA")
            if code == 354:
                handed_over = True
                self._connection.send(letter_to_wire(raw))
                code, text = self._connection.getreply()
                # getreply gives -1 when a server hangs up without a word
                return Answer(code, read_words(text), stage, known=code > 0)
            if code > 0:
                self._connection.rset()
            return Answer(code if code > 0 else 421, read_words(text), stage)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            return Answer(421, f"连接中断：{error}", stage, known=not handed_over)
        except smtplib.SMTPException as error:
            return Answer(450, str(error), stage, known=not handed_over)


def open_post(settings: SmtpSettings) -> Post:
    """Connect and log in; raises SmtpUnavailable, SmtpRefusedLogin or PlainMailboxRefused, each with its cure."""
    if not settings.tls and settings.host not in LOOPBACK:
        raise PlainMailboxRefused(settings.host)
    try:
        connection = connect(settings)
        if settings.secret:
            connection.login(settings.user, settings.secret)
    except smtplib.SMTPAuthenticationError as error:
        raise SmtpRefusedLogin(f"{error.smtp_code} {read_words(error.smtp_error)}") from error
    except (smtplib.SMTPException, OSError) as error:
        raise SmtpUnavailable(str(error)) from error
    return Post(connection, settings.user)


def connect(settings: SmtpSettings) -> smtplib.SMTP:
    """The connection with its certificate verified: TLS from the first byte, or STARTTLS on the ports that begin in the clear."""
    if not settings.tls:
        return smtplib.SMTP(settings.host, settings.port, timeout=TIMEOUT_SECONDS)
    context = ssl.create_default_context(cafile=str(settings.ca_file) if settings.ca_file else None)
    if settings.port not in STARTTLS_PORTS:
        return smtplib.SMTP_SSL(settings.host, settings.port, timeout=TIMEOUT_SECONDS, context=context)
    connection = smtplib.SMTP(settings.host, settings.port, timeout=TIMEOUT_SECONDS)
    connection.starttls(context=context)
    return connection


def letter_to_wire(raw: bytes) -> bytes:
    """The bytes as DATA wants them: CRLF ends, leading dots doubled, the final dot (RFC 5321 4.5.2)."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", raw)
    quoted = re.sub(rb"(?m)^\.", b"..", lines)
    return quoted + (b"" if quoted.endswith(b"\r\n") else b"\r\n") + b".\r\n"


def read_words(text: bytes | str) -> str:
    """A reply's words; NetEase's help address in them is kept whole."""
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text
