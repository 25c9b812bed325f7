"""Core: each decision as a form - its fields, its button, the sentence of what follows, and for which matters it is offered at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from config.campaign import Campaign
from intake.submission import Assessment, Finding, Material
from notifier.proposals import Proposal
from notifier.standing import CLASS_TITLES, ELECTRONIC, MATERIAL_TITLES, material
from service.deciding import MATERIALS
from service.desk.shown.views import Card
from service.desk.shown.words import moment_to_text

Choices = tuple[tuple[str, str], ...]
Reason = Literal["none", "optional", "required"]
PICK: tuple[str, str] = ("", "请选择")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """一栏: one thing to fill in; `choices` make it a list, `more` a second group of the list, `kind` a number or a day."""

    name: str
    label: str
    value: str = ""
    choices: Choices = ()
    more: Choices = ()
    more_label: str = "名录"
    kind: Literal["text", "number", "day"] = "text"
    required: bool = True
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """一个决定的表单: `name` is the decision's word on the command line; `fixed` are the values that are not asked for."""

    name: str
    verb: str
    consequence: str
    institution: str = ""
    target: str = ""
    fixed: Choices = ()
    fields: tuple[Field, ...] = ()
    reason: Reason = "optional"
    quiet: bool = False
    action: str = "/decide"


# The button, what follows, whether a reason must be given. One row a decision; nothing else on the desk says these.
MANNERS: Mapping[str, tuple[str, str, Reason]] = {
    "claim": ("认领", "登记到这所学校，自动回执；原来缺的项会随之更新。", "none"),
    "split": ("分别登记", "按学校分别登记，各答复各的。", "none"),
    "accept-late": ("认定按期", "按期论；最终报告写明是您认定的。", "required"),
    "not-accept-late": ("认定逾期", "按逾期登记，列入“截止后”名单；截止前的版本不变。", "optional"),
    "refuse": ("不采纳说明", "照原来的问题继续请学校核实。", "optional"),
    "seen": ("已人工查看", "这封信从“今日”移走，原信仍保存。", "optional"),
    "approve": ("同意写信问学校", "拟一封信放进“待发”，5 分钟内可以收回。", "optional"),
    "explain": ("已说明，不再问", "这一项不再问学校，也不再提醒您。", "optional"),
    "waive": ("免于补报", "这一项按收齐算，信里不再提。", "required"),
    "contact": ("更正联系方式", "名录照此更正，此后的名单、日报和去信都用它；原来的留在账上。", "optional"),
    "unit-class": ("确认类别", "名额上限按这个类别算，相关问题随之更新。", "optional"),
    "category": ("确认类型", "决定这个工作室列入哪一张附件。", "optional"),
    "withdraw": ("登记撤回", "材料保留，不计名额。建议先打电话核实。", "optional"),
    "replace": ("登记更换", "原工作室的材料保留，不计名额。建议先打电话核实。", "optional"),
    "not-recommending": ("登记不推荐", "不再提醒；名单移到“不推荐”。", "optional"),
    "recommending": ("恢复推荐", "重新列入应报，照常提醒。", "optional"),
    "paper": ("登记纸质", "记入台账；登记错了，再登记一次或收回。", "none"),
    "material": ("认定", "算作这个工作室的这份材料，缺项随之减少。", "none"),
    "version": ("采用这一版", "以这一版为准，其余版本仍保存。", "optional"),
    "exclude": ("不算数", "这个文件仍保存，不再计入材料。", "optional"),
    "hold": ("先不发信", "给这所学校的信先不发；收回这个决定就恢复。", "optional"),
    "note": ("记一笔", "写进来往记录，不影响别的。", "required"),
    "answered": ("已答复", "这封咨询从“今日”移走，记下是您答复的。", "optional"),
    "phoned": ("已电话联系", "从“今日”移走，记下是您联系的。", "optional"),
    "assign": ("转给", "只是分工：谁都可以办。", "none"),
}
WISHES: Mapping[str, str] = {"不推荐": "not-recommending", "撤回": "withdraw", "更换": "replace"}


