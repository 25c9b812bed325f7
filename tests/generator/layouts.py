"""Forms in random layouts with their truth: the trap list (documents.md 4) as dice, for the property "fields out = fields in".

`random_form(seed, format)` gives bytes and the truth in contract keys; None is a blank. Values are typed the way different people type them,
labels are spaced, broken and wrapped, ticks come in every style, tables are split, framed and nested, columns change places.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.generator.documents import (
    AWARDS,
    HONOURED,
    MEMBER_KEYS,
    RANKS,
    SYSTEM,
    Block,
    Box,
    Cell,
    Sheet,
    compose_narrative,
    rows_to_sheet,
)  # fmt: skip
from tests.generator.formats import WRITERS
from tests.generator.people import STUDIO_TYPES, make_head, make_row, make_studio

INSTITUTIONS = ("大连理工大学", "沈阳师范大学", "辽宁中医药大学", "东北财经大学", "锦州医科大学附属第一医院")
MEMBER_LABELS = {
    "name": ("姓名",), "gender": ("性别",), "birth_year": ("出生年份",), "education": ("学历",), "title": ("专业技术职务", "职称"),
    "organisation": ("所在单位", "单位"), "duties": ("主要分工", "分工"),
}  # fmt: skip
CHINESE = "〇一二三四五六七八九"
HINTS = ("", "", "", "　", "单击或点击此处输入文字。", "____", "请填写")


@dataclass(slots=True)
class Made:
    """A random form: its bytes, format, truth and the dice that fell (for the report of a failure)."""

    payload: bytes
    format: str
    kind: str
    truth: list[dict[str, Any]]
    dice: dict[str, Any] = field(default_factory=dict)
    name: str = "材料"


class Dice:
    """A seeded random source that remembers what it chose."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.fallen: dict[str, Any] = {"seed": seed}

    def choose(self, what: str, options: Sequence[Any], once: bool = True) -> Any:
        """One of the options; the first choice under a name holds for the whole form."""
        if once and what in self.fallen:
            return self.fallen[what]
        value = self.rng.choice(options)
        if once:
            self.fallen[what] = value
        return value

    def chance(self, share: float) -> bool:
        """True so often."""
        return self.rng.random() < share


# ---- how people type


