"""The staff's day on the desk in a real browser: at the office PC's size, on a phone, and without a script; read by axe, by keyboard, and on paper.

Needs the extra `browser` (the driver alone) and a Chromium of this machine; skipped by name where either is missing. With the environment
variable DESK_PICTURES set to a folder, the pages are kept there as pictures.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from intake.books import DECISION, INSTITUTION, LETTER, TODO
from intake.decisions import decisions_in_force
from service.desk.door.here import Bell
from service.desk.door.premises import Premises
from service.desk.server import opened_desk
from service.desk.tend import tended
from service.office import Office, open_office
from tests.live.dovecot import free_port
from tests.unit.service.desk.campaign import ASKING, COMPLETE, NOW, OVER, PASSWORD, SCANNED, UNSURE, UPDATED, build

sync_api = pytest.importorskip("playwright.sync_api", reason="the extra `browser` (playwright) is not installed")
CHROMIUM = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
pytestmark = [pytest.mark.live, pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")]
HERE = Path(__file__).parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run", "--mute-audio"]
SIZES = {"desktop": (1366, 768), "phone": (390, 844)}
KINDS = {"desktop": {}, "phone": {"has_touch": True, "is_mobile": True}, "no-script": {"java_script_enabled": False}}
PICTURES = os.environ.get("DESK_PICTURES", "")


@dataclass
class Day:
    """A desk over one played campaign, and a page of a browser on it."""

    url: str
    office: Office
    page: Any
    kind: str

    def go(self, path: str) -> None:
        """Open a page and keep its picture when asked for."""
        answer = self.page.goto(self.url.rstrip("/") + path)
        assert answer is not None
        assert answer.ok, path
        self.keep(path.strip("/").split("?")[0].split("/")[0] or "today")
        assert self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 1 if self.kind != "no-script" else True, path

    def keep(self, name: str) -> None:
        """A picture for a person to look at."""
        if PICTURES:
            Path(PICTURES).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=f"{PICTURES}/{self.kind}-{name}.png", full_page=True)

    def card(self, label: str, words: str = "") -> Any:
        """The card of a matter on 今日."""
        return self.page.locator(".card", has=self.page.locator(".tag", has_text=label)).filter(has_text=words).first

    def settled(self) -> None:
        """Wait until the belt has worked: the page says so no more."""
        for _ in range(120):
            with contextlib.suppress(sync_api.Error):  # the page refreshes by itself meanwhile
                if "正在重新核对" not in self.page.content():
                    return
            self.page.wait_for_timeout(500)
        raise AssertionError("the belt never came")

    def quiet(self) -> None:
        """Wait until the belt has nothing to do: a page opened while it works is another one a moment later, and what is clicked there is refused."""
        with self.office.books() as (ledger, _):
            for _ in range(240):
                if not ledger.has_work(LETTER, DECISION, INSTITUTION, TODO):
                    return
                self.page.wait_for_timeout(250)
        raise AssertionError("the belt never came to rest")

    def kinds(self) -> list[str]:
        """The decisions in force, by kind."""
        with self.office.books() as (ledger, _):
            return [d.kind for d in decisions_in_force(ledger.decisions())]

    def log_in(self, name: str = "郝老师") -> None:
        """Name and password."""
        self.page.goto(self.url)
        self.page.fill("#name", name)
        self.page.fill("#password", PASSWORD)
        self.page.get_by_role("button", name="登录").click()
        self.page.wait_for_selector("nav.menu")


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The campaign, played once."""
    folder = tmp_path_factory.mktemp("desk-campaign") / "office"
    build(folder)
    return folder


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for the run."""
    with sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def ticking(folder: Path, port: int) -> Office:
    """The office whose clock goes on from the campaign's moment: a decision is later than the assessment before it."""
    office, started = open_office(folder / "intake.toml", NOW), monotonic()
    return replace(
        office,
        clock=lambda: NOW + timedelta(seconds=monotonic() - started),
        settings=replace(office.settings, desk=replace(office.settings.desk, port=port)),
    )


@pytest.fixture
def house(played: Path, tmp_path: Path) -> Iterator[tuple[str, Office]]:
    """The desk open on a fresh copy, with the belt tended."""
    shutil.copytree(played, tmp_path / "office")
    port = free_port()
    office = ticking(tmp_path / "office", port)
    premises, bell = Premises(tmp_path / "office" / "intake.toml", opened=lambda: office), Bell()
    with opened_desk(premises, bell) as address, tended(bell, premises.office):
        yield address, office


@pytest.fixture(params=list(KINDS))
def day(request: pytest.FixtureRequest, chromium: Any, house: tuple[str, Office]) -> Iterator[Day]:
    """The day at one size."""
    width, height = SIZES.get(request.param, SIZES["desktop"])
    context = chromium.new_context(viewport={"width": width, "height": height}, locale="zh-CN", accept_downloads=True, **KINDS[request.param])
    page = context.new_page()
    page.set_default_timeout(15_000)
    wrong: list[str] = []
    page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda asked: wrong.append(asked.url) if not asked.url.startswith(house[0]) else None)
    yield Day(house[0], house[1], page, request.param)
    assert wrong == []  # no dialog, no script error, no request to anybody else
    context.close()


