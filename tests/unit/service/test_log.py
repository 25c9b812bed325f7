"""The log never holds a whole phone or ID number."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path

import pytest

from service import log as service_log
from service.log import MaskPersonalNumbers, keep_log, mask_personal_numbers
from service.worker import belt_cycle, mail_cycle, post_cycle, scan_cycle, scrub_cycle, staff_cycle


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话13812345678。", "电话138****5678。"),
        ("身份证210103199001011234", "身份证210103********1234"),
        ("身份证21010319900101123X！", "身份证210103********123X！"),
        ("订单号123456789012345678901", "订单号123456789012345678901"),
        ("座机 024-12345678", "座机 024-12345678"),
        ("电话 138 1234 5678、138-1234-5678", "电话 138****5678、138****5678"),
        ("＋86 13812345678 +8613812345678", "＋86 138****5678 +86138****5678"),
        ("１３８１２３４５６７８", "１３８****５６７８"),
        ("身份证 210103 19900101 1234", "身份证 210103********1234"),
        ("gh13812345678@qq.example", "gh138****5678@qq.example"),
        ("13812345678,13912345678", "138****5678,139****5678"),
        ("LN2022-0001-13", "LN2022-0001-13"),
        ("来信 a13812345678b0c1d2e3", "来信 a138****5678b0c1d2e3"),
        ("2022年8月5日23时59分", "2022年8月5日23时59分"),
    ],
)
def test_phone_and_id_numbers_are_starred_and_nothing_else(text: str, masked: str) -> None:
    """Eleven digits of a mobile and eighteen of an ID lose their middle; longer numbers are order numbers."""
    assert mask_personal_numbers(text) == masked


def test_the_filter_masks_arguments_too() -> None:
    """A number handed over as an argument is masked as well as one in the format."""
    record = logging.LogRecord("intake", logging.INFO, "f", 1, "来自 %s", ("13812345678",), None)
    assert MaskPersonalNumbers().filter(record)
    assert record.getMessage() == "来自 138****5678"


def test_the_kept_log_is_json_in_beijing_time_with_tracebacks_starred(tmp_path: Path) -> None:
    """One object a line, nobody's number whole, for the owner alone."""
    root = logging.getLogger()
    before = root.handlers[:]
    keep_log(tmp_path / "log")
    try:
        try:
            raise ValueError("来自 13812345678")
        except ValueError:
            logging.getLogger("intake.test").exception("出错 %s", "210103199001011234")
    finally:
        root.handlers[-1].close()
        root.handlers[:] = before
    path = tmp_path / "log" / "intake.jsonl"
    line = json.loads(path.read_text(encoding="utf-8"))
    assert (line["level"], line["where"], line["what"]) == ("ERROR", "intake.test", "出错 210103********1234")
    assert "138****5678" in line["traceback"]
    assert "13812345678" not in path.read_text(encoding="utf-8")
    assert line["at"].endswith("+0800")
    assert path.stat().st_mode & 0o077 == 0


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Path]:
    """The folder of a kept log; the handlers are as before afterwards."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    keep_log(tmp_path / "log")
    root.setLevel(logging.INFO)
    yield tmp_path / "log"
    for handler in set(root.handlers) - set(before):
        handler.close()
    root.handlers[:], root.level = before, level


def test_every_line_is_one_object_whatever_is_told(kept: Path) -> None:
    """Line breaks, quotes, escapes and lone surrogates of a stranger's subject neither end a line nor hide a number."""
    told = ['主题 "x"\n{"at": "假"}', "\x1b[2J\r\n13812345678", "\ud800 坏字", "\u2028 分行 \u0085"]
    for words in told:
        logging.getLogger("intake.test").info("%s", words)
    text = (kept / "intake.jsonl").read_bytes()
    lines = [json.loads(line) for line in text.decode("utf-8").split("\n") if line]
    assert len(lines) == len(told)
    assert b"13812345678" not in text
    assert all(line.keys() == {"at", "level", "where", "what"} and line["at"].endswith("+0800") for line in lines)


def test_the_log_is_cut_by_size_and_five_files_are_kept(kept: Path) -> None:
    [handler] = [handler for handler in logging.getLogger().handlers if isinstance(handler, RotatingFileHandler)]
    assert (handler.maxBytes, handler.backupCount) == (5 << 20, 4)
    handler.maxBytes = 2000
    for number in range(400):
        logging.getLogger("intake.test").info("第 %s 行", number)
    files = sorted(kept.iterdir())
    assert [path.name for path in files] == ["intake.jsonl", *(f"intake.jsonl.{n}" for n in range(1, 5))]
    assert all(path.stat().st_size <= 2000 for path in files)
    assert all(path.stat().st_mode & 0o077 == 0 for path in files)
    newest = [json.loads(line)["what"] for line in (kept / "intake.jsonl").read_text(encoding="utf-8").splitlines()]
    assert newest[-1] == "第 399 行"


def test_times_are_beijing_s_whatever_zone_the_machine_is_in(tmp_path: Path) -> None:
    code = (
        "import logging, sys; from pathlib import Path; from service.log import keep_log, start_log; start_log(); keep_log(Path(sys.argv[1]));"
        "logging.getLogger('intake').handle(logging.makeLogRecord({'name': 'intake', 'levelno': 20, 'levelname': 'INFO', 'msg': 'x', 'created': 1659715199.0}))"
    )
    root = str(Path(__file__).parents[3])
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], env=os.environ | {"TZ": "America/New_York", "PYTHONPATH": root}, cwd=root, capture_output=True, text=True, check=True)
    assert json.loads((tmp_path / "intake.jsonl").read_text(encoding="utf-8"))["at"] == "2022-08-05T23:59:59+0800"
    assert done.stderr.startswith("08-05 23:59:59")


def test_a_round_in_which_nothing_happened_writes_no_line(kept: Path, tmp_path: Path) -> None:
    """Mailbox, belt, post, staff, scans and scrubbing, three rounds on empty books; and one line once a letter came."""
    from dataclasses import replace
    from datetime import datetime

    from service.demo.mailbox import DemoMailbox
    from service.office import open_office
    from tests.letters import MOMENT, plain_letter, settings_of

    office = open_office(None, datetime.fromisoformat("2022-08-01T10:00:00+08:00"))
    with DemoMailbox() as mailbox:
        office = replace(office, filed=None, settings=replace(office.settings, data=tmp_path / "data", mailbox=settings_of(mailbox)))

        def cycles() -> list[str]:
            before = len((kept / "intake.jsonl").read_text(encoding="utf-8").splitlines())
            for cycle in (mail_cycle, belt_cycle, post_cycle, staff_cycle, scan_cycle, scrub_cycle):
                cycle(office)
            return [json.loads(line)["what"] for line in (kept / "intake.jsonl").read_text(encoding="utf-8").splitlines()[before:]]

        assert [cycles() for _ in range(3)] == [[], [], []]
        mailbox.deliver(plain_letter(1), MOMENT)
        assert cycles()[:1] == ["新收 1 封"]
        assert cycles() == []


def test_libraries_tell_the_log_nothing_below_a_warning() -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        service_log.start_log()
        assert not logging.getLogger("imapclient.imaplib").isEnabledFor(logging.INFO)
        assert logging.getLogger("intake.worker").isEnabledFor(logging.INFO)
    finally:
        root.handlers[:], root.level = before, level
