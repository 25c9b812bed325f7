"""The house's own rules that no linter knows: what each module is, what a core may not touch, and how long a function may grow."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("config", "parsers", "intake", "notifier", "service")
MODULES = sorted(p for room in ROOMS for p in (ROOT / room).rglob("*.py") if p.name != "__init__.py")
OUTSIDE = {"os", "time", "random", "socket", "sqlite3", "subprocess", "logging", "threading", "multiprocessing", "smtplib", "imaplib", "secrets", "tempfile", "shutil", "urllib.request"}  # fmt: skip
SILENCES_A_LIBRARY = {"intake/opening/senders/second_opinion.py": {"logging"}}  # mail-parser writes whole headers to the log
CLOCKS = {"now", "today", "utcnow"}
FORBIDDEN_NAMES = {"utils", "helpers", "manager", "process", "handle", "data", "misc", "common"}
LONGEST_FUNCTION = 50


def name_of(path: Path) -> str:
    """A module's path below the root."""
    return str(path.relative_to(ROOT))


def kind_of(path: Path) -> str:
    """The first word of the module's docstring."""
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split(":")[0]


def imports_of(tree: ast.AST) -> Iterator[str]:
    """Every module imported anywhere in the file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_module_says_first_whether_it_is_words_core_or_shell(path: Path) -> None:
    """A reader knows at once what a file may do."""
    if path.name != "__main__.py":
        assert kind_of(path) in ("Words", "Core", "Shell")


@pytest.mark.parametrize("path", [p for p in MODULES if kind_of(p) in ("Core", "Words")], ids=name_of)
def test_a_core_knows_no_clock_no_disk_no_network_no_chance(path: Path) -> None:
    """`now` and state come in as values."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not {m for m in imports_of(tree) if m in OUTSIDE} - SILENCES_A_LIBRARY.get(name_of(path), set())
    calls = [n.func for n in ast.walk(tree) if isinstance(n, ast.Call)]
    assert not [f for f in calls if isinstance(f, ast.Attribute) and f.attr in CLOCKS]
    assert not [f for f in calls if isinstance(f, ast.Name) and f.id in ("open", "print", "input")]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_names_say_something_and_functions_stay_short(path: Path) -> None:
    """No drawer for everything; a function longer than a screen is two functions."""
    assert path.stem not in FORBIDDEN_NAMES
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]
    assert not [
        f"{f.name}: {f.end_lineno - f.lineno + 1} lines" for f in functions if f.end_lineno and f.end_lineno - f.lineno >= LONGEST_FUNCTION
    ]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_public_name_is_explained(path: Path) -> None:
    """A class or function that others may use has its sentence."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    public = [n for n in tree.body if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and not n.name.startswith("_")]
    assert not [n.name for n in public if not ast.get_docstring(n)]


ROOMY = {"intake/checks": 17, "parsers/formats": 40, "intake/books": 17, "notifier/letters": 14}  # one file a group of checks, a format, a chapter
MOST_FILES = 12


@pytest.mark.parametrize("folder", sorted({p.parent for p in MODULES}), ids=name_of)
def test_a_room_can_be_taken_in_at_one_look(folder: Path) -> None:
    """More than a dozen files beside the door means two rooms."""
    files = [p for p in folder.glob("*.py") if p.name != "__init__.py"]
    assert len(files) <= ROOMY.get(name_of(folder), MOST_FILES)
