"""What is fuzzed: child frames and answers, letters, the opener's parts, unpacking, value parsers, readers. One call is one execution.

A target takes the chance it draws from and raises only when something is wrong: an exception that must not escape, a promise not kept.
"""

from __future__ import annotations

import io
import json
import random
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from io import BytesIO
from math import isfinite
from pathlib import Path
from typing import Any

from benchmarks import fuzz_opening
from config.load import DEFAULT_CAMPAIGN, load_campaign
from config.schema import FieldSchema
from intake.case_numbers import number_without_check
from intake.codec import plain_to_value, value_to_json, value_to_plain
from intake.message import Message
from intake.names import clean_name, clean_person, clean_studio, likeness
from intake.opening.open_letter import raw_to_message
from intake.reading.sandbox import Limits, Sandbox
from intake.reading.tasks import Died, Task, answer_to_outcome
from parsers.document import Cell
from parsers.form import Reading
from parsers.formats.door import bytes_to_document
from parsers.formats.number_format import serial_to_date, value_to_text
from parsers.forms.values import cell_to_value, chinese_to_int, clean_blank, number_to_date, text_to_value
from parsers.read import document_to_reading, read
from tests.generator.demo_letters import documents_of, make_studio, summaries_of
from tests.letters import plain_letter
from tests.unit.intake.opening.letters import zip_of
from tests.unit.intake.opening.ole import outlook_letter
from tests.unit.intake.opening.opened import open_container
from tests.unit.intake.opening.test_containers import rar4, sevenzip
from tests.unit.intake.opening.test_outlook import tnef
from tests.unit.parsers.formats.builders import grid, odf, pdf, rows, show, xlsx

Target = Callable[[random.Random], None]
FIXTURES = Path(__file__).parents[1] / "tests" / "unit" / "parsers" / "formats" / "fixtures"
WORDS = ("value", "blobs", "failed", "sha256", "attachments", "text", "kind", "status", "fields", "rows", "\ud800", "", "$date", "9" * 400)


def junk(chance: random.Random, depth: int = 0) -> Any:
    """Any JSON value."""
    pick = chance.randrange(9 if depth < 4 else 6)
    if pick < 6:
        return (None, True, chance.randrange(-(2**70), 2**70), chance.random() * 1e308, chance.choice(WORDS), float(chance.randrange(9)))[
            pick
        ]
    if pick == 6:
        return [junk(chance, depth + 1) for _ in range(chance.randrange(4))]
    return {chance.choice(WORDS): junk(chance, depth + 1) for _ in range(chance.randrange(5))}


def mutated(chance: random.Random, plain: Any) -> Any:
    """A good value with one place made wrong."""
    if isinstance(plain, dict) and plain and chance.random() < 0.8:
        key = chance.choice(list(plain))
        return plain | {key: mutated(chance, plain[key])}
    if isinstance(plain, list) and plain and chance.random() < 0.8:
        at = chance.randrange(len(plain))
        return [*plain[:at], mutated(chance, plain[at]), *plain[at + 1 :]]
    return junk(chance)


def wounded(chance: random.Random, sound: bytes, tokens: tuple[bytes, ...] = (b"\0", b"\xff\xff\xff\xff"), most: int = 6) -> bytes:
    """Bytes turned, cut out, doubled, pushed in, or the end missing."""
    raw = bytearray(sound)
    for _ in range(chance.randrange(1, most + 1)):
        at, how = chance.randrange(len(raw) + 1), chance.randrange(6)
        if how <= 1 and at < len(raw):
            raw[at] = chance.randrange(256)
        elif how == 2:
            del raw[at : at + chance.randrange(1, 30)]
        elif how == 3:
            raw[at:at] = raw[at : at + chance.randrange(1, 60)]
        elif how == 4:
            raw[at:at] = chance.choice(tokens)
        elif chance.random() < 0.2:
            del raw[at:]
    return bytes(raw)


