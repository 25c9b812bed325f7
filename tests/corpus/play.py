"""Plays a scenario on the real stations - vault, ledger, opener, readers, claims, checks, letters, digest - and writes down what came of it.

A case is a folder with `case.py` (`tell(play)` tells what arrives and what staff decide, in order) and `expected.txt` (everything that
came of it, compared whole). `python -m tests.corpus.generate` writes new expected files beside the old ones for a person to review.
"""

from __future__ import annotations

import hashlib
import importlib.util
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

from config.campaign import Campaign
from config.load import load_campaign
from config.settings import MailboxSettings, Pacing, Settings, SmtpSettings, Staff
from intake.belt import assess_letters, open_letters, read_documents
from intake.books.ledger import Ledger, Sighting
from intake.books.vault import Vault
from intake.reading.engine import Inline
from intake.records import LetterRecord, OutboxRecord
from intake.submission import Assessment, Decision, Material
from notifier.belt.institutions import compose_letters, compose_reminders, send_letters
from notifier.belt.staff import compose_digest
from notifier.post.dispatch import Answer
from notifier.post.mime import bytes_to_words
from tests.generator.demo_letters import letter as letter_bytes
from tests.generator.documents import basic_info_docx, narrative_docx, summary_docx
from tests.generator.people import make_head, make_row, make_studio
from tests.generator.received import moment
from tests.truth import contradictions, letter_stains, stains

HERE = Path(__file__).parent
FOLDER = HERE.parents[1] / "config" / "campaigns" / "liaoning-2022"
OFFICE = "intake@office.example"
LEADERS = ("张建国", "李文博", "王志轩", "赵敏涛", "周丽霞", "吴海洋")
File = tuple[str, bytes]
STATUS = {"received": "已收", "received_unread": "已收待人工查看", "missing": "尚缺", "waived": "免", "not_registered": "未登记"}
MATERIALS = {Material.SUMMARY_ROW: "汇总表", Material.BASIC_INFO: "基本情况表", Material.NARRATIVE: "申报材料", Material.PAPER: "纸质"}


class Line:
    """A post that takes everything."""

    def deliver(self, recipient: str, raw: bytes) -> Answer:
        """Take one letter."""
        return Answer(250, "OK")

    def close(self) -> None:
        """Nothing to close."""


class Union:
    """A university's union with its studios, and the real files it writes."""

    def __init__(self, name: str, categories: str, address: str = "") -> None:
        self.name = name
        self.address = address
        self.rng = random.Random(f"{name}{categories}")
        self.head = make_head(self.rng, name)
        self.studios = [make_studio(self.rng, name, {"劳": "model_worker", "职": "employee"}[c]) for c in categories]
        for studio, leader in zip(self.studios, LEADERS, strict=False):
            studio["studio"] = studio["studio"].replace(studio["leader.name"], leader)
            studio["leader.name"] = leader
            honour = "2017年辽宁工匠" if studio["category"] == "employee" else "2018年沈阳市劳动模范"
            studio |= {"filled_on": "2022-07-26", "named_by": None, "named_on": None, "leader.honours": honour}
        self.head["filled_on"] = "2022-07-26"
        self.rows = [make_row(self.rng, s, i) for i, s in enumerate(self.studios, 1)]

    def table(self, category: str, *, only: Sequence[int] | None = None, changes: Mapping[str, Any] | None = None, **layout: Any) -> File:
        """附件1 (劳) or 附件2 (职) as a Word table; `only` some studios, `changes` for every row."""
        key, annex = {"劳": ("model_worker", "附件1"), "职": ("employee", "附件2")}[category]
        chosen = [i for i, s in enumerate(self.studios) if (s["category"] == key if only is None else i in only)]
        rows = [{**self.rows[i], "number": n, **(changes or {})} for n, i in enumerate(chosen, 1)]
        return f"{annex}汇总表（{self.name}）.docx", summary_docx(key, self.head, rows, **layout)

    def form(self, number: int, name: str = "", **changes: Any) -> File:
        """附件4 of a studio."""
        studio = self.studios[number] | changes
        return name or f"附件4基本情况表-{LEADERS[number]}.docx", basic_info_docx(studio)

    def narrative(self, number: int, characters: int = 2600, name: str = "", without: Sequence[str] = ()) -> File:
        """The 申报材料 of a studio; `without` leaves out the sentences that hold these words."""
        studio = self.studios[number]
        return name or f"{studio['studio']}申报材料.docx", narrative_docx(
            studio["studio"], studio["leader.name"], characters, seed=sum(map(ord, self.name)) + number, without=without
        )

    def tables(self) -> list[File]:
        """The tables its studios need."""
        kinds = dict.fromkeys("劳" if s["category"] == "model_worker" else "职" for s in self.studios)
        return [self.table(k) for k in kinds]

    def everything(self) -> list[File]:
        """A complete submission."""
        return [*self.tables(), *(f for i in range(len(self.studios)) for f in (self.form(i), self.narrative(i)))]


