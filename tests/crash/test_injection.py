"""Words of an attacker in every place a letter has for words: nothing of them becomes a header, a tag, a formula, a path or a terminal's command."""

from __future__ import annotations

import base64
import email
import email.policy
import re
import shutil
import zipfile
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from config.load import DEFAULT_CAMPAIGN
from notifier.belt import compose_digest
from service.cli import intake
from service.demo.story import FOLDER
from service.office import open_office
from tests.generator.documents import basic_info_docx
from tests.generator.people import make_studio

NOW = "2022-08-01T10:00:00+08:00"
ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</td></tr></table><h1>已受理</h1>",
    '"><a href="https://evil.example/login">点此登录</a>',
    "x\r\nBcc: evil@evil.example\r\n\r\nbody",
    "=HYPERLINK(\"https://evil.example\",\"x\")",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\x1b[2J\x1b]0;owned\x07",
    "\u202etxt.exe\u2066",
    "../../../../etc/cron.d/x",
    "{{ campaign }}{% for x in range(9) %}x{% endfor %}",
    "%s%n%x {0.__class__}",
)
HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Reply-To",
}  # fmt: skip
TAGS = re.compile(r"<(script|img|h1|a )", re.IGNORECASE)
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
SETTINGS = 'campaign = "campaign"\ndata = "books"\nmode = "approve"\n[[staff]]\nname = "郝老师"\naddress = "hao@office.example"\n'


def encoded(words: str) -> str:
    """The words as a header may carry anything."""
    return f"=?utf-8?B?{base64.b64encode(words.encode()).decode()}?="


def letter(number: int, attack: str, sender: str) -> bytes:
    """One letter with the attack as subject, sender's name, file name, body and the values of a form."""
    import random

    studio = make_studio(random.Random(number), "辽河理工大学")
    poisoned = {key: f"{attack}{value}" if isinstance(value, str) and "name" in key else value for key, value in studio.items()}
    content = EmailMessage()
    content.set_content(f"辽河理工大学工会报送材料。{attack}")
    safe = CONTROLS.sub("", attack)
    names = (f"附件4 {attack}.docx", f"{attack}.pdf")
    for _ in names:
        payload = basic_info_docx({key: CONTROLS.sub("", value) if isinstance(value, str) else value for key, value in poisoned.items()})
        content.add_attachment(payload, maintype="application", subtype="octet-stream", filename="FILENAME")
    head = f"From: {encoded(attack)} <{sender}>\r\nTo: intake@office.example\r\nSubject: {encoded('辽河理工大学 ' + attack)}\r\n"
    head += f"Message-ID: <{number}@lhut.example>\r\nReply-To: {encoded(safe)} <other{number}@third.example>\r\nDate: Mon, 1 Aug 2022 09:00:00 +0800\r\n"
    body = content.as_bytes(policy=email.policy.SMTP)
    for name in names:  # afterwards: a Python that looks at what it writes refuses such a name, an attacker's program does not
        body = body.replace(b'filename="FILENAME"', f'filename="{encoded(name)}"'.encode(), 1)
    return head.encode() + body


def house_of_letters(folder: Path) -> None:
    """An office with the demo's roster and an empty folder for letters."""
    shutil.copytree(DEFAULT_CAMPAIGN, folder / "campaign")
    shutil.copyfile(FOLDER / "roster.csv", folder / "campaign" / "roster.csv")
    (folder / "intake.toml").write_text(SETTINGS, encoding="utf-8")
    (folder / "in").mkdir()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every attack from the university's own address and from a stranger's, imported, read and answered."""
    folder = tmp_path_factory.mktemp("office")
    house_of_letters(folder)
    for number, attack in enumerate(ATTACKS):
        (folder / "in" / f"{number:02}a.eml").write_bytes(letter(number, attack, "gh@lhut.example"))
        (folder / "in" / f"{number:02}b.eml").write_bytes(letter(100 + number, attack, f"stranger{number}@evil.example"))
    said = run(folder, "import", str(folder / "in"))
    assert "24" in said
    return folder


def run(folder: Path, *words: str) -> str:
    """What a command prints."""
    done = CliRunner().invoke(intake, [words[0], "--config", str(folder / "intake.toml"), "--now", NOW, *words[1:]], catch_exceptions=False)
    return done.output


@pytest.mark.parametrize("words", [("status",), ("letters",), ("digest",)])
def test_no_command_sends_a_terminal_anything_but_letters(words: tuple[str, ...], office: Path) -> None:
    said = run(office, *words)
    assert said
    assert not CONTROLS.search(said), CONTROLS.findall(said)


def test_letters_have_our_headers_and_our_tags_alone(office: Path) -> None:
    settled = open_office(office / "intake.toml", datetime.fromisoformat(NOW))
    with settled.books() as (ledger, _):
        rows = [row for row in map(ledger.one_outbox, [row.key for row in ledger.outbox(raw=False)]) if row]
    assert rows
    for row in rows:
        mail = email.message_from_bytes(row.raw, policy=email.policy.default)
        assert set(mail.keys()) <= HEADERS
        assert row.recipient.endswith(("@lhut.example", "@evil.example"))
        assert not row.recipient.startswith("other")
        html = mail.get_body(("html",))
        text = mail.get_body(("plain",))
        assert html
        assert text
        assert not TAGS.search(html.get_content()), row.kind
        assert not CONTROLS.search(text.get_content().replace("\r", ""))
        assert "evil.example/login" not in text.get_content() or row.recipient == "gh@lhut.example"


def test_the_digest_shows_the_words_and_obeys_none(office: Path) -> None:
    settled = open_office(office / "intake.toml", datetime.fromisoformat(NOW))
    with settled.books() as (ledger, _):
        digest = compose_digest(ledger, settled.campaign, settled.settings, datetime.fromisoformat(NOW), "08:30")
    assert not TAGS.search(digest.wording.html)
    assert not CONTROLS.search(digest.wording.text.replace("\r", ""))
    assert not CONTROLS.search(digest.wording.subject)


def test_what_is_exported_holds_no_formula_and_stays_in_its_folder(office: Path, tmp_path: Path) -> None:
    run(office, "export", str(tmp_path / "out"))
    found = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert found
    for path in found:
        assert not CONTROLS.search(path.name)
        assert path.resolve().is_relative_to(tmp_path.resolve())
        if path.suffix == ".xlsx" and not path.name.startswith(("附件4", "_")):
            try:
                book = openpyxl.load_workbook(path)
            except (zipfile.BadZipFile, KeyError):
                continue
            assert not [cell.coordinate for sheet in book for line in sheet.iter_rows() for cell in line if cell.data_type == "f"], path
    assert not [path for path in tmp_path.iterdir() if path.name != "out"]
