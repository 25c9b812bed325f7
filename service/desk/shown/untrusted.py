"""Core: what the desk wants to see of bytes nobody trusts - to be run in the reading child only, never in the process that serves the pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from intake.opening import raw_to_own_page
from parsers.formats.picture import page_picture
from service.desk.shown.clean_html import clean_html


def show(request: Mapping[str, Any], payload: bytes) -> tuple[dict[str, int], list[bytes]]:
    """The work of the child: with `page` a picture of that page; without, the letter's own page made harmless, nothing when it has none."""
    if "page" in request:
        return page_picture(request, payload)
    page = raw_to_own_page(payload)
    return {}, [clean_html(page).encode("utf-8", "replace")] if page else []