def type_label(dice: Dice, text: str) -> str:
    """A label as printed: spaced, broken into lines or paragraphs, with a colon."""
    style = dice.choose("label", ("plain", "plain", "spaced", "lines", "paragraphs", "colon", "wrapped", "radical", "wide"))
    if style == "spaced" and len(text) <= 6:
        return " ".join(text) if len(text) > 2 else "   ".join(text)
    if style in ("lines", "paragraphs") and len(text) <= 6 and dice.chance(0.7):
        return ("\n" if style == "lines" else "\f").join(text)
    if style == "wrapped" and len(text) > 3:
        return text[: len(text) // 2] + "\n" + text[len(text) // 2 :]
    if style == "radical":
        return text.replace("工", "⼯").replace("人", "⼈").replace("长", "⻓").replace("大", "⼤")
    if style == "wide":
        return text.replace(" ", "　")
    return text + ("：" if style == "colon" else "")


def type_date(dice: Dice, iso: str | None) -> str:
    """A date in one of the writings people use."""
    if iso is None:
        return dice.choose("blank date", ("", "   年  月  日", "年   月   日", " "), once=False)
    parts = [int(p) for p in iso.split("-")]
    style = dice.choose("date", ("年", "年 ", ".", "-", "/", "solid", "中", "wide", "0."))
    if style in (".", "-", "/"):
        return style.join(str(p) for p in parts)
    if style == "0.":
        return ".".join([str(parts[0]), *(f"{p:02d}" for p in parts[1:])])
    if style == "solid":
        return f"{parts[0]}" + "".join(f"{p:02d}" for p in parts[1:])
    if style == "中":
        return (
            "".join(CHINESE[int(d)] for d in str(parts[0]))
            + "年"
            + "".join(_chinese(p) + u for p, u in zip(parts[1:], "月日", strict=False))
        )
    gap = " " if style == "年 " else ""
    shown = gap.join(f"{p}{gap}{u}" for p, u in zip(parts, "年月日", strict=False))
    return shown.translate({ord(str(d)): chr(0xFF10 + d) for d in range(10)}) if style == "wide" else shown


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    return (("" if tens == 1 else CHINESE[tens]) + "十" if tens else "") + (CHINESE[ones] if ones else "")


def type_number(dice: Dice, value: float | None, unit: str = "") -> str:
    """A figure with commas, a unit, full width … ; 0 may be a stroke or 无."""
    if value is None:
        return dice.choose("blank number", ("", "", " "), once=False)
    if value == 0 and dice.chance(0.2):
        return dice.choose("zero", ("/", "—", "无", "0", "-"), once=False)
    text = str(value)
    style = dice.choose("number", ("plain", "plain", "comma", "wide", "unit", "space", "about"), once=False)
    if style == "comma" and value >= 1000:
        return f"{value:,}"
    if style == "wide":
        return text.translate({ord(str(d)): chr(0xFF10 + d) for d in range(10)} | {ord("."): "．"})
    if style == "unit" and unit:
        return text + unit
    if style == "about" and isinstance(value, int) and dice.chance(0.3):
        return f"约{text}"
    return f" {text} " if style == "space" else text


def type_phone(dice: Dice, value: str | None) -> str:
    """A mobile number with or without hyphens and blanks."""
    if not value:
        return ""
    style = dice.choose("phone", ("plain", "hyphen", "space", "wide", "+86"), once=False)
    joint = {"hyphen": "-", "space": " "}.get(style)
    if joint:
        return joint.join((value[:3], value[3:7], value[7:]))
    if style == "wide":
        return value.translate({ord(str(d)): chr(0xFF10 + d) for d in range(10)})
    return f"+86 {value}" if style == "+86" else value


def type_text(dice: Dice, value: str | None, blank: bool = True) -> str:
    """Words as typed; a blank may hold the template's hint."""
    if not value:
        return dice.choose("hint", HINTS, once=False) if blank else ""
    if len(value) in (2, 3) and dice.chance(0.1):
        return "  ".join(value)
    if len(value) > 8 and dice.chance(0.15):
        cut = dice.rng.randrange(3, len(value) - 2)
        safe = not (value[cut - 1].isascii() and value[cut].isascii())
        return value[:cut] + ("\n" if dice.chance(0.6) else "\f") + value[cut:] if safe else value
    return value


TICKS: dict[str, Callable[[str, bool], str]] = {
    "box": lambda w, on: ("☑" if on else "□") + w,
    "black": lambda w, on: ("■" if on else "□") + w,
    "replaced": lambda w, on: ("√" if on else "□") + w,
    "doubled": lambda w, on: ("□√" if on else "□") + w,
    "behind": lambda w, on: w + ("☑" if on else "□"),
    "tick behind": lambda w, on: "□" + w + ("√" if on else ""),
    "brackets": lambda w, on: f"（{'√' if on else '  '}）{w}",
    "brackets behind": lambda w, on: f"{w}（{'√' if on else ' '}）",
    "square brackets": lambda w, on: f"[{'x' if on else ' '}]{w}",
    "cross": lambda w, on: ("☒" if on else "☐") + w,
    "only tick": lambda w, on: ("√" if on else "") + w,
    "only tick behind": lambda w, on: w + ("√" if on else ""),
    "radio": lambda w, on: ("●" if on else "○") + w,
    "check": lambda w, on: ("✔" if on else "☐") + " " + w,
    "private": lambda w, on: ("\uf052" if on else "\uf0a3") + w,
}


def type_choice(dice: Dice, what: str, chosen: Iterable[str], options: Sequence[str]) -> str:
    """A choice in one of the styles of ticking; "left" leaves only the chosen words."""
    picked = set(chosen)
    style = dice.choose(f"tick {what}", (*TICKS, "left"))
    if style == "left":
        return "、".join(o for o in options if o in picked) if picked else "  ".join("□" + o for o in options)
    if style.startswith("only tick") and not picked:
        style = "box"
    joint = dice.choose(f"joint {what}", (" ", "  ", "   ", "\n" if what == "types" else " "))
    if style in ("box", "black", "replaced", "doubled", "behind", "cross", "radio", "brackets", "brackets behind") and dice.chance(0.2):
        joint = ""
    return joint.join(TICKS[style](o, o in picked) for o in options)


# ---- 附件4


def blank_some(dice: Dice, values: dict[str, Any], share: float) -> None:
    """Leaves some blanks unfilled, in the truth too."""
    for key in list(values):
        if key in ("members", "studio_types", "category", "studio"):
            continue
        if dice.chance(share):
            values[key] = None
    if dice.chance(share):
        values["category"] = None
    if dice.chance(share):
        values["studio_types"] = []
    for member in values["members"]:
        for key in member:
            if key != "name" and dice.chance(share):
                member[key] = None


class BasicInfo:
    """附件4 as one person happened to fill and lay it out."""

    def __init__(self, dice: Dice, values: Mapping[str, Any], years: Sequence[int] = (2020, 2021), flat: bool = False) -> None:
        self.dice, self.values, self.years, self.flat = dice, values, years, flat

    def label(self, text: str) -> str:
        return type_label(self.dice, text)

    def shown(self, key: str) -> str:
        value = self.values.get(key)
        if key.endswith("_on"):
            return type_date(self.dice, value)
        if key.endswith("phone"):
            return type_phone(self.dice, value)
        if isinstance(value, int | float):
            return type_number(self.dice, value, "万元" if ".amount" in key or (key.startswith("benefit") and "foreign" not in key) else "")
        if (
            value is None
            and (key.startswith(("benefit", "training", "funding", "innovation", "patents", "awards")) or key == "member_count")
            and "source" not in key
        ):
            return type_number(self.dice, None)
        return type_text(self.dice, value)

    def blocks(self) -> list[Block]:
        """The whole form."""
        head, body, foot = self.head(), self.body(), self.foot()
        return [*head, *body, *foot]

    # -- around the table

    def head(self) -> list[Block]:
        dice = self.dice
        chosen = [{"model_worker": "劳模", "employee": "职工"}[self.values["category"]]] if self.values.get("category") else []
        choice = "申报类型：" + type_choice(dice, "category", chosen, ("劳模", "职工"))
        title = f"{SYSTEM}劳模（职工）创新工作室基本情况表"
        union, day = (
            type_text(dice, self.values.get("union"), blank=False).replace("\n", "").replace("\f", ""),
            type_date(dice, self.values.get("filled_on")),
        )
        style = dice.choose("head", ("one", "two", "before seal", "no seal", "tab", "table", "table pairs", "spaced", "ruled"))
        lines: list[Block]
        if style == "two":
            lines = [f"省总直属高校工会：{union}（盖章）", f"填表日期：{day}"]
        elif style == "before seal":
            lines = [f"省总直属高校工会：（盖章）{union}          填表日期：{day}"]
        elif style == "no seal":
            lines = [f"省总直属高校工会:{union}      填表日期:{day}"]
        elif style == "tab":
            lines = [f"省总直属高校工会（盖章）：{union}\t\t填表日期：{day}"]
        elif style == "table":
            lines = [rows_to_sheet([[(f"省总直属高校工会：{union}（盖章）", 2, 1), (f"填表日期：{day}", 1, 1)]])]
        elif style == "table pairs":
            lines = [rows_to_sheet([[("省总直属高校工会（盖章）", 1, 1), (union, 2, 1), ("填表日期", 1, 1), (day, 1, 1)]])]
        elif style == "spaced":
            lines = [f"省 总 直 属 高 校 工 会：{union} （ 盖 章 ）    填 表 日 期：{day}"]
        elif style == "ruled":
            lines = [f"省总直属高校工会：__{union}__（盖章）    填表日期：{day}"]
        else:
            lines = [f"省总直属高校工会：{union}（盖章）    填表日期：{day}"]
        top: list[Block] = ["附件 4", choice] if dice.chance(0.7) else [choice]
        return [*top, title, *lines] if dice.chance(0.8) else [title, *top[:0], choice, *lines]

    def foot(self) -> list[Block]:
        dice = self.dice
        who, by = (type_text(dice, self.values.get(k), blank=False) for k in ("responsible", "filled_by"))
        phone = type_phone(dice, self.values.get("phone"))
        style = dice.choose("foot", ("one", "lines", "table", "table pairs", "signed"))
        if style == "one":
            return [f"省总直属高校工会负责人：{who}     填报人：{by}     电话：{phone}"]
        if style == "table":
            return [rows_to_sheet([[(f"省总直属高校工会负责人：{who}", 1, 1), (f"填报人：{by}", 1, 1), (f"电话：{phone}", 1, 1)]])]
        if style == "table pairs":
            return [
                rows_to_sheet(
                    [[("省总直属高校工会负责人", 1, 1), (who, 1, 1), ("填报人", 1, 1), (by, 1, 1), ("电话", 1, 1), (phone, 1, 1)]]
                )
            ]
        seal = "（签字）" if style == "signed" else ""
        return [f"省总直属高校工会负责人{seal}：{who}", f"填报人：{by}", f"电话：{phone}"]

    # -- the table

    def body(self) -> list[Block]:
        dice = self.dice
        studio, leader, members = [*self.studio_rows(), *self.figure_rows()], self.leader_rows(), self.member_blocks()
        nested = () if self.flat else ("frame", "nested members")  # a worksheet has no table inside a cell
        structure = dice.choose("structure", ("one", "one", "split", *nested, "annexed", "continued"))
        head_leader: list[Cell] = [(self.label("工作室领衔人情况"), 18, 1)]
        head_members: list[Cell] = [(self.label("工作室骨干成员情况（可附表）"), 18, 1)]
        if structure == "split":
            return [
                rows_to_sheet(studio),
                "工作室领衔人情况",
                rows_to_sheet(leader),
                "工作室骨干成员情况（可附表）",
                rows_to_sheet(members),
            ]
        if structure == "nested members":
            outer = rows_to_sheet([*studio, head_leader, *leader, head_members, [("", 18, 1)]])
            last = outer.boxes[-1]
            return [Sheet((*outer.boxes[:-1], Box("", last.row, last.col, 1, 18, inner=(rows_to_sheet(members),))))]
        if structure == "annexed" and self.values["members"]:
            self.annexed = [rows_to_sheet(members)]
            return [
                rows_to_sheet([*studio, head_leader, *leader, head_members, members[0], [("见附表", 18, 1)]]),
                "附表：工作室骨干成员情况",
                *self.annexed,
            ]
        if structure == "continued" and len(members) > 3:
            first = rows_to_sheet([*studio, head_leader, *leader, head_members, *members[:3]])
            return [first, rows_to_sheet(members[3:])] if dice.chance(0.5) else [first, rows_to_sheet([members[0], *members[3:]])]
        whole = rows_to_sheet([*studio, head_leader, *leader, head_members, *members])
        if structure == "frame":
            return [Sheet((Box("", 0, 0, 1, 20, inner=(whole,)),))]
        return [whole]

    def pair(self, title: str, key: str, label: int = 3, value: int = 3) -> list[Cell]:
        if self.dice.choose("in cell", (False,) * 9 + (True,)):
            return [(f"{title}：{self.shown(key)}", label + value, 1)]
        return [(self.label(title), label, 1), (self.shown(key), value, 1)]

    def studio_rows(self) -> list[list[Cell]]:
        dice = self.dice
        pairs = [
            ("工作室名称", "studio"),
            ("创建日期", "founded_on"),
            ("所在单位", "organisation"),
            ("命名单位", "named_by"),
            ("专业领域", "discipline"),
            ("命名日期", "named_on"),
        ]
        if dice.choose("pairs", ("printed", "printed", "shuffled", "over")) == "shuffled":
            dice.rng.shuffle(pairs)
        types: list[Cell] = [(self.label("工作室类型"), 3, 1), (type_choice(dice, "types", self.values["studio_types"], STUDIO_TYPES), 7, 1),
                             (self.label("成员总数"), 3, 1), (self.shown("member_count") + ("人" if self.values.get("member_count") and dice.chance(0.3) else ""), 5, 1)]  # fmt: skip
        if dice.fallen["pairs"] == "over":
            out: list[list[Cell]] = []
            for start in (0, 3):
                out.append([(self.label(t), 6, 1) for t, _ in pairs[start : start + 3]])
                out.append([(self.shown(k), 6, 1) for _, k in pairs[start : start + 3]])
            return [*out, types]
        return [[*self.pair(*pairs[i], 3, 7), *self.pair(*pairs[i + 1], 3, 5)] for i in (0, 2, 4)] + [types]

    def year_rows(self, title: str, columns: Sequence[tuple[str, str]], widths: Sequence[int]) -> list[list[Cell]]:
        """A block of figures by year, the years down the side or across the top."""
        dice = self.dice
        order = list(columns)
        if dice.choose("year columns", ("printed", "printed", "shuffled")) == "shuffled":
            dice.rng.shuffle(order)
        years = [dice.choose("year label", ("{} 年", "{}年", "{}年度", "{}")).format(y) for y in self.years]
        if dice.choose("years", ("down", "down", "down", "across")) == "across":
            rows: list[list[Cell]] = [[(self.label(title), 3, 1 + len(order)), (self.label("项目"), 3, 1), *((y, 6, 1) for y in years)]]
            for label, key in order:
                rows.append([(self.label(label), 3, 1), *((self.shown(key.format(y)), 6, 1) for y in self.years)])
            return rows
        rows = [
            [
                (self.label(title), 3, 1 + len(years)),
                (self.label("年度"), 3, 1),
                *((self.label(t), w, 1) for (t, _), w in zip(order, widths, strict=True)),
            ]
        ]
        for y, shown in zip(self.years, years, strict=True):
            rows.append([(shown, 3, 1), *((self.shown(k.format(y)), w, 1) for (_, k), w in zip(order, widths, strict=True))])
        return rows

    def figure_rows(self) -> list[list[Cell]]:
        money = self.year_rows("经费投入（万元）", (("投入金额", "funding.{}.amount"), ("经费来源", "funding.{}.source")), (5, 7))
        gain = self.year_rows(
            "经济效益（万元）",
            (
                ("创收金额", "benefit.{}.income"),
                ("节资金额", "benefit.{}.savings"),
                ("创收外汇（美元）", "benefit.{}.foreign_exchange"),
                ("合计", "benefit.{}.total"),
            ),
            (3, 3, 3, 3),
        )
        return [
            *money,
            *self.innovation_rows(),
            *gain,
            *self.training_rows(),
            [(self.label("社会效益"), 3, 1), (self.shown("social_benefit"), 15, 1)],
        ]

    def count(self, key: str, unit: str, width: int) -> list[Cell]:
        """A count with its unit in the cell, in a cell of its own, or not printed."""
        style = self.dice.choose("units", ("in", "own", "none", "spaced"))
        value = self.shown(key)
        if style == "own" and width > 1:
            return [(value, width - 1, 1), (unit, 1, 1)]
        if style in ("in", "spaced") and not value.rstrip().endswith(unit) and value.strip() not in ("/", "—", "无", "-"):
            return [(value.strip() + (" " if style == "spaced" else "") + unit, width, 1)]
        return [(value, width, 1)]

    def innovation_rows(self) -> list[list[Cell]]:
        awards = self.dice.choose("awards", ("in cell", "in cell", "over", "pairs", "one cell"))
        printed = [(t, f"awards.{k}") for k, t in AWARDS.items()]
        rows: list[list[Cell]] = [
            [(self.label("技术创新"), 3, 4 if awards == "over" else 3), (self.label("创新成果"), 3, 1), *self.count("innovation.results", "项", 4),
             (self.label("专利类别"), 2, 2), (self.label("实用新型"), 3, 1), *self.count("patents.utility_model", "个", 3)],
            [(self.label("成果转化"), 3, 1), *self.count("innovation.conversions", "项", 4), (self.label("发明"), 3, 1), *self.count("patents.invention", "个", 3)],
        ]  # fmt: skip
        if awards == "over":
            return [
                *rows,
                [(self.label("获奖等级"), 3, 2), *((self.label(t), 3, 1) for t, _ in printed)],
                [(self.shown(k), 3, 1) for _, k in printed],
            ]
        if awards == "pairs":
            return [
                *rows,
                [
                    (self.label("获奖等级"), 4, 1),
                    *(cell for t, k in printed for cell in ((t, 1, 1), (self.shown(k), 1 if t == "国际" else 2, 1))),
                ],
            ]
        inside = [f"{t} {self.plain(k)} 个" for t, k in printed]
        if awards == "one cell":
            return [*rows, [(self.label("获奖等级"), 3, 1), ("  ".join(inside), 12, 1)]]
        return [*rows, [(self.label("获奖等级"), 3, 1), *((x, 3, 1) for x in inside)]]

    def plain(self, key: str) -> str:
        value = self.values.get(key)
        return "" if value is None else str(value)

    def training_rows(self) -> list[list[Cell]]:
        people = [(k, t.replace(" ", "")) for k, t in (*RANKS.items(), *HONOURED.items())]
        widths = (2, 2, 2, 1, 1, 1, 1, 2)
        style = self.dice.choose("training", ("printed", "printed", "shuffled", "unmerged", "pairs"))
        if style == "shuffled":
            self.dice.rng.shuffle(people)
        values = [(self.shown(f"training.{k}"), w, 1) for (k, _), w in zip(people, widths, strict=True)]
        titles = [(self.label(t), w, 1) for (_, t), w in zip(people, widths, strict=True)]
        total = self.shown("training.total")
        if style == "pairs":
            cells = [("总数", total), *((t, v) for (_, t), (v, _, _) in zip(people, values, strict=True))]
            rows: list[list[Cell]] = []
            for i in range(0, 9, 3):
                row = [c for t, v in cells[i : i + 3] for c in ((self.label(t), 3, 1), (v, 2, 1))]
                rows.append([(self.label("培养人才"), 3, 3), *row] if i == 0 else row)
            return rows
        if style == "unmerged":
            return [
                [(self.label("培养人才"), 3, 3), (self.label("总数"), 3, 1), ("专业技术职务等级", 8, 1), ("荣誉", 4, 1)],
                [("", 3, 1), *titles],
                [(total, 3, 1), *values],
            ]
        return [
            [(self.label("培养人才"), 3, 3), (self.label("总数"), 3, 2), ("专业技术职务等级", 8, 1), ("荣誉", 4, 1)],
            titles,
            [(total, 3, 1), *values],
        ]

    def leader_rows(self) -> list[list[Cell]]:
        pairs = [("姓名", "leader.name"), ("性别", "leader.gender"), ("出生年月", "leader.born_on"), ("学历", "leader.education"), ("民族", "leader.ethnicity"),
                 ("政治面貌", "leader.political_status"), ("专业/特长", "leader.specialty"), ("专业技术职务", "leader.title"), ("联系电话", "leader.phone")]  # fmt: skip
        style = self.dice.choose("leader", ("printed", "printed", "shuffled", "over"))
        if style == "shuffled":
            self.dice.rng.shuffle(pairs)
        tail: list[Cell] = [
            ("何年获市级（含）以上劳模等荣誉称号", 5, 1),
            (self.shown("leader.honours"), 5, 1),
            (self.label("E-mail"), 3, 1),
            (self.shown("leader.email"), 5, 1),
        ]
        if style == "over":
            rows: list[list[Cell]] = []
            for start in (0, 5):
                some = pairs[start : start + 5]
                width = 18 // len(some)
                last = 18 - width * (len(some) - 1)
                rows.append([(self.label(t), last if i == len(some) - 1 else width, 1) for i, (t, _) in enumerate(some)])
                rows.append([(self.shown(k), last if i == len(some) - 1 else width, 1) for i, (_, k) in enumerate(some)])
            return [*rows, tail]
        return [[c for t, k in pairs[i : i + 3] for c in self.pair(t, k)] for i in (0, 3, 6)] + [tail]

    def member_blocks(self) -> list[list[Cell]]:
        dice = self.dice
        keys = list(MEMBER_KEYS)
        style = dice.choose("members", ("printed", "printed", "shuffled", "numbered", "lacking"))
        if style == "shuffled":
            dice.rng.shuffle(keys)
        if style == "lacking":
            keys.remove("education")
            for member in self.values["members"]:
                member["education"] = None
        widths = (
            dict(zip(MEMBER_KEYS, (3, 2, 2, 2, 3, 3, 3), strict=True))
            if style != "lacking"
            else dict(zip(keys, (3, 2, 2, 4, 4, 3), strict=True))
        )
        header: list[Cell] = [(self.label(dice.rng.choice(MEMBER_LABELS[k])), widths[k], 1) for k in keys]
        rows: list[list[Cell]] = [[(self.member_cell(m, k), widths[k], 1) for k in keys] for m in self.values["members"]]
        rows += [[("", widths[k], 1) for k in keys]] * dice.choose("empty rows", (0, 1, 3))
        if style == "numbered":
            header = [("序号", 1, 1), (header[0][0], 2, 1), *header[1:]]
            rows = [[(str(i + 1), 1, 1), (row[0][0], 2, 1), *row[1:]] for i, row in enumerate(rows)]
        return [header, *rows]

    def member_cell(self, member: Mapping[str, Any], key: str) -> str:
        value = member.get(key)
        if key == "birth_year" and value and self.dice.chance(0.2):
            return f"{value}年"
        return type_text(self.dice, value, blank=False)


# ---- 附件1, 附件2


def summary_layout(dice: Dice, category: str, head: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], workbook: bool) -> list[Block]:
    """A summary table as one person happened to lay it out; what it does not print is blanked in the rows' truth."""
    money = dice.choose("money", ("total", "years", "years and total"))
    columns = [("number", "序号"), ("studio", "创新工作室名称"), ("organisation", "所在单位"), ("conversions", "成果转化数量(个)"), ("money", ""),
               ("leader_name", "姓名"), ("leader_post", "职务"), ("leader_honours", "荣誉基础")]  # fmt: skip
    if dice.choose("column order", ("printed", "printed", "moved")) == "moved":
        one = columns.pop(dice.rng.choice((1, 2, 3)))
        columns.insert(dice.rng.choice((1, 2, 3, 4)), one)
    spread: list[tuple[str, str, str]] = []
    heading = "20年21年\n创收与节资\n合计(万元)"
    for key, title in columns:
        if key != "money":
            spread.append((key, title, "领衔人" if key.startswith("leader") else ""))
        elif money == "total":
            spread.append(("income_total", heading, ""))
        else:
            spread += [
                ("income_2020", dice.choose("short year", ("20年", "2020年")), heading),
                (
                    "income_2021",
                    dice.fallen["short year"].replace("20年", "21年", 1) if dice.fallen["short year"] == "20年" else "2021年",
                    heading,
                ),
            ]
            if money == "years and total":
                spread.append(("income_total", "合计", heading))
    header = dice.choose("header", ("two rows", "two rows", "one row", "unmerged"))
    top: list[Cell] = []
    under: list[Cell] = []
    for i, (_, title, over) in enumerate(spread):
        label = type_label(dice, title)
        if header == "one row":
            flat = {
                "姓名": "领衔人姓名",
                "20年": "20年创收与节资(万元)",
                "21年": "21年创收与节资(万元)",
                "2020年": "2020年创收与节资(万元)",
                "2021年": "2021年创收与节资(万元)",
                "合计": "20年21年创收与节资合计(万元)",
            }
            top.append((flat.get(title, label), 1, 1))
        elif over:
            if i == 0 or spread[i - 1][2] != over:
                width = next((j for j in range(i, len(spread)) if spread[j][2] != over), len(spread)) - i
                top.append((over, width, 1))
            under.append((label, 1, 1))
        elif header == "unmerged":
            top.append((label, 1, 1))
            under.append(("", 1, 1))
        else:
            top.append((label, 1, 2))
    body = [[(summary_cell(dice, row, k), 1, 1) for k, _, _ in spread] for row in rows]
    if dice.choose("total row", (False, False, True)):
        body.append([("合计", 1, 1), *(("12.5" if k.startswith("income") else "", 1, 1) for k, _, _ in spread[1:])])
    body += [[("", 1, 1) for _ in spread]] * dice.choose("empty rows", (0, 2))
    printed = {k for k, _, _ in spread}
    for row in rows:
        for key in set(row) - printed:
            row[key] = None  # type: ignore[index]
    sheet = rows_to_sheet([top, *([under] if under else []), *body])
    return around_summary(dice, category, head, sheet, workbook, spread)


