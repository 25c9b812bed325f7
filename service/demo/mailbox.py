"""Shell: a whole mailbox inside this process (演示信箱) - IMAP by pymap, SMTP by aiosmtpd, one thread, memory only, letters byte for byte.

It plays NetEase on purpose, so that the demo and the tests meet what the real one does: `Unsafe Login` before ID, no IDLE and no MOVE,
an empty STATUS, UIDVALIDITY always 1, folders with Chinese names, a sender that must be the mailbox itself. Needs the extra
`demo`; nothing but the demo and the tests may import it.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from argparse import Namespace
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, NamedTuple, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import Config, DictBackend
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxData, MailboxSet
from pymap.context import connection_exit
from pymap.imap import IMAPConnection, IMAPServer
from pymap.imap.state import ConnectionState
from pymap.parsing.message import AppendMessage
from pymap.parsing.response import ResponseNo, ResponseOk
from pymap.parsing.response.code import Capability
from pymap.parsing.response.specials import StatusResponse
from pysasl.hashing import Cleartext

HOST = "127.0.0.1"
SENT = "已发送"
FOLDERS = ("草稿箱", SENT, "已删除", "垃圾邮件", "广告邮件", "订阅邮件", "病毒文件夹")
MAXIMUM_BYTES = 64 << 20
START_SECONDS = 15.0
logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd warns of its own deprecated attribute at every log-in


class Taken(NamedTuple):
    """已收下的信: one letter the SMTP side accepted."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes


class Netease(ConnectionState):
    """网易的习惯: what 163.com is known to do differently (transcripts of other people's programs)."""

    HIDDEN: ClassVar[frozenset[bytes]] = frozenset({b"IDLE", b"MOVE", b"ENABLE", b"UNSELECT", b"NAMESPACE", b"STATUS=SIZE"})
    identified = False

    @property
    def capability(self) -> Capability:
        """Fewer abilities than the server really has."""
        return Capability([name for name in super().capability.capabilities if name not in self.HIDDEN])

    async def do_id(self, cmd: Any) -> Any:
        """The client says who it is."""
        self.identified = True
        return await super().do_id(cmd)

    async def do_select(self, cmd: Any) -> Any:
        """SELECT and EXAMINE, refused to a stranger although the log-in succeeded."""
        if not self.identified:
            return ResponseNo(cmd.tag, cmd.command + b" Unsafe Login. Please contact kefu@188.com for help"), None
        return await super().do_select(cmd)

    async def do_status(self, cmd: Any) -> Any:
        """`* STATUS "INBOX" ()`: an answer without any number."""
        answer = ResponseOk(cmd.tag, cmd.command + b" completed.")
        answer.add_untagged(StatusResponse(cmd.mailbox, {}))
        return answer, None


