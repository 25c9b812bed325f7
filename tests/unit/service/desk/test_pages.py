"""Every page opens, says what it should in words people know, and shows nothing it should not."""

from __future__ import annotations

import re
import sqlite3
import zipfile
from contextlib import closing
from html import unescape
from io import BytesIO

import pytest

from tests.unit.service.desk.campaign import ASKING, COMPLETE, OVER, SCANNED, UNSURE, UPDATED
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


@pytest.mark.parametrize("state", ["complete", "incomplete", "silent", "late", "none", "pending", "over", "paper", "nonsense"])
def test_filters_stand_in_the_address_and_count_what_they_show(hao: Browser, state: str) -> None:
    page = hao.get(f"/ledger?state={state}&sort=missing")
    rows = page.count('<th scope="row"')
    marked = re.search(r'aria-current="true">[^<]*?(\d+)</a>', page)
    assert (int(marked[1]) == rows) if marked else state == "nonsense"


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
