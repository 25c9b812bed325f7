"""What the world refuses is told in one Chinese sentence with its cure; a second process is such a refusal."""

from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from intake import errors
from intake.books.ledger import Ledger
from intake.books.lock import sole_process
from intake.errors import LedgerLocked, World

KINDS = sorted((kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, World)), key=lambda k: k.__name__)


@pytest.mark.parametrize("kind", KINDS)
def test_every_refusal_says_what_to_do(kind: type[World]) -> None:
    """请…… or what happens by itself; and the other side's own words in brackets, on one line."""
    sentence = str(kind("the server's\r\n own   words"))
    assert re.search(r"请|自动再|不会丢失|腾出", sentence)
    assert sentence.endswith("（the server's own words）")
    assert "\n" not in sentence
    assert str(kind()) == kind.sentence


def test_every_refusal_has_a_sentence_of_its_own() -> None:
    """Nobody reads a general excuse."""
    assert len({kind.sentence for kind in KINDS}) == len(KINDS)


def test_a_second_process_is_refused_and_told_who_holds_the_books(tmp_path: Path) -> None:
    """The lock ends with the process, however that ends."""
    hold = f"import sys,time; from pathlib import Path; from intake.books.lock import sole_process\nwith sole_process(Path({str(tmp_path / 'lock')!r})): print(1, flush=True); sys.stdin.read()"
    first = subprocess.Popen([sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert first.stdout is not None
    first.stdout.readline()
    with pytest.raises(LedgerLocked, match=str(first.pid)), sole_process(tmp_path / "lock"):
        pass
    first.kill()
    first.communicate()
    with sole_process(tmp_path / "lock"):
        pass


def test_the_same_process_may_hold_it_again_after_letting_go(tmp_path: Path) -> None:
    """Also after an exception inside."""
    for _ in range(2):
        with pytest.raises(RuntimeError), sole_process(tmp_path / "lock"):
            raise RuntimeError


@pytest.mark.parametrize("turn", range(3))
def test_whoever_opens_new_books_first_shapes_them_and_the_others_wait(turn: int, tmp_path: Path) -> None:
    """Before: service, desk and a command at the very first start refused each other as our own bug (table already exists)."""
    together = Barrier(8)

    def opened(_: int) -> int:
        together.wait()
        with Ledger.open(tmp_path / "ledger.db") as ledger:
            return ledger.count_letters()

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(opened, range(8))) == [0] * 8
    assert [path.name for path in tmp_path.iterdir()] == ["ledger.db"]
