"""A campaign folder that cannot work is refused when it is checked, with the file and the word; the shipped one is tried whole and passes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

import notifier.belt.institutions as stations
import notifier.belt.staff as staff
import notifier.templates.templates as forms
from config.campaign import Campaign, Contact, Institution
from config.forms import FormSchema
from config.load import DEFAULT_CAMPAIGN, load_campaign
from intake.books import INSTITUTION, LETTER
from intake.books.ledger import Ledger
from notifier.belt.trial import kept_from, try_campaign
from notifier.post.mime import bytes_to_text
from tests.truth import stains
from tests.unit.notifier.letters.cases import ZONE, at, complete_case, partial_case
from tests.unit.notifier.letters.desk import Office

SHIPPED = load_campaign(DEFAULT_CAMPAIGN)


def with_letter(name: str, change: Callable[[str], str]) -> Campaign:
    return replace(SHIPPED, letters={**SHIPPED.letters, name: change(SHIPPED.letters[name])})


def test_the_shipped_campaign_passes() -> None:
    assert list(try_campaign(SHIPPED, SHIPPED)) == []


def moved_deadline() -> Campaign:
    return replace(SHIPPED, deadlines=(replace(SHIPPED.deadlines[0], at=datetime(2026, 8, 5, 23, 59, 59, tzinfo=ZONE)),))


def nameless_form() -> Campaign:
    forms = [replace(f, fields=tuple(x for x in f.fields if x.name != "studio")) if f.kind == "basic_info" else f for f in SHIPPED.forms]
    return replace(SHIPPED, forms=tuple(forms))


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (lambda: with_letter("complete.txt", lambda t: t.replace("{{ total }}", "{{ totl }}")), "letters/complete.txt：用了没有的词“totl”"),
        (lambda: with_letter("late.txt", lambda t: t + "{% if x %}"), "letters/late.txt：用了没有的词“第"),
        (lambda: replace(SHIPPED, letters={k: v for k, v in SHIPPED.letters.items() if k != "paper.txt"}), "用了没有的词“paper.txt”"),
        (lambda: replace(SHIPPED, letters={k: v for k, v in SHIPPED.letters.items() if k != "digest.txt"}), "缺少 digest.txt"),
        (moved_deadline, "year 为2022，截止时间却在2026年"),
        (lambda: replace(SHIPPED, case_prefix="LN2021"), "case_prefix“LN2021”写的是2021年"),
        (lambda: replace(SHIPPED, data_years=(2021, 2022)), "的 years 为2020、2021，campaign.toml 的 data_years 为2021、2022"),
        (nameless_form, "没有用来认出工作室和领衔人的字段（studio）"),
    ],
)
def test_a_year_that_cannot_work_is_refused_with_its_reason(broken: Callable[[], Campaign], said: str) -> None:
    assert any(said in fault for fault in try_campaign(broken(), SHIPPED))


def test_what_is_still_as_it_was_last_year_is_named() -> None:
    """A folder copied by hand keeps dates, people and addresses; they may be right, nobody should find out later that they were not."""
    reached = tuple(replace(i, email="gh@a.example", phone="024-1") for i in SHIPPED.institutions[:2])
    last = replace(SHIPPED, institutions=reached)
    told = list(kept_from(last, last))
    assert [line.partition("：")[0] for line in told] == ["campaign.toml", "campaign.toml", "roster.csv"]
    assert "2所的邮箱或电话与上一年相同" in told[-1]
    fresh = replace(moved_deadline(), phases=(), contacts=(), institutions=tuple(replace(i, email="", phone="") for i in reached))
    assert list(kept_from(fresh, last)) == []


def test_another_office_that_kept_the_samples_universities_is_told_so() -> None:
    other = replace(SHIPPED, office="示例市总工会", mailbox="gh@city.example", address="某路1号", contacts=(Contact("王", "1"),))
    assert [f for f in try_campaign(other, SHIPPED) if "仍有样本批次的" in f]
    own = replace(other, institutions=(Institution(name="某学院"),))
    assert list(try_campaign(own, SHIPPED)) == []


def test_a_notice_that_wants_no_paper_never_speaks_of_it(ledger: Ledger) -> None:
    office = Office(ledger)
    office.campaign = replace(office.campaign, paper_copies=0)
    office.lay_in(complete_case(), partial_case())
    office.compose(at(30, 16, 0))
    office.send(at(30, 16, 1))
    page = stations.compose_digest(ledger, office.campaign, office.settings, at(30, 17, 0), "")
    assert "纸质" not in page.text + page.wording.html
    assert len(office.line.taken) == 2
    for _, raw in office.line.taken:
        assert "纸质" not in bytes_to_text(raw)




def test_an_enclosure_that_cannot_be_made_is_left_out_alone_and_staff_are_told_which(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(schema: FormSchema, campaign: Campaign) -> bytes:
        if schema.kind == "basic_info":
            raise IndexError("no such row")
        return b"PK" if schema.kind == "summary_table" else b""

    monkeypatch.setattr(forms, "_schema_to_template", broken)
    monkeypatch.setattr(forms, "_MADE", {})
    office = Office(ledger)
    office.lay_in(partial_case())
    assert office.compose(at(30, 16, 0)) == 1
    assert office.send(at(30, 16, 1)).sent == 1
    [(_, raw)] = office.line.taken
    enclosed = [str(part.get_filename()) for part in message_from_bytes(raw, policy=default).iter_attachments()]
    assert [name[:3] for name in enclosed] == ["附件1", "附件2"]
    page = stations.compose_digest(ledger, office.campaign, office.settings, at(30, 17, 0), "").text
    assert "空白表样《附件4_" in page
    assert stains(page) == []


def test_a_spoilt_template_keeps_nobody_elses_letter_back_and_staff_are_told_whose(ledger: Ledger) -> None:
    office = Office(ledger)
    whole = office.campaign.letters
    office.lay_in(complete_case(), partial_case())
    for kind in (LETTER, INSTITUTION):  # they are laid in assessed
        ledger.unmark(kind, ledger.marked(kind))
    office.campaign = replace(office.campaign, letters={**whole, "complete.txt": "主题：好\n{{ no_such_word }}"})
    assert stations.compose_owed(ledger, office.campaign, office.settings, at(30, 16, 0)) == 1
    assert [row.institution for row in office.rows("queued")] == [partial_case().institution.name]
    page = stations.compose_digest(ledger, office.campaign, office.settings, at(30, 17, 0), "").text
    assert f"下列单位的信未能拟写：{complete_case().institution.name}，" in page
    office.campaign = replace(office.campaign, letters=whole)
    assert stations.compose_owed(ledger, office.campaign, office.settings, at(30, 16, 5)) == 1
    assert "未能拟写" not in stations.compose_digest(ledger, office.campaign, office.settings, at(30, 17, 0), "").text


def test_a_page_leaves_without_the_workbook_that_cannot_be_made_and_says_so(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> bytes:
        raise ValueError("sheet")

    for name in ("make_ledger_workbook", "final_report_workbook"):
        monkeypatch.setattr(staff, name, broken)
    office = Office(ledger)
    digest = stations.queue_digest(ledger, office.campaign, office.settings, at(30, 8, 30), "08:30")
    assert digest.enclosures == ()
    assert "台账_07月30日_0830.xlsx》未能生成" in digest.text
    assert "台账见附件" not in digest.text + digest.wording.html
    assert stations.queue_final_report(ledger, office.campaign, office.settings, at(6, 8, 30, month=8)) == 1
    [report, _] = ledger.outbox_kind("final_report")
    mail = message_from_bytes((ledger.one_outbox(report.key) or report).raw, policy=default)
    assert [str(part.get_filename()) for part in mail.iter_attachments()] == ["附件1附件2合并表.xlsx"]
    assert "《最终报告.xlsx》未能生成" in bytes_to_text(ledger.one_outbox(report.key).raw)  # type: ignore[union-attr]


def test_the_folder_on_disk_is_what_was_tried() -> None:
    assert {p.name for p in Path(DEFAULT_CAMPAIGN / "letters").glob("*.txt")} <= set(SHIPPED.letters)
