"""Every page opens, says what it should in words people know, and shows nothing it should not."""

from __future__ import annotations

import re
import sqlite3
import zipfile
from contextlib import closing
from html import unescape
from io import BytesIO
from urllib.parse import quote

import pytest

from intake.belt.scan_station import SCAN_VERSION
from intake.codec import value_to_json
from intake.records import UnknownLetter
from notifier.letter import DigestItem
from parsers.document import Area
from parsers.form import Form, Reading, Value, Where
from tests.unit.service.desk.campaign import ASKING, COMPLETE, NOW, OVER, SCANNED, UNSURE, UPDATED
from tests.unit.service.desk.conftest import PAGES, SECRET, Browser, House, crawl

CODES = re.compile(
    r"[>\s（]([A-Z]\d{2}|basic_info|summary_row|narrative|model_worker|employee|received_unread|on_time|institution_after_approval|quarantined|held|queued|automatic|approve|rehearsal|staff|reader)[<\s）]"
)


def visible(page: str) -> str:
    """A page's words without its tags."""
    return unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.S)))


def test_every_page_is_reached_speaks_in_words_and_stays_small(crawled: dict[str, str]) -> None:
    """No code, key, or English state; no page heavier than 200 KB; one heading each; every picture has words and a size."""
    assert set(PAGES) <= set(crawled)
    for path, page in crawled.items():
        if not page or path.endswith("/html"):
            continue
        assert page.count("<h1") == 1, path
        assert len(page.encode()) < 200_000, path
        assert not CODES.findall(visible(page)), (path, CODES.findall(visible(page)))
        assert 'lang="zh-CN"' in page
        assert "intake decide" not in page
        for picture in re.findall(r"<img[^>]*>", page):
            assert all(word in picture for word in ("alt=", "width=", "height=")), path
        assert 'style="' not in page, path
        assert "<details" not in page or "<summary" in page


def test_every_control_is_labelled_with_its_object(crawled: dict[str, str]) -> None:
    """A field has a label or a name for who cannot see it; ids stand once."""
    for path, page in crawled.items():
        ids = re.findall(r'\bid="([^"]+)"', page)
        assert len(ids) == len(set(ids)), (path, [i for i in ids if ids.count(i) > 1])
        for field in re.findall(r"<(?:input|select|textarea)[^>]*>", page):
            if 'type="hidden"' in field or "aria-label=" in field or 'type="radio"' in field:
                continue
            name = re.search(r'id="([^"]+)"', field)
            assert name, (path, field)
            assert f'for="{name[1]}"' in page, (path, field)


def test_no_secret_no_phone_no_identity_number_stands_on_a_page(house_crawled: House, crawled: dict[str, str]) -> None:
    """The 授权码 is nowhere; the log of a quarantined letter is masked; private cells show stars until they are asked for."""
    assert house_crawled.office.settings.mailbox.secret == SECRET
    for path, page in crawled.items():
        assert SECRET not in page
        if "show=private" not in path:
            for contact in house_crawled.office.campaign.contacts:  # the office's own, printed under every letter
                page = page.replace(contact.phone, "")
            assert not re.search(r"(?<![0-9A-Za-z])1[3-9]\d{9}(?![0-9A-Za-z])", page), path
            assert not re.search(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])", page), path


def test_a_reader_can_look_at_everything_and_change_nothing(house: House) -> None:
    """A crawl as 只看, twice, leaves every table byte-identical; no form but the way out; every form refused."""
    wang = house.browser("王主任")
    wang.get("/")
    before = dump(house)
    pages = crawl(wang)
    assert dump(house) == before
    for path, page in pages.items():
        forms = re.findall(r'<form[^>]*method="post"[^>]*action="([^"]+)"', page)
        assert set(forms) <= {"/logout"}, (path, forms)
    token = wang.token()
    for path in ("/decide", "/undo/1", "/outbox/act", "/import", "/deadline", "/setup/mode", "/setup/roster", "/backup", "/people/add"):
        assert wang.client.post(path, data={"csrf": token, "kind": "note", "institution": COMPLETE, "reason": "x"}).status_code == 403, path