def test_the_staffs_day(day: Day) -> None:
    """Claim, approve and take back, paper for three, place a scan, choose a version, close a question, replay, extend, confirm the roster, export, leave."""
    day.log_in()
    claim_a_stranger(day)
    approve_and_take_back(day)
    register_paper(day)
    place_a_scan(day)
    choose_a_version(day)
    close_a_question(day)
    replay_a_letter(day)
    move_the_deadline(day)
    confirm_the_roster(day)
    export(day)
    leave(day)


def claim_a_stranger(day: Day) -> None:
    """A letter nobody could place, claimed from its card, then gone from the day."""
    day.go("/")
    card = day.card("归属")
    card.locator("select").first.select_option(SCANNED)
    card.locator("button", has_text="认领").click()
    assert "已记下第 1 号决定" in day.page.inner_text("#done")
    day.keep("today-decided")
    day.settled()
    assert day.card("归属").count() == 0


def approve_and_take_back(day: Day) -> None:
    """The quota letter read, approved, and called back within its five minutes."""
    day.go("/")
    day.card("待审", OVER).locator("text=看全文").click()
    day.keep("letter-of-ours")
    day.page.click("text=批准发出")
    assert "发出 1 封" in day.page.inner_text("#done")
    day.page.locator("#done button").click()
    assert "先不发" in day.page.inner_text("#done")
    with day.office.books() as (ledger, _):
        assert [r.state for r in ledger.outbox(raw=False) if r.kind == "approved" and r.state != "dropped"] == ["held"]


def register_paper(day: Day) -> None:
    """Paper for three schools, one after the other; found by initials."""
    for initials, name in (("bhlg", COMPLETE), ("blsf", UPDATED), ("nqgy", OVER)):
        day.go(f"/paper?q={initials}")
        row = day.page.locator("ul.lines > li", has=day.page.get_by_role("link", name=name, exact=True))
        row.locator("button", has_text="登记纸质").click()
        assert "2 份，已盖章" in day.page.inner_text("#done")
    assert day.kinds().count("paper") == 3


def place_a_scan(day: Day) -> None:
    """A scan looked at beside its form, and told what it is."""
    day.quiet()
    day.go(f"/unit/{UNSURE}")
    day.keep("unit")
    day.page.locator("#unread + ul a").first.click()
    picture = day.page.locator("img.sheet-picture").first
    while not picture.evaluate("picture => picture.complete"):
        day.page.wait_for_timeout(200)
    assert picture.evaluate("picture => picture.naturalWidth") == 900
    day.keep("file")
    if not day.page.locator("text=这是什么材料 >> visible=true").count() or not day.page.locator("select[name=material]").first.is_visible():
        day.page.locator("summary", has_text="这是什么材料").click()
    form = day.page.locator("form.ask", has=day.page.locator("input[value=material]"))
    form.locator("select[name=material]").select_option("基本情况表")
    form.locator("input[name=new_studio]").fill("孙立职工创新工作室")
    form.locator("button").click()
    assert "已记下" in day.page.inner_text("#done")
    assert "material" in day.kinds()


def choose_a_version(day: Day) -> None:
    """Both versions stand there with their times; the on-time one stays."""
    day.quiet()
    day.go("/")
    day.card("版本").locator("button", has_text="仍用").click()
    assert "已记下" in day.page.inner_text("#done")
    day.settled()
    assert day.card("版本").count() == 0


def close_a_question(day: Day) -> None:
    """A question answered from the webmail is closed with a word."""
    day.go("/")
    card = day.card("咨询")
    card.locator("input[name=reason]").fill("已用网页邮箱答复")
    card.locator("button", has_text="已答复").click()
    day.settled()
    assert day.card("咨询").count() == 0
    day.go(f"/unit/{ASKING}")
    assert "已用网页邮箱答复" in day.page.content()


def replay_a_letter(day: Day) -> None:
    """A quarantined letter tried again and registered."""
    day.go("/letters?kind=quarantined")
    day.page.locator("tbody a").first.click()
    day.keep("quarantined")
    day.page.get_by_role("button", name="重试").click()
    assert "已排入重试" in day.page.inner_text("#done")
    for _ in range(40):
        day.page.goto(f"{day.url}letters?kind=quarantined")
        if "这里没有信" in day.page.content():
            return
        day.page.wait_for_timeout(500)
    raise AssertionError("the letter stayed in quarantine")


def move_the_deadline(day: Day) -> None:
    """Who is concerned stands there before anybody confirms."""
    day.go("/deadline?at=2022-08-10T17:30")
    assert UPDATED in day.page.content()
    day.page.fill("#why", "疫情影响")
    day.page.locator("button", has_text="确认改为").click()
    assert "8月10日 17:30" in day.page.inner_text("#done")
    assert "deadline" in day.kinds()


def confirm_the_roster(day: Day) -> None:
    """A tick and its class."""
    day.go("/setup?step=roster")
    day.page.get_by_label(f"确认{UNSURE}").check()
    day.page.click("text=留在这里")
    assert "全部确认过了" in day.page.content()


