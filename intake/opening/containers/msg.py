"""Core: Outlook .msg (MS-OXMSG) through olefile - attachments, letters inside letters, and the text."""

from __future__ import annotations

import io
from collections.abc import Iterator

import olefile

from intake.message import AttachmentProblem
from intake.opening.containers.contents import Contents, Member
from intake.opening.containers.limits import DEEPEST_CONTAINER, LONGEST_TEXT, Budget
from intake.opening.headers.charset import bytes_to_text

_SUBJECT, _BODY, _SENDER, _ADDRESS, _SMTP = "0037", "1000", "0C1A", "0C1F", "5D01"
_CONTENT, _LONG_NAME, _SHORT_NAME, _SHOWN_NAME, _MIME_TAG = "3701", "3707", "3704", "3001", "370E"
_ATTACHMENT, _INSIDE = "__attach_version1.0_", "__substg1.0_3701000D"


def msg_to_contents(payload: bytes, budget: Budget) -> Contents:
    """Attachments and text of a letter saved by Outlook."""
    try:
        with olefile.OleFileIO(io.BytesIO(payload)) as file:
            letter = _Letter(file, budget)
            members = tuple(letter.members((), 0))
            sender = " ".join(filter(None, (letter.text((), _SENDER), letter.text((), _SMTP) or letter.text((), _ADDRESS))))
            text, subject = letter.text((), _BODY)[:LONGEST_TEXT], letter.text((), _SUBJECT)
    except Exception as error:  # olefile raises IOError, struct.error, IndexError and RecursionError on damage
        return Contents(problem="corrupt", reason=f"Outlook 邮件文件损坏（{type(error).__name__}）", letter=True)
    return Contents(members, letter.problem, letter.reason, text=text, subject=subject, sender=sender, letter=True)


class _Letter:
    """The streams of one .msg, addressed by storage prefix."""

    def __init__(self, file: olefile.OleFileIO, budget: Budget) -> None:
        self._file = file
        self._budget = budget
        self._room = budget.room
        self._entries = {tuple(entry) for entry in file.listdir(streams=True, storages=True)[:20_000]}
        self.problem: AttachmentProblem | None = None
        self.reason = ""

    def text(self, prefix: tuple[str, ...], name: str) -> str:
        wide = self._stream((*prefix, f"__substg1.0_{name}001F"))
        if wide is not None:
            return wide.decode("utf-16-le", "replace").rstrip("\0").strip()
        narrow = self._stream((*prefix, f"__substg1.0_{name}001E"))
        return bytes_to_text(narrow.rstrip(b"\0")).strip() if narrow else ""

    def members(self, prefix: tuple[str, ...], depth: int) -> Iterator[Member]:
        storages = sorted({entry[len(prefix)] for entry in self._entries if len(entry) > len(prefix) and entry[: len(prefix)] == prefix})
        for storage in storages:
            if storage.startswith(_ATTACHMENT):
                yield from self._attachment((*prefix, storage), depth)

    def _attachment(self, place: tuple[str, ...], depth: int) -> Iterator[Member]:
        inside = (*place, _INSIDE)
        name = self.text(place, _LONG_NAME) or self.text(place, _SHORT_NAME) or self.text(place, _SHOWN_NAME)
        if inside in self._entries:
            if depth < DEEPEST_CONTAINER:
                folder = (self.text(inside, _SUBJECT) or name or "转发邮件").replace("/", "_").replace("\\", "_")
                yield from (
                    Member(f"{folder}.msg/{member.name}", member.payload, member.media_type) for member in self.members(inside, depth + 1)
                )
            return
        content = self._stream((*place, f"__substg1.0_{_CONTENT}0102"))
        if content is not None:
            yield Member(name, content, self.text(place, _MIME_TAG))

    def _stream(self, place: tuple[str, ...]) -> bytes | None:
        if place not in self._entries:
            return None
        size = self._file.get_size(list(place))
        if size > min(self._room, self._budget.largest):
            self.problem, self.reason = "too_large", "Outlook 邮件文件内的附件过大"
            return None
        self._room -= size
        content = self._file.openstream(list(place)).read()
        return content if isinstance(content, bytes) else None
