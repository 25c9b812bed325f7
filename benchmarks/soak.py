"""A soak under a fast clock: thirty simulated days of the service's own cycles, then a deadline night of five hundred letters.

usage: python -m benchmarks.soak [days|night|both] [DAYS] [LETTERS]      prints one JSON line and keeps the figures for docs/RELIABILITY.md

The office works in a process of its own, on the embedded mailbox of this one, so that what is measured is the office alone: after every
day its resident memory, open handles, threads and the files in its folders and in the system's temporary folder. The letters are those of
the tests' generator, from the addresses of the roster; letters leave at the shipped pace, the clock moving on while one waits. What the
digest looks at grows with the letters (a bound of its own holds that: tests/unit/notifier/digest/test_memory.py); so after the days with
letters come days without any, and on those nothing may grow. The last third of the days is compared with the second third, 3 % of the
memory allowed.

Of the night it is measured when the receipt left that covers the last letter an institution sent before the deadline. The shipped caps let
(50 - 6) letters a day and 10 a quarter of an hour go to institutions, and nothing but these caps may keep a receipt back.
"""

from __future__ import annotations

import csv
import gc
import json
import multiprocessing
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchmarks.reliability import RECORD, today, write_record
from config.load import DEFAULT_CAMPAIGN, load_campaign
from intake.books import Ledger
from service.demo.mailbox import DemoMailbox
from service.office import open_office
from service.worker import backup_cycle, belt_cycle, mail_cycle, post_cycle, scrub_cycle, staff_cycle
from tests.crash.office import accepted, settle
from tests.generator.demo_letters import documents_of, letter, make_studio, summaries_of

START = datetime.fromisoformat("2022-07-26T00:00:00+08:00")
NIGHT = datetime.fromisoformat("2022-08-05T23:50:00+08:00")
LONGEST_NIGHT = 4 * 49
"""Quarters of an hour after which nobody waits any more: two days of the daily cap."""
HOURS = {1: 0, 8: 3, 9: 0, 12: 0, 17: 3, 22: 0}
"""The rounds of a day and how many letters came before each."""
IDLE_DAYS = 5
A_DAY = sum(HOURS.values())


def settle_roster(folder: Path, mailbox: DemoMailbox) -> Path:
    """The office of the crash tests with the notice's own institutions, an address each, and the shipped pace; gives its intake.toml."""
    config = settle(folder, mailbox)
    with (DEFAULT_CAMPAIGN / "roster.csv").open(encoding="utf-8-sig", newline="") as given:
        rows = list(csv.DictReader(given))
    with (folder / "campaign" / "roster.csv").open("w", encoding="utf-8", newline="") as taken:
        written = csv.DictWriter(taken, rows[0].keys())
        written.writeheader()
        written.writerows(row | {"email": address(number)} for number, row in enumerate(rows))
    config.write_text(config.read_text(encoding="utf-8").partition("[pacing]")[0], encoding="utf-8")
    return config


def address(number: int) -> str:
    """Where the institution of that number on the roster writes from."""
    return f"gh@u{number}.example"


