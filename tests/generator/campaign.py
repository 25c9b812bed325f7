"""A whole invented campaign from a seed: unions, studios, letters in parts, corrections, repetitions, noise and damage - and the truth.

Letters come as registered ones (forms already read), so that thousands can be judged in seconds; what is read from real bytes is tested
elsewhere. `Truth` says what every union really sent and who really wrote each letter.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from config.campaign import Campaign, Institution
from intake.message import CloudFile
from intake.submission import Material, Received
from parsers.form import Form, Value
from tests.generator.people import make_head, make_row, make_studio, person
from tests.generator.received import File, basic_info, file, letter, moment, narrative, summary, supporting

ANNEX = {"model_worker": "附件1", "employee": "附件2"}
PERSONAL = ("qq.com", "163.com", "126.com", "sina.com")
Key = tuple[str, str]  # institution, leader
Cell = tuple[str, str, Material]


@dataclass(slots=True)
class Truth:
    """What really happened: studios nominated, cells readable, kept unread or promised by a link only, and every letter's writer.

    `stale` are forms on last year's print; `unreadable` the boxes (union, leader, field) that hold a picture or a formula without a value.
    """

    studios: dict[Key, str] = field(default_factory=dict)
    readable: set[Cell] = field(default_factory=set)
    kept: set[Cell] = field(default_factory=set)
    writers: dict[str, str | None] = field(default_factory=dict)
    stale: set[Cell] = field(default_factory=set)
    unreadable: set[tuple[str, str, str]] = field(default_factory=set)

    def sent(self, cell: Cell) -> bool:
        """True when this material reached us in any form."""
        return cell in self.readable or cell in self.kept


@dataclass(slots=True)
class Union:
    """One union while its letters are written."""

    institution: Institution
    rng: random.Random
    studios: list[dict[str, Any]]
    head: dict[str, Any]
    rows: dict[int, dict[str, Any]]
    address: str

    @property
    def name(self) -> str:
        """The institution's full name."""
        return self.institution.name


def make_campaign(campaign: Campaign, seed: int, institutions: int = 60, letters: int = 400) -> tuple[tuple[Received, ...], Truth]:
    """Letters of about this many, in no order, and the truth about them."""
    rng = random.Random(seed)
    truth = Truth()
    chosen = rng.sample(campaign.institutions, min(institutions, len(campaign.institutions)))
    unions = [_make_union(rng, i) for i in chosen]
    found: list[Received] = []
    for union in unions:
        found.extend(_letters_of(union, truth))
    while len(found) < letters:
        found.append(_extra(rng, found, unions, truth))
    rng.shuffle(found)
    return tuple({r.sha256: r for r in found}.values()), truth


def _make_union(rng: random.Random, institution: Institution) -> Union:
    categories = [rng.choice(("model_worker", "employee", "employee")) for _ in range(rng.choice((1, 2, 2, 3, 3, 4)))]
    studios = [make_studio(rng, institution.name, c) for c in categories]
    for i, studio in enumerate(studios):
        while studio["leader.name"] in {s["leader.name"] for s in studios[:i]}:
            leader = person(rng)
            studio["studio"] = studio["studio"].replace(studio["leader.name"], leader)
            studio["leader.name"] = leader
    rows = {id(s): make_row(rng, s, i) for i, s in enumerate(studios, 1)}
    official = institution.domains and rng.random() < 0.7
    address = f"gh{rng.randrange(999)}@{institution.domains[0]}" if official else f"u{rng.randrange(10**8)}@{rng.choice(PERSONAL)}"
    return Union(institution, rng, studios, make_head(rng, institution.name), rows, address)


# --- what a union sends -----------------------------------------------------------------------------------------------------------


def _letters_of(union: Union, truth: Truth) -> Iterator[Received]:
    """All letters of one union: complete or not, in one or many, corrected, repeated, scanned, damaged or linked."""
    rng = union.rng
    files = list(_files_of(union, truth))
    files, apart = _taken_apart(union, files)
    start = moment(f"07-{rng.randrange(26, 32)} {rng.randrange(8, 18):02d}:{rng.randrange(60):02d}")
    parts = _in_parts(rng, files)
    for number, part in enumerate(parts, 1):
        when = start + timedelta(minutes=rng.randrange(2, 3000) * (number > 1))
        yield _write(union, when, part, truth, subject=_subject(union, number, len(parts)))
    if apart:
        stranger = replace_address(union, f"x{rng.randrange(10**8)}@{rng.choice(PERSONAL)}")
        subject, when = rng.choice(("补充材料", "附件", "材料")), start + timedelta(hours=rng.randrange(1, 60))
        yield _write(stranger, when, apart, truth, subject=subject, silent=True)
    for _ in range(rng.choice((0, 0, 1, 1, 2))):
        yield _write(union, start + timedelta(hours=rng.randrange(60, 140)), [_correction(union)], truth, subject=f"更正：{union.name}工会")
    if rng.random() < 0.25:
        yield _write(union, start + timedelta(hours=30), rng.sample(files, min(2, len(files))), truth, subject=f"再次发送 {union.name}")


