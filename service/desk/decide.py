"""Shell: the only writer of the desk - a form becomes a decision or a word to the outbox, is written down, and the belt is told.

A click appends and rings; nothing here reads a file or judges. The same click twice is one decision; a form made from what has changed
since records nothing and says what is new.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.wrappers import Response

from intake.submission import Decision
from notifier.post import Approval, approve_letters, drop_letters, edit_letter, hold_letters, resend_letter
from service.deciding import DECIDING, TITLES, Case, Deciding, text_to_day
from service.decisions import Overtaken, Recorded, record_decision
from service.desk import queries
from service.desk.door import here
from service.desk.door.login import safe_path
from service.desk.shown.forms import SURE, Ask, claim_ask, file_asks, finding_asks, paper_ask, unit_asks
from service.desk.shown.words import OUTBOX_STATES, moment_to_text, said
from service.refusals import Slip

page = Blueprint("decide", __name__)
BY_NAME: Mapping[str, Deciding] = {d.name: d for d in DECIDING}
REASON_WANTED = frozenset({"note", "accept-late", "waive"})
LONGEST_REASON = 500
CONTACT_WORDS: Mapping[str, str] = {"phone": "电话", "contact": "联系人", "email": "邮箱"}
Click = Mapping[str, str]


def back_to(deed: int = 0) -> Response:
    """Back to where the form stood, with the number of what was done."""
    path = safe_path(request.form.get("back", "/"))
    path, _, anchor = path.partition("#")
    mark = ("&" if "?" in path else "?") + f"done={deed}" if deed else ""
    return redirect(f"{path}{mark}{'#' + anchor if anchor else ''}", code=303)


def deed(sentence: str, undo: str = "", decision: int = 0) -> int:
    """Write down what this person did."""
    return here.store().record_deed(here.office().clock().isoformat(), here.person().name, sentence, undo, decision)


# Decisions


@page.post("/decide")
def take() -> Response | tuple[str, int]:
    """One decision from its form."""
    form = {name: value.strip() for name, value in request.form.items()}
    try:
        made = record(form)
    except Overtaken:
        here.forget()
        return refused(form, stale_sentence(form), 409, newest_about(form))
    except Slip as slip:
        return refused(form, without_commands(said(str(slip))), 422)
    number = made.decision.number
    sentence = (
        f"这件事早已记下（第 {number} 号决定），没有重复记。"
        if made.again
        else f"已记下第 {number} 号决定：{decision_title(made.decision)}。"
    )
    return back_to(deed(sentence, f"decision:{number}", number))


def without_commands(text: str) -> str:
    """A slip's sentence without what only the terminal has."""
    text = text.replace("请在命令后加 --yes", "请在下面选“确要照此登记”")
    return re.sub(r"（[^（）]*intake [a-z ]+[^（）]*）|[，；]?用 intake [a-z ]+查看|--reason 后面", "", text)


def record(form: Click) -> Recorded:
    """Append what was decided, once; raises Slip when it means nothing and Overtaken when the table has changed."""
    name, reason = form.get("kind", ""), form.get("reason", "")[:LONGEST_REASON]
    if name in REASON_WANTED and not reason:
        raise Slip("请写一句理由，以后查起来有据。")
    if name in BY_NAME and not (BY_NAME[name].of_anybody or BY_NAME[name].of_the_office or form.get("institution")):
        raise Slip("请选一所学校。")
    return record_decision(here.office(), name, given(name, form), here.person().name, reason, form.get("seen", ""))


def given(name: str, form: Click) -> Mapping[str, str]:
    """The words of a decision as the terminal would have them; raises Slip."""
    if name == "split":
        return {"letter": form.get("letter", ""), "parts": parts_of(form)}
    if name == "paper":
        refuse_future(form.get("day", ""))
    arguments = BY_NAME[name].arguments if name in BY_NAME else ()
    words = {"institution": form.get("institution", ""), **{argument: form.get(argument, "") for argument, _ in arguments}}
    words |= {"yes": form["yes"]} if form.get("yes") else {}
    return words | ({"studio": form["new_studio"]} if form.get("new_studio") else {})


