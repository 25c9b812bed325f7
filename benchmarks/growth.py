"""What one more letter costs as the books grow: books of 100 to 100 000 letters of invented institutions, one in five with ten letters.

Run `python -m benchmarks.growth [letters …] [--picture docs/pictures/growth.svg] [--books FOLDER]`. Every institution has names, a domain and texts of its
own; letters are registered with their readings, the one more is a real .eml with real files that goes through the reading child.
CPU seconds are those of the service's own process (the child's stand beside them); the machine may be busy meanwhile.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from config.load import DEFAULT_CAMPAIGN
from intake.books.ledger import Ledger
from intake.books.vault import Vault
from intake.opening.open_letter import OPENER_VERSION
from intake.records import LetterRecord, OutboxRecord
from intake.submission import Received
from parsers.read import READER_VERSION
from service.office import Office, open_office
from service.rounds import after_fetching
from tests.generator.documents import basic_info_docx, summary_docx
from tests.generator.people import make_head, make_row, make_studio
from tests.generator.received import basic_info, file, letter, narrative, summary

NOW = datetime.fromisoformat("2022-07-31T10:07:00+08:00")
HAN = "江河湖海山川云霞松柏梅兰竹菊桃李杏桂枫槐榆杨柳桐梓楠樟檀椿栎荷莲芦苇蒲荻茶桑麻稻麦黍稷粟豆瓜果芝"
SIZES = (100, 1000, 10000, 100000)
TEN_LETTERS = 5
REPEATS = 5


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured on one size of books."""

    letters: int
    institutions: int
    one_more: float
    one_more_child: float
    idle: float
    status: float
    kilobytes: float
    memory: float


def make_name(number: int) -> str:
    """A university that does not exist, like no other."""
    digits = []
    for _ in range(4):
        number, digit = divmod(number, len(HAN))
        digits.append(HAN[digit])
    return f"{''.join(digits)}大学"


def counts(letters: int) -> Iterator[int]:
    """How many letters each institution sends: every fifth ten, the others one."""
    number = 0
    while letters > 0:
        wanted = min(letters, 10 if number % TEN_LETTERS == 0 else 1)
        yield wanted
        letters, number = letters - wanted, number + 1


def write_campaign(folder: Path, institutions: int) -> None:
    """The shipped campaign with a roster of invented institutions."""
    shutil.copytree(DEFAULT_CAMPAIGN, folder)
    with (folder / "roster.csv").open("w", newline="", encoding="utf-8") as roster:
        rows = csv.writer(roster)
        rows.writerow(["name", "aliases", "affiliates", "domains", "class", "confirmed", "confidence", "email", "phone"])
        for number in range(institutions):
            rows.writerow([make_name(number), "", "", f"u{number}.example", "ordinary", "yes", "high", f"gh@u{number}.example", ""])


def letters_of(number: int, count: int) -> Iterator[Received]:
    """What one institution sends: everything in the first letter, then corrections one by one."""
    rng = random.Random(number)
    name, sender = make_name(number), f"gh@u{number}.example"
    studio = make_studio(rng, name)
    begun = datetime(2022, 7, 26, 8) + timedelta(minutes=number % 4000)
    for turn in range(count):
        when = f"{begun + timedelta(hours=4 * turn):%m-%d %H:%M:%S}"
        if turn == 0:
            files = [
                file(f"附件2-{number}.docx", summary("employee", make_head(rng, name), [make_row(rng, studio, 1)])),
                file(f"附件4-{number}.docx", basic_info(studio)),
                file(f"申报材料-{number}.docx", narrative(studio["studio"], studio["leader.name"], seed=number)),
            ]
        else:
            files = [file(f"附件4-{number}-{turn}.docx", basic_info(studio, member_count=20 + turn))]
        yield letter(when, *files, sender=sender, subject=f"{name}工会报送材料{turn or ''}", text=f"请查收。\n\n{name}工会")


def register(received: Received, ledger: Ledger) -> None:
    """Put one read letter into the books, as the stations would have."""
    sha = received.sha256
    ledger.record_fetched([LetterRecord(sha256=sha, received_at=received.received_at, fetched_at=received.received_at, size=1, state="new")], [])
    ledger.record_opening(sha, received.message, OPENER_VERSION)
    for reading in received.readings.values():
        ledger.record_reading(reading, READER_VERSION)


