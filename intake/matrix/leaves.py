"""Core: the files of an institution's letters in order of receipt (来件), and what an unread one may be by its name.

The same bytes count once, at their first arrival. A file that nobody has read is never nothing: its name, its folder and, at worst,
silence decide which materials it may be (law 6).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from intake.message import MACHINES, Attachment
from intake.names import clean_text
from intake.submission import MATERIALS, UNWEIGHED, Claim, Evidence, Material, Received, Version
from parsers.form import BASIC_INFO, BLANK_TEMPLATE, NARRATIVE, SUMMARY_TABLE, SUPPORTING, Form, Reading

EDITABLE = re.compile(r"\.(docx?|wps|wpt|xlsx?|xlsm|et|odt|ods|rtf|csv|txt)$")
_SUMMARY = re.compile(r"汇总|附件\W?[12一二](?!\d)")
_BASIC = re.compile(r"基本情况|情况表|附件\W?[4四](?!\d)")
_NARRATIVE = re.compile(r"申报材料|申报书|事迹|提纲|总结|附件\W?[3三](?!\d)")
_RANGE = re.compile(r"附件\W?(\d)\W{0,2}[-~至到—]\W?(?:附件)?\W?(\d)|附件\W?(\d(?:[、,，和及]\d)+)")
_SUPPORTING = re.compile(
    r"证书|获奖|专利|发票|合影|照片|聘书|论文|佐证|证明|奖状|牌匾|营业执照|函(?!数)|请示|签到|制度|logo|二维码|image\d{3}\b"
)
_ANNEX = re.compile(r"附表|骨干成员|成员名单|成员情况|成员表|人员名单|团队成员")
_NUMBERS = {"1": Material.SUMMARY_ROW, "2": Material.SUMMARY_ROW, "3": Material.NARRATIVE, "4": Material.BASIC_INFO}
_CONTENT = {
    Material.SUMMARY_ROW: re.compile(r"推荐汇总表"),
    Material.BASIC_INFO: re.compile(r"基本情况表|工作室名称.*领衔人"),
}
_LETTER = re.compile(r"\.(eml|msg)$")
_LONG_TEXT = 600
_ROBOTS = MACHINES - {"notice"}


@dataclass(frozen=True, slots=True)
class Leaf:
    """来件: one file of one letter, with what was read in it. `order` is its place among all files of the institution."""

    letter: Received
    attachment: Attachment
    reading: Reading | None
    received_at: datetime
    late: bool
    order: int
    evidence: Evidence = UNWEIGHED

    @property
    def path(self) -> tuple[str, ...]:
        """The way to the file, its own name last."""
        return self.attachment.path or (self.attachment.name,)

    @property
    def forms(self) -> tuple[Form, ...]:
        """The forms read in it."""
        return self.reading.forms if self.reading else ()

    @property
    def text(self) -> str:
        """The text read in it, empty when nothing was."""
        return self.reading.text if self.reading else ""

    @property
    def known(self) -> bool:
        """True when it holds at least one form or narrative, or is known to be none (supporting, blank)."""
        return any(f.kind in (BASIC_INFO, SUMMARY_TABLE, NARRATIVE, BLANK_TEMPLATE, SUPPORTING) for f in self.forms)

    @property
    def editable(self) -> bool:
        """True for Word, Excel and the like; a PDF or picture cannot be edited."""
        return bool(EDITABLE.search(clean_text(self.attachment.name)))

    @property
    def problem(self) -> str:
        """Why a person must look, in the words of `Version.problem`; empty when it was read and understood."""
        if self.attachment.problem:
            return self.attachment.problem
        if self.reading is None:
            return "not_read"
        if self.reading.status != "read":
            return self.reading.status
        return "" if self.known else "unrecognised"

    @property
    def unread(self) -> bool:
        """True when no form was understood in it."""
        return bool(self.problem) and not self.known

    def to_version(self, form_index: int | None = None) -> Version:
        """The version this file is of whatever material it turns out to be."""
        return Version(
            number=1,
            status="received" if form_index is not None else "received_unread",
            letter=self.letter.sha256,
            attachment=self.attachment.sha256,
            file=self.attachment.name,
            path=self.path,
            received_at=self.received_at,
            late=self.late,
            form=self.forms[form_index] if form_index is not None else None,
            form_index=form_index or 0,
            size=self.attachment.size,
            problem=self.problem,
            rank=self.order,
            position=self.letter.position,
            claimed_at=self.letter.message.forwarded_date or self.letter.message.date,
            enclosed=any(_LETTER.search(part.casefold()) for part in self.path[:-1]),
            written=self.attachment in self.letter.message.body_leaves,
            proven=self.evidence.may_replace,
            sender="" if self.evidence.authentication == "fail" else self.letter.message.sender.address.casefold(),
            recognised=self.reading is not None and self.reading.ocr and not self.editable,
        )


def letters_in_order(received: Iterable[Received]) -> tuple[Received, ...]:
    """Letters by arrival; those of one second by their place in the mailbox, else by the date they claim (a last tie only by identity)."""
    moments: dict[datetime, list[Received]] = {}
    for letter in {r.sha256: r for r in received}.values():
        moments.setdefault(letter.arrived_at, []).append(letter)
    return tuple(letter for moment in sorted(moments) for letter in _at_one_moment(moments[moment]))


def _at_one_moment(letters: Sequence[Received]) -> list[Received]:
    in_one_folder = len({r.folder for r in letters}) == 1 and all(r.position for r in letters)

    def place(letter: Received) -> tuple[float, str]:
        claimed = letter.message.date.timestamp() if letter.message.date else 0.0
        return float(letter.position) if in_one_folder else claimed, letter.sha256

    return sorted(letters, key=place)


def letters_to_leaves(
    letters: Sequence[Received], late: frozenset[str], excluded: frozenset[str], claims: Mapping[str, Claim] = MappingProxyType({})
) -> tuple[Leaf, ...]:
    """All files once each, in order of arrival; `claims` tell what each letter's sender proved."""
    seen: set[str] = set()
    leaves: list[Leaf] = []
    for letter in letters:
        for attachment in () if letter.message.kind in _ROBOTS else letter.message.leaves:
            sha = attachment.sha256
            if sha in excluded or sha in seen or attachment.is_joined or _is_mere_text(letter, attachment):
                continue
            seen.add(sha)
            evidence = claims[letter.sha256].evidence if letter.sha256 in claims else UNWEIGHED
            is_late = letter.sha256 in late
            leaves.append(Leaf(letter, attachment, letter.readings.get(sha), letter.arrived_at, is_late, len(leaves), evidence))
    return tuple(leaves)


