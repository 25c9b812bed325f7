"""Words: the kinds of letters (信函种类) - one row each; to add a kind is to add a row, its template and its golden case.

What a kind may ask, when it leaves and how long it stays true are columns here and nowhere else, so that none can be forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ORDINARY, ASKING = 50, 70


@dataclass(frozen=True, slots=True)
class Kind:
    """信函种类: `title` is what staff call it; `answers` it answers letters, `material` it speaks of the material itself,
    `asks` it may state what is missing or doubtful; `timeless` it stays true whatever comes later; `reminds` it is bound to its day;
    `to_strangers` it goes to who has proven nothing, `neutral` it answers nothing: the real answer is still owed.

    The larger `priority` leaves first: whoever must still act before the deadline goes before whoever has nothing left to do.
    """

    name: str
    title: str
    answers: bool = False
    material: bool = False
    asks: bool = False
    timeless: bool = False
    reminds: bool = False
    to_staff: bool = False
    to_strangers: bool = False
    neutral: bool = False
    priority: int = ORDINARY


ROWS = (
    Kind("complete", "收齐回执", answers=True, material=True, asks=True),
    Kind("supplement", "补正告知", answers=True, material=True, asks=True),
    Kind("correction", "补件回执", answers=True, material=True, asks=True),
    Kind("received", "收到回执", answers=True, material=True, asks=True),
    Kind("late", "截止后收到告知", answers=True, material=True),
    Kind("late_correction", "截止后更正回执", answers=True, material=True),
    Kind("borderline", "收到时间告知", answers=True, material=True),
    Kind("no_attachment", "未见附件告知", answers=True, priority=70),
    Kind("withdrawal", "撤回更换回执", answers=True),
    Kind("wish_settled", "撤回更换登记告知", answers=True, asks=True),
    Kind("question", "咨询回执", answers=True, timeless=True),
    Kind("explained", "说明回执", answers=True, timeless=True),
    # No receipt takes its place and it takes no receipt's: staff wrote it.
    Kind("reply", "工作人员答复", timeless=True, priority=75),
    Kind("not_recommending", "不推荐回执", answers=True, timeless=True),
    # Below every receipt: an afternoon of strangers must not keep a university's answer until tomorrow.
    Kind("unclaimed", "询问单位", timeless=True, to_strangers=True, priority=20),
    Kind("stranger", "致未确认来信人", timeless=True, to_strangers=True, neutral=True, priority=20),
    Kind("approved", "核实函", priority=75),
    Kind("changed", "情况变更告知", priority=75),
    Kind("retracted", "误发更正", timeless=True, priority=75),
    Kind("reminder_t3", "截止前三天提醒", reminds=True, priority=60),
    Kind("reminder_t1", "截止前一天提醒", reminds=True, priority=80),
    Kind("reminder_silent", "未报送提醒", reminds=True),
    Kind("deadline_change", "延期告知", priority=75),
    Kind("digest", "日报", timeless=True, to_staff=True),
    Kind("final_report", "最终报告", timeless=True, to_staff=True),
    Kind("notice", "收件台提示", timeless=True, to_staff=True),
)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in ROWS}

ANSWERS = frozenset(kind.name for kind in ROWS if kind.answers)
MATERIAL_ANSWERS = frozenset(kind.name for kind in ROWS if kind.material)
REMINDERS = frozenset(kind.name for kind in ROWS if kind.reminds)
NEUTRAL = frozenset(kind.name for kind in ROWS if kind.neutral)
TO_STRANGERS = frozenset(kind.name for kind in ROWS if kind.to_strangers)
TO_STAFF = frozenset(kind.name for kind in ROWS if kind.to_staff)
