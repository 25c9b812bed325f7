"""The attacker's words on the desk: every page, download and workbook of it, and letters made to keep the page busy."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from hashlib import sha256
from html import unescape
from pathlib import Path
from time import monotonic, thread_time

import openpyxl
import pytest

from service.desk.door.store import Store
from tests.crash.test_injection import ATTACKS, CONTROLS, NOW, house_of_letters, letter, run
from tests.unit.intake.opening.test_hostile import HOSTILE
from tests.unit.service.desk.campaign import PEOPLE
from tests.unit.service.desk.conftest import PAGES, Browser, crawl, house_in
from tests.unit.service.desk.test_security import Tags

SCHOOL = '沈阳<xss onclick="x()">"=1+1'
"""A name as only a roster taken over from somebody else's table could hold it."""
SLOW = ("deep multiparts", "many parts", "many name pieces", "deep page", "letters in letters", "one long line", "endless tag")


def desk_over(folder: Path) -> Browser:
    """郝老师 logged in at the desk of this office."""
    with Store.open(folder / "books" / "desk.db") as store:
        for number, person in enumerate(PEOPLE):
            store.keep_person(person, float(number))
    house = house_in(folder, datetime.fromisoformat(NOW))
    house.app.testing = False  # a fault is then a page with 500, as in service
    house.work()
    return house.browser()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every attack from the university's own address, from a stranger's and from the school whose very name is one."""
    folder = tmp_path_factory.mktemp("office")
    house_of_letters(folder)
    with (folder / "campaign" / "roster.csv").open("a", encoding="utf-8") as roster:
        name = SCHOOL.replace('"', '""')
        roster.write(f'"{name}",=cmd|x,,evil-school.example,ordinary,yes,demo,gh@evil-school.example,@SUM(1)\n')
    for number, attack in enumerate(ATTACKS):
        for part, sender in (("a", "gh@lhut.example"), ("b", f"stranger{number}@evil.example"), ("c", "gh@evil-school.example")):
            (folder / "in" / f"{number:02}{part}.eml").write_bytes(letter(number + 100 * ord(part), attack, sender))
    assert "36" in run(folder, "import", str(folder / "in"))
    return folder


@pytest.fixture(scope="module")
def hao(office: Path) -> Browser:
    return desk_over(office)


@pytest.fixture(scope="module")
def pages(hao: Browser) -> dict[str, str]:
    """Everything that can be reached by links, as it stands on the page."""
    return crawl(hao, most=700, begin=[path for path in PAGES if not path.startswith("/unit/")])


def test_no_page_of_the_desk_holds_a_tag_a_link_or_a_character_of_theirs(pages: dict[str, str]) -> None:
    assert len(pages) > 150
    assert [path for path in pages if "evil" in path or path.startswith("/unit/沈阳")]
    for path, page in pages.items():
        assert not CONTROLS.search(page.replace("\r", "")), path
        for tag, attributes in Tags(page).found:
            assert not [name for name in attributes if name.startswith("on")], (path, tag, attributes)
            assert tag != "xss", path
            assert tag != "script" or (attributes.get("src") or "").startswith("/static/"), path
            links = [attributes.get(name) for name in ("href", "src", "action", "formaction", "data", "srcset")]
            assert all(link is None or (link.startswith(("/", "#")) and not link.startswith("//")) for link in links), (path, tag, links)
    assert "&lt;script&gt;alert(1)" in "".join(pages.values())


def test_no_download_of_the_desk_names_a_header_a_path_or_a_kind_of_theirs(hao: Browser, pages: dict[str, str]) -> None:
    files = sorted({link for page in pages.values() for link in re.findall(r'href="(/file/[0-9a-f]{64})', page)})
    assert len(files) > 20
    for path in files:
        answer = hao.client.get(f"{path}/download")
        assert answer.status_code == 200
        said = answer.headers["Content-Disposition"]
        assert said.startswith("attachment;")
        assert not re.search(r"[\r\n/\\\x00-\x1f]", said.replace("\"", ""))
        assert answer.mimetype == "application/octet-stream"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Bcc" not in answer.headers


@pytest.mark.parametrize("book", ["ledger", "merged", "report"])
def test_no_workbook_of_the_desk_holds_a_formula(book: str, hao: Browser) -> None:
    taken = openpyxl.load_workbook(io.BytesIO(hao.client.get(f"/export/{book}.xlsx").get_data()))
    cells = [cell for sheet in taken for line in sheet.iter_rows() for cell in line]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert not [cell.coordinate for cell in cells if cell.hyperlink]
    assert book != "ledger" or [cell for cell in cells if SCHOOL in str(cell.value)]


def test_no_path_in_the_whole_export_leads_out_of_it(hao: Browser) -> None:
    with zipfile.ZipFile(io.BytesIO(hao.client.get("/export/all.zip").get_data())) as archive:
        names = archive.namelist()
    assert len(names) > 20
    for name in names:
        assert not name.startswith("/")
        assert not {".", ".."} & set(name.split("/"))
        assert not re.search(r'[\\:*?"<>|]', name), name
        assert not CONTROLS.search(name)


def test_what_a_person_types_is_text_too(hao: Browser, office: Path) -> None:
    """Search words, notes and filters come back on the page."""
    for attack in ATTACKS:
        for path in ("/letters", "/ledger", "/paper", "/decisions"):
            answer = hao.client.get(path, query_string={"q": attack, "kind": attack, "next": attack, "wrong": attack})
            assert answer.status_code == 200, path
            page = answer.get_data(as_text=True)
            assert not [at for tag, at in Tags(page).found if [name for name in at if name.startswith("on")]], path
            assert attack not in page or "<" not in attack, path
        assert hao.decide("note", "辽河理工大学", reason=f"备注 {attack}").status_code in (303, 409)
    page = unescape(hao.get("/decisions"))
    assert "备注" in page
    assert not [tag for tag, _ in Tags(hao.get("/decisions")).found if tag in ("img", "xss")]


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Browser:
    """A desk over letters made to cost time."""
    folder = tmp_path_factory.mktemp("busy")
    house_of_letters(folder)
    for name in SLOW:
        (folder / "in" / f"{name.replace(' ', '-')}.eml").write_bytes(HOSTILE[name])
    run(folder, "import", str(folder / "in"))
    return desk_over(folder)


@pytest.mark.slow
def test_no_letter_keeps_the_desk_busy_by_being_looked_at(busy: Browser) -> None:
    """Before: the letter's own page was taken apart where the pages are served: half a minute each, and a deep one ended in a fault."""
    for name in SLOW:
        sha = sha256(HOSTILE[name]).hexdigest()
        for view in ("", "/head", "/html", "/raw"):
            begun, waited = thread_time(), monotonic()
            answer = busy.client.get(f"/letter/{sha}{view}")
            assert answer.status_code == 200, (name, view)
            assert len(answer.get_data()) < 10 << 20, (name, view)
            assert thread_time() - begun < 2, (name, view)
            assert monotonic() - waited < 60, (name, view)
