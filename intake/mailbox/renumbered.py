"""Shell: once an hour, are the letters in the mailbox still those we know? A server whose UIDVALIDITY never changes (NetEase's is always 1)
cannot say that it gave its UIDs to other letters; another server time tells, but not where two letters came in the same second.

So the Message-IDs it now gives for UIDs we know are held against those our own letters bear, which the caller knows: nothing is looked into
here. Where one differs, and the bytes do, the letters met under such UIDs are forgotten there and fetched anew: letters are known by their
bytes, nothing is doubled.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime, timedelta

from config.settings import MailboxSettings
from intake.books import Ledger
from intake.errors import MailboxRefused
from intake.mailbox.answers import NEVER_CHANGES
from intake.mailbox.imap import Mailbox

log = logging.getLogger("intake.renumbered")
LOOKED_AT_NUMBERS = "looked_at_numbers"
EVERY = timedelta(hours=1)
MOST = 2000
"""So many of the newest letters of a folder are looked at; older ones have been looked at for weeks."""
PROOFS = 3
"""So many letters are downloaded to see whether another Message-ID means another letter; a head that servers write differently means none."""
Borne = Callable[[str], Collection[str]]
"""The Message-IDs that the letter of this SHA-256 bears, without brackets and in small letters; none where it was not opened yet."""
_ID = re.compile(r"<([^<>\s]{1,500})>")


def look_at_numbers(mailbox: Mailbox, ledger: Ledger, settings: MailboxSettings, now: datetime, borne: Borne) -> int:
    """How many letters are to be fetched anew because their UIDs belong to others now; looks at most once an hour."""
    looked = ledger.health_note(LOOKED_AT_NUMBERS)
    if looked and timedelta() <= now - datetime.fromisoformat(looked) < EVERY:
        return 0
    ledger.note_health(LOOKED_AT_NUMBERS, now.isoformat())  # first: a letter at which the line breaks here must not break every round
    forgotten = 0
    for folder in mailbox.folders()[0]:
        try:
            if mailbox.examine(folder) <= NEVER_CHANGES:
                forgotten += _look_into(mailbox, ledger, ledger.met(settings.user, folder, NEVER_CHANGES), borne)
        except MailboxRefused as refusal:  # fetching has named it already
            log.debug("%s：%s", folder, refusal)
    if forgotten:
        log.warning("信箱的编号换了，%s 封重新收取", forgotten)
    return forgotten


def _look_into(mailbox: Mailbox, ledger: Ledger, known: Mapping[int, str], borne: Borne) -> int:
    others = list(_others(mailbox, known, borne)) if known else []
    if not any(_is_another(uid, known[uid], mailbox) for uid in others[:PROOFS]):
        return 0
    for sha in {known[uid] for uid in others}:
        ledger.ask_again(sha)
    return len(others)


def _others(mailbox: Mailbox, known: Mapping[int, str], borne: Borne) -> Iterator[int]:
    """The UIDs whose Message-ID is none of those their letter bears; letters without one, or not opened yet, prove nothing."""
    for uid, line in mailbox.message_ids(sorted(known)[-MOST:]).items():
        given = {found.casefold() for found in _ID.findall(line)}
        held = borne(known[uid])
        if given and held and given.isdisjoint(held):
            yield uid


def _is_another(uid: int, sha: str, mailbox: Mailbox) -> bool:
    body = mailbox.bodies([uid]).get(uid, b"")
    return bool(body) and hashlib.sha256(body).hexdigest() != sha
