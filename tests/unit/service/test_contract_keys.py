"""The JSON of `open`, `read`, `check` and `status` has every key that other programs rely on, on the four commands as they are run."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from config.load import DEFAULT_CAMPAIGN, load_campaign
from intake.reading import Died
from service.cli import intake
from service.commands.look import failed_to_contract
from tests.generator.demo_letters import narrative_of
from tests.generator.documents import basic_info_docx, summary_docx
from tests.generator.people import make_head, make_row, make_studio

NOW = "2022-08-04T12:00:00+08:00"
OWN, OTHER = "大连理工大学", "东北大学"
RNG = random.Random(10)
STUDIO, FOREIGN = make_studio(RNG, OWN), make_studio(RNG, OTHER)


def keys(words: str) -> frozenset[str]:
    return frozenset(words.split())


LETTER = keys(
    "file sha256 message_id in_reply_to references subject from date kind answerable text attachments cloud_files bounced problems"
)
LEAF = keys("name path size sha256 media_type inline problem")
CLOUD = keys("name url provider size expires_at quoted")
DOCUMENT = keys("file sha256 reader status pages ocr seals forms")
BASIC_INFO = keys("kind fields members raw confidence doubtful unread")
SUMMARY = keys("kind fields rows raw confidence doubtful unread")
NARRATIVE = keys("kind studio leader characters sections confidence")
FIELDS = keys(
    """category union filled_on studio founded_on organisation named_by named_on discipline studio_types member_count
    funding.2020.amount funding.2020.source funding.2021.amount funding.2021.source innovation.results innovation.conversions
    patents.utility_model patents.invention awards.international awards.national awards.provincial awards.municipal
    benefit.2020.income benefit.2020.savings benefit.2020.foreign_exchange benefit.2020.total
    benefit.2021.income benefit.2021.savings benefit.2021.foreign_exchange benefit.2021.total
    training.total training.professor training.associate_professor training.lecturer training.assistant training.other
    training.national_model training.provincial_model training.municipal_model social_benefit
    leader.name leader.gender leader.born_on leader.education leader.ethnicity leader.political_status leader.specialty
    leader.title leader.phone leader.honours leader.email responsible filled_by phone"""
)
MEMBER = keys("name gender birth_year education title organisation duties")
TABLE = keys("category union filled_on filled_by phone")
ROW = keys("number studio organisation conversions income_2020 income_2021 income_total leader_name leader_post leader_honours")
CHECK = keys("institution complete studios findings")
LINE = keys("name category leader materials")
MATERIALS = keys("summary_row basic_info narrative paper")
FINDING = keys("code severity audience studio where message")
WHERE = keys("file table row field")
STATUS = keys("as_of letters institutions unclaimed quarantined")
UNCLAIMED = keys("sha256 from subject received_at candidates")


def summary(split: bool) -> bytes:
    return summary_docx("employee", make_head(RNG, OWN), [make_row(RNG, STUDIO, 1)], split=split)


def sent(sender: str, subject: str, files: Sequence[tuple[str, bytes]], words: str = "材料见附件，请查收。") -> bytes:
    letter = EmailMessage(policy=SMTP)
    letter["From"], letter["Subject"], letter["Message-ID"] = sender, subject, f"<{len(words)}.{sender}>"
    letter["Date"], letter["Received"] = "Thu, 04 Aug 2022 10:00:00 +0800", "from a by b; Thu, 04 Aug 2022 10:00:05 +0800"
    letter.set_content(words)
    for name, payload in files:
        letter.add_attachment(payload, maintype="application", subtype="octet-stream", filename=name)
    return bytes(letter)


LETTERS = {
    "own": sent("union@dlut.edu.cn", f"{OWN}工会报送材料", [("附件4.docx", basic_info_docx(STUDIO))]),
    "nobody": sent("someone@mail.example", "材料", [("附件.docx", narrative_of(FOREIGN))]),
    "several": sent("both@mail.example", "两校材料", [("一.docx", basic_info_docx(STUDIO)), ("二.docx", basic_info_docx(FOREIGN))]),
    "link": sent("union@dlut.edu.cn", "超大附件", [], "材料.zip (30MB) 链接: https://pan.baidu.com/s/1abcdefghij 提取码: 1234"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four letters on disk and in the books."""
    folder = tmp_path_factory.mktemp("contract")
    (folder / "intake.toml").write_text(f'campaign = "{DEFAULT_CAMPAIGN}"\ndata = "data"\nmode = "approve"\n', encoding="utf-8")
    (folder / "letters").mkdir()
    for name, raw in LETTERS.items():
        (folder / "letters" / f"{name}.eml").write_bytes(raw)
    run(folder, "import", str(folder / "letters"))
    return folder