class Play:
    """One scenario being played: the office, its clock, and what happens in order."""

    def __init__(self, folder: Path) -> None:
        self.ledger = Ledger.open(folder / "ledger.db")
        self.vault = Vault.open(folder / "vault.db")
        self.campaign: Campaign = load_campaign(FOLDER, HERE / "roster.csv")
        self.settings = Settings(
            campaign=FOLDER,
            data=folder,
            mode="automatic",
            mailbox=MailboxSettings(host="127.0.0.1", tls=False, user=OFFICE),
            smtp=SmtpSettings(host="127.0.0.1", tls=False, user=OFFICE, sent_folder_witness=False),
            pacing=Pacing(seconds_between=0.0, per_quarter_hour=1000, per_day=1000),
            staff=(Staff("郝老师", "hao@office.example"), Staff("姜老师", "jiang@office.example")),
        )
        self.now = moment("07-26 08:00")
        self.uid = 0
        self.quiet_until: datetime | None = None
        self.pages: list[str] = []

    def close(self) -> None:
        """Put the books away."""
        self.ledger.close()
        self.vault.close()

    # What happens

    def mail(self, when: str, union: Union | str, files: Iterable[File] = (), *, subject: str = "", text: str = "", **more: Any) -> str:
        """A letter arrives (Beijing time); `date` is what it claims, `polled` when we met it, `headers` what else it carries. Gives its SHA-256."""
        name = union.name if isinstance(union, Union) else ""
        address = more.pop("sender", "") or (union.address if isinstance(union, Union) else union) or self.address_of(name)
        said = text or f"省教科文卫体工会:\n\n现报送材料,请查收。\n\n{name}工会"
        date = (moment(more["date"]) if "date" in more else moment(when)).isoformat()
        titled = subject or f"{name}工会报送创新工作室申报材料"
        raw = letter_bytes(titled, (more.get("author", "工会"), address), date, said, list(files), **more.get("headers", {}))
        return self.post(when, raw, polled=more.get("polled", ""), folder=more.get("folder", "INBOX"))

    def post(self, when: str, raw: bytes, *, polled: str = "", folder: str = "INBOX") -> str:
        """Raw bytes arrive."""
        arrived = moment(when)
        met = moment(polled) if polled else arrived + timedelta(minutes=1)
        self._rest_until(met)
        sha = self.vault.keep(raw)
        self.uid += 1
        record = LetterRecord(sha256=sha, received_at=arrived, fetched_at=met, size=len(raw), state="new", folder=folder)
        self.ledger.record_fetched([record], [Sighting("intake", folder, 1, self.uid, sha, arrived)])
        self.quiet_until = met + timedelta(minutes=11)
        self.work(met)
        return sha

    def reply(self, when: str, union: Union, files: Iterable[File] = (), *, text: str, **more: Any) -> str:
        """The union answers our newest letter to it."""
        self._rest_until(moment(when))
        ours = [row for row in self.ledger.outbox(institution=union.name) if row.state == "sent"][-1]
        headers = {"In_Reply_To": ours.message_id, "References": ours.message_id}
        return self.mail(when, union, files, subject=f"Re: {ours.subject}", text=text, headers=headers, **more)

    def decide(self, when: str, kind: str, union: Union | str = "", target: str = "", **detail: Any) -> Decision:
        """Staff decide something."""
        self._rest_until(moment(when))
        name = union.name if isinstance(union, Union) else union
        made = self.ledger.decide(kind, by="郝老师", at=moment(when), institution=name, target=target, detail=detail)
        self.work(moment(when))
        return made

    def until(self, when: str) -> None:
        """Time passes; the stations do at this moment what is owed, and staff look at the digest."""
        self._rest_until(moment(when))
        self.work(moment(when))
        self.pages += _digest(self)

    def key_of(self, code: str, union: Union) -> str:
        """The key of the union's finding with this code."""
        return next(f.key for f in self.ledger.assessments()[union.name].findings if f.code == code)

    def address_of(self, name: str) -> str:
        """The address the roster has for an institution."""
        institution = self.campaign.institution(name)
        return institution.email if institution else "someone@nowhere.example"

    # The office at work

    def _rest_until(self, when: datetime) -> None:
        if self.quiet_until is not None and self.quiet_until <= when:
            self.work(self.quiet_until)
            self.quiet_until = None

    def work(self, now: datetime) -> None:
        """Every station once."""
        self.now = now
        with Inline() as engine:
            open_letters(self.ledger, self.vault, engine, self.campaign)
            read_documents(self.ledger, self.vault, engine, self.campaign)
        self.ledger.note_health("last_poll_ok", now.isoformat())
        assess_letters(self.ledger, self.campaign, now)
        compose_letters(self.ledger, self.campaign, self.settings, now)
        compose_reminders(self.ledger, self.campaign, self.settings, now)
        before = {row.key for row in self.ledger.outbox(raw=False) if row.state == "sent"}
        send_letters(self.ledger, self.settings, self.campaign, lambda: now, lambda _: None, connect=Line)
        self.examine(before)

    def examine(self, before: set[str]) -> None:
        """What just left agrees with the matrix of this moment, is written for people, and repeats nothing to the same address."""
        left = [row for row in self.ledger.outbox("sent") if row.kind != "digest"]
        for row in (row for row in left if row.key not in before):
            wrong = list(contradictions(row, self.ledger.assessments().get(row.institution), self.campaign, self.now))
            assert wrong == [], (wrong, bytes_to_words(row.raw))
            assert letter_stains(row) == [], (letter_stains(row), row.subject)
        said = [(row.recipient.lower(), bytes_to_words(row.raw)) for row in left]
        assert len(said) == len(set(said))

    def outcome(self) -> str:
        """Everything that came of it, as text."""
        if self.quiet_until is not None:
            self._rest_until(self.quiet_until)
        whole = "\n".join((*_claims(self), *_matrices(self), *_letters(self), *self._all_pages())).rstrip() + "\n"
        # The check part of a number is every ledger's own.
        return re.sub(r"(?<=-\d{4})-[A-Z0-9]{4}(?=[】-])", "", whole)

    def _all_pages(self) -> list[str]:
        last = list(_digest(self))
        return self.pages if self.pages[-len(last) :] == last else [*self.pages, *last]


