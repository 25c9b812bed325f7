"""Every attack of the design tried on the desk and refused: scripts in letters, foreign forms and hosts, paths, guessing, stolen cookies."""

from __future__ import annotations

import http.client
import re
import socket
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from io import BytesIO
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from intake.errors import LedgerBusy
from service.desk.door.login import FAILURES, IDLE, LONGEST, WINDOW, safe_path
from service.desk.door.premises import Premises
from service.desk.pages import ledger, progress
from service.desk.pages.letters import tame_name
from service.desk.server import opened_desk
from service.desk.shown.clean_html import clean_html
from service.desk.shown.picture import Refused
from tests.live.dovecot import free_port
from tests.unit.service.desk.campaign import COMPLETE, HTML, NOW, OVER, PASSWORD
from tests.unit.service.desk.conftest import Browser, House, house_in

UNKNOWN = "0" * 64


class Tags(HTMLParser):
    """Every tag of a page with its attributes, as a browser would read them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One tag."""
        self.found.append((tag, dict(attrs)))


def test_what_a_letter_carries_is_text_everywhere(crawled: dict[str, str]) -> None:
    """Subject, file name, cell: no tag of theirs becomes a tag of ours, on any page."""
    for path, page in crawled.items():
        for tag, attributes in Tags(page).found:
            assert not [name for name in attributes if name.startswith("on")], (path, tag, attributes)
            assert tag != "script" or (attributes.get("src") or "").startswith("/static/desk.js"), path
            for link in (attributes.get("href"), attributes.get("src"), attributes.get("action")):
                assert link is None or link.startswith(("/", "#")), (path, link)


def test_a_letters_own_page_can_do_nothing(hao: Browser) -> None:
    """nh3, a policy of its own with `sandbox`, and the sandboxed frame: three walls."""
    letter = re.search(r'/letter/([0-9a-f]{64})">材料 &lt;script', hao.get("/letters"))
    assert letter
    assert re.search(r"<iframe sandbox src=", hao.get(f"/letter/{letter[1]}"))
    answer = hao.client.get(f"/letter/{letter[1]}/html")
    body = answer.get_data(as_text=True)
    for word in ("<script", "onerror", "onload", "<svg", "javascript:", "evil.example", "<form", "<img", "<a "):
        assert word not in body, word
    assert "点这里" in body
    assert "样式" in body
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox;")
    assert "default-src 'none'" in policy


@given(st.text(alphabet=st.sampled_from(list("<>/\"'=&; abcdefgiklmnoprstuvwxyz:()!-\n")), max_size=200))
def test_no_html_keeps_a_tag_that_acts(text: str) -> None:
    cleaned = clean_html(HTML + text).partition("<body>")[2].lower()
    for tag in ("<script", "<img", "<a ", "<iframe", "<form", "<input", "<svg", "<style", "<object", "<link", "<meta", "<base"):
        assert tag not in cleaned
    assert not re.search(r"<[a-z0-9]+[^>]*\son\w+\s*=", cleaned)


def test_every_answer_carries_the_strict_headers(hao: Browser) -> None:
    for path in ("/", "/login", "/nothing", "/static/desk.css", "/healthz"):
        headers = hao.client.get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"], path
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"  # no-referrer would make browsers send Origin: null with our own forms
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert hao.client.get("/").headers["Cache-Control"] == "no-store"
    assert "max-age" in hao.client.get("/static/desk.css").headers["Cache-Control"]


def decisions(house: House) -> int:
    """How many decisions there are."""
    with house.ledger() as ledger:
        return ledger.newest_decision()


def test_a_form_needs_the_token_of_this_very_session(house: House, hao: Browser) -> None:
    other = house.browser("姜老师")
    form = {"kind": "note", "institution": COMPLETE, "reason": "x"}
    assert hao.client.post("/decide", data=form).status_code == 403
    assert hao.client.post("/decide", data={**form, "csrf": other.token()}).status_code == 403
    assert decisions(house) == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:81"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_the_right_token_from_a_foreign_page_is_refused(house: House, hao: Browser, headers: dict[str, str]) -> None:
    form = {"csrf": hao.token(), "kind": "note", "institution": COMPLETE, "reason": "x"}
    assert hao.client.post("/decide", data=form, headers=headers).status_code == 403
    assert decisions(house) == 0


