"""Core: an ActiveX check box or option button of a Word form -> ☑ or ☐ with its caption (MS-OFORMS 2.2.5, MorphData)."""

from __future__ import annotations

import struct

from parsers.document import TICKED, UNTICKED
from parsers.formats.bounds import Element, attribute, local

_CHECK_BOX = "8bd21d40-ec42-11ce-9e0d-00aa006002f3"
_OPTION_BUTTON = "8bd21d50-ec42-11ce-9e0d-00aa006002f3"
_TEXT_BOX = "8bd21d10-ec42-11ce-9e0d-00aa006002f3"
# MorphData property mask: (bit, size in the data block); 0 means the value lives in the extra block or in no block.
_PLAIN: tuple[tuple[int, int], ...] = (
    *((0, 4), (1, 4), (2, 4), (3, 4), (4, 1), (5, 1), (6, 1), (7, 1), (9, 4), (10, 2), (11, 2), (12, 2), (13, 2), (14, 2), (15, 2)),
    *((16, 1), (17, 1), (18, 1), (20, 1), (21, 1), (22, 4), (23, 4), (24, 4), (25, 4), (26, 4), (27, 2), (28, 2), (29, 2), (32, 4)),
)
_VALUE, _CAPTION = 22, 23


def control_to_text(part: Element, stored: bytes | None) -> str:
    """What the control shows: "☑劳模" for a ticked box with that caption, the typed text of a text box, "" for any other."""
    kind = (attribute(part, "classid") or "").strip("{}").lower()
    if kind not in (_CHECK_BOX, _OPTION_BUTTON, _TEXT_BOX):
        return ""
    value, caption = _bag(part) if stored is None else _stream(stored)
    if kind == _TEXT_BOX:
        return value
    return (TICKED if value.strip() in ("1", "-1", "True", "true") else UNTICKED) + caption


def _bag(part: Element) -> tuple[str, str]:
    """Value and caption from the property-bag form, where they are XML attributes."""
    bag = {attribute(p, "name"): attribute(p, "value") or "" for p in part if local(p) == "ocxPr"}
    return bag.get("Value", ""), bag.get("Caption", "")


def _stream(payload: bytes) -> tuple[str, str]:
    """Value and caption from the binary form: class id, version, size, 64-bit mask, data block, extra block."""
    try:
        mask = struct.unpack_from("<Q", payload, 20)[0]
        position, lengths = 28, {}
        for bit, size in _PLAIN:
            if not mask >> bit & 1:
                continue
            position += -(position - 20) % size if size > 1 else 0  # every value is aligned to its own size
            if size == 4:
                lengths[bit] = struct.unpack_from("<I", payload, position)[0]
            position += size
        position += -(position - 20) % 4
        position += 8 if mask >> 8 & 1 else 0  # the size pair opens the extra block
        texts = {}
        for bit in (_VALUE, _CAPTION):
            if mask >> bit & 1:
                texts[bit], position = _text(payload, position, lengths.get(bit, 0))
        return texts.get(_VALUE, ""), texts.get(_CAPTION, "")
    except struct.error:
        return "", ""


def _text(payload: bytes, position: int, length: int) -> tuple[str, int]:
    """A counted string: the top bit of the count says one byte a letter; padded to four bytes."""
    compressed, size = bool(length & 0x80000000), min(length & 0x7FFFFFFF, 10_000)
    raw = payload[position : position + size]
    return raw.decode("latin-1" if compressed else "utf-16-le", "replace"), position + size + -size % 4
