"""Core: files that are only links - 超大附件, 云附件, 网盘 - with name, size and expiry; never fetched (china-mail.md b)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote, urlsplit

from intake.message import CloudFile
from intake.opening.headers.dates import BEIJING, find_written_date
from intake.opening.headers.file_names import KNOWN_EXTENSIONS, clean_name
from intake.opening.text.html_text import Link

_PROVIDERS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (provider, re.compile(pattern, re.I))
    for provider, pattern in (
        ("netease_enterprise", r"edisk\.qiye\.163\.com|qiye\.163\.com/\S*(?:attachment|edisk|cloud)"),
        ("qq", r"(?:exmail|mail|i?wx\.mail|mail\.ftn)\.qq\.com/\S*ftn|ftnexs_download|wx\.mail\.qq\.com/ftn|mail\.ftn\.qq\.com"),
        (
            "netease",
            r"mail\.(?:163|126|yeah|188)\.(?:com|net)/\S*(?:large-attachment|huge-attachment|cloud|bigattach|filehub)|x-(?:netease|ntes)-huge-attachment"
            r"|//fs\.(?:163|126)\.com|dashi\.163\.com/\S*(?:cloud-attachment|attach)|//netdisk\.163\.com",
        ),
        ("baidu", r"(?:pan|yun)\.baidu\.com/(?:s/|share|link|disk)"),
        (
            "other",
            r"//1drv\.ms/|onedrive\.live\.com/|\.sharepoint\.(?:com|cn)/|share\.weiyun\.com/|//docs\.qq\.com/|kdocs\.cn/|//f\.wps\.cn|\.feishu\.cn/(?:file|drive|docx|sheets|space|mail)"
            r"|feishu\S*/(?:attachment|large)|cloud\.189\.cn/|(?:caiyun|yun)\.139\.com/|mail\.(?:10086|139)\.\S*(?:attach|disk|getfile)|mail\.189\.cn/\S*(?:disk|attach|cloud|download)"
            r"|(?:alipan|aliyundrive)\.com/s|lanzou\w*\.com/|pan\.quark\.cn/s|123(?:pan|684|865|912)\.com/s|pan\.xunlei\.com/s|jianguoyun\.com/p|cowtransfer\.com/s|wenshushu\.cn/|drive\.google\.com/"
            r"|dropbox\.com/s|we\.tl/|wetransfer\.com/|mail\.sina\.\S*(?:attach|netdisk|disk)|vdisk\.weibo\.com/|115\.com/s|ctfile\.com/|disk\.yandex|mail\.aliyun\.com/\S*(?:disk|attach|share)"
            r"|coremail/\S*(?:nf|netfolder|largeattach|bigattach|cloudattach|linkshare|func=[^&]*(?:download|link|share))|/(?:nfs|netfolder|filelink|biglink)\?",
        ),
    )
)
_FOXMAIL = re.compile(r"foxmailclientbigattach|foxmail_hugeattachment", re.I)
_BLOCK_MARKS = re.compile(
    r"bigattach|hugeattach|qqmailbgattach|bigatt_bt|cloudattach|siriuscloud|largeattach|netfolder|big-attach|cloud-attach|large-attach",
    re.I,
)
_SPOKEN = re.compile(r"超大附件|云附件|中转站|大附件|文件中转|网盘")
_TERM = re.compile(r"到期|有效期|过期|无限期|永久有效|expire", re.I)
_SIZE = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)\s*(B|KB?|MB?|GB?|TB?|字节)(?![a-z0-9])", re.I)
_UNITS = {"B": 1, "字": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_EXTENSIONS = "|".join(sorted(KNOWN_EXTENSIONS, key=len, reverse=True))
_FILE_NAME = re.compile(rf"[^\s<>:：|*?\"\\/][^<>|*?\"\\/\r\n\t]{{0,150}}?\.(?:{_EXTENSIONS})(?![A-Za-z0-9])", re.I)
_URL = re.compile(r"https?://[^\s<>\"'，。；、（）()\u3000]{4,2000}", re.I)
_ENTRY = re.compile(
    r"^[\s>·•\-\d.、]*(.{1,150}?)\s*[(（]\s*(\d+(?:\.\d+)?\s*[KMGT]?B?)\s*[,，|]\s*([^()（）]{0,60}(?:到期|过期|无限期|有效)[^()（）]{0,20})[)）]",
    re.I,
)
_SHARED = re.compile(r"(?:分享的文件|分享文件|文件名?称?|链接名称|分享内容)\s*[:：]\s*(.+)")
_ACTION = re.compile(r"下载|预览|打开|查看|点击|进入|转存|在线|保存|链接|download|\bopen\b|\bview\b|preview|https?:", re.I)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of plain text and whether it belongs to the quoted history."""

    text: str
    quoted: bool


