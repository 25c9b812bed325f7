"""Core: all letters of one institution put together into the matrix (报送): studios × materials × versions.

Letters stand in order of receipt; the newest readable on-time version is in force and every earlier one is kept; what came after the
deadline replaces nothing unless staff choose it (D04); what nobody could read is `received_unread`, never `missing` (law 6).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from config.campaign import Campaign, Institution
from intake.decisions import Rulings, fold, names_studio, ruled_institution
from intake.matrix.copies import mark_nameless
from intake.matrix.floating import Floating, cloud_to_floating, drafts_from_names, name_to_category, open_floating, place_unread
from intake.matrix.leaves import Leaf, leaf_to_materials, letters_in_order, letters_to_leaves
from intake.matrix.placing import Draft, facts_to_draft, place_annexes, place_narratives
from intake.matrix.punctuality import Punctuality, letter_punctuality, submission_timeliness
from intake.matrix.studios import Fact, facts_to_studios, is_member_sheet, leaves_to_facts
from intake.matrix.summaries import category_words, standing_rows, summaries_of, table_category, tables_of
from intake.matrix.versions import number_versions, rows_with_changes, version_in_force, with_doubts
from intake.names import clean_person, studio_core
from intake.records import UnknownLetter
from intake.submission import MATERIALS, Claim, Decision, Material, MaterialState, Received, StudioSubmission, Submission, Version
from parsers.form import BASIC_INFO, BLANK_TEMPLATE, NARRATIVE, SUMMARY_TABLE, SUPPORTING, Form

_KIND = {Material.BASIC_INFO: BASIC_INFO, Material.NARRATIVE: NARRATIVE, Material.SUMMARY_ROW: SUMMARY_TABLE}
_NOTE_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Around:
    """旁情: what else is known about an institution's letters: how each was claimed, the unclaimed ones that may be its own (M01, M10), and
    those known and not read (`unread`): what they hold is nobody's gap."""

    claims: Mapping[str, Claim] = field(default_factory=dict)
    unclaimed: tuple[Received, ...] = ()
    unread: tuple[UnknownLetter, ...] = ()


ALONE = Around()


@dataclass(frozen=True, slots=True)
class _Desk:
    """What every step of one assembly looks at."""

    institution: Institution
    campaign: Campaign
    rulings: Rulings
    owners: tuple[str, ...]
    punctual: dict[str, Punctuality]
    deadline: datetime
    around: Around


def assemble(
    institution: Institution,
    received: Sequence[Received],
    decisions: Sequence[Decision],
    campaign: Campaign,
    now: datetime,
    around: Around = ALONE,
) -> Submission:
    """Everything one institution has sent, as it stands at `now`; `received` are its letters only, in any order."""
    rulings = fold(decisions, institution.name)
    letters = letters_in_order(received)
    punctual = {r.sha256: letter_punctuality(r, campaign, rulings, now) for r in letters}
    desk = _Desk(
        institution=ruled_institution(institution, rulings),
        campaign=campaign,
        rulings=rulings,
        owners=institution_names(institution),
        punctual=punctual,
        deadline=campaign.deadline_at(now).at,
        around=around,
    )
    late = frozenset(sha for sha, kind in punctual.items() if kind == "late")
    return _put_together(desk, letters, letters_to_leaves(letters, late, rulings.excluded, around.claims))


def institution_names(institution: Institution) -> tuple[str, ...]:
    """All names that may stand in front of a studio's or a department's name."""
    names = (institution.name, *institution.aliases, *institution.affiliates)
    return tuple(n for n in names if len(n) >= 2)


