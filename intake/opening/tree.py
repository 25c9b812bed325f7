"""Core: the attachment tree to its leaves - what a person would find after opening every archive and every forwarded letter."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace

from intake.message import Attachment, AttachmentProblem
from intake.opening.containers.contents import Contents, Member
from intake.opening.containers.limits import DEEPEST_CONTAINER, LONGEST_TEXT, Budget
from intake.opening.containers.magic import find_container, guess_extension, is_complete, is_program
from intake.opening.containers.msg import msg_to_contents
from intake.opening.containers.rar import rar_to_contents
from intake.opening.containers.sevenzip import sevenzip_to_contents
from intake.opening.containers.smime import p7m_to_contents
from intake.opening.containers.tars import packed_to_contents, tar_to_contents
from intake.opening.containers.tnef import tnef_to_contents
from intake.opening.containers.volumes import find_volume, join_volumes
from intake.opening.containers.zips import zip_to_contents
from intake.opening.found import Enclosed, Found, Nested, Place, Text
from intake.opening.headers.charset import bytes_to_text
from intake.opening.headers.encoded_words import header_to_text
from intake.opening.headers.file_names import clean_name, clean_path, find_name, is_hostile
from intake.opening.headers.parameters import find_parameter
from intake.opening.headers.transfer import base64_to_bytes, find_uuencoded
from intake.opening.mime import Part, raw_to_part
from intake.opening.pictures import find_written_pictures, is_logo
from intake.opening.text.hidden_files import shows_head_of_part
from intake.opening.text.html_text import find_meta_charset

_REPORTS = frozenset(
    [
        "message/delivery-status",
        "message/disposition-notification",
        "message/feedback-report",
        "message/global-delivery-status",
        "text/rfc822-headers",
    ]
)
_LETTERS = frozenset(("message/rfc822", "message/global", "message/news"))
_SIGNATURES = frozenset(
    [
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/pgp-signature",
        "application/applefile",
        "application/pgp-keys",
    ]
)
_BODY_TYPES = frozenset(("text/plain", "text/html", "text/enriched", "text/x-amp-html", "text/watch-html", "text"))
_JUNK = re.compile(r"(?i)^(thumbs\.db|desktop\.ini|\.ds_store|\._.*|~\$.*|~wrl\d+\.tmp|icon\r?)$")
_PROBLEM_CODES: dict[AttachmentProblem, str] = {
    "encrypted": "M04",
    "corrupt": "M03",
    "unsupported": "M06",
    "too_large": "M08",
    "hostile": "M08",
    "volume": "open-volume",
    "empty": "open-empty",
}


class Tree:
    """Walks one letter with one budget; `found` grows as it goes."""

    def __init__(self, budget: Budget | None = None) -> None:
        self.budget = budget or Budget()
        self.found = Found()
        self._unnamed = 0
        self._groups = 0
        self._volumes: list[tuple[Place, Member]] = []

    def open_letter(self, raw: bytes) -> Part:
        """Gather a whole letter; returns its root part."""
        root = raw_to_part(raw, self.budget)
        self._gather(root, Place())
        self._settle_volumes(())
        return root

    def open_file(self, payload: bytes, name: str) -> None:
        """Gather one file, which may be a container; one that holds nothing is a leaf itself."""
        member = Member(name, payload)
        self._file(member, Place(), inline=False)
        self._settle_volumes(())
        if not self.found.leaves:
            self._leaf(member, Place(), inline=False)

    # --- the letter's own parts

    def _gather(self, part: Part, place: Place) -> None:
        self.found.media_types.add(part.media_type)
        if part.head.strays:
            self.found.note("open-head", "信头", f"信头中有不合格式的行，已跳过：{bytes_to_text(part.head.strays[0])[:60]}")
        if not part.closed and not part.children:
            self.found.note("open-parts", "附件结构", "来信声明带有分段的附件结构，但没有找到各个部分")
        if part.beyond:
            return self._keep_beyond(part, place)
        if part.children:
            return self._gather_children(part, place)
        if part.media_type in _REPORTS:
            self.found.reports.append((part.media_type, part.payload[:200_000]))
            return None
        if part.media_type in _LETTERS:
            return self._letter(part, place)
        if self._is_body(part):
            return self._body(part, place)
        return self._attachment(part, place)

    def _gather_children(self, part: Part, place: Place) -> None:
        kind = part.media_type
        if kind == "multipart/alternative" and not place.group:
            self._groups += 1
            place = Place(place.path, place.depth, self._groups, place.report, place.related)
        report = place.report or kind == "multipart/report"
        inside = Place(place.path, place.depth, place.group, report, place.related or kind == "multipart/related")
        for child in part.children:
            self._gather(child, inside)
        first, last = part.outside
        if shows_head_of_part(part.raw[part.start : first]) or shows_head_of_part(part.raw[last : part.end]):
            self._note_grown_together()
        if not part.closed and part.end == len(part.raw):
            self._truncated(part)

    def _keep_beyond(self, part: Part, place: Place) -> None:
        self.found.note("M08", "未拆解的部分.eml", f"{part.beyond}，其余部分原样保存，未作拆解")
        self._leaf(Member("未拆解的部分.eml", part.body, "application/octet-stream", "hostile"), place, False)

    def _truncated(self, part: Part) -> None:
        """No closing line: the letter was cut on its way, and its last file with it."""
        self.found.note("open-truncated", "附件结构", "邮件结尾不完整，可能在传输中被截断")
        last = self.found.leaves[-1] if self.found.leaves else None
        if last and last.problem is None and not part.children[-1].children and not is_complete(last.payload, last.name):
            self.found.leaves[-1] = replace(last, problem="corrupt")
            self.found.note("M03", last.name, f"附件《{last.name}》不完整，可能在传输中被截断")

    def _is_body(self, part: Part) -> bool:
        if part.media_type == "text/calendar":
            return not find_name(part.head)
        return part.media_type in _BODY_TYPES and part.disposition != "attachment" and not find_name(part.head)

    def _body(self, part: Part, place: Place) -> None:
        if part.media_type in ("text/calendar", "text/x-amp-html", "text/watch-html"):
            return
        payload = part.payload
        if part.head.has("content-transfer-encoding") and shows_head_of_part(part.body):
            self._note_grown_together()
        html = part.media_type == "text/html"
        payload = self._written_pictures(payload, place) if html else self._uuencoded(payload, place)
        charset = part.charset or (find_meta_charset(payload) if html else "")
        text = bytes_to_text(payload[: LONGEST_TEXT * 2], charset)
        if len(payload) > LONGEST_TEXT * 2:
            self.found.note("open-text-too-long", "正文", "正文过长，只读取前一部分")
        self.found.texts.append(Text(text, html, place.group))

    def _note_grown_together(self) -> None:
        self.found.grown_together = True
        self.found.note("open-parts", "附件结构", "来信的附件结构已损坏，有的部分没有分开")

    def _written_pictures(self, payload: bytes, place: Place) -> bytes:
        """Pictures written into the page itself leave it; what is no logo becomes a leaf, as one shown by `cid:` would."""
        if b"base64," not in payload:
            return payload
        pieces, at = [], 0
        for media_type, encoded, start, end in find_written_pictures(payload):
            picture = base64_to_bytes(encoded)
            if is_logo(picture, media_type):
                self.found.left_out.append(media_type)
            else:
                self._file(Member("", picture, media_type), place, inline=True)
            pieces.append(payload[at:start])
            at = end
        return b"".join([*pieces, payload[at:]])

    def _uuencoded(self, payload: bytes, place: Place) -> bytes:
        """Files written into the text leave it and become attachments (c44)."""
        if b"begin " not in payload and b"begin-base64 " not in payload:
            return payload
        pieces, at = [], 0
        for name, content, start, end in find_uuencoded(payload):
            self._file(Member(bytes_to_text(name), content), place, inline=False)
            pieces.append(payload[at:start])
            at = end
        return b"".join([*pieces, payload[at:]])

    def _attachment(self, part: Part, place: Place) -> None:
        if part.media_type in _SIGNATURES:
            self.found.left_out.append(find_name(part.head) or part.media_type)
            return None
        payload, name = part.payload, find_name(part.head)
        shown = header_to_text(part.head.first("content-id")).strip("<> ")
        media_type = part.media_type
        inline = media_type.startswith("image/") and part.disposition != "attachment" and (part.disposition == "inline" or bool(shown))
        if not payload.strip() and not name and part.disposition != "attachment":
            return None
        if media_type in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
            smime = find_parameter(part.head.first("content-type"), "smime-type")
            return self._container(Member(name or "smime.p7m", payload, media_type), place, lambda: p7m_to_contents(payload, smime))
        before = len(self.found.leaves)
        self._file(Member(name, payload, media_type), place, inline)
        if len(self.found.leaves) == before + 1 and media_type.startswith("image/") and shown:
            self.found.pictures.append((before, shown))
        return None

    # --- letters inside letters

    def _letter(self, part: Part, place: Place) -> None:
        raw = part.payload
        if part.head.first("content-transfer-encoding").strip().lower() == b"base64" and b":" in part.body[:200]:
            raw = part.body
        if place.report:
            self.found.returned.append(raw[:200_000])
            return
        name = find_name(part.head)
        self._open_nested(raw, name, place)

    def _open_nested(self, raw: bytes, name: str, place: Place) -> None:
        if b":" not in raw[:2000] and b":" in base64_to_bytes(raw[:2000])[:1000]:
            raw = base64_to_bytes(raw)
        if place.depth >= DEEPEST_CONTAINER:
            return self._too_deep(Member(name or "转发邮件.eml", raw, "message/rfc822"), place)
        root = raw_to_part(raw, self.budget)
        title = name or (clean_name(header_to_text(root.head.first("subject"))[:100]) or "转发邮件") + ".eml"
        pieces = self._pieces(title) or ("转发邮件.eml",)
        texts, self.found.texts = self.found.texts, []
        before = len(self.found.leaves)
        self._gather(root, Place((*place.path, *pieces), place.depth + 1))
        self._settle_volumes((*place.path, *pieces))
        own, self.found.texts = tuple(self.found.texts), texts
        self.found.nested.append(Nested(raw, root, own, (*place.path, *pieces)))
        if len(self.found.leaves) == before:
            self._leaf(Member(title, raw, "message/rfc822"), place, False)
        return None

    # --- files and containers

    def _file(self, member: Member, place: Place, inline: bool) -> None:
        volume = find_volume(member.name, member.payload) if member.problem is None else None
        if volume:
            self._volumes.append((place, replace(member, volume=volume)))
            return None
        kind = find_container(member.payload, member.name, member.media_type) if member.problem is None else ""
        if not kind:
            return self._leaf(member, place, inline)
        if kind == "eml":
            return self._open_nested(member.payload, member.name, place)
        openers: dict[str, Callable[[], Contents]] = {
            "zip": lambda: zip_to_contents(member.payload, self.budget),
            "rar": lambda: rar_to_contents(member.payload, self.budget),
            "7z": lambda: sevenzip_to_contents(member.payload, self.budget),
            "tar": lambda: tar_to_contents(member.payload, self.budget),
            "tnef": lambda: tnef_to_contents(member.payload, self.budget),
            "msg": lambda: msg_to_contents(member.payload, self.budget),
            "p7m": lambda: p7m_to_contents(member.payload),
        }
        opener = openers.get(kind, lambda: packed_to_contents(member.payload, member.name, kind, self.budget))
        return self._container(member, place, opener)

    def _settle_volumes(self, path: tuple[str, ...]) -> None:
        """The volumes that lie side by side: opened as one archive when all are there, else leaves that say what they are."""
        sets: dict[str, list[tuple[Place, Member]]] = {}
        for place, member in self._volumes:
            if place.path == path and member.volume:
                sets.setdefault(member.volume.archive.lower(), []).append((place, member))
        self._volumes = [(place, member) for place, member in self._volumes if place.path != path]
        for pieces in sets.values():
            place, first = pieces[0]
            joined = join_volumes((member.volume, member.payload) for _, member in pieces if member.volume)
            if joined is not None and first.volume:
                self._file(Member(first.volume.archive, joined), place, inline=False)
            else:
                self._keep_volumes(pieces)

    def _keep_volumes(self, pieces: list[tuple[Place, Member]]) -> None:
        for place, member in pieces:
            if member.volume:
                where = f"“{member.volume.archive[:80]}”的第{member.volume.number}卷"
                self.found.note("open-volume", member.name, f"《{member.name}》是分卷压缩包{where}，须集齐各卷后才能打开")
                self._leaf(replace(member, problem="volume"), place, inline=False)

    def _container(self, member: Member, place: Place, opener: Callable[[], Contents]) -> None:
        if place.depth >= DEEPEST_CONTAINER:
            return self._too_deep(member, place)
        contents = opener()
        name = member.name or self._next_name(member)
        inside = Place((*place.path, *(self._pieces(name) or ("压缩包",))), place.depth + 1)
        before = len(self.found.leaves)
        for inner in contents.members:
            if not self._is_junk(inner.name):
                self._file(inner, inside, inline=False)
        self._settle_volumes(inside.path)
        self._container_text(contents, inside.path)
        if contents.problem:
            self.found.note(_PROBLEM_CODES[contents.problem], name, f"《{name}》：{contents.reason}")
            return self._leaf(Member(name, member.payload, member.media_type, contents.problem), place, False)
        if len(self.found.leaves) > before or contents.wrapping:
            return None
        if contents.letter:
            return self._leaf(Member(name, member.payload, member.media_type), place, False)
        if find_container(member.payload, "") in ("zip", "7z", "tar"):  # their directories say so themselves
            return self._leaf(Member(name, member.payload, member.media_type, "empty"), place, False)
        self.found.note("M03", name, f"《{name}》里没有文件")
        return self._leaf(Member(name, member.payload, member.media_type, "corrupt"), place, False)

    def _container_text(self, contents: Contents, path: tuple[str, ...]) -> None:
        """The words of winmail.dat are the letter's own; those of a .msg belong to the letter that was passed on."""
        if contents.letter:
            head = f"主题：{contents.subject[:300]}\n发件人：{contents.sender[:300]}"
            self.found.enclosed.append(Enclosed(head, contents.text, path))
        elif contents.text.strip():
            self.found.texts.append(Text(contents.text, html=False, group=0))

    def _too_deep(self, member: Member, place: Place) -> None:
        name = member.name or "未命名"
        self.found.note("M08", name, f"《{name}》嵌套超过{DEEPEST_CONTAINER}层，原样保存，未作拆解")
        self._leaf(Member(name, member.payload, member.media_type, "hostile"), place, False)

    def _leaf(self, member: Member, place: Place, inline: bool) -> None:
        if not member.name and member.media_type.startswith("image/"):
            inline = inline or place.related
        pieces = self._pieces(member.name) or (self._next_name(member),)
        name = pieces[-1]
        problem = member.problem
        if problem is None and is_program(member.payload, name):
            problem = "hostile"
            self.found.note("M08", name, f"《{name}》是可执行程序，已隔离，未打开")
        if member.problem == "empty" or not (member.payload or member.problem):
            self.found.note("open-empty", name, f"《{name}》里没有文件" if member.payload else f"《{name}》是空文件")
        if member.problem == "corrupt" and not any(other.where in (name, member.name) for other in self.found.problems):
            self.found.note("M03", name, f"《{name}》损坏")
        if not self.budget.take(0 if member.problem else len(member.payload)) and not member.problem:
            problem = "too_large"
            self.found.note("M08", name, "附件数量或总量超过上限，其余原样保存")
        digest = hashlib.sha256(member.payload).hexdigest()
        kind = member.media_type or "application/octet-stream"
        self.found.leaves.append(
            Attachment(name, (*place.path, *pieces), len(member.payload), digest, kind, inline, problem, member.volume, member.payload)
        )

    def _pieces(self, name: str) -> tuple[str, ...]:
        """The harmless path of a name; what had to be changed for safety is noted."""
        pieces = clean_path(name)
        if is_hostile(name):
            self.found.note("M08", "/".join(pieces)[-80:] or "附件名", "附件名带有路径、设备名或隐藏字符，已改为安全的名字")
        elif name and "".join(pieces[-1:]) != re.split(r"[\\/]", name.strip())[-1].strip():
            self.found.note("open-name", "/".join(pieces)[-80:] or "附件名", "附件名过长或带有不可用的字符，已整理")
        return pieces

    def _next_name(self, member: Member) -> str:
        self._unnamed += 1
        return f"未命名附件{self._unnamed}.{guess_extension(member.payload, member.media_type)}"

    def _is_junk(self, name: str) -> bool:
        pieces = re.split(r"[\\/]", name)
        return "__MACOSX" in pieces or bool(_JUNK.match(pieces[-1]))

    # --- after the walk

    def without_logos(self, shown: frozenset[str]) -> tuple[Attachment, ...]:
        """The leaves without the small pictures that the HTML text itself shows (`cid:`); scans, photos and unshown files stay (c35)."""
        leaves = self.found.leaves
        decoration = {
            place for place, cid in self.found.pictures if cid in shown and is_logo(leaves[place].payload, leaves[place].media_type)
        }
        self.found.left_out += [leaves[place].name for place in sorted(decoration)]
        return tuple(leaf for place, leaf in enumerate(leaves) if place not in decoration)
