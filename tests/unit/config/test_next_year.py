"""A draft of the next year's campaign: nothing that belonged to one year alone survives unseen, and what must be written is named."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import pytest

from config.load import DEFAULT_CAMPAIGN, load_campaign
from config.next_year import campaign_to_next_year, roster_to_next_year
from config.section import TO_BE_FILLED, ConfigMistakes

TEXT = (DEFAULT_CAMPAIGN / "campaign.toml").read_text(encoding="utf-8")
EXTENDED = '\n[[deadlines]]\nat = 2022-08-12T23:59:59+08:00\neffective_from = 2022-08-04T10:00:00+08:00\nreason = "延期"\n\n[workdays]\n"2022-10-08" = true\n'
ROSTER = "name,aliases,affiliates,domains,class,confirmed,confidence,email,phone,contact\n滨海理工大学,滨海理工,,bhut.example,medical,yes,high,gh@bhut.example,024-1234567,赵老师\n"


def without_comments(text: str) -> str:
    return re.sub(r"(?m)#.*$", "", text)


def test_no_date_name_or_phone_of_the_old_year_is_left_outside_comments() -> None:
    draft = without_comments(campaign_to_next_year(TEXT + EXTENDED, "next"))
    old = load_campaign(DEFAULT_CAMPAIGN)
    assert not re.findall(r"20\d\d", draft.replace("minimum_characters = 2000", ""))
    for contact in old.contacts:
        assert contact.name not in draft
        assert contact.phone not in draft
    assert old.case_prefix not in draft
    assert draft.count("[[deadlines]]") == 1
    assert "[workdays]" not in draft
    assert "total = 3" in draft


def test_the_roster_keeps_the_universities_and_nothing_of_how_to_reach_them() -> None:
    text, emptied = roster_to_next_year(ROSTER)
    (row,) = csv.DictReader(text.splitlines())
    assert (row["name"], row["aliases"], row["class"], emptied) == ("滨海理工大学", "滨海理工", "medical", 1)
    assert (row["confirmed"], row["email"], row["phone"], row["contact"]) == ("no", "", "", "")


def test_a_draft_is_refused_line_by_line_until_everything_is_written(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(DEFAULT_CAMPAIGN, tmp_path / "next"))
    draft = campaign_to_next_year(TEXT, "next")
    (folder / "campaign.toml").write_text(draft, encoding="utf-8")
    with pytest.raises(ConfigMistakes) as caught:
        load_campaign(folder)
    assert len(caught.value.mistakes) == draft.count(f'"{TO_BE_FILLED}"') == 21
    assert all(m.line and m.sentence == "还没有填写。" for m in caught.value.mistakes)
    filled = re.sub(r'(?m)= "请填写"  # 上一年：(.*)$', r"= \1", draft)
    (folder / "campaign.toml").write_text(filled, encoding="utf-8")
    assert load_campaign(folder).deadlines == load_campaign(DEFAULT_CAMPAIGN).deadlines
