"""Core: what a person may decide - each kind with its words, and the check that what was typed means something on the books."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from config.campaign import Campaign
from intake.decisions import names_studio
from intake.message import Attachment
from intake.submission import Assessment

Details = dict[str, Any]
Given = Mapping[str, str]
MATERIALS = {"汇总表": "summary_row", "基本情况表": "basic_info", "申报材料": "narrative"}
UNIT_CLASSES = {"普通": "ordinary", "医科": "medical", "ordinary": "ordinary", "medical": "medical"}
MODES = {"演练": "rehearsal", "审核后发": "approve", "自动": "automatic"}
SCOPES = {"全部": "", "提醒": "reminders"}
PLACEHOLDERS = ("工作室", "工作室名称", "新工作室", "…")


class Slip(ValueError):
    """What was typed means nothing on the books; the sentence names the choices."""


@dataclass(frozen=True, slots=True)
class Case:
    """案情: what the books hold that a decision about one institution may speak of; letters and files by SHA-256."""

    campaign: Campaign
    assessment: Assessment | None
    letters: Sequence[str]

    @property
    def files(self) -> Mapping[str, str]:
        """The institution's files by SHA-256 with their names."""
        received = self.assessment.submission.letters if self.assessment else ()
        return {a.sha256: a.name for letter in received for a in letter.message.leaves}

    @property
    def studios(self) -> tuple[str, ...]:
        """The names of the institution's studios as the matrix shows them."""
        return tuple(s.name for s in self.assessment.submission.studios) if self.assessment else ()


def find_institution(campaign: Campaign, typed: str) -> str:
    """The full name on the roster that a person means; a near miss is refused with the names it may be."""
    name = typed.strip().removesuffix("工会")
    if campaign.institution(name):
        return name
    near = [i.name for i in campaign.institutions if name and (name in i.name or name in i.aliases or name in i.affiliates)]
    raise Slip(f"名录里没有“{typed}”，请写学校全称{f'：是不是 {chr(12289).join(near[:5])}？' if near else '。'}")


def part_to_owner(part: str, files: Sequence[Attachment], campaign: Campaign) -> tuple[str, str]:
    """`文件=学校` as the file's SHA-256 and the institution's full name; a file or name that fits nothing or several is refused."""
    name, _, institution = part.rpartition("=")
    owner = find_institution(campaign, institution)
    fitting = {f.sha256 for f in files if f.sha256.startswith(name.lower()) or name in f.name}
    if not name or len(fitting) != 1:
        raise Slip(f"“{name}”{'对应不止一个文件' if fitting else '不在这封信里'}，信里有：{'、'.join(f.name for f in files)}。")
    return fitting.pop(), owner


def find_letter(case: Case, typed: str) -> str:
    """A letter's SHA-256 from the first characters a person copied from the digest."""
    return only_one([sha for sha in case.letters if sha.startswith(typed.lower())], typed, "信", "编号在日报和 intake status 里")


def find_file(case: Case, typed: str) -> str:
    """The SHA-256 of a file of this institution from its first characters."""
    return only_one([sha for sha in case.files if sha.startswith(typed.lower())], typed, "这所学校的文件", "编号在导出的 文件清单.xlsx 里")


def only_one(found: Sequence[str], typed: str, what: str, where: str) -> str:
    """The one that fits; none or several is a slip."""
    if len(found) == 1 and typed:
        return found[0]
    raise Slip(f"“{typed}”{'对应不止一件，请多写几位' if found else f'没有对应的{what}'}（{where}）。")


def find_studio(case: Case, typed: str) -> str:
    """The studio's name as the matrix shows it."""
    owners = (case.assessment.institution.name,) if case.assessment else ()
    submission = case.assessment.submission.studios if case.assessment else ()
    found = [s.name for s in submission if names_studio(typed, (s.name, *s.names), owners)]
    if len(found) == 1:
        return found[0]
    raise Slip(f"这所学校没有“{typed}”这个工作室，现有：{'、'.join(case.studios) or '无'}。")


def new_or_known_studio(case: Case, typed: str) -> str:
    """A studio on the matrix, or the full name of one that is not there yet; a placeholder copied from the digest is a slip."""
    try:
        return find_studio(case, typed)
    except Slip:
        if typed in PLACEHOLDERS or len(typed) < 4:
            raise
        return typed


