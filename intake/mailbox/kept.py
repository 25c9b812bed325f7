"""Shell: one line kept between the rounds of the service (留住的连接) - a log-in every two minutes is most of what an idle poll costs.

Only a line on which all went well is kept, for the same settings, and for a few minutes: servers and routers hang up on the silent without a
word. One that was hung up on is found out before it is used, or by the first question that nobody answers, and another is opened. What a round
had asked for and not waited for is read off before the line is kept: else its coming late looks like a good-bye.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from config.settings import MailboxSettings
from intake.mailbox.imap import Mailbox

MOST_SILENCE = 240.0
NAMES_FOR = 3600.0
"""Seconds: how long a line may have been silent to be used again, and after how many the folders' names are asked for anew."""


@dataclass(slots=True)
class _Held:
    mailbox: Mailbox
    settings: MailboxSettings
    used: float
    named: float


class KeptLine:
    """留住的连接: `lend` gives a line for one round, the one from the round before where it may still be used."""

    def __init__(self) -> None:
        self._held: _Held | None = None

    @contextmanager
    def lend(self, settings: MailboxSettings) -> Iterator[Mailbox]:
        """A line for one round; kept afterwards unless something went wrong on it."""
        held = self._take(settings)
        try:
            yield held.mailbox
        except BaseException:
            held.mailbox.close()
            raise
        if held.mailbox.settle():
            held.used = time.monotonic()
            self._held = held
        else:
            held.mailbox.close()

    def _take(self, settings: MailboxSettings) -> _Held:
        held, self._held = self._held, None
        now = time.monotonic()
        if held is not None and held.settings == settings and now - held.used < MOST_SILENCE and held.mailbox.is_quiet:
            names_too = now - held.named >= NAMES_FOR
            held.mailbox.begin(names_too)
            held.named = now if names_too else held.named
            return held
        if held is not None:
            held.mailbox.close()
        return _Held(Mailbox.open(settings), settings, now, now)
