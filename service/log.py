"""Shell: one log on stderr, in which phone and ID numbers are never whole (个人信息保护)."""

from __future__ import annotations

import logging
import re
import sys

MASK = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)|(?<![\dXx])(\d{6})\d{8}(\d{3}[\dXx])(?![\dXx])")


def mask_personal_numbers(text: str) -> str:
    """The text with the middle of every mobile and ID number starred: 136****3456, 210103********1234."""
    return MASK.sub(lambda m: (m[1] or m[3]) + ("****" if m[1] else "********") + (m[2] or m[4]), text)


class MaskPersonalNumbers(logging.Filter):
    """Stars personal numbers in every line before any handler writes it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace the finished message; never drops a line."""
        record.msg, record.args = mask_personal_numbers(record.getMessage()), None
        return True


def start_log(verbose: bool = False) -> None:
    """Log to stderr with times; libraries stay quiet, so that no letter's text can reach the log."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%m-%d %H:%M:%S"))
    handler.addFilter(MaskPersonalNumbers())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("intake").setLevel(logging.DEBUG if verbose else logging.INFO)
