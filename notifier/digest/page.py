"""Core: the staff's daily page (收件日报, domain.md 5.9) - is the clerk alive, where does everybody stand, what costs a school something today.

At most five decisions stand at the top, one a school; then the letters that wait, what has waited too long, and all else folded by school.
Sent on quiet days too: a digest that does not come is the alarm. Staff are addressed, so phones of the roster may stand in it; nothing of
what the forms say about persons does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from config.campaign import Campaign
from intake.decisions import decisions_in_force
from intake.submission import Assessment, Received
from notifier.digest.basis import DigestBasis
from notifier.digest.items import find_items
from notifier.digest.workdays import AFTERNOON
from notifier.letter import Digest, DigestItem, Enclosure
from notifier.letters import REMINDERS, TITLES, find_due_reminder, is_answerable, reminder_key, render_pair
from notifier.standing import Standing, everyone, five_numbers, paper_phrase, progress_word, received_and_unread, shortfall
from notifier.wording import clean_line, deadline_day, deadline_to_phrase, moment_to_clock, moment_to_day, plain_words

MOST_DECISIONS, URGENT = 5, 3
MOST_LETTERS, MOST_OVERDUE, MOST_SINGLE = 12, 8, 6
TONES = {"收齐": "#2e7d32", "未齐": "#e69500", "截止后": "#b71c1c", "未报": "#cfd5da", "不推荐": "#8a939c"}
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
    """The whole page for one moment, with its counts and its numbered decisions in the order printed."""
    shown = sort_items(find_items(basis))
    facts = digest_facts(basis, shown)
    day = basis.now.astimezone(basis.campaign.zone).date().isoformat()
    return Digest(
        key=f"digest-{day}-{basis.slot.replace(':', '')}",
        day=day,
        slot=basis.slot,
        wording=render_pair("digest", facts, basis.campaign.letters),
        composed_at=basis.now,
        items=tuple(item for part in shown for item in part),
        counts=facts["counts"],
        enclosures=enclosures,
    )


def sort_items(items: Sequence[DigestItem]) -> tuple[list[DigestItem], list[DigestItem], list[DigestItem], list[DigestItem]]:
    """The items in the four parts of the page: decisions of today (one a school, five at most), waiting letters, overdue, all else."""
    letters = [item for item in items if item.label == "待审"]
    rest = [item for item in items if item.label != "待审"]
    today: list[DigestItem] = []
    for item in rest:
        taken = {other.institution for other in today if other.institution}
        if item.urgency <= URGENT and len(today) < MOST_DECISIONS and item.institution not in taken:
            today.append(item)
    overdue = [item for item in rest if item.overdue and item not in today]
    return today, letters, overdue, [item for item in rest if item not in today and item not in overdue]


def digest_facts(basis: DigestBasis, shown: Sequence[Sequence[DigestItem]]) -> dict[str, Any]:
    """Every word the digest's templates may use."""
    campaign = basis.campaign
    people = everyone(basis.assessments, campaign)
    counts = five_numbers(people)
    today, letters, overdue, rest = shown
    last = deadline_day(campaign.deadline_at(basis.now).at, campaign)
    return {
        "office": campaign.office,
        "greeting": "、".join(f"{name[0]}老师" for name in basis.staff) or "各位老师",
        "day": moment_to_day(basis.now, campaign),
        "afternoon": basis.slot == AFTERNOON,
        "as_of": moment_to_clock(basis.now, campaign),
        "alive": poll_sentence(basis),
        "deadline": deadline_to_phrase(campaign.deadline_at(basis.now).at, campaign),
        "days_left": (last - basis.now.astimezone(campaign.zone).date()).days,
        "counts": counts,
        "roster": len(people),
        "undecided": sum(1 for person in people if progress_word(person) == Standing.UNDECIDED.value),
        "unseen": [person.institution.name for person in people if progress_word(person) == Standing.WAITING.value],
        "unconfirmed": sum(1 for person in people if not person.institution.confirmed),
        "waiting": sum(len(part) for part in shown),
        "decisions": [item_to_facts(number, item) for number, item in enumerate(today, 1)],
        "letters": [item_to_facts(number, item) for number, item in enumerate(letters[:MOST_LETTERS], len(today) + 1)],
        "letters_total": len(letters),
        "overdue": [item_to_facts(number, item) for number, item in enumerate(overdue[:MOST_OVERDUE], len(today) + len(letters) + 1)],
        "overdue_total": len(overdue),
        "rest": fold(rest),
        "rest_total": len(rest),
        "bar": bar(counts, len(people)),
        "arrivals": arrivals(basis),
        "arrived": sum(1 for letter in basis.received if is_new(letter, basis)),
        "rows": [institution_row(p, campaign) for p in people if progress_word(p) not in ("收齐", "未报", "不推荐", Standing.WAITING.value)],
        "complete": [p.institution.name for p in people if progress_word(p) == "收齐"],
        "paper_wanted": campaign.paper_copies > 0,
        "paper_open": sum(1 for p in people if progress_word(p) in ("收齐", "未齐") and paper_phrase(p, campaign) != "√"),
        "alerts": alerts(basis, people),
        "award": award_sentence(people, campaign),
        "silent": [silent_name(person, basis) for person in people if progress_word(person) == "未报"],
        "declined": [person.institution.name for person in people if progress_word(person) == "不推荐"],
        "robot": robot(basis),
        "unmade": "、".join(f"《{name}》" for name in basis.unmade),
    }