def letters(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """So many letters of the campaign's institutions, a studio each: half with its tables, half with the narrative alone."""
    rng = random.Random(seed)
    institutions = load_campaign(DEFAULT_CAMPAIGN).institutions
    for number in range(count):
        of = institutions[number % len(institutions)]
        studio = make_studio(rng, of.name)
        files = (
            documents_of(studio, 1) if number % 2 else summaries_of(rng, of.name, [studio]) | dict([*documents_of(studio, 1).items()][:1])
        )
        when = f"2022-07-26T{number // 3600 % 24:02d}:{number // 60 % 60:02d}:{number % 60:02d}+08:00"
        sender = ("工会", address(number % len(institutions)))
        yield (
            of.name,
            letter(
                f"{of.name}报送材料（{number}）",
                sender,
                when,
                "现报送材料，请查收。",
                [(n.rpartition("/")[2], p) for n, p in files.items()],
            ),
        )


class Clock:
    """The time an office believes in: it moves on by what is waited for between letters."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """This moment."""
        return self.moment

    def wait(self, seconds: float) -> None:
        """Nobody really waits."""
        self.moment += timedelta(seconds=seconds)


def work(line: Connection, config: Path) -> None:
    """The office: a round for every moment it is told, its figures when it is asked for them."""
    while (told := line.recv()) is not None:
        moment, nightly = told
        if moment is not None:
            clock = Clock(moment)
            office = replace(open_office(config, moment), clock=clock.now, pause=clock.wait)
            for cycle in (mail_cycle, belt_cycle, post_cycle, staff_cycle, *((backup_cycle, scrub_cycle) if nightly else ())):
                cycle(office)
            line.send(None)
        else:
            gc.collect()
            line.send(measured(config.parent))


def measured(folder: Path) -> dict[str, int]:
    """What this process holds: resident KB, open handles, threads; files in the office's folder (backups are meant to grow) and in /tmp."""
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") // 1024
    files = sum(len(names) for at, _, names in os.walk(folder) if "copies" not in at)
    own = f"-{os.getpid()}-"
    scratch = sum(own in path.name for path in Path(tempfile.gettempdir()).iterdir())
    handles = sum(1 for _ in Path("/proc/self/fd").iterdir())
    return {"rss_kb": resident, "handles": handles, "threads": threading.active_count(), "files": files, "scratch": scratch}


class Clerk:
    """The office in its process, told moment by moment."""

    def __init__(self, config: Path) -> None:
        context = multiprocessing.get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=work, args=(theirs, config))
        self._process.start()

    def __enter__(self) -> Clerk:
        return self

    def __exit__(self, *_: object) -> None:
        self._line.send(None)
        self._process.join()

    def told(self, moment: datetime | None, nightly: bool = False) -> Any:
        """One round at this moment, or with none the figures."""
        self._line.send((moment, nightly))
        return self._line.recv()