class DemoMailbox:
    """演示信箱: `deliver` puts a letter in at a chosen time; `sent` is everything SMTP took; `faults` are its next misfortunes, in order.

    A fault is `"450 …"`, `"554 DT:SPM …"` and the like (the answer to the next letter), `"rcpt 550 …"` (to the next recipient), `"drop"`
    (the line dies, nothing was taken) or `"drop_after"` (taken, and then the line dies). With `copy_to_sent` every letter taken
    also stands in 已发送, as 163's option 「SMTP发信后保存到服务器」 does; with `sent_folder` it is also written there as an .eml file.
    """

    def __init__(
        self,
        user: str = "intake@office.example",
        secret: str = "demo-authorisation-code",  # noqa: S107 - the invented code of an invented mailbox
        *,
        sent_folder: Path | None = None,
        copy_to_sent: bool = True,
        state: type[ConnectionState] = Netease,
        first_uid: int = 101,
    ) -> None:
        self.user, self.secret, self.copy_to_sent = user, secret, copy_to_sent
        self.sent: list[Taken] = []
        self.faults: list[str] = []
        self.imap_port = self.smtp_port = 0
        self._sent_folder, self._state, self._first_uid = sent_folder, state, first_uid
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._live, name="demo-mailbox", daemon=True)
        self._failure: BaseException | None = None

    def __enter__(self) -> DemoMailbox:
        self._thread.start()
        if not self._ready.wait(START_SECONDS) or self._failure:
            raise RuntimeError("the demo mailbox did not start") from self._failure
        for path in self._written() if self.copy_to_sent else ():
            self.deliver(path.read_bytes(), folder=SENT)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def deliver(self, raw: bytes, when: datetime | None = None, folder: str = "INBOX") -> None:
        """Put a letter into a folder (made when missing), with this server time; returns when it is there."""
        self._wait_for(self._append(raw, when or datetime.now(UTC), folder))

    def letters(self, folder: str = "INBOX") -> tuple[bytes, ...]:
        """The raw letters of a folder, oldest first, without asking the IMAP side (which would be a session of its own)."""
        found: tuple[bytes, ...] = self._wait_for(self._raws(folder))
        return found

    def _wait_for(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _append(self, raw: bytes, when: datetime, folder: str) -> None:
        await (await self._folder(folder)).append(AppendMessage(raw, when), recent=True)

    async def _raws(self, folder: str) -> tuple[bytes, ...]:
        box = await self._folder(folder)
        return tuple([bytes(message._content) async for message in box.messages() if message._content is not None])

    async def _folder(self, name: str) -> MailboxData:
        boxes: MailboxSet = self._config.set_cache[self.user][0]
        try:
            return await boxes.get_mailbox(name)
        except KeyError:
            await boxes.add_mailbox(name)
        box = await boxes.get_mailbox(name)
        self._number(box)
        return box

    def _number(self, box: MailboxData) -> None:
        """UIDVALIDITY 1 for ever; the first UID as asked (pymap's expunge counts up to the last one, so large ones are for reading only)."""
        box._uid_validity = 1
        box._max_uid = max(box._max_uid, self._first_uid - 1)

    # SMTP: the names of these three are aiosmtpd's

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
        """Only after log-in, and the envelope sender must be the mailbox itself; an empty one is refused too."""
        if not session.authenticated:
            return "530 authentication is required"
        if address.lower() != self.user.lower():
            return "553 Mail from must equal authorized user"
        envelope.mail_from = address
        return "250 Mail OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
        """A recipient, unless the next fault is about recipients."""
        if self.faults and self.faults[0].startswith("rcpt "):
            return self.faults.pop(0)[5:]
        envelope.rcpt_tos.append(address)
        return "250 Mail OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """The letter itself, or the next fault."""
        fault = self.faults.pop(0) if self.faults else ""
        if fault[:1].isdigit():
            return fault
        if fault != "drop":
            await self._take(envelope)
        if fault:
            cast(asyncio.WriteTransport, server.transport).abort()
            return "421 gone"
        return "250 Mail OK queued"

    async def _take(self, envelope: Envelope) -> None:
        raw = bytes(envelope.original_content or b"")
        taken = Taken(str(envelope.mail_from), tuple(envelope.rcpt_tos), raw)
        if self.copy_to_sent:
            await self._append(raw, datetime.now(UTC), SENT)
        if self.user.lower() in (recipient.lower() for recipient in taken.recipients):
            await self._append(raw, datetime.now(UTC), "INBOX")
        self.sent.append(taken)
        if self._sent_folder:
            self._write(self._sent_folder, raw)

    def _written(self) -> list[Path]:
        """The letters an earlier life of this mailbox took, in order: a killed demo goes on with them in 已发送."""
        return sorted(self._sent_folder.glob("*.eml")) if self._sent_folder else []

    def _write(self, folder: Path, raw: bytes) -> None:
        """Write a letter taken under the next number, whole or not at all, before the sender hears yes."""
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{len(self._written()) + 1:04d}.eml"
        target.with_suffix(".part").write_bytes(raw)
        target.with_suffix(".part").replace(target)

    # Life

    def _live(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            self._failure = error
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        imap = await self._start_imap()
        smtp = await self._loop.create_server(self._smtp, HOST, 0)
        self.imap_port, self.smtp_port = imap.sockets[0].getsockname()[1], smtp.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        imap.close()
        smtp.close()

    async def _start_imap(self) -> asyncio.Server:
        asked = Namespace(demo_data=False, demo_user=self.user, demo_password=self.secret, host=HOST, port=0, debug=False, cert=None)
        vars(asked).update(key=None, passlib_cfg=None, tls=False, proxy_protocol=None, inherited_sockets=None)
        backend, self._config = await DictBackend.init(asked, hash_context=Cleartext())  # the default costs 120 ms a log-in
        self._config.set_cache[self.user] = MailboxSet(), FilterSet()
        self._number(await self._folder("INBOX"))
        for name in FOLDERS:
            await self._folder(name)
        server = _server(self._state, backend.login, self._config)
        return await asyncio.start_server(ProxyProtocolReader(self._config.proxy_protocol).get_callback(server), HOST, 0)

    def _smtp(self) -> SMTP:
        return SMTP(
            self,
            authenticator=self._authenticate,
            auth_require_tls=False,
            enable_SMTPUTF8=True,
            data_size_limit=MAXIMUM_BYTES,
            hostname="smtp.office.example",
        )

    def _authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, told: Any) -> AuthResult:
        known = (told.login, told.password) == (self.user.encode(), self.secret.encode())
        return AuthResult(success=known, handled=False)  # "handled" would leave a refused client waiting for its answer


def _server(state: type[ConnectionState], login: Any, config: Config) -> Callable[..., Any]:
    """pymap's own server, with our kind of connection."""

    class Server(IMAPServer):
        async def __call__(self, reader: Any, writer: Any, info: Any) -> None:
            connection = IMAPConnection(self.commands, config, reader, writer, info)
            async with AsyncExitStack() as stack:
                connection_exit.set(stack)
                stack.enter_context(closing(connection))
                await connection.run(state(login, config))

    return Server(login, config)
