"""The stations with the real opener, readers and checks: kept before touched, one bad letter stops nothing, all of it derived again."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from config.campaign import Campaign
from config.load import DEFAULT_CAMPAIGN, load_campaign
from intake.belt import assess_letters, open_letters, open_station, read_documents, read_station, rebuild, retry
from intake.books.ledger import Ledger
from intake.books.vault import Vault
from intake.errors import ConversionFailed
from intake.reading.engine import Child, Engine, Inline, Pool
from intake.reading.tasks import Died, Failed, Outcome, Task, task_to_outcome
from intake.records import OutboxRecord
from tests.generator.documents import basic_info_docx
from tests.generator.people import make_studio
from tests.letters import MOMENT, NOW, books, plain_letter, record_of

UNIVERSITY = "大连理工大学"


@pytest.fixture(scope="module")
def campaign() -> Campaign:
    """The shipped campaign."""
    return load_campaign(DEFAULT_CAMPAIGN)


@pytest.fixture
def held(tmp_path: Path) -> Iterator[tuple[Ledger, Vault]]:
    """A fresh ledger and vault."""
    ledger, vault = books(tmp_path)
    with ledger, vault:
        yield ledger, vault


def letter_with(files: Iterable[tuple[str, bytes]], subject: str = f"{UNIVERSITY}工会报送材料", **heads: str) -> bytes:
    """A submission as a mail program writes it."""
    letter = EmailMessage(policy=SMTP)
    for name, value in ({"From": "union@dlut.edu.cn", "Subject": subject, "Message-ID": "<1@dlut.edu.cn>"} | heads).items():
        letter[name.replace("_", "-")] = value
    letter.set_content("现报送我校申报材料，请查收。")
    for name, payload in files:
        letter.add_attachment(payload, maintype="application", subtype="octet-stream", filename=name)
    return bytes(letter)


def form() -> bytes:
    """A filled 附件4 of an invented studio."""
    rng = random.Random(4)
    return basic_info_docx(make_studio(rng, UNIVERSITY))


def keep(ledger: Ledger, vault: Vault, *raws: bytes) -> list[str]:
    """Letters kept and recorded a minute apart."""
    shas = vault.keep_all(raws)
    ledger.record_fetched([record_of(sha, MOMENT + timedelta(minutes=n)) for n, sha in enumerate(shas)], [])
    return list(shas)


def run_all(ledger: Ledger, vault: Vault, engine: Engine, campaign: Campaign) -> None:
    """Open, read, assess."""
    open_letters(ledger, vault, engine, campaign)
    read_documents(ledger, vault, engine, campaign)
    assess_letters(ledger, campaign, NOW)


class Poisoned(Inline):
    """An engine that some letters kill."""

    def __init__(self, outcomes: dict[str, Outcome]) -> None:
        self.outcomes = outcomes

    def run(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Outcome]]:
        """The given outcome, or the real one."""
        for task in tasks:
            yield task, self.outcomes.get(task.key) or task_to_outcome(task)


def test_a_letter_goes_in_and_an_assessment_comes_out(held: tuple[Ledger, Vault], campaign: Campaign) -> None:
    """Through the reading child: the form's bytes in the vault, its fields in the ledger, the institution assessed."""
    ledger, vault = held
    payload = form()
    (sha,) = keep(ledger, vault, letter_with([("附件4.docx", payload)]))
    with Child() as engine:
        run_all(ledger, vault, engine, campaign)
    (received,) = ledger.received()
    (reading,) = received.readings.values()
    assert vault.fetch(reading.sha256) == payload
    assert reading.forms[0].kind == "basic_info"
    assert ledger.claims()[sha].institution == UNIVERSITY
    assert ledger.assessments()[UNIVERSITY].submission.letters == (received,)