def _put_together(desk: _Desk, letters: Sequence[Received], leaves: Sequence[Leaf]) -> Submission:
    claims = {r.sha256: desk.around.claims[r.sha256] for r in letters if r.sha256 in desk.around.claims}
    free = [leaf for leaf in leaves if leaf.attachment.sha256 not in desk.rulings.placed]
    categories = {(leaf.attachment.sha256, i): table_category(leaf, form, desk.campaign) for leaf, i, form in tables_of(free)}
    facts = list(leaves_to_facts(free, categories))
    drafts = [facts_to_draft(group) for group in facts_to_studios(facts, desk.owners)]
    unread = [leaf for leaf in free if leaf.unread]
    unplaced_narratives = place_narratives(free, drafts, desk.owners)
    if not drafts:
        drafts.extend(drafts_from_names(unread, desk.owners))
    tables = summaries_of(free, categories, desk.rulings, desk.campaign)
    standing = standing_rows(facts, drafts, desk.rulings, tables)
    for draft in drafts:
        _add_form_versions(draft)
    _place_by_decision(leaves, drafts, desk)
    joined = place_annexes(free, drafts, desk.owners)
    waiting = [leaf for leaf in unread if leaf.attachment.sha256 not in joined]
    floating = mark_nameless(place_unread(waiting, drafts, desk.owners, category_words(desk.campaign)), free, desk.owners)
    floating += [_narrative_to_floating(leaf, i) for leaf, i in unplaced_narratives]
    clouds = _clouds(letters, desk)
    still_open = open_floating([*floating, *clouds], leaves, drafts, tables.in_force)
    unclaimed = [*_unclaimed_cover(desk.around.unclaimed), *_unread_cover(desk.around.unread)]
    studios = _drafts_to_studios(drafts, standing, [*still_open, *unclaimed], desk)
    return Submission(
        institution=desk.institution,
        letters=tuple(letters),
        studios=studios,
        summaries=tables.in_force,
        summary_versions=tables.versions,
        unplaced=_unplaced(free, drafts, joined, desk),
        unread=tuple(f.version for f in still_open if f.cloud is None),
        not_recommending=desk.rulings.not_recommending,
        paper=desk.rulings.paper,
        cloud_files=tuple((f.version.letter, f.cloud) for f in still_open if f.cloud is not None),
        blank_templates=tuple(x.to_version(i) for x in free for i, f in enumerate(x.forms) if f.kind == BLANK_TEMPLATE),
        excluded=tuple(sorted(desk.rulings.excluded)),
        decisions=desk.rulings.in_force,
        claims=claims,
        unread_letters=desk.around.unread,
        awaited=tuple(m for m in MATERIALS if any(m in cover.version.may_be for cover in unclaimed)),
        affiliates=tuple(dict.fromkeys(claim.affiliate for claim in claims.values() if claim.affiliate)),
        explanations=tuple(r.sha256 for r in letters if _explains(r)),
        **_times(letters, leaves, studios, desk),  # type: ignore[arg-type]
    )


# --- versions --------------------------------------------------------------------------------------------------------------------


def _explains(letter: Received) -> bool:
    """True for words about open questions; who refuses (暂不参加申报，特此说明) explains nothing."""
    return "explanation" in letter.message.intents and "not_recommending" not in letter.message.intents and not letter.message.leaves


def _add_form_versions(draft: Draft) -> None:
    for fact in {f.table: f for f in draft.facts}.values():  # a table that lists a studio twice is one version of its row
        draft.add(Material.BASIC_INFO if fact.row is None else Material.SUMMARY_ROW, fact.leaf.to_version(fact.form_index))


def _place_by_decision(leaves: Sequence[Leaf], drafts: list[Draft], desk: _Desk) -> None:
    """Files that staff placed themselves: read by a person, hence received."""
    for leaf in leaves:
        detail = desk.rulings.placed.get(leaf.attachment.sha256, {})
        material = str(detail.get("material", ""))
        if material not in {m.value for m in MATERIALS}:
            continue
        name = str(detail.get("studio", ""))
        for draft in _drafts_named(name, drafts, desk):
            draft.add(Material(material), _decided_version(leaf, Material(material)))


def _drafts_named(name: str, drafts: list[Draft], desk: _Desk) -> list[Draft]:
    if not name:
        return drafts
    found = _meant(name, drafts, desk)
    if not found:
        drafts.append(Draft([], [name], []))
        return drafts[-1:]
    return [drafts[found[0]]]


def _meant(name: str, drafts: Sequence[Draft], desk: _Desk) -> list[int]:
    """The studios a decision means: by their names, else by the one leader who bears that name (张三创新工作室)."""
    by_name = [i for i, d in enumerate(drafts) if names_studio(name, d.names, desk.owners)]
    by_leader = [i for i, d in enumerate(drafts) if names_studio(name, d.leaders, desk.owners)]
    return by_name or (by_leader if len(by_leader) == 1 else [])


def _decided_version(leaf: Leaf, material: Material) -> Version:
    index = next((i for i, f in enumerate(leaf.forms) if f.kind == _KIND[material]), None)
    return leaf.to_version(index) if index is not None else replace(leaf.to_version(), status="received", problem="")


# --- from drafts to studios ----------------------------------------------------------------------------------------------------------


