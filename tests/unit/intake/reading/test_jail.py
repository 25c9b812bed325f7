"""A deliberately malicious reader in its jail: what it tries, and that nothing comes of it."""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from intake.codec import value_to_plain
from intake.reading.engine import Child, found_to_outcome
from intake.reading.jail import OPEN_AIR, Jail, find_jail
from intake.reading.sandbox import Found, Limits, Question, Sandbox
from intake.reading.tasks import Died, Task
from parsers.form import Reading
from parsers.read import read

WORK = "tests.unit.intake.reading.hostile:work"
needs_jail = pytest.mark.skipif(find_jail() == OPEN_AIR, reason="no bubblewrap that works on this machine")
DISK = 8 << 20


@pytest.fixture
def jailed() -> Iterator[Sandbox]:
    """A sandbox in the best jail of this machine, with eight megabytes of scratch space and at most sixteen processes."""
    sandbox = Sandbox(Limits(seconds=60, written=DISK, processes=16), WORK)
    yield sandbox
    sandbox.close()


@needs_jail
def test_code_running_as_the_reader_reaches_nothing_of_ours(jailed: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTAKE_MAILBOX_SECRET", "hush")
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.2)
    ours = {name: tmp_path / name for name in ("secret", "ledger", "vault", "checkout")}
    for path in ours.values():
        path.write_text("hush")
        path.chmod(0o666)
    tmp_path.chmod(0o777)
    request = {"do": "attack", "port": listener.getsockname()[1], "parent": os.getpid(), "disk": DISK + (1 << 20)}
    found = jailed.ask(request | {name: str(path) for name, path in ours.items()}, b"")
    assert isinstance(found, tuple), found
    allowed = {name for name, outcome in found[0].items() if outcome == "done"}
    # As plain root in a user namespace the number of processes cannot be bound (setrlimit(2)); they die with the jail all the same.
    unbound = {"forks"} if os.geteuid() == 0 and not find_jail().as_nobody else set()
    # A process of the jail may look at its own parent, which is the jail's first process: it knows nothing of ours.
    assert allowed <= unbound | {"parent_environment"}
    with pytest.raises(TimeoutError):
        listener.accept()
    assert all(path.read_text() == "hush" for path in ours.values())
    listener.close()


@needs_jail
def test_a_daemon_dies_with_the_jail(jailed: Sandbox) -> None:
    before = processes()
    assert jailed.ask({"do": "linger"}, b"") == ("innocent", [])
    jailed.close()
    assert eventually(lambda: not {p for p in processes() - before if mentions(p, "hostile")})


@pytest.mark.parametrize("jail", [pytest.param(OPEN_AIR, id="limits"), pytest.param(None, id="jail", marks=needs_jail)])
def test_children_die_with_their_parent(jail: Jail | None) -> None:
    """The parent is killed outright in the middle of a long reading: nobody is left to close anything."""
    code = (
        "import sys; sys.path[:0] = [sys.argv[1]]\n"
        "from intake.reading.sandbox import Sandbox, Limits\nfrom intake.reading.jail import OPEN_AIR\n"
        f"s = Sandbox(Limits(seconds=600), {WORK!r}, {'OPEN_AIR' if jail is OPEN_AIR else None})\n"
        "s.ask({'do': 'echo', 'say': 1}, b'')\nprint('up', flush=True)\ns.ask({'do': 'spin'}, b'')\n"
    )
    root = str(Path(__file__).parents[4])
    before = processes()
    parent = subprocess.Popen([sys.executable, "-c", code, root], stdout=subprocess.PIPE, cwd=root)
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"up\n"
    assert [p for p in processes() - before if mentions(p, "hostile")]
    parent.kill()
    parent.wait()
    assert eventually(lambda: not [p for p in processes() - before if mentions(p, "hostile")])


LIES = {
    "a list": b"[]",
    "a number": b"7",
    "a string": b'"failed"',
    "null": b"null",
    "no value": b'{"blobs": 0}',
    "no blobs": b'{"value": 1}',
    "blobs as text": b'{"value": 1, "blobs": "many"}',
    "blobs below zero": b'{"value": 1, "blobs": -1}',
    "blobs without end": b'{"value": 1, "blobs": 99999999999}',
    "blobs as truth": b'{"value": 1, "blobs": true}',
    "depth": b"[" * 200_000,
    "not text": b"\xff\xfe\x00",
    "empty": b"",
}


@pytest.mark.parametrize("name", LIES)
def test_a_lying_child_never_raises(name: str) -> None:
    sandbox = Sandbox(Limits(seconds=20), WORK)
    try:
        frame = struct.pack(">Q", len(LIES[name])) + LIES[name]
        assert isinstance(sandbox.ask({"do": "lie", "frame": frame.decode("latin-1")}, b""), Died)
    finally:
        sandbox.close()


@pytest.mark.parametrize(
    "value", [b"{}", b"[]", b"null", b'{"sha256": 5}', b'{"sha256": "x", "attachments": [[]]}', b'{"status": "marvellous"}']
)
def test_an_answer_that_is_no_letter_and_no_reading_is_a_death(value: bytes) -> None:
    answer = b'{"value": ' + value + b', "blobs": 0}'
    frame = struct.pack(">Q", len(answer)) + answer
    for kind in ("open", "read"):
        engine = Child(Limits(seconds=20))
        engine._sandbox = Liar(frame)  # type: ignore[assignment]
        [(_, outcome)] = engine.run([Task(kind=kind, key="k", payload=b"")])  # type: ignore[arg-type]
        assert isinstance(outcome, Died)


class Liar(Sandbox):
    """A sandbox whose child answers every task with the same frame."""

    def __init__(self, frame: bytes) -> None:
        super().__init__(Limits(seconds=20), WORK)
        self._frame = frame

    def ask_all(self, common: Mapping[str, Any], questions: Sequence[Question]) -> Generator[Found]:
        try:
            yield from super().ask_all({"do": "lie", "frame": self._frame.decode("latin-1")}, questions)
        finally:
            self.close()


def processes() -> set[int]:
    """The numbers of all processes."""
    return {int(p.name) for p in Path("/proc").glob("[0-9]*")}


def mentions(number: int, word: str) -> bool:
    """True for a living process whose command line has the word."""
    try:
        return word.encode() in Path(f"/proc/{number}/cmdline").read_bytes()
    except OSError:
        return False


def eventually(true: object) -> bool:
    """True as soon as it is, after a minute at the latest."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if true():  # type: ignore[operator]
            return True
        time.sleep(0.02)
    return False


def test_a_child_outlives_the_thread_that_first_asked_it() -> None:
    """Request threads come and go; a child told to die with its parent must not die with one of them."""
    sandbox = Sandbox(Limits(seconds=60), WORK)
    numbers: list[object] = []
    try:
        for _ in range(3):
            thread = threading.Thread(target=lambda: numbers.append(sandbox.ask({"do": "number"}, b"")))
            thread.start()
            thread.join()
            time.sleep(0.05)
        assert len({repr(number) for number in numbers}) == 1
        assert isinstance(numbers[0], tuple)
    finally:
        sandbox.close()


def test_a_reading_of_other_bytes_is_a_death() -> None:
    """What a child says of one file is never taken for what another says."""
    reading = value_to_plain(read(b"one,1", "a.csv", ()))
    for payload, kind in ((b"one,1", Reading), (b"two,2", Died)):
        task = Task(kind="read", key="k", payload=payload)
        assert type(found_to_outcome(task, (reading, []))) is kind
