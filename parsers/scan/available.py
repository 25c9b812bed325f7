"""Core: whether this installation can read scans, and the version of the engine that would (readings of scans are kept under it)."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec

SCAN_READER_VERSION = "scan.5"
"""Goes up with every change that reads a scan differently: kept readings are then owed again."""
_NEEDED = ("rapidocr", "onnxruntime", "cv2", "numpy")


@lru_cache(maxsize=1)
def scan_reader_available() -> bool:
    """True when the extra `ocr` is installed; nothing of it is loaded to find out."""
    return all(find_spec(name) is not None for name in _NEEDED)