# --- writing down -----------------------------------------------------------------------------------------------------------------------


def _claims(play: Play) -> Iterator[str]:
    yield "# 认领"
    claims = play.ledger.claims()
    for received in sorted(play.ledger.received(), key=lambda r: (r.received_at, r.sha256)):
        claim = claims[received.sha256]
        whose = claim.institution or ("拆分:" + "、".join(claim.split) if claim.split else "待认领" if "M01" in claim.codes else "无")
        more = "".join([f" (附属:{claim.affiliate})" if claim.affiliate else "", f" {'/'.join(claim.codes)}" if claim.codes else ""])
        copies = f" 共{len(received.seen_at)}封" if len(received.seen_at) > 1 else ""
        yield f"{_time(received.received_at)} 《{received.message.subject}》{copies} [{received.message.kind}] → {whose}{more}"
        if claim.institution is None:
            for candidate in claim.candidates:
                yield f"    候选 {candidate.institution} {candidate.score:.2f}: {'；'.join(candidate.evidence)}"
    yield ""


def _matrices(play: Play) -> Iterator[str]:
    for assessment in play.ledger.assessments().values():
        if assessment.submission.letters or assessment.submission.decisions:
            yield from _matrix(assessment)


def _matrix(assessment: Assessment) -> Iterator[str]:
    submission = assessment.submission
    word = "收齐" if assessment.complete else "未齐"
    yield f"# 矩阵 {assessment.institution.name}:{word},{assessment.timeliness}{',不推荐' if submission.not_recommending else ''}"
    for studio in submission.studios:
        marks = [m for m, yes in (("已撤回", studio.withdrawn), ("已不在最新汇总表", studio.superseded)) if yes]
        category = {"model_worker": "劳模", "employee": "职工"}.get(studio.category or "", "类别不明")
        yield f"{studio.name}({category},{studio.leader}){' ' + '、'.join(marks) if marks else ''}"
        for material, title in MATERIALS.items():
            state = studio.materials[material]
            versions = "; ".join(_version(v, v == state.current) for v in state.versions)
            yield f"    {title}: {STATUS[state.status]}{f'({state.note})' if state.note else ''}{f' ← {versions}' if versions else ''}"
    for title, versions in (("待人工查看", submission.unread), ("其他材料", submission.unplaced)):
        for version in versions:
            yield f"  {title}: {version.file}{f' [{version.problem}]' if version.problem else ''}"
    for _, cloud in submission.cloud_files:
        yield f"  云附件: {cloud.name}{f' {_time(cloud.expires_at)}到期' if cloud.expires_at else ''}"
    yield f"# 问题 {assessment.institution.name}"
    for found in assessment.findings:
        state = "" if found.state == "open" else f" <{found.state}>"
        yield f"[{found.severity}] {found.code} → {found.audience}{state}: {found.message}"
    yield ""


