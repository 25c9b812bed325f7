"""Core: mail-parser's view of the head - sender, subject, Received times and address safety; where it differs from ours, staff are told.

mail-parser lives here alone. It sees the head only and never a huge one: on nested or 50 000-part letters it raises or runs for minutes.
It is not asked about a line that stands there once, in plain ASCII on one line, and can be read in one way only: there it says what ours says
(`tests/unit/intake/opening/test_second_opinion.py` holds both against each other over generated heads), for a tenth of a letter's time.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import mailparser
from mailparser.utils import decode_headers, get_addresses, receiveds_parsing

from intake.opening.headers.head import Head

# It writes whole headers into the log; names and addresses of people have no business there (law 11).
logging.getLogger("mailparser").setLevel(logging.CRITICAL + 1)

LARGEST_HEAD = 64 * 1024
MOST_FIELDS = 200
LONGEST_FIELD = 8 * 1024
LONGEST_PLAIN = 200
_ALWAYS = frozenset(["received"])
_ATOM = rb"[A-Za-z0-9][A-Za-z0-9_-]*"
_ADDRESS = _ATOM + rb"(?:\." + _ATOM + rb")*@(?:[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\.)+[A-Za-z]{2,}"
_ONE_ADDRESS = re.compile(_ADDRESS + rb"|(?:[A-Za-z0-9]+ )*<" + _ADDRESS + rb">")
_ONE_TEXT = re.compile(rb"[!-~](?:[ -~]*[!-~])?")
_ONE_DATE = re.compile(rb"(?:[A-Z][a-z]{2}, )?[0-3]?[0-9] [A-Z][a-z]{2} (?:19[789]|20[0-9])[0-9] [0-2][0-9]:[0-5][0-9]:[0-5][0-9] [+-][01][0-9][0-5][0-9]")
_IS_FOLDED_ASCII = re.compile(rb"[\t -~]*(?:\r?\n[ \t]+[!-~][\t -~]*)*").fullmatch
_PLAIN = {"from": _ONE_ADDRESS, "reply-to": _ONE_ADDRESS, "subject": _ONE_TEXT, "date": _ONE_DATE}


@dataclass(frozen=True, slots=True)
class Opinion:
    """第二意见: what mail-parser makes of the head, or would make of what can be read in one way only; `date` only where it was asked about it.
    `given` is False when it could not answer."""

    given: bool = False
    subject: str = ""
    sender: str = ""
    date: datetime | None = None
    received: tuple[datetime, ...] = ()
    address_defects: tuple[str, ...] = ()


def head_to_opinion(head: Head) -> Opinion:
    """Ask mail-parser about what is not plain, within bounds; any failure of its own is no opinion."""
    if head.overflow:
        return Opinion()
    plain = {name: values[0] for name, pattern in _PLAIN.items() if len(values := head.all(name)) == 1 and _is_plain(pattern, values[0])}
    asked = [(name, value) for name, value in head.fields if name in _ALWAYS or (name in _PLAIN and name not in plain)]
    known = Opinion(given=True, subject=plain.get("subject", b"").decode("ascii"), sender=_address(plain.get("from", b"")))
    opinion = _ask(asked) if asked else known
    if opinion is known or not opinion.given:
        return opinion
    return replace(opinion, subject=known.subject or opinion.subject, sender=known.sender or opinion.sender)


def _is_plain(pattern: re.Pattern[bytes], value: bytes) -> bool:
    return pattern.fullmatch(value) is not None and b"=?" not in value and len(value) <= LONGEST_PLAIN


def _address(plain: bytes) -> str:
    return plain.rpartition(b"<")[2].rstrip(b">").decode("ascii")


def _ask(fields: Sequence[tuple[str, bytes]]) -> Opinion:
    if len(fields) > MOST_FIELDS or any(len(value) > LONGEST_FIELD for _, value in fields):
        return Opinion()
    if sum(len(name) + len(value) + 4 for name, value in fields) + 2 > LARGEST_HEAD:
        return Opinion()
    lines = [(name, value.decode("ascii")) for name, value in fields if _IS_FOLDED_ASCII(value)]
    try:
        return _by_lines(lines) if len(lines) == len(fields) and all(name != "date" for name, _ in lines) else _by_head(fields)
    except Exception:  # the library raises LookupError, RecursionError, IndexError and its own errors on real letters
        return Opinion()


def _by_lines(lines: Sequence[tuple[str, str]]) -> Opinion:
    """By the functions that its parser itself hands each line to; the letter that it would build round them is most of its work."""
    senders: list[tuple[str, str]] | None = None
    defects: list[dict[str, Any]] = []
    for name, value in lines:
        if name in ("from", "reply-to"):
            found: list[dict[str, Any]] = []
            people = get_addresses(value, defects=found, decode_names=True)
            senders = people if name == "from" and senders is None else senders
            defects += [{**defect, "header": name} for defect in found]
    hops = receiveds_parsing([value for name, value in lines if name == "received"], defects=[], date_defects=[])
    return Opinion(
        given=True,
        subject=str(decode_headers([value for name, value in lines if name == "subject"]) or ""),
        sender=next((address for _, address in senders or () if address), ""),
        received=_moments(hops),
        address_defects=_doubtful(defects),
    )


def _by_head(fields: Sequence[tuple[str, bytes]]) -> Opinion:
    mail = mailparser.parse_from_bytes(b"".join(name.encode("ascii") + b": " + value + b"\r\n" for name, value in fields) + b"\r\n")
    return Opinion(
        given=True,
        subject=str(mail.subject or ""),
        sender=_sender(mail),
        date=_aware(mail.date),
        received=_moments(mail.received or []),
        address_defects=_doubtful(mail.address_header_defects or []),
    )


def _sender(mail: mailparser.MailParser) -> str:
    senders = mail.from_ or []
    return str(senders[0][1]) if senders else ""


def _aware(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _moments(hops: Sequence[dict[str, Any]]) -> tuple[datetime, ...]:
    """Newest first: mail-parser counts hops from the sender."""
    moments: list[datetime] = []
    for hop in reversed(hops):
        text = hop.get("date_utc")
        if text:
            moments.append(datetime.fromisoformat(str(text)).replace(tzinfo=UTC))
    return tuple(moments)


def _doubtful(defects: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """Defects of From and Reply-To that leave doubt who is meant; long encoded words and undeclared bytes in a name leave none."""
    found = []
    for defect in defects:
        doubtful = not defect.get("recovered") or "ambiguous" in str(defect.get("reason"))
        if defect.get("header") in ("from", "reply-to") and doubtful:
            found.append(f"{defect.get('header')}: {defect.get('reason')}")
    return tuple(sorted(set(found)))
