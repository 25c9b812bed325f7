"""Every kind of letter once, by the name of its golden file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from config.campaign import Deadline
from intake.message import Address
from intake.submission import Assessment, Claim, Decision, Evidence, Finding, Submission
from notifier.letter import Enclosure, Letter
from notifier.letters.compose import compose_answer, compose_approved, compose_reply
from notifier.letters.corrections import Change, compose_changed, compose_retracted
from notifier.letters.reminders import compose_deadline_change, compose_reminder
from notifier.letters.strangers import compose_stranger, compose_unclaimed
from notifier.post.dispatch import letter_to_record
from tests.unit.notifier.letters.cases import (
    COMPLETE_FILES,
    HILL,
    LAKE,
    SEA,
    at,
    campaign,
    cloud,
    complete_case,
    complete_submission,
    corrected_case,
    finding,
    letter,
    occasion,
    partial_case,
    version,
)

CAMPAIGN = campaign()
TEMPLATES = (Enclosure("附件4 基本情况表（空白）.docx", b"PK"),)


def words_only(kind: str, **more: object) -> Assessment:
    """An institution that sent one letter without files."""
    received = letter(f"words-{kind}", at(31, 11, 20), kind=kind, **more)
    return Assessment(institution=SEA, submission=Submission(institution=SEA, letters=(received,)))


def answer(assessment: Assessment, day: int, month: int = 7, **more: object) -> Letter:
    """The answer composed on that day at 16:00."""
    found = compose_answer(occasion(assessment, at(day, 16, 0, month=month), **more), CAMPAIGN, lambda: TEMPLATES)  # type: ignore[arg-type]
    assert found is not None
    return found


def late(day: int, hour: int, minute: int) -> Assessment:
    received = letter("late-1", at(day, hour, minute, month=8), files=COMPLETE_FILES)
    within_grace = hour == 0 and minute <= 10
    came = {"borderline_letters": (received.sha256,)} if within_grace else {"late_letters": (received.sha256,)}
    submission = replace(complete_submission(received), **came)  # type: ignore[arg-type]
    return Assessment(institution=SEA, submission=submission, complete=True, timeliness="borderline" if within_grace else "late")


def corrected() -> Letter:
    assessment, told = corrected_case()
    return answer(assessment, 1, 8, told=told, first=False, answers=assessment.submission.letters[1:], last_answer_at=at(30, 10, 20))


def corrected_complete() -> Letter:
    assessment, told = corrected_case()
    done = replace(assessment, findings=(), complete=True)
    return answer(done, 1, 8, told=told, first=False, answers=assessment.submission.letters[1:], last_answer_at=at(30, 10, 20))


def late_correction() -> Letter:
    on_time = complete_case()
    second = letter("late-2", at(6, 9, 0, month=8), files=("基本情况表-李四（更新版）.docx",))
    submission = replace(on_time.submission, letters=(*on_time.submission.letters, second), late_letters=(second.sha256,))
    case = replace(on_time, submission=submission, timeliness="on_time_then_corrected")
    return answer(case, 6, 8, answers=(second,), first=False)


def unread() -> Letter:
    received = letter("scan-1", at(28, 9, 30), files=("张三工作室盖章扫描件.pdf",))
    scan = version(received, "张三工作室盖章扫描件.pdf", status="received_unread")
    submission = Submission(institution=SEA, letters=(received,), unplaced=(scan,), unread=(scan,))
    tip = finding(
        "M07", "conflict", "《张三工作室盖章扫描件.pdf》为扫描件，已收存；为便于登记汇总，烦请同时发送可编辑的 Word 或 Excel 电子版。"
    )
    return answer(Assessment(institution=SEA, submission=submission, findings=(tip,), timeliness="on_time"), 28)


def received_only() -> Letter:
    received = letter("scan-1", at(28, 9, 30), files=("张三工作室盖章扫描件.pdf",))
    scan = version(received, "张三工作室盖章扫描件.pdf", status="received_unread")
    submission = Submission(institution=SEA, letters=(received,), unplaced=(scan,), unread=(scan,))
    return answer(Assessment(institution=SEA, submission=submission, timeliness="on_time"), 28)


def mixed_withdrawal() -> Letter:
    case = partial_case()
    more = letter("swap-1", at(30, 10, 8), intents=("replacement", "question"), sender=HILL.email)
    case = replace(case, findings=(*case.findings, wish(more.sha256)))
    return answer(replace(case, submission=replace(case.submission, letters=(*case.submission.letters, more))), 30)


def wish(sha: str) -> Finding:
    return finding(
        "M16", "manual", "来信关于撤回推荐已收悉。", audience="institution_after_approval", facts={"letter": sha, "事项": "撤回推荐"}
    )


def withdrawal() -> Letter:
    case = words_only("withdrawal", intents=("withdrawal",))
    return answer(replace(case, findings=(wish(case.submission.letters[0].sha256),)), 31)


def settled_wish() -> Letter:
    case = complete_case()
    asks = letter("withdraw-1", at(30, 9, 0), kind="withdrawal", intents=("withdrawal",))
    first, second = case.submission.studios
    decision = Decision(4, "withdraw_studio", at(30, 9, 30), "赵值班", SEA.name, second.name)
    studios = (first, replace(second, withdrawn=True))
    submission = replace(case.submission, letters=(*case.submission.letters, asks), studios=studios, decisions=(decision,))
    return answer(replace(case, submission=submission), 30, answers=(asks,), first=False)


def approved() -> Letter:
    asks = (
        finding(
            "Q01",
            "missing",
            "贵校共推荐4个工作室，超出通知规定的3个，请研究确定推荐名单后重新报送汇总表。",
            audience="institution_after_approval",
        ),
        finding(
            "F07",
            "missing",
            "“张三创新工作室”命名单位填为“示例市总工会”，按通知要求，已被省、市总工会命名的不再推荐申报，请核实。",
            audience="institution_after_approval",
        ),
    )
    case = replace(partial_case(), findings=asks)
    found = compose_approved(occasion(case, at(30, 16, 0)), CAMPAIGN, 5.0)
    assert found is not None
    return found


def repeated() -> Letter:
    on_time = complete_case()
    again = letter("again-1", at(29, 16, 10), files=COMPLETE_FILES, content="complete-1")
    submission = replace(on_time.submission, letters=(*on_time.submission.letters, again))
    return answer(replace(on_time, submission=submission), 29, answers=(again,), first=False)


def nothing_attached() -> Letter:
    case = words_only("empty")
    lacking = finding("M02", "missing", "来信中未见附件，烦请重新发送。", facts={"letter": case.submission.letters[0].sha256})
    return answer(replace(case, findings=(lacking,)), 31)


def affiliate() -> Letter:
    received = letter("hospital-1", at(29, 15, 42), files=COMPLETE_FILES, sender="gh@hospital.example")
    case = Assessment(institution=LAKE, submission=complete_submission(received, LAKE), complete=True, timeliness="on_time")
    return answer(case, 29, affiliate="平湖示例医科大学附属第一医院")


def forwarded() -> Letter:
    case = complete_case()
    received = case.submission.letters[0]
    message = replace(received.message, forwarded_from=Address("工会", SEA.email), forwarded_date=at(28, 9, 0))
    letters = (replace(received, message=message),)
    return answer(replace(case, submission=replace(case.submission, letters=letters)), 29)


def moved_deadline() -> Letter:
    extended = Deadline(at(12, 23, 59, month=8), at(4, 8, 0, month=8), "依补充通知")
    moved = replace(CAMPAIGN, deadlines=(*CAMPAIGN.deadlines, extended))
    return compose_deadline_change(occasion(partial_case(), at(4, 9, 0, month=8)), moved)


def moved_forward_and_passed() -> Letter:
    """Brought forward, told only when it had passed: the click came late."""
    earlier = Deadline(at(3, 23, 59, month=8), at(1, 8, 0, month=8), "依补充通知")
    moved = replace(CAMPAIGN, deadlines=(*CAMPAIGN.deadlines, earlier))
    return compose_deadline_change(occasion(partial_case(), at(4, 9, 0, month=8)), moved)


def moved_deadline_for_who_was_late() -> Letter:
    extended = Deadline(at(12, 23, 59, month=8), at(7, 8, 0, month=8), "依补充通知")
    moved = replace(CAMPAIGN, deadlines=(*CAMPAIGN.deadlines, extended))
    case = complete_case(at(6, 9, 12, month=8))
    return compose_deadline_change(occasion(case, at(7, 9, 0, month=8)), moved, case.submission.letters)


def unclaimed() -> Letter:
    received = letter("stranger-1", at(27, 20, 3), files=("附件.zip",), sender="someone@mail.example")
    return compose_unclaimed(received, CAMPAIGN, at(27, 20, 15), "someone@mail.example")


def stranger(asks: bool = False, proven: bool = False) -> Letter:
    """A mailbox nobody knows writes in a university's name; `proven` when our own server found its address genuine."""
    files = () if asks else ("滨海示例大学 附件2.docx", "滨海示例大学 附件4.docx")
    more = {"kind": "withdrawal", "intents": ("withdrawal", "question")} if asks else {}
    received = letter("stranger-2", at(27, 20, 3), files=files, sender="someone@mail.example", **more)
    claim = Claim(SEA.name, evidence=Evidence(proofs=(), authentication="pass" if proven else ""))
    return compose_stranger(received, claim, occasion(complete_case(), at(27, 20, 15)), CAMPAIGN)


