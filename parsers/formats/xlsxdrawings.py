"""Core: what floats over a sheet's grid - form-control check boxes (their state lives in the VML drawing) and text boxes."""

from __future__ import annotations

from dataclasses import dataclass

from parsers.document import TICKED, UNTICKED
from parsers.formats.bounds import Element, Package, RefusedError, attribute, clean_count, local, xml_to_element
from parsers.formats.docx import part_relations
from parsers.formats.sheetgrid import Place


@dataclass(frozen=True, slots=True)
class Drawing:
    """`boxes` are check boxes by the cell under them, `texts` the text boxes' lines."""

    boxes: tuple[tuple[Place, str], ...] = ()
    texts: tuple[str, ...] = ()


def sheet_drawing(package: Package, part: str) -> Drawing:
    """The check boxes and text boxes of one worksheet part; nothing when a drawing is broken."""
    boxes: list[tuple[Place, str]] = []
    texts: list[str] = []
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
        elif root is not None:
            texts += _text_boxes(root)
    return Drawing(tuple(sorted(boxes)), tuple(texts))


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
