"""Core: whom our letter did not reach, and which letter it was - from the report, from the returned letter, from the words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from intake.message import Bounce
from intake.opening.headers.charset import bytes_to_text
from intake.opening.headers.encoded_words import header_to_text
from intake.opening.headers.head import split_head

_ADDRESS = re.compile(r"[\w.+=&'*/-]+@[\w-]+(?:\.[\w-]+)+")
_RECIPIENT = re.compile(rb"(?im)^(?:final|original)-recipient\s*:\s*(?:[\w-]+\s*;)?\s*([^\r\n]+)")
_ORIGINAL_ID = re.compile(rb"(?im)^original-(?:message|envelope)-id\s*:\s*([^\r\n]+)")
_DIAGNOSTIC = re.compile(rb"(?im)^diagnostic-code\s*:\s*([^\r\n]+(?:\r?\n[ \t][^\r\n]+)*)")
_STATUS = re.compile(rb"(?im)^status\s*:\s*([^\r\n]+)")
_SAID = re.compile(
    r"(?:收件人|收信人|接收人|recipients?|邮件地址|to\s*:|投递到|发送到|以下地址|following address(?:es)?)[^@\n]{0,120}?\n?[^@\n]{0,60}?([\w.+=-]+@[\w-]+(?:\.[\w-]+)+)",
    re.I,
)
_MESSAGE_ID = re.compile(r"(?im)^\s*message-id\s*:\s*(<[^<>\s]{3,250}>)")
_REASON = re.compile(r"(?:退信原因|退信代码|bounce reason|reason|diagnostic)[^:：\n]{0,30}[:：]\s*([^\n]{2,200})", re.I)


def find_bounce(reports: Sequence[bytes], returned: Sequence[bytes], text: str, own: frozenset[str]) -> Bounce:
    """Everything the bounce tells; empty strings for what it keeps to itself."""
    report = b"\n".join(reports)
    recipient = _recipient(report, text, returned, own)
    return Bounce(recipient, _message_id(report, returned, text), _reason(report, text))


def _recipient(report: bytes, text: str, returned: Sequence[bytes], own: frozenset[str]) -> str:
    for value in _RECIPIENT.findall(report):
        found = _ADDRESS.search(header_to_text(value))
        if found:
            return found[0]
    spoken = _SAID.search(text[:20_000])
    if spoken and spoken[1].lower() not in own:
        return spoken[1]
    for raw in returned:
        found = _ADDRESS.search(header_to_text(split_head(raw)[0].first("to")))
        if found:
            return found[0]
    return next((address for address in _ADDRESS.findall(text[:5000]) if address.lower() not in own and not _is_system(address)), "")


def _is_system(address: str) -> bool:
    return bool(re.match(r"(?i)(postmaster|mailer-daemon|kefu|service|support|help)@", address))


def _message_id(report: bytes, returned: Sequence[bytes], text: str) -> str:
    for raw in returned:
        found = clean_id(split_head(raw)[0].first("message-id"))
        if found:
            return found
    declared = _ORIGINAL_ID.search(report)
    if declared:
        return clean_id(declared[1])
    spoken = _MESSAGE_ID.search(text[:50_000])
    return spoken[1] if spoken else ""


def _reason(report: bytes, text: str) -> str:
    found = _DIAGNOSTIC.search(report) or _STATUS.search(report)
    if found:
        return " ".join(bytes_to_text(found[1]).split())[:300]
    spoken = _REASON.search(text[:20_000])
    return spoken[1].strip()[:300] if spoken else ""


def clean_id(raw: bytes) -> str:
    """A Message-ID with its angle brackets, "" when there is none."""
    text = header_to_text(raw[:1000])
    found = re.search(r"<[^<>\s]{1,400}>", text)
    return found[0] if found else "".join(text.split())[:400]
