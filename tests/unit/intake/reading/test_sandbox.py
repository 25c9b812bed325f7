"""The reading child: whatever the bytes do to it comes back as a value, and the next piece of work finds a fresh child."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from intake.reading.jail import OPEN_AIR, Jail
from intake.reading.sandbox import Limits, Question, Sandbox
from intake.reading.tasks import Died, Failed

WORK = "tests.unit.intake.reading.hostile:work"
Make = Callable[..., Sandbox]


@pytest.fixture
def make() -> Iterator[Make]:
    """Makes sandboxes that are closed afterwards; one second of time unless told otherwise."""
    made: list[Sandbox] = []

    def make_one(jail: Jail | None = None, **limits: int) -> Sandbox:
        made.append(Sandbox(Limits(**({"seconds": 1} | limits)), WORK, jail))
        return made[-1]

    yield make_one
    for sandbox in made:
        sandbox.close()


def echo(sandbox: Sandbox, word: str = "还在") -> None:
    """The child works (again)."""
    assert sandbox.ask({"do": "echo", "say": word}, b"\x00\xff payload") == (word, [b"\x00\xff payload"])


def test_json_and_bytes_go_through_unchanged(make: Make) -> None:
    """Chinese, NUL and megabytes."""
    sandbox = make(seconds=20)
    echo(sandbox)
    big = os.urandom(1 << 20) * 8
    assert sandbox.ask({"do": "echo", "say": ["附件4", 1.5, None]}, big) == (["附件4", 1.5, None], [big])


@pytest.mark.parametrize(
    ("deed", "reason"),
    [("spin", "timeout"), ("sleep", "timeout"), ("memory", "memory"), ("segfault", "crash"), ("leave", "crash"), ("core", "crash")],
)
def test_whatever_the_bytes_do_it_is_a_value_and_the_next_one_is_answered(make: Make, deed: str, reason: str) -> None:
    """A loop, a sleep, eight gigabytes, a segmentation fault, an exit, an abort."""
    sandbox = make()
    echo(sandbox)
    found = sandbox.ask({"do": deed}, b"")
    assert isinstance(found, Died)
    assert found.reason == reason
    echo(sandbox)


def test_our_own_exception_comes_back_with_its_traceback(make: Make) -> None:
    """It is our mistake, not the letter's, and the child lives on."""
    sandbox = make()
    found = sandbox.ask({"do": "raise"}, b"")
    assert isinstance(found, Failed)
    assert "ZeroDivisionError" in found.traceback
    echo(sandbox)


def test_on_one_trip_a_death_costs_the_piece_it_was_at_and_no_other(make: Make) -> None:
    """Ten pieces go out at once; each comes back in its place, whatever became of those before it."""
    deeds = ("echo", "segfault", "echo", "raise", "spin", "echo", "memory", "babble", "leave", "echo")
    found = list(make().ask_all({"say": "还在"}, [Question({"do": deed}, deed.encode()) for deed in deeds]))
    assert [one.reason if isinstance(one, Died) else type(one).__name__ for one in found] == [
        "tuple", "crash", "tuple", "Failed", "timeout", "tuple", "memory", "crash", "crash", "tuple",
    ]  # fmt: skip
    assert [one for one in found if isinstance(one, tuple)] == [("还在", [b"echo"])] * 4


def test_every_piece_of_a_trip_has_its_own_time(make: Make) -> None:
    """Three naps that together take longer than one piece may."""
    assert list(make(seconds=1).ask_all({"do": "nap"}, [Question({"say": n}, b"") for n in range(3)])) == [(n, []) for n in range(3)]


def test_answers_nobody_waits_for_are_given_to_nobody_else(make: Make) -> None:
    """A round that is stopped in the middle of a trip: the next question gets its own answer."""
    sandbox = make()
    answers = sandbox.ask_all({"do": "echo"}, [Question({"say": word}, b"") for word in ("甲", "乙", "丙")])
    assert next(answers) == ("甲", [b""])
    echo(sandbox)  # while the one that was stopped is still held by its traceback
    answers.close()
    echo(sandbox)


def test_nonsense_on_the_pipe_is_a_crash_not_an_answer(make: Make) -> None:
    """A child that was taken over cannot make us believe or unpickle anything."""
    sandbox = make()
    assert isinstance(sandbox.ask({"do": "babble"}, b""), Died)
    echo(sandbox)


def test_an_answer_beyond_the_limit_is_not_read(make: Make) -> None:
    """A hundred kilobytes where fifty are allowed."""
    assert isinstance(make(reply=50_000).ask({"do": "flood"}, b""), Died)


def test_what_a_library_prints_does_not_disturb_the_answer(make: Make) -> None:
    """Standard output is nobody's."""
    assert make().ask({"do": "print"}, b"") == (None, [])


def test_the_child_sees_no_secret_of_ours(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty environment but for path, language and its own folder, which is gone afterwards."""
    monkeypatch.setenv("INTAKE_MAILBOX_SECRET", "hush")
    sandbox = make()
    found = sandbox.ask({"do": "environment"}, b"")
    assert isinstance(found, tuple)
    assert set(found[0]) <= {"PATH", "LC_ALL", "TMPDIR", "LC_CTYPE", "cwd"}
    folder = Path(found[0]["cwd"])
    assert folder.is_dir()
    sandbox.close()
    assert not folder.exists()


@pytest.mark.parametrize(("deed", "limit"), [("write", {"written": 1 << 20}), ("open", {"open_files": 64})])
def test_files_are_limited(make: Make, deed: str, limit: dict[str, int]) -> None:
    """Neither a full disk nor a thousand open files."""
    found = make(**limit).ask({"do": deed}, b"")
    assert isinstance(found, Failed)
    assert "OSError" in found.traceback


def test_a_process_the_child_started_dies_with_it(make: Make) -> None:
    """An unpacking program must not outlive the reader that called it, also where there is no jail."""
    sandbox = make(OPEN_AIR)
    folder = Path(str(sandbox.ask({"do": "environment"}, b"")[0]["cwd"]))  # type: ignore[index]
    clock = time.monotonic()
    number = 0

    def remember() -> None:
        nonlocal number
        while time.monotonic() - clock < 60 and not number:
            with suppress(OSError, ValueError):
                number = int((folder / "grandchild").read_text())

    import threading

    watcher = threading.Thread(target=remember)
    watcher.start()
    assert isinstance(sandbox.ask({"do": "grandchild"}, b""), Died)
    watcher.join()
    assert number
    assert not running(number)


def running(number: int) -> bool:
    """True while a process lives (a dead one that nobody has waited for does not count)."""
    for _ in range(200):
        try:
            state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return False
        if state == "Z":
            return False
        time.sleep(0.01)
    return True


def test_the_child_is_replaced_after_its_number_of_calls(make: Make) -> None:
    """What a library leaks does not pile up."""
    sandbox = make(calls=2)
    folders = [sandbox.ask({"do": "environment"}, b"")[0]["cwd"] for _ in range(4)]  # type: ignore[index]
    assert folders[0] == folders[1] != folders[2] == folders[3]
