"""`intake rebuild` as it is typed: alone with the books, and never silent about what it could not derive again."""

from __future__ import annotations

import re
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from config.load import DEFAULT_CAMPAIGN
from intake.books.ledger import Ledger
from intake.books.lock import sole_process
from service.cli import intake
from service.commands.terminal import DONE, NEEDS_A_PERSON, WORLD_REFUSED, run
from tests.letters import plain_letter

Typed = Callable[..., int]


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Types a command of an office with three letters in its books; gives the exit code."""
    shutil.copytree(DEFAULT_CAMPAIGN, tmp_path / "campaign")
    (tmp_path / "intake.toml").write_text('campaign = "campaign"\ndata = "books"\nmode = "rehearsal"\nreading_processes = 1\n')
    (tmp_path / "letters").mkdir()
    for number in range(3):
        (tmp_path / "letters" / f"{number}.eml").write_bytes(plain_letter(number))

    def type_it(*words: str) -> int:
        monkeypatch.setattr(sys, "argv", ["intake", *words, "--config", str(tmp_path / "intake.toml"), "--now", "2022-08-02T12:00:00+08:00"])
        return run(intake)

    assert type_it("import", str(tmp_path / "letters")) in (DONE, NEEDS_A_PERSON)
    return type_it


def opened(folder: Path) -> int:
    with Ledger.open(folder / "books" / "ledger.db") as ledger:
        return sum(letter.state == "opened" for letter in ledger.letters())


def test_rebuild_is_refused_while_another_process_works_on_the_books(typed: Typed, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with sole_process(tmp_path / "books" / "intake.lock"):
        assert typed("rebuild") == WORLD_REFUSED
        assert "进程号" in capsys.readouterr().err
        assert typed("rebuild", "--check") == DONE  # looking on changes nothing
    assert typed("rebuild") == DONE


def test_rebuild_that_would_give_fewer_says_so_line_by_line_and_ends_with_1(typed: Typed, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert opened(tmp_path) == 3
    sha = sha256(plain_letter(1)).hexdigest()
    with closing(sqlite3.connect(tmp_path / "books" / "vault.db")) as vault, vault:
        assert vault.execute("UPDATE blob SET payload = zeroblob(size) WHERE sha256 = ?", [sha]).rowcount == 1
    capsys.readouterr()
    assert typed("rebuild", "--reread") == NEEDS_A_PERSON
    said = capsys.readouterr().out
    assert "推不出来" in said
    assert sha[:16] in said
    assert "intake restore" in said


def test_how_letters_leave_is_no_reason_to_judge_anybody_anew(typed: Typed, capsys: pytest.CaptureFixture[str]) -> None:
    """A restore itself decides the mode; the check it asks for afterwards must find everything as it was."""
    assert typed("decide", "mode", "审核后发", "--by", "郝老师") == DONE
    capsys.readouterr()
    assert typed("rebuild", "--check") == DONE, capsys.readouterr().out[:300]


def every_command(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The commands with all that stand below them."""
    yield path
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            yield from every_command(command, (*path, name))


@pytest.mark.parametrize("path", sorted(every_command(intake)))
def test_no_help_holds_a_word_of_the_librarys_own(path: tuple[str, ...]) -> None:
    said = CliRunner().invoke(intake, [*path, "--help"])
    assert said.exit_code == 0
    assert said.output.startswith("用法：")
    assert not re.search(r"Usage|Options|OPTIONS|Commands?\b|COMMAND|ARGS|Show |Commands:", said.output), said.output