def test_our_own_page_is_believed_with_and_without_the_headers_browsers_send(hao: Browser) -> None:
    """A plain-HTTP name in an office network gets no Sec-Fetch-Site at all."""
    form = {"csrf": hao.token(), "kind": "note", "institution": COMPLETE}
    for number, headers in enumerate(({}, {"Origin": "http://localhost"}, {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"})):
        assert hao.client.post("/decide", data={**form, "reason": f"第{number}次"}, headers=headers).status_code == 303


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8625", "127.0.0.1.evil.example", "169.254.169.254", ""])
def test_a_name_that_is_not_ours_is_refused_before_anything_else(house: House, hao: Browser, host: str) -> None:
    answer = hao.client.get("/", headers={"Host": host or "a b"})
    assert answer.status_code == 400
    assert COMPLETE not in answer.get_data(as_text=True)


@pytest.mark.parametrize("host", ["127.0.0.1:8625", "localhost:8625"])
def test_this_machines_own_names_are_answered(house: House, host: str) -> None:
    assert house.app.test_client().get("/login", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/file/../../etc/passwd", "/file/%2e%2e%2fintake.toml", f"/file/{UNKNOWN}", f"/file/{UNKNOWN}/download", f"/file/{UNKNOWN}/page/1.png",
        "/file/ABCDEF", "/letter/' OR 1=1 --", f"/letter/{UNKNOWN}", f"/letter/{UNKNOWN}/raw", f"/letter/{UNKNOWN}/html", "/static/../app.py",
        "/static/%2e%2e/app.py", "/static/..%2f..%2fintake.toml", "/outbox/..%2f..", "/unit/..%2f..%2fetc", "/outbox/nothing/file/0",
    ],
)  # fmt: skip
def test_no_address_leads_to_a_path(hao: Browser, path: str) -> None:
    answer = hao.client.get(path)
    assert answer.status_code == 404
    assert "root:" not in answer.get_data(as_text=True)


def test_nothing_is_shown_without_log_in(house: House, crawled: dict[str, str]) -> None:
    """Pages, files, pictures, exports, the letter's own HTML: all lead to the log-in."""
    stranger = house.app.test_client()
    for path in crawled:
        if path.startswith("/login"):
            continue
        answer = stranger.get(path)
        assert answer.status_code == 302, path
        assert answer.headers["Location"].startswith("/login"), path
    assert stranger.post("/decide", data={"kind": "note"}).status_code == 302
    assert decisions(house) == 0


@pytest.mark.parametrize(
    "onward", ["//evil.example", "/\\evil.example", "https://evil.example", "\\\\evil", "/a b", "javascript:alert(1)", "/\tevil", ""]
)
def test_after_the_log_in_one_stays_here(house: House, onward: str) -> None:
    answer = house.app.test_client().post("/login", data={"name": "郝老师", "password": PASSWORD, "next": onward})
    assert answer.headers["Location"] == "/"


@given(st.text(max_size=80))
def test_no_path_of_ours_leads_elsewhere(typed: str) -> None:
    path = safe_path(typed)
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))
    assert not re.search(r"[\s\\]", path)


def test_the_page_asked_for_comes_after_the_log_in(house: House) -> None:
    client = house.app.test_client()
    onward = client.get(f"/unit/{COMPLETE}?x=1").headers["Location"]
    form = unescape(client.get(onward).get_data(as_text=True))
    back = re.search(r'name="next" value="([^"]+)"', form)[1]  # type: ignore[index]
    answer = client.post("/login", data={"name": "郝老师", "password": PASSWORD, "next": back})
    assert client.get(answer.headers["Location"]).status_code == 200


def test_five_wrong_passwords_close_the_door_for_a_while_for_name_and_address(house: House) -> None:
    """Same words for a wrong name; the right password does not help while it is closed; a new process remembers; time opens it."""
    client = house.app.test_client()
    words = []
    for name in ("郝老师", "没有这个人", "郝老师", "没有这个人", "郝老师"):
        answer = client.post("/login", data={"name": name, "password": "wrong"})
        words.append((answer.status_code, "姓名或密码不对" in answer.get_data(as_text=True)))
    assert words == [(403, True)] * 5
    assert client.post("/login", data={"name": "姜老师", "password": PASSWORD}).status_code == 429  # this address
    elsewhere = {"REMOTE_ADDR": "10.0.0.9"}
    for _ in range(2):
        client.post("/login", data={"name": "郝老师", "password": "wrong"}, environ_base=elsewhere)
    assert (
        client.post("/login", data={"name": "郝老师", "password": PASSWORD}, environ_base={"REMOTE_ADDR": "10.0.0.10"}).status_code == 429
    )  # this name
    again = house_in(house.folder)
    again.clock.now = house.clock.now + 60
    assert again.app.test_client().post("/login", data={"name": "郝老师", "password": PASSWORD}).status_code == 429
    house.clock.now += WINDOW + 1
    assert client.post("/login", data={"name": "郝老师", "password": PASSWORD}).status_code == 302


def test_ones_own_password_buys_no_guesses_at_a_colleagues(house: House) -> None:
    """Whoever may log in himself could else guess without end: four at the other name, one at his own, and again."""
    client = house.app.test_client()
    answers = []
    for _ in range(3):
        answers += [client.post("/login", data={"name": "郝老师", "password": "wrong"}).status_code for _ in range(FAILURES - 1)]
        client.post("/login", data={"name": "姜老师", "password": PASSWORD})
    assert answers.count(403) <= FAILURES
    assert client.post("/login", data={"name": "郝老师", "password": PASSWORD}).status_code == 429