# --- the pipe


class Pipe:
    """A child of which only the pipe is left."""

    def __init__(self, said: bytes) -> None:
        self.stdin, self.stdout = BytesIO(), BytesIO(said)


class OnlyThePipe(Sandbox):
    """A sandbox that talks to bytes made up beforehand."""

    def __init__(self, said: bytes) -> None:
        super().__init__(Limits(reply=1 << 20))
        self._said = said

    def _ready(self) -> Any:
        return Pipe(self._said)

    def _death(self, child: Any, overdue: bool, detail: str) -> Died:
        return Died("crash", detail)


def frames(chance: random.Random) -> None:
    """Frames of the pipe: any length, any contents; `ask` never raises."""
    body = json.dumps(junk(chance)).encode("utf-8", "surrogatepass") if chance.random() < 0.7 else chance.randbytes(chance.randrange(60))
    said = struct.pack(">Q", chance.choice((len(body), len(body) + 1, 0, 2**63, 5))) + body
    OnlyThePipe(said).ask({}, b"")


@cache
def _answer(kind: str) -> Any:
    return value_to_plain(raw_to_message(plain_letter("fuzz")) if kind == "open" else read(b"plain text", "a.txt", ()))


def answers(chance: random.Random) -> None:
    """Values that claim to be a letter or a reading: a word comes out, or the one error the engine knows."""
    hint: Any = chance.choice((Message, Reading))
    kind: Any = "open" if hint is Message else "read"
    plain = mutated(chance, _answer(kind))
    try:
        found = plain_to_value(plain, hint)
    except (ValueError, OverflowError, RecursionError):
        return
    assert isinstance(found, hint)
    try:
        answer_to_outcome(Task(kind=kind, key="k", payload=b""), (plain, []))
    except ValueError:
        return


# --- letters


def letters(chance: random.Random) -> None:
    """Letters with bytes turned, cut, doubled: always a message."""
    tokens = (b"\r\n", b"\0", b"=?utf-8?B?", b"--", b"\xff\xfe", b"Content-Type: multipart/mixed; boundary=x\r\n")
    assert raw_to_message(wounded(chance, plain_letter("fuzz"), tokens, 12)).sha256


def _by_seed(check: Callable[[int], str]) -> Target:
    """A target of `fuzz_opening`, which says in words what it finds."""

    def target(chance: random.Random) -> None:
        fault = check(chance.getrandbits(48))
        assert not fault, fault

    return target


# --- unpacking


@cache
def archives() -> Mapping[str, bytes]:
    """A sound small one of every container."""
    members = [(b"a.docx", b"PK\x03\x04 x" * 9), ("表/附件4.doc".encode("gbk"), b"y" * 40), (b"b.zip", zip_of([(b"c.txt", b"z")]))]
    tarred = BytesIO()
    with tarfile.open(fileobj=tarred, mode="w") as archive:
        for name, payload in members:
            told = tarfile.TarInfo(name.decode("gbk"))
            told.size = len(payload)
            archive.addfile(told, BytesIO(payload))
    packer = zlib.compressobj(wbits=31)
    gz = packer.compress(tarred.getvalue()) + packer.flush()
    signed = b"\x30\x82\x00\x40" + b"\x06\x09*\x86H\x86\xf7\r\x01\x07\x02" + b"\xa0\x80\x30\x80\x24\x80\x04\x08Subject:" + bytes(40)
    return {
        "a.zip": zip_of(members),
        "d.zip": zip_of(members, method=8),
        "a.tar": tarred.getvalue(),
        "a.tar.gz": gz,
        "winmail.dat": tnef(b"a.docx", "附件4.docx", b"PK\x03\x04 data"),
        "a.msg": outlook_letter("报送", "见附件", {"a.docx": b"PK\x03\x04 x".ljust(4096, b"x")}),
        "a.p7m": signed,
        "a.rar": rar4(members),
        "a.7z": sevenzip({"a.docx": b"PK\x03\x04 x" * 9, "表/b.doc": b"y"}),
    }