def answered_by_hand() -> Letter:
    """What a member of staff wrote on the desk in answer to a question."""
    asked = letter("asked", at(28, 10, 0), kind="question", subject="咨询名额")
    said = "贵校普通高校名额为3个，附属医院的名额另计。\n\n推荐材料仍请于8月5日17时前报送。"
    return compose_reply(asked, SEA.name, "LN2022-0017", said, CAMPAIGN, at(28, 15, 0), 5)


def vouched_for_by_a_stranger() -> Letter:
    """What the registered mailbox is told of material that somebody unknown sent in its name."""
    case = partial_case()
    return answer(case, 30, strange=case.submission.letters)


def changed() -> Letter:
    case = complete_case()
    first, second = case.submission.studios
    decision = Decision(4, "withdraw_studio", at(30, 9, 0), "赵值班", SEA.name, "李四创新工作室")
    submission = replace(case.submission, studios=(first, replace(second, withdrawn=True)), decisions=(decision,))
    occasion_ = occasion(replace(case, submission=submission), at(30, 16, 0))
    return compose_changed(occasion_, (Change("settled:4", "撤回“李四创新工作室”"),), CAMPAIGN)


def taken_back() -> Letter:
    return compose_changed(occasion(complete_case(), at(30, 16, 0)), (Change("undone:5", "撤回“李四创新工作室”", undone=True),), CAMPAIGN)


