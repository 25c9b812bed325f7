"""Core: what is in, as lines of a letter - each studio's row of the matrix, what is safely kept, what changed, which files came."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from config.campaign import Campaign
from intake.message import is_recording
from intake.submission import Assessment, Decision, Material, MaterialState, Received, StudioSubmission, Submission, Version
from notifier.wording import clean_change, clean_line, clean_private, moment_to_day, moments_to_phrase, size_to_phrase, words_to_list

TITLES = {Material.SUMMARY_ROW: "汇总表", Material.BASIC_INFO: "基本情况表", Material.NARRATIVE: "申报材料"}
MARKS = {"received": "√", "received_unread": "已收存（待人工查看）", "missing": "尚缺", "waived": "免报", "not_registered": "未登记"}
# What only may be in (an unplaced file, a link, a letter nobody has claimed) is never acknowledged.
UNSURE_MARKS = {"may_be": "待人工查看", "unclaimed": "待人工查看", "cloud_link": "仅收到链接"}
# Unread files that a person can open all the same; a closed or damaged one is no material in hand whatever its name says.
VIEWABLE = frozenset({"", "scanned", "image", "unsupported", "unrecognised"})
MOST_CHANGES = 8
FIRST_ARRIVAL = "（首次收到）"
ONLY_RECEIVED = "（已收到）"  # which of two versions stands is for staff to choose: until then a letter names neither number nor order


def studio_to_line(studio: StudioSubmission, campaign: Campaign) -> str:
    """`张三劳模创新工作室（劳模）：汇总表√ 基本情况表√ 申报材料√（约3215字）`."""
    category = campaign.category(studio.category)
    head = clean_private(studio.name) + (f"（{category.title}）" if category else "")
    return f"{head}：" + " ".join(material_to_mark(studio, material) for material in TITLES)


def material_to_mark(studio: StudioSubmission, material: Material) -> str:
    """One material with its mark; a narrative that could be counted says about how long it is."""
    state = studio.materials.get(material, MaterialState())
    mark = f"{TITLES[material]}{UNSURE_MARKS.get(state.note) or MARKS[state.status]}"
    form = state.current.form if state.current else None
    characters = form.facts.get("characters") if form and material is Material.NARRATIVE else None
    return f"{mark}（约{characters}字）" if characters and state.status == "received" else mark


def is_studio_complete(studio: StudioSubmission) -> bool:
    """True when every electronic material of the studio is in."""
    return all(studio.materials.get(m, MaterialState()).status in ("received", "waived") for m in TITLES)


def submission_to_in_hand(submission: Submission, campaign: Campaign, asked_anew: Collection[str] = ()) -> str:
    """What is safely kept, in one phrase: `附件1、附件2、“张三劳模创新工作室”基本情况表及申报材料`; not the files (SHA-256) asked for anew (M13)."""
    tables = [(category, submission.summaries.get(category.key)) for category in campaign.categories]
    annexes = [category.annex for category, version in tables if version and version.attachment not in asked_anew]
    phrases = [phrase for studio in submission.active_studios if (phrase := studio_to_in_hand(studio, asked_anew))]
    return words_to_list([*annexes, *phrases])


def studio_to_in_hand(studio: StudioSubmission, asked_anew: Collection[str] = ()) -> str:
    """The studio's own kept materials, empty when there are none."""
    kept = [
        TITLES[material]
        for material in (Material.BASIC_INFO, Material.NARRATIVE)
        if is_in_hand(state := studio.materials.get(material, MaterialState()))
        and not (state.current and state.current.attachment in asked_anew)
    ]
    return f"“{clean_private(studio.name)}”{'及'.join(kept)}" if kept else ""


def is_in_hand(state: MaterialState) -> bool:
    """True for what a receipt may call 收妥: read, or placed and kept in a form that a person can open - never what only may be it."""
    if state.status == "received_unread":
        return state.note not in UNSURE_MARKS and state.current is not None and state.current.problem in VIEWABLE
    return state.status == "received"


def submission_to_updates(submission: Submission, letters: Iterable[Received], campaign: Campaign) -> tuple[str, ...]:
    """What these letters brought, one line a version: its number, what it replaces, and the fields that changed."""
    shas = {letter.sha256 for letter in letters}
    lines = []
    for version in submission.summary_versions:
        if version.letter in shas:
            state = MaterialState("received", submission.summary_versions, find_summary_in_force(version, submission))
            lines.append(version_to_line(summary_title(version, campaign), version, state, campaign))
    for studio in submission.active_studios:
        for material in (Material.BASIC_INFO, Material.NARRATIVE):
            state = studio.materials.get(material, MaterialState())
            title = f"“{clean_private(studio.name)}”{TITLES[material]}"
            lines += [version_to_line(title, v, state, campaign) for v in state.versions if v.letter in shas]
    return tuple(dict.fromkeys(lines))


def find_summary_in_force(version: Version, submission: Submission) -> Version | None:
    """The table in force of the category that this version is one of."""
    category = version.form.value("category") if version.form else None
    return submission.summaries.get(str(category)) if category else None


def summary_title(version: Version, campaign: Campaign) -> str:
    """`附件1（劳模创新工作室推荐汇总表）`, or only 汇总表 when the category cannot be told."""
    category = campaign.category(version.form.value("category") if version.form else None)
    return f"{category.annex}（{category.summary_title}）" if category else TITLES[Material.SUMMARY_ROW]


