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
from intake.submission import Assessment, Decision
from notifier.proposals import handle
from service.refusals import Slip

Details = dict[str, Any]
Given = Mapping[str, str]
MATERIALS = {"汇总表": "summary_row", "基本情况表": "basic_info", "申报材料": "narrative"}
UNIT_CLASSES = {"普通": "ordinary", "医科": "medical", "ordinary": "ordinary", "medical": "medical"}
MODES = {"演练": "rehearsal", "审核后发": "approve", "自动": "automatic"}
SCOPES = {"全部": "", "提醒": "reminders"}
# What the page calls a matter that has no letter in the books.
MATTER = re.compile(r"(?:信箱|原件库|两套程序|已发送):\S.*")
FEWEST = 6
PLACEHOLDERS = ("工作室", "工作室名称", "新工作室", "…")


@dataclass(frozen=True, slots=True)
class Case:
    """案情: what the books hold that a decision about one institution may speak of; letters and files by SHA-256. `today` is the office's
    day, None where nobody knows it. `found` may be a way to the assessment: most decisions never ask for it, and a large one takes long."""

    campaign: Campaign
    found: Assessment | Callable[[], Assessment | None] | None
    letters: Sequence[str]
    today: date | None = None

    @property
    def assessment(self) -> Assessment | None:
        """What is on the books about the institution."""
        return self.found() if callable(self.found) else self.found

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


def find_matter(case: Case, typed: str) -> str:
    """A letter, or a matter of the page that has no letter here: one the server does not give, damaged originals, a second program."""
    return typed.strip() if MATTER.fullmatch(typed.strip()) else find_letter(case, typed)


def find_called(case: Case, typed: str) -> str:
    """What a call was about: a letter that came, by its first characters, or whatever else was named (a letter of ours, an address)."""
    fitting = [sha for sha in case.letters if len(typed) >= FEWEST and sha.startswith(typed.lower())]
    return fitting[0] if len(fitting) == 1 else typed


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
    """A finding's key: whole, by the number on the page, by its first characters, or by a code that only one open finding has."""
    findings = case.assessment.findings if case.assessment else ()
    keys = [f.key for f in findings]
    for fitting in ([k for k in keys if k == typed], [k for k in keys if handle(k) == typed.lower()], [f.key for f in findings if f.code == typed], [k for k in keys if k.startswith(typed)]):
        if len(set(fitting)) == 1:
            return fitting[0]
    from intake.checks import staff_message  # only for a slip: the room of the checks is half of what a look would load

    raise Slip(f"这所学校没有“{typed}”这一问题，现有：\n" + "\n".join(f"  {handle(f.key)}  {staff_message(f)}" for f in findings if f.severity != "note"))


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


def late_letters(case: Case, _given: Given) -> tuple[str, Details]:
    """The decision about an institution's late letters; who has none needs none."""
    submission = case.assessment.submission if case.assessment else None
    if submission is None or not (submission.late_letters or submission.borderline_letters or submission.accepted_late):
        raise Slip("这所学校没有截止后收到的材料，不需要认定。")
    return "", {}


def refusal_details(case: Case, given: Given) -> tuple[str, Details]:
    """今年不推荐; who has sent studios is asked about twice."""
    active = case.assessment.submission.active_studios if case.assessment else ()
    if active and not given.get("yes"):
        raise Slip(f"这所学校已报{len(active)}个工作室（{'、'.join(s.name for s in active)}）。确要登记今年不推荐的，请在命令后加 --yes。")
    return "", {}


def past_day(case: Case, typed: str) -> str:
    """A day that has come: what was received cannot lie in the future."""
    day = text_to_day(case, typed)
    if case.today and date.fromisoformat(day) > case.today:
        raise Slip(f"日期“{typed}”在今天（{case.today.year}年{case.today.month}月{case.today.day}日）之后，请核对。")
    return day


