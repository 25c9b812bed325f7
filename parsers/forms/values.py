"""Core: what a person wrote in a blank, as a typed value - numbers in the printed unit, dates at their own precision, phones, mail addresses.

A value that cannot be told for sure is None and its text stays; nothing is ever guessed. Sources: china-mail.md (f), documents.md
traps 12, 18, 24, domain.md 2 ("/", "—", "无" mean 0 in a figure; blank means unfilled).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from config.schema import FieldSchema
from parsers.document import OBJECT, Cell, Unread
from parsers.forms.labels import clean_text, compact, fold

SURE, LIKELY, UNSURE = 1.0, 0.9, 0.5


class Typed(NamedTuple):
    """A typed value and how sure it is; None with 1.0 is a blank."""

    value: Any
    confidence: float = SURE


_HINTS = re.compile(
    r"^[(（\[【]?(?:单击(?:或点击)?(?:此处|这里)|点击(?:此处|这里|或点击)|请(?:在此)?(?:输入|填写|选择|填入|注明)|此处(?:填写|输入)|在此(?:填写|输入)|选择一项"
    r"|例如?[:：]|示例|样例|填写(?:说明|要求|示例)|(?:单位|工会)?(?:填写)?全称[)）]?$|clickor?(?:tap)?|clickhere|choosean?item|enter(?:a)?(?:date|text))",
    re.IGNORECASE,
)
_SEALS = re.compile(
    r"[(（\[【]\s*(?:加?盖\s*(?:公\s*)?章(?:\s*处)?|公\s*章|印\s*章|签\s*[章字名](?:\s*[、/或]?\s*盖章)?|章|手\s*写?\s*签\s*名?)\s*[)）\]】]"
)
_RULING = re.compile("_{2,}")
_EMPTY = re.compile(r"[_＿\s　.。…·:：/\\|-]*")


def clean_blank(text: str, hints: Iterable[str] = ()) -> str:
    """Text without seal words, hint sentences and ruling (____): "" when nothing was really written."""
    bare = text.replace(OBJECT, "") if OBJECT in text else text
    if "章" in bare or "签" in bare:
        bare = _SEALS.sub("", bare)
    folded = compact(bare)
    if not folded or not folded.strip("_.…·:") or _HINTS.match(folded) or any(compact(h) == folded for h in hints):
        return ""
    return (_RULING.sub(" ", bare) if "__" in bare else bare).strip()


def unread_text(text: str, hints: Iterable[str] = ()) -> Unread:
    """ "picture" for a text that has something in it which is no text, and nothing else that was written; "" for any other."""
    return "picture" if OBJECT in text and not clean_blank(text, hints) else ""


# ---- numbers

_DIGITS = (
    {c: i for i, c in enumerate("零一二三四五六七八九")} | {c: i for i, c in enumerate("〇壹贰叁肆伍陆柒捌玖")} | {"两": 2, "○": 0, "俩": 2}
)
_SCALES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_BIG = {"万": 10_000, "萬": 10_000, "亿": 100_000_000}
_COUNT_UNITS = "项|个|人|名|件|次|位|套|种|篇|份|家|台|所|门|部|例|条|场"
_ZERO = re.compile(rf"(?:[/／\\\-—–―－﹣~]+|无|没有|暂无|尚无|零|〇|nil|none|n/a)(?:{_COUNT_UNITS}|万?元|万?美元)?[。.]?", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?P<about>约|大约|近|共计?|合计|总计|超过?|逾|达|人民币|rmb|cny|usd|us\$|[¥￥$€])*"
    r"(?P<sign>[-+−])?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)(?P<exp>e\+?\d{1,2})?"
    r"(?P<more>余|多|\+|左右|以上)?(?P<scale>亿|百万|十万|万|千|w)?(?P<more2>余|多)?"
    rf"(?P<unit>人民币|美元|美金|万美元|元|圆|块|%|{_COUNT_UNITS})?(?P<tail>整|正|左右|以上|多|余|(?:团队|骨干)?(?:成员|人员|职工|教师|员工))?[。.;]?",
    re.IGNORECASE,
)
_FIGURES = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,6})?")
_UNIT = re.compile(rf"万元|元|美元|万美元|亿元|{_COUNT_UNITS}")
_UNIT_ALONE = re.compile(rf"(?:万?元|万?美元|亿元|%|{_COUNT_UNITS})")
_FOREIGN, _HOME = ("美元", "美金", "usd", "us$", "$"), ("元", "圆", "块", "人民币", "rmb", "cny", "¥", "￥")
_PARTED = re.compile(r"\d\s+\d")
_THOUSANDS = re.compile(r"\D*\d{1,3}(?:\s\d{3})+(?:\.\d+)?\D*")
_ADDED = re.compile(r"\d+(?:\.\d+)?(?:\+\d+(?:\.\d+)?){1,5}(?:=\d+(?:\.\d+)?)?")
_BRACKET_TAIL = re.compile(rf"\((?P<inside>[^()]*)\)(?P<unit>{_COUNT_UNITS})?$")


def text_to_number(text: str, unit: str = "") -> Typed:
    """A figure in the printed unit (`万元`: 125000元 is 12.5, 3.2亿 is 32000); "/", "—", "无" are 0; "" is a blank; anything else None."""
    if _FIGURES.fullmatch(text):  # as nearly everybody writes it
        return Typed(plain_number(float(text)))
    bare = compact(text).replace("，", ",").replace("。", ".") if text else ""
    if not bare:
        return Typed(None)
    if _ZERO.fullmatch(bare):
        return Typed(0, LIKELY)
    if _PARTED.search(text) and not _THOUSANDS.fullmatch(text.strip()):
        return _parted(text, bare, unit)
    noted = _BRACKET_TAIL.search(bare)
    if noted and noted.start() > 0:
        inner = _number(bare[: noted.start()] + (noted["inside"] if _is_unit(noted["inside"]) else ""), unit)
        return inner if _is_unit(noted["inside"]) else Typed(inner.value, min(inner.confidence, 0.8))
    return _number(bare, unit)


def _parted(text: str, bare: str, unit: str) -> Typed:
    """Digits with blanks between them: single ones were spread over the box (1 5), others are several figures (69 70) and none of them the answer.

    Digits on two lines are one number that a narrow box broke (77, 2.65), or two figures: the number is given for a person to confirm.
    """
    one = all(len(run) == 1 for run in re.findall(r"\d+", text)) or not any(_PARTED.search(line) for line in text.splitlines())
    return Typed(_number(bare, unit).value if one else None, UNSURE)


def _is_unit(text: str) -> bool:
    return bool(_UNIT.fullmatch(text))


def _number(bare: str, unit: str) -> Typed:
    if _UNIT_ALONE.fullmatch(bare):
        return Typed(None)
    if _ADDED.fullmatch(bare):
        return _added(bare)
    match = _NUMBER.fullmatch(bare)
    if not match:
        return _chinese_number(bare, unit)
    amount = float(match["digits"].replace(",", "") + (match["exp"] or ""))
    vague = any(match[g] for g in ("about", "more", "more2")) and not re.fullmatch(
        r"人民币|rmb|cny|usd|us\$|[¥￥$€]", match["about"] or "", re.IGNORECASE
    )
    if amount and _other_money(unit, (match["about"] or "").lower(), match["unit"] or ""):
        return Typed(None, UNSURE)
    return _scaled(amount if match["sign"] in (None, "+") else -amount, (match["scale"] or "").lower(), match["unit"] or "", unit, vague)


def _other_money(unit: str, before: str, after: str) -> bool:
    """True for dollars where the form asks for 元, and the other way round: what they are worth is not ours to say."""
    others = _HOME if unit == "美元" else _FOREIGN if unit in ("万元", "元") else ()
    return before in others or after.removeprefix("万") in others


def _added(bare: str) -> Typed:
    """A figure written as its parts: 30+39=69 is 69; 30+39 alone is for a person to add up, or not."""
    parts, _, said = bare.partition("=")
    total = plain_number(sum(float(part) for part in parts.split("+")))
    return Typed(total, LIKELY) if said and plain_number(float(said)) == total else Typed(None, UNSURE)


def _scaled(amount: float, scale: str, written: str, unit: str, vague: bool) -> Typed:
    factor = {"": 1.0, "千": 1e3, "万": 1e4, "w": 1e4, "十万": 1e5, "百万": 1e6, "亿": 1e8}[scale]
    if written == "%":
        return Typed(round(amount / 100, 6), LIKELY)
    if written == "万美元":
        factor, written = 1e4, "美元"
    money = written in ("元", "圆", "块", "人民币") or (unit == "万元" and bool(scale))
    if unit == "万元" and money:
        amount = amount * factor / 1e4
    else:
        amount = amount * factor
    return Typed(plain_number(amount), LIKELY if vague else SURE)


def _chinese_number(bare: str, unit: str) -> Typed:
    match = re.fullmatch(
        rf"(?P<about>约|近|共|人民币)?(?P<digits>[零〇○一二三四五六七八九十百千万亿两壹贰叁肆伍陆柒捌玖拾佰仟]+)(?P<unit>元|圆|美元|{_COUNT_UNITS})?(?P<tail>整|正|左右)?",
        bare,
    )
    amount = chinese_to_int(match["digits"]) if match else None
    if not match or amount is None or (len(match["digits"]) > 1 and all(c in _DIGITS for c in match["digits"])):
        return Typed(None)
    if amount and _other_money(unit, match["about"] or "", match["unit"] or ""):
        return Typed(None, UNSURE)
    if unit == "万元" and match["unit"] is None and match["digits"][-1] in "万亿":
        return Typed(plain_number(amount / 1e4), LIKELY)
    return _scaled(float(amount), "", match["unit"] or "", unit, bool(match["about"]))


def chinese_to_int(text: str) -> int | None:
    """A Chinese numeral (二十三, 叁拾万, 二〇二二) as an integer; None when it is none."""
    if not text:
        return None
    if all(c in _DIGITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    total, section, digit = 0, 0, 0
    for i, char in enumerate(text):
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _SCALES:
            section += (digit or (1 if i == 0 or text[i - 1] in "零〇" or char in "十拾" else 0)) * _SCALES[char]
            digit = 0
        elif char in _BIG:
            total, section, digit = (
                (total + (section + digit or 1)) * _BIG[char] if char in "万萬" else total * 1 + (section + digit or 1) * _BIG[char],
                0,
                0,
            )
        else:
            return None
    return total + section + digit


def plain_number(amount: float) -> int | float:
    """12.0 as 12, binary dust rounded away."""
    rounded = round(amount, 6)
    return int(rounded) if rounded == int(rounded) and abs(rounded) < 1e15 else rounded


# ---- dates

_CN = "零〇○Oo一二三四五六七八九十廿卅元"
# Letters that stand for 〇 in a year: Latin, Cyrillic and Greek O look the same, and many type a plain 0 (二0二二).
_ROUND = str.maketrans("ОоΟοoO○◯", "〇〇〇〇〇〇〇〇")
_ROUND_YEAR = re.compile(r"(?<=[一二三四五六七八九〇零])0|0(?=[一二三四五六七八九〇零])")
_LEAD_IN = re.compile(r"^(?:自|从|于|约|始于|成立于|创建于|建于|命名于|大约)(?=[\d一二三四五六七八九〇零])")
_SEPARATED = re.compile(
    rf"(?P<year>\d{{4}}|\d{{2}}|[{_CN}]{{4}}|[{_CN}]{{2}})(?P<s1>年|[./\-,、。·—–\\])"
    rf"(?:(?P<month>\d{{1,2}}|[{_CN}]{{1,3}})(?:(?P<s2>月份?|[./\-,、。·—–\\])(?:(?P<day>\d{{1,2}}|[{_CN}]{{1,3}})(?:日|号)?)?)?)?"
    r"(?P<rest>.*)",
    re.DOTALL,
)
_RULED = re.compile(r"[_\s]+")
_DIGIT = re.compile(rf"[\d{_CN}]")
_UNFILLED = re.compile(r"(?:\d{4}|20|[二]?[〇零○]?)年月日?|年月日?")
_YEAR = re.compile(r"(?:19|20)\d{2}")
_SERIAL = re.compile(r"[2-6]\d{4}(?:\.0)?")
_SOLID = re.compile(r"(?P<year>(?:19|20)\d{2})(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])?")
_REST = re.compile(
    r"(?:星期[一二三四五六日天]|周[一二三四五六日]|(?:开始|起始|起)?(?:至今)?|始|以来|前后?|左右|出?生|成立|创建|建立|命名|\(.*\)|t?00:00(?::00)?(?:\.0+)?|日|号)?[。.,;]?"
)
EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a day count, not a moment


def text_to_date(text: str) -> Typed:
    """A date as ISO 8601 at the precision written ("2019-05" stays a month); "" or "  年 月 日" is a blank; anything else None."""
    bare = _RULED.sub("", fold(text)) if text else ""
    if bare.isdecimal() and len(bare) > 4 and (runs := fold(text).replace("_", " ").split())[1:]:
        return _runs_to_date(runs, bare)
    bare = _LEAD_IN.sub("", _ROUND_YEAR.sub("〇", bare.translate(_ROUND)))
    if not _DIGIT.search(bare) and re.fullmatch(r"[年月日/.:\-号()至]*", bare):
        return Typed(None)
    if _UNFILLED.fullmatch(bare):
        return Typed(None)
    solid = _SOLID.fullmatch(bare)
    if solid:
        return _iso(int(solid["year"]), int(solid["month"]), int(solid["day"]) if solid["day"] else None)
    if _YEAR.fullmatch(bare):
        return Typed(bare)
    if _SERIAL.fullmatch(bare):
        return Typed((EXCEL_EPOCH + timedelta(days=int(float(bare)))).date().isoformat(), LIKELY)
    match = _SEPARATED.fullmatch(bare)
    if not match or not _REST.fullmatch(match["rest"] or ""):
        return Typed(None)
    return _parts_to_date(match["year"], match["s1"], match["month"], match["day"])


def _runs_to_date(runs: list[str], bare: str) -> Typed:
    """Digits with nothing but blanks between them: 2019 9 1 has its year, month and day apart; single ones were spread over the box (2 0 1 9 0 9)."""
    if len(runs) <= 3 and len(runs[0]) == 4 and all(len(run) <= 2 for run in runs[1:]):
        return _iso(int(runs[0]), int(runs[1]), int(runs[2]) if runs[2:] else None, LIKELY)
    return text_to_date(bare) if all(len(run) == 1 for run in runs) else Typed(None, UNSURE)


def _parts_to_date(year_text: str, separator: str, month_text: str | None, day_text: str | None) -> Typed:
    year, month, day = (_date_number(t) for t in (year_text, month_text, day_text))
    if year is None or (month_text and month is None) or (day_text and day is None):
        return Typed(None)
    if len(year_text) == 2:
        if month is None:
            return Typed(None)
        return _iso(year + (2000 if year <= 35 else 1900), month, day, LIKELY)
    if month is None:
        return Typed(f"{year:04d}") if separator == "年" else Typed(None)
    return _iso(year, month, day)


def _date_number(text: str | None) -> int | None:
    if text is None:
        return None
    if text.isdigit():
        return int(text)
    plain = text.replace("O", "〇").replace("o", "〇").replace("元", "一").replace("廿", "二十").replace("卅", "三十")
    return chinese_to_int(plain)


def _iso(year: int, month: int, day: int | None, confidence: float = SURE) -> Typed:
    try:
        date(year, month, day or 1)
    except ValueError:
        return Typed(None)
    if not 1900 <= year <= 2100:
        return Typed(None)
    return Typed(f"{year:04d}-{month:02d}" + (f"-{day:02d}" if day else ""), confidence)


def number_to_date(number: float, number_format: str) -> Typed:
    """A date typed into a workbook as a number: a serial (44778), 20220803, or 1975.10 - which the workbook keeps as 1975.1.

    1975.1 may be January or October: only a format with two decimals tells (1975.10), otherwise only the year is sure (Excel trap).
    """
    if number == int(number):
        whole = str(int(number))
        return text_to_date(whole) if len(whole) in (4, 5, 6, 8) else Typed(None)
    if not 1900 <= number < 2100:
        return Typed(None)
    if re.search(r"0\.00(?!0)", number_format):
        return text_to_date(f"{number:.2f}")
    shown = f"{number:.6f}".rstrip("0")
    if shown.endswith(".1"):
        return Typed(shown[:4], UNSURE)
    return text_to_date(shown)


# ---- phones, addresses, words


_MOBILE = re.compile(r"1[3-9][0-9]{9}")


def text_to_phone(text: str) -> Typed:
    """A phone number: 139-0000-0000, +86 and a workbook's 13900001234.0 become eleven digits; a landline keeps its hyphen; others as written."""
    bare = compact(text)
    if _MOBILE.fullmatch(bare):
        return Typed(bare)
    bare = re.sub(r"^(\d{7,12})\.0+$", r"\1", bare)
    if re.fullmatch(r"\d(?:\.\d+)?e\+?1\d", bare, re.IGNORECASE):
        return Typed(f"{float(bare):.0f}") if len(bare.lower().split("e")[0]) > 11 else Typed(None, UNSURE)
    bare = re.sub(r"^(?:手机|电话|办公|办|tel|phone)[:：]?(?=\d)", "", bare, flags=re.IGNORECASE)
    bare = re.sub(r"^(?:\+|00)?\(?\+?86\)?-?(?=1[3-9])", "", bare)
    digits = re.sub(r"\D", "", bare)
    if re.fullmatch(r"1[3-9]\d{9}", digits) and re.fullmatch(r"[\d\-—–.·()]+", bare):
        return Typed(digits)
    if re.fullmatch(r"[/\\\-—–]+", bare):
        return Typed(None)
    landline = re.fullmatch(r"\(?(010|02\d|0[3-9]\d{2})\)?[-—–]?(\d{7,8})(?:(?:-|转)(\d{1,5}))?", bare)
    if landline:
        return Typed("-".join(p for p in landline.groups() if p))
    return Typed(clean_text(text) or None)