def item_to_facts(number: int, item: DigestItem) -> dict[str, Any]:
    """One numbered decision for the templates."""
    return {
        "number": number,
        "label": item.label,
        "sentence": item.sentence.rstrip("。"),
        "evidence": "；".join(item.evidence[:2]),
        "action": item.action,
        "others": "、".join(words for words, _ in item.otherwise),
        "command": item.command,
        "overdue": item.overdue,
        "urgent": item.urgency <= 2,
        "letter": item.letter,
    }


def fold(items: Sequence[DigestItem]) -> list[str]:
    """All else, one line a school: `某大学：漏填9、数字3、待看2`; what belongs to no school stands by itself, the first few of it."""
    lines = []
    for institution in dict.fromkeys(item.institution for item in items if item.institution):
        counts = Counter(item.label for item in items if item.institution == institution)
        lines.append(f"{institution}：" + "、".join(f"{label}{count}" for label, count in counts.items()))
    single = [item for item in items if not item.institution]
    lines += [f"[{item.label}] {item.sentence.rstrip('。')}" for item in single[:MOST_SINGLE]]
    return [*lines, f"另有{len(single) - MOST_SINGLE}件未列"] if len(single) > MOST_SINGLE else lines


def bar(counts: dict[str, int], total: int) -> list[dict[str, Any]]:
    """The stacked bar's pieces: word, number, whole per cents that add up to a hundred, colour."""
    pieces = [(word, counts[word]) for word in TONES if counts.get(word)]
    widths = [max(1, round(100 * count / total)) for _, count in pieces] if total else []
    if widths:
        widths[widths.index(max(widths))] += 100 - sum(widths)
    return [
        {"word": word, "count": count, "width": width, "tone": TONES[word]} for (word, count), width in zip(pieces, widths, strict=True)
    ]


def is_new(letter: Received, basis: DigestBasis) -> bool:
    """True for a letter that came since the last digest."""
    return max(letter.received_at, letter.fetched_at or letter.received_at) > basis.since


def arrivals(basis: DigestBasis) -> list[str]:
    """The letters since the last digest, one line a school: how many, what they brought, and where the school stands now."""
    groups: dict[str, list[Received]] = {}
    for letter in basis.received:
        if is_new(letter, basis):
            groups.setdefault(letter_owner(letter, basis), []).append(letter)
    return [arrival_line(name, letters, basis) for name, letters in groups.items()]


def letter_owner(letter: Received, basis: DigestBasis) -> str:
    """Whose letter it is, in the word of the list."""
    claim = basis.claims.get(letter.sha256)
    if claim and claim.institution:
        return claim.institution
    if claim and claim.split:
        return "、".join(claim.split)
    if claim and "M08" in claim.codes:
        return "（可疑邮件）"
    return "（系统邮件）" if not is_answerable(letter.message) and not letter.message.attachments else "（待认领）"


