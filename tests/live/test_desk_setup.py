"""A new office as a new user has it: `intake run` in an empty folder, the six steps in the browser's place, and the first letter is in."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import pytest

from service.demo.mailbox import DemoMailbox
from tests.letters import MOMENT, plain_letter
from tests.live.dovecot import free_port

pytestmark = pytest.mark.live
ROOT = Path(__file__).parents[2]
PASSWORD = "three quiet rivers"


def page(browser: OpenerDirector, url: str, **fields: str) -> str:
    """A page, or the page after a form."""
    with browser.open(url, urlencode(fields).encode() if fields else None, timeout=30) as answer:
        return str(answer.read().decode())


def post(browser: OpenerDirector, url: str, **fields: str) -> str:
    """A form with this log-in's token."""
    token = re.search(r'name="csrf" value="([^"]+)"', page(browser, url.partition("/setup")[0] + "/system"))
    assert token
    return page(browser, url, csrf=token[1], **fields)


def wait_for(browser: OpenerDirector, url: str, words: str) -> str:
    """The page once it says these words."""
    found = ""
    for _ in range(120):
        try:
            found = page(browser, url)
            if words in found:
                return found
        except (URLError, HTTPError, ConnectionError):
            pass
        time.sleep(0.5)
    raise AssertionError(f"{url} never said {words}: {found[-800:]}")


def test_from_an_empty_folder_to_the_first_letter_without_editing_a_file(tmp_path: Path, netease: DemoMailbox) -> None:
    """Only the port is given beforehand, for the tests of this machine run beside each other."""
    netease.deliver(plain_letter(1), MOMENT)
    port = free_port()
    (tmp_path / "intake.toml").write_text(f"[desk]\nport = {port}\n", encoding="utf-8")
    env = {k: v for k, v in os.environ.items() if not k.startswith("INTAKE_")} | {"PYTHONPATH": str(ROOT)}
    service = subprocess.Popen([sys.executable, "-m", "service", "run"], cwd=tmp_path, env=env, stderr=subprocess.PIPE, text=True)
    here, browser = f"http://127.0.0.1:{port}", build_opener(HTTPCookieProcessor(CookieJar()))
    try:
        wait_for(browser, here, "您的姓名")
        page(browser, f"{here}/setup", name="郝老师", address="hao@office.example", password=PASSWORD, again=PASSWORD)
        servers = {"imap": "127.0.0.1", "imap_port": str(netease.imap_port), "smtp": "127.0.0.1", "smtp_port": str(netease.smtp_port)}
        tried = post(browser, f"{here}/setup/mailbox", address=netease.user, secret=netease.secret, **servers)
        assert "登录成功" in tried
        post(browser, f"{here}/setup/campaign", next="roster")
        post(browser, f"{here}/setup/roster", next="mode")
        post(browser, f"{here}/setup/mode", mode="rehearsal", next="start")
        assert "已登记 1 封" in wait_for(browser, f"{here}/setup?step=start", "收过信了")
        assert "letter 1" in wait_for(browser, f"{here}/letters", "letter 1")
    finally:
        service.send_signal(signal.SIGTERM)
        assert service.wait(40) == 0, service.stderr.read() if service.stderr else ""