def links_to_cloud_files(links: Sequence[Link], cut_at: int) -> list[CloudFile]:
    """The cloud files among the links of a page; several links of one file are one file. Lines from `cut_at` on are quoted."""
    found: list[CloudFile] = []
    for link in links:
        provider = find_provider(link.url, link.marks) or _spoken_provider(link)
        if provider:
            _merge(found, _link_to_file(link, provider, link.quoted or link.line >= cut_at))
    return found


def text_to_cloud_files(lines: Iterable[Line]) -> list[CloudFile]:
    """Cloud files in plain text: a known link with the name before it, or only `name (80.96M, 2022年… 到期)`."""
    found: list[CloudFile] = []
    seen: list[Line] = []
    spoken = False
    for line in lines:
        spoken = spoken or bool(_SPOKEN.search(line.text))
        entry = _ENTRY.match(line.text) if spoken and len(line.text) < 400 else None
        if entry:
            name = clean_name(entry[1].strip())
            _merge(found, CloudFile(name, "", "other", find_size(entry[2]), find_expiry(entry[3]), line.quoted))
        for url in _URL.findall(line.text[:5000]):
            provider = find_provider(url, "")
            if provider:
                _merge(found, _text_to_file(url, provider, line, seen[-4:]))
        seen.append(line)
    return found


def add_unseen(found: list[CloudFile], more: Iterable[CloudFile]) -> list[CloudFile]:
    """Those found in the page, and from the text only what the page did not show."""
    together = list(found)
    for file in more:
        known = any((file.url and _same(file.url, other.url)) or (file.name and file.name == other.name) for other in together)
        if not known and (file.url or not found):
            together.append(file)
    return together


def find_provider(url: str, marks: str) -> str:
    """Whose cloud a link leads to: qq, netease, netease_enterprise, foxmail, baidu, other - or "" for an ordinary link."""
    if _FOXMAIL.search(marks):
        return "foxmail"
    return next((provider for provider, pattern in _PROVIDERS if pattern.search(url)), "")


def find_size(text: str) -> int | None:
    """The first size such as 20.61M, in bytes."""
    found = _SIZE.search(text)
    return round(float(found[1]) * _UNITS[found[2][0].upper()]) if found else None


def find_expiry(text: str) -> datetime | None:
    """When a link dies, Beijing time; None for 无限期 and for no date."""
    return find_written_date(text) if re.search(r"\d{4}\s*[-/.年]", text) else None


def _spoken_provider(link: Link) -> str:
    """An unknown server is believed when the page calls the link a large attachment and says when it ends."""
    if not link.url.lower().startswith(("http:", "https:")):
        return ""
    said = bool(_SPOKEN.search(link.around) or _BLOCK_MARKS.search(link.marks))
    limited = bool(_TERM.search(link.around)) or find_size(link.around) is not None
    return "other" if said and limited and _link_name(link) else ""


