"""Core: a letter's own text as the page it was written as (网页样式), found in the bounded tree; to be run in the reading child only."""

from __future__ import annotations

from intake.opening.containers.limits import LONGEST_TEXT, Budget
from intake.opening.headers.charset import bytes_to_text
from intake.opening.mime import raw_to_part
from intake.opening.text.html_text import find_meta_charset


def raw_to_own_page(raw: bytes) -> str:
    """The first HTML text of a letter that is no attachment, in its own charset and at most two million characters of it; "" when there is none."""
    for part in raw_to_part(raw, Budget()).walk():
        if part.media_type == "text/html" and part.disposition != "attachment" and not part.beyond:
            payload = part.payload
            return bytes_to_text(payload[: LONGEST_TEXT * 2], part.charset or find_meta_charset(payload))[:LONGEST_TEXT]
    return ""