def test_a_session_ends_by_idleness_by_age_by_log_out_and_by_a_new_password(house: House) -> None:
    hao = house.browser()
    house.clock.now += IDLE + 1
    assert hao.client.get("/").status_code == 302
    hao = house.browser()
    begun = house.clock.now
    while house.clock.now - begun < LONGEST:
        house.clock.now += IDLE - 60
        hao.client.get("/")
    assert hao.client.get("/").status_code == 302
    hao, elsewhere = house.browser(), house.browser()
    hao.post("/logout")
    assert hao.client.get("/").status_code == 302
    assert elsewhere.client.get("/").status_code == 200
    third = house.browser()
    assert third.post("/people/password", password=PASSWORD, new="another quiet lake").status_code == 303
    assert third.client.get("/").status_code == 200  # the one who changed it goes on, with a new token
    assert elsewhere.client.get("/").status_code == 302


def test_the_cookie_is_for_this_installation_and_no_script(house: House) -> None:
    answer = house.app.test_client().post("/login", data={"name": "郝老师", "password": PASSWORD})
    cookie = answer.headers["Set-Cookie"]
    assert re.match(r"desk_[0-9a-f]{8}=", cookie)
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    token = cookie.partition("=")[2].partition(";")[0]
    assert token.encode() not in (house.folder / "books" / "desk.db").read_bytes()


def test_too_much_is_refused_and_nothing_is_recorded(house: House, hao: Browser) -> None:
    answer = hao.client.post("/decide", data={"csrf": hao.token(), "kind": "note", "institution": COMPLETE, "reason": "长" * 60000})
    assert answer.status_code == 413
    assert "没有收下" in answer.get_data(as_text=True)
    assert decisions(house) == 0


@pytest.mark.parametrize("path", ["/decide", "/undo/1", "/outbox/act", "/logout", "/deadline", "/people/add", "/backup"])
def test_looking_never_changes(hao: Browser, path: str) -> None:
    assert hao.client.get(path).status_code in (200, 404, 405)


@given(st.text(max_size=300))
def test_no_file_name_smuggles_anything_into_a_header(name: str) -> None:
    tamed = tame_name(name)
    assert tamed
    assert len(tamed) <= 120
    assert not set(tamed) & set('\r\n"\\/;%:\u202e\u200f')
    assert tamed.isprintable()


@pytest.mark.parametrize("payload", [b"%PDF-1.4 garbage", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, b"", b"GIF89a"])
def test_a_broken_picture_kills_nothing(house: House, payload: bytes) -> None:
    assert isinstance(house.desk.artist.draw(payload, 1), Refused)


def test_a_small_file_that_claims_a_billion_pixels_is_refused(house: House) -> None:
    out = BytesIO()
    Image.new("1", (30000, 30000)).save(out, "PNG")
    assert isinstance(house.desk.artist.draw(out.getvalue(), 1), Refused)


def test_a_busy_ledger_is_said_and_a_bug_shows_no_traceback(house: House, hao: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> None:
        raise LedgerBusy("locked")

    def bug(*_: object) -> None:
        raise RuntimeError("secret words of the program")

    monkeypatch.setattr(ledger.queries, "rows", busy)
    answer = hao.client.get("/ledger")
    assert (answer.status_code, "账册正忙" in answer.get_data(as_text=True)) == (503, True)
    monkeypatch.setattr(progress.queries, "rows", bug)
    house.app.testing = False
    answer = hao.client.get("/progress")
    assert answer.status_code == 500
    assert "secret words" not in answer.get_data(as_text=True)
    assert "已收下的信和决定都在" in answer.get_data(as_text=True)


def test_slow_clients_hold_neither_the_pages_nor_the_books(house: House) -> None:
    """A dozen that never finish a head, a form or an answer: the thirteenth is served at once, and the books can be written."""
    port = free_port()
    office = replace(house.office, settings=replace(house.office.settings, desk=replace(house.office.settings.desk, port=port)))
    slow: list[socket.socket] = []
    with opened_desk(Premises(None, opened=lambda: office)):
        heads = (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ", b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 60000\r\n\r\nname=", b"GET /login HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 50)
        try:
            for head in heads * 4:
                line = socket.create_connection(("127.0.0.1", port), timeout=10)
                slow.append(line)
                line.sendall(head)
            begun = monotonic()
            client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            client.request("GET", "/healthz")
            assert client.getresponse().read() == b"ok"
            client.request("GET", "/login")
            assert client.getresponse().status == 200
            with house.ledger() as ledger:
                ledger.decide("note", by="郝老师", at=NOW, institution=OVER, reason="写得进去")
            assert monotonic() - begun < 60
        finally:
            for line in slow:
                line.close()

