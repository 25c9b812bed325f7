"""A private Dovecot as an ordinary process: loopback only, TLS with a certificate of its own, everything below one folder, gone afterwards."""

from __future__ import annotations

import grp
import itertools
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from imapclient import IMAPClient

from config.settings import MailboxSettings

SECRET = "secret"
START_SECONDS = 10.0
CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
protocols = imap
listen = 127.0.0.1
log_path = {folder}/dovecot.log
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
first_valid_uid = {uid}
first_valid_gid = {gid}
mail_location = maildir:{folder}/mail/%u
disable_plaintext_auth = no
auth_mechanisms = plain login
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
passdb {{
  driver = static
  args = password={secret}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Junk {{
    special_use = \\Junk
    auto = create
  }}
  mailbox Sent {{
    special_use = \\Sent
    auto = create
  }}
}}
"""


def find_dovecot() -> str | None:
    """Where dovecot is, None when it is not installed (or openssl, which makes its certificate)."""
    found = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    return found if found and shutil.which("openssl") else None


class Dovecot:
    """A running server; `new_user` gives every test a mailbox of its own."""

    def __init__(self) -> None:
        # The login process refuses to be root, so below root everything belongs to nobody; the folder must be readable on the way there.
        account = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        self._account = account
        self.folder = Path(tempfile.mkdtemp(prefix="intake-dovecot-"))
        self.port, self.tls_port = free_port(), free_port()
        self._numbers = itertools.count(1)
        self.user = ""

    def __enter__(self) -> Dovecot:
        self._prepare()
        program = find_dovecot() or "dovecot"
        more: dict[str, Any] = {}
        if os.geteuid() == 0:
            more = {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []}
        self._server = subprocess.Popen([program, "-F", "-c", str(self.folder / "dovecot.conf")], **more)
        self._wait()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.terminate()
        self._server.wait(15)
        shutil.rmtree(self.folder, ignore_errors=True)

    def new_user(self) -> str:
        """A user nobody has used before."""
        self.user = f"office{next(self._numbers)}@office.example"
        return self.user

    def settings(self, **more: Any) -> MailboxSettings:
        """Settings over TLS, verified against the server's own certificate."""
        held = {"host": "localhost", "port": self.tls_port, "user": self.user, "secret": SECRET, "ca_file": self.folder / "cert.pem"} | more
        return MailboxSettings(**held)  # type: ignore[arg-type]

    def session(self) -> IMAPClient:
        """A person at the same mailbox with another program."""
        context = ssl.create_default_context(cafile=str(self.folder / "cert.pem"))
        client = IMAPClient("localhost", port=self.tls_port, ssl=True, ssl_context=context, timeout=20)
        client.login(self.user, SECRET)
        return client

    def deliver(self, raw: bytes, when: datetime | None = None, folder: str = "INBOX") -> None:
        """Put a letter into a folder (made when missing) with this server time."""
        with self.session() as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            client.append(folder, raw, msg_time=when)

    def _prepare(self) -> None:
        for name in ("run", "state", "mail"):
            (self.folder / name).mkdir()
        subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650"]
        files = ["-keyout", str(self.folder / "key.pem"), "-out", str(self.folder / "cert.pem")]
        subprocess.run(["openssl", "req", "-x509", *key, *files, *subject], check=True, capture_output=True)
        group = grp.getgrgid(self._account.pw_gid).gr_name
        names = {"user": self._account.pw_name, "group": group, "uid": self._account.pw_uid, "gid": self._account.pw_gid}
        text = CONFIGURATION.format(folder=self.folder, port=self.port, tls_port=self.tls_port, secret=SECRET, **names)
        (self.folder / "dovecot.conf").write_text(text)
        self.folder.chmod(0o755)
        if os.geteuid() == 0:
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, self._account.pw_uid, self._account.pw_gid)

    def _wait(self) -> None:
        latest = time.monotonic() + START_SECONDS
        while time.monotonic() < latest and self._server.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.tls_port), 1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        log = self.folder / "dovecot.log"
        raise RuntimeError(f"dovecot did not start: {log.read_text() if log.exists() else 'no log'}")


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
