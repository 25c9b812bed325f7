"""The log never holds a whole phone or ID number."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from service.log import MaskPersonalNumbers, keep_log, mask_personal_numbers


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话13812345678。", "电话138****5678。"),
        ("身份证210103199001011234", "身份证210103********1234"),
        ("身份证21010319900101123X！", "身份证210103********123X！"),
        ("订单号123456789012345678901", "订单号123456789012345678901"),
        ("座机 024-12345678", "座机 024-12345678"),
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