def _version(version: Any, current: bool) -> str:
    more = [f"第{version.number}版", *([version.problem] if version.problem else []), *(["截止后"] if version.late else [])]
    more += [f"附表{len(version.annexes)}"] if version.annexes else []
    return (
        f"{'*' if current else ''}{'/'.join(version.path)}({','.join(more)}{':' + '、'.join(version.changes) if version.changes else ''})"
    )


def _letters(play: Play) -> Iterator[str]:
    rows = [r for r in play.ledger.outbox() if r.kind != "digest" and r.state != "dropped"]
    for row in sorted(rows, key=lambda r: (r.created_at, r.key)):
        copied = message_from_bytes(row.raw, policy=default)["Cc"]
        yield f"# 信函 {_time(row.created_at)} {row.kind} [{row.state}] 致 {row.recipient}{f' 抄送 {copied}' if copied else ''}"
        yield f"主题: {row.subject}"
        yield _body(row)
        yield ""


def _body(row: OutboxRecord) -> str:
    mail = message_from_bytes(row.raw, policy=default)
    body = mail.get_body(("plain",))
    text = body.get_content().replace("\r\n", "\n") if body else ""
    enclosures = [str(p.get_filename()) for p in mail.iter_attachments()]
    listed = [f"(随信附件: {'、'.join(enclosures)})"] if enclosures else []
    return "\n".join([_without_sizes("\n".join(line.rstrip() for line in text.strip().split("\n"))), *listed])


def _without_sizes(text: str) -> str:
    """File sizes and check sums depend on the machine's zlib: they are tested elsewhere."""
    return re.sub(
        r"（[^（）]*，校验码 ?[0-9a-f]+）|(?<![0-9a-z])[0-9a-f]{8,64}(?![0-9a-z])", lambda m: m[0] if m[0].isdigit() else "（…）", text
    )


def _digest(play: Play) -> Iterator[str]:
    digest = compose_digest(play.ledger, play.campaign, play.settings, play.now, "")
    assert stains(digest.text) == [], digest.text
    yield f"# 日报 {_time(play.now)} {digest.wording.subject}"
    yield next((line.strip() for line in digest.wording.text.split("\n") if "应报" in line), "")
    for number, item in enumerate(digest.items, 1):
        yield _without_sizes(f" {number}. [{item.label}] {item.sentence}{' → ' + item.action if item.action else ''}")
        for evidence in item.evidence:
            yield _without_sizes(f"    依据: {evidence}")


def _time(when: datetime) -> str:
    return f"{when.astimezone(moment('07-26 08:00').tzinfo):%m-%d %H:%M:%S}"


# --- cases ---------------------------------------------------------------------------------------------------------------------------------


def cases() -> list[Path]:
    """Every case folder, by number."""
    return sorted(p.parent for p in HERE.glob("*/case.py"))


def load_case(case: Path) -> Any:
    """The case's module: what happens in it, and the words that say so."""
    spec = importlib.util.spec_from_file_location(f"case_{hashlib.sha256(case.name.encode()).hexdigest()[:8]}", case / "case.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def play_case(case: Path, folder: Path) -> str:
    """Play a case and give everything that came of it."""
    module = load_case(case)
    play = Play(folder)
    try:
        module.tell(play)
        return f"{(module.__doc__ or '').strip()}\n\n{play.outcome()}"
    finally:
        play.close()


__all__ = ["LEADERS", "File", "Play", "Union", "cases", "load_case", "play_case", "replace"]