def all_withdrawn() -> Letter:
    case = complete_case()
    gone = tuple(replace(studio, withdrawn=True) for studio in case.submission.studios)
    submission = replace(case.submission, studios=gone)
    changes = tuple(Change(f"settled:{n}", f"撤回“{studio.name}”") for n, studio in enumerate(gone))
    return compose_changed(occasion(replace(case, submission=submission, complete=False), at(30, 16, 0)), changes, CAMPAIGN)


def retracted() -> Letter:
    wrong = letter_to_record(answer(complete_case(), 29), CAMPAIGN, "automatic")
    return compose_retracted(occasion(complete_case(), at(30, 16, 0), recipient="someone@mail.example", answers=()), wrong, CAMPAIGN)


def paper_short() -> Letter:
    case = complete_case()
    paper = {"copies": 1, "stamped": False, "date": "2022-07-27"}
    return answer(replace(case, submission=replace(case.submission, paper=paper)), 29)


def accepted_late() -> Letter:
    received = letter("late-1", at(6, 9, 12, month=8), files=COMPLETE_FILES)
    submission = replace(complete_submission(received), accepted_late=(received.sha256,))
    return answer(Assessment(institution=SEA, submission=submission, complete=True, timeliness="on_time"), 6, 8)


def reviewed() -> Letter:
    return answer(partial_case(), 30, reviewed=True)


SILENT = Assessment(institution=HILL, submission=Submission(institution=HILL))

GOLDEN: dict[str, Callable[[], Letter]] = {
    "complete": lambda: answer(complete_case(), 29),
    "complete_two_letters": lambda: answer(
        replace(
            complete_case(),
            submission=replace(
                complete_case().submission,
                letters=(complete_case().submission.letters[0], letter("part-2", at(29, 15, 50), files=("荣誉证书.jpg",))),
            ),
        ),
        29,
    ),
    "supplement": lambda: answer(partial_case(), 30),
    "supplement_verify_only": lambda: answer(replace(partial_case(), findings=partial_case().findings[2:4], complete=True), 30),
    "supplement_withdrawal": mixed_withdrawal,
    "correction": corrected,
    "correction_complete": corrected_complete,
    "scan": unread,
    "received": received_only,
    "late": lambda: answer(late(6, 9, 12), 6, 8),
    "late_correction": late_correction,
    "borderline": lambda: answer(late(6, 0, 2), 6, 8),
    "no_attachment": lambda: answer(words_only("submission", cloud_files=(cloud(),)), 31),
    "no_attachment_at_all": nothing_attached,
    "correction_repeated": repeated,
    "withdrawal": withdrawal,
    "wish_settled": settled_wish,
    "question": lambda: answer(words_only("question", intents=("question",)), 31),
    "explained": lambda: answer(words_only("empty", intents=("explanation",)), 31),
    "not_recommending": lambda: answer(words_only("empty", intents=("not_recommending",)), 31),
    "unclaimed": unclaimed,
    "reply": answered_by_hand,
    "stranger": stranger,
    "stranger_asks": lambda: stranger(asks=True),
    "stranger_proven": lambda: stranger(proven=True),
    "supplement_by_stranger": vouched_for_by_a_stranger,
    "approved": approved,
    "affiliate": affiliate,
    "forwarded": forwarded,
    "changed": changed,
    "changed_taken_back": taken_back,
    "changed_all_withdrawn": all_withdrawn,
    "retracted": retracted,
    "paper_short": paper_short,
    "accepted_late": accepted_late,
    "reviewed": reviewed,
    "reminder_t3": lambda: compose_reminder("reminder_t3", occasion(partial_case(), at(2, 9, 0, month=8), last_answer_at=at(30)), CAMPAIGN),
    "reminder_t1": lambda: compose_reminder("reminder_t1", occasion(partial_case(), at(4, 9, 0, month=8)), CAMPAIGN),
    "reminder_silent": lambda: compose_reminder("reminder_t3", occasion(SILENT, at(2, 9, 0, month=8)), CAMPAIGN),
    "deadline_change": moved_deadline,
    "deadline_change_passed": moved_forward_and_passed,
    "deadline_change_pardoned": moved_deadline_for_who_was_late,
}
