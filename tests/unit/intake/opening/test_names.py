"""Attachment names: the name a person gave, through every way programs have of writing it; harmless whatever it was."""

from __future__ import annotations

import base64
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.opening.headers.file_names import clean_path, is_hostile, score_name
from tests.unit.intake.opening.letters import DOCX, PDF, base64_lines, letter, multipart, names, opened, part, text, word, zip_of, zip_with
from tests.unit.intake.opening.opened import open_container

NAME = "附件4：基本情况表（王堃、朱镕工作室）.docx"


def named(type_line: bytes, disposition: bytes = b"", payload: bytes = DOCX) -> list[str]:
    head = (
        b"Content-Type: "
        + type_line
        + b"\nContent-Transfer-Encoding: base64"
        + (b"\nContent-Disposition: " + disposition if disposition else b"")
    )
    return names(opened(letter(multipart([text("见附件"), part(head, base64_lines(payload))]))))


def continued(name: str, charset: str, step: int, percent: bool) -> bytes:
    """RFC 2231 in pieces, cut without regard to characters."""
    if not percent:
        raw = name.encode(charset)
        pieces = [b'filename*%d="%s"' % (number, raw[at : at + step]) for number, at in enumerate(range(0, len(raw), step))]
        return b"attachment;\r\n " + b";\r\n ".join(pieces)
    raw = f"{charset}''".encode() + quote_from_bytes(name.encode(charset)).encode()
    pieces = [b"filename*%d*=%s" % (number, raw[at : at + step]) for number, at in enumerate(range(0, len(raw), step))]
    return b"attachment;\r\n " + b";\r\n ".join(pieces)


OCTET = b"application/octet-stream"


@pytest.mark.parametrize(
    ("type_line", "disposition"),
    [
        (OCTET, b'attachment; filename="' + word(NAME) + b'"'),
        (OCTET, b"attachment; filename=" + word(NAME, "gb18030", "gb2312")),
        (OCTET + b'; charset="gb18030"; name="' + word(NAME, "gb18030") + b'"', b""),
        (OCTET, b'attachment; filename="' + NAME.encode("gbk") + b'"'),
        (OCTET, b'attachment; filename="' + NAME.encode() + b'"'),
        (OCTET, b"attachment; filename=" + NAME.encode()),
        (OCTET, b"attachment; filename*=UTF-8''" + quote_from_bytes(NAME.encode()).encode()),
        (OCTET, b"attachment; filename*=gb2312''" + quote_from_bytes(NAME.encode("gbk")).encode()),
        (OCTET, b"attachment; filename*=''" + quote_from_bytes(NAME.encode()).encode()),
        (OCTET, b"attachment; filename*=us-ascii''" + quote_from_bytes(NAME.encode("gbk")).encode()),
        (OCTET + b"; name*=GBK''" + quote_from_bytes(NAME.encode("gbk")).encode(), b""),
        (OCTET, continued(NAME, "utf-8", 31, True)),
        (OCTET, continued(NAME, "gb18030", 20, True)),
        (OCTET, continued(NAME, "utf-8", 7, False)),
        (OCTET, b'attachment; filename="' + quote_from_bytes(NAME.encode()).encode() + b'"'),
        (OCTET, b'attachment; filename="' + "".join(f"&#{ord(c)};" for c in NAME).encode() + b'"'),
        (OCTET, b'attachment; filename="' + word(word(NAME).decode()) + b'"'),
        (OCTET, b'attachment; filename="' + word(NAME[:9]) + b"\r\n " + word(NAME[9:]) + b'"'),
        (OCTET + b'; name="' + word(NAME) + b'"', b'attachment; filename="ATT00001.docx"'),
        (OCTET + b'; name="' + word(NAME) + b'"', b'attachment; filename="??4:??????.docx"'),
        (OCTET + b'; name="ATT00001"', b'attachment; filename="' + word(NAME) + b'"'),
        (OCTET, b'attachment filename="' + word(NAME) + b'"'),
        (OCTET, b"attachment;filename=" + word(NAME) + b";size=100"),
    ],
)
def test_name_is_read_however_it_was_written(type_line: bytes, disposition: bytes) -> None:
    assert named(type_line, disposition) == [NAME]


def test_unquoted_name_with_blanks_and_brackets_is_read_to_its_end() -> None:
    assert named(OCTET, b"attachment; filename=" + word("附件1") + b" (final).xlsx") == ["附件1 (final).xlsx"]


def test_nameless_file_gets_a_number_and_the_extension_of_its_contents() -> None:
    assert named(OCTET, b"attachment") == ["未命名附件1.docx"] or named(OCTET, b"attachment")[0].startswith("未命名附件1.")
    assert named(b"application/pdf", payload=PDF) == ["未命名附件1.pdf"]


def test_files_of_the_same_name_are_both_kept() -> None:
    message = opened(
        letter(
            multipart(
                [
                    part(b'Content-Type: application/pdf; name="a.pdf"', PDF),
                    part(b'Content-Type: application/pdf; name="a.pdf"', PDF + b" "),
                ]
            )
        )
    )
    assert names(message) == ["a.pdf", "a.pdf"]
    assert message.attachments[0].sha256 != message.attachments[1].sha256


def _is_ambiguous(name: str) -> bool:
    """Some rare GB strings are valid UTF-8 of other characters as well: nobody can tell them apart without a true label."""
    try:
        name.encode("gb18030").decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


CHINESE_NAMES = (
    st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=12)
    .map(lambda stem: stem + ".docx")
    .filter(lambda name: not _is_ambiguous(name))
)
PATHS = st.sampled_from(["gb2312", "gbk", "gb18030", "utf-8"])


