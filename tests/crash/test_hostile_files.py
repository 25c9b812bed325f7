"""Hostile files through the stations as in service: within the memory, within the time, told to a person, and never given to another program."""

from __future__ import annotations

import pytest

from benchmarks.hostile import MOST_MEMORY_MB, Passage, faults, passages
from intake.reading.outcome import NEVER_CONVERTED, wants_conversion
from parsers.form import Reading
from tests.generator.hostile import FILES, HARMLESS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def passed() -> tuple[Passage, dict[str, Passage]]:
    """All of them, one after the other, through one house."""
    return passages({name: make() for name, make in FILES.items()})


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_keeps_within_every_bound_and_is_told(name: str, passed: tuple[Passage, dict[str, Passage]]) -> None:
    trivial, found = passed
    assert not faults(trivial, found[name]), found[name]
    assert found[name].problems or name in HARMLESS


def test_what_breaks_a_bound_is_named() -> None:
    trivial = Passage(100, 2.0, (), False, True)
    assert faults(trivial, Passage(MOST_MEMORY_MB + 1, 8.1, (), True, False)) == ["memory", "time", "converted after a refusal", "not kept"]
    assert not faults(trivial, Passage(MOST_MEMORY_MB, 8.0, (), False, True))


@pytest.mark.parametrize("why", sorted(NEVER_CONVERTED))
def test_a_refusal_is_never_taken_to_another_program(why: str) -> None:
    assert not wants_conversion(Reading(sha256="0" * 64, reader="", status="unreadable", problems=(why, "needs_conversion")))