def ask(name: str, *, institution: str = "", target: str = "", fixed: Mapping[str, str] | None = None, fields: Sequence[Field] = ()) -> Ask:
    """The form of one decision with its own words."""
    verb, consequence, reason = MANNERS[name]
    return Ask(
        name=name,
        verb=verb,
        consequence=consequence,
        institution=institution,
        target=target,
        fixed=tuple((fixed or {}).items()),
        fields=tuple(fields),
        reason=reason,
        quiet=name in ("explain", "refuse", "waive", "exclude", "note", "hold", "assign"),
    )


SURE = Field(name="yes", label="确要照此登记吗", choices=(PICK, ("yes", "确要照此登记")))
"""Asked only when the books speak against it (a studio nobody has met, a school that declines with studios sent)."""


def field_of_schools(campaign: Campaign, candidates: Sequence[str] = ()) -> Field:
    """Which school: the likely ones first, then the roster."""
    likely = tuple((name, name) for name in candidates if campaign.institution(name))
    rest = tuple((i.name, i.name) for i in campaign.institutions if i.name not in candidates)
    return Field(name="institution", label="这封信是哪所学校的", choices=(PICK, *likely), more=rest)


def field_of_studios(assessment: Assessment | None, label: str = "工作室") -> Field:
    """Which studio of the school."""
    names = [s.name for s in assessment.submission.studios if s.name] if assessment else []
    return Field(name="studio", label=label, choices=(PICK, *((n, n) for n in names)))


# What may be decided about each thing


def claim_ask(campaign: Campaign, letter: str, candidates: Sequence[str] = ()) -> Ask:
    """Whose letter it is."""
    return ask("claim", target=letter, fixed={"letter": letter}, fields=(field_of_schools(campaign, candidates),))


def paper_ask(institution: str, campaign: Campaign, day: str) -> Ask:
    """The paper that came by post; today is preset."""
    fields = (
        Field(name="copies", label="份数", value=str(campaign.paper_copies), kind="number"),
        Field(name="stamped", label="盖章", choices=(("已盖章", "已盖章"), ("未盖章", "未盖章"))),
        Field(name="day", label="收到日期", value=day, kind="day"),
    )
    return ask("paper", institution=institution, fields=fields)


def material_ask(institution: str, file: str, assessment: Assessment | None) -> Ask:
    """What a file is and whose; a studio not yet on the matrix is written."""
    fields = (
        Field(name="material", label="这是什么材料", choices=(PICK, *((m, m) for m in MATERIALS))),
        replace(field_of_studios(assessment, "哪个工作室"), required=False, hint="名单里没有的，写在后面一栏"),
        Field(name="new_studio", label="或写工作室全名", required=False),
    )
    return ask("material", institution=institution, target=file, fixed={"file": file}, fields=fields)


def finding_asks(finding: Finding, assessment: Assessment, campaign: Campaign) -> tuple[Ask, ...]:
    """The decisions that mean something for one open finding, likeliest first."""
    name, key = assessment.institution.name, finding.key
    about = {"finding": key}
    if finding.severity == "note" or finding.state not in ("open", "approved"):
        return ()
    if finding.code == "Q06":
        return (unit_class_ask(name),)
    if finding.code in ("D03", "D02"):
        return (ask("accept-late", institution=name), ask("not-accept-late", institution=name))
    if finding.code == "M17":
        return (ask("explain", institution=name, target=key, fixed=about), ask("refuse", institution=name, target=key, fixed=about))
    if finding.code == "M16":
        return wish_asks(str(finding.facts.get("事项", "撤回")), assessment, key)
    if finding.code in ("T22", "X01", "X08", "F01"):
        return (category_ask(assessment, finding.studio, campaign), *settle_asks(finding, name))
    if finding.code in ("C03", "C04", "M12"):
        return (ask("waive", institution=name, target=key, fixed=about),) if finding.severity == "missing" else settle_asks(finding, name)
    return settle_asks(finding, name)


