"""Core: what floats over a sheet's grid - form-control check boxes (their state lives in the VML drawing) and text boxes."""

from __future__ import annotations

from dataclasses import dataclass

from parsers.document import TICKED, UNTICKED
from parsers.formats.bounds import Element, Package, RefusedError, attribute, child, clean_count, local, xml_to_element
from parsers.formats.docx import part_relations
from parsers.formats.sheetgrid import Place


@dataclass(frozen=True, slots=True)
class Drawing:
    """`boxes` are check boxes by the cell under them, `texts` the text boxes' lines, `pictures` the first and last cell that each lies over."""

    boxes: tuple[tuple[Place, str], ...] = ()
    texts: tuple[str, ...] = ()
    pictures: tuple[tuple[Place, Place], ...] = ()


def sheet_drawing(package: Package, part: str) -> Drawing:
    """The check boxes and text boxes of one worksheet part; nothing when a drawing is broken."""
    boxes: list[tuple[Place, str]] = []
    texts: list[str] = []
    pictures: list[tuple[Place, Place]] = []
    for kind, target in part_relations(package, part).values():
        if kind not in ("vmlDrawing", "drawing"):
            continue
        payload = package.find(target)
        try:
            root = xml_to_element(payload) if payload is not None else None
        except RefusedError:
            continue
        if root is not None and kind == "vmlDrawing":
            boxes += _form_boxes(root)
            pictures += _pasted_objects(root)
        elif root is not None:
            texts += _text_boxes(root)
            pictures += _anchored_pictures(root)
    return Drawing(tuple(sorted(boxes)), tuple(texts), tuple(pictures))


def _pasted_objects(root: Element) -> list[tuple[Place, Place]]:
    """OLE objects and old pictures, whose place the VML drawing tells."""
    found = []
    for control in root.iter("{*}ClientData"):
        said = next((e.text or "" for e in control if local(e) == "Anchor"), "")
        anchor = [clean_count(n.strip(), 0, 100_000) for n in said.split(",")]
        if attribute(control, "ObjectType") == "Pict" and len(anchor) == 8:
            found.append(((anchor[2], anchor[0]), (anchor[6], anchor[4])))
    return found


def _anchored_pictures(root: Element) -> list[tuple[Place, Place]]:
    """Pictures, charts and ink by their anchors; the last cell counts only when the picture really reaches into it."""
    found = []
    for anchor in root:
        if not any(local(e) in ("pic", "contentPart", "graphicFrame") for e in anchor.iter()):
            continue
        first, last = child(anchor, "from"), child(anchor, "to")
        if first is None:
            continue
        start = _cell_of(first, 0)
        end = _cell_of(last, 1) if last is not None else start
        found.append((start, (max(start[0], end[0]), max(start[1], end[1]))))
    return found


def _cell_of(corner: Element, step: int) -> Place:
    """A corner's (row, col); `step` back from a cell that the corner hardly enters (offsets are in EMU, 127 000 are 10 points)."""
    said = {local(e): clean_count((e.text or "").strip(), 0, 1_000_000_000) for e in corner}

    def one(name: str) -> int:
        place = said.get(name, 0)
        return max(0, place - step) if said.get(f"{name}Off", 0) < 60_000 else place

    return one("row"), one("col")


def _form_boxes(root: Element) -> list[tuple[Place, str]]:
    found = []
    for control in root.iter("{*}ClientData"):
        if attribute(control, "ObjectType") not in ("Checkbox", "Radio"):
            continue
        said = {local(e): (e.text or "").strip() for e in control}
        anchor = [clean_count(n.strip(), 0, 100_000) for n in said.get("Anchor", "").split(",")]
        if len(anchor) == 8:
            shape = control.getparent()
            caption = " ".join("".join(t.itertext()).strip() for t in shape.iter("{*}textbox"))
            ticked = said.get("Checked", "0") not in ("0", "")
            found.append(((anchor[2], anchor[0]), (TICKED if ticked else UNTICKED) + " ".join(caption.split())))
    return found


def _text_boxes(root: Element) -> list[str]:
    lines = []
    for body in root.iter("{*}txBody"):
        for paragraph in body.iter("{*}p"):
            text = "".join(t.text or "" for t in paragraph.iter("{*}t")).strip()
            if text:
                lines.append(text)
    return lines
