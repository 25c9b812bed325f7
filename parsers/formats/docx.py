"""Core: .docx, .docm, .dotx (also Strict, also flat OPC) -> Document, straight from the XML of its parts."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Callable, Mapping

from parsers.document import Document
from parsers.formats.activex import control_to_text
from parsers.formats.blocks import Blocks
from parsers.formats.bounds import Element, Package, RefusedError, attribute, damaged, local, xml_to_element
from parsers.formats.wordstyles import Numbering, Styles
from parsers.formats.wordwalk import WordWalk

TEMPLATE_PROPERTY = "intake-template"
_PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff")


def docx_to_document(payload: bytes, opened: zipfile.ZipFile | None = None) -> Document:
    """A Word document as its reader sees it: body first, then foot notes, headers and footers (`place` says which)."""
    package = Package(payload, opened)
    main = find_main_part(package)
    root = xml_to_element(package.read(main))
    relations = part_relations(package, main)
    return _parts_to_document(root, relations, package)


def _parts_to_document(root: Element, relations: Mapping[str, tuple[str, str]], package: Package) -> Document:
    body = next((e for e in root.iter("{*}body")), None)
    if body is None:
        raise damaged()
    part = _related(relations, package)
    blocks = Blocks()
    controls = _controls(root, relations, package)
    walk = WordWalk(blocks, Styles(lambda: part("styles")), Numbering(lambda: part("numbering")), controls)
    walk.story(body)
    for kind, place in (("footnote", "脚注"), ("endnote", "尾注")):
        cited = next(root.iter(f"{{*}}{kind}Reference"), None) is not None
        for note in _notes(part(f"{kind}s")) if cited else ():
            walk.story(note, place)
    for kind, place in (("header", "页眉"), ("footer", "页脚")):
        for element in _margins(relations, kind, package):
            walk.story(element, place)
    pictures = sum(1 for name in package.names() if "/media/" in name and name.endswith(_PICTURES))
    return blocks.to_document("docx", pictures=pictures, tag=template_tag(package))


def find_main_part(package: Package) -> str:
    """The part the package says it is about (Office 365 writes document2.xml), whatever its namespace."""
    if not package.main:
        package.main = _named_main_part(package)
    return package.main


def _named_main_part(package: Package) -> str:
    relations = package.find("_rels/.rels")
    if relations is not None:
        for relation in xml_to_element(relations):
            if (attribute(relation, "Type") or "").endswith("/officeDocument"):
                target = (attribute(relation, "Target") or "").lstrip("/")
                if target in package:
                    return target
    found = next((n for n in ("word/document.xml", "xl/workbook.xml", "xl/workbook.bin") if n in package), None)
    if found is None:
        raise RefusedError("unreadable", "part_missing")
    return found


def part_relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """A part's relations: id -> (kind, member name); links out of the package are left out."""
    found = package.relations.get(part)
    if found is None:
        found = package.relations[part] = _read_relations(package, part)
    return found


def _read_relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    folder, name = posixpath.split(part)
    payload = package.find(f"{folder}/_rels/{name}.rels")
    found: dict[str, tuple[str, str]] = {}
    if payload is None:
        return found
    try:
        root = xml_to_element(payload)
    except RefusedError:
        return found
    for relation in root:
        if attribute(relation, "TargetMode") == "External":
            continue
        target = attribute(relation, "Target") or ""
        target = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        found[attribute(relation, "Id") or ""] = ((attribute(relation, "Type") or "").rpartition("/")[2], target)
    return found


def _related(relations: Mapping[str, tuple[str, str]], package: Package) -> Callable[[str], Element | None]:
    def part(kind: str) -> Element | None:
        target = next((t for k, t in relations.values() if k == kind), None)
        return _optional(package, target) if target else None

    return part


def _optional(package: Package, name: str) -> Element | None:
    """A part that only refines the reading: None when it is absent or broken."""
    payload = package.find(name)
    try:
        return xml_to_element(payload) if payload is not None else None
    except RefusedError:
        return None


def _notes(root: Element | None) -> list[Element]:
    """Foot notes a person wrote; the separators have a type."""
    return [note for note in root if local(note) in ("footnote", "endnote") and not attribute(note, "type")] if root is not None else []


def _margins(relations: Mapping[str, tuple[str, str]], kind: str, package: Package) -> list[Element]:
    roots = [_optional(package, target) for k, target in relations.values() if k == kind]
    seen: set[str] = set()
    kept = []
    for root in roots:
        text = "".join(t.text or "" for t in root.iter("{*}t")) if root is not None else ""
        if text.strip() and text not in seen:  # first, even and default headers usually say the same
            seen.add(text)
            kept.append(root)
    return kept


def _controls(root: Element, relations: Mapping[str, tuple[str, str]], package: Package) -> dict[str, str]:
    """What each ActiveX control in the document shows, by relation id."""
    if not any(kind == "control" for kind, _ in relations.values()):
        return {}
    shown = {}
    for ident, (kind, target) in relations.items():
        part = _optional(package, target) if kind == "control" else None
        if part is None:
            continue
        stored = part_relations(package, target).get(attribute(part, "id") or "")
        shown[ident] = control_to_text(part, package.find(stored[1]) if stored else None)
    return shown


def template_tag(package: Package) -> str:
    """The mark of a template we sent out ourselves: the custom property `intake-template`, "" when there is none."""
    payload = package.find("docProps/custom.xml")
    if payload is None or TEMPLATE_PROPERTY.encode() not in payload:
        return ""
    root = _optional(package, "docProps/custom.xml")
    for item in root if root is not None else ():
        if attribute(item, "name") == TEMPLATE_PROPERTY:
            return "".join(item.itertext()).strip()[:200]
    return ""