def summary_cell(dice: Dice, row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    if key in ("conversions", "number") or key.startswith("income"):
        unit = "" if key == "number" else "万元" if key.startswith("income") else "项"
        return str(value) if key == "number" and value is not None else type_number(dice, value, unit)
    return type_text(dice, value, blank=False)


def around_summary(dice: Dice, category: str, head: Mapping[str, Any], sheet: Sheet, workbook: bool, spread: Sequence[Any]) -> list[Block]:
    word = {"model_worker": "劳模", "employee": "职工"}[category]
    union, day = head.get("union") or "", type_date(dice, head.get("filled_on"))
    by, phone = head.get("filled_by") or "", type_phone(dice, head.get("phone"))
    style = dice.choose("around", ("lines", "one", "pairs", "cells"))
    width = len(spread)
    if style == "lines":
        before: list[Block] = [f"省总工会直属高校工会(盖章)：{union}", f"填表日期：{day}"]
        after: list[Block] = [f"填表人：{by}", f"联系电话(手机)：{phone}"]
    elif style == "one":
        before, after = (
            [f"省总工会直属高校工会（盖章）：{union}      填表日期：{day}"],
            [f"填表人：{by}            联系电话(手机)：{phone}"],
        )
    elif style == "pairs":
        left = width - 5
        before = [rows_to_sheet([[("省总工会直属高校工会(盖章)：", 2, 1), (union, left, 1), ("填表日期：", 1, 1), (day, 2, 1)]])]
        after = [
            rows_to_sheet([[("填表人：", 1, 1), (by, 2, 1), *([("", 1, 1)] * (width - 6)), ("联系电话(手机)：", 2, 1), (phone, 1, 1)]])
        ]
    else:
        before = [rows_to_sheet([[(f"省总工会直属高校工会(盖章)：{union}", 4, 1), (f"填表日期：{day}", width - 4, 1)]])]
        after = [rows_to_sheet([[(f"填表人：{by}", 4, 1), (f"联系电话(手机)：{phone}", width - 4, 1)]])]
    mark = {"model_worker": "附件1", "employee": "附件2"}[category]
    return [mark, f"{SYSTEM}{word}创新工作室推荐汇总表", *before, sheet, *after]


# ---- whole files


def random_basic_info(seed: int, fmt: str) -> Made:
    """One 附件4 (sometimes two, sometimes with the essay behind it) in a random layout."""
    dice = Dice(seed)
    rng = dice.rng
    copies = 2 if fmt != "xlsx" and dice.chance(0.06) else 1
    blocks: list[Block] = []
    truth = []
    for _ in range(copies):
        values = make_studio(rng, rng.choice(INSTITUTIONS), rng.choice(("model_worker", "employee")))
        blank_some(dice, values, rng.choice((0.0, 0.05, 0.15)))
        if dice.chance(0.05):
            values["members"] = []
        blocks += BasicInfo(dice, values, flat=fmt == "xlsx").blocks()
        truth.append({"kind": "basic_info", **values})
    if copies == 1 and fmt != "xlsx" and dice.chance(0.1):
        studio = truth[0]["studio"] or "某某创新工作室"
        blocks += compose_narrative(studio, truth[0]["leader.name"] or "某某", 2400, seed=seed)
        truth.append({"kind": "narrative"})
    return Made(WRITERS[fmt](blocks), fmt, "basic_info", truth, dice.fallen)


def random_summary(seed: int, fmt: str) -> Made:
    """One or both summary tables in a random layout."""
    dice = Dice(seed)
    rng = dice.rng
    institution = rng.choice(INSTITUTIONS)
    truth = []
    blocks: list[Block] = []
    categories = ["model_worker", "employee"] if dice.chance(0.2) else [rng.choice(("model_worker", "employee"))]
    for category in categories:
        head = make_head(rng, institution)
        rows = [make_row(rng, make_studio(rng, institution, category), i + 1) for i in range(rng.randrange(1, 5))]
        share = rng.choice((0.0, 0.08))
        for key in head:
            head[key] = None if dice.chance(share) else head[key]
        for row in rows:
            for key in row:
                if key not in ("studio", "number") and dice.chance(share):
                    row[key] = None
        if len(rows) == 2 and dice.chance(0.2):
            rows[1]["organisation"] = rows[0]["organisation"]
        blocks += summary_layout(dice, category, head, rows, fmt == "xlsx")
        truth.append({"kind": "summary_table", "category": category, **head, "rows": rows})
    return Made(WRITERS[fmt](typed_blocks(dice, blocks) if fmt == "xlsx" else blocks), fmt, "summary_table", truth, dice.fallen)


def typed_blocks(dice: Dice, blocks: Iterable[Block]) -> list[Block]:
    """The blocks with some phones kept as numbers and some dates as real dates, as Excel does it by itself."""
    out: list[Block] = []
    for block in blocks:
        if isinstance(block, Sheet):
            out.append(Sheet(tuple(_typed_box(dice, b) for b in block.boxes)))
        else:
            out.append(block)
    return out


def _typed_box(dice: Dice, box: Box) -> Box:
    text = box.text.strip()
    if len(text) == 11 and text.isdigit() and dice.chance(0.5):
        return Box(box.text, box.row, box.col, box.rowspan, box.colspan, typed=int(text))
    parts = text.split("-")
    if len(parts) == 3 and all(p.isdigit() for p in parts) and len(parts[0]) == 4 and dice.chance(0.5):
        return Box(box.text, box.row, box.col, box.rowspan, box.colspan, typed=date(*map(int, parts)), number_format="yyyy/m/d")
    return box


def random_form(seed: int, fmt: str) -> Made:
    """A random form of either kind."""
    return random_basic_info(seed, fmt) if seed % 3 else random_summary(seed, fmt)
