"""What the documents say of the program is true of the program: every file they name is there, every command they print exists and is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from service.cli import intake

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "DESIGN.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMANDS = {name: intake.get_command(click.Context(intake), name) for name in intake.list_commands(click.Context(intake))}
_PATH = re.compile(r"`((?:config|parsers|intake|notifier|service|tests|benchmarks|docs)/[\w./*-]*)")
_COMMAND = re.compile(r"(?:`|^|\s|\.venv/bin/)intake ((?:[a-z][a-z-]*)(?: [a-z][a-z-]*)?)", re.MULTILINE)
_PICTURE = re.compile(r"!\[[^\]]*\]\(([^)]+)\)")


def told_paths() -> Iterator[tuple[str, str]]:
    """(document, path) for every path of the house that a document names."""
    for document in DOCUMENTS:
        for path in _PATH.findall(document.read_text(encoding="utf-8")):
            yield document.name, path.rstrip("./")


def told_commands() -> Iterator[tuple[str, str]]:
    """(document, words) for every command that a document prints."""
    for document in DOCUMENTS:
        for words in _COMMAND.findall(document.read_text(encoding="utf-8")):
            yield document.name, words


@pytest.mark.parametrize(("document", "path"), sorted(set(told_paths())))
def test_every_file_that_a_document_names_is_there(document: str, path: str) -> None:
    assert list(ROOT.glob(path)) or "名字" in path, f"{document}: {path}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d.name)
def test_every_picture_is_there(document: Path) -> None:
    for picture in _PICTURE.findall(document.read_text(encoding="utf-8")):
        assert (document.parent / picture).exists(), picture


@pytest.mark.parametrize(("document", "words"), sorted(set(told_commands())))
def test_every_command_that_a_document_prints_exists(document: str, words: str) -> None:
    first, *rest = words.split()
    command = COMMANDS.get(first)
    assert command, f"{document}: intake {words}"
    if isinstance(command, click.Group) and rest:
        assert rest[0] in command.list_commands(click.Context(command)), f"{document}: intake {words}"


def test_every_command_is_told_to_staff_or_to_whoever_runs_it() -> None:
    told = {words.split()[0] for _, words in told_commands()}
    assert not set(COMMANDS) - told


def test_every_command_teaches_by_its_help() -> None:
    for name, command in COMMANDS.items():
        assert command is not None, name
        assert command.help, name
        for option in command.params:
            assert not isinstance(option, click.Option) or option.help or option.hidden, f"{name} {option.name}"