def refuse_future(day: str) -> None:
    """Paper that has not come yet is not registered."""
    campaign = here.office().campaign
    iso = text_to_day(Case(campaign, None, ()), day)
    if iso > here.today().isoformat():
        raise Slip(f"收到日期 {day} 还没有到，请核对。")


def parts_of(form: Click) -> str:
    """文件=学校, one a line; nothing when the program's own proposal is taken."""
    chosen = {name.removeprefix("part-"): owner for name, owner in form.items() if name.startswith("part-") and owner}
    asked = any(name.startswith("part-") for name in form)
    if asked and len(set(chosen.values())) < 2:
        raise Slip("请给每个文件选学校；都是同一所学校的，请用“认领”。")
    return "\n".join(f"{file}={owner}" for file, owner in chosen.items())


def shown_of(form: Click) -> tuple[str, str]:
    """What the form's page was about: institution and thing."""
    parts = form.get("seen", "").split("|", 2)
    return (parts[1], parts[2]) if len(parts) == 3 else (form.get("institution", ""), "")


def newest_about(form: Click) -> tuple[Decision, ...]:
    """The newest decisions about what the form was about, the very thing's own before the institution's."""
    institution, target = shown_of(form)
    return (queries.decisions_about(here.standing(), target=target) or queries.decisions_about(here.standing(), institution))[-3:]


def stale_sentence(form: Click) -> str:
    """Why nothing was recorded."""
    _, target = shown_of(form)
    for decision in reversed(newest_about(form)):
        if decision.decided_by != here.person().name and (not target or decision.target == target):
            when = moment_to_text(decision.decided_at, here.office().campaign)
            return f"没有记下：{decision.decided_by} {when} 已经定过（第 {decision.number} 号：{decision_title(decision)}）。请看过再定。"
    return "没有记下：您打开这一页以后，这所学校（这封信）的情况变了。下面是现在的样子，请看过再定。"


def decision_title(decision: Decision) -> str:
    """A decision in a few words: what, whose, and the thing itself when it has a name people know."""
    detail = "，".join(detail_words(decision.detail))
    named = decision.target if decision.kind in ("withdraw_studio", "replace_studio", "category") else ""
    words = [w for w in (decision.institution, named, detail) if w]
    if decision.kind == "undo":
        return f"收回第 {decision.target} 号"
    return TITLES.get(decision.kind, "决定") + (f"（{'，'.join(words)}）" if words else "")


def detail_words(detail: Mapping[str, Any]) -> list[str]:
    """The rest of a decision in words; what only the program needs is left out."""
    words = []
    titles = {c.key: c.title for c in here.office().campaign.categories} | {"ordinary": "普通", "medical": "医科"}
    titles |= {"summary_row": "汇总表", "basic_info": "基本情况表", "narrative": "申报材料"}
    for name, value in detail.items():
        if name == "copies":
            words.append(f"{value} 份")
        elif name == "stamped":
            words.append("已盖章" if value else "未盖章")
        elif name == "send":
            words.append("发出" if value else "不发")
        elif name == "accepted":
            words.append("采纳" if value else "不采纳")
        elif name == "unstamped":
            words.append(f"缺章的是{value}")
        elif name == "parts":
            words.append("、".join(dict.fromkeys(str(v) for v in value.values())))
        elif name in CONTACT_WORDS:
            words.append(f"{CONTACT_WORDS[name]}{value or '（去掉）'}")
        elif value not in ("", None):
            words.append(titles.get(str(value), str(value)))
    return words


def refused(form: Click, sentence: str, code: int, news: tuple[Decision, ...] = ()) -> tuple[str, int]:
    """Nothing was recorded: say so, and give the form back filled in, made from what is on the table now."""
    found = find_ask(form)
    if found and "确要照此登记" in sentence:
        found = replace(found, fields=(*found.fields, SURE))
    filled = replace(found, fields=tuple(replace(f, value=form.get(f.name, f.value)) for f in found.fields)) if found else None
    back = safe_path(form.get("back", "/"))
    return render_template("refused.html", sentence=sentence, ask=filled, form=form, news=news, back=back, title=decision_title), code