def replace_address(union: Union, address: str) -> Union:
    """The same union writing from another mailbox."""
    return Union(union.institution, union.rng, union.studios, union.head, union.rows, address)


def _taken_apart(union: Union, files: list[File]) -> tuple[list[File], list[File]]:
    """A colleague sends some essays, or a scan named after its leader, from a mailbox of his own that names nobody."""
    rng = union.rng
    if rng.random() > 0.1:
        return files, []
    essays = [f for f in files if f.forms and f.forms[0].kind == "narrative"]
    scans = [f for f in files if f.status == "image" and any(s["leader.name"] in f.path[-1] for s in union.studios)]
    apart = scans or essays
    return ([f for f in files if f not in apart], apart) if len(apart) < len(files) else (files, [])


def _files_of(union: Union, truth: Truth) -> Iterator[File]:
    """The first versions of everything this union sends; some material is left out, some cannot be read."""
    rng = union.rng
    for category in dict.fromkeys(s["category"] for s in union.studios):
        rows = [s for s in union.studios if s["category"] == category]
        form = summary(category, union.head, [union.rows[id(s)] for s in rows])
        cells = [(union.name, s["leader.name"], Material.SUMMARY_ROW) for s in rows]
        for s in rows:
            truth.studios[union.name, s["leader.name"]] = category
        yield from _sent(union, truth, cells, form, f"{ANNEX[category]}推荐汇总表.docx", rng.choices((0.0, 0.06), (1, 1))[0])
    for studio in union.studios:
        for material, form, name in _studio_forms(union, studio):
            cell = (union.name, studio["leader.name"], material)
            yield from _sent(union, truth, [cell], form, name, 0.1)
    if rng.random() < 0.2:
        yield file(f"{rng.choice(('获奖证书', '专利证书', '现场照片'))}{rng.randrange(99)}.pdf", supporting())


def _studio_forms(union: Union, studio: dict[str, Any]) -> Iterator[tuple[Material, Form, str]]:
    rng, leader = union.rng, studio["leader.name"]
    spelled = rng.choice((leader, leader, leader, " ".join(leader), f"{leader}（教授）"))
    named = rng.choice(
        (studio["studio"],) * 4 + (union.name + studio["studio"], f"“{leader}”创新工作室", studio["studio"].replace("创新", " 创新"))
    )
    form = basic_info(studio, **{"leader.name": spelled, "studio": named})
    folder = rng.choice(("", "", f"申报材料.zip/{studio['studio']}/", f"{union.name}.zip/{leader}/"))
    yield Material.BASIC_INFO, form, f"{folder}{rng.choice(('附件4', '基本情况表', f'附件4基本情况表-{leader}', f'{leader}'))}.docx"
    told = rng.choice(((named, leader), (named, leader), (named, ""), ("", leader), (studio["studio"], leader)))
    yield (
        Material.NARRATIVE,
        narrative(*told, seed=rng.randrange(10**6)),
        f"{folder}{rng.choice((f'{leader}申报材料', '申报材料', studio['studio']))}.docx",
    )


def _sent(union: Union, truth: Truth, cells: list[Cell], form: Form, name: str, lost: float) -> Iterator[File]:
    """A file as it really leaves: readable, forgotten, scanned, damaged or closed."""
    rng, fate = union.rng, union.rng.random()
    seed = f"{union.name}{cells[0][1]}{rng.random()}"
    stem = name.rsplit(".", 1)[0]
    if fate < lost:
        return
    if fate < lost + 0.06:
        truth.kept.update(cells)
        yield rng.choice((
            file(f"{stem}.pdf", status="scanned", seed=seed), file(f"IMG_{rng.randrange(9999)}.jpg", status="image", seed=seed),
            file(name, problem=rng.choice(("corrupt", "encrypted")), seed=seed), file(f"{stem}.ofd", status="unsupported", seed=seed),
            file(f"扫描件{rng.randrange(99)}.pdf", status="scanned", seed=seed), file(f"{cells[0][1]}{stem[-6:]}.jpg", status="image", seed=seed),
        ))  # fmt: skip
        return
    truth.readable.update(cells)
    yield from _told(union, truth, cells[0], form, name)
    if fate > 0.93:
        yield file(f"{stem}（盖章）.pdf", status="scanned", seed=seed)


