"""Every kind of letter, compared whole with its golden file; and what no letter may ever hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from notifier.letters.letter_kinds import ROWS
from tests.unit.notifier.letters.golden_cases import CAMPAIGN, GOLDEN

FOLDER = Path(__file__).parent / "golden"
FORBIDDEN = ("受理", "不合格", "拒收", "民族", "政治面貌", "身份证", "{{", "}}", "{%", "None", "Undefined", "××", "XX")


def whole(name: str) -> str:
    """The letter as a golden file holds it: to whom, the subject, the text."""
    letter = GOLDEN[name]()
    approval = "（须审核后发出）" if letter.needs_approval else ""
    return f"收件人：{letter.recipient}{approval}\n主题：{letter.wording.subject}\n\n{letter.wording.text}"


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_every_kind_of_letter_reads_exactly_as_its_golden_file(name: str) -> None:
    assert whole(name) == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


def test_there_is_no_golden_file_without_a_letter() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(GOLDEN)


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_no_letter_holds_private_data_forbidden_words_or_a_placeholder(name: str) -> None:
    letter = GOLDEN[name]()
    for text in (letter.wording.subject, letter.wording.text, letter.wording.html):
        for contact in CAMPAIGN.contacts:
            text = text.replace(contact.phone, "")
        text = text.replace("如“××大学工会”", "")
        assert not re.search(r"(?<![\w#-])1[3-9]\d{9}(?!\d)", text)
        assert not re.search(r"\d{17}[\dXx]", text)
        assert not re.search(r"(?<!LN)(19|20)\d\d-\d\d", text)
        assert not [word for word in FORBIDDEN if word in text]


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_every_letter_says_it_is_no_review_opinion_and_gives_the_office(name: str) -> None:
    text = GOLDEN[name]().wording.text
    assert "不代表审核、评审意见" in text
    assert CAMPAIGN.office in text


@pytest.mark.parametrize("name", sorted(name for name in GOLDEN if name not in ("unclaimed", "retracted") and not name.startswith("stranger")))
def test_the_case_number_stands_in_the_subject_and_the_institution_comes_first(name: str) -> None:
    letter = GOLDEN[name]()
    assert "LN2022-0017】" in letter.wording.subject
    assert letter.institution in letter.wording.subject
    assert letter.wording.text.startswith(f"{letter.institution}工会")


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_the_html_says_the_same_words_as_the_plain_text(name: str) -> None:
    letter = GOLDEN[name]()
    shown = (
        re.sub(r"<head>.*?</head>|<[^>]+>|&nbsp;|\s|　", "", letter.wording.html, flags=re.S).replace("&#34;", '"').replace("&amp;", "&")
    )
    plain = re.sub(r"─|\s|　", "", letter.wording.text)
    assert shown == plain


def test_every_kind_that_leaves_for_somebody_outside_has_a_golden_letter() -> None:
    assert {letter().kind for letter in GOLDEN.values()} == {row.name for row in ROWS if not row.to_staff}


def test_a_stranger_reads_no_name_of_an_institution_and_no_file_name_of_his_own_unless_his_address_is_proven() -> None:
    words = GOLDEN["stranger"]().wording
    assert "滨海示例大学" not in words.subject + words.text + words.html
    assert "滨海示例大学 附件2.docx" in GOLDEN["stranger_proven"]().wording.text