def find_finding(case: Case, typed: str) -> str:
    """A finding's key: whole, by its first characters, or by a code that only one open finding has."""
    findings = case.assessment.findings if case.assessment else ()
    keys = [f.key for f in findings]
    for fitting in ([k for k in keys if k == typed], [f.key for f in findings if f.code == typed], [k for k in keys if k.startswith(typed)]):
        if len(set(fitting)) == 1:
            return fitting[0]
    raise Slip(f"这所学校没有“{typed}”这一问题，现有：\n" + "\n".join(f"  {f.key}  {f.message}" for f in findings if f.severity != "note"))


def waivable(case: Case, typed: str) -> str:
    """A finding, or `工作室|材料` for a material that need not be sent."""
    studio, bar, material = typed.rpartition("|")
    if bar and (material in MATERIALS or material in MATERIALS.values()):
        return f"{find_studio(case, studio)}|{MATERIALS.get(material, material)}"
    return find_finding(case, typed)


def approvable(case: Case, typed: str) -> str:
    """A finding that may be told, or an address that may be written to again after a bounce."""
    return typed.strip().lower() if "@" in typed else find_finding(case, typed)


def one_of(choices: Mapping[str, str] | Iterable[str], typed: str, what: str) -> str:
    """One of the words allowed."""
    if typed not in choices:
        raise Slip(f"{what}“{typed}”应为 {'、'.join(c for c in choices if not c.isascii())} 之一。")
    return choices[typed] if isinstance(choices, Mapping) else typed


def text_to_day(case: Case, typed: str) -> str:
    """A day as ISO text from 2022-08-03, 8月3日 or 8.3; the year is the campaign's when not written."""
    found = re.fullmatch(r"(?:(\d{4})[-年./])?(\d{1,2})[-月./](\d{1,2})日?", typed.strip())
    try:
        return date(int(found[1] or case.campaign.year), int(found[2]), int(found[3])).isoformat() if found else refuse_day(typed)
    except ValueError:
        return refuse_day(typed)


def refuse_day(typed: str) -> str:
    """No such day."""
    raise Slip(f"日期“{typed}”看不懂，请写成 2022-08-03 或 8月3日。")


def paper_details(case: Case, given: Given) -> tuple[str, Details]:
    """Copies and seal of the paper that came by post."""
    if not given["copies"].isdigit() or int(given["copies"]) < 1:
        raise Slip(f"份数“{given['copies']}”应为不小于1的整数。")
    stamped = one_of({"已盖章": "yes", "未盖章": ""}, given["stamped"], "盖章情况")
    return "", {"copies": int(given["copies"]), "stamped": bool(stamped), "date": text_to_day(case, given["day"])}


def category_details(case: Case, given: Given) -> tuple[str, Details]:
    """A studio's category as staff confirmed it."""
    titles = {c.title: c.key for c in case.campaign.categories}
    return find_studio(case, given["studio"]), {"category": one_of(titles, given["category"], "申报类型")}


def material_details(case: Case, given: Given) -> tuple[str, Details]:
    """What a file is, when the machine could not tell."""
    material = one_of(MATERIALS, given["material"], "材料")
    return find_file(case, given["file"]), {"material": material, "studio": new_or_known_studio(case, given["studio"])}


def replace_details(case: Case, given: Given) -> tuple[str, Details]:
    """A studio put in the place of another."""
    return find_studio(case, given["studio"]), {"by": new_or_known_studio(case, given["successor"])}


def roster_details(_case: Case, given: Given) -> tuple[str, Details]:
    """A row of the roster as staff confirmed it; what is not named stays as the file has it."""
    email = given["email"].strip()
    if email not in ("", "-") and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        raise Slip(f"邮箱“{email}”不像一个邮箱地址；不改就写 -。")
    unit_class = one_of(UNIT_CLASSES, given["unit_class"], "单位类别")
    return "", {"unit_class": unit_class} | ({"email": email.lower()} if email not in ("", "-") else {})


def deadline_details(case: Case, given: Given) -> tuple[str, Details]:
    """A later deadline: a day means its last second, a time is Beijing's unless it says otherwise."""
    day, _, clock = given["at"].strip().replace("T", " ").partition(" ")
    try:
        moment = datetime.fromisoformat(f"{text_to_day(case, day)} {clock or '23:59:59'}")
    except ValueError:
        raise Slip(f"时间“{given['at']}”看不懂，请写成 2022-08-10 或 “2022-08-10 17:30”。") from None
    at = moment if moment.tzinfo else moment.replace(tzinfo=case.campaign.zone)
    return "", {"at": at.isoformat()}


def mode_details(_case: Case, given: Given) -> tuple[str, Details]:
    """How letters leave from now on."""
    return "", {"mode": one_of(MODES, given["mode"], "发信方式")}


