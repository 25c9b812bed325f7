"""What the documents say of the program is true of the program: every file and link is there, every command, option, target and setting exists."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest

from config.load import DEFAULT_CAMPAIGN
from config.settings import DeskSettings, MailboxSettings, Pacing, Scans, Settings, SmtpSettings
from service.cli import intake

ROOT = Path(__file__).parents[2]
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
COMMANDS = {name: intake.get_command(click.Context(intake), name) for name in intake.list_commands(click.Context(intake))}
FLOORS = "config|parsers|intake|notifier|service|tests|benchmarks|docs"
_PATH = re.compile(rf"(?<![\w/.])((?:{FLOORS})/[\w./*-]*[\w*])")
_QUOTED = re.compile(r"`([^`\n]+)`")
_BLOCK = re.compile(r"(?ms)^```\w*\n(.*?)^```")
_COMMAND = re.compile(r"(?:^|[\s`(（：]|/bin/|&& )intake (?:intake )?([a-z-][^`|。；，、）&\n]*)")
_LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
_OPTION = re.compile(r"^--[a-z][a-z-]+$")
_TARGET = re.compile(r"(?:^|&& |。|，)make ([a-z]+)\b", re.MULTILINE)
_SETTING = re.compile(r"^([a-z_]+) = ")
# Options of other programs that the documents speak of.
ELSEWHERE = {"--strict"}


def text_of(document: Path) -> str:
    return document.read_text(encoding="utf-8")


def told_paths() -> Iterator[tuple[str, str]]:
    """(document, path) for every path of the house that a document names, in words or in a block to be typed."""
    for document in DOCUMENTS:
        for piece in (*_QUOTED.findall(text_of(document)), *_BLOCK.findall(text_of(document))):
            for path in _PATH.findall(piece):
                yield str(document.relative_to(ROOT)), path.rstrip("./")


def told_links() -> Iterator[tuple[str, str]]:
    """(document, target) for every link and picture inside the project."""
    for document in DOCUMENTS:
        for target in _LINK.findall(_BLOCK.sub("", text_of(document))):
            yield str(document.relative_to(ROOT)), target


def told_commands() -> Iterator[tuple[str, str]]:
    """(document, words) for every command that a document prints, without comments and what a shell does with it."""
    for document in DOCUMENTS:
        for piece in (*_QUOTED.findall(text_of(document)), *_BLOCK.findall(text_of(document))):
            for words in _COMMAND.findall(piece):
                yield str(document.relative_to(ROOT)), re.split(r"\s(?:#|>|\||·)", words)[0].strip()


def find_command(words: list[str]) -> tuple[click.Command, list[str], click.Context]:
    """The command these words call, and what is left of them for it."""
    command: click.Command = intake
    context = click.Context(intake, info_name="intake")
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        inner = command.get_command(context, words[0])
        assert inner, f"no such command: {words[0]}"
        command, words = inner, words[1:]
        context = click.Context(command, parent=context, info_name=command.name)
    return command, words, context


def refuse(words: str) -> str:
    """Why this command line would be refused, "" when it would not (values are not looked at; arguments may be left out)."""
    try:
        command, rest, context = find_command(shlex.split(words))
        if isinstance(command, click.Group) and not command.invoke_without_command and not set(rest) <= {"--help"}:
            return f"{command.name}: no command"
        _, left, _ = command.make_parser(context).parse_args(rest)
    except (AssertionError, click.UsageError, ValueError) as error:
        return str(error)
    return f"too many words: {left}" if left else ""


@pytest.mark.parametrize(("document", "path"), sorted(set(told_paths())))
def test_every_file_that_a_document_names_is_there(document: str, path: str) -> None:
    assert list(ROOT.glob(path)) or list((ROOT / document).parent.glob(path)) or "名字" in path, f"{document}: {path}"


@pytest.mark.parametrize(("document", "target"), sorted(set(told_links())))
def test_every_link_and_picture_leads_somewhere(document: str, target: str) -> None:
    assert ((ROOT / document).parent / target).exists(), f"{document}: {target}"


@pytest.mark.parametrize(("document", "words"), sorted(set(told_commands())))
def test_every_command_that_a_document_prints_is_one_with_its_options(document: str, words: str) -> None:
    alternatives = [words]
    if found := re.search(r"(\S+/\S+/\S+|[a-z-]+/[a-z-]+)(?= |$)", words):  # approve/hold/drop
        alternatives = [words.replace(found[1], each) for each in found[1].split("/")] if "." not in found[1] and not found[1].startswith("/") and "备份" not in found[1] else [words]
    for line in alternatives:
        assert not refuse(line), f"{document}: intake {line}: {refuse(line)}"


def all_options() -> set[str]:
    """Every option of every command."""
    found: set[str] = set()
    waiting: list[click.Command] = [intake]
    while waiting:
        command = waiting.pop()
        found |= {name for param in command.get_params(click.Context(command)) if isinstance(param, click.Option) for name in param.opts}
        if isinstance(command, click.Group):
            waiting += [inner for name in command.list_commands(click.Context(command)) if (inner := command.get_command(click.Context(command), name))]
    return found


def test_every_option_named_by_itself_is_one_of_ours() -> None:
    known = all_options() | ELSEWHERE
    for document in DOCUMENTS:
        for piece in _QUOTED.findall(text_of(document)):
            if _OPTION.match(piece.split()[0]):
                assert piece.split()[0] in known, f"{document.name}: {piece}"


def test_every_target_of_make_exists() -> None:
    targets = set(re.findall(r"(?m)^([a-z]+):", text_of(ROOT / "Makefile")))
    for document in DOCUMENTS:
        for piece in (*_QUOTED.findall(text_of(document)), *_BLOCK.findall(text_of(document))):
            assert set(_TARGET.findall(piece)) <= targets, f"{document.name}: {piece}"


def test_every_setting_written_out_is_one() -> None:
    files = [ROOT / "docs" / "intake.example.toml", *DEFAULT_CAMPAIGN.rglob("*.toml")]
    known = {key for file in files for key in re.findall(r"(?m)^#?\s*([a-z_]+) = ", text_of(file))} | {"private", "format"}
    known |= {field.name for each in (Settings, MailboxSettings, SmtpSettings, DeskSettings, Pacing, Scans) for field in fields(each)}
    for document in DOCUMENTS:
        for piece in _QUOTED.findall(text_of(document)):
            if found := _SETTING.match(piece):
                assert found[1] in known, f"{document.name}: {piece}"


def test_every_command_is_told_to_staff_or_to_whoever_runs_it() -> None:
    told = {words.split()[0] for _, words in told_commands()}
    assert not set(COMMANDS) - told


def commands_below(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with the words that call it."""
    if path:
        yield path, command
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            inner = command.get_command(click.Context(command), name)
            assert inner
            yield from commands_below(inner, (*path, name))


@pytest.mark.parametrize(("path", "command"), [pytest.param(path, command, id=" ".join(path)) for path, command in commands_below(intake)])
def test_every_command_teaches_by_its_help_and_by_an_example_that_is_right(path: tuple[str, ...], command: click.Command) -> None:
    assert command.help
    for option in command.params:
        assert not isinstance(option, click.Option) or option.help or option.hidden, f"{path} {option.name}"
    examples = [line.strip() for line in command.help.partition("例：")[2].splitlines() if line.strip()]
    assert examples, path
    assert any(" ".join(("intake", *path)) in line for line in examples), path
    for line in examples:
        words = re.split(r"\s(?:#|>>?)", line.partition("intake ")[2])[0]
        assert not refuse(words), f"{line}: {refuse(words)}"


def test_the_documents_say_nothing_of_a_command_that_would_be_refused() -> None:
    """The tests above can fail: a slip in a command, an option or a word too many is seen."""
    assert refuse("stauts")
    assert refuse("status --instituton x")
    assert refuse("campaign chek x")
    assert refuse("status x")
    assert not refuse("status --institution 学校")
