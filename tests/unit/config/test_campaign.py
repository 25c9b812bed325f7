"""The notice as data: what the shipped campaign says, and how a mistake in a campaign folder is told."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from config.load import DEFAULT_CAMPAIGN, load_campaign
from config.section import ConfigMistakes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped campaign to spoil."""
    return Path(shutil.copytree(DEFAULT_CAMPAIGN, tmp_path / "campaign"))


def spoil(folder: Path, old: str, new: str, file: str = "campaign.toml") -> list[str]:
    """Change one text of the campaign and give the mistakes that loading it tells."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigMistakes) as caught:
        load_campaign(folder)
    return [str(m) for m in caught.value.mistakes]


def test_the_shipped_campaign_says_what_the_notice_says() -> None:
    """Number, deadline, quotas and address are those of the notice."""
    campaign = load_campaign(DEFAULT_CAMPAIGN)
    assert campaign.document_number == "辽教科文卫体工发〔2022〕16号"
    assert campaign.deadlines[0].at == datetime.fromisoformat("2022-08-05T23:59:59+08:00")
    assert (campaign.quotas["ordinary"].total, campaign.quotas["ordinary"].by_category["employee"]) == (3, 2)
    assert (campaign.quotas["medical"].total, campaign.quotas["medical"].by_category["employee"]) == (5, 3)
    assert (campaign.address, campaign.postcode, campaign.mailbox) == ("沈阳市沈河区北站路118号", "110832", "lnszghjkww@163.com")
    assert (campaign.award_total, campaign.category("model_worker").quota_for_award) == (40, 10)  # type: ignore[union-attr]


def test_nobody_on_the_shipped_roster_counts_as_confirmed() -> None:
    """Sixty-four rows, none of which staff have confirmed yet."""
    campaign = load_campaign(DEFAULT_CAMPAIGN)
    assert len(campaign.institutions) == 64
    assert not any(i.confirmed for i in campaign.institutions)
    assert "中国医科大学附属第一医院" in campaign.institution("中国医科大学").affiliates  # type: ignore[union-attr]


def test_a_later_deadline_is_a_new_version_from_its_own_day_on(folder: Path) -> None:
    """Before the extension was announced the old deadline stands, afterwards the new one."""
    text = (folder / "campaign.toml").read_text(encoding="utf-8")
    addition = (
        '[[deadlines]]\nat = 2022-08-12T23:59:59+08:00\neffective_from = 2022-08-04T10:00:00+08:00\nreason = "疫情微调"\n\n[[categories]]'
    )
    (folder / "campaign.toml").write_text(text.replace("[[categories]]", addition, 1), encoding="utf-8")
    campaign = load_campaign(folder)
    assert campaign.deadline_at(datetime.fromisoformat("2022-08-04T09:59:00+08:00")).at.day == 5
    assert campaign.deadline_at(datetime.fromisoformat("2022-08-04T10:00:00+08:00")).at.day == 12


def line_of(folder: Path, text: str) -> int:
    """The line a text stands on."""
    lines = (folder / "campaign.toml").read_text(encoding="utf-8").splitlines()
    return next(i for i, line in enumerate(lines, 1) if text in line)


@pytest.mark.parametrize(
    ("old", "new", "key", "sentence"),
    [
        ("year = 2022", 'year = "2022"', "year", "应为整数"),
        ("at = 2022-08-05T23:59:59+08:00", "at = 2022-08-05T23:59:59", "deadlines[1].at", "请写明时区"),
        ("grace_minutes = 10", "grace_minuts = 10", "thresholds.grace_minuts", "不认识这一项"),
        ('submission_phase = "推荐和申报阶段"', 'submission_phase = "申报"', "submission_phase", "不在 [[phases]] 中"),
        ('zone = "Asia/Shanghai"', 'zone = "Asia/Shenyang"', "zone", "没有“Asia/Shenyang”这个时区"),
        ("ends = 2022-07-25", "ends = 2022-07-01", "phases[2].ends", "早于开始日期"),
        ("employee = 2", "employee = 9", "quotas.ordinary.total", "总名额小于其中一类的名额"),
    ],
)  # fmt: skip
def test_every_mistake_is_told_with_file_line_and_key(folder: Path, old: str, new: str, key: str, sentence: str) -> None:
    """One changed word gives one mistake, at its own line."""
    mistakes = spoil(folder, old, new)
    wanted = line_of(folder, "total = 3") if key == "quotas.ordinary.total" else line_of(folder, new)
    assert len(mistakes) == 1
    assert mistakes[0].startswith(f"{folder / 'campaign.toml'} 第{wanted}行：{key}：")
    assert sentence in mistakes[0]


def test_all_mistakes_are_told_at_once(folder: Path) -> None:
    """Two slips, two lines."""
    path = folder / "campaign.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("year = 2022", "year = 1.5", 1), encoding="utf-8")
    assert len(spoil(folder, 'office = "', 'ofice = "')) == 3  # the unknown key, the missing one, and the year


def test_a_missing_key_is_named(folder: Path) -> None:
    """A deleted line is a mistake, not a default."""
    assert "mailbox：缺少这一项" in spoil(folder, 'mailbox = "lnszghjkww@163.com"', "")[0]


def test_broken_toml_names_the_line(folder: Path) -> None:
    """A quotation mark forgotten."""
    assert f"第{line_of(folder, 'office =')}行" in spoil(folder, 'office = "辽宁省教科文卫体工会"', 'office = "辽宁省教科文卫体工会')[0]


def test_no_folder_names_the_cure(tmp_path: Path) -> None:
    """A folder without campaign.toml says how to make one."""
    with pytest.raises(ConfigMistakes, match="intake campaign new"):
        load_campaign(tmp_path)


def test_a_roster_row_is_checked_and_doubles_are_told(folder: Path) -> None:
    """A wrong class and a double line, each with its line."""
    path = folder / "roster.csv"
    path.write_text(path.read_text(encoding="utf-8") + "东北大学,,,neu.example,普通,maybe,low,,\n", encoding="utf-8")
    with pytest.raises(ConfigMistakes) as caught:
        load_campaign(folder)
    told = [str(m) for m in caught.value.mistakes]
    assert [t.split("：")[1] for t in told] == ["class", "confirmed", "name"]
    assert all("第66行" in t for t in told)


def test_a_roster_that_excel_saved_in_gbk_is_understood(folder: Path) -> None:
    """Staff edit the roster in Excel, which saves it in GBK."""
    path = folder / "roster.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    assert load_campaign(folder).institution("辽宁大学") is not None


def test_a_form_schema_mistake_names_its_file(folder: Path) -> None:
    """A form without a kind cannot be used."""
    broken = folder / "forms" / "broken.toml"
    broken.write_text('title = "表"\n', encoding="utf-8")
    with pytest.raises(ConfigMistakes, match=r"broken\.toml"):
        load_campaign(folder)
