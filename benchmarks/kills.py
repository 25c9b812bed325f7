"""Kills at random instants: of a round (fetch, read, send), of backup, restore and rebuild - and what is left when it is over.

usage: python -m benchmarks.kills [KILLS] [SEED]      prints one JSON line: tried, lost, doubled, damaged by kind of work

Every thirty kills are a turn with a chance of its own (SEED:turn), added to the record of docs/RELIABILITY.md as soon as it is through, so
that a long run may be broken off and gone on with another day.

Each process is forked from one that has loaded everything, killed with SIGKILL after a random time, and started again until the work is
done undisturbed. Then: every letter of the mailbox is recorded once, every institution answered as without kills, no Message-ID left twice,
`PRAGMA integrity_check` is ok and every kept original is what its SHA-256 says.
"""

from __future__ import annotations

import json
import multiprocessing
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from intake.belt import rebuild
from intake.books.vault import Vault
from intake.reading.engine import Inline
from service.demo.mailbox import DemoMailbox
from service.keeping.backup import NAMES, backup, restore
from service.office import open_office
from tests.crash.office import START, accepted, answers, deliver, recorded, settle, story
from tests.crash.worker import run_round, work

LETTERS = ("01", "05", "06", "10")
ROUNDS = 14
MOST_COPIES = 2
"""Of a letter of unknown fate, whatever happens."""
BLIND_SHARE = 5
"""One kill of a round in so many is made without a witness."""


def killed_after(seconds: float, what: Callable[..., object], *given: object) -> bool:
    """Run `what` in a process of its own and kill it after so long; False when it was done before."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.crash.warm", "benchmarks.kills"])
    process = context.Process(target=what, args=given)
    process.start()
    process.join(seconds)
    alive = process.exitcode is None
    if alive:
        process.kill()
    process.join()
    return alive


def sound(folder: Path) -> bool:
    """Both files whole, every original what it was."""
    for name in NAMES:
        with closing(sqlite3.connect(folder / name)) as database:
            if database.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
                return False
    with Vault.open(folder / "vault.db") as vault:
        return not vault.damaged()


def back_up(config: Path, folder: Path, now: datetime) -> None:
    """One backup, in a process of its own."""
    backup(open_office(config, now), folder, now)


def put_back(config: Path, copy: Path, now: datetime) -> None:
    """One restore, in a process of its own."""
    restore(open_office(config, now), copy, now)


def derive_again(config: Path, now: datetime) -> None:
    """One rebuild, in a process of its own."""
    office = open_office(config, now)
    with office.books() as (ledger, vault):
        rebuild(ledger, vault, Inline(), office.campaign, now, own=office.own_addresses)


def undisturbed() -> tuple[float, list[tuple[str, str]]]:
    """How long a round takes when nobody kills it, and what is answered then; what starts the processes is loaded first, or on a busy machine
    the random instants would lie far behind the end of every round."""
    killed_after(120.0, time.time)
    with tempfile.TemporaryDirectory() as folder, DemoMailbox() as mailbox:
        config = settle(Path(folder), mailbox)
        deliver(mailbox, story(*LETTERS))
        began = time.monotonic()
        run_round(config, START)
        length = time.monotonic() - began
        run_round(config, START + timedelta(minutes=10))
        return length, answers(config)


def kill_rounds(kills: int, chance: random.Random, count: Counter[str], usual: tuple[float, list[tuple[str, str]]], witness: bool = True) -> None:
    """Mailbox after mailbox, each worked off by rounds that are killed until the number is reached; without a `witness` nobody looks into
    已发送, and the one gap between the server's yes and our note of it may repeat a letter once."""
    length, expected = usual
    what = "round" if witness else "blind"
    while count[f"{what}: killed"] < kills:
        with tempfile.TemporaryDirectory() as folder, DemoMailbox() as mailbox:
            config = settle(Path(folder), mailbox, witness)
            deliver(mailbox, story(*LETTERS))
            for number in range(ROUNDS):
                moment = START + timedelta(minutes=2 * number)
                if killed_after(chance.uniform(0.02, 1.1) * length, work, config, moment, None):
                    count[f"{what}: killed"] += 1
            for minutes in (30, 40, 50):
                run_round(config, START + timedelta(minutes=minutes))
            count[f"{what}: lost"] += len(LETTERS) - recorded(config) + len(set(expected) - set(answers(config)))
            count[f"{what}: doubled"] += sum(n - 1 for n in accepted(mailbox).values()) + max(0, len(accepted(mailbox)) - len(expected))
            count[f"{what}: damaged"] += (not sound(Path(folder) / "books")) + sum(n > MOST_COPIES for n in accepted(mailbox).values())


def kill_keeping(kills: int, chance: random.Random, count: Counter[str]) -> None:
    """Backup, restore and rebuild in turn on one office; whatever was killed, the books are whole and hold every letter."""
    with tempfile.TemporaryDirectory() as name, DemoMailbox() as mailbox:
        folder = Path(name)
        config = settle(folder, mailbox)
        deliver(mailbox, story(*LETTERS))
        for minutes in (0, 10):
            run_round(config, START + timedelta(minutes=minutes))
        good = backup(open_office(config, START), folder / "good", START)
        for number in range(kills):
            moment = START + timedelta(hours=1, seconds=number)
            kind, what, given = (
                ("backup", back_up, (config, folder / "copies", moment)),
                ("restore", put_back, (config, good, moment)),
                ("rebuild", derive_again, (config, moment)),
            )[number % 3]
            longest = {"backup": 0.25, "restore": 0.35, "rebuild": 3.0}[kind]
            count[f"{kind}: killed"] += killed_after(chance.uniform(0.005, longest), what, *given)
            whole = (folder / "books" / "ledger.db").exists() and (folder / "books" / "vault.db").exists()
            if not whole:  # killed between the two renames: the old books stand aside, the way back is the same command again
                count["restore: to be repeated"] += 1
                put_back(config, good, moment + timedelta(milliseconds=500))
            count[f"{kind}: damaged"] += not sound(folder / "books")
            count[f"{kind}: lost"] += len(LETTERS) - recorded(config)
            shutil.rmtree(folder / "copies", ignore_errors=True)


def main(kills: int = 60, seed: int = 1) -> Counter[str]:
    """All in turns of thirty, two thirds of the kills on rounds; each turn is added to the record when it is through."""
    from benchmarks.reliability import add_kills

    usual, total = undisturbed(), Counter[str]()
    for turn in range(0, kills, 30):
        share = min(30, kills - turn)
        chance, count = random.Random(f"{seed}:{turn}"), Counter[str]()
        kill_keeping(share - 2 * share // 3, chance, count)
        rounds = 2 * share // 3
        kill_rounds(rounds - rounds // BLIND_SHARE, chance, count, usual)
        kill_rounds(rounds // BLIND_SHARE, chance, count, usual, witness=False)
        add_kills(count, seed)
        total.update(count)
        print(json.dumps(dict(sorted(total.items()))), file=sys.stderr, flush=True)
    return total


if __name__ == "__main__":
    words = [int(word) for word in sys.argv[1:]]
    print(json.dumps(dict(sorted(main(*words).items()))))
