"""Cases of group D: in time, late, undecided."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from config.campaign import Deadline
from intake.submission import Received, StudioSubmission, Submission
from tests.unit.intake.checks.builders import AFTER, Case, at, basic_info, campaign, letter, state, studio, submission, version

LATE = letter("late", received_at=at(6, 0, 12, month=8))
EDGE = letter("edge", received_at=at(6, 0, 2, month=8))
EXTENDED = replace(campaign(), deadlines=(*campaign().deadlines, Deadline(at(12, 17, 0, month=8), at(4, 9, 0, month=8), "补充通知")))


def only(one: Received, **changes: Any) -> Submission:
    """A submission of this one letter, all of whose files it brought."""
    return submission(brought_by(one.sha256), letters=(one,), summaries={}, summary_versions=(), **changes)


def brought_by(*letters: str) -> StudioSubmission:
    """A studio whose form came with each of these letters, the last in force."""
    versions = [version("基本情况表.docx", basic_info(), letter=sha) for sha in letters]
    story = state(version("申报材料.docx", None, letter=letters[0], status="received"))
    return studio(basic=state(versions[-1], *versions[:-1]), story=story, row="waived", tables=())


def two(*, late: tuple[str, ...] = (), **changes: Any) -> Submission:
    """A letter in July and one in August, both of which brought a form."""
    first = letter("first", received_at=at(29))
    return submission(brought_by("first", "late"), letters=(LATE, first), late_letters=late, summaries={}, summary_versions=(), **changes)


HEADERS = (at(29, 10, 0),)
CASES = (
    Case("D01", "arrived in time", only(letter("first", received_at=at(5, 23, 59, month=8))),
         ("材料收到时间：2022年8月5日23时59分（北京时间），在规定时限内。",), audience="institution"),
    Case("D01", "of three copies the earliest counts", only(letter("first", received_at=at(6, 8, 0, month=8), seen_at=(at(5, 20, 0, month=8),))),
         ("材料收到时间：2022年8月5日20时00分（北京时间），在规定时限内。",)),
    Case("D01", "arrived late", only(LATE, late_letters=("late",))),
    Case("D01", "nothing but a question", submission(studio(), letters=(letter("q", kind="question"),))),
    Case("D02", "the first letter is late", only(LATE, late_letters=("late",)),
         ("材料收到时间：2022年8月6日0时12分（北京时间），晚于通知规定的8月5日24时。我会已如实登记，后续处理意见另行告知。",), audience="institution"),
    Case("D02", "late against the extended deadline of 17:00", only(letter("late", received_at=at(13, month=8)), late_letters=("late",)),
         ("材料收到时间：2022年8月13日10时05分（北京时间），晚于通知规定的8月12日17时。我会已如实登记，后续处理意见另行告知。",), AFTER, campaign=EXTENDED),
    Case("D02", "a correction after a submission in time", two(late=("late",))),
    Case("D03", "minutes after the deadline", only(EDGE, borderline_letters=("edge",)),
         ("材料收到时间为2022年8月6日0时02分，截止为8月5日24时，在截止后10分钟之内到达。请认定是否按期；认定前回执只写收到时间。",), audience="staff"),
    Case("D03", "sent before and arrived long after", only(letter("edge", received_at=at(6, month=8)), borderline_letters=("edge",)),
         ("材料收到时间为2022年8月6日10时05分，截止为8月5日24时，邮件自称在截止前发出、截止后到达。请认定是否按期；认定前回执只写收到时间。",)),
    Case("D03", "arrived in time", only(letter("first"))),
    Case("D04", "complete in time, corrected afterwards", two(late=("late",)),
         ("贵校原材料已按期收到；本次更正件收到时间为2022年8月6日0时12分，已作为截止后更正单独登记。",), audience="institution"),
    Case("D04", "staff accepted the late one", two(accepted_late=("late",))),
    Case("D04", "everything is late", only(LATE, late_letters=("late",))),
    Case("D05", "before the stage began", only(letter("first", received_at=at(20))),
         ("材料于2022年7月20日10时05分收到，早于推荐和申报阶段（7月26日起），已正常接收，无需处理。",), audience="staff"),
    Case("D05", "on the first day", only(letter("first", received_at=at(26, 0, 0)))),
    Case("D06", "the deadline passed in silence", submission(studio(), letters=(), studios=(), summaries={}, summary_versions=()),
         ("已过8月5日24时，未收到申报材料，也未答复不推荐；列入终期清单，不自动发函，是否电话询问请酌定。",), AFTER, "staff"),
    Case("D06", "a reply 不推荐 came",
         submission(letters=(letter("n", kind="question", intents=("not_recommending",)),), studios=(), summaries={}, summary_versions=()), now=AFTER),
    Case("D06", "the grace is not over", submission(letters=(), studios=(), summaries={}, summary_versions=()), now=at(6, 0, 5, month=8)),
    Case("D06", "a file came that nobody could open",
         submission(letters=(letter("x"),), studios=(), summaries={}, summary_versions=(), unread=(version("a.zip", letter="x", problem="corrupt"),)), now=AFTER),
    Case("D07", "mailbox and header differ by an hour", only(letter("first", received_at=at(29, 11, 0), received=HEADERS)),
         ("时间证据不一致：信箱登记时间为2022年7月29日11时00分，邮件头最后一跳为2022年7月29日10时00分，相差超过5分钟（邮件可能被移动或导入），请人工认定收到时间。",),
         audience="staff"),
    Case("D07", "they differ by five minutes", only(letter("first", received_at=at(29, 10, 5), received=HEADERS))),
)  # fmt: skip