def _drafts_to_studios(
    drafts: Sequence[Draft], standing: Mapping[int, Mapping[str | None, Fact]], still_open: Sequence[Floating], desk: _Desk
) -> tuple[StudioSubmission, ...]:
    """By category, then as the tables list them; those that no table lists in the order in which they came."""
    order: dict[str | None, int] = {c.key: i for i, c in enumerate(desk.campaign.categories)}
    rows = [_newest(standing.get(i, {}).values()) for i in range(len(drafts))]
    built = [_draft_to_studio(i, d, standing.get(i, {}), still_open, desk) for i, d in enumerate(drafts)]
    studios = _as_decided(built, drafts, desk)
    places = [(order.get(studios[i].category, len(order)), row is None, row.order if row else ()) for i, row in enumerate(rows)]
    return tuple(studios[i] for i in sorted(range(len(studios)), key=places.__getitem__))


def _as_decided(studios: Sequence[StudioSubmission], drafts: Sequence[Draft], desk: _Desk) -> list[StudioSubmission]:
    """The studios with what staff decided about them: withdrawn, replaced, of another category."""
    result = list(studios)
    for name in (*desk.rulings.withdrawn, *desk.rulings.replaced):
        for i in _meant(name, drafts, desk):
            result[i] = replace(result[i], withdrawn=True, replaced_by=desk.rulings.replaced.get(name, result[i].replaced_by))
    for name, category in desk.rulings.categories.items():
        for i in _meant(name, drafts, desk):
            result[i] = replace(result[i], category=category)
    return result


def _newest(facts: Iterable[Fact]) -> Fact | None:
    return max(facts, key=lambda f: (not f.leaf.late, f.order), default=None)


def _draft_to_studio(
    index: int, draft: Draft, rows: Mapping[str | None, Fact], still_open: Sequence[Floating], desk: _Desk
) -> StudioSubmission:
    row = _newest(rows.values())
    superseded = row is None and any(f.row is not None for f in draft.facts)
    materials = {m: _material_state(m, draft, _concerning(still_open, index, m), desk) for m in MATERIALS}
    filled = materials[Material.BASIC_INFO].current
    form = filled.form if filled else None
    if superseded:
        materials = {m: replace(s, status="waived", note="superseded") if s.status == "missing" else s for m, s in materials.items()}
    materials[Material.PAPER] = _paper_state(draft, desk)
    name = (row.studio if row else "") or _form_text(form, "studio") or next(iter(draft.names), "")
    leader = (row.leader if row else "") or _form_text(form, "leader.name") or next(iter(draft.leaders), "")
    return StudioSubmission(
        key=_studio_key(draft, desk.owners),
        name=name or f"{leader}创新工作室",
        leader=leader,
        category=_category(draft, form, row) or name_to_category(name, category_words(desk.campaign)),
        names=tuple(draft.names),
        materials=materials,
        summary_row=row.row if row else None,
        summary_categories=tuple(dict.fromkeys(c or "" for c in rows)),
        superseded=superseded,
    )


def _studio_key(draft: Draft, owners: Sequence[str]) -> str:
    return f"{clean_person(next(iter(draft.leaders), ''))}|{studio_core(next(iter(draft.names), ''), owners)}"


def _form_text(form: Form | None, key: str) -> str:
    return str(form.value(key) or "").strip() if form else ""


def _category(draft: Draft, form: Form | None, row: Fact | None) -> str | None:
    listed = row.category if row else None
    return _form_text(form, "category") or listed or next((f.category for f in reversed(draft.facts) if f.category), None)


def _concerning(still_open: Sequence[Floating], index: int, material: Material) -> list[Floating]:
    # A table may list every studio, whoever's name stands in its file name (魏华推荐汇总表.jpg).
    return [f for f in still_open if material in f.version.may_be and (f.may_concern(index) or f.version.may_be == (Material.SUMMARY_ROW,))]


def _material_state(material: Material, draft: Draft, floating: Sequence[Floating], desk: _Desk) -> MaterialState:
    versions = number_versions(draft.versions.get(material, ()), desk.campaign.forms)
    if material is Material.SUMMARY_ROW:
        versions = rows_with_changes(versions, draft, desk.campaign.forms)
        current = version_in_force(versions, desk.rulings)
    else:
        versions, current = with_doubts(versions, version_in_force(versions, desk.rulings), desk.rulings, desk.campaign.forms)
    if current is not None:
        note = "staff" if current.attachment in desk.rulings.placed else ""
        return MaterialState(current.status, versions, current, note)
    if desk.rulings.waives(draft.names, material):
        return MaterialState("waived", note="staff")
    if floating:
        kept = min(floating, key=lambda f: (f.foreign, f.cloud is not None))
        if kept.foreign:
            return MaterialState("received_unread", note="unclaimed")
        return MaterialState("received_unread", (kept.version,), kept.version, "cloud_link" if kept.cloud else "may_be")
    return MaterialState("missing")


