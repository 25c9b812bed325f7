"""The page is short: a quiet and an ordinary day within sixty lines, a busy one on two printed pages; it speaks to people."""

from __future__ import annotations

import unicodedata

import pytest

from notifier.digest.page import MOST_DECISIONS, compose_digest_page
from notifier.letter import Digest
from tests.truth import stains
from tests.unit.notifier.digest.days import DAYS, ROSTER

# A4 upright in 五号 with ordinary margins: forty-three characters a line, fifty lines.
COLUMNS, PAGE = 86, 50


def page(day: str) -> Digest:
    return compose_digest_page(DAYS[day]())


def printed(text: str) -> int:
    """Lines on paper, long ones broken."""
    widths = [sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in line) for line in text.splitlines()]
    return sum(max(1, -(-width // COLUMNS)) for width in widths)


@pytest.mark.parametrize("day", ["quiet", "ordinary"])
def test_a_quiet_and_an_ordinary_day_take_at_most_sixty_lines(day: str) -> None:
    assert len(page(day).text.splitlines()) <= 60


def test_a_busy_day_with_forty_items_takes_two_printed_pages() -> None:
    shown = page("busy")
    assert len(shown.items) >= 40
    assert printed(shown.text) <= 2 * PAGE


@pytest.mark.parametrize("day", sorted(DAYS))
def test_the_five_numbers_add_up_to_everybody(day: str) -> None:
    assert sum(page(day).counts.values()) == len(ROSTER)


def test_at_most_five_decisions_stand_at_the_top_one_a_school() -> None:
    top = page("busy").text.partition("一、请您决定")[2].partition("二、")[0]
    assert 1 <= top.count("→ ") <= MOST_DECISIONS


@pytest.mark.parametrize("day", sorted(DAYS))
def test_no_code_no_key_no_english_word_and_no_half_width_mark_stands_on_the_page(day: str) -> None:
    assert stains(page(day).text) == []


def test_every_item_of_a_busy_day_has_a_way_to_be_settled() -> None:
    assert [item for item in page("busy").items if item.decision is None and not item.otherwise] == []