def dump(house: House) -> dict[str, list[str]]:
    """Every table of the ledger and of the desk's own book, but the time a log-in was last in use."""
    found = {}
    for name in ("ledger.db", "vault.db", "desk.db"):
        with closing(sqlite3.connect(house.folder / "books" / name)) as book:
            tables = [r[0] for r in book.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for table in tables:
                if (name, table) not in (("desk.db", "session"), ("desk.db", "picture")):
                    found[f"{name}/{table}"] = sorted(map(repr, book.execute(f"SELECT * FROM {table}")))
    return found


@pytest.mark.parametrize(
    ("typed", "found"),
    [("滨海理工", COMPLETE), ("nqgy", OVER), ("nanquan", OVER), ("南工", OVER), ("sjyk", SCANNED), ("没有的", "没有叫“没有的”的学校")],
)
def test_a_school_is_found_by_name_alias_pinyin_and_initials(hao: Browser, typed: str, found: str) -> None:
    assert found in hao.get(f"/ledger?q={typed}")


@pytest.mark.parametrize("state", ["complete", "incomplete", "silent", "waiting", "late", "none", "pending", "over", "paper", "nonsense"])
def test_filters_stand_in_the_address_and_count_what_they_show(hao: Browser, state: str) -> None:
    page = hao.get(f"/ledger?state={state}&sort=missing")
    rows = page.count('<th scope="row"')
    marked = re.search(r'aria-current="true">[^<]*?(\d+)</a>', page)
    assert (int(marked[1]) == rows) if marked else state == "nonsense"


def test_who_has_sent_nothing_is_listed_as_silent_and_nobody_else(house: House, hao: Browser) -> None:
    with house.ledger() as ledger:
        wrote = {g.institution for g in ledger.glances().values() if g.letters}
    silent = [u.name for u in house.office.campaign.institutions if u.name not in wrote]
    listed, progress = hao.get("/ledger?state=silent"), hao.get("/progress").partition("还没有报送的")[2]
    assert silent
    assert all(f'href="/unit/{name}"' in page for name in silent for page in (listed, progress))
    assert f">{COMPLETE}<" not in listed + progress


def test_nobody_is_called_silent_while_a_letter_that_may_be_its_own_is_unread(house: House, hao: Browser) -> None:
    with house.ledger() as ledger:
        wrote = {g.institution for g in ledger.glances().values() if g.letters}
        unit = next(u for u in house.office.campaign.institutions if u.name not in wrote and u.email)
        letter = UnknownLetter(folder="INBOX", uidvalidity=1, uid=77, received_at=NOW, sender=unit.email, subject="报送", reason="服务器没有给出全文")
        ledger.note_unknown(letter, "intake@office.example", NOW)
    house.work()
    assert f'href="/unit/{unit.name}"' not in hao.get("/ledger?state=silent")
    assert f'href="/unit/{unit.name}"' in hao.get("/ledger?state=waiting")
    page = hao.get(f"/unit/{unit.name}")
    assert "有来信待人工查看" in page
    assert "先不算没有报送" in page
    assert "服务器没有给出全文" in page
    silent = hao.get("/progress").partition("还没有报送的")[2].partition("有来信待人工查看的")
    assert unit.name not in silent[0]
    assert unit.name in silent[2]


def test_the_day_shows_every_matter_with_its_evidence_and_its_own_form(hao: Browser) -> None:
    page = hao.get("/")
    for words in ("待审", "归属", "拆分", "隔离", "版本", "咨询", "待看", "列示"):
        assert f'<span class="tag">{words}</span>' in page
    assert "请查收" in page
    assert "新建文档.pdf" in page
    for verb in ("认领", "照程序的建议分别登记", "重试", "批准发出", "已答复", "谁办"):
        assert verb in page, verb


def test_an_empty_office_says_that_all_is_well(house: House, hao: Browser) -> None:
    with house.ledger() as ledger:
        for name in ledger.todo_institutions():
            ledger.record_todo(name, [])
    assert "没有要您定的事" in hao.get("/")


def test_a_school_shows_its_verdict_with_the_reason_and_what_passed(hao: Browser) -> None:
    page = hao.get(f"/unit/{OVER}")
    assert "超出名额" in page
    assert "待审核" in hao.get("/outbox")
    for words in ("工作室和材料", "来往", "来信", "去信", "还没发的信", "登记纸质"):
        assert words in page
    assert "第1版" in hao.get(f"/unit/{UPDATED}")
    assert "还没有收到来信" in hao.get("/unit/黑水医科大学")
    assert "待看" in hao.get(f"/unit/{SCANNED}")
    assert hao.client.get("/unit/没有的大学").status_code == 404
    assert ASKING in hao.get("/letters?kind=claimed") or ASKING in hao.get("/letters")


def test_a_file_shows_its_picture_beside_values_with_printed_labels(house: House, hao: Browser) -> None:
    """The picture is drawn by the child and kept; labels are the form's, doubtful cells come first, private ones are masked."""
    page = hao.get(f"/unit/{UPDATED}")
    shas = re.findall(r"/file/([0-9a-f]{64})", page)
    pages = [hao.get(f"/file/{sha}") for sha in dict.fromkeys(shas)]
    form = next(p for p in pages if "基本情况表" in p and "领衔人" in p)
    assert "＊＊＊" in form
    assert "用 WPS 或 Word 打开" in form
    scanned = re.search(r"/file/([0-9a-f]{64})", hao.get(f"/unit/{SCANNED}").split("待人工查看、还没有归到")[1])
    assert scanned
    assert "/page/1.png" in hao.get(f"/file/{scanned[1]}")
    picture = hao.client.get(f"/file/{scanned[1]}/page/1.png")
    assert picture.data[:4] == b"\x89PNG"
    with_store = hao.client.get(f"/file/{scanned[1]}/page/1.png")
    assert with_store.data == picture.data
    assert hao.client.get(f"/file/{scanned[1]}/page/99.png").status_code == 404


def test_every_value_of_a_scan_leads_to_its_cell_on_the_picture_and_back(house: House, hao: Browser) -> None:
    with house.ledger() as ledger:
        sha = next(a.sha256 for line in ledger.letter_lines(SCANNED) for a in ledger.opening(line.sha256).attachments)  # type: ignore[union-attr]
        sure = Value("一号工作室", "一号工作室", Where(table=1, cell="第1行第2格", place="第1页", area=Area(1, 0.2, 0.3, 0.5, 0.34)), 0.99)
        unsure = Value("2019年", "2019", Where(table=1, cell="第1行第4格", place="第1页", area=Area(1, 0.7, 0.3, 0.9, 0.34, turn=1)), 0.4)
        private = Value("汉族", "汉族", Where(table=1, cell="第9行第4格", place="第1页", area=Area(1, 0.7, 0.6, 0.9, 0.64)), 0.99)
        inked = Value("", None, Where(table=1, cell="第2行第2格", place="第1页", area=Area(1, 0.2, 0.4, 0.5, 0.44)), 0.99, unread="ink")
        fields = {"studio": sure, "founded_on": unsure, "leader.ethnicity": private, "organisation": inked}
        form = Form(kind="basic_info", fields=fields, doubtful=("founded_on",))
        ledger.record_reading(Reading(sha256=sha, reader="scan", status="read", pages=1, ocr=True, forms=(form,), seals=1, seal_words=("松江医科大学工会",)), SCAN_VERSION)
    page = hao.get(f"/file/{sha}")
    for cell in ("第1行第2格", "第1行第4格", "第9行第4格", "第2行第2格"):
        assert f'id="t1-{cell}"' in page
        assert f'id="m-t1-{cell}"' in page
        assert f'href="#m-t1-{quote(cell)}"' in page
        assert f'href="#t1-{quote(cell)}"' in page
    assert '<rect x="200" y="300" width="300" height="40"/>' in page
    assert page.count('class="crop"') == 3, "the personal value keeps its picture covered until asked for"
    assert hao.get(f"/file/{sha}?show=private").count('class="crop"') == 4
    assert 'transform="rotate(-90 800 320)"' in page, "a cell of a page that lies is shown upright"
    assert "有笔迹，认不出" in page
    assert "“松江医科大学工会”" in page
    assert "汉族" not in page
    rows = re.findall(r'<tr id="t1-([^"]+)"( class="doubt")?>', page)
    assert [name for name, doubt in rows if doubt] == ["第1行第4格", "第2行第2格"] == [name for name, _ in rows][:2]


def test_what_a_finding_speaks_of_is_one_click_away(hao: Browser, house: House) -> None:
    """Every finding that names a file links to it, and to its cell where it names one; every matter about a letter links to the letter."""
    with house.ledger() as ledger:
        found = [(name, f) for name, a in ledger.assessments().items() for f in a.findings if f.severity != "note" and f.where.file]
    assert found
    for name in {name for name, _ in found}:
        page = unescape(hao.get(f"/unit/{name}"))
        for finding in (f for owner, f in found if owner == name):
            assert f"看《{finding.where.file}》" in page, finding.message


def test_the_head_of_a_letter_can_be_read(hao: Browser) -> None:
    path = re.search(r'href="(/letter/[0-9a-f]{64})"', hao.get("/letters"))[1]  # type: ignore[index]
    assert f"{path}/head" in hao.get(path)
    page = hao.get(f"{path}/head")
    assert "From:" in page
    assert "Message-ID:" in page


def test_a_download_keeps_its_name_and_runs_nothing(hao: Browser) -> None:
    page = hao.get(f"/unit/{UNSURE}")
    sha = re.search(r"/file/([0-9a-f]{64})", page)[1]  # type: ignore[index]
    answer = hao.client.get(f"/file/{sha}/download")
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.data[:5] == b"%PDF-"


@pytest.mark.parametrize(("path", "kind"), [("ledger", b"PK"), ("merged", b"PK"), ("report", b"PK")])
def test_tables_are_taken_away_as_workbooks(hao: Browser, path: str, kind: bytes) -> None:
    answer = hao.client.get(f"/export/{path}.xlsx")
    assert (answer.status_code, answer.data[:2]) == (200, kind)
    assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]


