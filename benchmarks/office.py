"""What staff wait for on big books: 64 institutions and 2 000 letters - the digest with its workbook, a decision, the matrix, and memory.

Run `python -m benchmarks.office [letters]`. CPU seconds; the service's own work is measured in this process, commands from cold.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from benchmarks.rebuild import fill
from config.load import DEFAULT_CAMPAIGN
from notifier.belt.staff import compose_digest
from service.office import open_office
from service.rounds import after_fetching

NOW = datetime.fromisoformat("2022-08-03T09:00:00+08:00")


def told(what: str, work: Callable[[], object]) -> None:
    """CPU seconds of one piece of work in this process."""
    begun = time.process_time()
    work()
    print(f"{what}: {time.process_time() - begun:.2f} s", flush=True)


def command(config: Path, *words: str) -> None:
    """CPU seconds of a command from cold, the best of three."""
    took = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "service", *words, "--now", NOW.isoformat(), "--config", str(config)], check=False, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    print(f"intake {' '.join(words[:2])}: {min(took):.2f} s", flush=True)


def main() -> None:
    """Print one line a figure."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    with tempfile.TemporaryDirectory(prefix="office-") as place:
        folder = Path(place)
        config = folder / "intake.toml"
        config.write_text(f'campaign = "{DEFAULT_CAMPAIGN}"\ndata = "{folder}/data"\n[scans]\npages_per_day = 0\n', encoding="utf-8")
        office = open_office(config, NOW)
        with office.books() as (ledger, vault):
            ledger._database.execute("PRAGMA synchronous=OFF")
            fill(ledger, vault, office.campaign, count)
            told("first round", lambda: after_fetching(office, ledger, vault))
            after_fetching(office, ledger, vault)
            told("idle round", lambda: after_fetching(office, ledger, vault))
            for _ in range(2):
                told("digest with workbook", lambda: compose_digest(ledger, office.campaign, office.settings, NOW, "manual"))
            told("all assessments", ledger.assessments)
            names = sorted({i.name for i in office.campaign.institutions})
            print(f"ledger: {(folder / 'data' / 'ledger.db').stat().st_size / 1024 / count:.1f} KB a letter")
        print(f"memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
        command(config, "status", "--json", "--institution", names[0])
        command(config, "decide", "note", names[0], "--reason", "试")


if __name__ == "__main__":
    main()
