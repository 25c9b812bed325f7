"""Shell: what staff do with a waiting letter - approve, hold, drop, or change its words; each acts only on letters that have not left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from config.campaign import Campaign
from config.settings import Settings
from intake.books import Ledger
from intake.decisions import decisions_in_force
from intake.records import OutboxRecord
from notifier.letters import HELD_BY_HAND, PLAIN_RULE, STAFF_DROPPED, lines_to_blocks, render_frame, text_to_lines
from notifier.post.mime import bytes_to_text, derive_message_id, fix_boundaries, fold_subject


@dataclass(frozen=True, slots=True)
class Approval:
    """批准的结果: the letters let go, and those that were not, each with the reason in Chinese."""

    done: tuple[OutboxRecord, ...] = ()
    refused: tuple[tuple[OutboxRecord, str], ...] = ()


def approve_letters(ledger: Ledger, keys: Iterable[str], settings: Settings, now: datetime) -> Approval:
    """Let held letters go after the few minutes in which `hold` still takes them back; failed ones are tried anew.

    A letter to an institution that staff keep back is not let go: the hold is to be lifted first.
    """
    wait = now + timedelta(minutes=settings.pacing.approval_delay_minutes)
    held_back = {d.institution: d.number for d in decisions_in_force(ledger.decisions()) if d.kind == "hold" and d.target in ("", "letters")}
    done, refused = [], []
    for row in find_rows(ledger, keys, ("held", "failed")):
        if number := held_back.get(row.institution):
            refused.append((row, f"这所学校设了暂停（第{number}号决定），先收回暂停再批准。"))
            continue
        ledger.mark(row.key, "queued", not_before=wait, approved=now)
        done.append(row)
    return Approval(tuple(done), tuple(refused))


def hold_letters(ledger: Ledger, keys: Iterable[str], settings: Settings, now: datetime) -> int:
    """Keep queued letters back until somebody approves them."""
    rows = find_rows(ledger, keys, ("queued",))
    for row in rows:
        ledger.mark(row.key, "held", error=HELD_BY_HAND)
    return len(rows)


def drop_letters(ledger: Ledger, keys: Iterable[str], settings: Settings, now: datetime) -> int:
    """Decide that letters are not sent; what they answered counts as settled by people."""
    rows = find_rows(ledger, keys, ("held", "queued", "failed", "draft"))
    for row in rows:
        ledger.mark(row.key, "dropped", error=STAFF_DROPPED)
    return len(rows)


def edit_letter(ledger: Ledger, key: str, body: str, campaign: Campaign) -> bool:
    """Put another body into a letter that has not left; its greeting, list of files and foot stay, as do headers and enclosures.

    False when it is too late.
    """
    rows = find_rows(ledger, (key,), ("held", "queued", "draft"))
    for row in rows:
        text = join_text(bytes_to_text(row.raw), body)
        raw = replace_text(row, text, campaign)
        ledger.mark(row.key, row.state, error=row.error, not_before=row.not_before, raw=raw, approved=row.approved_at)
    return bool(rows)


def split_text(text: str) -> tuple[str, str, str]:
    """Greeting, body and foot of a letter's plain text; the foot begins with the first rule (the list of files, the office's own words)."""
    greeting, _, rest = text.lstrip("\n").partition("\n")
    body, rule, foot = rest.partition(PLAIN_RULE)
    return greeting, body.strip("\n"), f"{rule}{foot}".rstrip("\n")


def join_text(text: str, body: str) -> str:
    """The text with another body; a greeting or foot typed along with it is not said twice."""
    greeting, _, foot = split_text(text)
    typed = body.replace("\r\n", "\n").strip("\n").removeprefix(greeting).strip("\n").partition(PLAIN_RULE)[0].strip("\n")
    return "\n".join(part for part in (greeting, typed, foot) if part) + "\n"


def resend_letter(ledger: Ledger, key: str, address: str, settings: Settings, campaign: Campaign, now: datetime) -> OutboxRecord | None:
    """The same letter to another address, after one that came back or was refused; leaves after the minutes of every approval. None when
    the first is not of that kind."""
    row = next((r for r in ledger.outbox() if r.key == key and (r.bounced_at is not None or r.state == "failed")), None)
    if row is None:
        return None
    number = 1 + sum(1 for r in ledger.outbox() if r.key.startswith(f"{key}-to-"))
    own = f"{key}-to-{number}"
    message_id = derive_message_id(own, now, campaign.mailbox)
    mail = message_from_bytes(row.raw, EmailMessage, policy=SMTP)
    for name, value in (("To", Address(addr_spec=address)), ("Message-ID", message_id)):
        del mail[name]
        mail[name] = value
    fix_boundaries(mail, message_id)
    again = replace(
        row, key=own, recipient=address, message_id=message_id, raw=fold_subject(mail.as_bytes(), row.subject), state="queued", created_at=now,
        attempts=0, sent_at=None, bounced_at=None, error="", approved_at=now,
        not_before=now + timedelta(minutes=settings.pacing.approval_delay_minutes),
    )  # fmt: skip
    ledger.enqueue(again)
    return again


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
    return fold_subject(mail.as_bytes(), row.subject)
