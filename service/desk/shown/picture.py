"""Shell: pictures of pages and letters' own HTML from the reading child - one child behind a lock; this process never looks inside."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from intake.reading import Limits, Sandbox

WIDTH = 900
WORK = "service.desk.shown.untrusted:show"
PATIENCE = 8.0
VERSION = "1"
LIMITS = Limits(memory=1 << 30, seconds=20, calls=50)


@dataclass(frozen=True, slots=True)
class Refused:
    """没有图片: why, in a sentence."""

    sentence: str


class Artist:
    """画页面的: a child started on first use; whatever the bytes do to it, the desk lives."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # a Sandbox is not for two threads at once
        self._sandbox = Sandbox(LIMITS, WORK)

    def draw(self, payload: bytes, page: int) -> bytes | Refused:
        """One page as a PNG, or why there is none."""
        found = self._ask({"page": page, "width": WIDTH}, payload)
        if found is None:
            return Refused("图片正在生成，请过几秒刷新。")
        return found[0] if found and found[0][:4] == b"\x89PNG" else Refused("这个文件画不成图片，请下载后打开。")

    def set_letter(self, raw: bytes) -> str | Refused:
        """A letter's own HTML as a harmless page, or why there is none."""
        found = self._ask({}, raw)
        if found is None:
            return Refused("网页样式正在整理，请过几秒再点。")
        return found[0].decode("utf-8", "replace") if found else Refused("这封信没有网页样式，或者样式读不出来：请看上面的文字，或下载原信。")

    def _ask(self, request: dict[str, int], payload: bytes) -> Sequence[bytes] | None:
        """What the child gave, nothing where it died of the bytes; None while it is at work for somebody else."""
        if not self._lock.acquire(timeout=PATIENCE):
            return None
        try:
            found = self._sandbox.ask(request, payload)
        finally:
            self._lock.release()
        return found[1] if isinstance(found, tuple) else ()

    def close(self) -> None:
        """Let the child go."""
        with self._lock:
            self._sandbox.close()


def picture_key(sha: str, page: int) -> str:
    """What a picture shows: the file, the page, the width, and the version of who drew it."""
    return f"{sha}/{page}/{WIDTH}/{VERSION}"
