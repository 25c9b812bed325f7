"""Core: tar, gzip, bzip2 and xz - inflated in memory, never further than the budget."""

from __future__ import annotations

import bz2
import io
import lzma
import tarfile
import zlib
from typing import Protocol

from intake.opening.containers.contents import Contents, Member
from intake.opening.containers.limits import Budget
from intake.opening.headers.file_names import clean_path, extension, member_to_name

_STRIPPED = {"tgz": "tar", "tbz": "tar", "tbz2": "tar", "txz": "tar", "gz": "", "bz2": "", "xz": ""}


class _Decompressor(Protocol):
    def decompress(self, packed: bytes, most: int, /) -> bytes: ...


def packed_to_contents(payload: bytes, name: str, kind: str, budget: Budget) -> Contents:
    """The single file of a .gz, .bz2 or .xz; a tar inside is opened by the next round."""
    stream: _Decompressor
    if kind == "gz":
        stream = zlib.decompressobj(31)
    elif kind == "bz2":
        stream = bz2.BZ2Decompressor()
    else:
        stream = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=256 << 20)
    try:
        content = stream.decompress(payload, budget.largest + 1)
    except (zlib.error, OSError, EOFError, lzma.LZMAError, ValueError) as error:
        return Contents(problem="corrupt", reason=f"压缩文件损坏，无法打开（{type(error).__name__}）")
    if len(content) > budget.largest:
        return Contents(problem="too_large", reason="压缩文件解压后过大")
    return Contents((Member(_inner_name(name), content),))


def tar_to_contents(payload: bytes, budget: Budget) -> Contents:
    """Every ordinary file of a tar; links and devices are left where they are."""
    members: list[Member] = []
    room = budget.room
    try:
        with tarfile.open(fileobj=io.BytesIO(payload), mode="r:", encoding="latin-1") as archive:
            for info in archive:
                if not info.isreg():
                    continue
                if len(members) >= budget.members or info.size > min(room, budget.largest):
                    return Contents(tuple(members), "too_large", "打包文件内容过多或过大")
                stream = archive.extractfile(info)
                content = stream.read(info.size) if stream else b""
                room -= len(content)
                members.append(Member(_tar_name(info.name), content))
    except (tarfile.TarError, OSError, ValueError, EOFError) as error:
        return Contents(tuple(members), "corrupt", f"打包文件损坏（{type(error).__name__}）")
    return Contents(tuple(members))


def _tar_name(name: str) -> str:
    """A pax name is true Unicode; an old one is bytes of unknown charset seen through latin-1."""
    try:
        return member_to_name(name.encode("latin-1"))
    except UnicodeEncodeError:
        return name


def _inner_name(name: str) -> str:
    leaf = (clean_path(name) or ("压缩文件",))[-1]
    last = extension(leaf)
    if last not in _STRIPPED:
        return leaf
    stem = leaf[: -len(last) - 1]
    return stem + ("." + _STRIPPED[last] if _STRIPPED[last] else "")
