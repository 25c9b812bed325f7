"""Volumes of a split archive are neither damaged nor unknown; all in one letter they are opened."""

from __future__ import annotations

import io
import random
import struct
from collections.abc import Sequence

import py7zr
import pytest

from intake.message import Volume
from intake.opening.containers.volumes import find_volume, join_volumes
from tests.unit.intake.opening.letters import DOCX, PDF, attachment, names, opened, with_files, word, zip_with


def sevenzip() -> bytes:
    stream = io.BytesIO()
    with py7zr.SevenZipFile(stream, "w") as archive:
        archive.writestr(PDF * 20, "附件4.pdf")
        archive.writestr(DOCX, "申报材料.docx")
    return stream.getvalue()


def cut(whole: bytes, count: int) -> list[bytes]:
    step = -(-len(whole) // count)
    return [whole[at : at + step] for at in range(0, len(whole), step)]


def disks(members: dict[str, bytes], size: int) -> list[bytes]:
    """A zip over several disks as Info-ZIP writes it: each entry counts its offset from the beginning of its own disk."""
    whole = bytearray(b"PK\x07\x08" + zip_with(members))
    end = whole.rfind(b"PK\x05\x06")
    at = directory = struct.unpack_from("<I", whole, end + 16)[0] + 4
    for _ in members:
        local = struct.unpack_from("<I", whole, at + 42)[0] + 4
        struct.pack_into("<H", whole, at + 34, local // size)
        struct.pack_into("<I", whole, at + 42, local % size)
        at += 46 + sum(struct.unpack_from("<3H", whole, at + 28))
    last = (len(whole) - 1) // size
    struct.pack_into("<2H", whole, end + 4, last, directory // size)
    struct.pack_into("<I", whole, end + 16, directory % size)
    return [bytes(whole[start : start + size]) for start in range(0, len(whole), size)]


def sent(pieces: Sequence[tuple[str, bytes]]) -> bytes:
    return with_files(*(attachment(word(name), piece) for name, piece in pieces))


RAR5_VOLUME = b"Rar!\x1a\x07\x01\x00" + b"\0\0\0\0" + bytes([7, 1, 0, 3, 1]) + b"rest"
RAR5_WHOLE = b"Rar!\x1a\x07\x01\x00" + b"\0\0\0\0" + bytes([5, 1, 0, 0]) + b"rest"
RAR4_VOLUME = b"Rar!\x1a\x07\x00\0\0\x73\x01\x00\x0d\0" + bytes(8)


@pytest.mark.parametrize(
    ("name", "payload", "volume"),
    [
        ("申报材料.7z.001", b"", Volume("申报材料.7z", 1)),
        ("申报材料.zip.012", b"", Volume("申报材料.zip", 12)),
        ("申报材料.part1.rar", b"", Volume("申报材料.rar", 1)),
        ("申报材料.part03.rar", b"x", Volume("申报材料.rar", 3)),
        ("申报材料.z01", b"", Volume("申报材料.zip", 1)),
        ("申报材料.r00", b"", Volume("申报材料.rar", 2)),
        ("申报材料.001", b"", Volume("申报材料", 1)),
        ("申报材料.rar", RAR5_VOLUME, Volume("申报材料.rar", 2)),
        ("申报材料.part2.rar", RAR5_VOLUME, Volume("申报材料.rar", 2)),
        ("申报材料.rar", RAR4_VOLUME, Volume("申报材料.rar", 1)),
        ("申报材料.part1.rar", RAR5_WHOLE, None),
        ("申报材料.rar", RAR5_WHOLE, None),
        ("申报材料.zip", zip_with({"a": b"b"}), None),
        ("附件4.docx", DOCX, None),
        ("照片001.jpg", b"", None),
        ("v2.100", b"", None),
        ("2022.08.05", b"", None),
    ],
)
def test_volume_is_told_by_name_and_first_bytes(name: str, payload: bytes, volume: Volume | None) -> None:
    assert find_volume(name, payload) == volume


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 0, 1]])
def test_volumes_of_one_letter_are_joined_and_opened_in_any_order(order: list[int]) -> None:
    pieces = [(f"申报材料.7z.{number:03}", piece) for number, piece in enumerate(cut(sevenzip(), 3), 1)]
    message = opened(sent([pieces[place] for place in order]))
    assert sorted(leaf.path for leaf in message.attachments) == [("申报材料.7z", "申报材料.docx"), ("申报材料.7z", "附件4.pdf")]
    assert message.problems == ()


def test_zip_of_several_disks_is_joined_and_opened() -> None:
    rng = random.Random(7)
    members = {f"材料{number}.pdf": PDF + rng.randbytes(400) for number in range(5)}
    pieces = disks(members, 700)
    assert len(pieces) > 3
    given = [(f"材料.z{number:02}", piece) for number, piece in enumerate(pieces[:-1], 1)] + [("材料.zip", pieces[-1])]
    message = opened(sent(given))
    assert {leaf.name: leaf.payload for leaf in message.attachments} == members


def test_volume_alone_is_kept_and_says_which_it_is() -> None:
    message = opened(sent([("申报材料.7z.002", cut(sevenzip(), 3)[1])]))
    (leaf,) = message.attachments
    assert (leaf.problem, leaf.volume) == ("volume", Volume("申报材料.7z", 2))
    assert [problem.code for problem in message.problems] == ["open-volume"]
    assert message.kind == "submission"


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_set_with_a_missing_volume_is_kept_volume_by_volume(missing: int) -> None:
    pieces = [(f"材料.7z.{number:03}", piece) for number, piece in enumerate(cut(sevenzip(), 3), 1)]
    message = opened(sent(pieces[:missing] + pieces[missing + 1 :]))
    assert [leaf.problem for leaf in message.attachments] == ["volume", "volume"]
    assert len(names(message)) == 2


def test_two_sets_side_by_side_are_told_apart() -> None:
    first, second = cut(sevenzip(), 2), cut(zip_with({"b.pdf": PDF}), 2)
    message = opened(sent([("a.7z.001", first[0]), ("b.zip.001", second[0]), ("b.zip.002", second[1]), ("a.7z.002", first[1])]))
    assert {leaf.path[0] for leaf in message.attachments} == {"a.7z", "b.zip"}
    assert all(leaf.problem is None for leaf in message.attachments)


def test_volumes_that_came_over_several_letters_are_joined_by_whoever_holds_them() -> None:
    whole = sevenzip()
    given = [(Volume("a.7z", number), piece) for number, piece in enumerate(cut(whole, 4), 1)]
    assert join_volumes(given) == whole
    assert join_volumes([*given[::-1], given[0]]) == whole
    assert join_volumes(given[:-1]) is None
    assert join_volumes(given[1:]) is None
    assert join_volumes([*given, (Volume("a.7z", 2), b"other")]) is None
    assert join_volumes([]) is None


def test_volume_inside_an_archive_is_joined_there() -> None:
    first, second = cut(sevenzip(), 2)
    message = opened(sent([("全部.zip", zip_with({"a.7z.001": first, "a.7z.002": second}))]))
    assert {leaf.path[:2] for leaf in message.attachments} == {("全部.zip", "a.7z")}
