"""The page is short: a quiet and an ordinary day within sixty lines, a busy one on two printed pages; it speaks to people."""

from __future__ import annotations

import unicodedata

import pytest

from intake.records import UnknownLetter
from intake.submission import Assessment, Submission
from notifier.digest.page import MOST_DECISIONS, compose_digest_page
from notifier.letter import Digest
from tests.truth import stains
from tests.unit.notifier.digest.days import DAYS, ROSTER, basis, standing

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


def test_nobody_is_called_silent_while_a_letter_that_may_be_his_is_unread() -> None:
    seen = UnknownLetter(folder="INBOX", uidvalidity=1, uid=9)
    name = ROSTER[30]
    given = standing() | {name.name: Assessment(institution=name, submission=Submission(institution=name, unread_letters=(seen,)))}
    shown = compose_digest_page(basis(assessments=given))
    for words in (shown.text, shown.wording.html):
        [line] = [line for line in words.splitlines() if name.name in line]
        assert f"有来信待人工查看（1所）：{name.name}。" in line
        assert "（含有来信待人工查看1）" in words


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
