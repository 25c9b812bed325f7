"""Outlook's own formats: winmail.dat, .msg and S/MIME."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from intake.opening.containers.smime import p7m_to_contents
from tests.unit.intake.opening.letters import DOCX, attachment, base64_lines, letter, multipart, names, opened, part, text, with_files, word
from tests.unit.intake.opening.ole import outlook_letter
from tests.unit.intake.opening.opened import open_container

LONG = DOCX * 20
NAME = "附件4王堃基本情况表.docx"


def tnef(title: bytes, long_name: str = "", payload: bytes = DOCX, body: bytes = b"", object_prefix: bytes = b"") -> bytes:
    """A winmail.dat of one attachment."""

    def attribute(level: int, tag: int, content: bytes) -> bytes:
        return struct.pack("<BII", level, tag, len(content)) + content + struct.pack("<H", sum(content) & 0xFFFF)

    out = (
        struct.pack("<IH", 0x223E9F78, 1)
        + attribute(1, 0x00089006, struct.pack("<I", 0x10000))
        + attribute(1, 0x00069007, struct.pack("<II", 936, 0))
    )
    if body:
        out += attribute(1, 0x0002800C, body + b"\0")
    out += attribute(2, 0x00069002, bytes(14)) + attribute(2, 0x00018010, title + b"\0")
    properties = [struct.pack("<HHI", 0x0003, 0x3705, 1)]
    if long_name:
        name = long_name.encode("utf-16-le") + b"\0\0"
        properties.append(struct.pack("<HHII", 0x001F, 0x3707, 1, len(name)) + name + bytes(-len(name) % 4))
    if object_prefix:
        content = object_prefix + payload
        properties.append(struct.pack("<HHII", 0x000D, 0x3701, 1, len(content)) + content + bytes(-len(content) % 4))
    else:
        out += attribute(2, 0x0006800F, payload)
    return out + attribute(2, 0x00069005, struct.pack("<I", len(properties)) + b"".join(properties))


def test_winmail_dat_gives_its_file_with_the_long_name() -> None:
    (leaf,) = open_container(tnef("附件4~1.doc".encode("gbk"), NAME), "winmail.dat")
    assert (leaf.path, leaf.payload) == (("winmail.dat", NAME), DOCX)


def test_winmail_dat_with_a_gbk_title_alone_is_named_by_it() -> None:
    assert open_container(tnef(NAME.encode("gbk")), "winmail.dat")[0].name == NAME


def test_winmail_dat_inside_a_letter_is_recognised_by_its_bytes_and_lends_its_text() -> None:
    packed = tnef(b"a.doc", NAME, body="我校材料见附件".encode("gbk"))
    message = opened(letter(multipart([attachment(b"att0001.dat", packed, b"application/ms-tnef")])))
    assert names(message) == [NAME]
    assert "我校材料见附件" in message.text


def test_winmail_dat_inside_winmail_dat_is_opened() -> None:
    inner = tnef(b"a.doc", NAME)
    assert open_container(tnef(b"fw", "转发", inner, object_prefix=bytes(16)), "winmail.dat")[0].path[-1] == NAME


def test_cut_winmail_dat_is_kept_whole() -> None:
    cut = tnef(b"a.doc", NAME)[:-30]
    assert open_container(cut, "winmail.dat")[-1].problem == "corrupt"


def test_msg_gives_its_files_and_the_files_of_the_letter_inside() -> None:
    payload = outlook_letter("材料", "正文", {NAME: LONG}, {"王堃工作室材料": {"附件1.xlsx": LONG + b"1"}})
    leaves = open_container(payload, "来信.msg")
    assert sorted(leaf.path for leaf in leaves) == sorted([("来信.msg", NAME), ("来信.msg", "王堃工作室材料.msg", "附件1.xlsx")])
    assert {leaf.payload for leaf in leaves} == {LONG, LONG + b"1"}


def test_msg_without_files_stays_a_leaf_and_lends_its_text() -> None:
    message = opened(with_files(attachment(word("来信.msg"), outlook_letter("询问", "请问可否延期", {}))))
    assert names(message) == ["来信.msg"]
    assert "请问可否延期" in message.quoted


def der(tag: int, content: bytes) -> bytes:
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([0x80 | 3]) + size.to_bytes(3, "big")
    return bytes([tag]) + length + content


SIGNED = bytes.fromhex("06092a864886f70d010702")
ENVELOPED = bytes.fromhex("06092a864886f70d010703")
DATA = bytes.fromhex("06092a864886f70d010701")
INNER = multipart([text("签名的正文"), attachment(word(NAME))], boundary=b"inside-the-signature")


def signed(content: bytes, indefinite: bool) -> bytes:
    if not indefinite:
        inner = der(0x30, DATA + der(0xA0, der(0x04, content)))
        return der(0x30, SIGNED + der(0xA0, der(0x30, der(0x02, b"\1") + der(0x31, b"") + inner)))
    pieces = b"".join(der(0x04, content[at : at + 1000]) for at in range(0, len(content), 1000))
    end = b"\0\0"
    inner = b"\x30\x80" + DATA + b"\xa0\x80\x24\x80" + pieces + end * 3
    return b"\x30\x80" + SIGNED + b"\xa0\x80\x30\x80" + der(0x02, b"\1") + der(0x31, b"") + inner + end * 3


def smime_part(payload: bytes, kind: bytes) -> bytes:
    head = b"Content-Type: application/pkcs7-mime; smime-type=" + kind + b"; name=smime.p7m\nContent-Transfer-Encoding: base64"
    return part(head, base64_lines(payload))


@pytest.mark.parametrize("indefinite", [False, True])
def test_opaque_signed_letter_is_opened(indefinite: bool) -> None:
    message = opened(letter(smime_part(signed(INNER, indefinite), b"signed-data")))
    assert names(message) == [NAME]
    assert message.attachments[0].payload == DOCX


def test_detached_signature_leaves_the_files_readable() -> None:
    signature = part(
        b"Content-Type: application/pkcs7-signature; name=smime.p7s\nContent-Transfer-Encoding: base64", base64_lines(b"0\x80\6")
    )
    message = opened(letter(multipart([INNER, signature], b"signed", b"=_outer_boundary")))
    assert names(message) == [NAME]
    assert message.text == "签名的正文"


def test_encrypted_letter_is_kept_whole_and_reported() -> None:
    message = opened(letter(smime_part(der(0x30, ENVELOPED + bytes(30)), b"enveloped-data")))
    (leaf,) = message.attachments
    assert (leaf.name, leaf.problem, message.kind) == ("smime.p7m", "encrypted", "submission")


@pytest.mark.parametrize(
    "payload",
    [b"", SIGNED, SIGNED + DATA, SIGNED + DATA + b"\xa0", SIGNED + DATA + b"\xa0\x80\x24\x80\x24\x80", SIGNED + DATA + b"\xa0\xff\xff"],
)
def test_broken_signature_is_kept_whole(payload: bytes) -> None:
    assert p7m_to_contents(payload).problem in ("corrupt", "unsupported")


@pytest.mark.samples
def test_real_outlook_files_of_other_projects_are_opened(shared: Path) -> None:
    files = sorted(path for path in (shared / "samples/public/msg").rglob("*.msg") if path.is_file())
    problems = [leaf.problem for path in files for leaf in open_container(path.read_bytes(), path.name)]
    assert files
    assert not {"hostile", "too_large"} & set(problems)
