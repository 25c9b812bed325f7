"""Core: the staff's daily page (收件日报, domain.md 5.9) - where everybody stands, what to decide, what came, and whether the robot is well.

Sent on quiet days too: a digest that does not come is the alarm. Staff are addressed, so phones of the roster may stand in it;
nothing of what the forms say about persons does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from config.campaign import Campaign
from intake.submission import Assessment, Material
from notifier.digest.items import DigestBasis, find_items
from notifier.digest.workdays import AFTERNOON
from notifier.letter import Digest, DigestItem, Enclosure
from notifier.letters.facts import is_paper_complete
from notifier.letters.lines import TITLES
from notifier.letters.owed import is_answerable
from notifier.letters.reminders import find_due_reminder, reminder_key
from notifier.letters.render import render_pair
from notifier.standing import CLASS_TITLES, everyone, material, open_findings, progress_word
from notifier.wording import clean_line, deadline_day, deadline_to_phrase, moment_to_clock, moment_to_day

OVERDUE_DAYS = 3
TONES = {"收齐": "#2e7d32", "未齐": "#e69500", "不推荐": "#8a939c", "截止后收到": "#b71c1c", "时间待认定": "#b71c1c", "未报送": "#cfd5da"}
KINDS = {
    "question": "咨询",
    "withdrawal": "撤回（更换）",
    "auto_reply": "自动回复",
    "bounce": "退信",
    "read_receipt": "已读回执",
    "notice": "通知（非报送）",
    "empty": "无附件来信",
}


def compose_digest_page(basis: DigestBasis, enclosures: tuple[Enclosure, ...] = ()) -> Digest:
    """The whole page for one moment, with its counts and its numbered decisions."""
    items = find_items(basis)
    facts = digest_facts(basis, items)
    day = basis.now.astimezone(basis.campaign.zone).date().isoformat()
    return Digest(
        key=f"digest-{day}-{basis.slot.replace(':', '')}",
        day=day,
        slot=basis.slot,
        wording=render_pair("digest", facts, basis.campaign.letters),
        composed_at=basis.now,
        items=items,
        counts=facts["counts"],
        enclosures=enclosures,
    )


def digest_facts(basis: DigestBasis, items: tuple[DigestItem, ...]) -> dict[str, Any]:
    """Every word the digest's templates may use."""
    campaign = basis.campaign
    people = everyone(basis.assessments, campaign)
    words = {person.institution.name: progress_word(person) for person in people}
    counts = Counter(words.values())
    last = deadline_day(campaign.deadline_at(basis.now).at, campaign)
    return {
        "office": campaign.office,
        "greeting": "、".join(f"{name[0]}老师" for name in basis.staff) or "各位老师",
        "day": moment_to_day(basis.now, campaign),
        "afternoon": basis.slot == AFTERNOON,
        "as_of": moment_to_clock(basis.now, campaign),
        "deadline": deadline_to_phrase(campaign.deadline_at(basis.now).at, campaign),
        "days_left": (last - basis.now.astimezone(campaign.zone).date()).days,
        "counts": {word: counts.get(word, 0) for word in TONES},
        "roster": len(people),
        "unconfirmed": sum(1 for person in people if not person.institution.confirmed),
        "items": [item_to_facts(number, item) for number, item in enumerate(items, 1)],
        "bar": bar(counts, len(people)),
        "arrivals": arrivals(basis),
        "rows": [institution_row(person, campaign) for person in people if words[person.institution.name] not in ("未报送", "不推荐")],
        "alerts": alerts(basis, people),
        "award": award_sentence(people, campaign),
        "silent": [silent_name(person) for person in people if words[person.institution.name] == "未报送"],
        "declined": [person.institution.name for person in people if words[person.institution.name] == "不推荐"],
        "robot": robot(basis),
    }


def item_to_facts(number: int, item: DigestItem) -> dict[str, Any]:
    """One numbered decision for the templates."""
    return {
        "number": number,
        "label": item.label,
        "sentence": item.sentence,
        "evidence": list(item.evidence),
        "action": item.action,
        "command": item.command,
        "urgent": item.urgency <= 2,
    }


def bar(counts: Counter[str], total: int) -> list[dict[str, Any]]:
    """The stacked bar's pieces: word, number, whole per cents that add up to a hundred, colour."""
    pieces = [(word, counts[word]) for word in TONES if counts.get(word)]
    widths = [max(1, round(100 * count / total)) for _, count in pieces] if total else []
    if widths:
        widths[widths.index(max(widths))] += 100 - sum(widths)
    return [
        {"word": word, "count": count, "width": width, "tone": TONES[word]} for (word, count), width in zip(pieces, widths, strict=True)
    ]