def test_everything_is_taken_away_as_one_zip(hao: Browser) -> None:
    answer = hao.client.get("/export/all.zip")
    names = zipfile.ZipFile(BytesIO(answer.data)).namelist()
    assert any(n.endswith("合并汇总表.xlsx") for n in names)
    assert any(n.startswith(COMPLETE) for n in names)


def test_old_browsers_are_told_how_to_switch(house: House) -> None:
    answer = house.app.test_client().get("/", headers={"User-Agent": "Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko"})
    assert "极速模式" in answer.get_data(as_text=True)


def test_alive_says_nothing_else(house: House) -> None:
    answer = house.app.test_client().get("/healthz")
    assert (answer.status_code, answer.data) == (200, b"ok")


def test_what_the_belt_writes_is_shown_even_where_rows_keep_their_numbers_and_the_clock_stands(house: House, hao: Browser) -> None:
    """The newest list about a school written anew gets its old row numbers back; the page kept from before must not be shown."""
    with house.ledger() as ledger:
        name = ledger.todo_institutions()[-1]
        ledger.record_todo(name, [])
        ledger.record_todo(name, [(1, value_to_json(DigestItem(label="版本", sentence="先前的一件", urgency=1)))])
    assert "先前的一件" in hao.get("/")
    with house.ledger() as ledger:
        ledger.record_todo(name, [(1, value_to_json(DigestItem(label="版本", sentence="改过的一件", urgency=1)))])
    page = hao.get("/")
    assert "改过的一件" in page
    assert "先前的一件" not in page


def test_a_page_kept_for_one_person_carries_the_next_ones_own_token_and_no_forms_for_who_only_looks(house: House, hao: Browser) -> None:
    first, second = hao.token(), house.browser("姜老师").token()
    assert first != second
    page = house.browser("姜老师").get("/")
    assert first not in page
    assert second not in page
    assert len(set(re.findall(r'name="csrf" value="([^"]+)"', page))) == 1
    looking = house.browser("王主任").get("/")
    assert 'action="/decide"' not in looking
    assert 'action="/decide"' in hao.get("/")
