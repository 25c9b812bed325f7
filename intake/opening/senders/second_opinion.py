"""Core: mail-parser's view of the head - Received times, date, defects and address safety; where it differs from ours, staff are told.

mail-parser lives here alone. It sees the head only and never a huge one: on nested or 50 000-part letters it raises or runs for minutes.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime

import mailparser

from intake.opening.headers.head import Head

# It writes whole headers into the log; names and addresses of people have no business there (law 11).
logging.getLogger("mailparser").setLevel(logging.CRITICAL + 1)

LARGEST_HEAD = 64 * 1024
MOST_FIELDS = 200
LONGEST_FIELD = 8 * 1024
_SEEN = frozenset(
    ["received", "from", "to", "cc", "reply-to", "sender", "subject", "date", "message-id", "return-path", "in-reply-to", "references"]
)


@dataclass(frozen=True, slots=True)
class Opinion:
    """第二意见: what mail-parser makes of the head. `given` is False when it was not asked or could not answer."""

    given: bool = False
    subject: str = ""
    sender: str = ""
    date: datetime | None = None
    received: tuple[datetime, ...] = ()
    defects: tuple[str, ...] = ()
    address_defects: tuple[str, ...] = ()


def head_to_opinion(head: Head) -> Opinion:
    """Ask mail-parser, within bounds; any failure of its own is no opinion."""
    raw = _small_head(head)
    if raw is None:
        return Opinion()
    try:
        mail = mailparser.parse_from_bytes(raw)
        return Opinion(
            given=True,
            subject=str(mail.subject or ""),
            sender=_sender(mail),
            date=_aware(mail.date),
            received=_received(mail),
            defects=tuple(sorted({str(name) for name in mail.defects_categories})),
            address_defects=_address_defects(mail),
        )
    except Exception:  # the library raises LookupError, RecursionError, IndexError and its own errors on real letters
        return Opinion()


def _small_head(head: Head) -> bytes | None:
    fields = [(name, value) for name, value in head.fields if name in _SEEN]
    if head.overflow or len(fields) > MOST_FIELDS or any(len(value) > LONGEST_FIELD for _, value in fields):
        return None
    raw = b"".join(name.encode("ascii") + b": " + value + b"\r\n" for name, value in fields) + b"\r\n"
    return raw if len(raw) <= LARGEST_HEAD else None


def _sender(mail: mailparser.MailParser) -> str:
    senders = mail.from_ or []
    return str(senders[0][1]) if senders else ""


def _aware(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _received(mail: mailparser.MailParser) -> tuple[datetime, ...]:
    """Newest first: mail-parser counts hops from the sender."""
    moments: list[datetime] = []
    for hop in reversed(mail.received or []):
        text = hop.get("date_utc")
        if text:
            moments.append(datetime.fromisoformat(str(text)).replace(tzinfo=UTC))
    return tuple(moments)


def _address_defects(mail: mailparser.MailParser) -> tuple[str, ...]:
    """Defects of From and Reply-To that leave doubt who is meant; long encoded words and undeclared bytes in a name leave none."""
    found = []
    for defect in mail.address_header_defects or []:
        doubtful = not defect.get("recovered") or "ambiguous" in str(defect.get("reason"))
        if defect.get("header") in ("from", "reply-to") and doubtful:
            found.append(f"{defect.get('header')}: {defect.get('reason')}")
    return tuple(sorted(set(found)))
