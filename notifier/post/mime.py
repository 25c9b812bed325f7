"""Core: a letter's finished bytes - what enters the outbox is what leaves, now or after a crash, byte for byte.

Nothing here is random: boundaries and the Message-ID are derived, the Date is the moment of composing.
Sources: RFC 3834 (automatic answers), RFC 5322 3.6.4 (threading), china-mail.md a7 (the sender must be the mailbox itself).
"""

from __future__ import annotations

import hashlib
import re
from base64 import encodebytes
from collections.abc import Sequence
from datetime import datetime
from email import message_from_bytes
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache

from config.campaign import Campaign
from notifier.letter import Enclosure, Wording
from notifier.letters import PLAIN_RULE
from notifier.wording import clean_line

MAXIMUM_REFERENCES = 10


def derive_message_id(key: str, composed_at: datetime, mailbox: str) -> str:
    """`<32 hex@domain>` from the key and the moment of composing: two ledgers on one mailbox must not share an identity."""
    seed = f"{key}\n{composed_at.isoformat()}"
    return f"<{hashlib.sha256(seed.encode()).hexdigest()[:32]}@{mailbox.rpartition('@')[2] or 'localhost'}>"


def wording_to_bytes(
    wording: Wording,
    campaign: Campaign,
    *,
    recipient: str,
    message_id: str,
    composed_at: datetime,
    in_reply_to: str = "",
    references: tuple[str, ...] = (),
    enclosures: tuple[Enclosure, ...] = (),
    automatic: str = "auto-replied",
) -> bytes:
    """The MIME bytes: plain text with an HTML alternative, enclosures, and the headers that keep two machines from talking."""
    head = {
        "From": str(Address(campaign.office, addr_spec=campaign.mailbox)),
        "To": str(Address(addr_spec=recipient)),
        "Subject": "",  # its place: `fold_subject` writes it
        "Date": format_datetime(composed_at.astimezone(campaign.zone)),
        "Message-ID": message_id,
    }
    if answered := clean_message_ids((in_reply_to,)):
        thread = clean_message_ids((*references[-MAXIMUM_REFERENCES:], in_reply_to))
        head |= {"In-Reply-To": answered[0], "References": " ".join(thread)}
    head |= {"Auto-Submitted": automatic, "X-Auto-Response-Suppress": "All", "MIME-Version": "1.0"}
    said = [text_to_part(wording.text, "plain"), text_to_part(wording.html, "html")]
    letter = multipart("alternative", said, derive_boundary(message_id, 1 if enclosures else 0))
    if enclosures:
        letter = multipart("mixed", [letter, *map(enclosure_to_part, enclosures)], derive_boundary(message_id, 0))
    return fold_subject(b"".join((*(header_to_bytes(name, value) for name, value in head.items()), letter)), clean_line(wording.subject))


@lru_cache(maxsize=64)
def header_to_bytes(name: str, value: str) -> bytes:
    """One header as the standard library folds it; half of them are the same in every letter. Raises ValueError for a line break in it."""
    return SMTP.fold_binary(*SMTP.header_store_parse(name, value))


def text_to_part(text: str, subtype: str) -> bytes:
    """A text with its own headers, in UTF-8 and base64, every line ended as mail ends it."""
    lines = b"".join(line + b"\r\n" for line in text.encode("utf-8").splitlines())
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    return head.encode("ascii") + encodebytes(lines).replace(b"\n", b"\r\n")


def multipart(subtype: str, parts: Sequence[bytes], boundary: str) -> bytes:
    """Finished parts in one, with the header that says so (RFC 2046 5.1); put together here, for the library's trees cost more than all that
    is in them."""
    line = f"--{boundary}".encode("ascii")
    head = f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n\r\n'.encode("ascii")
    return b"\r\n".join((head + line, *(between for part in parts for between in (part, line)))) + b"--\r\n"


@lru_cache(maxsize=8)
def enclosure_to_part(enclosure: Enclosure) -> bytes:
    """An enclosure as it stands in every letter: the same blank forms go with hundreds of them."""
    part = MIMEPart(policy=SMTP)
    maintype, subtype = name_to_media_type(enclosure.name)
    part.set_content(enclosure.payload, maintype, subtype, disposition="attachment", filename=clean_line(enclosure.name))
    return part.as_bytes()


def fold_subject(raw: bytes, subject: str) -> bytes:
    """The letter with its subject in encoded words that carry their own blanks: the standard folding drops the one where two words meet."""
    folded = Header(subject, "utf-8", maxlinelen=75, header_name="Subject").encode(linesep="\r\n")
    return re.sub(rb"(?m)^Subject:(?:.*\r\n[ \t])*.*\r\n", lambda _: f"Subject: {folded}\r\n".encode("ascii"), raw, count=1)


def bytes_to_text(raw: bytes) -> str:
    """The plain text of a finished letter, line ends as this program writes them."""
    body = message_from_bytes(raw, EmailMessage, policy=SMTP).get_body(("plain",))
    return str(body.get_content()).replace("\r\n", "\n") if body else ""


def bytes_to_words(raw: bytes) -> str:
    """What a finished letter says, without the foot that every letter bears and the date under it."""
    text = bytes_to_text(raw)
    words, rule, _ = text.rpartition(PLAIN_RULE)
    return (words if rule else text).strip()


def clean_message_ids(identities: tuple[str, ...]) -> tuple[str, ...]:
    """The identities that are well formed: a damaged one from a sender must not break our own header."""
    found = [match for identity in identities for match in re.findall(r"<[\x21-\x3b\x3d\x3f-\x7e]{3,250}>", identity)]
    return tuple(dict.fromkeys(found))


def name_to_media_type(name: str) -> tuple[str, str]:
    """The media type by extension; only the kinds we enclose ourselves."""
    office = "vnd.openxmlformats-officedocument"
    kinds = {"xlsx": f"{office}.spreadsheetml.sheet", "docx": f"{office}.wordprocessingml.document", "zip": "zip"}
    return "application", kinds.get(name.rpartition(".")[2].lower(), "octet-stream")


def derive_boundary(seed: str, number: int) -> str:
    """The boundary of a letter's parts, counted from the outermost."""
    return f"=_{hashlib.sha256(f'{seed}{number}'.encode()).hexdigest()[:30]}"


def fix_boundaries(mail: EmailMessage | MIMEPart, seed: str) -> None:
    """Boundaries from the Message-ID in place of random ones, so composing twice gives the same bytes."""
    multiparts = [part for part in mail.walk() if part.is_multipart()]
    for number, part in enumerate(multiparts):
        part.set_boundary(derive_boundary(seed, number))