@dataclass(frozen=True, slots=True)
class Deciding:
    """一种决定: its words on the command line, its arguments in order, and how they become target and detail.

    `of_the_office` concerns no institution, `of_anybody` one or none (a stranger's letter).
    """

    name: str
    kind: str
    tells: str
    arguments: tuple[tuple[str, str], ...]
    build: Callable[[Case, Given], tuple[str, Details]]
    wants_reason: bool = False
    of_the_office: bool = False
    of_anybody: bool = False


def about(name: str, find: Callable[[Case, str], str]) -> Callable[[Case, Given], tuple[str, Details]]:
    """The decision is about one thing and holds nothing else."""
    return lambda case, given: (find(case, given[name]), {})


def nothing_more(_case: Case, _given: Given) -> tuple[str, Details]:
    """The decision is about the institution itself."""
    return "", {}


LETTER, STUDIO, FILE, KEY = ("letter", "信"), ("studio", "工作室"), ("file", "文件"), ("finding", "问题编号")
DECIDING = (
    Deciding("claim", "claim", "认领：这封信是哪所学校的。", (LETTER,), about("letter", find_letter)),
    Deciding("accept-late", "accept_late", "截止后收到的，按期论。", (), nothing_more),
    Deciding("waive", "waive", "某项问题（或“工作室|基本情况表”这样的材料）免于补报。", (KEY,), about("finding", waivable)),
    Deciding("explain", "explain", "接受学校对某项核实的说明。", (KEY,), about("finding", find_finding)),
    Deciding("approve", "approve", "批准：名额、资格、荣誉、撤回等问题可以告知学校。", (KEY,), about("finding", approvable)),
    Deciding(
        "unit-class", "category", "确认单位的名额类别（普通、医科）。", (("unit_class", "类别"),),
        lambda _, given: ("", {"unit_class": one_of(UNIT_CLASSES, given["unit_class"], "单位类别")}),
    ),
    Deciding("category", "category", "确认工作室的申报类型（劳模、职工）。", (STUDIO, ("category", "类型")), category_details),
    Deciding("withdraw", "withdraw_studio", "撤回一个工作室。", (STUDIO,), about("studio", find_studio)),
    Deciding("replace", "replace_studio", "用另一个工作室替换。", (STUDIO, ("successor", "新工作室")), replace_details),
    Deciding("not-recommending", "not_recommending", "今年不推荐，不再提醒。", (), nothing_more),
    Deciding("recommending", "recommending", "收回“不推荐”。", (), nothing_more),
    Deciding("paper", "paper", "纸质材料收到：份数、已盖章或未盖章、日期。", (("copies", "份数"), ("stamped", "盖章"), ("day", "日期")), paper_details),
    Deciding("version", "version", "采用这个文件的版本。", (FILE,), about("file", find_file)),
    Deciding("exclude", "exclude_file", "这个文件不算数。", (FILE,), about("file", find_file)),
    Deciding("material", "material", "认定文件是哪种材料、哪个工作室的。", (FILE, ("material", "材料"), STUDIO), material_details),
    Deciding(
        "hold", "hold", "暂不给这所学校发信（范围写 全部 或 提醒）；用 undo 恢复。", (("scope", "范围"),),
        lambda _, given: (one_of(SCOPES, given["scope"], "范围"), {}),
    ),
    Deciding("note", "note", "记一笔（写在 --reason）。", (), nothing_more, wants_reason=True),
    Deciding("roster", "roster", "确认名录：名额类别和登记邮箱（邮箱不改写 -）。", (("unit_class", "类别"), ("email", "邮箱")), roster_details),
    Deciding(
        "deadline", "deadline", "延期：新的截止时间，从此刻起生效（理由写在 --reason）。", (("at", "时间"),), deadline_details,
        wants_reason=True, of_the_office=True,
    ),
    Deciding("mode", "mode", "发信方式：演练、审核后发、自动。", (("mode", "方式"),), mode_details, of_the_office=True),
    Deciding("answered", "answered", "已答复：这封咨询由工作人员答复过了。", (LETTER,), about("letter", find_letter), of_anybody=True),
    Deciding(
        "phoned", "phoned", "已电话：为这件事打过电话（退信、没有发出的信写其编号）。", (("about", "编号"),),
        lambda _, given: (given["about"], {}), of_anybody=True,
    ),
    Deciding(
        "assign", "assign", "分工：这件事由谁办。", (("about", "事项"), ("person", "谁")),
        lambda _, given: (given["about"], {"person": given["person"]}), of_anybody=True,
    ),
)  # fmt: skip
TITLES = {d.kind: d.tells.split("：")[0].split("（")[0].rstrip("。") for d in DECIDING} | {"split": "拆分", "undo": "收回"}