def answer(name: str, shas: list[str], number: int, ledger: Ledger) -> None:
    """The answer that left for these letters."""
    key = f"growth-{number}"
    row = OutboxRecord(key=key, kind="complete", institution=name, recipient=f"gh@u{number}.example", subject="回执", message_id=f"<{key}@office.example>",
                       raw=b"x" * 6000, state="sent", created_at=NOW - timedelta(days=1), sent_at=NOW - timedelta(days=1), answers=tuple(shas))  # fmt: skip
    ledger.enqueue(row)


def fill(office: Office, letters: int) -> int:
    """Books of so many letters, answered and quiet; gives how many institutions wrote."""
    written = 0
    with office.books() as (ledger, vault):
        ledger._database.execute("PRAGMA synchronous=OFF")
        with ledger.immediate():
            for number, count in enumerate(counts(letters)):
                received = list(letters_of(number, count))
                for one in received:
                    register(one, ledger)
                answer(make_name(number), [one.sha256 for one in received], number, ledger)
                written += 1
        after_fetching(office, ledger, vault)
        after_fetching(office, ledger, vault)
        ledger._database.execute("PRAGMA synchronous=FULL")
    return written


def one_more(office: Office, turn: int) -> tuple[float, float]:
    """CPU seconds of this process and of its children for a round with one new letter with two files."""
    name = make_name(TEN_LETTERS * (turn + 1))
    rng = random.Random(turn)
    studio = make_studio(rng, name)
    raw = EmailMessage(policy=SMTP)
    raw["From"], raw["Subject"], raw["Message-ID"] = f"gh@u{TEN_LETTERS * (turn + 1)}.example", f"{name}工会补充材料", f"<more-{turn}@growth.example>"
    raw.set_content(f"请查收。\n\n{name}工会")
    for title, payload in (("附件4.docx", basic_info_docx(studio)), ("附件2.docx", summary_docx("employee", make_head(rng, name), [make_row(rng, studio, 1)]))):
        raw.add_attachment(payload, maintype="application", subtype="octet-stream", filename=title)
    with office.books() as (ledger, vault):
        sha = keep(vault, bytes(raw))
        ledger.record_fetched([LetterRecord(sha256=sha, received_at=NOW - timedelta(hours=1), fetched_at=NOW, size=len(bytes(raw)), state="new")], [])
        return spent(lambda: after_fetching(office, ledger, vault))


def keep(vault: Vault, raw: bytes) -> str:
    """The letter's bytes, kept."""
    return vault.keep(raw)


def spent(work: object) -> tuple[float, float]:
    """CPU seconds here and in the children."""
    before, children = time.process_time(), _children()
    work()  # type: ignore[operator]
    return time.process_time() - before, _children() - children


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def status_seconds(folder: Path, name: str) -> float:
    """CPU seconds of `intake status --institution` from cold, the best of three."""
    took = []
    for _ in range(3):
        before = _children()
        subprocess.run([sys.executable, "-m", "service", "status", "--json", "--institution", name, "--now", NOW.isoformat(), "--config", str(folder / "intake.toml")],
                       check=True, capture_output=True)  # fmt: skip
        took.append(_children() - before)
    return min(took)


def opened(folder: Path) -> Office:
    """The office of these books, which waits for nobody."""
    return replace(open_office(folder / "intake.toml", NOW), pause=lambda _s: None)


def make_books(folder: Path, letters: int) -> None:
    """Books of so many letters in this folder, unless they are there already; settled under the rules of this program."""
    if not (folder / "whole").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        write_campaign(folder / "campaign", sum(1 for _ in counts(letters)))
        (folder / "intake.toml").write_text(f'campaign = "{folder}/campaign"\ndata = "{folder}/data"\n[scans]\npages_per_day = 0\n', encoding="utf-8")
        begun = time.perf_counter()
        fill(opened(folder), letters)
        print(f"  ({letters} 封：建账 {time.perf_counter() - begun:.0f} 秒)", file=sys.stderr)
        (folder / "whole").touch()
    office = opened(folder)
    with office.books() as (ledger, vault):
        for _ in range(2):
            after_fetching(office, ledger, vault)


