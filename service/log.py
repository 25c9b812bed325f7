"""Shell: the log - on stderr for whoever watches, as JSON lines in the data folder for whoever asks later; times are Beijing's, and phone
and ID numbers are never whole, in tracebacks neither (个人信息保护). A quiet round writes nothing."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from datetime import datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")

MASK = re.compile(
    r"(?:(?<!\d)|(?<=\b86)|(?<=\b0086)|(?<=\b086))([1１][3-9３-９]\d)[ -]?\d{4}[ -]?(\d{4})(?!\d)"
    r"|(?<![\dXx])(\d{6})[ -]?\d{8}[ -]?(\d{3}[\dXx])(?![\dXx])"
)
"""Mobiles with or without 86, and ID numbers, also in the groups people write them in and in full-width digits; a longer number is another one."""


def mask_personal_numbers(text: str) -> str:
    """The text with the middle of every mobile and ID number starred: 136****3456, 210103********1234."""
    return MASK.sub(lambda m: (m[1] or m[3]) + ("****" if m[1] else "********") + (m[2] or m[4]), text)


class MaskPersonalNumbers(logging.Filter):
    """Stars personal numbers in every line before any handler writes it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace the finished message; never drops a line."""
        record.msg, record.args = mask_personal_numbers(record.getMessage()), None
        return True


class Readable(logging.Formatter):
    """A line for people: Beijing time, level, message, all numbers starred."""

    def format(self, record: logging.LogRecord) -> str:
        """The whole text is masked, the traceback too."""
        return mask_personal_numbers(super().format(record))

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - logging calls it so
        """The time in Beijing, whatever zone the machine thinks it is in."""
        return datetime.fromtimestamp(record.created, BEIJING).strftime(datefmt or "%Y-%m-%dT%H:%M:%S%z")


class JsonLine(Readable):
    """One JSON object a line: at, level, where, what, and the traceback if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, masked before it is quoted, so that no escape can hide a number."""
        line = {"at": self.formatTime(record), "level": record.levelname, "where": record.name, "what": mask_personal_numbers(record.getMessage())}
        if record.exc_info:
            line["traceback"] = mask_personal_numbers(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def start_log(verbose: bool = False) -> None:
    """Log to stderr with times; libraries stay quiet, so that no letter's text can reach the log."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Readable("%(asctime)s %(levelname)s %(message)s", "%m-%d %H:%M:%S"))
    handler.addFilter(MaskPersonalNumbers())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("intake").setLevel(logging.DEBUG if verbose else logging.INFO)


class KeptLines(RotatingFileHandler):
    """Files of lines for their owner's eyes alone, each new one too; what cannot be written as it is stands there escaped, never nowhere."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=5 << 20, backupCount=4, encoding="utf-8", errors="backslashreplace", delay=False)

    def _open(self) -> TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        os.fchmod(descriptor, 0o600)
        return open(descriptor, "a", encoding=self.encoding, errors=self.errors)


def keep_log(folder: Path) -> None:
    """Keep the same log as JSON lines below `folder`, five files of five megabytes, for their owner's eyes; a folder that cannot be written
    keeps nobody from work."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handler = KeptLines(folder / "intake.jsonl")
    except OSError as error:
        logging.getLogger("intake").warning("日志没有写进 %s：%s", folder, error.strerror)
        return
    handler.setFormatter(JsonLine())
    logging.getLogger().addHandler(handler)