def _is_mere_text(letter: Received, leaf: Attachment) -> bool:
    """True for a letter's own text (正文) in which, once read, no form and no essay was found: words are no file a person must look at."""
    reading = letter.readings.get(leaf.sha256)
    kinds = {form.kind for form in reading.forms} if reading else set()
    return leaf in letter.message.body_leaves and reading is not None and not kinds & {BASIC_INFO, SUMMARY_TABLE, NARRATIVE}


def is_annex(leaf: Leaf) -> bool:
    """True when a file is an attached table of members (附表) by its name."""
    return bool(_ANNEX.search(clean_text(leaf.attachment.name))) and not _BASIC.search(clean_text(leaf.attachment.name))


def leaf_to_materials(leaf: Leaf) -> tuple[Material, ...]:
    """Which materials an unread or unrecognised file may be; empty when it is certainly none of them."""
    if leaf.attachment.problem == "hostile":
        return _words_to_materials(clean_text(leaf.attachment.name))
    if leaf.problem == "unrecognised":
        return tuple(_content_to_materials(leaf.text, leaf.attachment.name))
    return path_to_materials(leaf.path)


def path_to_materials(path: Sequence[str]) -> tuple[Material, ...]:
    """The materials that the names on a path allow, the file's own name first; a silent name allows all."""
    own = clean_text(path[-1])
    found = _words_to_materials(own)
    if found:
        return found
    if _SUPPORTING.search(own):
        return ()
    for folder in reversed(path[:-1]):
        inner = [m for m in _words_to_materials(clean_text(folder)) if m is not Material.NARRATIVE]
        if inner and not _is_general(clean_text(folder)):
            return tuple(inner)
    return MATERIALS


def _is_general(name: str) -> bool:
    return bool(re.search(r"\.(zip|rar|7z|eml|msg)$", name)) or len(_words_to_materials(name)) != 1


def _words_to_materials(name: str) -> tuple[Material, ...]:
    if found := _RANGE.search(name):
        first, last, listed = found.groups()
        numbers = re.findall(r"\d", listed) if listed else [str(n) for n in range(int(first), int(last) + 1)]
        return tuple(dict.fromkeys(_NUMBERS[n] for n in numbers if n in _NUMBERS))
    if re.search(r"\.(zip|rar|7z|eml|msg|tar|gz|dat|\d{3})$", name):
        return MATERIALS
    pairs = ((_SUMMARY, Material.SUMMARY_ROW), (_BASIC, Material.BASIC_INFO), (_NARRATIVE, Material.NARRATIVE))
    found_materials = tuple(material for words, material in pairs if words.search(name))
    return MATERIALS if found_materials == (Material.NARRATIVE,) and "全套" in name else found_materials


def _content_to_materials(text: str, name: str) -> Iterator[Material]:
    content = clean_text(text)
    named = _words_to_materials(clean_text(name)) if len(content) > 50 or not content else ()
    for material in MATERIALS:
        words = _CONTENT.get(material)
        long_enough = material is Material.NARRATIVE and len(content) >= _LONG_TEXT and "工作室" in content
        if long_enough or material in named or (words and words.search(content)):
            yield material