def _link_to_file(link: Link, provider: str, quoted: bool) -> CloudFile:
    attributes = link.attributes
    size = attributes.get("filesize") or attributes.get("file-size") or attributes.get("data-size") or ""
    said = f"{link.title} {link.around}"
    return CloudFile(
        name=clean_name(_link_name(link)),
        url=link.url,
        provider=provider,
        size=int(size) if size.isdigit() else find_size(size) or find_size(_without_names(said)),
        expires_at=_stamp(attributes) or find_expiry(_without_names(said)),
        quoted=quoted,
    )


def _link_name(link: Link) -> str:
    attributes = link.attributes
    for key in ("filename", "file-name", "data-filename", "data-name", "download"):
        if _is_name(attributes.get(key, "")):
            return attributes[key]
    title = re.split(r"[\r\n]| {2,}", link.title.strip())[0].strip()
    for text in (title, link.text):
        found = _FILE_NAME.search(_without_size(text))
        if found and "://" not in text:
            return found[0]
    return _name_in_url(link.url) or _name_around(link)


def _is_name(text: str) -> bool:
    return bool(text.strip()) and not text.startswith(("http:", "https:")) and text.lower() not in ("download", "true")


def _name_in_url(url: str) -> str:
    try:
        query = parse_qs(urlsplit(url).query)
    except ValueError:
        return ""
    for key in ("title", "filename", "fileName", "name", "fname"):
        if key in query and "." in query[key][0]:
            return unquote(query[key][0])
    return ""


def _name_around(link: Link) -> str:
    found = _FILE_NAME.search(_URL.sub(" ", link.around))
    if found:
        return found[0]
    return "" if _ACTION.search(link.text) else _without_size(link.text)


def _without_size(text: str) -> str:
    return re.sub(r"\s*[(（]\s*\d+(?:\.\d+)?\s*[KMGT]?B?\s*[,，)）].*$", "", text).strip()


def _without_names(text: str) -> str:
    """A date or a size in a file's name is not its own."""
    return _FILE_NAME.sub(" ", text)


def _stamp(attributes: Mapping[str, str]) -> datetime | None:
    """expiretime and expired are seconds or milliseconds since 1970."""
    for key in ("expiretime", "expired", "expire-time", "data-expire"):
        value = attributes.get(key, "")
        if value.isdigit() and 9 <= len(value) <= 13 and int(value) > 0:
            seconds = int(value) / (1000 if len(value) > 11 else 1)
            return datetime.fromtimestamp(seconds, UTC).astimezone(BEIJING)
    return None


def _text_to_file(url: str, provider: str, line: Line, before: Sequence[Line]) -> CloudFile:
    said = " ".join([*(other.text for other in before), line.text.replace(url, "\t")])
    name = _name_in_url(url)
    for text in [line.text.replace(url, "\t"), *(_URL.sub("\t", other.text) for other in reversed(before))]:
        shared = _SHARED.search(text)
        found = _FILE_NAME.search(shared[1] if shared else text)
        name = name or (found[0] if found else shared[1] if shared else "")
    return CloudFile(clean_name(name[:150]), url, provider, find_size(_without_names(said)), find_expiry(_without_names(said)), line.quoted)


def _merge(found: list[CloudFile], file: CloudFile) -> None:
    """Name, icon, download and preview of one file are one entry; the first link with a name leads."""
    for place, other in enumerate(found):
        if other.quoted != file.quoted or not _is_same_file(other, file):
            continue
        found[place] = replace(
            other,
            name=other.name or file.name,
            url=other.url or file.url,
            provider=other.provider if other.url else file.provider,
            size=other.size if other.size is not None else file.size,
            expires_at=other.expires_at or file.expires_at,
        )
        return
    found.append(file)


def _is_same_file(one: CloudFile, two: CloudFile) -> bool:
    if _same(one.url, two.url):
        return True
    if one.name and one.name == two.name:
        return one.size is None or two.size is None or one.size == two.size
    return not (one.name and two.name) and one.provider == two.provider


def _same(one: str, two: str) -> bool:
    return bool(one) and one.replace("&amp;", "&") == two.replace("&amp;", "&")