def text_to_email(text: str) -> Typed:
    """A mail address without the blanks and line breaks of a narrow cell."""
    bare = compact(text)
    bare = re.sub(r"^(?:mailto:|e-?mail[:：])", "", bare, flags=re.IGNORECASE)
    return Typed(bare or None)


def text_to_year(text: str) -> Typed:
    """A year of birth: 1986, 1986年, 一九八六, and the year of 1986.05."""
    bare = compact(text)
    match = re.fullmatch(r"((?:19|20)\d{2})(?:年|\.0)?", bare)
    if match:
        return Typed(int(match[1]))
    found = text_to_date(text)
    if isinstance(found.value, str):
        return Typed(int(found.value[:4]), found.confidence)
    spelled = chinese_to_int(bare.rstrip("年")) if len(bare.rstrip("年")) == 4 else None
    return Typed(spelled if spelled and 1900 <= spelled <= 2100 else None)


_HAN = "[\u3400-\u9fff]"
_TWO_PEOPLE = re.compile(rf"(?<={_HAN}{{2}})\s+(?={_HAN}{{2}})")
_DOUBLE_SURNAMES = re.compile(r"(?:^|[、,，/\s])(?:欧阳|上官|司马|司徒|诸葛|皇甫|尉迟|慕容|公孙|东方|夏侯|令狐|宇文|长孙|西门|南宫|独孤|端木|轩辕|闻人|东郭|呼延|赫连|完颜|耶律)$")
_IN_A_NAME = re.compile(rf"(?<={_HAN})\s+(?={_HAN})")


