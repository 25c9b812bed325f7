"""How fast the desk answers on large books while the belt works: 64 institutions, 2 000 letters (by default fewer; give the number).

usage: python -m benchmarks.desk [LETTERS [FOLDER]]     (2000 takes several minutes to make; LETTERS=300 shows the shape)

The books are made in FOLDER and kept there; books found in it are used again. Prints the median and the slowest server time of every kind of page over a real socket, its weight, and how long a click takes. The desk runs
in this process as in `intake run`; a second thread assesses in a loop, which is more than a real belt ever does.
"""

from __future__ import annotations

import http.client
import os
import re
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import quote, urlencode

from benchmarks.rebuild import NOW, fill
from config.load import DEFAULT_CAMPAIGN, load_campaign
from config.settings import DeskSettings, Settings
from intake.belt import assess_letters
from intake.books.ledger import Ledger
from intake.books.vault import Vault
from notifier.belt.todo import write_todo
from service.desk.door.login import hash_password
from service.desk.door.premises import Premises
from service.desk.door.store import Person, Store
from service.desk.server import opened_desk
from service.office import Office
from tests.live.dovecot import free_port

PASSWORD = "benchmark-password"
TIMES = 20


def make_books(folder: Path, letters: int) -> Office:
    """The generator's campaign on the shipped roster, registered, assessed, with its lists."""
    campaign = load_campaign(DEFAULT_CAMPAIGN)
    settings = Settings(campaign=DEFAULT_CAMPAIGN, data=folder, mode="approve", desk=DeskSettings(port=free_port()))
    office = Office(settings, campaign, lambda: NOW)
    if (folder / "ledger.db").exists():
        return office
    folder.mkdir(parents=True, exist_ok=True)
    with Ledger.open(folder / "ledger.db") as ledger, Vault.open(folder / "vault.db") as vault:
        fill(ledger, vault, campaign, letters)
        begun = time.perf_counter()
        assess_letters(ledger, campaign, NOW)
        print(f"{len(ledger.letters())} letters, {len(ledger.assessments())} institutions; one full assessment {time.perf_counter() - begun:.1f} s")
        write_todo(ledger, campaign, settings, NOW)
    with Store.open(folder / "desk.db") as store:
        store.keep_person(Person("郝老师", "", "staff", hash_password(PASSWORD)), 1.0)
    return office


class Browser:
    """One connection, kept open as a browser keeps it."""

    def __init__(self, address: str) -> None:
        self.line = http.client.HTTPConnection(address.removeprefix("http://").rstrip("/"), timeout=60)
        self.cookie = ""

    def ask(self, method: str, path: str, **fields: str) -> tuple[int, str, float, float, int, float]:
        """Status, body, server milliseconds, whole milliseconds, bytes, milliseconds of CPU the request itself took."""
        begun = time.perf_counter()
        head = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        self.line.request(method, path, urlencode(fields) if fields else None, head)
        answer = self.line.getresponse()
        payload = answer.read()
        if set_cookie := answer.headers.get("Set-Cookie"):
            self.cookie = set_cookie.partition(";")[0]
        served, own = (float(n) for n in re.findall(r"dur=([0-9.]+)", answer.headers.get("Server-Timing") or "dur=0 dur=0"))
        return answer.status, payload.decode("utf-8", "replace"), served, (time.perf_counter() - begun) * 1000, len(payload), own


def measure(browser: Browser, name: str, path: str, most: float) -> bool:
    """One line of figures; False when the median is over what was promised."""
    found = [browser.ask("GET", path) for _ in range(TIMES)]
    served = [f[2] for f in found]
    median, weight = statistics.median(served), found[-1][4]
    own = statistics.median(f[5] for f in found)
    print(f"  {name:<10} median {median:7.1f} ms   of it CPU {own:6.1f} ms   slowest {max(served):7.1f} ms   {weight / 1024:6.1f} KB   (at most {most:.0f} ms)")
    return median <= most and weight < 200_000 and found[-1][0] == 200


def measure_click(browser: Browser, institution: str) -> None:
    """A decision from its form to the answer."""
    token = unescape(re.search(r'name="csrf" value="([^"]+)"', browser.ask("GET", "/system")[1])[1])  # type: ignore[index]
    took = [browser.ask("POST", "/decide", csrf=token, kind="note", institution=institution, reason=f"第 {n} 次", back="/")[3] for n in range(TIMES)]
    print(f"  {'click':<10} median {statistics.median(took):7.1f} ms   slowest {max(took):7.1f} ms   (at most 300 ms)")


def belt(office: Office, stop: threading.Event) -> None:
    """The belt, at work without a pause."""
    with Ledger.open(office.ledger_path) as ledger:
        while not stop.is_set():
            ledger.note_health("assessed_by_rules", "")  # so that everything is assessed anew
            assess_letters(ledger, office.campaign, NOW)


def main() -> None:
    """Make the books and measure, idle and busy."""
    letters = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    with tempfile.TemporaryDirectory() as name:
        folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(name)
        office = make_books(folder, letters)
        with Ledger.open(office.ledger_path) as ledger:
            busiest = max(ledger.glances().values(), key=lambda g: g.letters).institution
            file = next(v.attachment for s in ledger.assessments([busiest])[busiest].submission.studios for m in s.materials.values() for v in m.versions)
        pages = [
            ("今日", "/", 20.0), ("台账", "/ledger", 20.0), ("台账查", "/ledger?q=sydx", 20.0), ("来信", "/letters", 20.0), ("待发", "/outbox", 20.0),
            ("进度", "/progress", 20.0), ("决定记录", "/decisions", 20.0), ("单位", f"/unit/{quote(busiest)}", 100.0), ("文件", f"/file/{file}", 100.0),
        ]  # fmt: skip
        with opened_desk(Premises(None, opened=lambda: replace(office))) as address:
            browser = Browser(address)
            browser.ask("POST", "/login", name="郝老师", password=PASSWORD)
            stop = threading.Event()
            for busy in (False, True):
                print(f"{'the belt working' if busy else 'idle'} (load of the machine {os.getloadavg()[0]:.1f})")
                thread = threading.Thread(target=belt, args=(office, stop), daemon=True)
                if busy:
                    thread.start()
                kept = [measure(browser, *page) for page in pages]
                measure_click(browser, busiest)
                print(f"  {sum(kept)} of {len(kept)} within what was promised")
            stop.set()


if __name__ == "__main__":
    main()