def settle_asks(finding: Finding, institution: str) -> tuple[Ask, ...]:
    """Tell the school, take its word, or let it be."""
    about = {"finding": finding.key}
    asks = []
    if finding.audience == "institution_after_approval" and finding.state == "open":
        asks.append(ask("approve", institution=institution, target=finding.key, fixed=about))
    asks.append(ask("waive" if finding.severity == "missing" else "explain", institution=institution, target=finding.key, fixed=about))
    return tuple(asks)


def unit_class_ask(institution: str) -> Ask:
    """Which limit holds for the school."""
    choices = tuple((word, CLASS_TITLES[key]) for word, key in (("普通", "ordinary"), ("医科", "medical")))
    return ask("unit-class", institution=institution, fields=(Field(name="unit_class", label="名额类别", choices=(PICK, *choices)),))


def category_ask(assessment: Assessment, studio: str, campaign: Campaign) -> Ask:
    """Which annex a studio belongs to."""
    choices = tuple((c.title, c.title) for c in campaign.categories)
    field = Field(name="category", label=f"“{studio}”的申报类型" if studio else "申报类型", choices=(PICK, *choices))
    whose = () if studio else (field_of_studios(assessment),)
    return ask(
        "category",
        institution=assessment.institution.name,
        target=studio,
        fixed={"studio": studio} if studio else {},
        fields=(*whose, field),
    )


def wish_asks(wish: str, assessment: Assessment, key: str) -> tuple[Ask, ...]:
    """What a letter asked for: to nominate nobody, to withdraw a studio, to put another in its place; or it was a misunderstanding."""
    name = assessment.institution.name
    kind = next((kind for word, kind in WISHES.items() if word in wish), "withdraw")
    studios = () if kind == "not-recommending" else (field_of_studios(assessment),)
    successor = (Field(name="successor", label="换成", hint="新工作室的全名"),) if kind == "replace" else ()
    misread = replace(
        ask("explain", institution=name, target=key, fixed={"finding": key}), verb="并无此事", consequence="照原样登记，不再提醒您。"
    )
    return (ask(kind, institution=name, fields=(*studios, *successor)), misread)


def card_asks(card: Card, assessment: Assessment | None, campaign: Campaign) -> tuple[Ask, ...]:
    """The forms of a card on 今日; a matter of the outbox or of quarantine has its own buttons."""
    name = card.institution
    if card.label == "归属" and card.letter:
        return (claim_ask(campaign, card.letter, card.candidates),)
    if card.label == "邮箱":
        confirm = replace(ask("claim", institution=name, target=card.letter, fixed={"letter": card.letter}), verb="核对无误，以后直接登记")
        return (replace(confirm, consequence="以后这个邮箱的信直接登记到这所学校。"),)
    if card.label == "版本" and assessment:
        return tuple(version_asks(card.target, assessment, campaign))
    finding = next((f for f in assessment.findings if f.key == card.target), None) if assessment and card.target else None
    if finding is not None and assessment is not None:
        return finding_asks(finding, assessment, campaign)
    found = (proposal_to_ask(p, name) for p in (card.decision, *card.otherwise) if p is not None)
    return tuple(a for a in found if a is not None)


def proposal_to_ask(proposal: Proposal, institution: str) -> Ask | None:
    """A proposed decision that needs no more than a click; None for what has its own page or button (letters, files, quarantine)."""
    about = PROPOSED.get(proposal.kind)
    if about is None:
        return None
    name, argument = about
    fixed = {argument: proposal.target} if argument else {}
    return ask(name, institution=proposal.institution or institution, target=proposal.target, fixed=fixed)


