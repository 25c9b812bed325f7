"""Core: the essay (申报材料) - how long it is as Word counts, which parts of the outline it treats, whom it speaks of, and a fingerprint.

Word's 字数: every CJK character and full-width mark is one, every run of Latin letters or digits between blanks is one.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from itertools import pairwise
from operator import eq

from config.schema import FormSchema, Section
from parsers.document import OBJECT, Paragraph, Table
from parsers.form import BLANK_TEMPLATE, NARRATIVE, Form, Value, Where
from parsers.forms.labels import clean_text, compact, fold

MIN_CHARACTERS = 300
FINGERPRINT_SIZE = 64
SHINGLE = 6
_WIDE = r"\u1100-\u11ff\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff\u2018\u2019\u201c\u201d\u2014\u2026\u00b7\u2460-\u24ff"
_COUNTED = re.compile(rf"[{_WIDE}]|[^\s{_WIDE}]+")
_HEADING = re.compile(
    r"^\s*(?:第?[一二三四五六七八九十\d]+[、.．)）节部分章\s]|[(（][一二三四五六七八九十\d]+[)）])?\s*(.{2,30}?)\s*[:：。]?\s*$"
)
_NUMBERED = re.compile(r"(?:[(（]?[一二三四五六七八九十\d]+[)）、.．]?)")
_PERSON = r"[\u4e00-\u9fff·]{2,4}"
_STUDIO = re.compile(r"([\u4e00-\u9fffA-Za-z0-9·（）()“”\"]{1,30}?创新工作室)")
_NOT_STUDIO = re.compile(
    r"^(?:本|该|我|各|一|劳模|职工|和|创新|劳模和职工|申报|创建|推荐|关于|命名|全省|辽宁省教科文卫体系统|[劳模职工、和(（)）创新]+)*创新工作室$"
)
_LEADER = (
    re.compile(
        rf"(?:领衔人|负责人|带头人|主持人)\s*(?:姓名)?\s*[:：]?\s*(?:为|是)?\s*({_PERSON}?)(?=[,，。；;、\s(（]|教授|副教授|同志|主任|高级|$|男|女)"
    ),
    re.compile(rf"由\s*({_PERSON}?)\s*(?:同志|教授|副教授|主任|老师|高级工程师)*\s*(?:担任)?\s*(?:领衔|牵头|负责)"),
    re.compile(rf"以\s*({_PERSON}?)\s*(?:同志|教授|副教授|主任|老师)*\s*(?:为|作为)领衔"),
)


def word_count(text: str) -> int:
    """How many 字 Word counts."""
    return len(_COUNTED.findall(text))


def blocks_to_narratives(blocks: Sequence[Paragraph | Table], schema: FormSchema, name: str = "") -> tuple[Form, ...]:
    """The essays in what is left of a document: none, one, or several when the outline begins anew."""
    pieces = _pieces([line for b in blocks for line in _lines(b)], schema)
    forms = (_lines_to_narrative(lines, schema, name if len(pieces) == 1 else "") for lines in pieces)
    return tuple(f for f in forms if f is not None)


def _lines(block: Paragraph | Table) -> list[str]:
    texts = [block.text] if isinstance(block, Paragraph) else [c.text for c in block.cells]
    return [line for text in texts for line in text.replace(OBJECT, "").split("\n") if line.strip()]


def _pieces(lines: list[str], schema: FormSchema) -> list[list[str]]:
    """The lines, parted where a second essay's title or first heading stands."""
    first = compact(schema.sections[0].part) if schema.sections else ""
    starts = [i for i, line in enumerate(lines) if first and compact(line) == first]
    if len(starts) < 2:
        return [lines]
    cuts = [0, *(_title_before(lines, s, schema) for s in starts[1:]), len(lines)]
    return [lines[a:b] for a, b in pairwise(cuts)]


def _title_before(lines: Sequence[str], at: int, schema: FormSchema) -> int:
    for i in range(at - 1, max(at - 5, 0), -1):
        if any(t in compact(lines[i]) for t in schema.titles) and len(compact(lines[i])) < 40:
            return i
    return at


def _lines_to_narrative(lines: Sequence[str], schema: FormSchema, name: str) -> Form | None:
    text = "\n".join(lines)
    characters = word_count(text)
    headings = [compact(heading[1]) for line in lines if (heading := _HEADING.match(line))]
    leads = [lead for line in lines if _NUMBERED.match(lead := compact(line)[:24])]
    whole = compact("".join(lines))
    found = [s for s in schema.sections if _has_section(headings, leads, whole, s)]
    if _is_outline(text, schema, characters):
        return Form(kind=BLANK_TEMPLATE, facts={"of": NARRATIVE})
    head = compact("".join(lines[:3]) + name)
    titled = any(t in head for t in schema.titles)
    studio = "创新工作室" in text or "工作室" in text
    likely = len(found) >= 3 and characters >= MIN_CHARACTERS // 2
    likely = (
        likely
        or (titled and studio and characters >= MIN_CHARACTERS)
        or (studio and characters >= 2.5 * MIN_CHARACTERS and not _is_notice(text))
    )
    if not likely or _is_notice(text):
        return None
    studio_name, leader = find_studio(lines), find_leader(text)
    fields = {
        "studio": Value(studio_name, studio_name or None, Where(field="studio")),
        "leader": Value(leader, leader or None, Where(field="leader")),
    }
    confidence = 0.95 if found else 0.8
    return Form(kind=NARRATIVE, fields=fields, confidence=confidence, facts=_facts(text, lines, schema, characters, found))


