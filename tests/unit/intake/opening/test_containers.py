"""Containers: opened to the leaves, names decided member by member, and kept whole with the reason when they cannot be opened."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import subprocess
import tarfile
import zipfile
import zlib

import py7zr
import pytest
import rarfile

from intake.message import Attachment
from intake.opening.containers.limits import LARGEST_MEMBER, Budget
from intake.opening.containers.magic import find_container
from intake.opening.containers.zips import zip_to_contents
from tests.unit.intake.opening.letters import DOCX, PDF, attachment, opened, with_files, word, zip_of, zip_with
from tests.unit.intake.opening.opened import container_problems, open_container

NAME = "附件4王堃基本情况表.docx"


def paths(leaves: tuple[Attachment, ...]) -> list[tuple[str, ...]]:
    return [leaf.path for leaf in leaves]


def rar4(members: list[tuple[bytes, bytes]], method: int = 0x30, flags: int = 0) -> bytes:
    """A RAR4 of stored (0x30) members; the bytes of other methods are not really packed, only labelled so."""

    def block(kind: int, flags: int, rest: bytes, extra: bytes = b"") -> bytes:
        body = struct.pack("<BHH", kind, flags, 7 + len(rest)) + rest
        return struct.pack("<H", zlib.crc32(body) & 0xFFFF) + body + extra

    out = b"Rar!\x1a\x07\x00" + block(0x73, 0, bytes(6))
    for name, payload in members:
        rest = struct.pack("<IIBIIBBHI", len(payload), len(payload), 2, zlib.crc32(payload), 0x55041041, 20, method, len(name), 0x20) + name
        out += block(0x74, 0x8000 | flags, rest, payload)
    return out + block(0x7B, 0x4000, b"")


def sevenzip(members: dict[str, bytes], password: str | None = None) -> bytes:
    stream = io.BytesIO()
    with py7zr.SevenZipFile(stream, "w", password=password) as archive:
        for name, payload in members.items():
            archive.writestr(payload, name)
    return stream.getvalue()


def tar(members: dict[str, bytes], encoding: str = "utf-8", kind: int = tarfile.GNU_FORMAT) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=kind, encoding=encoding) as archive:
        for name, payload in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(payload)
            archive.addfile(info, io.BytesIO(payload))
    return stream.getvalue()


def test_zip_names_are_decided_member_by_member() -> None:
    packed = zip_of([(NAME.encode("gbk"), DOCX), ("附件1汇总表.xlsx".encode(), DOCX + b"1")])
    assert paths(open_container(packed, "材料.zip")) == [("材料.zip", NAME), ("材料.zip", "附件1汇总表.xlsx")]


def test_flagged_utf8_names_that_are_gbk_after_all_are_read() -> None:
    assert paths(open_container(zip_of([(NAME.encode("gbk"), DOCX)], flags=0x800), "a.zip")) == [("a.zip", NAME)]


def test_deflated_members_and_folders_with_backslashes_are_opened() -> None:
    packed = zip_of([("辽河大学\\张三工作室\\".encode("gbk") + NAME.encode("gbk"), DOCX)], method=8)
    (leaf,) = open_container(packed, "a.zip")
    assert leaf.path == ("a.zip", "辽河大学", "张三工作室", NAME)
    assert leaf.payload == DOCX


def test_junk_of_mac_windows_and_office_is_left_out() -> None:
    packed = zip_with(
        {"__MACOSX/._a.docx": b"x", "Thumbs.db": b"x", ".DS_Store": b"x", "~$附件4.docx": b"x", "._b": b"x", "附件4.docx": DOCX}
    )
    assert paths(open_container(packed, "a.zip")) == [("a.zip", "附件4.docx")]


def test_office_files_are_leaves_and_never_opened() -> None:
    assert find_container(DOCX, "附件4") == ""
    for name in ("a.docx", "a.xlsx", "a.ofd", "a.odt", "a.wps", "a.et"):
        assert find_container(zip_with({"word/document.xml": b"x"}), name) == ""
    assert find_container(zip_with({"OFD.xml": b"x", "Doc_0/Document.xml": b"x"}), "附件") == ""
    assert find_container(zip_with({"a.docx": DOCX}), "材料.zip") == "zip"


def test_a_zip_that_packs_its_documents_without_compression_is_opened() -> None:
    """Their own lists of members stand in the zip as they are; the zip's own list decides."""
    inner = _stored({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"})
    whole = _stored({"附件4.docx": inner, "材料/附件2.docx": inner})
    assert [leaf.name for leaf in open_container(whole, "材料.zip")] == ["附件4.docx", "附件2.docx"]
    assert find_container(whole, "") == "zip"
    assert find_container(whole[:-60], "材料.zip") == "zip"  # cut off: damaged, but no document
    assert find_container(inner, "附件4") == ""


def _stored(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for name, payload in members.items():
            package.writestr(name, payload)
    return stream.getvalue()


@pytest.mark.parametrize("name", ["材料.zip", "材料", "材料.rar", "材料.doc"])
def test_zip_is_recognised_whatever_it_is_called(name: str) -> None:
    assert open_container(zip_with({"附件4.docx": DOCX}), name)[0].name == "附件4.docx"


@pytest.mark.parametrize(("flags", "method"), [(1, 0), (1, 99), (0, 99)])
def test_encrypted_zip_is_kept_whole_and_reported(flags: int, method: int) -> None:
    packed = zip_of([(NAME.encode("gbk"), DOCX)], flags, method)
    message = opened(with_files(attachment(word("材料(加密).zip"), packed), words="压缩包密码：123456"))
    (leaf,) = message.attachments
    assert (leaf.name, leaf.problem, leaf.payload) == ("材料(加密).zip", "encrypted", packed)
    assert message.passwords == ("123456",)
    assert "M04" in {problem.code for problem in message.problems}


def test_readable_members_of_a_half_encrypted_zip_are_listed_beside_it() -> None:
    whole = zip_of([(b"a.docx", DOCX), (b"b.docx", DOCX + b"2")])
    at = whole.rfind(b"PK\1\2") + 8
    leaves = open_container(whole[:at] + b"\1\0" + whole[at + 2 :], "a.zip")
    assert [(leaf.name, leaf.problem) for leaf in leaves] == [("a.docx", None), ("a.zip", "encrypted")]


@pytest.mark.parametrize("damage", ["cut", "no directory", "bad byte"])
def test_damaged_zip_is_kept_whole_and_called_damaged(damage: str) -> None:
    packed = zip_of([(b"a.docx", DOCX)], method=8)
    broken = {
        "cut": packed[: len(packed) // 2],
        "no directory": b"PK\x03\x04" + bytes(100),
        "bad byte": packed[:60] + b"\xff\xff\xff" + packed[63:],
    }[damage]
    leaves = open_container(broken, "a.zip")
    assert "corrupt" in {leaf.problem for leaf in leaves}
    assert any(leaf.payload == broken for leaf in leaves)


def test_empty_zip_stays_a_leaf_with_a_note() -> None:
    assert [(leaf.name, leaf.problem) for leaf in open_container(zip_with({}), "a.zip")] == [("a.zip", "empty")]
    assert container_problems(zip_with({}), "a.zip")


def test_member_that_inflates_beyond_its_bound_is_refused_whatever_it_declares() -> None:
    packed = zip_of([(b"bomb.txt", bytes(3_000_000))], method=8)
    lying = packed.replace(struct.pack("<I", 3_000_000), struct.pack("<I", 10))
    for payload in (packed, lying):
        contents = zip_to_contents(payload, Budget(room=1_000_000))
        assert contents.problem == "too_large"
        assert contents.members == ()
    assert zip_to_contents(packed, Budget()).problem is None
    assert LARGEST_MEMBER > 3_000_000


def test_zip_with_too_many_members_is_kept_whole() -> None:
    leaves = open_container(zip_of([(b"%d.txt" % number, b"") for number in range(2100)]), "a.zip")
    assert [(leaf.name, leaf.problem) for leaf in leaves] == [("a.zip", "hostile")]


def test_archives_inside_archives_are_opened_only_so_deep() -> None:
    payload = zip_with({"附件4.docx": DOCX})
    for number in range(3):
        payload = zip_with({f"{number}.zip": payload})
    assert open_container(payload, "a.zip")[0].path == ("a.zip", "2.zip", "1.zip", "0.zip", "附件4.docx")
    for number in range(3, 8):
        payload = zip_with({f"{number}.zip": payload})
    (leaf,) = open_container(payload, "a.zip")
    assert leaf.problem == "hostile"
    assert container_problems(payload, "a.zip")


def test_stored_rar_is_opened_with_gbk_names() -> None:
    (leaf,) = open_container(rar4([(NAME.encode("gbk"), DOCX)]), "材料.rar")
    assert (leaf.path, leaf.payload) == (("材料.rar", NAME), DOCX)


def test_compressed_rar_is_kept_whole_as_unsupported() -> None:
    (leaf,) = open_container(rar4([(NAME.encode("gbk"), DOCX)], method=0x33), "材料.rar")
    assert (leaf.name, leaf.problem) == ("材料.rar", "unsupported")


def test_no_outside_tool_is_ever_run_for_a_rar_even_with_a_packed_comment(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("a tool was started")

    monkeypatch.setattr(subprocess, "Popen", fail)
    monkeypatch.setattr(rarfile, "Popen", fail, raising=False)
    plain = rar4([("附件4.docx".encode("gbk"), DOCX)])
    rest = struct.pack("<IIBIIBBHI", 10, 100, 2, 0, 0x55041041, 29, 0x33, 3, 0x20) + b"CMT"
    body = struct.pack("<BHH", 0x7A, 0x8000, 7 + len(rest)) + rest
    comment = struct.pack("<H", zlib.crc32(body) & 0xFFFF) + body + bytes(10)
    commented = plain[:20] + comment + plain[20:]
    assert [leaf.name for leaf in open_container(commented, "a.rar")] == ["附件4.docx"]
    assert open_container(rar4([(b"a.docx", DOCX)], method=0x35), "a.rar")[0].problem == "unsupported"


def test_encrypted_rar_and_damaged_rar_say_so() -> None:
    assert open_container(rar4([(b"a.docx", DOCX)], flags=4), "a.rar")[0].problem == "encrypted"
    assert open_container(b"Rar!\x1a\x07\x00" + bytes(50), "a.rar")[0].problem == "corrupt"


def test_7z_is_opened() -> None:
    leaves = open_container(sevenzip({f"表/{NAME}": DOCX, "b.pdf": PDF}), "材料.7z")
    assert sorted(paths(leaves)) == sorted([("材料.7z", "表", NAME), ("材料.7z", "b.pdf")])


def test_encrypted_and_damaged_7z_say_so() -> None:
    assert open_container(sevenzip({"a.docx": DOCX}, "123456"), "a.7z")[0].problem == "encrypted"
    assert open_container(sevenzip({"a.docx": DOCX})[:-20], "a.7z")[0].problem == "corrupt"


def test_7z_bomb_is_refused_by_what_it_declares() -> None:
    assert open_container(sevenzip({"a.bin": bytes(LARGEST_MEMBER + 1)}), "a.7z")[0].problem == "too_large"


def test_tar_and_its_packed_forms_are_opened() -> None:
    plain = tar({NAME: DOCX})
    for name, payload in (
        ("材料.tar", plain),
        ("材料.tar.gz", gzip.compress(plain)),
        ("材料.tgz", gzip.compress(plain)),
        ("材料.tar.xz", lzma.compress(plain)),
    ):
        assert open_container(payload, name)[0].path[-1] == NAME, name
    assert open_container(tar({NAME: DOCX}, "gb18030"), "a.tar")[0].name == NAME
    assert open_container(tar({NAME: DOCX}, kind=tarfile.PAX_FORMAT), "a.tar")[0].name == NAME


def test_single_packed_file_gets_its_name_back() -> None:
    assert open_container(gzip.compress(DOCX), "附件4.docx.gz")[0].path == ("附件4.docx.gz", "附件4.docx")
    assert open_container(bz2.compress(PDF), "a.pdf.bz2")[0].name == "a.pdf"


def test_packed_bomb_and_packed_damage_are_kept_whole() -> None:
    assert open_container(gzip.compress(bytes(LARGEST_MEMBER + 10)), "a.gz")[0].problem == "too_large"
    assert open_container(b"\x1f\x8b\x08" + bytes(20), "a.gz")[0].problem == "corrupt"


def test_file_that_is_no_container_is_its_own_leaf() -> None:
    assert [(leaf.path, leaf.problem) for leaf in open_container(DOCX, "附件4.docx")] == [(("附件4.docx",), None)]


def test_hostile_member_names_are_cleaned_and_noted() -> None:
    packed = zip_of([(b"../../etc/" + "附件1.xlsx".encode("gbk"), DOCX), (b"C:\\" + "附件4.docx".encode("gbk"), DOCX)])
    message = opened(with_files(attachment(word("材料.zip"), packed)))
    assert [leaf.name for leaf in message.attachments] == ["附件1.xlsx", "附件4.docx"]
    assert "M08" in {problem.code for problem in message.problems}