# By kind of decision: its word, and the argument its target fills.
PROPOSED: Mapping[str, tuple[str, str]] = {
    "answered": ("answered", "letter"),
    "seen": ("seen", "letter"),
    "phoned": ("phoned", "about"),
    "accept_late": ("accept-late", ""),
    "not_accept_late": ("not-accept-late", ""),
    "not_recommending": ("not-recommending", ""),
    "recommending": ("recommending", ""),
    "explain": ("explain", "finding"),
    "waive": ("waive", "finding"),
    "approve": ("approve", "finding"),
}


def version_asks(late: str, assessment: Assessment, campaign: Campaign) -> Iterator[Ask]:
    """The late file or the one in force, each with the time it came."""
    for studio in assessment.submission.active_studios:
        for which in ELECTRONIC:
            state = material(studio, which)
            chosen = [v for v in state.versions if v.attachment == late]
            if chosen and state.current:
                yield version_ask(
                    assessment.institution.name, late, f"采用{moment_to_text(chosen[-1].received_at, campaign)}的《{chosen[-1].file}》"
                )
                kept = state.current
                yield version_ask(
                    assessment.institution.name, kept.attachment, f"仍用{moment_to_text(kept.received_at, campaign)}的《{kept.file}》"
                )
                return


def version_ask(institution: str, file: str, verb: str = "") -> Ask:
    """One version to be the one in force."""
    found = ask("version", institution=institution, target=file, fixed={"file": file})
    return replace(found, verb=verb or found.verb, reason="none")


def file_asks(institution: str, file: str, assessment: Assessment) -> tuple[Ask, ...]:
    """What may be decided about a file of a school."""
    asks = [material_ask(institution, file, assessment)]
    states = [material(s, m) for s in assessment.submission.studios for m in ELECTRONIC]
    if any(
        len(s.versions) > 1 and file in [v.attachment for v in s.versions] and (not s.current or s.current.attachment != file)
        for s in states
    ):
        asks.append(version_ask(institution, file))
    return (*asks, ask("exclude", institution=institution, target=file, fixed={"file": file}))


def unit_asks(assessment: Assessment, campaign: Campaign) -> tuple[Ask, ...]:
    """What may be decided about a school at any time."""
    name = assessment.institution.name
    scope = Field(name="scope", label="范围", choices=(("全部", "所有的信"), ("提醒", "只停提醒")))
    studios = (field_of_studios(assessment),)
    declined = assessment.submission.not_recommending
    wishes = [ask("recommending" if declined else "not-recommending", institution=name)]
    if assessment.submission.active_studios:
        wishes += [
            ask("withdraw", institution=name, fields=studios),
            ask("replace", institution=name, fields=(*studios, Field(name="successor", label="换成", hint="新工作室的全名"))),
            category_ask(assessment, "", campaign),
            waive_material_ask(assessment),
        ]
    return (
        ask("note", institution=name),
        ask("phoned", institution=name, fixed={"about": ""}),
        contact_ask(name, campaign),
        ask("hold", institution=name, fields=(scope,)),
        unit_class_ask(name),
        *wishes,
    )


def contact_ask(name: str, campaign: Campaign) -> Ask:
    """How to reach the union, as it stands now, to be corrected."""
    unit = campaign.institution(name)
    phone, contact, email = (unit.phone, unit.contact, unit.email) if unit else ("", "", "")
    return ask(
        "contact",
        institution=name,
        fields=(
            Field(name="phone", label="电话", value=phone, required=False),
            Field(name="contact", label="联系人", value=contact, required=False),
            Field(name="email", label="登记邮箱", value=email, required=False),
        ),
    )


def waive_material_ask(assessment: Assessment) -> Ask:
    """A material that need not be sent."""
    lacking = [
        (f"{s.name}|{MATERIAL_TITLES[m]}", f"{s.name}：{MATERIAL_TITLES[m]}")
        for s in assessment.submission.active_studios
        for m in (Material.SUMMARY_ROW, Material.BASIC_INFO, Material.NARRATIVE)
        if material(s, m).status == "missing"
    ]
    return ask(
        "waive", institution=assessment.institution.name, fields=(Field(name="finding", label="哪份材料", choices=(PICK, *lacking)),)
    )
