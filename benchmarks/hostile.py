"""Hostile files through the stations: memory of the whole process tree, time against a trivial file of the same run, what was recorded.

usage: python -m benchmarks.hostile [FOLDER]      one line a file (of the tests' generator, or those of a folder), then the worst; 1 when a bound is broken

Each file comes in a letter of its own (an .eml is the letter), is opened and read by one reading child as in service, and offered to a
converter that only counts. Bounds: 1.5 GB resident in parent, child and whatever they start; 4 times the seconds of a trivial file (the
start of a reading child included in both, and never less than 5 s); a problem recorded; nothing converted after a refusal. Seconds are
those the processes worked: how long others kept the machine from them says nothing of a file.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from config.load import DEFAULT_CAMPAIGN, load_campaign
from intake.belt import open_letters, read_documents
from intake.books import Ledger, Vault
from intake.errors import ConversionFailed
from intake.reading.engine import Child
from intake.reading.outcome import NEVER_CONVERTED
from intake.records import LetterRecord
from parsers.read import READER_VERSION
from tests.generator.hostile import FILES
from tests.unit.parsers.formats.builders import docx, p

MOST_MEMORY_MB = 1536
MOST_TIMES = 4.0
LEAST_SECONDS = 5.0
NOW = datetime(2022, 8, 1, tzinfo=UTC)
TRIVIAL = "a trivial file.docx"


class Watch:
    """The resident memory of a process tree, its highest sum, looked at every hundredth of a second."""

    def __init__(self) -> None:
        self.highest = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(0.01):
            self.highest = max(self.highest, sum(map(_resident, _tree(os.getpid()))))


def _tree(root: int) -> list[int]:
    found = [root]
    for pid in found:
        with suppress(OSError):
            for task in Path(f"/proc/{pid}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
    return found


def worked() -> float:
    """The processor's seconds of this process and everything it started so far."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    total = time.process_time() + ended.ru_utime + ended.ru_stime
    for pid in _tree(os.getpid())[1:]:
        with suppress(OSError, ValueError):
            after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += sum(int(ticks) for ticks in after_name[11:15]) / os.sysconf("SC_CLK_TCK")
    return total


def _resident(pid: int) -> int:
    with suppress(OSError, ValueError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") >> 20
    return 0


class Counting:
    """A converter that converts nothing and remembers what it was asked."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def convert(self, payload: bytes, name: str) -> tuple[bytes, str]:
        """Nothing comes of it."""
        self.names.append(name)
        raise ConversionFailed(name)


@dataclass(frozen=True, slots=True)
class Passage:
    """What one file did: megabytes and seconds, what was recorded of it, and whether it was offered for conversion after a refusal."""

    megabytes: int
    seconds: float
    problems: tuple[str, ...]
    converted_after_refusal: bool
    kept: bool


def letter_of(name: str, payload: bytes) -> bytes:
    """The letter a file comes in."""
    if name.endswith(".eml"):
        return payload
    letter = EmailMessage(policy=SMTP)
    letter["From"], letter["Subject"] = "gh@univ.example", "报送材料"
    letter.set_content("见附件。")
    letter.add_attachment(payload, maintype="application", subtype="octet-stream", filename=name)
    return bytes(letter)


class House:
    """Books in a folder of their own and one reading child."""

    def __init__(self, folder: Path) -> None:
        self._ledger, self._vault, self._child = Ledger.open(folder / "ledger.db"), Vault.open(folder / "vault.db"), Child()
        self._campaign = load_campaign(DEFAULT_CAMPAIGN)

    def __enter__(self) -> House:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.close()
        self._ledger.close()
        self._vault.close()

    def passes(self, name: str, payload: bytes) -> Passage:
        """One file through opening, reading and the question of conversion."""
        raw, converter = letter_of(name, payload), Counting()
        sha = self._vault.keep(raw)
        self._ledger.record_fetched([LetterRecord(sha256=sha, received_at=NOW, fetched_at=NOW, size=len(raw), state="new")], [])
        begun = worked()
        with Watch() as watch:
            open_letters(self._ledger, self._vault, self._child, self._campaign)
            read_documents(self._ledger, self._vault, self._child, self._campaign, converter)
        seconds = worked() - begun
        message = self._ledger.opening(sha)
        if message is None:
            record = self._ledger.one_letter(sha)
            return Passage(watch.highest, seconds, (record.state if record else "", record.error if record else ""), False, self._vault.has(sha))
        readings = self._ledger.readings([leaf.sha256 for leaf in message.attachments], READER_VERSION)
        problems = [problem.code for problem in message.problems] + [leaf.problem for leaf in message.attachments if leaf.problem]
        problems += [problem for reading in readings.values() for problem in (*reading.problems, *[reading.status] * (reading.status != "read"))]
        refused = bool(NEVER_CONVERTED & set(problems)) and not message.attachments[1:]
        return Passage(watch.highest, seconds, tuple(dict.fromkeys(problems)), refused and bool(converter.names), self._vault.has(sha))


def passages(files: Mapping[str, bytes]) -> tuple[Passage, dict[str, Passage]]:
    """A trivial file first and again after a warm start, then all of these."""
    with tempfile.TemporaryDirectory() as folder, House(Path(folder)) as house:
        house.passes(f"0 {TRIVIAL}", docx(p("正文 0")))
        trivial = house.passes(TRIVIAL, docx(p("正文")))
        return trivial, {name: house.passes(name, payload) for name, payload in files.items()}


def faults(trivial: Passage, found: Passage) -> list[str]:
    """The bounds a file broke."""
    slow = found.seconds > max(LEAST_SECONDS, MOST_TIMES * trivial.seconds)
    return [
        *["memory"] * (found.megabytes > MOST_MEMORY_MB),
        *["time"] * slow,
        *["converted after a refusal"] * found.converted_after_refusal,
        *["not kept"] * (not found.kept),
    ]


def main() -> int:
    """Print what each file did."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    files = {path.name: path.read_bytes() for path in sorted(folder.iterdir())} if folder else {name: make() for name, make in FILES.items()}
    trivial, found = passages(files)
    print(f"{trivial.megabytes:5} MB {trivial.seconds:6.2f} s  {TRIVIAL}")
    for name, passage in found.items():
        print(f"{passage.megabytes:5} MB {passage.seconds:6.2f} s  {name}: {'、'.join(passage.problems) or '-'}  {' '.join(faults(trivial, passage)).upper()}")
    broken = sum(bool(faults(trivial, passage)) for passage in found.values())
    print(f"{len(found)} files, highest {max(p.megabytes for p in found.values())} MB, longest {max(p.seconds for p in found.values()):.1f} s, {broken} broke a bound")
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
