"""Makes registered letters without any bytes: messages with readings already in them, for tests of what comes after reading."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from intake.message import Address, Attachment, CloudFile, Message
from intake.submission import Received
from parsers.document import Status
from parsers.form import BASIC_INFO, NARRATIVE, SUMMARY_TABLE, SUPPORTING, UNRECOGNISED, Form, Reading, Value, Where

BEIJING = timezone(timedelta(hours=8))
SECTIONS = ("工作室概况", "创新团队", "创新条件", "制度建设", "日常运行", "承担任务", "创新业绩", "人才培养", "示范效应", "荣誉奖励")


@dataclass(frozen=True, slots=True)
class File:
    """A file as it would be attached: its way, and what the reader made of it (None = nobody has read it)."""

    path: tuple[str, ...]
    forms: tuple[Form, ...] = ()
    status: Status = "read"
    text: str = ""
    problem: str | None = None
    seed: str = ""
    ocr: bool = False

    @property
    def sha256(self) -> str:
        """The identity that real bytes would have: same contents, same digest."""
        forms = json.dumps([repr(f) for f in self.forms], ensure_ascii=False)
        name = "" if self.forms else self.path[-1]
        ending = self.path[-1].rsplit(".", 1)[-1]
        return hashlib.sha256(f"{forms}|{ending}|{self.status}|{self.text}|{self.problem}|{self.seed}|{name}".encode()).hexdigest()

    def renamed(self, *path: str) -> File:
        """The same bytes under another name."""
        return replace(self, path=path)


def values_of(fields: Mapping[str, Any], *without: str) -> dict[str, Value]:
    """Plain values as the reader's Values; blanks are None with an empty text."""
    return {k: Value("" if v is None else str(v), v) for k, v in fields.items() if k != "members" and k not in without}


def basic_info(studio: Mapping[str, Any], /, **changes: Any) -> Form:
    """附件4 of a studio made by `make_studio`, with some values changed."""
    fields = {**studio, **changes}
    rows = tuple(values_of(m) for m in fields.get("members", ()))
    return Form(kind=BASIC_INFO, fields=values_of(fields), rows=rows, facts={"years": (2020, 2021)})


def summary(category: str | None, head: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Form:
    """附件1 or 附件2 with these rows (two year columns)."""
    fields = values_of({"category": category, **head})
    kept = tuple({k: replace(v, where=Where(row=i)) for k, v in values_of(r, "income_total").items()} for i, r in enumerate(rows, 1))
    return Form(kind=SUMMARY_TABLE, fields=fields, rows=kept, facts={"years": (2020, 2021)})


def narrative(studio: str, leader: str, characters: int = 2600, seed: int = 0) -> Form:
    """An 申报材料 with every part of the outline."""
    facts = {
        "characters": characters, "sections": SECTIONS, "missing_sections": (), "mentions": ("ideology", "systems", "places", "plans"),
        "fingerprint": tuple(hash((leader, seed, i)) & 0xFFFFFFFF for i in range(20)),
    }  # fmt: skip
    return Form(kind=NARRATIVE, fields=values_of({"studio": studio, "leader": leader}), facts=facts)


def supporting() -> Form:
    """A certificate or photo page."""
    return Form(kind=SUPPORTING)


def unrecognised() -> Form:
    """A document of no known kind."""
    return Form(kind=UNRECOGNISED)


def file(path: str, *forms: Form, **more: Any) -> File:
    """A file by its way with slashes: `材料.zip/01/附件4.docx`."""
    return File(tuple(path.split("/")), forms, **more)


def moment(text: str) -> datetime:
    """Beijing time as `07-29 15:42:10` of 2022."""
    return datetime.strptime(f"2022-{text}", "%Y-%m-%d %H:%M:%S" if text.count(":") == 2 else "%Y-%m-%d %H:%M").replace(tzinfo=BEIJING)


def letter(when: str, *files: File, sender: str = "gh@nowhere.example", subject: str = "报送材料", **more: Any) -> Received:
    """A registered letter; `more` are fields of Message (text, kind, intents, cloud_files, date …) or of Received (seen_at).

    `written` are files that stand in the letter's own text (正文)."""
    arrived = moment(when)
    written: tuple[File, ...] = more.pop("written", ())
    attachments, texts = (
        tuple(Attachment(f.path[-1], f.path, 20000, f.sha256, problem=f.problem) for f in some)  # type: ignore[arg-type]
        for some in (files, written)
    )
    readings = {
        f.sha256: Reading(sha256=f.sha256, reader="docx", status=f.status, forms=f.forms, text=f.text, ocr=f.ocr)
        for f in (*files, *written)
        if f.problem is None
    }
    seen = more.pop("seen_at", ())
    identity = hashlib.sha256(
        f"{when}|{sender}|{subject}|{[f.sha256 for f in (*files, *written)]}|{more.get('text', '')}".encode()
    ).hexdigest()
    clouds: tuple[CloudFile, ...] = more.get("cloud_files", ())
    kept = {"kind": "submission" if files or written or clouds else "question", "intents": ("submission",) if files or written or clouds else (), "date": arrived,
            "received": (arrived.astimezone(UTC),), "answerable": True, "message_id": f"<{identity[:12]}@nowhere.example>"} | more  # fmt: skip
    message = Message(sha256=identity, subject=subject, sender=Address("", sender), attachments=attachments, body_leaves=texts, **kept)
    return Received(message, arrived, readings, fetched_at=arrived, seen_at=seen)