def grown(days: list[dict[str, int]]) -> dict[str, int]:
    """By how much the last third of the days holds more than the second third, at their highest."""
    third = max(1, len(days) // 3)
    return {name: max(d[name] for d in days[-third:]) - max(d[name] for d in days[third:-third] or days[:1]) for name in days[0]}


def soak(count: int = 30) -> dict[str, Any]:
    """So many days, some letters on each while the phase lasts and after it."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as name, DemoMailbox() as mailbox:
        config = settle_roster(Path(name), mailbox)
        config.write_text(config.read_text().replace('mode = "automatic"\n', f'mode = "automatic"\nbackup = "{name}/copies"\n'))
        days, waiting = [], letters(count * A_DAY, 1)
        with Clerk(config) as clerk:
            for day in range(count):
                for hour, arrived in HOURS.items():
                    moment = START + timedelta(days=day, hours=hour)
                    for _, raw in (next(waiting) for _ in range(arrived)):
                        mailbox.deliver(raw, moment - timedelta(minutes=5))
                    clerk.told(moment, nightly=hour == 1)
                days.append(clerk.told(None))
                print(json.dumps({"day": day + 1} | days[-1]), file=sys.stderr, flush=True)
            idle = []
            for day in range(count, count + IDLE_DAYS):
                for hour in HOURS:
                    clerk.told(START + timedelta(days=day, hours=hour), nightly=hour == 1)
                idle.append(clerk.told(None)["rss_kb"])
        figures = {"days": count, "last": days[-1], "grown": grown(days), "idle_days": IDLE_DAYS, "idle_kb": max(idle) - days[-1]["rss_kb"]}
        return outcome(config, mailbox, count * A_DAY, begun) | figures


def night(count: int = 500) -> dict[str, Any]:
    """So many letters in ten simulated minutes before the deadline, a round a minute then, and as long after it as receipts are owed."""
    ready = [raw for _, raw in letters(count, 2)]
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as name, DemoMailbox() as mailbox:
        config = settle_roster(Path(name), mailbox)
        with Clerk(config) as clerk:
            for minute in range(10):
                for at, raw in enumerate(ready[minute * count // 10 : (minute + 1) * count // 10]):
                    mailbox.deliver(raw, NIGHT + timedelta(minutes=minute, seconds=at % 60))
                clerk.told(NIGHT + timedelta(minutes=minute + 1))
            for quarter in range(1, LONGEST_NIGHT):
                clerk.told(NIGHT + timedelta(minutes=10 + 15 * quarter, seconds=quarter))
                if len(mailbox.sent) >= len(institutions_of(count)) and not owed(config):
                    break
            last = clerk.told(None)
        return outcome(config, mailbox, count, begun) | receipts(config, count) | {"last": last}


def institutions_of(count: int) -> list[str]:
    """Who wrote."""
    return [i.name for i in load_campaign(DEFAULT_CAMPAIGN).institutions][:count]


def owed(config: Path) -> int:
    """How many letters wait to leave."""
    with Ledger.open(config.parent / "books" / "ledger.db") as ledger:
        return ledger.count_outbox("queued", "sending")


def receipts(config: Path, count: int) -> dict[str, Any]:
    """How many institutions wrote, have a receipt and have one that covers their last letter; the longest wait for either, in minutes, and how
    many letters left within an hour after the deadline and on each day."""
    first, covered = dict[str, float](), dict[str, float]()
    with Ledger.open(config.parent / "books" / "ledger.db") as ledger:
        wrote = {name: max(line.received_at for line in ledger.letter_lines(institution=name)) for name in institutions_of(count)}
        sent = [row for row in ledger.outbox(raw=False) if row.state == "sent" and row.institution and row.sent_at]
        for row in sorted(sent, key=lambda row: row.sent_at or NIGHT):
            assert row.sent_at
            waited = (row.sent_at - NIGHT).total_seconds() / 60
            first.setdefault(row.institution, waited)
            if row.created_at >= wrote[row.institution]:
                covered.setdefault(row.institution, waited)
    days = Counter(f"{row.sent_at.astimezone(NIGHT.tzinfo):%m-%d}" for row in sent if row.sent_at)
    return {
        "institutions": len(wrote), "answered": len(first), "covered": len(covered), "by_day": dict(sorted(days.items())),
        "first_minutes": [round(max(sorted(first.values())[:n], default=0)) for n in (10, 44, len(first))],
        "covered_minutes": [round(max(sorted(covered.values())[:n], default=0)) for n in (10, 44, len(covered))],
    }  # fmt: skip


def outcome(config: Path, mailbox: DemoMailbox, count: int, begun: float) -> dict[str, Any]:
    """Letters lost or unopened, answers doubled, and the wall clock."""
    with Ledger.open(config.parent / "books" / "ledger.db") as ledger:
        opened = sum(letter.state == "opened" for letter in ledger.letters())
    doubled = sum(times - 1 for times in accepted(mailbox).values())
    return {
        "letters": count,
        "lost": count - opened,
        "doubled": doubled,
        "answers": len(mailbox.sent),
        "seconds": round(time.monotonic() - begun),
    }


def main() -> None:
    """Run what is asked and keep its figures in the record of docs/RELIABILITY.md."""
    what, *sizes = sys.argv[1:] or ["both"]
    found = {}
    if what in ("days", "both"):
        found["soak"] = soak(*(int(size) for size in sizes[:1]))
    if what in ("night", "both"):
        found["night"] = night(*(int(size) for size in sizes[what == "both" :][:1]))
    print(json.dumps(found))
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    write_record(record | {name: {"found": figures, "on": today()} for name, figures in found.items()})


if __name__ == "__main__":
    main()