@settings(max_examples=150, deadline=None)
@given(
    name=CHINESE_NAMES,
    charset=PATHS,
    encoding=st.sampled_from(["B", "Q"]),
    place=st.sampled_from(["name", "filename"]),
    quoted=st.booleans(),
)
def test_any_chinese_name_survives_encoded_words(name: str, charset: str, encoding: str, place: str, quoted: bool) -> None:
    value = word(name, "gb18030" if charset != "utf-8" else charset, charset, encoding)
    value = b'"' + value + b'"' if quoted else value
    assert (named(OCTET + b"; name=" + value) if place == "name" else named(OCTET, b"attachment; filename=" + value)) == [name]


@settings(max_examples=100, deadline=None)
@given(name=CHINESE_NAMES, charset=PATHS, step=st.integers(1, 9), data=st.data())
def test_any_chinese_name_survives_words_cut_in_the_middle_of_a_character(name: str, charset: str, step: int, data: st.DataObject) -> None:
    payload = name.encode("gb18030" if charset != "utf-8" else charset)
    pieces = [
        b"=?" + charset.encode() + b"?B?" + base64.b64encode(payload[at : at + step * 3]) + b"?=" for at in range(0, len(payload), step * 3)
    ]
    glue = data.draw(st.sampled_from([b" ", b"\r\n ", b"\r\n\t", b""]))
    assert named(OCTET, b'attachment; filename="' + glue.join(pieces) + b'"') == [name]


@settings(max_examples=150, deadline=None)
@given(name=CHINESE_NAMES, charset=st.sampled_from(["gb18030", "utf-8"]), place=st.sampled_from(["name", "filename"]), quoted=st.booleans())
def test_any_chinese_name_survives_as_raw_bytes(name: str, charset: str, place: str, quoted: bool) -> None:
    value = name.encode(charset)
    value = b'"' + value + b'"' if quoted else value
    assert (named(OCTET + b"; name=" + value) if place == "name" else named(OCTET, b"attachment; filename=" + value)) == [name]


@settings(max_examples=100, deadline=None)
@given(name=CHINESE_NAMES, charset=PATHS, step=st.integers(8, 40), percent=st.booleans())
def test_any_chinese_name_survives_rfc2231(name: str, charset: str, step: int, percent: bool) -> None:
    codec = "gb18030" if charset != "utf-8" else charset
    whole = b"attachment; filename*=" + charset.encode() + b"''" + quote_from_bytes(name.encode(codec)).encode()
    assert named(OCTET, whole) == [name]
    assert named(OCTET, continued(name, codec, step, percent)) == [name]


@settings(max_examples=150, deadline=None)
@given(name=CHINESE_NAMES, charset=st.sampled_from(["gb18030", "utf-8"]), flagged=st.booleans())
def test_any_chinese_name_survives_as_a_zip_member(name: str, charset: str, flagged: bool) -> None:
    flags = 0x800 if flagged and charset == "utf-8" else 0
    leaves = open_container(zip_of([(b"a/" + name.encode(charset), DOCX)], flags), "材料.zip")
    assert [leaf.path for leaf in leaves] == [("材料.zip", "a", name)]
    assert open_container(zip_with({name: DOCX}), "材料.zip")[0].name == name


def test_short_gb_name_that_happens_to_be_valid_utf8_of_another_alphabet_is_chinese() -> None:
    assert named(OCTET, b'attachment; filename="' + "一一.docx".encode("gbk") + b'"') == ["一一.docx"]
    assert named(OCTET, b'attachment; filename="' + "Café.docx".encode() + b'"') == ["Café.docx"]


@pytest.mark.parametrize(
    ("hostile", "path"),
    [
        ("../../../../tmp/x.pdf", ("tmp", "x.pdf")),
        ("/etc/cron.d/x", ("etc", "cron.d", "x")),
        ("C:\\Windows\\附件4.docx", ("Windows", "附件4.docx")),
        ("a\\..\\b.pdf", ("a", "b.pdf")),
        ("CON.docx", ("_CON.docx",)),
        ("a\0.pdf", ("a.pdf",)),
        ("甲\u202efdp.exe", ("甲fdp.exe",)),
    ],
)
def test_hostile_name_becomes_harmless_and_is_recognised(hostile: str, path: tuple[str, ...]) -> None:
    assert clean_path(hostile) == path
    assert is_hostile(hostile)


@pytest.mark.parametrize("nothing", ["", ".", "..", "/", " ", "\u202e", "../.."])
def test_name_of_nothing_is_empty(nothing: str) -> None:
    assert clean_path(nothing) == ()


def test_long_name_keeps_its_extension() -> None:
    (name,) = clean_path("表" * 5000 + ".docx")
    assert len(name) <= 200
    assert name.endswith(".docx")


@given(st.text(max_size=300))
def test_no_name_whatever_can_leave_its_folder(name: str) -> None:
    for piece in clean_path(name):
        assert (piece not in ("", ".", "..") and "/" not in piece and "\\" not in piece and piece.isprintable()) or piece.strip()


def test_a_real_name_outranks_placeholders_and_damage() -> None:
    assert score_name("附件4.docx") > score_name("ATT00001.docx") > score_name("????.docx")


def test_name_that_a_gateway_turned_into_other_characters_is_turned_back() -> None:
    broken = "附件4.docx".encode().decode("gb18030", "replace")
    assert named(OCTET, b'attachment; filename="' + word("材料附件.docx".encode().decode("gb18030")) + b'"') == ["材料附件.docx"]
    assert named(OCTET + b"; name=" + word("附件4.docx"), b"attachment; filename=" + word(broken)) == ["附件4.docx"]
