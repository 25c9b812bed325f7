"""Core: what waits because of a letter of ours - it wants a click, the post did not take it, it came back."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intake.records import OutboxRecord
from notifier.digest.basis import DigestBasis, closed
from notifier.letter import DigestItem
from notifier.letters import TO_STAFF
from notifier.proposals import Proposal
from notifier.wording import clean_line


def outbox_items(basis: DigestBasis) -> Iterator[DigestItem]:
    """Letters of ours that wait for approval, failed, or came back; each by itself, with whom it goes to."""
    resent = {row.key.rpartition("-to-")[0] for row in basis.outbox if "-to-" in row.key and row.state != "dropped"}
    settled = closed(basis, "phoned") | resent
    cleared = {d.target.lower(): d.decided_at for d in basis.decisions if d.kind in ("note", "approve") and "@" in d.target}
    for row in basis.outbox:
        if row.kind in TO_STAFF:
            continue
        if row.state == "held":
            yield held_item(row)
        elif row.state == "failed" and row.key not in settled:
            yield failed_item(row)
        elif row.bounced_at is not None and row.key not in settled and cleared.get(row.recipient.lower(), row.bounced_at) <= row.bounced_at:
            yield bounced_item(row)


def held_item(row: OutboxRecord) -> DigestItem:
    """A letter that waits for a click."""
    subject = re.sub(r"【[^】]*】", "，", clean_line(row.subject)).strip("，")
    return DigestItem(
        label="待审",
        sentence=f"致{row.recipient}“{subject}”" + (f"（{row.error.rstrip('。')}）" if row.error else ""),
        urgency=0,
        action="看过后发出",
        decision=Proposal("letters", row.institution, row.key),
        otherwise=(("看全文", Proposal("show", row.institution, row.key)), ("不发的", Proposal("drop", row.institution, row.key))),
        institution=row.institution,
        since=row.created_at,
        letter=row.key,
    )


def failed_item(row: OutboxRecord) -> DigestItem:
    """A letter the post did not take."""
    return DigestItem(
        label="发信失败",
        sentence=f"致{row.institution or '来信人'}（{row.recipient}）的信未能发出：{refusal_to_phrase(row.error)}。",
        urgency=2,
        action="核对地址后重发",
        decision=Proposal("letters", row.institution, row.key),
        otherwise=(("改发另一地址", Proposal("resend", row.institution, row.key)), ("不再发的", Proposal("drop", row.institution, row.key))),
        institution=row.institution,
        since=row.created_at,
        letter=row.key,
    )


def refusal_to_phrase(error: str) -> str:
    """Why the server refused, in Chinese; its own words stay in the log."""
    chinese = re.match(r"[^A-Za-z]*[\u4e00-\u9fff][^A-Za-z。]*", error)
    if chinese:
        return chinese[0].strip("。：， ")
    known = (("USER NOT FOUND", "收件人不存在"), ("INVALID USER", "收件人不存在"), ("5.1.1", "收件人不存在"), ("SPM", "对方疑为垃圾邮件"), ("552", "超过对方邮箱限制"))
    return next((words for sign, words in known if sign in error.upper()), "对方服务器拒收")


def bounced_item(row: OutboxRecord) -> DigestItem:
    """A letter that came back."""
    doubt = "" if row.came_back else "这封退信没有引用我会的信，也可能是别人冒写的，发往这个邮箱的信照常发出；"
    return DigestItem(
        label="退信",
        sentence=f"致{row.institution or '来信人'}的信被退回（{row.recipient}），{doubt or '尚未送达，'}请电话{'核实' if doubt else '联系'}。",
        urgency=2,
        action="已电话告知的",
        decision=Proposal("phoned", row.institution, row.key),
        otherwise=(("改发另一地址", Proposal("resend", row.institution, row.key)),),
        institution=row.institution,
        target=row.key,
        since=row.bounced_at,
        letter=row.key,
    )
