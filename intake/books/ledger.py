"""Shell: the ledger (台账) - one SQLite file that remembers every letter, decision and answer; the only shared state of the house.

Facts are added and never changed; what is derived from them may be replaced at any time. Every method is one transaction of its own,
or part of the one opened by `immediate()`. One Ledger serves one thread: open another for another job. The chapters hold the methods.
"""

from __future__ import annotations

from intake.books.copies import DERIVED, Copies
from intake.books.decisions import Decisions
from intake.books.derived import Derived
from intake.books.health import HealthNotes
from intake.books.letters import NOT_READ, Letters, Sighting
from intake.books.outbox import Outbox
from intake.books.unknown import UnknownLetters
from intake.books.work import Work

__all__ = ["DERIVED", "NOT_READ", "Ledger", "Sighting"]


class Ledger(Letters, UnknownLetters, Derived, Decisions, Outbox, HealthNotes, Work, Copies):
    """台账."""
