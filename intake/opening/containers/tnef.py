"""Core: winmail.dat (MS-OXTNEF) - the attachments and the text Outlook packed away; an own reader of the few attributes needed."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from intake.opening.containers.contents import Contents, Member
from intake.opening.containers.limits import Budget
from intake.opening.headers.charset import bytes_to_text

_BODY, _MAPI, _CODEPAGE = 0x0002800C, 0x00069003, 0x00069007
_BEGIN, _TITLE, _DATA, _ATTACHMENT = 0x00069002, 0x00018010, 0x0006800F, 0x00069005
_SUBJECT = 0x00018004
_LONG_NAME, _SHORT_NAME, _CONTENT, _MIME_TAG, _MAPI_BODY = 0x3707, 0x3704, 0x3701, 0x370E, 0x1000
_FIXED = {0x0002: 4, 0x0003: 4, 0x0004: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8, 0x000A: 4, 0x000B: 4, 0x0014: 8, 0x0040: 8, 0x0048: 16}
_TEXT8, _TEXT16, _OBJECT, _BINARY = 0x001E, 0x001F, 0x000D, 0x0102


class Broken(ValueError):
    """The stream ends in the middle of something."""


@dataclass(slots=True)
class _File:
    title: bytes = b""
    long_name: str = ""
    content: bytes = b""
    media_type: str = ""


def tnef_to_contents(payload: bytes, budget: Budget) -> Contents:
    """Attachments of a winmail.dat with their long names, and the text of the letter when it is only there."""
    files: list[_File] = []
    text, codepage, problem = "", "gb18030", False
    try:
        for attribute, content in _attributes(payload):
            if attribute == _CODEPAGE and len(content) >= 4:
                codepage = _label(struct.unpack_from("<I", content)[0])
            elif attribute == _BODY:
                text = bytes_to_text(content.rstrip(b"\0"), codepage)
            elif attribute == _MAPI:
                text = text or str(_properties(content, codepage).get(_MAPI_BODY, ""))
            elif attribute == _BEGIN:
                files.append(_File())
            elif files:
                _fill(files[-1], attribute, content, codepage)
            if len(files) > budget.members:
                return Contents(problem="hostile", reason=f"winmail.dat 内文件超过{budget.members}个")
    except (Broken, struct.error):
        problem = True
    members = tuple(
        Member(file.long_name or bytes_to_text(file.title, codepage), file.content, file.media_type) for file in files if file.content
    )
    if problem:
        return Contents(members, "corrupt", "winmail.dat 不完整", text=text)
    return Contents(members, text=text, wrapping=True)


def _attributes(payload: bytes) -> list[tuple[int, bytes]]:
    """(attribute, content) in order; the checksum is not trusted."""
    if len(payload) < 15:
        raise Broken
    found = []
    at = 6
    while at + 9 <= len(payload):
        attribute, size = struct.unpack_from("<2I", payload, at + 1)
        if at + 9 + size > len(payload):
            raise Broken
        found.append((attribute, payload[at + 9 : at + 9 + size]))
        at += 11 + size
    return found


def _fill(file: _File, attribute: int, content: bytes, codepage: str) -> None:
    if attribute == _TITLE:
        file.title = content.rstrip(b"\0")
    elif attribute == _DATA:
        file.content = content
    elif attribute == _ATTACHMENT:
        properties = _properties(content, codepage)
        file.long_name = str(properties.get(_LONG_NAME) or properties.get(_SHORT_NAME) or file.long_name)
        file.media_type = str(properties.get(_MIME_TAG) or "")
        inner = properties.get(_CONTENT)
        if isinstance(inner, bytes) and not file.content:
            file.content = inner


def _properties(content: bytes, codepage: str) -> dict[int, str | bytes]:
    """MAPI properties: id → text or bytes; numbers and dates are skipped."""
    found: dict[int, str | bytes] = {}
    count = _number(content, 0)
    at = 4
    for _ in range(min(count, 5000)):
        kind, name = struct.unpack_from("<2H", content, at)
        at += 4
        if name >= 0x8000:
            at = _skip_name(content, at)
        multiple, kind = bool(kind & 0x1000), kind & 0x0FFF
        if kind in _FIXED and not multiple:
            at += (_FIXED[kind] + 3) // 4 * 4
            continue
        values = _number(content, at)
        at += 4
        if kind in _FIXED:
            at += values * _FIXED[kind]
            continue
        for _ in range(min(values, 5000)):
            value, at = _sized(content, at)
            found.setdefault(name, _value(value, kind, codepage))
    return found


def _skip_name(content: bytes, at: int) -> int:
    kind = _number(content, at + 16)
    if kind == 0:
        return at + 24
    size = _number(content, at + 20)
    return at + 24 + (size + 3) // 4 * 4


def _sized(content: bytes, at: int) -> tuple[bytes, int]:
    size = _number(content, at)
    at += 4
    if size > len(content) - at:
        raise Broken
    return content[at : at + size], at + (size + 3) // 4 * 4


def _number(content: bytes, at: int) -> int:
    if at + 4 > len(content):
        raise Broken
    return int.from_bytes(content[at : at + 4], "little")


def _value(value: bytes, kind: int, codepage: str) -> str | bytes:
    if kind == _TEXT16:
        return value.decode("utf-16-le", "replace").rstrip("\0")
    if kind == _TEXT8:
        return bytes_to_text(value.rstrip(b"\0"), codepage)
    # An embedded object begins with the 16 bytes of its interface.
    return value[16:] if kind == _OBJECT else value


def _label(number: int) -> str:
    return "gb18030" if number in (0, 936, 54936, 1252, 20936) else {65001: "utf-8", 950: "big5"}.get(number, f"cp{number}")
