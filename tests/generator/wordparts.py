"""What a plain docx of ours lacks: page heads and feet, pictures, objects, struck, deleted and hidden words - put in by marks in its text."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping

_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SPACES = (
    f'xmlns:r="{_R}" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
)
_MARK = re.compile(r'<w:r><w:t xml:space="preserve">([^<⟦]*)⟦(\w+)(?::([^⟧]*))?⟧([^<]*)</w:t></w:r>')

INSTRUCTIONS: Mapping[str, Mapping[str, str]] = {
    "running head": {"header": "云栖示例大学工会委员会"},
    "running foot": {"footer": "联系地址：示例市示例路1号"},
    "head and foot": {"header": "云栖示例大学工会委员会", "footer": "示例市示例路1号"},
    "head on later pages only": {"header": "云栖示例大学工会委员会", "first": "different"},
    "narrow margins": {"margin": "720"},
    "wide margins": {"margin": "2000"},
    "large letters": {"size": "28"},
    "small letters": {"size": "16"},
    "narrow letters": {"scale": "60"},
    "landscape": {"landscape": "1"},
}
"""Names of what a page may have, with the parts that make it so."""


def png(width: int = 40, height: int = 16) -> bytes:
    """A small grey picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\0" + bytes((x * 5 + y * 9) % 200 for x in range(width)) for y in range(height))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def with_parts(payload: bytes, parts: Mapping[str, str]) -> bytes:
    """The docx with its marks (⟦inline⟧, ⟦floating⟧, ⟦object⟧, ⟦struck:…⟧, ⟦deleted:…⟧, ⟦hidden:…⟧) and `parts` made real."""
    if not parts:
        return payload
    with zipfile.ZipFile(io.BytesIO(payload)) as old:
        files = {name: old.read(name) for name in old.namelist()}
    body = files["word/document.xml"].decode()
    body = _MARK.sub(lambda m: _text(m[1]) + _piece(m[2], m[3] or "") + _text(m[4]), body).replace(
        "<w:document ", f"<w:document {_SPACES} ", 1
    )
    body = body.replace("<w:sectPr/>", _section(parts))
    if "size" in parts or "scale" in parts:
        look = (f'<w:w w:val="{parts["scale"]}"/>' if "scale" in parts else "") + (
            f'<w:sz w:val="{parts["size"]}"/>' if "size" in parts else ""
        )
        body = re.sub(r"<w:r>(?=<w:t)", f"<w:r><w:rPr>{look}</w:rPr>", body)
    links = [("rIdP", "image", "media/p.png")]
    types = files["[Content_Types].xml"].decode()
    types = types.replace("<Override", '<Default Extension="png" ContentType="image/png"/><Override', 1)
    for kind, tag in (("header", "hdr"), ("footer", "ftr")):
        if kind in parts:
            files[f"word/{kind}1.xml"] = (
                f'<w:{tag} xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:p><w:r><w:t>{parts[kind]}</w:t></w:r></w:p></w:{tag}>'.encode()
            )
            links.append((f"rId{kind}", kind, f"{kind}1.xml"))
            override = f'<Override PartName="/word/{kind}1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml"/>'
            types = types.replace("</Types>", f"{override}</Types>")
    listed = "".join(f'<Relationship Id="{i}" Type="{_R}/{kind}" Target="{target}"/>' for i, kind, target in links)
    files["word/_rels/document.xml.rels"] = (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{listed}</Relationships>'.encode()
    )
    files["word/media/p.png"] = png()
    files["[Content_Types].xml"], files["word/document.xml"] = types.encode(), body.encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in files.items():
            new.writestr(name, content)
    return packed.getvalue()


def _text(text: str, properties: str = "") -> str:
    return f'<w:r>{properties}<w:t xml:space="preserve">{text}</w:t></w:r>' if text else ""


def _piece(kind: str, words: str) -> str:
    if kind == "struck":
        return _text(words, "<w:rPr><w:strike/></w:rPr>")
    if kind == "hidden":
        return _text(words, "<w:rPr><w:vanish/></w:rPr>")
    if kind == "deleted":
        return f'<w:del w:id="1" w:author="a"><w:r><w:delText xml:space="preserve">{words}</w:delText></w:r></w:del>'
    if kind == "object":
        return '<w:r><w:pict><v:shape style="width:30pt;height:12pt"><v:imagedata r:id="rIdP"/></v:shape></w:pict></w:r>'
    size = '<wp:extent cx="380000" cy="150000"/>'
    shown = (
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="0" name="p"/>'
        '<pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="rIdP"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/>'
        '<a:ext cx="380000" cy="150000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
    )
    if kind == "inline":
        return f'<w:r><w:drawing><wp:inline>{size}<wp:docPr id="1" name="p"/>{shown}</wp:inline></w:drawing></w:r>'
    return (
        '<w:r><w:drawing><wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="1" behindDoc="0" locked="0" layoutInCell="1" '
        'allowOverlap="1"><wp:simplePos x="0" y="0"/><wp:positionH relativeFrom="column"><wp:posOffset>30000</wp:posOffset></wp:positionH><wp:positionV '
        f'relativeFrom="paragraph"><wp:posOffset>20000</wp:posOffset></wp:positionV>{size}<wp:wrapNone/><wp:docPr id="2" name="p"/>{shown}</wp:anchor></w:drawing></w:r>'
    )


def _section(parts: Mapping[str, str]) -> str:
    kinds = [f'<w:{kind}Reference w:type="default" r:id="rId{kind}"/>' for kind in ("header", "footer") if kind in parts]
    size = '<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>' if "landscape" in parts else '<w:pgSz w:w="11906" w:h="16838"/>'
    edge = parts.get("margin", "1300")
    margins = f'<w:pgMar w:top="1300" w:right="{edge}" w:bottom="1300" w:left="{edge}" w:header="700" w:footer="700" w:gutter="0"/>'
    return f"<w:sectPr>{''.join(kinds)}{size}{margins}{'<w:titlePg/>' if 'first' in parts else ''}</w:sectPr>"