def arrivals(basis: DigestBasis) -> list[dict[str, str]]:
    """The letters that came since the last digest, newest last, each with what it brought."""
    rows = []
    for letter in basis.received:
        if max(letter.received_at, letter.fetched_at or letter.received_at) <= basis.since:
            continue
        claim = basis.claims.get(letter.sha256)
        hostile = bool(claim and "M08" in claim.codes and not claim.institution)
        unplaced = "（可疑邮件）" if hostile else "待认领"
        name = claim.institution if claim and claim.institution else "、".join(claim.split) if claim and claim.split else unplaced
        files = len(letter.message.attachments)
        what = f"{files}个文件" if files else KINDS.get(letter.message.kind, "网盘链接" if letter.message.cloud_files else "来信")
        when = f"{moment_to_day(letter.received_at, basis.campaign)}{moment_to_clock(letter.received_at, basis.campaign)}"
        folder = f"（在“{letter.folder}”）" if letter.folder not in ("INBOX", "") and files else ""
        robot_letter = not is_answerable(letter.message)
        assessment = basis.assessments.get(name)
        waiting = "已隔离，未打开" if hostile else "待处理"
        result = "不予回复" if robot_letter else progress_word(assessment) if assessment else waiting
        rows.append(
            {
                "name": name if not robot_letter or name != "待认领" else "（系统邮件）",
                "when": when,
                "what": what + folder + ("（转发件）" if letter.message.forwarded_from else ""),
                "result": result,
            }
        )
    return rows


def institution_row(assessment: Assessment, campaign: Campaign) -> dict[str, Any]:
    """One line of the progress table."""
    studios = assessment.submission.active_studios
    submission = assessment.submission
    quota = campaign.quotas.get(assessment.institution.unit_class)
    counts = [sum(1 for s in studios if s.category == category.key) for category in campaign.categories]
    got = {which: sum(1 for s in studios if material(s, which).status in ("received", "received_unread", "waived")) for which in TITLES}
    word = progress_word(assessment)
    times = (submission.first_received_at, submission.last_received_at)
    return {
        "name": assessment.institution.name,
        "unit_class": CLASS_TITLES.get(assessment.institution.unit_class, "待确认"),
        "word": word,
        "tone": TONES.get(word, "#555555"),
        "nominated": "/".join(str(count) for count in counts),
        "total": len(studios),
        "limit": quota.total if quota else "待定",
        "over": bool(quota and len(studios) > quota.total),
        "summary": f"{got[Material.SUMMARY_ROW]}/{len(studios)}",
        "basic": f"{got[Material.BASIC_INFO]}/{len(studios)}",
        "text": f"{got[Material.NARRATIVE]}/{len(studios)}",
        "materials": [
            {"title": TITLES[which][0], "got": f"{count}/{len(studios)}", "short": count < len(studios)} for which, count in got.items()
        ],
        "share": round(100 * sum(got.values()) / (3 * len(studios))) if studios else 0,
        "paper": "√" if is_paper_complete(submission.paper, campaign) else str(submission.paper.get("copies", "")) or "—",
        "missing": len(open_findings(assessment, "missing")),
        "conflict": len(open_findings(assessment, "conflict")),
        "unread": len(submission.unread),
        "first": short_time(times[0], campaign),
        "last": short_time(times[1], campaign),
    }


def short_time(moment: datetime | None, campaign: Campaign) -> str:
    """`7/29 15:42`."""
    local = moment.astimezone(campaign.zone) if moment else None
    return f"{local.month}/{local.day} {local:%H:%M}" if local else ""


def alerts(basis: DigestBasis, people: Iterable[Assessment]) -> list[str]:
    """What deserves an eye though nothing is to be decided: long missing, came back, links about to expire."""
    found = []
    overdue = [p.institution.name for p in people if is_overdue(p, basis)]
    if overdue:
        found.append(f"缺项超过{OVERDUE_DAYS}天未补：{len(overdue)}所（{'、'.join(overdue[:8])}{'等' if len(overdue) > 8 else ''}）")
    bounced = list(dict.fromkeys(r.institution or r.recipient for r in basis.outbox if r.bounced_at))
    if bounced:
        found.append(f"自动回执被退回：{len(bounced)}所（{'、'.join(bounced)}），请电话联系")
    links = sorted((c.expires_at, c.name, p.institution.name) for p in people for _, c in p.submission.cloud_files if c.expires_at)
    if links:
        expires, name, institution = links[0]
        found.append(f"超大附件将到期：{len(links)}件，最早{moment_to_day(expires, basis.campaign)}（{institution}《{clean_line(name)}》）")
    return found


def is_overdue(assessment: Assessment, basis: DigestBasis) -> bool:
    """True when something has been missing since a letter more than three days ago."""
    last = assessment.submission.last_received_at
    return bool(last and basis.now - last > timedelta(days=OVERDUE_DAYS) and open_findings(assessment, "missing"))