def text_to_person(text: str) -> Typed:
    """A name without the blanks typed to make it as long as its neighbours (张 三, 欧阳 娜娜); several names (张三 李四) stay apart."""
    named = _TWO_PEOPLE.sub(lambda gap: "" if _DOUBLE_SURNAMES.search(text[: gap.start()]) else "\0", text)
    return Typed(" ".join(clean_text(_IN_A_NAME.sub("", part)) for part in named.split("\0")) or None)


_BY_FORMAT = {"phone": text_to_phone, "email": text_to_email, "person": text_to_person}


def text_to_value(text: str, field: FieldSchema) -> Typed:
    """A text as the field's type says; choices are read in checkboxes.py."""
    if field.type in ("integer", "number"):
        return text_to_number(text, field.unit)
    if field.type == "date":
        return text_to_date(text)
    if field.type == "year":
        return text_to_year(text)
    by_format = _BY_FORMAT.get(field.format)
    if by_format is not None:
        return by_format(text)
    return Typed(clean_text(text) or None)


def cell_to_value(cell: Cell, text: str, field: FieldSchema) -> Typed:
    """A cell as the field's type says, never surer than its text was read."""
    typed = _cell_to_value(cell, text, field)
    return typed if cell.sure >= SURE else Typed(typed.value, min(typed.confidence, cell.sure))


def _cell_to_value(cell: Cell, text: str, field: FieldSchema) -> Typed:
    """The workbook's own number or date first, what is printed otherwise."""
    own = cell.value
    if isinstance(own, bool) or own is None or text != cell.text:
        return text_to_value(text, field)
    if isinstance(own, date):
        return _own_date(own, field, text)
    if field.type == "date":
        return number_to_date(float(own), cell.number_format)
    if field.type in ("integer", "number"):
        return Typed(plain_number(float(own)))
    if own == int(own):
        return text_to_value(str(int(own)), field)
    return text_to_value(text, field)


def _own_date(own: date, field: FieldSchema, text: str) -> Typed:
    day = own.date() if isinstance(own, datetime) else own
    if field.type == "year":
        return Typed(day.year)
    if field.type == "date":
        shown = text_to_date(text)
        return shown if isinstance(shown.value, str) and day.isoformat().startswith(shown.value) else Typed(day.isoformat())
    return text_to_value(text, field)
