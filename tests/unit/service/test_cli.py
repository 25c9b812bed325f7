"""The console script's own rows: they say what the commands say, and the help opens no room."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from service.cli import SECTIONS, intake

ROWS = [row for rows in SECTIONS.values() for row in rows]


@pytest.mark.parametrize(("name", "said"), [(name, said) for name, _, said in ROWS])
def test_a_row_says_what_the_command_says(name: str, said: str) -> None:
    command = intake.get_command(click.Context(intake), name)
    assert command is not None
    assert command.get_short_help_str(80) == said


@pytest.mark.parametrize("room", sorted({room for _, room, _ in ROWS}))
def test_every_command_of_a_room_has_its_row(room: str) -> None:
    module = __import__(f"service.commands.{room}", fromlist=["COMMANDS"])
    assert {command.name for command in module.COMMANDS} == {name for name, of, _ in ROWS if of == room}


def loaded(*words: str) -> set[str]:
    """The modules in memory after this command line."""
    code = "import sys; from service.cli import intake; from service.commands.terminal import run; run(intake); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)
    return set(done.stderr.split())


def test_the_help_opens_no_books_and_no_mailbox() -> None:
    modules = loaded("--help")
    assert "service.cli" in modules
    assert not {"service.office", "intake.books", "imapclient", "openpyxl", "flask"} & modules


def test_a_slip_of_the_finger_is_told_the_near_command() -> None:
    done = subprocess.run([sys.executable, "-m", "service", "stauts"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "是不是 status" in done.stderr


def test_the_books_open_without_the_recogniser_s_arithmetic() -> None:
    modules = subprocess.run([sys.executable, "-c", "import sys, intake.books.database; print(*sys.modules)"], capture_output=True, text=True, check=True).stdout.split()
    assert "sqlite_utils" in modules
    assert "numpy" not in modules
