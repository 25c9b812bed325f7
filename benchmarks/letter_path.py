"""The way of a letter beside its floor and peers: opening, a backlog through the children, commits, and how long a command takes to start.

usage: python -m benchmarks.letter_path [opening | bulk | start]      all of them without a word
CPU seconds of this process and its children where not said otherwise, best of several in turns; the machine may be busy meanwhile.
"""

from __future__ import annotations

import io
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import mailparser

from benchmarks.growth import make_name, write_campaign
from benchmarks.letters import ordinary_letter
from benchmarks.performance_row import Row
from intake.books.ledger import Ledger
from intake.books.vault import Vault
from intake.opening.open_letter import raw_to_message
from intake.reading import Engine, Outcome, Task, make_engine
from intake.records import LetterRecord
from service.office import Office, open_office
from service.rounds import after_fetching
from tests.generator.demo_letters import story
from tests.generator.documents import basic_info_docx, member_list_docx, narrative_docx, summary_docx, summary_xlsx
from tests.generator.people import make_head, make_row, make_studio
from tests.letters import plain_letter

NOW = datetime.fromisoformat("2022-07-31T10:07:00+08:00")
BULK = 24
CHILDREN = 2
TURNS = 5


def small_letter(number: int) -> bytes:
    """A letter without a file, as a question is."""
    return plain_letter(number, filling=1500)


def best(work: Callable[[], object], times: int = TURNS) -> float:
    """CPU seconds of this process, the best of several."""
    found = []
    for _ in range(times):
        before = time.process_time()
        work()
        found.append(time.process_time() - before)
    return min(found)


def opening_rows() -> list[Row]:
    """Opening beside mail-parser: letters with two files, the demo's letters, and questions of two kilobytes without a file."""
    kinds = {
        "a letter of 151 KB with two files": ([ordinary_letter(n) for n in range(60)], ""),
        "the demo's letters": ([told.raw for told in story()] * 4, ""),
        "a question of 1.6 KB without a file": ([small_letter(n) for n in range(200)], "on so small a letter mail-parser splits the head and no more; ours also tells who wrote, what is new in it and what is wanted; "),
    }  # fmt: skip
    rows = []
    for what, (made, why) in kinds.items():
        taken: dict[str, list[float]] = {"theirs": [], "ours": []}
        for _ in range(TURNS):
            taken["theirs"].append(best(lambda made=made: [mailparser.parse_from_bytes(raw) for raw in made], 1))  # type: ignore[misc]
            taken["ours"].append(best(lambda made=made: [raw_to_message(raw) for raw in made], 1))  # type: ignore[misc]
        theirs, ours = (1000 * min(taken[who]) / len(made) for who in ("theirs", "ours"))
        note = f"{why}CPU, best of {TURNS} in turns; {sum(map(len, made)) / len(made) / 1000:.0f} KB each; ours also judges robots, links, forms and every container"
        rows.append(Row("拆信", what, ours, "ms", None, {"mail-parser": theirs}, "<= 0.7 x mail-parser", ours <= 0.7 * theirs, note))
    return rows


def letter_with_eight_files(number: int) -> bytes:
    """About 40 KB: 附件2 as table and workbook, three studios' 附件4, two essays, a list of members; all of it invented."""
    rng = random.Random(number)
    name = make_name(number)
    studios = [make_studio(rng, name) for _ in range(3)]
    rows, head = [make_row(rng, studio, place) for place, studio in enumerate(studios, 1)], make_head(rng, name)
    files = {"附件2汇总表.docx": summary_docx("employee", head, rows), "附件2汇总表.xlsx": summary_xlsx("employee", head, rows)}
    files |= {f"附件4-{place}.docx": basic_info_docx(studio) for place, studio in enumerate(studios, 1)}
    files |= {f"申报材料-{place}.docx": narrative_docx(studio["studio"], studio["leader.name"], 1500, seed=10 * number + place) for place, studio in enumerate(studios[:2], 1)}
    files["成员名单.docx"] = member_list_docx(studios[2]["studio"], studios[2]["leader.name"], studios[2]["members"])
    letter = EmailMessage(policy=SMTP)
    letter["From"], letter["Subject"], letter["Message-ID"] = f"gh@u{number}.example", f"{name}工会报送材料", f"<bulk-{number}@u{number}.example>"
    letter["Date"] = "Thu, 28 Jul 2022 10:00:00 +0800"
    letter.set_content(f"请查收。\n\n{name}工会")
    for title, payload in files.items():
        letter.add_attachment(deflated(payload), maintype="application", subtype="octet-stream", filename=title)
    return bytes(letter)