def text_to_day(case: Case, typed: str) -> str:
    """A day as ISO text from 2022-08-03, 8月3日 or 8.3; the year is this one (the campaign's where nobody knows it) when not written."""
    year = case.today.year if case.today else case.campaign.year
    found = re.fullmatch(r"(?:(\d{4})[-年./])?(\d{1,2})[-月./](\d{1,2})日?", typed.strip())
    try:
        return date(int(found[1] or year), int(found[2]), int(found[3])).isoformat() if found else refuse_day(typed)
    except ValueError:
        return refuse_day(typed)


def refuse_day(typed: str) -> str:
    """No such day."""
    raise Slip(f"日期“{typed}”看不懂，请写成 2022-08-03 或 8月3日。")


def paper_details(case: Case, given: Given) -> tuple[str, Details]:
    """Copies and seal of the paper that came by post; `附件2、基本情况表未盖章` names the parts that lack it."""
    if not given["copies"].isdigit() or int(given["copies"]) < 1:
        raise Slip(f"份数“{given['copies']}”应为不小于1的整数。")
    parts, unstamped = given["stamped"].strip().removesuffix("未盖章"), given["stamped"].strip().endswith("未盖章")
    stamped = "" if unstamped else one_of({"已盖章": "yes", "未盖章": ""}, given["stamped"], "盖章情况")
    lacking = {"unstamped": parts} if unstamped and parts else {}
    return "", {"copies": int(given["copies"]), "stamped": bool(stamped), "date": past_day(case, given["day"])} | lacking


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
    successor = new_or_known_studio(case, given["successor"])
    if successor not in case.studios and not given.get("yes"):
        raise Slip(f"来件中尚未见过“{successor}”，现有：{'、'.join(case.studios) or '无'}。确要照此登记的，请在命令后加 --yes。")
    return find_studio(case, given["studio"]), {"by": successor}


def roster_details(_case: Case, given: Given) -> tuple[str, Details]:
    """A row of the roster as staff confirmed it; what is not named stays as the file has it."""
    email = given["email"].strip()
    if email not in ("", "-") and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        raise Slip(f"邮箱“{email}”不像一个邮箱地址；不改就写 -。")
    unit_class = one_of(UNIT_CLASSES, given["unit_class"], "单位类别")
    return "", {"unit_class": unit_class} | ({"email": email.lower()} if email not in ("", "-") else {})