def award_sentence(people: Iterable[Assessment], campaign: Campaign) -> str:
    """The nominations so far against the number of awards: information for the office, never a check."""
    studios = [studio for person in people for studio in person.submission.active_studios]
    parts = [f"{c.title}{sum(1 for s in studios if s.category == c.key)}" for c in campaign.categories]
    limits = "，".join(f"其中{c.title}不超过{c.quota_for_award}" for c in campaign.categories if c.quota_for_award)
    return f"已报{'、'.join(parts)}，合计{len(studios)}（拟命名不超过{campaign.award_total}个{'，' + limits if limits else ''}，仅供参考）"


def silent_name(assessment: Assessment) -> str:
    """The institution with the phone of the roster, when there is one."""
    institution = assessment.institution
    return f"{institution.name}（{institution.phone}）" if institution.phone else institution.name


def robot(basis: DigestBasis) -> list[str]:
    """The robot's health in plain lines: last poll, mailbox against ledger, what left and what did not, what comes next."""
    values = basis.health.values
    recent = [r for r in basis.outbox if r.sent_at and r.sent_at > basis.since]
    waiting = [r for r in basis.outbox if r.state in ("queued", "sending")]
    new = [r for r in basis.letters if r.fetched_at > basis.since]
    lines = [poll_sentence(basis)]
    if on_server := values.get("letters_on_server"):
        kept = sum(1 for r in basis.letters if r.state != "oversize")
        lines.append(
            f"信箱现有{on_server}封（各文件夹合计），台账登记{kept}封（同一封只记一次）；已存未拆{sum(1 for r in basis.letters if r.state == 'new')}封"
        )
    if refused := values.get("refused_letters"):
        lines.append(f"服务器未给出、需人工查看：{refused}")
    if absent := values.get("absent_folders"):
        lines.append(f"没有找到的文件夹：{absent}")
    failed = sum(1 for r in basis.outbox if r.state == "failed")
    held = sum(1 for r in basis.outbox if r.state == "held")
    lines.append(f"自上次日报：新收{len(new)}封、发出{len(recent)}封；待发{len(waiting)}、待审{held}、失败{failed}")
    if scans := scans_sentence(basis):
        lines.append(scans)
    if stop := stop_sentence(basis):
        lines.append(stop)
    if error := values.get("last_cycle_error"):
        lines.append(f"最近一次程序出错：{error}")
    if refused := values.get("campaign_refused"):
        lines.append(refused)
    if coming := next_reminder(basis):
        lines.append(coming)
    if basis.mode == "rehearsal":
        lines.append("当前为演练模式：只写草稿，不向高校发信")
    return lines


def scans_sentence(basis: DigestBasis) -> str:
    """How many scans nobody has recognised yet, and why; empty when none waits."""
    why, _, count = basis.health.values.get("scans_waiting", "").partition(" ")
    if not count:
        return ""
    reason = "未安装扫描件识别，均待人工查看" if why == "absent" else "排队等候识读，识读结果只作草稿、供核对"
    return f"扫描件和照片{count}件{reason}"


def stop_sentence(basis: DigestBasis) -> str:
    """Until when the provider keeps our post back, empty when it does not."""
    values = basis.health.values
    until = datetime.fromisoformat(values["smtp_stopped_until"]) if values.get("smtp_stopped_until") else None
    if until is None or until <= basis.now:
        return ""
    return f"发信暂停至{moment_to_day(until, basis.campaign)}{moment_to_clock(until, basis.campaign)}：{values.get('smtp_stopped_why', '')}"


def poll_sentence(basis: DigestBasis) -> str:
    """When the mailbox was last reached, and what stands in the way if it is not."""
    ok, error = basis.health.values.get("last_poll_ok"), basis.health.values.get("last_poll_error")
    when = datetime.fromisoformat(ok) if ok else None
    sentence = f"最近成功收信：{moment_to_day(when, basis.campaign)}{moment_to_clock(when, basis.campaign)}" if when else "尚未成功收过信"
    return f"{sentence}；最近一次失败：{error}" if error else sentence


def next_reminder(basis: DigestBasis) -> str:
    """Whether reminders leave today, so that staff can stop them in time."""
    nine = basis.now.astimezone(basis.campaign.zone).replace(hour=9, minute=0, second=0, microsecond=0)
    due = find_due_reminder(basis.campaign, nine) if basis.now < nine else None
    if due is None:
        return ""
    key = reminder_key(due, basis.campaign, nine)
    done = any(key in row.told for row in basis.outbox if row.state != "dropped")
    lacking = sum(
        1
        for a in basis.assessments.values()
        if a.submission.letters and any(f.severity == "missing" and f.audience == "institution" and f.state == "open" for f in a.findings)
    )
    stage = "T-1" if due == "reminder_t1" else "T-3"
    return (
        ""
        if done or not lacking
        else f"今日9时拟向{lacking}所有缺项的单位发{stage}提醒（届时按最新情况重算；某校不发的：intake decide hold 学校 提醒）"
    )
