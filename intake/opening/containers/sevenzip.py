"""Core: 7z through py7zr, in memory and bounded by what its directory declares and by what is really written."""

from __future__ import annotations

import io

import py7zr
from py7zr.io import Py7zIO, WriterFactory

from intake.opening.containers.contents import Contents, Member
from intake.opening.containers.limits import Budget


class TooMuch(Exception):
    """The archive gives more bytes than it declared."""


class _Store(Py7zIO):
    """One member in memory, refusing to grow beyond its bound."""

    def __init__(self, room: int) -> None:
        self._buffer = io.BytesIO()
        self._room = room

    def write(self, s: bytes | bytearray) -> int:
        if self._buffer.tell() + len(s) > self._room:
            raise TooMuch
        return self._buffer.write(s)

    def read(self, size: int | None = None) -> bytes:
        return self._buffer.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._buffer.seek(offset, whence)

    def flush(self) -> None:
        self._buffer.flush()

    def size(self) -> int:
        return self._buffer.getbuffer().nbytes

    def content(self) -> bytes:
        """All that was written."""
        return self._buffer.getvalue()


class _Factory(WriterFactory):
    def __init__(self, room: int) -> None:
        self.room = room
        self.stores: list[tuple[str, _Store]] = []

    def create(self, filename: str) -> Py7zIO:
        store = _Store(self.room)
        self.stores.append((filename, store))
        return store


def sevenzip_to_contents(payload: bytes, budget: Budget) -> Contents:
    """Every file of a 7z that fits the budget as a whole; py7zr unpacks all or nothing."""
    try:
        with py7zr.SevenZipFile(io.BytesIO(payload), "r") as archive:
            if archive.needs_password():
                return Contents(problem="encrypted", reason="7z 压缩包设有打开密码")
            files = [info for info in archive.list() if not info.is_directory]
            if len(files) > budget.members:
                return Contents(problem="hostile", reason=f"压缩包内文件超过{budget.members}个")
            if sum(info.uncompressed for info in files) > budget.room or any(info.uncompressed > budget.largest for info in files):
                return Contents(problem="too_large", reason="7z 压缩包解压后过大")
            factory = _Factory(budget.largest)
            archive.extractall(factory=factory)
    except py7zr.exceptions.PasswordRequired:
        return Contents(problem="encrypted", reason="7z 压缩包设有打开密码")
    except TooMuch:
        return Contents(problem="too_large", reason="7z 压缩包解压后过大")
    except py7zr.exceptions.UnsupportedCompressionMethodError:
        return Contents(problem="unsupported", reason="7z 压缩方式暂不支持")
    except Exception as error:  # damaged archives raise whatever the decoder meets first
        return Contents(problem="corrupt", reason=f"7z 压缩包损坏（{type(error).__name__}）")
    return Contents(tuple(Member(name, store.content()) for name, store in factory.stores))