def _told(union: Union, truth: Truth, cell: Cell, form: Form, name: str) -> Iterator[File]:
    """A readable material as clerks really send it: whole, in pieces, with its draft, in the letter's own words, on last year's print, with
    a picture or a formula in a box."""
    rng, (_, leader, material) = union.rng, cell
    story = rng.random()
    if material is Material.NARRATIVE and story < 0.07:
        count = rng.choice((2, 3))
        for number in range(1, count + 1):
            facts = {**form.facts, "characters": 2700 // count, "fingerprint": tuple(rng.randrange(1 << 31) for _ in range(20))}
            yield file(f"{leader}申报材料第{number}部分.{rng.choice(('docx', 'pdf'))}", replace(form, facts=facts))
    elif material is Material.BASIC_INFO and story < 0.04:
        fields = {k: v for k, v in form.fields.items() if ".2021." not in k and not k.endswith("_on")}
        truth.stale.add(cell)
        yield file(name, replace(form, fields=fields, facts={**form.facts, "years": (2019, 2020)}))
    elif material is Material.BASIC_INFO and story < 0.08:
        yield file(f"附件4-{leader}（定稿）.docx", form)
        yield file(f"附件4-{leader}（初稿）.docx", replace(form, fields={**form.fields, "member_count": Value("99", 99)}))
    elif material is Material.BASIC_INFO and story < 0.13:
        box = rng.choice(("discipline", "benefit.2021.total", "leader.honours", "filled_by"))
        truth.unreadable.add((union.name, leader, box))
        yield file(name, replace(form, fields={**form.fields, box: Value("", None, unread=rng.choice(("picture", "formula")))}))
    elif story > 0.95:
        yield file(rng.choice(("正文.txt", "正文.html")), form)
    else:
        yield file(name, form)


def _in_parts(rng: random.Random, files: list[File]) -> list[list[File]]:
    count = rng.choice((1, 1, 1, 2, 2, 3, 5))
    shuffled = rng.sample(files, len(files))
    return [part for i in range(count) if (part := shuffled[i::count])]


def _correction(union: Union) -> File:
    studio = union.rng.choice(union.studios)
    changed = {"benefit.2021.total": union.rng.randrange(1, 900), "member_count": union.rng.randrange(10, 40)}
    return file(f"附件4基本情况表-{studio['leader.name']}（更正）.docx", basic_info(studio, **changed))


def _write(union: Union, when: Any, files: list[File], truth: Truth, subject: str, silent: bool = False) -> Received:
    """One letter; its corrections count as sent too."""
    rng = union.rng
    text = "" if silent else rng.choice(("", f"请查收。\n\n{union.name}工会", "附件请查收，谢谢！"))
    clouds: tuple[CloudFile, ...] = ()
    if rng.random() < 0.02 and len(files) > 1:
        clouds = (CloudFile("申报材料.zip", f"https://wx.mail.qq.com/ftn/download?k={rng.randrange(10**9)}", "qq"),)
    texts = tuple(f for f in files if f.path[-1].startswith("正文"))
    attached = [f for f in files if f not in texts]
    sender = {"sender": union.address, "subject": subject, "text": text, "cloud_files": clouds}
    written = letter(f"{when:%m-%d %H:%M:%S}", *attached, written=texts, **sender)
    truth.writers[written.sha256] = union.name
    for item in files:
        for form in item.forms:
            if form.kind == "basic_info" and "更正" in item.path[-1]:
                cell = (union.name, str(form.value("leader.name")), Material.BASIC_INFO)
                truth.readable.add(cell)
                truth.stale.discard(cell)
                truth.unreadable -= {u for u in truth.unreadable if u[:2] == cell[:2]}
    return written


def _subject(union: Union, number: int, parts: int) -> str:
    rng = union.rng
    usual = (
        f"{union.name}工会报送创新工作室申报材料",
        f"{union.name}—附件",
        "创新工作室申报材料",
        "附件",
        f"报送{union.name}创新工作室材料",
    )
    part = f"（{number}/{parts}）" if parts > 1 else ""
    return rng.choices(usual, (5, 2, 2, 1, 3))[0] + part


# --- what else comes in -----------------------------------------------------------------------------------------------------------


def _extra(rng: random.Random, found: list[Received], unions: list[Union], truth: Truth) -> Received:
    """A repetition, a robot, a question, an advertisement, a receipt."""
    kind = rng.random()
    union = rng.choice(unions)
    stamp = f"08-0{rng.randrange(1, 6)} {rng.randrange(24):02d}:{rng.randrange(60):02d}:{rng.randrange(60):02d}"
    if kind < 0.3:
        old = rng.choice([r for r in found if r.message.attachments])
        again = letter(stamp, sender=old.message.sender.address, subject=old.message.subject, text=old.message.text, kind="submission")
        again = replace(
            again, message=replace(again.message, attachments=old.message.attachments, intents=("submission",)), readings=old.readings
        )
        truth.writers[again.sha256] = truth.writers[old.sha256]
        return again
    if kind < 0.6:
        robot = letter(
            stamp, sender=union.address, subject=f"自动回复：回执{rng.random()}", kind=rng.choice(("auto_reply", "bounce", "read_receipt"))
        )
        truth.writers[robot.sha256] = None
        return robot
    if kind < 0.85:
        asked = letter(
            stamp, sender=union.address, subject=f"{union.name}工会咨询{rng.randrange(999)}", text="请问可以延期吗？", intents=("question",)
        )
        truth.writers[asked.sha256] = union.name
        return asked
    advert = letter(stamp, sender=f"ad{rng.randrange(999)}@shop.example", subject=f"发票优惠{rng.random()}", kind="notice")
    truth.writers[advert.sha256] = None
    return advert
