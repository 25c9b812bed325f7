"""The desk on a copy of one played campaign, with a browser of each kind of person."""

from __future__ import annotations

import re
import shutil
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from intake.books.ledger import Ledger
from service.desk.app import make_desk
from service.desk.door.here import Desk
from service.desk.door.premises import Premises
from service.desk.tend import one_round
from service.office import Office
from tests.unit.service.desk.campaign import NOW, OVER, PASSWORD, build


@dataclass
class Clock:
    """A clock of seconds that a test may move."""

    now: float = 1_000_000.0

    def __call__(self) -> float:
        """The second it is."""
        return self.now


@dataclass
class House:
    """The desk under test: its folder, its application, its clock."""

    folder: Path
    app: Flask
    desk: Desk
    clock: Clock

    @property
    def office(self) -> Office:
        """The office as decided."""
        return self.desk.premises.office()

    def ledger(self) -> Ledger:
        """The books."""
        return Ledger.open(self.office.ledger_path)

    def work(self) -> None:
        """One round of the belt."""
        one_round(self.office)
        self.desk.bell.rung.clear()

    def browser(self, name: str = "郝老师") -> Browser:
        """Somebody logged in."""
        found = Browser(self.app.test_client())
        answer = found.client.post("/login", data={"name": name, "password": PASSWORD})
        assert answer.status_code == 302
        return found


@dataclass
class Browser:
    """A person at a browser: pages as text, forms with their hidden values."""

    client: FlaskClient
    last: str = field(default="")

    def get(self, path: str, code: int = 200) -> str:
        """A page's text."""
        answer = self.client.get(path)
        assert answer.status_code == code, answer.get_data(as_text=True)[:2000]
        self.last = answer.get_data(as_text=True)
        return self.last

    def token(self) -> str:
        """This log-in's token."""
        return re.search(r'name="csrf" value="([^"]+)"', self.get("/"))[1]  # type: ignore[index]

    def seen(self, page: str, kind: str, **fixed: str) -> str:
        """The mark in the form of a decision on a page."""
        for form in re.findall(r"<form.*?</form>", self.get(page), re.S):
            if f'name="kind" value="{kind}"' in form and all(f'value="{v}"' in unescape(form) for v in fixed.values()):
                return unescape(re.search(r'name="seen" value="([^"]*)"', form)[1])  # type: ignore[index]
        raise AssertionError(f"no form of {kind} on {page}")

    def post(self, path: str, **fields: Any) -> TestResponse:
        """Send a form."""
        return self.client.post(path, data={"csrf": self.token(), **fields})

    def decide(self, kind: str, institution: str = "", **fields: Any) -> TestResponse:
        """Send a decision's form."""
        return self.post("/decide", kind=kind, institution=institution, **fields)


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The campaign, played once."""
    folder = tmp_path_factory.mktemp("campaign") / "office"
    build(folder)
    return folder


def house_in(folder: Path, now: datetime | None = NOW) -> House:
    """A desk over a folder."""
    clock = Clock()
    desk = Desk(Premises(folder / "intake.toml", now), code="12345678", clock=clock)
    return House(folder, make_desk(desk), desk, clock)


PAGES = (
    "/", "/ledger", "/paper", "/letters", "/outbox", "/progress", "/decisions", "/system", "/setup", "/setup?step=campaign",
    "/setup?step=roster", "/setup?step=mode", "/setup?step=start", "/setup?step=people", "/deadline", "/export", "/import", f"/unit/{OVER}",
)  # fmt: skip
SECRET = "QWERTYUIOPASDFGH"


def crawl(browser: Browser, most: int = 260, begin: Sequence[str] = PAGES) -> dict[str, str]:
    """Every page reachable by links, by address; pictures and downloads are opened and left."""
    found: dict[str, str] = {}
    waiting = deque(begin)
    while waiting and len(found) < most:
        path = waiting.popleft()
        if path in found or "all.zip" in path:
            continue
        answer = browser.client.get(path)
        assert answer.status_code in (200, 302), f"{path}: {answer.status_code}"
        found[path] = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
        links = [unescape(link).partition("#")[0] for link in re.findall(r'(?:href|src)="(/[^"]*)"', found[path])]
        waiting.extend(link for link in links if link not in found and "/static/" not in link)
    return found


@pytest.fixture(scope="session")
def house_crawled(played: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A desk that is only looked at, once for all tests that look; its mailbox has a 授权码."""
    folder = tmp_path_factory.mktemp("looked-at") / "office"
    shutil.copytree(played, folder)
    settings = folder / "intake.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + 'secret_file = "secret.txt"\n', encoding="utf-8")
    (folder / "secret.txt").write_text(f"{SECRET}\n", encoding="utf-8")
    (folder / "secret.txt").chmod(0o600)
    found = house_in(folder)
    yield found
    found.desk.artist.close()


@pytest.fixture(scope="session")
def crawled(house_crawled: House) -> dict[str, str]:
    """Everything a person can reach."""
    return crawl(house_crawled.browser())


@pytest.fixture
def house(played: Path, tmp_path: Path) -> Iterator[House]:
    """The desk on a fresh copy."""
    shutil.copytree(played, tmp_path / "office")
    found = house_in(tmp_path / "office")
    yield found
    found.desk.artist.close()


@pytest.fixture
def hao(house: House) -> Browser:
    """郝老师, logged in."""
    return house.browser()