def deflated(package: bytes) -> bytes:
    """The same package as an office program would pack it (the generator's are stored)."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return packed.getvalue()


def office_in(folder: Path, institutions: int) -> Office:
    """An office of invented institutions with empty books."""
    write_campaign(folder / "campaign", institutions)
    (folder / "intake.toml").write_text(f'campaign = "{folder}/campaign"\ndata = "{folder}/data"\n[scans]\npages_per_day = 0\n', encoding="utf-8")
    return replace(open_office(folder / "intake.toml", NOW), pause=lambda _s: None)


def register(raws: list[bytes], ledger: Ledger, vault: Vault) -> None:
    """Letters kept and recorded, as fetching leaves them."""
    shas = vault.keep_all(raws)
    ledger.record_fetched(
        [
            LetterRecord(sha256=sha, received_at=NOW - timedelta(days=2, minutes=-place), fetched_at=NOW, size=len(raw), state="new")
            for place, (sha, raw) in enumerate(zip(shas, raws, strict=True))
        ],
        [],
    )


def bulk_rows() -> list[Row]:
    """A backlog of letters with eight files: milliseconds of processor a letter, commits, and how busy two children keep the cores."""
    raws = [letter_with_eight_files(number) for number in range(BULK)]
    commits: list[str] = []
    with Watched(make_engine(CHILDREN)) as engine:
        mine, theirs, wall = _take_through(raws, engine)
        row = engine.row()
    with Watched(make_engine(CHILDREN)) as other:
        _take_through(raws, other, commits)
    each = mine + theirs
    size = sum(map(len, raws)) / BULK / 1000
    return [
        Row("一封信全程", f"a letter of {size:.0f} KB with eight files, in a backlog of {BULK}", each, "ms", None, {}, "<= 45 ms", each <= 45,
            f"CPU: {mine:.0f} here, {theirs:.0f} in the children; {wall:.0f} ms wall; {len(commits) / (BULK - 2):.2f} commits a letter"),
        row,
    ]  # fmt: skip


def _take_through(raws: list[bytes], engine: Watched, commits: list[str] | None = None) -> tuple[float, float, float]:
    """These letters through an office of their own, the first two beforehand so that templates, children and readers are loaded: milliseconds
    a letter of processor here and in the children, and by the wall. Commits are counted in another run than the one that is timed: to tell of
    a statement SQLite spells all its values out."""
    with tempfile.TemporaryDirectory() as place:
        office = office_in(Path(place), BULK)
        with office.books() as (ledger, vault):
            register(raws[:2], ledger, vault)
            after_fetching(office, ledger, vault, engine=engine)
            register(raws[2:], ledger, vault)
            if commits is not None:
                count_commits(ledger, commits)
            engine.forget()
            before, wall = _spent(), time.perf_counter()
            after_fetching(office, ledger, vault, engine=engine)
            wall, after = time.perf_counter() - wall, _spent()
    mine, theirs = (1000 * (end - begin) / (len(raws) - 2) for begin, end in zip(before, after, strict=True))
    return mine, theirs, 1000 * wall / (len(raws) - 2)


class Watched(Engine):
    """An engine watched at its work: how much of the time its children had something to do, whether a core was free for them or not."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self._wall, self._asked, self._cores = 0.0, Counter[int](), Counter[str]()

    def run(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Outcome]]:
        """The same outcomes, counted from the first question to the last answer."""
        asked, cores, began = _asked(), _cores(), time.perf_counter()
        yield from self._engine.run(tasks)
        self._wall += time.perf_counter() - began
        self._asked += _asked() - asked
        self._cores += _cores() - cores

    def close(self) -> None:
        """Let the children go."""
        self._engine.close()

    def __enter__(self) -> Watched:
        return self

    def row(self) -> Row:
        """The share of the time while a backlog is opened and read in which the children had work (the mean of them)."""
        share = sum(nanoseconds for _, nanoseconds in self._asked.most_common(CHILDREN)) / 1e9 / self._wall / CHILDREN
        idle = self._cores["idle"] / self._cores.total()
        note = f"running or waiting for a core, by the scheduler's account; meanwhile the machine's cores stood idle {100 * idle:.0f} % of the time, others' work included"
        return Row("一封信全程", "two children while a backlog is opened and read: have work", 100 * share, "%", None, {}, ">= 90 %", share >= 0.9, note)


