"""Shell: what staff do with a waiting letter - approve, hold, drop, or change its words; each acts only on letters that have not left."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

from config.campaign import Campaign
from config.settings import Settings
from intake.books.ledger import Ledger
from intake.records import OutboxRecord
from notifier.letters.history import STAFF_DROPPED
from notifier.letters.render import lines_to_blocks, render_frame, text_to_lines
from notifier.post.mime import fix_boundaries

# Letters a person had to think about may still be called back for a few minutes (domain.md 6: five-minute undo).
UNDOABLE = frozenset({"approved", "withdrawal", "deadline_change"})


def approve_letters(ledger: Ledger, keys: Iterable[str], settings: Settings, now: datetime) -> int:
    """Let held letters go; those that needed a click wait a few minutes more, in which `hold` takes them back. Failed ones are tried anew."""
    delay = timedelta(minutes=settings.pacing.approval_delay_minutes)
    rows = find_rows(ledger, keys, ("held", "failed"))
    for row in rows:
        ledger.mark(row.key, "queued", not_before=now + delay if row.kind in UNDOABLE else None)
    return len(rows)


def hold_letters(ledger: Ledger, keys: Iterable[str], settings: Settings, now: datetime) -> int:
    """Keep queued letters back until somebody approves them."""
    rows = find_rows(ledger, keys, ("queued",))
    for row in rows:
        ledger.mark(row.key, "held", error="工作人员暂停。")
    return len(rows)


def drop_letters(ledger: Ledger, keys: Iterable[str], settings: Settings, now: datetime) -> int:
    """Decide that letters are not sent; what they answered counts as settled by people."""
    rows = find_rows(ledger, keys, ("held", "queued", "failed", "draft"))
    for row in rows:
        ledger.mark(row.key, "dropped", error=STAFF_DROPPED)
    return len(rows)


def edit_letter(ledger: Ledger, key: str, text: str, campaign: Campaign) -> bool:
    """Put other words into a letter that has not left; headers, enclosures and Message-ID stay. False when it is too late."""
    rows = find_rows(ledger, (key,), ("held", "queued", "draft"))
    for row in rows:
        ledger.mark(row.key, row.state, error=row.error, not_before=row.not_before, raw=replace_text(row, text, campaign))
    return bool(rows)


def find_rows(ledger: Ledger, keys: Iterable[str], states: tuple[str, ...]) -> list[OutboxRecord]:
    """The rows named, when they are in one of these states."""
    wanted = set(keys)
    return [row for row in ledger.outbox() if row.key in wanted and row.state in states]


def replace_text(row: OutboxRecord, text: str, campaign: Campaign) -> bytes:
    """The letter's bytes with another text in both alternatives."""
    mail = message_from_bytes(row.raw, EmailMessage, policy=SMTP)
    lines = text_to_lines(text)
    html = render_frame(row.subject, lines_to_blocks(lines), campaign.letters)
    for part in mail.walk():
        if part.get_content_disposition() == "attachment" or part.is_multipart():
            continue
        if part.get_content_type() == "text/plain":
            part.set_content(text if text.endswith("\n") else text + "\n", charset="utf-8", cte="base64")
        elif part.get_content_type() == "text/html":
            part.set_content(html, subtype="html", charset="utf-8", cte="base64")
    fix_boundaries(mail, row.message_id)
    return mail.as_bytes()