def unpacking(chance: random.Random) -> None:
    """A container with wounds: leaves come out, each sayable to the ledger, and nothing is dropped without one."""
    name = chance.choice([*archives()])
    sound = archives()[name]
    raw = wounded(chance, sound, (b"PK\x01\x02", b"PK\x05\x06", b"\xff\xff\xff\xff", b"\0" * 4, b"../", b"\x7f\xff"), 5)
    leaves = open_container(raw, name)
    assert leaves
    for leaf in leaves:
        assert value_to_json(leaf)
        assert not {"/", "\\", "\0"} & set(leaf.name), leaf.name


# --- value parsers


@cache
def fields() -> tuple[FieldSchema, ...]:
    """Every field of every form of the campaign, those of rows too."""
    forms = load_campaign(DEFAULT_CAMPAIGN).forms
    return tuple(field for form in forms for field in (*form.fields, *(form.rows.columns if form.rows else ())))


PIECES = (
    *"0123456789.,，．/-—－~年月日时号 　万亿千百十两零〇一二三四五壹贰元％%$￥¥+()（）〔〕[]:：;；|\\'\"@#&*_=<>?？!！、。·…\t\n\r\0\u200b\u202e\ufeff\ufffc\ud83d\ude00ａ９Ⅳ①㈠abcXYZ",
    "2022年",
    "8月5日",
    "约",
    "不详",
    "无",
    "同上",
    "-0",
    "1e308",
    "1E9999",
    "nan",
    "inf",
    "0x10",
    "１２３４",
    "138" + "0" * 8,
    "gh@x.cn",
    "万元",
    "人民币",
    "合计",
    "9" * 60,
    "二〇二二年",
    "2022.13.45",
    "0000-00-00",
    "19.1.1",
    "=1/0",
    "#REF!",
    "\u0660\u0661",
    "二千零二十二",
    "亿亿",
    "٣",
    "²",
)


def any_text(chance: random.Random) -> str:
    """Words such as stand in a box, in any order."""
    return "".join(chance.choice(PIECES) for _ in range(chance.randrange(12)))


def values(chance: random.Random) -> None:
    """A box's words and its own value, as every type of field reads them; and names, numbers and formats as they are cleaned."""
    text, field = any_text(chance), chance.choice(fields())
    own: Any = chance.choice(
        (None, None, True, chance.uniform(-1e18, 1e18), 10.0 ** chance.randrange(-320, 308), chance.randrange(-(2**64), 2**64))
    )
    for typed in (text_to_value(text, field), cell_to_value(Cell(text, 0, 0, value=own, number_format=any_text(chance)), text, field)):
        assert 0 <= typed.confidence <= 1, typed
        json.dumps(typed.value, allow_nan=False)
    clean_blank(text, (field.title,))
    chinese_to_int(text)
    number = chance.choice((chance.uniform(-1e9, 1e9), 10.0 ** chance.randrange(-300, 300)))
    number_to_date(number, text)
    serial_to_date(number, from_1904=chance.random() < 0.5)
    assert isinstance(value_to_text(number, text), str)
    assert clean_name(clean_name(text)) == clean_name(text)
    clean_person(text)
    clean_studio(text, (any_text(chance),))
    assert 0 <= likeness(text, any_text(chance)) <= 1
    number_without_check(text)


# --- readers