def _paper_state(draft: Draft, desk: _Desk) -> MaterialState:
    if desk.rulings.paper:
        return MaterialState("received", note="staff")
    return MaterialState("waived", note="staff") if desk.rulings.waives(draft.names, Material.PAPER) else MaterialState("not_registered")


# --- the rest --------------------------------------------------------------------------------------------------------------------------


def _unclaimed_cover(letters: Sequence[Received]) -> list[Floating]:
    """What an unclaimed letter holds may be this institution's: until it is claimed nothing it may be is called missing (law 6).

    Only the statuses know of it: neither its file names nor its contents may reach an institution whose letter it perhaps is not.
    """
    leaves = letters_to_leaves(letters, frozenset(), frozenset())
    cover = [Floating(replace(leaf.to_version(), may_be=_possible_materials(leaf)), foreign=True) for leaf in leaves]
    clouds = [cloud_to_floating(r, c, False) for r in letters for c in r.message.cloud_files if not c.quoted]
    return [*cover, *(replace(cloud, foreign=True) for cloud in clouds)]


def _unread_cover(letters: Sequence[UnknownLetter]) -> list[Floating]:
    """A letter that nobody could read may hold anything."""
    kept = {"status": "received_unread", "letter": "", "attachment": "", "file": "", "path": (), "problem": "not_read", "may_be": MATERIALS}
    moments = [letter.received_at or letter.since for letter in letters]
    return [Floating(Version(number=1, received_at=when, **kept), foreign=True) for when in moments if when is not None]  # type: ignore[arg-type]


def _possible_materials(leaf: Leaf) -> tuple[Material, ...]:
    kinds = {form.kind for form in leaf.forms}
    return leaf_to_materials(leaf) if leaf.unread else tuple(m for m, kind in _KIND.items() if kind in kinds)


def _narrative_to_floating(leaf: Leaf, index: int) -> Floating:
    version = replace(leaf.to_version(index), status="received_unread", problem="unrecognised", may_be=(Material.NARRATIVE,))
    return Floating(version, stranger=True)


def _clouds(letters: Sequence[Received], desk: _Desk) -> list[Floating]:
    found: dict[str, Floating] = {}
    for letter in letters:
        for cloud in letter.message.cloud_files:
            if not cloud.quoted:
                found.setdefault(cloud.url or cloud.name, cloud_to_floating(letter, cloud, desk.punctual[letter.sha256] == "late"))
    return list(found.values())


def _unplaced(leaves: Sequence[Leaf], drafts: Sequence[Draft], joined: set[str], desk: _Desk) -> tuple[Version, ...]:
    placed = {v.attachment for d in drafts for versions in d.versions.values() for v in versions} | joined
    result = []
    for leaf in leaves:
        if leaf.attachment.sha256 in placed or any(f.kind in (SUMMARY_TABLE, BLANK_TEMPLATE) for f in leaf.forms):
            continue
        index = next((i for i, f in enumerate(leaf.forms) if f.kind in (BASIC_INFO, NARRATIVE, SUPPORTING)), None)
        is_note = leaf.problem == "unrecognised" and not leaf_to_materials(leaf) and len(leaf.text) < _NOTE_LENGTH
        is_lost = any(f.kind == NARRATIVE or is_member_sheet(f) for f in leaf.forms)
        problem = "" if is_note else "unrecognised" if is_lost else leaf.problem
        result.append(replace(leaf.to_version(index), status="received_unread" if problem else "received", problem=problem))
    return tuple(result)


def _times(letters: Sequence[Received], leaves: Sequence[Leaf], studios: Sequence[StudioSubmission], desk: _Desk) -> dict[str, object]:
    """When things came: only letters that brought something count."""
    filed = {x.letter.sha256 for x in leaves}
    brought = [r for r in letters if r.sha256 in filed or any(not c.quoted for c in r.message.cloud_files)]
    contributors = [r.sha256 for r in brought]
    arrivals = [r.arrived_at for r in brought]
    return {
        "first_received_at": min(arrivals, default=None),
        "last_received_at": max(arrivals, default=None),
        "timeliness": submission_timeliness(contributors, desk.punctual, studios),
        "late_letters": tuple(s for s in contributors if desk.punctual[s] == "late"),
        "borderline_letters": tuple(s for s in contributors if desk.punctual[s] == "borderline"),
        "accepted_late": tuple(r.sha256 for r in brought if r.arrived_at > desk.deadline and desk.rulings.accepts(r.sha256)),
    }