def arrival_line(name: str, letters: Sequence[Received], basis: DigestBasis) -> str:
    """`某大学2封：7个文件；现为收齐`."""
    files = sum(len(letter.message.attachments) for letter in letters)
    words = [KINDS.get(r.message.kind, "网盘链接" if r.message.cloud_files else "来信") for r in letters if not r.message.attachments]
    counted = Counter(words)
    what = ([f"{files}个文件"] if files else []) + [word if count == 1 else f"{word}{count}" for word, count in counted.items()]
    assessment = basis.assessments.get(name)
    now = "，已收齐" if assessment and progress_word(assessment) == "收齐" else "，已隔离，未打开" if name == "（可疑邮件）" else ""
    odd = {letter.folder for letter in letters} - {"INBOX", ""}
    return f"{name}{len(letters)}封（{'、'.join(what)}{'，在' + '、'.join(sorted(odd)) if odd and files else ''}）{now}"


def institution_row(assessment: Assessment, campaign: Campaign) -> dict[str, Any]:
    """One line of the progress table: what is in readable form, what waits for an eye, what is missing, what was left blank."""
    studios, quota = assessment.submission.active_studios, campaign.quotas.get(assessment.institution.unit_class)
    materials = []
    for which, title in TITLES.items():
        got, unread, total = received_and_unread(assessment, which)
        materials.append({"title": title, "got": f"{got}/{total}", "unread": unread, "short": got < total})
    lacking, blank, verify = shortfall(assessment)
    word = progress_word(assessment)
    return {
        "name": assessment.institution.name,
        "word": word,
        "tone": TONES.get(word, "#b71c1c"),
        "total": len(studios),
        "limit": quota.total if quota else "待定",
        "over": bool(quota and len(studios) > quota.total),
        "materials": materials,
        "share": round(100 * sum(received_and_unread(assessment, m)[0] for m in TITLES) / (3 * len(studios))) if studios else 0,
        "paper": paper_phrase(assessment, campaign) if assessment.submission.paper else "",
        "missing": lacking,
        "blank": blank,
        "verify": verify,
        "last": short_time(assessment.submission.last_received_at, campaign),
    }


def short_time(moment: datetime | None, campaign: Campaign) -> str:
    """`8月2日15:42`."""
    local = moment.astimezone(campaign.zone) if moment else None
    return f"{local.month}月{local.day}日{local:%H:%M}" if local else ""


def alerts(basis: DigestBasis, people: Iterable[Assessment]) -> list[str]:
    """What deserves an eye though nothing is to be decided: links about to expire."""
    links = sorted((c.expires_at, c.name, p.institution.name) for p in people for _, c in p.submission.cloud_files if c.expires_at)
    if not links:
        return []
    expires, name, institution = links[0]
    return [f"网盘文件将到期{len(links)}件，最早{moment_to_day(expires, basis.campaign)}（{institution}《{clean_line(name)}》）"]


def award_sentence(people: Iterable[Assessment], campaign: Campaign) -> str:
    """The nominations so far against the number of awards: information for the office, never a check."""
    studios = [studio for person in people for studio in person.submission.active_studios]
    parts = [f"{c.title}{sum(1 for s in studios if s.category == c.key)}" for c in campaign.categories]
    limits = "，".join(f"其中{c.title}不超过{c.quota_for_award}" for c in campaign.categories if c.quota_for_award)
    return f"已报{'、'.join(parts)}，合计{len(studios)}（拟命名不超过{campaign.award_total}个{'，' + limits if limits else ''}，仅供参考）"


def silent_name(assessment: Assessment, basis: DigestBasis) -> str:
    """The institution with the phone of the roster and when it was last written to or called."""
    institution = assessment.institution
    told = [institution.phone] if institution.phone else ["无电话"]
    if contact := last_contact(institution.name, basis):
        told.append(contact)
    return f"{institution.name}（{'，'.join(told)}）"


def last_contact(name: str, basis: DigestBasis) -> str:
    """`8月2日已提醒`, `8月3日已电话`: the newer of the two, empty when there was none."""
    sent = [(r.sent_at, "已提醒" if r.kind in REMINDERS else "已去信") for r in basis.outbox if r.institution == name and r.sent_at]
    called = [(d.decided_at, "已电话") for d in decisions_in_force(basis.decisions) if d.institution == name and d.kind == "phoned"]
    newest = max((*sent, *called), default=None)
    return f"{moment_to_day(newest[0], basis.campaign)}{newest[1]}" if newest else ""


