"""Cases of group N: the 申报材料."""

from __future__ import annotations

from intake.submission import Submission
from tests.unit.intake.checks.builders import COLLEGE, Case, narrative, other_studio, state, story_case, studio, submission, version

NAME = "“张三丰劳模创新工作室”"
OUTLINE = "相关内容，可对照附件3参考提纲补充（提示，不影响接收）。"
SAME: dict[str, object] = {"fingerprint": (*range(95), *range(900, 905))}


def two_essays(changes: dict[str, object]) -> Submission:
    """Two studios of one institution, the second essay changed."""
    return submission(studio(), other_studio(story=narrative(changes, "李四光创新工作室", "李四光")))


def two_institutions(changes: dict[str, object]) -> tuple[Submission, ...]:
    """The same two studios, of two institutions."""
    theirs = submission(other_studio(story=narrative(changes, "李四光创新工作室", "李四光")), institution=COLLEGE)
    return (submission(), theirs)


SCAN = state(version("申报材料.pdf", problem="scanned"))
CASES = (
    Case("N01", "far too short", story_case({"characters": 1500}), (f"{NAME}申报材料约1500字，通知要求2000字以上，请补充完善。",), audience="institution"),
    Case("N01", "one character below the tolerance", story_case({"characters": 1899}), (f"{NAME}申报材料约1899字，通知要求2000字以上，请补充完善。",)),
    Case("N01", "within the tolerance: N02 asks", story_case({"characters": 1900})),
    Case("N02", "Word and WPS may count differently", story_case({"characters": 1960}), (f"{NAME}申报材料约1960字，接近2000字要求，请以贵校统计为准核对。",), audience="institution"),
    Case("N02", "exactly what the notice asks", story_case({"characters": 2000})),
    Case("N03", "a scan has no characters to count", submission(studio(story=SCAN)), (f"{NAME}申报材料《申报材料.pdf》为扫描件或照片，无法统计字数，请打开查看。",), audience="staff"),
    Case("N03", "a locked file: M04 asks", submission(studio(story=state(version("a.zip", problem="encrypted"))))),
    Case("N03", "only a link came", submission(studio(story=state(version("a.zip", problem="cloud"))))),
    Case("N04", "two parts of the outline untouched", story_case({"missing_sections": ("示范效应", "荣誉奖励")}), (f"{NAME}申报材料中未见“示范效应、荣誉奖励”{OUTLINE}",), audience="institution"),
    Case("N04", "every part treated", story_case()),
    Case("N05", "condition 8 forgotten", story_case({"mentions": ("systems", "places", "plans")}), (f"{NAME}申报材料可补充思政建设工作情况（见通知申报条件第8条）。",), audience="institution"),
    Case("N05", "思政 mentioned", story_case({"mentions": {"ideology": ("立德树人",), "systems": ()}})),
    Case("N06", "no rules and no plan", story_case({"mentions": ("ideology", "places")}), (f"{NAME}申报材料未提及制度建设（条件5）、工作计划，供评审参考。",), audience="staff"),
    Case("N06", "all mentioned", story_case()),
    Case("N07", "another leader's essay", story_case(studio="王五劳模创新工作室", leader="王五"),
         ("申报材料《申报材料-张三丰.docx》中的工作室/领衔人与基本情况表不一致，请核实是否误附。",), audience="institution"),
    Case("N07", "only a person's name in the prose differs: for staff", story_case(studio=None, leader="王五"),
         ("（机器识读把握不足，请先对照原件）申报材料《申报材料-张三丰.docx》中的工作室/领衔人与基本情况表不一致，请核实是否误附。",), audience="staff"),
    Case("N07", "the right studio, and the leader of a project", story_case(leader="王五")),
    Case("N07", "the right leader under a shorter title", story_case(studio="张三丰劳模", leader="张三丰（教授）")),
    Case("N07", "an essay that names nobody", story_case(studio=None, leader=None)),
    Case("N08", "two studios with one text", two_essays(SAME), (f"{NAME}与“李四光创新工作室”的申报材料内容近乎相同（相似度95%），请查看两份原件后判断。",), audience="staff"),
    Case("N08", "two institutions with one text", two_institutions(SAME), (
        f"{NAME}与示例大学城市学院“李四光创新工作室”的申报材料内容近乎相同（相似度95%），请查看两份原件后判断。",
        f"“李四光创新工作室”与示例大学{NAME}的申报材料内容近乎相同（相似度95%），请查看两份原件后判断。",
    )),
    Case("N08", "a shared introduction", two_essays({"fingerprint": (*range(80), *range(900, 920))})),
)  # fmt: skip