@pytest.mark.parametrize("engine", [Inline(), Child(), Pool(2)], ids=["inline", "child", "pool"])
def test_every_engine_gives_the_same_ledger(engine: Engine, held: tuple[Ledger, Vault], campaign: Campaign, tmp_path: Path) -> None:
    """Where the reading is done changes nothing."""
    ledger, vault = held
    keep(ledger, vault, letter_with([("附件4.docx", form())]), *(plain_letter(n) for n in range(5)))
    with engine:
        run_all(ledger, vault, engine, campaign)
    assert len(ledger.letters("opened")) == 6
    with Inline() as again:
        assert rebuild(ledger, vault, again, campaign, NOW, check=True) == ()


@pytest.mark.parametrize("outcome", [Died("timeout"), Died("memory"), Died("crash", "signal 11"), Failed("Traceback …\nZeroDivisionError")])
def test_a_poison_letter_is_set_aside_with_its_reason_and_the_others_go_on(
    outcome: Outcome, held: tuple[Ledger, Vault], campaign: Campaign
) -> None:
    """Staff see why; the raw letter is kept; retry gives it another chance."""
    ledger, vault = held
    first, second, third = keep(ledger, vault, *(plain_letter(n) for n in range(3)))
    report = open_letters(ledger, vault, Poisoned({second: outcome}), campaign)
    assert (report.opened, report.quarantined) == (2, 1)
    (aside,) = ledger.letters("quarantined")
    assert aside.sha256 == second
    assert "原件已保存" in aside.error
    assert open_letters(ledger, vault, Poisoned({}), campaign).opened == 0
    assert retry(ledger) == 1
    assert open_letters(ledger, vault, Inline(), campaign).opened == 1
    assert {letter.sha256 for letter in ledger.letters("opened")} == {first, second, third}


def test_a_letter_that_takes_the_whole_program_down_is_not_tried_for_ever(held: tuple[Ledger, Vault], campaign: Campaign) -> None:
    """Attempts are counted before they are made."""
    ledger, vault = held
    keep(ledger, vault, plain_letter(1))

    class PowerCut(Exception):
        pass

    class Fatal(Inline):
        def run(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Outcome]]:
            for _ in tasks:
                raise PowerCut
            yield from ()

    for _ in range(open_station.MAXIMUM_ATTEMPTS):
        with pytest.raises(PowerCut):
            open_letters(ledger, vault, Fatal(), campaign)
    open_letters(ledger, vault, Fatal(), campaign)
    assert "中断了" in ledger.letters("quarantined")[0].error