def _facts(text: str, lines: Sequence[str], schema: FormSchema, characters: int, found: Sequence[Section]) -> dict[str, object]:
    bare = compact(text)
    return {
        "characters": characters,
        "characters_without_spaces": len(bare),
        "sections": tuple(s.title for s in found),
        "missing_sections": tuple(s.title for s in schema.sections if s not in found),
        "mentions": {k: any(w in bare for w in words) for k, words in schema.mentions.items()},
        "fingerprint": text_to_fingerprint(text),
        "title": lines[0].strip() if lines else "",
        "studios": tuple(dict.fromkeys(_studio_names(text)))[:8],
    }


def _has_section(headings: Sequence[str], leads: Sequence[str], whole: str, section: Section) -> bool:
    """True when a heading or the beginning of a numbered line names a part of the outline, or the text treats it by one of its fuller names."""
    words = [compact(w) for w in section.words]
    if any(w in line for line in (*headings, *leads) for w in words):
        return True
    return any(w in whole for w in words if len(w) >= 4)


def _is_outline(text: str, schema: FormSchema, characters: int) -> bool:
    bare = re.sub(r"[,，、.。;；]", "", compact(text))
    prompts = sum(re.sub(r"[,，、.。;；]", "", compact(p)) in bare for p in schema.prompts)
    return prompts >= 4 and characters < 1200


def _is_notice(text: str) -> bool:
    bare = compact(text)
    return "现将有关事宜通知如下" in bare or ("推荐申报条件" in bare and "推荐申报名额" in bare)


def _studio_names(text: str) -> list[str]:
    names = (clean_text(m) for m in _STUDIO.findall(fold(text)))
    return [re.sub(r"^(?:本|该|在|的|对|由|为|是|以|及|与|和|到|了|将|使)", "", n) for n in names if not _NOT_STUDIO.match(compact(n))]


def find_studio(lines: Sequence[str]) -> str:
    """The studio an essay is about: the name in its title lines, else the one it uses first; "" when it names none."""
    for line in lines[:4]:
        bare = re.sub(r"^.*?(?:大学|学院|医院|学校)(?=[^创]{2,20}创新工作室)", "", clean_text(line)) if len(line) < 60 else ""
        for source in (clean_text(line) if len(line) < 60 else "", bare):
            names = _studio_names(source)
            if names:
                return names[0]
    names = _studio_names("\n".join(lines))
    return max(dict.fromkeys(names), key=names.count) if names else ""


def find_leader(text: str) -> str:
    """The leader an essay names; "" when it names none."""
    for pattern in _LEADER:
        match = pattern.search(fold(text))
        if match and match[1] and match[1] not in ("简要", "简介", "事迹", "情况", "主要", "团队", "简要事迹"):
            return match[1]
    return ""


# ---- near duplicates


def text_to_fingerprint(text: str) -> tuple[int, ...]:
    """A MinHash of the text's shingles of six characters: 64 numbers, the share of equal ones estimates how alike two texts are.

    Every shingle falls into one of 64 places, and each place keeps its least (one permutation hashing: Li, Owen and Zhang 2012), so that a
    shingle is hashed once and not 64 times. A place into which none fell takes the next one's, marked by how far it lies (rotation:
    Shrivastava and Li 2014): the less of two fingerprints, place by place, stays the fingerprint of both texts put together.
    """
    bare = re.sub(r"[^\w]", "", compact(text)).encode("utf-32-le", "surrogatepass")  # four bytes a character
    last = max(4, len(bare) - 4 * SHINGLE + 4) if bare else 0
    hashes = sorted({zlib.crc32(bare[i : i + 4 * SHINGLE]) * _SPREAD & _HASH for i in range(0, last, 4)}, reverse=True)
    least = {h >> _BITS: h & _LEAST for h in hashes}  # the last that is put down is the least
    found: list[int] = []
    nearest = distance = 0
    for place in reversed(range(2 * FINGERPRINT_SIZE if least else 0)):
        nearest, distance = (least[here], 0) if (here := place % FINGERPRINT_SIZE) in least else (nearest, distance + 1)
        found.append(nearest | distance << _BITS)
    return tuple(found[: FINGERPRINT_SIZE - 1 : -1])


_SPREAD = 2654435761  # Knuth's multiplier: the high bits, which choose the place, depend on all of a checksum's
_HASH = (1 << 32) - 1
_BITS = 32 - FINGERPRINT_SIZE.bit_length() + 1
_LEAST = (1 << _BITS) - 1


def similarity(one: Sequence[int], other: Sequence[int]) -> float:
    """How alike two texts are by their fingerprints, 0..1; 0 when either is empty."""
    if not one or len(one) != len(other):
        return 0.0
    same: int = sum(map(eq, one, other))
    return same / len(one)