@cache
def papers() -> Mapping[str, bytes]:
    """A sound small file of every format, the printed forms among them."""
    rng = random.Random(1)
    studio = make_studio(rng, "辽河理工大学")
    made = {
        name: payload
        for name, payload in {**documents_of(studio, 1), **summaries_of(rng, "辽河理工大学", [studio])}.items()
        if len(payload) < 40_000
    }
    return made | {
        "a.xlsx": xlsx({"a": rows(["姓名", 1, 2.5], ["张三", "二", "3"])}),
        "a.odt": odf("text", "<text:p>正文</text:p>"),
        "a.pdf": pdf(show("基本情况表 姓名", 50, 700) + grid([50, 150, 250], [600, 650])),
        "a.doc": (FIXTURES / "word97.doc").read_bytes(),
        "a.xls": (FIXTURES / "book.xls").read_bytes(),
        "a.rtf": (FIXTURES / "word97.rtf").read_bytes(),
        "a.html": "<html><table><tr><td rowspan=3>姓名<td>张三<tr><td>x</table>".encode(),
        "a.txt": "姓名：张三\n性别：男\n".encode("gb18030"),
    }


_XML = (
    b"<",
    b">",
    b"</w:tc>",
    b"<w:tc>",
    b"<w:tr>",
    b'w:val="999999999"',
    b"&#x0;",
    b"&#1;",
    b"<w:vMerge/>",
    b'<w:gridSpan w:val="-1"/>',
    b"\xff",
    b"<v>1e999</v>",
    b"nan",
    b'r="ZZZ9999999"',
    b"<w:txbxContent>",
)


def repacked(chance: random.Random, sound: bytes) -> bytes:
    """A package whose parts are wounded inside and packed soundly again, so that the damage reaches the reader of the part."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sound)) as old, zipfile.ZipFile(out, "w") as new:
        names = old.namelist()
        chosen = chance.choice(
            [
                n
                for n in names
                if n.endswith(("document.xml", "sheet1.xml", "content.xml", "workbook.xml", "sharedStrings.xml", "styles.xml"))
            ]
            or names
        )
        for name in names:
            part = old.read(name)
            new.writestr(name, wounded(chance, part, _XML, 4) if name == chosen else part)
    return out.getvalue()


def readers(chance: random.Random) -> None:
    """A file of every format with wounds, read with the campaign's forms: always a reading that the ledger can hold."""
    name = chance.choice([*papers()])
    sound = papers()[name]
    inside = sound.startswith(b"PK") and chance.random() < 0.7
    raw = (
        repacked(chance, sound)
        if inside
        else wounded(chance, sound, (b"\0\0\0\0", b"\xff\xff\xff\xff", b"endobj", b"{\\*\\", b"<td colspan=99999>"))
    )
    document = bytes_to_document(raw, chance.choice((name, "a", "a.pdf")))
    assert all(isfinite(cell.value) for table in document.tables for cell in table.cells if isinstance(cell.value, float))
    reading = document_to_reading(document, "0" * 64, name, load_forms())
    assert reading.status
    value_to_json(reading)


@cache
def load_forms() -> tuple[Any, ...]:
    """The schemas of the campaign."""
    return load_campaign(DEFAULT_CAMPAIGN).forms


def documents(chance: random.Random) -> None:
    """Bytes of any kind, many with the beginning of a known format: always a reading."""
    head = chance.choice(
        (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-1.7\n", b"{\\rtf1", b"<html>", b"", b"\x1f\x8b", b"7z\xbc\xaf'\x1c")
    )
    assert read(head + chance.randbytes(chance.randrange(300)), chance.choice(("a.docx", "a.xls", "a.pdf", "a")), ()).status


TARGETS: Mapping[str, tuple[Target, int]] = {
    "child frames": (frames, 60),
    "child answers": (answers, 200),
    "letters": (letters, 6),
    "damaged heads": (_by_seed(fuzz_opening.heads), 4),
    "torn letters": (_by_seed(fuzz_opening.letters), 4),
    "headers": (_by_seed(fuzz_opening.headers), 60),
    "volumes": (_by_seed(fuzz_opening.volumes), 150),
    "unpacking": (unpacking, 25),
    "values": (values, 60),
    "documents": (documents, 50),
    "readers": (readers, 4),
}
"""Each with its share: those that make thousands a second carry the bulk."""
