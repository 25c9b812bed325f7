"""Shell: page pictures from the reading child - one child behind a lock, pictures kept by what they show; this process never looks inside."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from intake.reading import Limits, Sandbox

WIDTH = 900
WORK = "parsers.formats.picture:page_picture"
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
        if not self._lock.acquire(timeout=PATIENCE):
            return Refused("图片正在生成，请过几秒刷新。")
        try:
            found = self._sandbox.ask({"page": page, "width": WIDTH}, payload)
        finally:
            self._lock.release()
        if isinstance(found, tuple) and found[1] and found[1][0][:4] == b"\x89PNG":
            return found[1][0]
        return Refused("这个文件画不成图片，请下载后打开。")

    def close(self) -> None:
        """Let the child go."""
        with self._lock:
            self._sandbox.close()


def picture_key(sha: str, page: int) -> str:
    """What a picture shows: the file, the page, the width, and the version of who drew it."""
    return f"{sha}/{page}/{WIDTH}/{VERSION}"