def export(day: Day) -> None:
    """The ledger and the whole folder as files."""
    day.go("/export")
    for words, ending in (("台账", ".xlsx"), ("合并汇总表", ".xlsx"), ("全部材料", ".zip")):
        with day.page.expect_download() as got:
            day.page.locator("a.button", has_text=words).click()
        assert got.value.suggested_filename.endswith(ending)


def leave(day: Day) -> None:
    """Out, and nothing is shown any more."""
    day.page.goto(day.url)
    day.page.get_by_role("button", name="退出").click()
    assert "登录收件台" in day.page.content()
    day.page.goto(f"{day.url}ledger")
    assert "登录收件台" in day.page.content()


READ = ("/", "/ledger", "/letters", "/outbox", f"/unit/{OVER}", f"/unit/{UPDATED}", "/progress", "/decisions", "/system",
        "/deadline?at=2022-08-10T17:30", "/setup?step=mailbox", "/setup?step=campaign", "/setup?step=roster", "/setup?step=mode", "/setup?step=start", "/export", "/import", "/paper")  # fmt: skip


@pytest.mark.parametrize("size", list(SIZES))
def test_axe_finds_nothing_serious_on_any_page(chromium: Any, house: tuple[str, Office], size: str) -> None:
    """The rules of WCAG 2 A and AA at both sizes; our policy stays as strict as it is and is passed over in the test alone."""
    width, height = SIZES[size]
    context = chromium.new_context(viewport={"width": width, "height": height}, locale="zh-CN", bypass_csp=True)
    day = Day(house[0], house[1], context.new_page(), "axe")
    day.page.goto(day.url)
    found = {"/login": serious(day)}
    day.log_in()
    with day.office.books() as (ledger, _):
        letter = next(x.sha256 for x in ledger.letter_lines() if "script" in x.subject)
        ours = next(row.key for row in ledger.outbox(raw=False) if row.key.startswith("LN2022-0002-"))
        unread = ledger.assessment(UNSURE).submission.unread[0].attachment  # type: ignore[union-attr]
        form = next(v.attachment for s in ledger.assessment(UPDATED).submission.studios for m in s.materials.values() for v in m.versions)  # type: ignore[union-attr]
    for path in (*READ, f"/outbox/{ours}", f"/letter/{letter}", f"/file/{unread}", f"/file/{form}"):
        day.page.goto(day.url.rstrip("/") + path)
        found[path] = serious(day)
    context.close()
    assert {path: rules for path, rules in found.items() if rules} == {}


def serious(day: Day) -> list[str]:
    """The rules a page breaks that keep somebody out, with the first place of each."""
    day.page.add_script_tag(path=str(HERE / "axe" / "axe.min.js"))
    result = day.page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']})")
    return [json.dumps([v["id"], v["nodes"][0]["html"][:160]], ensure_ascii=False) for v in result["violations"] if v["impact"] in ("serious", "critical")]


def test_the_keyboard_alone_is_enough(chromium: Any, house: tuple[str, Office]) -> None:
    """Log in, skip to the text, reach the first card's form, claim, take back: no mouse; focus is always seen."""
    page = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN").new_page()
    page.goto(house[0])
    reach(page, "#name")
    page.keyboard.type("郝老师")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("nav.menu")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    reach(page, ".card select[name=institution]")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"
    while page.evaluate("document.activeElement.value") != SCANNED:
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    reach(page, ".card button")
    page.keyboard.press("Enter")
    page.wait_for_selector("#done")
    reach(page, "#done button")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=已收回，账上两条都留着")
    assert Day(house[0], house[1], page, "keys").kinds() == []
    page.context.close()


def reach(page: Any, selector: str) -> None:
    """Tab until this has the focus."""
    for _ in range(120):
        with contextlib.suppress(sync_api.Error):  # a page that says it is being checked refreshes by itself
            if page.evaluate("s => document.activeElement && document.activeElement.matches(s)", selector):
                return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard never reached {selector}")


def test_prints_leave_out_what_is_for_the_screen(chromium: Any, house: tuple[str, Office]) -> None:
    """台账, 单位 and a letter on paper: no menu, form or button; the table's head is repeated; a PDF comes out."""
    day = Day(house[0], house[1], chromium.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN").new_page(), "print")
    day.log_in()
    with day.office.books() as (ledger, _):
        letter = ledger.letter_lines()[1].sha256
    for path in ("/ledger", f"/unit/{OVER}", f"/letter/{letter}"):
        answer = day.page.goto(day.url.rstrip("/") + path)
        assert answer is not None
        assert answer.ok, path
        day.page.emulate_media(media="print")
        shown = day.page.evaluate("[...document.querySelectorAll('nav, form, button, .skip, select')].filter(e => e.offsetParent !== null).length")
        assert shown == 0, path
        paper = day.page.pdf(format="A4", landscape=True)
        assert paper[:5] == b"%PDF-"
        day.keep(path.split("/")[1])
        if PICTURES:
            (Path(PICTURES) / f"print-{path.split('/')[1]}.pdf").write_bytes(paper)
        day.page.emulate_media(media="screen")
    day.page.context.close()
