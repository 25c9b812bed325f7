"""From an empty folder to a working office without editing a file: people, mailbox, roster, mode - and nobody else may do it first."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path

import pytest

from config.load import DEFAULT_CAMPAIGN, load_campaign, load_settings
from service.desk.settings_file import read_settings, with_key, with_tables, write_settings
from tests.unit.service.desk.campaign import PASSWORD
from tests.unit.service.desk.conftest import Browser, House, house_in

FIRST = {"name": "郝老师", "address": "hao@office.example", "password": PASSWORD, "again": PASSWORD}


@pytest.fixture
def empty(tmp_path: Path) -> House:
    """A desk over a folder with an empty intake.toml."""
    (tmp_path / "intake.toml").write_text("", encoding="utf-8")
    return house_in(tmp_path)


def test_an_empty_office_leads_to_the_first_set_up_and_shows_nothing_else(empty: House) -> None:
    client = empty.app.test_client()
    for path in ("/", "/ledger", "/login", "/export/all.zip"):
        assert client.get(path).headers["Location"] == "/setup"
    assert "您的姓名" in client.get("/setup").get_data(as_text=True)


def test_the_whole_way_without_editing_a_file(empty: House) -> None:
    """Two people, a mailbox of a great provider, the dates, the roster, the mode: intake.toml and secret.txt stand as they should."""
    client = empty.app.test_client()
    second = {"name2": "姜老师", "address2": "jiang@office.example", "password2": "another quiet lake"}
    assert client.post("/setup", data={**FIRST, **second}).headers["Location"] == "/setup?step=mailbox"
    hao = Browser(client)
    page = hao.get("/setup")
    assert "授权码" in page
    answer = hao.post("/setup/mailbox", address="office@163.com", secret="ABCD EFGH IJKL MNOP")
    assert answer.headers["Location"] == "/setup/tried"
    settings = load_settings(empty.folder / "intake.toml", {})
    assert (settings.mailbox.host, settings.smtp.host, settings.mailbox.secret) == ("imap.163.com", "smtp.163.com", "ABCDEFGHIJKLMNOP")
    assert [p.name for p in settings.staff] == ["郝老师", "姜老师"]
    assert stat.S_IMODE((empty.folder / "secret.txt").stat().st_mode) == 0o600
    assert "ABCDEFGH" not in (empty.folder / "intake.toml").read_text(encoding="utf-8")
    assert settings.campaign == empty.folder / "liaoning-2022"  # the office's own copy, not the program's
    assert load_campaign(settings.campaign) == load_campaign(DEFAULT_CAMPAIGN)
    assert "辽教科文卫体工发" in hao.get("/setup?step=campaign")
    hao.post("/setup/campaign")
    assert "没有确认" in hao.get("/setup")
    hao.post("/setup/roster", next="mode")
    assert 'value="rehearsal"' in hao.get("/setup")
    hao.post("/setup/mode", mode="rehearsal", next="start")
    page = hao.get("/setup")
    assert "现在收信" in page
    assert "演练" in page
    assert "ABCDEFGH" not in page


@pytest.mark.parametrize(
    ("change", "words"),
    [({"name": ""}, "请写您的姓名"), ({"again": "other"}, "两次输入的密码不一样"), ({"password": "short", "again": "short"}, "密码至少"),
     ({"password": "1111111111", "again": "1111111111"}, "太简单"), ({"name2": "郝老师", "password2": PASSWORD}, "不能一样"), ({"name2": "姜", "password2": "x"}, "第二位")],
)  # fmt: skip
def test_what_will_not_do_is_said_and_nobody_is_let_in(empty: House, change: dict[str, str], words: str) -> None:
    answer = empty.app.test_client().post("/setup", data={**FIRST, **change})
    assert (answer.status_code, words in answer.get_data(as_text=True)) == (422, True)
    assert empty.app.test_client().get("/").headers["Location"] == "/setup"


def test_from_another_machine_only_the_code_on_the_terminal_opens(empty: House) -> None:
    client, elsewhere = empty.app.test_client(), {"REMOTE_ADDR": "10.0.0.7"}
    assert "设置码" in client.get("/setup", environ_base=elsewhere).get_data(as_text=True)
    assert client.post("/setup", data={**FIRST, "code": "00000000"}, environ_base=elsewhere).status_code == 422
    assert client.post("/setup", data={**FIRST, "code": empty.desk.code}, environ_base=elsewhere).status_code == 303


def test_the_code_cannot_be_guessed(empty: House) -> None:
    client, elsewhere = empty.app.test_client(), {"REMOTE_ADDR": "10.0.0.7"}
    for number in range(10):
        client.post("/setup", data={**FIRST, "code": f"{number:08d}"}, environ_base=elsewhere)
    assert client.post("/setup", data={**FIRST, "code": empty.desk.code}, environ_base=elsewhere).status_code == 422


def test_the_set_up_is_closed_once_somebody_is_there(house: House) -> None:
    answer = house.app.test_client().post("/setup", data=FIRST | {"name": "外人"})
    assert answer.headers["Location"].startswith("/login")
    with_them = house.browser().client.post("/setup", data=FIRST | {"name": "外人"})
    assert with_them.status_code == 403
    assert house.app.test_client().get("/setup").headers["Location"].startswith("/login")


@pytest.mark.parametrize(("address", "words"), [("office", "完整的邮箱地址"), ("office@nowhere.example", "服务器程序不知道")])
def test_a_mailbox_that_cannot_be_is_not_written(empty: House, address: str, words: str) -> None:
    client = empty.app.test_client()
    client.post("/setup", data=FIRST)
    answer = Browser(client).post("/setup/mailbox", address=address, secret="ABCDEFGH")
    assert (answer.status_code, words in answer.get_data(as_text=True)) == (422, True)
    assert load_settings(empty.folder / "intake.toml", {}).mailbox.host == ""


def test_what_a_technician_wrote_stays_as_it_was(tmp_path: Path) -> None:
    """Comments, other tables and keys survive; the same table is replaced, not doubled; a broken draft changes nothing."""
    path = tmp_path / "intake.toml"
    path.write_text('# 我的设置\ndata = "d"  # 数据\n\n[pacing]\nper_day = 7\n\n[mailbox]\nhost = "old"\n\n[[staff]]\nname = "旧"\naddress = "a@b.example"\n', encoding="utf-8")
    text = with_tables(read_settings(path), "mailbox", [[("host", '"new"')]])
    text = with_tables(with_key(text, "mode", '"rehearsal"'), "staff", [[("name", '"郝\\"老师"'), ("address", '"h@b.example"')]], several=True)
    write_settings(path, text)
    held = tomllib.loads(path.read_text(encoding="utf-8"))
    assert held == {"data": "d", "mode": "rehearsal", "pacing": {"per_day": 7}, "mailbox": {"host": "new"}, "staff": [{"name": '郝"老师', "address": "h@b.example"}]}
    assert "# 我的设置" in path.read_text(encoding="utf-8")
    before = path.read_text(encoding="utf-8")
    with pytest.raises(Exception, match="mode"):
        write_settings(path, with_key(text, "mode", '"nonsense"'))
    assert path.read_text(encoding="utf-8") == before
    assert [p.name for p in tmp_path.iterdir()] == ["intake.toml"]