def contact_details(_case: Case, given: Given) -> tuple[str, Details]:
    """How to reach the union: telephone, whom to ask for, the registered mailbox; `-` leaves a word as it is, an empty one takes it off."""
    words = {name: " ".join(given.get(name, "-").split())[:60] for name in ("phone", "contact", "email")}
    if not re.fullmatch(r"[-0-9０-９+（）()、，,；;/ 转分机]*", words["phone"]):
        raise Slip(f"电话“{words['phone']}”里有不像电话的字；不改就写 -。")
    if words["email"] not in ("", "-") and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", words["email"]):
        raise Slip(f"邮箱“{words['email']}”不像一个邮箱地址；不改就写 -。")
    words["email"] = words["email"].lower()
    named = {name: word for name, word in words.items() if word != "-"}
    if not named:
        raise Slip("三项都没有改。")
    return "", named


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
    Deciding("accept-late", "accept_late", "截止后收到的，按期论。", (), late_letters),
    Deciding("not-accept-late", "not_accept_late", "截止后收到的，按逾期论。", (), late_letters),
    Deciding("waive", "waive", "某项问题（或“工作室|基本情况表”这样的材料）免于补报。", (KEY,), about("finding", waivable)),
    Deciding("explain", "explain", "接受学校对某项核实的说明。", (KEY,), about("finding", find_finding)),
    Deciding(
        "refuse", "explain", "不采纳学校对某项核实的说明。", (KEY,), lambda case, given: (find_finding(case, given["finding"]), {"accepted": False}),
    ),
    Deciding("approve", "approve", "批准：名额、资格、荣誉、撤回等问题可以告知学校。", (KEY,), about("finding", approvable)),
    Deciding(
        "unit-class", "category", "确认单位的名额类别（普通、医科）。", (("unit_class", "类别"),),
        lambda _, given: ("", {"unit_class": one_of(UNIT_CLASSES, given["unit_class"], "单位类别")}),
    ),
    Deciding("category", "category", "确认工作室的申报类型（劳模、职工）。", (STUDIO, ("category", "类型")), category_details),
    Deciding("withdraw", "withdraw_studio", "撤回一个工作室。", (STUDIO,), about("studio", find_studio)),
    Deciding("replace", "replace_studio", "用另一个工作室替换。", (STUDIO, ("successor", "新工作室")), replace_details),
    Deciding("not-recommending", "not_recommending", "今年不推荐，不再提醒。", (), refusal_details),
    Deciding("recommending", "recommending", "收回“不推荐”。", (), nothing_more),
    Deciding("paper", "paper", "纸质材料收到：份数、已盖章或未盖章、日期。", (("copies", "份数"), ("stamped", "盖章"), ("day", "日期")), paper_details),
    Deciding("version", "version", "采用这个文件的版本。", (FILE,), about("file", find_file)),
    Deciding("exclude", "exclude_file", "这个文件不算数。", (FILE,), about("file", find_file)),
    Deciding("material", "material", "认定文件是哪种材料、哪个工作室的。", (FILE, ("material", "材料"), STUDIO), material_details),
    Deciding(
        "hold", "hold", "暂不给这所学校发信（范围写 全部 或 提醒）；用 undo 恢复。", (("scope", "范围"),),
        lambda _, given: (one_of(SCOPES, given["scope"], "范围"), {}),
    ),
    Deciding("seen", "seen", "来信已人工查看。", (LETTER,), about("letter", find_matter), of_anybody=True),
    Deciding("note", "note", "记一笔（写在 --reason）。", (), nothing_more, wants_reason=True),
    Deciding("roster", "roster", "确认名录：名额类别和登记邮箱（邮箱不改写 -）。", (("unit_class", "类别"), ("email", "邮箱")), roster_details),
    Deciding(
        "contact", "contact", "更正联系方式：电话、联系人、登记邮箱（不改的写 -）。",
        (("phone", "电话"), ("contact", "联系人"), ("email", "邮箱")), contact_details,
    ),
    Deciding(
        "deadline", "deadline", "延期：新的截止时间，从此刻起生效（理由写在 --reason）。", (("at", "时间"),), deadline_details,
        wants_reason=True, of_the_office=True,
    ),
    Deciding("mode", "mode", "发信方式：演练、审核后发、自动。", (("mode", "方式"),), mode_details, of_the_office=True),
    Deciding("answered", "answered", "已答复：这封咨询由工作人员答复过了。", (LETTER,), about("letter", find_letter), of_anybody=True),
    Deciding(
        "phoned", "phoned", "已电话：为这件事打过电话（退信、没有发出的信写其编号）。", (("about", "编号"),),
        lambda case, given: (find_called(case, given["about"]), {}), of_anybody=True,
    ),
    Deciding(
        "assign", "assign", "分工：这件事由谁办。", (("about", "事项"), ("person", "谁")),
        lambda _, given: (given["about"], {"person": given["person"]}), of_anybody=True,
    ),
)  # fmt: skip
FOLLOWS: Mapping[str, str] = {
    "claim": "来信登记在该校名下，照此核对，并按发信方式回执。",
    "split": "各校只登记各自的文件，照此核对并回执。",
    "accept_late": "该校截止后收到的材料按期登记，进度与名单随之更正；此后的信写明“经我会研究，按期登记”。",
    "not_accept_late": "该校截止后收到的材料按逾期登记，列入“截止后”名单，截止前的版本不变。",
    "waive": "此项不再要求补报，也不再列入信函和日报。",
    "explain": "此项不再请学校核实，也不再列入日报。",
    "approve": "告知函五分钟后发出，此前可用 intake letters hold 收回。",
    "category": "名额和汇总表按此重新核对。",
    "withdraw_studio": "该工作室不再计入名额和名单；已拟好书面告知，见待审核的信。",
    "replace_studio": "原工作室不再计入名额和名单；已拟好书面告知，见待审核的信。",
    "not_recommending": "列入“不推荐”名单，不再提醒。",
    "recommending": "恢复为应报单位，照常提醒。",
    "paper": "登记在台账“纸质材料”页，此后的信照此写明。",
    "version": "采用此版本，重新核对。",
    "exclude_file": "此文件不再作为材料，重新核对。",
    "material": "此文件按所认定的材料登记，重新核对。",
    "hold": "待发的信一并暂停，此后拟的信也暂不发出；收回此决定即恢复。",
    "answered": "此项咨询从待办中销去。",
    "seen": "此信从待办中销去。",
    "phoned": "记入末次联系时间；退信、未发出的信从待办中销去。",
    "assign": "记下由谁办理。",
    "note": "已记入台账。",
    "roster": "名录照此更正，名额重新核对。",
    "contact": "名录照此更正，此后的名单、日报和去信都用它。",
    "deadline": "按新的截止时间重新核对，告知函已拟好，见待审核的信。",
    "mode": "此后的信照此方式发出；已在待发的信也照此办理。",
}


