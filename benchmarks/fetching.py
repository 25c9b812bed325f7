"""Fetching beside a raw socket and imap_tools: 300 letters of 151 KB over a line of 60 ms, and the commands of a poll that finds nothing.

usage: python -m benchmarks.fetching [TIMES]      medians of so many runs (5), in turns, so that all meet the same load
The floor is a raw socket that sends everything in one flight after the log-in, knows nothing of sizes, and throws away what it reads.
Ours keeps every letter in the vault and the ledger; imap_tools (where it is installed) keeps nothing either.
"""

from __future__ import annotations

import base64
import random
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.far_server import FOLDERS, FarServer, far_server, log_in_words
from benchmarks.performance_row import Row
from config.settings import MailboxSettings
from intake.mailbox import Mailbox, fetch_letters
from tests.letters import books
from tests.live.dovecot import SECRET

LETTERS, BYTES, ROUND_TRIP = 300, 151_000, 0.060
OUTSIDE_THE_INBOX = 20
NOW = datetime(2022, 8, 1, tzinfo=UTC)
NUMBER = 0


def letters() -> list[tuple[str, bytes]]:
    """Three hundred letters with a file each, most of them in the inbox, some in each other folder."""
    made = []
    for number in range(LETTERS):
        file = base64.encodebytes(random.Random(number).randbytes(BYTES * 37 // 50)).replace(b"\n", b"\r\n")
        head = f"From: u{number}@university.example\r\nSubject: letter {number}\r\nMessage-ID: <{number}@university.example>\r\n"
        raw = (head + "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n").encode() + file
        place = number - (LETTERS - 3 * OUTSIDE_THE_INBOX)
        made.append((FOLDERS[0] if place < 0 else FOLDERS[1 + place // OUTSIDE_THE_INBOX], raw))
    return made


def settings_of(far: FarServer) -> MailboxSettings:
    """Our settings for it."""
    return MailboxSettings(host="127.0.0.1", port=far.port, tls=False, user=far.user, secret=SECRET, folders=FOLDERS)


def ours(far: FarServer, folder: Path) -> float:
    """Seconds to fetch and keep everything, from nothing to hanging up."""
    ledger, vault = books(folder)
    settings = settings_of(far)
    with ledger, vault:
        began = time.perf_counter()
        with Mailbox.open(settings) as mailbox:
            found = fetch_letters(mailbox, ledger, vault, settings, NOW)
        taken = time.perf_counter() - began
    if found.new != LETTERS:
        raise SystemExit(f"{found.new} of {LETTERS} letters")
    return taken


def raw_socket(far: FarServer) -> float:
    """Seconds of the least that can be done: log in, then all folders in one flight, read and thrown away."""
    began = time.perf_counter()
    with socket.create_connection(("127.0.0.1", far.port)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _until(line, b"\r\n")
        line.sendall(f"A LOGIN {log_in_words(far.user)}\r\n".encode())
        _until(line, b"A OK")
        names = ("INBOX", "&V4NXPpCuTvY-", "&Xn9USpCuTvY-", "&i6KWBZCuTvY-")
        flight = "".join(f'E{n} EXAMINE "{name}"\r\nF{n} UID FETCH 1:* (BODY.PEEK[])\r\n' for n, name in enumerate(names))
        line.sendall(f"{flight}Z LOGOUT\r\n".encode())
        read = _until(line, b"\r\nZ OK")
    taken = time.perf_counter() - began
    if read < LETTERS * BYTES:
        raise SystemExit(f"the raw socket read {read} bytes")
    return taken


def _until(line: socket.socket, end: bytes) -> int:
    """Read until these bytes came; gives how many bytes that were."""
    tail, count = b"", 0
    while end not in tail:
        got = line.recv(1 << 20)
        if not got:
            raise SystemExit("the line broke")
        count += len(got)
        tail = tail[-200:] + got[-4096:] if len(got) > 4096 else tail[-4096:] + got
    return count


def imap_tools(far: FarServer, bulk: bool) -> float:
    """Seconds of what a user would write with imap_tools: its usual loop, or in bulk."""
    from imap_tools import MailBoxUnencrypted

    began, count = time.perf_counter(), 0
    with MailBoxUnencrypted("127.0.0.1", far.port).login(far.user, SECRET) as box:
        for name in FOLDERS:
            box.folder.set(name, readonly=True)
            count += sum(len(message.obj.as_bytes()) > BYTES // 2 for message in box.fetch(mark_seen=False, bulk=bulk))
    if count != LETTERS:
        raise SystemExit(f"imap_tools: {count} of {LETTERS}")
    return time.perf_counter() - began


def has_imap_tools() -> bool:
    """Whether the peer is installed."""
    try:
        import imap_tools  # noqa: F401
    except ImportError:
        return False
    return True


def idle(far: FarServer, folder: Path) -> tuple[int, int, float]:
    """Commands of a poll that finds nothing, on a new line and on one kept from the poll before, and the seconds of the latter."""
    ledger, vault = books(folder)
    settings = settings_of(far)
    with ledger, vault:
        far.counted()
        with Mailbox.open(settings) as mailbox:
            fetch_letters(mailbox, ledger, vault, settings, NOW)
        time.sleep(4 * ROUND_TRIP)  # the good-bye is on its way
        anew = far.counted()
        with Mailbox.open(settings) as mailbox:
            fetch_letters(mailbox, ledger, vault, settings, NOW)
            far.counted()
            began = time.perf_counter()
            mailbox.begin(names_too=False)
            fetch_letters(mailbox, ledger, vault, settings, NOW)
            taken = time.perf_counter() - began
            kept = far.counted()
    return anew, kept, taken


def rows(times: int = 5) -> list[Row]:
    """Fetching and the idle poll, medians."""
    peers: dict[str, Callable[[FarServer], float]] = {}
    if has_imap_tools():
        peers = {"imap_tools bulk": lambda far: imap_tools(far, bulk=True)}
    taken: dict[str, list[float]] = {name: [] for name in ("ours", "raw socket", *peers)}
    with far_server(letters(), ROUND_TRIP) as far, tempfile.TemporaryDirectory() as folder:
        for number in range(times):
            taken["raw socket"].append(raw_socket(far))
            taken["ours"].append(ours(far, Path(folder) / str(number)))
            for name, work in peers.items():
                taken[name].append(work(far))
        loop = {"imap_tools loop": imap_tools(far, bulk=False)} if peers else {}
        anew, kept, seconds = idle(far, Path(folder) / "0")
    medians = {name: statistics.median(each) for name, each in taken.items()}
    floor, mine = medians.pop("raw socket"), medians.pop("ours")
    pairs = statistics.median(o / f for o, f in zip(taken["ours"], taken["raw socket"], strict=True))
    return [
        Row(
            "收信", f"{LETTERS} letters of {BYTES // 1000} KB in four folders, {1000 * ROUND_TRIP:.0f} ms there and back", mine, "s", floor,
            medians | loop, "<= 1.5 x a raw socket that pipelines the same folders", mine <= 1.5 * floor,
            f"wall, medians of {times} in turns; median of the ratios {pairs:.2f}; ours keeps every letter (vault and ledger), the others none",
        ),
        Row("收信", "commands of an idle poll of four folders, on a new line", anew, "commands", None, {}, "<= 5", anew <= 5, "greeting to good-bye, Dovecot"),
        Row("收信", "the same on the line kept from the poll before", kept, "commands", None, {}, "<= 5", kept <= 5, f"{seconds:.3f} s; a server without LIST-STATUS: 5 (four EXAMINE, one FETCH)"),
    ]  # fmt: skip


def main(times: int = 5) -> int:
    """Print the rows; 1 when a target is missed."""
    found = rows(times)
    for row in found:
        print(row.line())
    return 0 if all(row.met for row in found) else 1


if __name__ == "__main__":
    raise SystemExit(main(*[int(word) for word in sys.argv[1:]]))