def measure(letters: int, kept: Path) -> Figures:
    """All figures of one size; the books kept are left as they are, but for being settled."""
    folder = kept / str(letters)
    make_books(folder, letters)
    with tempfile.TemporaryDirectory(prefix="growth-") as place:
        shutil.copytree(folder / "data", Path(place) / "data")
        try:
            return _measured(folder, letters)
        finally:
            shutil.rmtree(folder / "data")
            shutil.copytree(Path(place) / "data", folder / "data")


def _measured(folder: Path, letters: int) -> Figures:
    office = opened(folder)
    size = (folder / "data" / "ledger.db").stat().st_size
    one_more(office, 0)  # the first letter of a process loads the templates
    more = [one_more(office, turn) for turn in range(1, REPEATS + 1)]
    with office.books() as (ledger, vault):
        after_fetching(office, ledger, vault)
        after_fetching(office, ledger, vault)
        idle = [spent(lambda: after_fetching(office, ledger, vault))[0] for _ in range(REPEATS)]
    status = status_seconds(folder, make_name(0))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    institutions = sum(1 for _ in counts(letters))
    return Figures(letters, institutions, _median([m[0] for m in more]), _median([m[1] for m in more]), _median(idle), status, size / 1024 / letters, memory)


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def draw(found: list[Figures], path: Path) -> None:
    """The curves: letters to the right (by tens), CPU seconds upwards."""
    width, height, left, top = 640, 320, 70, 30
    highest = max(0.6, *(f.one_more for f in found), *(f.status for f in found)) * 1.1
    xs = [left + (width - left - 150) * n / max(1, len(found) - 1) for n in range(len(found))]

    def y(value: float) -> float:
        return height - 40 - (height - 40 - top) * value / highest

    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
             f'<rect width="{width}" height="{height}" fill="white"/>', f'<text x="{left}" y="18">账上信件增多时，每一步用的处理器时间（秒）</text>']  # fmt: skip
    for part in range(5):
        value = highest * part / 4
        lines += [f'<line x1="{left}" x2="{xs[-1]:.0f}" y1="{y(value):.0f}" y2="{y(value):.0f}" stroke="#ddd"/>',
                  f'<text x="{left - 8}" y="{y(value) + 4:.0f}" text-anchor="end">{value:.2f}</text>']  # fmt: skip
    lines += [f'<text x="{x:.0f}" y="{height - 18}" text-anchor="middle">{f.letters} 封</text>' for x, f in zip(xs, found, strict=True)]
    for title, colour, values in (("多一封信", "#1f6fb2", [f.one_more for f in found]), ("空转一轮", "#2a8f4d", [f.idle for f in found]), ("查一所学校", "#b2561f", [f.status for f in found])):
        points = " ".join(f"{x:.0f},{y(v):.0f}" for x, v in zip(xs, values, strict=True))
        lines += [f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>',
                  f'<text x="{xs[-1] + 8:.0f}" y="{y(values[-1]) + 4:.0f}" fill="{colour}">{title} {values[-1]:.3f}</text>']  # fmt: skip
    path.write_text("\n".join([*lines, "</svg>", ""]), encoding="utf-8")


def main() -> None:
    """Print a line a size, and the picture when asked."""
    wishes = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    wishes.add_argument("letters", type=int, nargs="*", default=list(SIZES))
    wishes.add_argument("--picture", type=Path, help="draw the curves there")
    wishes.add_argument("--books", type=Path, help="keep the books there and use them the next time (those of 10 000 letters take long)")
    given = wishes.parse_args()
    picture, sizes, found = given.picture, given.letters, []
    with tempfile.TemporaryDirectory(prefix="growth-") as place:
        for letters in sizes:
            f = measure(letters, given.books or Path(place))
            found.append(f)
            print(json.dumps({name: round(getattr(f, name), 3) for name in Figures.__slots__}, ensure_ascii=False), flush=True)
    print(f"one more: {found[-1].one_more / found[0].one_more:.2f} x, idle: {found[-1].idle / found[0].idle:.2f} x from {sizes[0]} to {sizes[-1]} letters")
    if picture:
        draw(found, picture)


if __name__ == "__main__":
    main()
