"""The papers made from the house are those of today: the table of findings, and a licence for everything that is installed with it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("packaging", reason="packaging is not installed")
from benchmarks.papers import GROUPS, findings_page, licence_rows
from intake.checks import CATALOGUE, sentences

ROOT = Path(__file__).parents[2]
CURE = "run `make papers`"


def test_the_table_of_findings_is_what_the_code_says() -> None:
    assert (ROOT / "docs" / "findings.md").read_text(encoding="utf-8") == findings_page(), CURE


def test_the_table_has_every_code_once_with_the_file_that_raises_it() -> None:
    told = re.findall(r"(?m)^\| ([A-Z]\d\d) \|.*\| \[[\w.]+\]\((\.\./[\w./-]+)\) \|$", findings_page())
    assert sorted(code for code, _ in told) == sorted(CATALOGUE)
    assert all((ROOT / "docs" / path).resolve().exists() for _, path in told)
    assert sum(len(getattr(sentences, name)) for name, _ in GROUPS) == len(CATALOGUE)


def test_everything_installed_with_it_has_its_licence_in_the_table() -> None:
    table = (ROOT / "docs" / "LICENSES.md").read_text(encoding="utf-8")
    for name, row in licence_rows().items():
        _, _, version, licence, *_ = (part.strip() for part in row.split("|"))
        assert re.search(rf"(?m)^\| {re.escape(name)} \| \S+ \| {re.escape(licence)} \| ", table), f"{name} {version}: {CURE}"


def test_the_versions_in_the_table_are_the_pinned_ones() -> None:
    pinned = {name.lower().replace("_", "-").replace(".", "-"): version for name, version in re.findall(r"(?m)^([\w.-]+)==(\S+)$", (ROOT / "constraints.txt").read_text(encoding="utf-8"))}
    for name, version in re.findall(r"(?m)^\| ([a-z0-9-]+) \| (\d\S*) \|", (ROOT / "docs" / "LICENSES.md").read_text(encoding="utf-8")):
        assert pinned.get(name, version) == version, f"{name}: {CURE}"


def test_nothing_asks_more_of_us_than_the_lesser_licences() -> None:
    for line in (ROOT / "docs" / "LICENSES.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("| ") and "GPL" in line:
            assert re.search(r"LGPL|Lesser", line), line
        assert "见发行包" not in line, line