def test_a_newer_opener_opens_everything_again_quarantine_included(
    held: tuple[Ledger, Vault], campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is asked to send again."""
    ledger, vault = held
    _first, second = keep(ledger, vault, plain_letter(1), plain_letter(2))
    open_letters(ledger, vault, Poisoned({second: Failed("boom")}), campaign)
    monkeypatch.setattr(open_station, "OPENER_VERSION", "next")
    assert open_letters(ledger, vault, Inline(), campaign).opened == 2
    assert ledger.letters("quarantined") == ()
    assert open_letters(ledger, vault, Inline(), campaign).opened == 0


@pytest.mark.parametrize("outcome", [Died("memory"), Failed("Traceback …\nKeyError: 'x'")])
def test_a_file_that_kills_the_reader_is_received_unread_never_missing(
    outcome: Outcome, held: tuple[Ledger, Vault], campaign: Campaign
) -> None:
    """Kept, recorded as unreadable, for a person; and not read again and again."""
    ledger, vault = held
    keep(ledger, vault, letter_with([("附件4.docx", form())]))
    open_letters(ledger, vault, Inline(), campaign)
    ((sha, _),) = ledger.unread(read_station.READER_VERSION)
    assert read_documents(ledger, vault, Poisoned({sha: outcome}), campaign).died == 1
    assert read_documents(ledger, vault, Inline(), campaign).read == 0
    assess_letters(ledger, campaign, NOW)
    (reading,) = ledger.received()[0].readings.values()
    assert reading.status == "unreadable"
    assert len(ledger.assessments()[UNIVERSITY].submission.unread) == 1


def test_an_oversize_letter_is_one_file_for_a_person_never_nothing_sent(held: tuple[Ledger, Vault], campaign: Campaign) -> None:
    """Only its head was kept; its sender counts, its contents are 未读."""
    ledger, vault = held
    head = letter_with([]).partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    sha = vault.keep(head)
    ledger.record_fetched([record_of(sha, size=90 << 20, error="信件过大")], [])
    ledger.record_fetched([replace(record_of("0" * 64), state="oversize")], [])
    vault.keep(head)
    ledger._write("UPDATE letter SET state = 'oversize' WHERE sha256 = ?", [sha])
    run_all(ledger, vault, Inline(), campaign)
    (letter,) = [x for x in ledger.letters("oversize") if x.sha256 == sha]
    assert letter.error == "信件过大"
    (received,) = ledger.received()
    assert [(leaf.problem, leaf.size) for leaf in received.message.attachments] == [("too_large", 90 << 20)]
    assert ledger.claims()[sha].institution == UNIVERSITY
    assert open_letters(ledger, vault, Inline(), campaign).opened == 0


RTF = rb"{\rtf1\ansi an old format that our readers leave to the converter}"


class Office:
    """A converter that knows one trick."""

    def __init__(self, gives: bytes | None) -> None:
        self.gives, self.calls = gives, 0

    def convert(self, payload: bytes, name: str) -> tuple[bytes, str]:
        """The new bytes, or a refusal."""
        self.calls += 1
        if self.gives is None:
            raise ConversionFailed(name)
        return self.gives, f"{name}.docx"


def test_an_old_format_is_read_through_the_converter_under_its_own_identity(held: tuple[Ledger, Vault], campaign: Campaign) -> None:
    """Once only; the reading says that it was converted."""
    ledger, vault = held
    keep(ledger, vault, letter_with([("附件4.rtf", RTF)]))
    office = Office(form())
    open_letters(ledger, vault, Inline(), campaign)
    for _ in range(2):
        read_documents(ledger, vault, Inline(), campaign, office)
    ((sha, reading),) = ledger.received()[0].readings.items()
    assert reading.sha256 == sha
    assert reading.forms[0].kind == "basic_info"
    assert "converted" in reading.problems
    assert office.calls == 1
    assess_letters(ledger, campaign, NOW)
    assert rebuild(ledger, vault, Inline(), campaign, NOW, check=True) == ()


def test_what_cannot_be_converted_is_tried_once_and_stays_for_a_person(held: tuple[Ledger, Vault], campaign: Campaign) -> None:
    """LibreOffice is slow; asking it every two minutes helps nobody."""
    ledger, vault = held
    keep(ledger, vault, letter_with([("附件4.rtf", RTF)]))
    office = Office(None)
    open_letters(ledger, vault, Inline(), campaign)
    for _ in range(2):
        read_documents(ledger, vault, Inline(), campaign, office)
    (reading,) = ledger.received()[0].readings.values()
    assert reading.status in ("unsupported", "unreadable")
    assert office.calls == 1


def test_films_archives_and_the_unknown_are_not_offered_to_the_converter(held: tuple[Ledger, Vault], campaign: Campaign) -> None:
    """LibreOffice opens any bytes as text and would make a document of noise."""
    ledger, vault = held
    keep(
        ledger,
        vault,
        letter_with([("视频.mp4", b"\x00\x00\x00\x18ftypmp42" + b"\x01\x02" * 400), ("附件4.xyz", b"\x01\x02 nobody knows " * 40)]),
    )
    office = Office(form())
    open_letters(ledger, vault, Inline(), campaign)
    read_documents(ledger, vault, Inline(), campaign, office)
    assert office.calls == 0


BOUNCE = """From: Postmaster@163.com
To: intake@office.example
Subject: =?gb2312?B?z7XNs83L0MU=?=
Message-ID: <50E25ADE.7D4E04.17696@163smtp12>
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain; charset=utf-8

抱歉，您的邮件被退回来了
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; 163.com

Final-Recipient: rfc822; union@dlut.edu.cn
Action: failed
Status: 5.0.0
--b
{original}
--b--
"""
ORIGINAL = """Content-Type: message/rfc822

From: intake@office.example
To: union@dlut.edu.cn
Message-ID: <ours@office.example>
Subject: hello

x"""


@pytest.mark.parametrize("original", [ORIGINAL, "Content-Type: text/plain\n\ngone"], ids=["by Message-ID", "by recipient"])
def test_a_bounce_is_tied_to_the_letter_of_ours_that_came_back(original: str, held: tuple[Ledger, Vault], campaign: Campaign) -> None:
    """By the returned Message-ID, else the last letter sent to that address before; never to a later one."""
    ledger, vault = held
    for key, hours in (("earlier", -5), ("ours", -1), ("later", 1)):
        row = OutboxRecord(
            key=key,
            kind="receipt",
            institution=UNIVERSITY,
            recipient="union@dlut.edu.cn",
            subject="x",
            message_id=f"<{key}@office.example>",
            raw=b"x",
            state="sent",
            created_at=NOW,
            sent_at=MOMENT + timedelta(hours=hours),
        )
        ledger.enqueue(row)
    keep(ledger, vault, BOUNCE.format(original=original).replace("\n", "\r\n").encode())
    run_all(ledger, vault, Inline(), campaign)
    assert {row.key for row in ledger.outbox() if row.bounced_at} == {"ours"}


def test_rebuild_finds_what_was_tampered_with_and_repairs_it(held: tuple[Ledger, Vault], campaign: Campaign) -> None:
    """A changed opening, a lost reading, a false claim, a stale assessment: each is named; then everything is right again."""
    ledger, vault = held
    (sha,) = keep(ledger, vault, letter_with([("附件4.docx", form())]))
    run_all(ledger, vault, Inline(), campaign)
    assert rebuild(ledger, vault, Inline(), campaign, NOW, check=True) == ()
    right = ledger.assessments()
    ledger._write("UPDATE opening SET message = replace(message, '报送', '改过')")
    ledger._write("DELETE FROM reading")
    ledger.record_claims({})
    ledger.record_assessments({})
    differences = rebuild(ledger, vault, Inline(), campaign, NOW, check=True)
    assert {line.split()[0] for line in differences} == {"拆信结果", "读件结果", "认领", "评估", "依据", "一览"}
    assert ledger.claims() == {}
    rebuild(ledger, vault, Inline(), campaign, NOW)
    assert rebuild(ledger, vault, Inline(), campaign, NOW, check=True) == ()
    assert ledger.claims()[sha].institution == UNIVERSITY
    assert ledger.assessments() == right


def test_rebuild_keeps_copies_decisions_and_our_letters(held: tuple[Ledger, Vault], campaign: Campaign) -> None:
    """Facts are not derived; the copy that came first by the clock does not become the one that stands."""
    ledger, vault = held
    raw = letter_with([("附件4.docx", form())])
    copy = b"Received: from relay.example by mx.example; Fri, 05 Aug 2022 15:00:00 +0800\r\n" + raw
    later, earlier = vault.keep_all([raw, copy])
    ledger.record_fetched([record_of(later, MOMENT)], [])
    run_all(ledger, vault, Inline(), campaign)
    ledger.record_fetched([record_of(earlier, MOMENT - timedelta(hours=1))], [])
    ledger.decide("note", by="郝老师", at=NOW, reason="备注")
    run_all(ledger, vault, Inline(), campaign)
    assert [received.sha256 for received in ledger.received()] == [later]
    assert rebuild(ledger, vault, Inline(), campaign, NOW) == ()
    assert [received.sha256 for received in ledger.received()] == [later]
    assert len(ledger.decisions()) == 1