def run(folder: Path, *words: str) -> str:
    found = CliRunner().invoke(intake, [*words, "--config", str(folder / "intake.toml"), "--now", NOW])
    assert found.exit_code in (0, 1), (words, found.output, found.exception)
    return found.stdout


def asked(folder: Path, *words: str) -> Any:
    return json.loads(run(folder, *words, "--json"))


def test_open(folder: Path) -> None:
    own, link = (asked(folder, "open", str(folder / "letters" / f"{name}.eml")) for name in ("own", "link"))
    assert set(own) >= LETTER
    assert set(own["from"]) >= {"name", "address"}
    assert [set(leaf) >= LEAF for leaf in own["attachments"]] == [True]
    assert [set(cloud) >= CLOUD for cloud in link["cloud_files"]] == [True]


def test_open_of_a_letter_that_the_reader_did_not_survive() -> None:
    answer = failed_to_contract("x.eml", "0" * 64, Died("memory"))
    assert set(answer) >= LETTER
    assert set(answer["problems"][0]) >= {"code", "where", "message"}


@pytest.mark.parametrize(
    ("payload", "form", "fields", "listed", "row"),
    [
        (basic_info_docx(STUDIO), BASIC_INFO, FIELDS, "members", MEMBER),
        (summary(split=True), SUMMARY, TABLE, "rows", ROW),
        (summary(split=False), SUMMARY, TABLE, "rows", ROW),
        (narrative_of(STUDIO), NARRATIVE, frozenset(), "", frozenset()),
    ],
    ids=["basic_info", "summary_table", "summary_table_with_totals", "narrative"],
)
def test_read(
    payload: bytes, form: frozenset[str], fields: frozenset[str], listed: str, row: frozenset[str], folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "file.docx").write_bytes(payload)
    answer = asked(folder, "read", str(tmp_path / "file.docx"))
    assert set(answer) >= DOCUMENT
    (found,) = answer["forms"]
    assert set(found) >= form
    assert (set(found.get("fields", ())) >= fields, set(found.get("raw", ())) >= fields) == (True, True)
    assert all(set(entry) >= row for entry in (*found.get(listed, ()), *found.get("raw", {}).get(listed, ())))


def test_check(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "附件4.docx").write_bytes(basic_info_docx(STUDIO))
    answer = asked(folder, "check", str(tmp_path), "--institution", OWN)
    assert_row(answer)
    assert answer["studios"]
    assert answer["findings"]


def assert_row(answer: dict[str, Any]) -> None:
    assert set(answer) >= CHECK
    assert all(set(line) >= LINE and set(line["materials"]) >= MATERIALS for line in answer["studios"])
    assert all(set(found) >= FINDING and set(found["where"]) >= WHERE for found in answer["findings"])


def test_status_holds_the_whole_roster(folder: Path) -> None:
    status = asked(folder, "status")
    assert set(status) >= STATUS
    assert status["letters"] == len(LETTERS)
    assert [row["institution"] for row in status["institutions"]] == [i.name for i in load_campaign(DEFAULT_CAMPAIGN).institutions]
    for row in status["institutions"]:
        assert_row(row)
        assert "timeliness" in row


def test_status_lists_every_letter_that_waits_for_an_owner_those_of_several_too(folder: Path) -> None:
    found = {line["from"]: line for line in asked(folder, "status")["unclaimed"]}
    assert all(set(line) >= UNCLAIMED for line in found.values())
    assert {address: line["subject"] for address, line in found.items()} == {
        "someone@mail.example": "材料",
        "both@mail.example": "两校材料",
    }
    assert set(found["both@mail.example"]["candidates"]) == {OWN, OTHER}
    assert all(line["received_at"].startswith("2022-08-04T") for line in found.values())