def what_follows(decision: Decision) -> str:
    """One sentence: what was taken, and what comes of it."""
    target = f"“{decision.target}”" if decision.kind in ("withdraw_studio", "replace_studio") else ""
    by = f"更换为“{decision.detail['by']}”" if decision.detail.get("by") else ""
    named = f"{decision.institution}{target}{by}"
    return (f"{named}：" if named else "") + FOLLOWS.get(decision.kind, "")


def detail_to_text(decision: Decision, campaign: Campaign) -> str:
    """What a decision holds, in words: `2份、已盖章、2022年8月3日`."""
    return "、".join(found for name, value in decision.detail.items() if (found := _detail_word(name, value, campaign)))


def _detail_word(name: str, value: Any, campaign: Campaign) -> str:
    if name == "parts":
        return "、".join(sorted({str(owner) for owner in value.values()})) if isinstance(value, Mapping) else ""
    if name == "date":
        day = date.fromisoformat(str(value))
        return f"{day.year}年{day.month}月{day.day}日"
    if name == "at":
        from notifier.wording import moment_to_day  # only here: it brings the room of the checks, and a look at the matrix needs none

        return moment_to_day(datetime.fromisoformat(str(value)), campaign)
    if name == "category":
        found = campaign.category(str(value))
        return found.title if found else str(value)
    words = _DETAIL_WORDS.get(name)
    return words(value) if words else str(value)


_DETAIL_WORDS: Mapping[str, Callable[[Any], str]] = {
    "copies": lambda v: f"{v}份",
    "stamped": lambda v: "已盖章" if v else "未盖章",
    "unstamped": lambda v: f"缺章的是{v}",
    "accepted": lambda v: "采纳" if v else "不采纳",
    "send": lambda v: "发出" if v else "不发",
    "unit_class": lambda v: "医科" if v == "medical" else "普通",
    "mode": lambda v: next((word for word, mode in MODES.items() if mode == v), ""),
    "material": lambda v: next((word for word, key in MATERIALS.items() if key == v), ""),
    "by": lambda v: f"更换为“{v}”",
}
TITLES = {d.kind: d.tells.split("：")[0].split("（")[0].rstrip("。") for d in DECIDING} | {"split": "拆分", "undo": "收回"} | {"category": "确认类别", "explain": "说明的采纳", "quota_letter": "名额函"}
