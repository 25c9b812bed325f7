"""Shell: 来信 - every letter with what was made of it and why, one letter with its evidence and its HTML in a powerless frame, and 导入."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from io import BytesIO

from flask import Blueprint, Response, abort, make_response, render_template, request, send_file
from markupsafe import Markup, escape
from werkzeug.wrappers import Response as Answer

from intake.errors import World
from intake.mailbox import import_letters
from intake.message import Message
from intake.opening import sender_and_subject
from intake.reading import scratch
from intake.submission import Claim
from notifier.letters import letter_to_address
from notifier.wording import clean_private
from service.desk import queries
from service.desk.answer import can_be_answered
from service.desk.decide import back_to, deed
from service.desk.door import here
from service.desk.shown.clean_html import PAGE, POLICY
from service.desk.shown.forms import Ask, Field, ask, claim_ask, field_of_schools
from service.desk.shown.picture import Refused
from service.desk.shown.pinyin import is_found, name_to_search
from service.desk.shown.views import Mail, authentication_words, error_to_reason, evidence_of, proof_sentence
from service.desk.shown.words import LETTER_KINDS, OUTBOX_STATES, PROBLEMS, SOURCES

page = Blueprint("letters", __name__)
SHELVES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "": ("全部", ("claimed", "unclaimed", "quarantined", "oversize", "machine", "copy", "new", "other")),
    "unclaimed": ("待认领", ("unclaimed",)),
    "quarantined": ("隔离", ("quarantined", "oversize")),
    "machine": ("机器信", ("machine",)),
    "junk": ("垃圾夹来的", ()),
    "claimed": ("已登记", ("claimed",)),
    "copy": ("重复的", ("copy",)),
}
SHELF_WORDS = {
    "claimed": "已登记", "unclaimed": "待认领", "quarantined": "隔离", "oversize": "过大", "machine": "机器信", "copy": "重复", "new": "未拆", "other": "无需登记",
}  # fmt: skip
PER_PAGE, MOST_FILES, MOST_HEAD = 100, 200, 64 << 10


@page.get("/letters")
def show() -> str:
    """The list, newest first."""
    shelf, typed = request.args.get("kind", ""), request.args.get("q", "").strip()[:60]
    shelf = shelf if shelf in SHELVES else ""
    lines = find_lines(shelf, typed)
    pages = -(-len(lines) // PER_PAGE)
    number = min(max(1, request.args.get("page", 1, type=int)), max(1, pages))
    shown = lines[(number - 1) * PER_PAGE : number * PER_PAGE]
    if typed:
        table = render_template("_letters.html", **table_words(shown))
    else:
        table = here.kept_page("_letters.html", (shelf, number), lambda: table_words(shown))
    return render_template(
        "letters.html",
        lines=shown,
        table=Markup(table),  # noqa: S704 - drawn by the template with its own escaping
        total=len(lines),
        number=number,
        pages=pages,
        shelves=SHELVES,
        counts={key: len(find_lines(key, "")) for key in SHELVES},
        shelf=shelf,
        typed=typed,
    )


def find_lines(shelf: str, typed: str) -> tuple[Mail, ...]:
    """The letters under a filter, newest first; of what was typed only those it finds."""
    stamp = here.stamp()
    every = queries.mails(here.ledger(), stamp)
    lines = queries.kept(("shelf", stamp[0], shelf), stamp, lambda: tuple(line for line in every if on_shelf(line, shelf)))
    if not typed:
        return lines
    search = {u.name: name_to_search((u.name, *u.aliases)) for u in here.office().campaign.institutions}
    return tuple(line for line in lines if is_found(line_to_search(line, search), typed))


def table_words(lines: Sequence[Mail]) -> dict[str, object]:
    """What the table shows: the letters, and why each is whose it is."""
    why = queries.reasons(here.ledger(), [x.sha256 for x in lines if x.shelf in ("claimed", "unclaimed")])
    return {"lines": lines, "why": why, "words": SHELF_WORDS}


def on_shelf(line: Mail, shelf: str) -> bool:
    """Whether a letter stands under a filter."""
    if shelf == "junk":
        return line.folder not in ("INBOX", "", "收件箱")
    return line.shelf in SHELVES[shelf][1]


def line_to_search(line: Mail, schools: Mapping[str, str]) -> str:
    """What a letter is found by: subject, sender, school in every spelling, the first characters of its number."""
    return f"{line.subject} {line.sender} {schools.get(line.institution, line.institution)} {line.sha256[:12]}".lower()


@page.get("/letter/<sha>")
def one(sha: str) -> str:
    """One letter."""
    record = here.ledger().one_letter(sha) or abort(404)
    message, claim = here.ledger().opening(sha), here.ledger().one_claim(sha)
    offered = letter_asks(sha, message, claim)
    return render_template(
        "letter.html",
        record=record,
        m=message,
        claim=claim,
        evidence=evidence_of(claim),
        glimpse=sender_and_subject(raw_bytes(sha)[:MOST_HEAD]) if message is None and record.state != "oversize" else None,
        kind=LETTER_KINDS.get(message.kind, "来信") if message else "",
        source=SOURCES.get(record.time_source, ""),
        sender_checks=authentication_words(message.authentication) if message else (),
        proofs=proof_sentence(claim),
        answer_to=letter_to_address(message) if message and can_be_answered(message) else "",
        asked=bool(message and (message.kind == "question" or "question" in message.intents)),
        ours=[row for row in queries.outbox_lines(here.ledger()) if sha in row.answers or row.key.startswith(f"reply-{sha[:12]}-")] if message else [],
        asks_now=offered if not (claim and claim.institution) else offered[1:],
        asks_more=offered[:1] if claim and claim.institution else (),
        problem_words=PROBLEMS,
        outbox_states=OUTBOX_STATES,
        split=split_ask(sha, message, claim),
        decisions=queries.decisions_about(here.standing(), target=sha),
        reason=error_to_reason(record.error) if record.error else "",
        report=clean_private(record.error[-3000:]) if record.error else "",
    )


def letter_asks(sha: str, message: Message | None, claim: Claim | None) -> tuple[Ask, ...]:
    """Whose it is, and, of a question, that it was answered."""
    names = [c.institution for c in claim.candidates] if claim else []
    asks = [claim_ask(here.office().campaign, sha, names)] if message else []
    if message and (message.kind == "question" or "question" in message.intents):
        asks.append(ask("answered", institution=(claim.institution or "") if claim else "", target=sha, fixed={"letter": sha}))
    return tuple(asks)


def split_ask(sha: str, message: Message | None, claim: Claim | None) -> Ask | None:
    """A school beside each file; offered when there is more than one file."""
    files = {a.sha256: a.name for a in message.attachments} if message else {}
    if len(files) < 2:
        return None
    names = [*(claim.split if claim else ()), *(c.institution for c in claim.candidates)] if claim else []
    schools = field_of_schools(here.office().campaign, list(dict.fromkeys(names)))
    fields = tuple(
        Field(name=f"part-{file}", label=f"《{name}》归", choices=schools.choices, more=schools.more, required=False)
        for file, name in files.items()
    )
    return ask("split", target=sha, fixed={"letter": sha}, fields=fields)


@page.get("/letter/<sha>/html")
def html(sha: str) -> Response:
    """The letter's own HTML, cleaned in the reading child, for the frame; nothing in it may act."""
    here.ledger().one_letter(sha) or abort(404)
    made = here.desk().artist.set_letter(raw_bytes(sha))
    answer = make_response(PAGE.format(escape(made.sentence)) if isinstance(made, Refused) else made)
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer


@page.get("/letter/<sha>/head")
def head(sha: str) -> str:
    """The letter's head as it came: what time, sender and kind were judged by."""
    record = here.ledger().one_letter(sha) or abort(404)
    top = re.split(rb"\r?\n\r?\n", raw_bytes(sha)[:MOST_HEAD], maxsplit=1)[0]
    return render_template("head.html", record=record, lines=top.decode("utf-8", "replace").splitlines())


@page.get("/letter/<sha>/raw")
def raw(sha: str) -> Response:
    """The letter as it came, to be kept or opened with a mail program."""
    here.ledger().one_letter(sha) or abort(404)
    return download(raw_bytes(sha), f"来信-{sha[:10]}.eml")


def raw_bytes(sha: str) -> bytes:
    """The kept bytes of a letter or a file."""
    try:
        return here.vault().fetch(sha)
    except KeyError:
        abort(404)


def download(payload: bytes, name: str, kind: str = "application/octet-stream") -> Response:
    """Bytes to be saved, never to be shown by the browser."""
    answer = send_file(BytesIO(payload), mimetype=kind, as_attachment=True, download_name=tame_name(name))
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def tame_name(name: str) -> str:
    """A file name that can smuggle nothing into a header or a folder."""
    kept = "".join(c for c in name if c.isprintable() and c not in '\\/:*?"<>|;%')
    return kept.strip(". ")[-120:] or "附件"


# Letters saved by hand


@page.get("/import")
def choose() -> str:
    """The form."""
    return render_template("import.html")


@page.post("/import")
def take() -> Answer:
    """Keep and record the letters, like those from the mailbox; the belt opens them."""
    files = [f for f in request.files.getlist("files") if f.filename][:MOST_FILES]
    if not files:
        return back_to(deed("没有选文件，什么都没有登记。"))
    with scratch("import") as folder:
        paths = [folder / f"{number:04d}.eml" for number in range(len(files))]
        for file, path in zip(files, paths, strict=True):
            file.save(path)
        try:
            new = import_letters(paths, here.ledger(), here.vault(), here.office().clock()).new
        except World as refusal:
            return back_to(deed(f"没有登记：{refusal}"))
    here.desk().bell.ring()
    known = f"，另有 {len(files) - new} 封早已登记过" if new < len(files) else ""
    return back_to(deed(f"选了 {len(files)} 个文件，新登记 {new} 封{known}。"))