def find_ask(form: Click) -> Ask | None:
    """The form of this decision as it would be made now."""
    campaign, name = here.office().campaign, form.get("kind", "")
    institution, target = shown_of(form)
    if name == "claim" and not institution:
        return claim_ask(campaign, target)
    assessment = queries.find_assessment(here.ledger(), campaign, institution)
    if assessment is None:
        return None
    day = here.today().isoformat()
    offered = [
        *(a for f in assessment.findings for a in finding_asks(f, assessment, campaign)),
        *file_asks(institution, target, assessment),
    ]
    offered += [paper_ask(institution, campaign, day), *unit_asks(assessment, campaign)]
    return next((a for a in offered if a.name == name and a.target == target), next((a for a in offered if a.name == name), None))


@page.post("/undo/<int:number>")
def undo(number: int) -> Response:
    """Take a decision back; both stay in the books."""
    try:
        record_decision(here.office(), "undo", {"number": str(number)}, here.person().name, request.form.get("reason", "")[:LONGEST_REASON])
    except Slip:
        return back_to(deed(f"第 {number} 号决定早已收回，没有再动。"))
    return back_to(deed(f"第 {number} 号决定已收回，账上两条都留着。", "", here.ledger().newest_decision()))


# Letters of ours

ACTS: Mapping[str, tuple[Callable[..., int | Approval], str, str]] = {
    "approve": (approve_letters, "已批准，五分钟后发出", "hold"),
    "hold": (hold_letters, "已退回待审核，先不发", "approve"),
    "drop": (drop_letters, "已弃发（留在账上，不能再批准）", ""),
}


@page.post("/outbox/act")
def act() -> Response:
    """Approve, hold or drop letters of ours; each acts only on letters that have not left."""
    keys = tuple(k for k in request.form.getlist("key") if here.ledger().one_outbox(k))
    found = ACTS.get(request.form.get("do", ""))
    if found is None or not keys:
        return back_to(deed("没有选信，什么都没有改。"))
    run, words, reverse = found
    made = run(here.ledger(), keys, here.office().settings, here.office().clock())
    count = len(made.done) if isinstance(made, Approval) else made
    if isinstance(made, Approval) and made.refused:
        return back_to(deed(f"{words} {count} 封；" + "".join(f"致{row.institution}的信未批准：{why}" for row, why in made.refused)))
    if not count:
        states = {OUTBOX_STATES.get(r.state, r.state) for k in keys if (r := here.ledger().one_outbox(k))}
        return back_to(deed(f"没有可以这样办的信：现在是“{'、'.join(sorted(states))}”。"))
    here.desk().bell.ring()
    return back_to(deed(f"{words} {count} 封。", f"outbox:{reverse}:{' '.join(keys)}" if reverse else ""))


@page.post("/outbox/<key>/edit")
def edit(key: str) -> Response:
    """Put other words into a letter that has not left."""
    text = request.form.get("text", "").replace("\r\n", "\n").strip()
    if not text or here.ledger().one_outbox(key) is None:
        abort(404)
    changed = edit_letter(here.ledger(), key, text, here.office().campaign)
    return back_to(deed("正文已改好，请看过再批准。" if changed else "这封信已经发出、正在发送或已经弃发，不能再改。"))


@page.post("/outbox/<key>/resend")
def resend(key: str) -> Response:
    """The same letter to another address, after one that came back or was refused."""
    address = request.form.get("address", "").strip()
    if not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+", address):
        return back_to(deed(f"没有重发：“{address}”不像一个邮箱地址。"))
    again = resend_letter(here.ledger(), key, address, here.office().settings, here.office().campaign, here.office().clock())
    if again is None:
        return back_to(deed("没有重发：这封信没有被退回，也没有失败。"))
    here.desk().bell.ring()
    return back_to(deed(f"已排给 {address}，发出前几分钟内可以收回。", f"outbox:hold:{again.key}"))


@page.post("/letter/<sha>/retry")
def retry(sha: str) -> Response:
    """Let a quarantined letter be opened again."""
    if here.ledger().one_letter(sha) is None:
        abort(404)
    again = here.ledger().retry(sha)
    here.desk().bell.ring()
    return back_to(deed("已排入重试；读得出就照常登记。" if again else "这封信已经不在隔离中，没有再动。"))