def _asked() -> Counter[int]:
    """Nanoseconds that each process below this one ran or waited for a core (schedstat of proc(5))."""
    return Counter({process: sum(map(int, Path(f"/proc/{process}/schedstat").read_text().split()[:2])) for process in _below()})


def _cores() -> Counter[str]:
    """Ticks of all cores, idle or not."""
    ticks = list(map(int, Path("/proc/stat").read_text().splitlines()[0].split()[1:9]))
    return Counter(idle=ticks[3] + ticks[4], busy=sum(ticks) - ticks[3] - ticks[4])


def count_commits(ledger: Ledger, commits: list[str]) -> None:
    """Every transaction of the ledger from now on, as SQLite is told of it."""
    ledger._database.conn.set_trace_callback(lambda said: commits.append(said) if said.upper().startswith("COMMIT") else None)


def _spent() -> tuple[float, float]:
    """CPU seconds here, and in the children, gone or living."""
    ticks = os.sysconf("SC_CLK_TCK")
    stats = (Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split() for process in _below())
    children = sum(int(fields[11]) + int(fields[12]) for fields in stats) / ticks
    gone = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time(), children + gone.ru_utime + gone.ru_stime


def _below() -> list[int]:
    """The living processes that descend from this one."""
    return [int(process.name) for process in Path("/proc").iterdir() if process.name.isdigit() and _is_below(int(process.name))]


def _is_below(process: int) -> bool:
    """True for a living process that descends from this one."""
    while process > 1:
        try:
            process = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            return False
        if process == os.getpid():
            return True
    return False


def start_rows() -> list[Row]:
    """How long `--help` and `status` take from cold, beside an interpreter that does nothing."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        office = office_in(folder, 64)
        with office.books() as (ledger, vault):
            register([letter_with_eight_files(number) for number in range(64)], ledger, vault)
            after_fetching(office, ledger, vault)
        commands = {
            "python": [sys.executable, "-c", "pass"],
            "--help": [sys.executable, "-m", "service", "--help"],
            "status": [sys.executable, "-m", "service", "status", "--config", str(folder / "intake.toml"), "--now", NOW.isoformat()],
        }
        taken: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(4 * TURNS):
            for name, command in commands.items():
                taken[name].append(_cold(command))
    floor, helped, status = (min(taken[name]) for name in commands)
    return [
        Row("冷启动", "intake --help", 1000 * helped, "ms", 1000 * floor, {}, "<= 8 x python -c pass", helped <= 8 * floor, "CPU, best of 20 in turns"),
        Row("冷启动", "intake status, 64 institutions", 1000 * status, "ms", 1000 * floor, {}, "<= 15 x python -c pass", status <= 15 * floor, "CPU, best of 20 in turns"),
    ]  # fmt: skip


def _cold(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True, cwd=Path(__file__).parent.parent)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


PARTS = {"opening": opening_rows, "bulk": bulk_rows, "start": start_rows}


def rows() -> list[Row]:
    """Everything about the way of a letter."""
    return [row for part in PARTS.values() for row in part()]


def main(*parts: str) -> int:
    """Print the rows; 1 when a target is missed."""
    found = [row for part in parts or PARTS for row in PARTS[part]()]
    for row in found:
        print(row.line())
    return 0 if all(row.met for row in found) else 1


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
