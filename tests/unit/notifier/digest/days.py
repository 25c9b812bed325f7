"""A quiet, an ordinary and a busy day of an office with forty-six universities, for the shape of the page and its pictures."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from config.campaign import Campaign, Institution
from intake.checks import finding
from intake.records import Health, LetterRecord, OutboxRecord
from intake.submission import Assessment, Candidate, Claim, Decision, Received, Submission
from notifier.digest.basis import DigestBasis
from tests.unit.notifier.letters.cases import at, campaign, complete_case, digest, letter, partial_case

NOW = at(2, 8, 30, month=8)
TOWNS = ["沈阳", "大连", "鞍山", "抚顺", "本溪", "丹东", "锦州", "营口", "阜新", "辽阳", "盘锦", "铁岭", "朝阳", "葫芦", "海城", "瓦房", "庄河", "凤城", "凌海", "北镇", "盖州", "大石", "灯塔"]
ROSTER = tuple(
    Institution(name=f"{town}示例{kind}", unit_class="ordinary", confirmed=True, email=f"gh@u{n}{k}.example", phone=f"024-{n:04d}{k:04d}")
    for n, town in enumerate(TOWNS)
    for k, kind in enumerate(("大学", "学院"))
)
OFFICE: Campaign = replace(campaign(), institutions=ROSTER)
ALIVE = Health(values={"last_poll_ok": at(2, 8, 25, month=8).isoformat()})


def basis(**more: object) -> DigestBasis:
    fields: dict[str, object] = {
        "campaign": OFFICE, "now": NOW, "since": NOW - timedelta(days=1), "slot": "08:30", "mode": "approve", "health": ALIVE,
        "assessments": standing(), "staff": ("赵值班", "钱值班"),
    }  # fmt: skip
    return DigestBasis(**(fields | more))  # type: ignore[arg-type]


def standing() -> dict[str, Assessment]:
    """Eighteen complete, seven not, two that recommend nobody; the others silent."""
    found = {i.name: complete_case(at(29, 10, 0), i) for i in ROSTER[:18]}
    found |= {i.name: partial_case(at(1, 9, 0, month=8), i) for i in ROSTER[18:25]}
    return found | {i.name: Assessment(institution=i, submission=Submission(institution=i, not_recommending=True)) for i in ROSTER[25:27]}


def quiet() -> DigestBasis:
    """Nothing came, nothing waits."""
    return basis(assessments={i.name: complete_case(at(29, 10, 0), i) for i in ROSTER[:18]})


def arrived(count: int) -> tuple[tuple[Received, ...], dict[str, Claim]]:
    """Letters of the last hours, of the schools that are not complete."""
    letters = tuple(letter(f"new-{n}", at(2, 7, n, month=8), files=("附件4.docx",) * (n % 3 + 1)) for n in range(count))
    return letters, {r.sha256: Claim(ROSTER[18 + n % 7].name) for n, r in enumerate(letters)}


def registered(*received: Received) -> tuple[LetterRecord, ...]:
    """The rows of these letters: what was fetched, and when."""
    return tuple(LetterRecord(sha256=r.sha256, received_at=r.received_at, fetched_at=r.fetched_at or r.received_at, size=9, state="opened", folder="INBOX") for r in received)


def held(number: int, **more: object) -> OutboxRecord:
    """One of our letters that waits for a click."""
    name = ROSTER[18 + number % 7]
    fields: dict[str, object] = {
        "key": f"LN2022-{number + 1:04d}-02", "kind": "supplement", "institution": name.name, "recipient": name.email,
        "subject": f"回复：{name.name}申报材料【回执 LN2022-{number + 1:04d}】请补正2项、核实2项", "message_id": f"<{number}@o>", "raw": b"",
        "state": "held", "created_at": at(1, 17, 0, month=8),
    }  # fmt: skip
    return OutboxRecord(**(fields | more))  # type: ignore[arg-type]


def ordinary() -> DigestBasis:
    """Nine letters came, three of ours wait, one quota question and one stranger."""
    letters, claims = arrived(9)
    stray = letter("stray", at(1, 20, 3, month=8), files=("附件.zip",), sender="someone@mail.example")
    claims[stray.sha256] = Claim(None, (Candidate(ROSTER[30].name, 0.6, ("附件2落款",)),), codes=("M01",))
    found = standing()
    asked = found[ROSTER[20].name]
    found[ROSTER[20].name] = replace(asked, findings=(*asked.findings, finding("Q01", n=4, 上限=3)))
    return basis(
        assessments=found, received=(*letters, stray), claims=claims, outbox=tuple(held(n) for n in range(3)), letters=registered(*letters, stray),
    )  # fmt: skip


def busy() -> DigestBasis:
    """The last days: forty items of every kind wait."""
    letters, claims = arrived(20)
    strays = tuple(letter(f"stray-{n}", at(1, 20, n, month=8), files=("附件.zip",), sender=f"someone{n}@mail.example") for n in range(6))
    claims |= {r.sha256: Claim(None, (Candidate(ROSTER[30 + n].name, 0.6, ("附件2落款",)),), codes=("M01",)) for n, r in enumerate(strays)}
    asked = tuple(letter(f"ask-{n}", at(27, 9, n), kind="question", intents=("question",), sender=f"q{n}@u{n}.example") for n in range(3))
    claims |= {r.sha256: Claim(ROSTER[18 + n].name) for n, r in enumerate(asked)}
    found = standing()
    for n, institution in enumerate(ROSTER[18:25]):
        more = (finding("Q01", n=4, 上限=3), finding("T21", studio="张三创新工作室", 值="研究所"), finding("M12", 文件="材料.docx", sha256="a" * 64, letter="b" * 64, 情况=""))
        found[institution.name] = replace(found[institution.name], findings=(*found[institution.name].findings, *more[: 2 + n % 2]))
    rows = tuple(held(n) for n in range(9))
    rows += (held(20, state="failed", error="550 User not found"), held(21, state="sent", bounced_at=at(30, 9, 0), sent_at=at(30, 8, 0)))
    put_aside = LetterRecord(sha256=digest("broken"), received_at=at(1), fetched_at=at(1), size=9, state="quarantined", folder="INBOX")
    called = Decision(1, "phoned", at(1, 15, 0, month=8), "赵值班", ROSTER[40].name)
    return basis(
        assessments=found, received=(*letters, *strays, *asked), claims=claims, outbox=rows,
        letters=(*registered(*letters, *strays, *asked), put_aside), decisions=(called,),
    )  # fmt: skip


DAYS = {"quiet": quiet, "ordinary": ordinary, "busy": busy}