def version_to_line(title: str, version: Version, state: MaterialState, campaign: Campaign) -> str:
    """`…基本情况表（第2版，替换7月30日版本；原版本留存备查）。更新内容：…`; one that replaces nothing says so, one between which and another staff must choose (`unsettled`) only that it came."""
    earlier = [v for v in state.versions if v.number == version.number - 1]
    if not earlier or version.number < 2:
        return f"{title}{FIRST_ARRIVAL}"
    if version.unsettled:
        return f"{title}{ONLY_RECEIVED}"
    replaces = f"替换{moment_to_day(earlier[0].received_at, campaign)}版本；原版本留存备查"
    head = f"{title}（第{version.number}版，{version_to_apart(version, state, campaign) or replaces}）"
    changes = list(dict.fromkeys(clean_change(change) for change in version.changes))
    if not changes:
        return head
    more = f"等{len(changes)}处" if len(changes) > MOST_CHANGES else ""
    return f"{head}。更新内容：{'；'.join(changes[:MOST_CHANGES])}{more}"


def version_to_apart(version: Version, state: MaterialState, campaign: Campaign) -> str:
    """How a version is kept when an earlier one stays in force (late: D04; a scan beside the Word file), empty when it replaced that one."""
    current = state.current
    if current is None or arrival_rank(current) >= arrival_rank(version):
        return ""
    stands = "截止前版本仍有效" if not current.late else f"现采用{moment_to_day(current.received_at, campaign)}版本"
    return f"截止后收到，另存；{stands}" if version.late else f"另存；现采用{moment_to_day(current.received_at, campaign)}版本"


def arrival_rank(version: Version) -> tuple[datetime, int]:
    """The order in which the versions of one material came."""
    return version.received_at, version.number


def letters_to_files(letters: Iterable[Received], repeats: Collection[tuple[str, str]] = ()) -> list[dict[str, object]]:
    """The list at the foot: every file of these letters with size and short hash, files sent before marked as such."""
    files = []
    for letter in letters:
        for attachment in letter.message.leaves:
            files.append(
                {
                    "name": clean_private(clean_line(attachment.name)) or "（未命名）",
                    "size": size_to_phrase(attachment.size),
                    "check": attachment.sha256[:12],
                    "duplicate": (letter.sha256, attachment.sha256) in repeats,
                }
            )
    return files


def submission_to_unread(submission: Submission, letters: Iterable[Received]) -> list[str]:
    """The files of these letters a person must look at first: kept, so nobody is to send them again. A link brought nothing that could be kept."""
    shas = {letter.sha256 for letter in letters}
    states = [state for studio in submission.active_studios for state in studio.materials.values()]
    versions = [v for state in states for v in state.versions if v.status == "received_unread"]
    kept = (v for v in (*versions, *submission.unread) if v.letter in shas and v.problem != "cloud")
    return list(dict.fromkeys(f"《{clean_private(clean_line(v.file))}》" for v in kept))


def letters_to_cloud(letters: Iterable[Received], campaign: Campaign) -> str:
    """`《申报材料.zip》系以超大附件链接发送，8月10日到期`, empty when no letter carried a link."""
    phrases = []
    for letter in letters:
        for cloud in letter.message.cloud_files:
            if cloud.quoted or is_recording(cloud.name):
                continue
            name = f"《{clean_private(clean_line(cloud.name))}》" if cloud.name else "来信文件"
            until = f"，{moment_to_day(cloud.expires_at, campaign)}到期" if cloud.expires_at else ""
            phrases.append(f"{name}系以超大附件（网盘链接）形式发送{until}")
    return "；".join(dict.fromkeys(phrases))


def letters_to_forwarded(letters: Iterable[Received], campaign: Campaign) -> str:
    """When forwarded letters say they were first sent, `2022年7月28日9时00分`: told, though only the arrival here counts (scenario 38)."""
    moments = [letter.message.forwarded_date for letter in letters if letter.message.forwarded_from and letter.message.forwarded_date]
    return moments_to_phrase(sorted(moments), campaign) if moments else ""


# Decisions about which studios stand: an institution is told of them in writing, whoever asked for them and how.
ABOUT_STUDIOS = ("withdraw_studio", "replace_studio")


def decision_to_phrase(decision: Decision) -> str:
    """A decision as a letter names it."""
    target = f"“{clean_private(decision.target)}”" if decision.target else ""
    if decision.kind == "withdraw_studio":
        return f"撤回{target}"
    if decision.kind == "replace_studio":
        return f"{target}更换为“{clean_private(str(decision.detail.get('by', '')))}”"
    return {"not_recommending": "今年不推荐", "recommending": "恢复推荐", "accept_late": "按期登记", "paper": "纸质材料登记"}.get(decision.kind, "材料登记")


def settled_decisions(assessment: Assessment) -> tuple[Decision, ...]:
    """The standing decisions about studios, each once (the same withdrawal may have been recorded twice)."""
    found = {decision_to_phrase(d): d for d in assessment.submission.decisions if d.kind in ABOUT_STUDIOS}
    return tuple(found.values())


def settled_keys(assessment: Assessment) -> tuple[str, ...]:
    """The keys of the standing decisions about studios, for the letter that tells them."""
    return tuple(f"settled:{d.number}" for d in settled_decisions(assessment))