def robot(basis: DigestBasis) -> list[str]:
    """The robot's health: only what is out of the ordinary, and what it will do today."""
    values = basis.health.values
    lines = []
    if refused := values.get("refused_letters"):
        lines.append(f"服务器未给出、需人工查看：{refused}")
    if absent := values.get("absent_folders"):
        lines.append(f"没有找到的文件夹：{absent}")
    if scans := scans_sentence(basis):
        lines.append(scans)
    lines += [said for said in (stop_sentence(basis), full_sentence(basis)) if said]
    if since := values.get("engine_trouble"):
        moment = datetime.fromisoformat(since)
        when = f"{moment_to_day(moment, basis.campaign)}{moment_to_clock(moment, basis.campaign)}"
        lines.append(f"多机读件自{when}起用不上，由本机读件，收信、答复照常，只是慢些，请告知技术人员")
    if values.get("last_cycle_error"):
        lines.append("最近一轮程序出过错，来信都在，请告知技术人员")
    if failed := values.get("enclosure_failed"):
        named = failed.partition(" ")[2]
        lines.append(f"空白表样{named if named.startswith('《') else ''}未能生成，补正的信未附此表，请告知技术人员")
    if broken := values.get("letters_broken"):
        lines.append(f"信函模板有误，下列单位的信未能拟写：{broken}，请告知技术人员")
    unopened = sum(1 for r in basis.letters if r.state == "new")
    if unopened:
        lines.append(f"已存未拆{unopened}封")
    if values.get("campaign_refused"):
        lines.append("批次设置有误，仍按上一次的设置办理，请告知技术人员")
    if coming := next_reminder(basis):
        lines.append(coming)
    if basis.mode == "rehearsal":
        lines.append("当前为演练：只写草稿，不向高校发信")
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
    why = plain_words(values.get("smtp_stopped_why", ""), "邮箱服务商暂停了发信")
    return f"发信暂停至{moment_to_day(until, basis.campaign)}{moment_to_clock(until, basis.campaign)}：{why}"


def full_sentence(basis: DigestBasis) -> str:
    """How many letters our own cap of the day keeps until midnight, and what to do when that is too late; empty when none."""
    until, _, counts = basis.health.values.get("post_full", "").partition(" ")
    if not until or datetime.fromisoformat(until) <= basis.now:
        return ""
    most, _, waiting = counts.partition(" ")
    return f"今日发信已达上限（每日{most}封），另有{waiting}封回执等信排到明日0时起续发；须当天发出的，请技术人员调高设置中的 per_day"


def poll_sentence(basis: DigestBasis) -> str:
    """Is the clerk alive: when the mailbox was last reached, what came and left since the last page; the trouble first when there is one."""
    values = basis.health.values
    ok = datetime.fromisoformat(values["last_poll_ok"]) if values.get("last_poll_ok") else None
    when = f"{moment_to_day(ok, basis.campaign)}{moment_to_clock(ok, basis.campaign)}" if ok else ""
    if values.get("last_poll_error"):
        return f"收信不正常：{f'上次成功是{when}' if when else '尚未成功收过信'}，程序正在重试，请查看收件台。"
    sent = sum(1 for r in basis.outbox if r.sent_at and r.sent_at > basis.since)
    new = sum(1 for r in basis.letters if r.fetched_at > basis.since)
    return f"收件台正常：{f'{when}收信' if when else '尚未收过信'}；自上次日报收{new}封、发{sent}封。"


def next_reminder(basis: DigestBasis) -> str:
    """Whether reminders leave today, so that staff can stop them in time."""
    nine = basis.now.astimezone(basis.campaign.zone).replace(hour=9, minute=0, second=0, microsecond=0)
    due = find_due_reminder(basis.campaign, nine) if basis.now < nine else None
    if due is None:
        return ""
    key = reminder_key(due, basis.campaign, nine)
    done = any(key in row.told for row in basis.outbox if row.state != "dropped")
    lacking = [
        a.institution.name
        for a in basis.assessments.values()
        if a.submission.letters and any(f.severity == "missing" and f.audience == "institution" and f.state == "open" for f in a.findings)
    ]
    if done or not lacking:
        return ""
    named = "、".join(lacking[:3]) + ("等" if len(lacking) > 3 else "")
    return f"今日9时拟提醒{len(lacking)}所补报（{named}），届时按最新情况重算；某校不发的，请先暂停该校的提醒"
