"""Where an essay or a table of members goes: with another studio it would make that one seem whole and its own be asked for what it sent."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from intake.matrix.placing import Draft, draft_keys, drafts_in_name, names_stranger
from intake.submission import Material, Version
from parsers.form import Form
from tests.generator.received import File, basic_info, file, letter, narrative, summary, unrecognised
from tests.unit.intake.matrix.desk import UNIT, Union, assessed, decision

TWO = Union(categories=("employee", "employee"))
ZHANG, LI, QIAN = "张建国", "李文博", "钱二宁"
STUDIOS = {ZHANG: "数控加工创新工作室", LI: "古籍修复创新工作室"}
for made, title in zip(TWO.studios, STUDIOS.values(), strict=True):
    made["studio"] = TWO.rows[id(made)]["studio"] = title
TABLE = TWO.table("employee")
SILENT = narrative("", "")


def form(number: int) -> Form:
    """附件4 of 张建国 or 李文博."""
    return TWO.form(number).forms[0]


def essay(path: str = "正文.docx", text: str = "", studio: str = "", leader: str = "") -> File:
    """An essay that tells what is given and nothing else."""
    return file(path, narrative(studio, leader), text=text)


def whose(*letters: Sequence[File]) -> list[str]:
    """The leaders whose essay arrived."""
    sent = [letter(f"07-2{n} 10:00", *files) for n, files in enumerate(letters, 1)]
    found = assessed(*sent).submission.studios
    return [s.leader for s in found if s.materials[Material.NARRATIVE].status == "received"]


# --- what outweighs what --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("files"), [
    pytest.param([essay(f"{LI}申报材料.docx", leader=ZHANG)], id="the leader it tells before its file name"),
    pytest.param([file(f"{ZHANG}.docx", form(1), SILENT)], id="its file name before the form it follows"),
    pytest.param([file(f"{LI}/全部.docx", form(0), SILENT)], id="the form it follows before the folder's name"),
    pytest.param([essay(f"{LI}/{ZHANG}申报材料.docx")], id="its file name before the folder's name"),
    pytest.param([essay(f"{ZHANG}/正文.docx"), file(f"{ZHANG}/附件4.docx", form(1))], id="the folder's name before the form in the folder"),
    pytest.param([essay("甲/正文.docx", f"感谢{LI}"), file("甲/附件4.docx", form(0))], id="the form in the folder before a name in the text"),
])  # fmt: skip
def test_the_stronger_evidence_decides_whose_essay_it_is(files: list[File]) -> None:
    assert whose([TABLE, *files]) == [ZHANG]


def test_what_two_names_in_the_file_name_leave_open_the_text_settles_and_a_title_that_is_only_nearly_one_s_does_not() -> None:
    name = f"{ZHANG}与{LI}申报材料.docx"
    assert whose([TABLE, essay(name, f"{LI}、{LI}、{ZHANG}")]) == [LI]
    assert whose([TABLE, essay(name, studio="数控加功创新工作室")]) == []


def test_a_title_that_is_nearly_a_studio_s_is_not_enough_and_its_very_name_is() -> None:
    assert whose([TABLE, essay(studio="数控加功创新工作室")]) == []
    assert whose([TABLE, essay(studio=STUDIOS[ZHANG])]) == [ZHANG]


def test_an_essay_finds_a_studio_of_which_only_the_leader_is_told() -> None:
    table = file("附件2.docx", summary("employee", TWO.head, [{"studio": "", "leader_name": leader} for leader in (ZHANG, LI)]))
    assert whose([table, essay(leader=LI)]) == [LI]


def test_a_leader_named_once_is_enough_where_the_other_studio_tells_none() -> None:
    rows = [{"studio": STUDIOS[ZHANG], "leader_name": ZHANG}, {"studio": STUDIOS[LI], "leader_name": ""}]
    assert whose([file("附件2.docx", summary("employee", TWO.head, rows)), essay(text=f"{ZHANG}带领")]) == [ZHANG]


# --- names ----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "meant"), [("许刚玲申报材料", ["许刚玲"]), ("许刚申报材料", ["许刚"]), ("许刚许刚玲", ["许刚玲"]), ("正文", [])]
)
def test_a_leader_whose_name_begins_another_s_is_not_meant_by_it(name: str, meant: list[str]) -> None:
    drafts = [Draft([], [], ["许刚"]), Draft([], [], ["许刚玲"])]
    assert [d.leaders[0] for d in drafts_in_name(name, drafts, ())] == meant


def test_a_leader_of_two_studios_means_both_by_his_name() -> None:
    drafts = [Draft([], ["数控加工创新工作室"], [ZHANG]), Draft([], ["古籍修复创新工作室"], [ZHANG])]
    assert drafts_in_name(f"附件4{ZHANG}", drafts, ()) == drafts


def test_one_character_names_no_studio() -> None:
    assert draft_keys(Draft([], ["水创新工作室"], ["许刚"]), ()) == ("许刚",)


@pytest.mark.parametrize(("name", "stranger"), [
    ("星海创新工作室申报材料.docx", True), ("水劳模创新工作室.docx", False), ("创新工作室申报材料.docx", False), ("数控加工技术创新工作室.docx", False),
    ("加工创新工作室.docx", False), ("大连理工大学创新工作室.docx", False), ("量" * 20 + "创新工作室.docx", True), ("量" * 21 + "创新工作室.docx", False),
])  # fmt: skip
def test_a_studio_s_name_that_none_bears_is_a_stranger_s_and_a_word_or_a_sentence_is_no_name(name: str, stranger: bool) -> None:
    known = Draft([], [STUDIOS[ZHANG]], [ZHANG])
    assert names_stranger((name,), [known], (UNIT,)) is stranger
    assert names_stranger((name, "正文.docx"), [known], (UNIT,)) is stranger


# --- in one file, in one folder -------------------------------------------------------------------------------------------------------

MEMBERS = basic_info({"members": TWO.studios[0]["members"]})


@pytest.mark.parametrize("forms", [
    (form(0), SILENT), (TABLE.forms[0], form(0), SILENT), (TABLE.forms[0], SILENT, form(0)), (form(0), TABLE.forms[0], SILENT), (form(0), MEMBERS, SILENT),
    (form(1), form(0), SILENT), (form(0), SILENT, form(1)),
])  # fmt: skip
def test_an_essay_in_a_file_of_forms_is_the_studio_s_whose_form_it_follows_or_else_the_only_one_s(forms: tuple[Form, ...]) -> None:
    assert whose([TABLE, file("全部.docx", *forms)]) == [ZHANG]


def test_an_essay_before_the_forms_of_two_studios_is_nobody_s() -> None:
    assert whose([TABLE, file("全部.docx", SILENT, form(0), form(1))]) == []


@pytest.mark.parametrize(("files", "owner"), [
    ([file("材料/附件4.docx", form(0)), essay("材料/正文.docx"), TABLE.renamed("材料", "附件2.docx")], [ZHANG]),
    ([file("材料/附件4.docx", form(0)), file("材料/附件4-2.docx", form(1)), essay("材料/正文.docx")], []),
    ([file("甲/附件4.docx", form(0)), essay("乙/正文.docx")], []), ([file("附件4.docx", form(0)), essay("正文.docx")], []),
])  # fmt: skip
def test_a_folder_with_one_form_tells_whose_the_essay_in_it_is_and_no_folder_tells_nothing(files: list[File], owner: list[str]) -> None:
    assert whose([*files, TABLE]) == owner


# --- what is left over ----------------------------------------------------------------------------------------------------------------

ONE = Union(categories=("employee",))
ONE.studios[0]["studio"] = ONE.rows[id(ONE.studios[0])]["studio"] = "古籍修复创新工作室"
LISTED = (ONE.table("employee"), ONE.form(0))
STRANGE = essay("正文.docx", f"{QIAN}带领", studio="星海航运创新工作室", leader=QIAN)


@pytest.mark.parametrize(("beside", "leaders"), [
    ((), [ZHANG]), ((file("附件4扫描.pdf", status="scanned"),), [ZHANG, QIAN]), ((file("申报材料.pdf", status="scanned"),), [ZHANG]),
])  # fmt: skip
def test_an_essay_of_an_unknown_studio_makes_one_only_where_an_unread_file_may_be_its_form(
    beside: tuple[File, ...], leaders: list[str]
) -> None:
    found = assessed(letter("07-29 10:00", *LISTED, STRANGE, *beside)).submission
    assert [s.leader for s in found.studios] == leaders
    assert [s.leader for s in found.studios if s.materials[Material.NARRATIVE].status == "received"] == leaders[1:]


def test_an_essay_of_an_unknown_studio_among_the_forms_of_several_makes_its_own() -> None:
    files = [
        file(f"材料/{path}", *f.forms, text=f.text)
        for path, f in (("一.docx", TWO.form(0)), ("二.docx", TWO.form(1)), ("正文.docx", STRANGE))
    ]
    found = assessed(letter("07-29 10:00", TABLE, *files, file("材料/附件4扫描.pdf", status="scanned"))).submission
    assert [s.leader for s in found.studios] == [ZHANG, LI, QIAN]


def test_an_essay_that_may_be_a_known_studio_s_makes_none_beside_an_unread_form() -> None:
    nearly = essay("正文.docx", studio="古籍修夏创新工作室")
    found = assessed(letter("07-29 10:00", TABLE, nearly, file("附件4扫描.pdf", status="scanned"))).submission
    assert [s.leader for s in found.studios] == [ZHANG, LI]


def test_two_versions_of_an_essay_are_one_studio_where_nothing_else_came() -> None:
    two = [essay("正文.docx", "一", STUDIOS[ZHANG], ZHANG), essay("正文.docx", "二", STUDIOS[ZHANG], ZHANG)]
    (studio,) = assessed(letter("07-29 10:00", two[0]), letter("07-30 10:00", two[1])).submission.studios
    assert (studio.leader, len(studio.materials[Material.NARRATIVE].versions)) == (ZHANG, 2)


def test_an_essay_without_a_leader_s_name_makes_a_studio_without_one_and_an_essay_without_any_name_makes_none() -> None:
    (studio,) = assessed(letter("07-29 10:00", essay(studio=STUDIOS[ZHANG]))).submission.studios
    assert (studio.name, studio.leader) == (STUDIOS[ZHANG], "")
    assert assessed(letter("07-29 10:00", essay())).submission.studios == ()


def test_a_second_essay_that_names_nobody_is_the_only_studio_s_newer_one() -> None:
    found = assessed(letter("07-29 10:00", *LISTED, ONE.story(0)), letter("07-30 10:00", essay("新.docx"))).submission
    assert [v.file for v in found.studios[0].materials[Material.NARRATIVE].versions][1:] == ["新.docx"]


def test_two_essays_that_name_nobody_are_not_guessed_at() -> None:
    two = [essay("一.docx", text="一"), essay("二.docx", text="二")]
    assert whose([TABLE, TWO.story(0), *two]) == [ZHANG]
    assert whose([TABLE, TWO.story(0), two[0]]) == [ZHANG, LI]


@pytest.mark.parametrize(("left", "owner"), [
    (essay(text=f"{ZHANG}与{LI}", studio="星海航运创新工作室"), [ZHANG, LI]), (essay(studio="古籍保护创新工作室"), [ZHANG, LI]),
    (essay(studio="古建保护创新工作室"), [ZHANG]), (essay(leader=QIAN), [ZHANG]), (essay("星海创新工作室.docx"), [ZHANG]),
])  # fmt: skip
def test_the_last_essay_goes_to_the_last_studio_unless_it_speaks_of_another(left: File, owner: list[str]) -> None:
    assert whose([TABLE, TWO.story(0), left]) == owner


def test_the_leader_an_essay_tells_is_no_other_where_the_studio_tells_none() -> None:
    rows = [{"studio": STUDIOS[ZHANG], "leader_name": ""}]
    table = file("附件2.docx", summary("employee", TWO.head, rows))
    (studio,) = assessed(letter("07-29 10:00", table, essay(leader=QIAN))).submission.studios
    assert studio.materials[Material.NARRATIVE].status == "received"


# --- tables of members ----------------------------------------------------------------------------------------------------------------


def forms_with(*more: File, bare: Sequence[int] = (0, 1), paths: Sequence[str] = ("附件4甲.docx", "附件4乙.docx")) -> dict[str, Version]:
    """The forms in force of both studios, those in `bare` without members, beside these files."""
    forms = [TWO.form(i, paths[i], **({"members": ()} if i in bare else {})) for i in (0, 1)]
    found = assessed(letter("07-29 10:00", TABLE, *forms, *more)).submission.studios
    return {s.leader: v for s in found if (v := s.materials[Material.BASIC_INFO].current)}


def joined(forms: dict[str, Version]) -> list[str]:
    return [leader for leader, version in forms.items() if version.annexes]


def members(path: str) -> File:
    return file(path, MEMBERS)


def test_a_table_of_members_joins_the_form_its_file_or_folder_names_or_else_the_only_one_without() -> None:
    assert joined(forms_with(members(f"{LI}成员.xlsx"))) == [LI]
    assert joined(forms_with(members(f"{LI}/成员.xlsx"))) == [LI]
    assert joined(forms_with(members("乙/成员.xlsx"), paths=("甲/附件4.docx", "乙/附件4.docx"))) == [LI]
    assert joined(forms_with(members("成员.xlsx"), bare=(1,))) == [LI]
    assert joined(forms_with(members("成员.xlsx"))) == []
    assert joined(forms_with(members("成员.xlsx"), bare=())) == []


def test_the_members_of_a_form_are_its_own_before_those_of_a_table() -> None:
    version = forms_with(members(f"{LI}成员.xlsx"), bare=())[LI]
    assert version.form is not None
    assert len(version.form.rows) == len(TWO.studios[1]["members"])
    assert version.annexes


def test_a_scan_called_a_table_of_members_joins_the_form_and_fills_nothing() -> None:
    version = forms_with(file(f"{LI}骨干成员名单.pdf", status="scanned"))[LI]
    assert version.form is not None
    assert (version.form.rows, len(version.annexes)) == ((), 1)


def test_a_form_in_a_file_called_a_table_of_members_is_no_annex_of_itself_nor_is_a_table_of_studios_one() -> None:
    assert joined(forms_with(paths=("附件4甲.docx", f"{LI}附表.docx"))) == []
    assert joined(forms_with(TWO.table("employee", path=f"{LI}汇总表.docx", conversions=7))) == []
    assert joined(forms_with(file("李文博说明.docx", unrecognised()))) == []
    assert joined(forms_with(file(f"{LI}空表.docx", basic_info({})))) == []


def test_a_scan_that_staff_took_for_the_form_is_joined_by_its_table_of_members() -> None:
    scan = file("扫描.pdf", status="scanned")
    placed = decision("material", scan.sha256, material="basic_info", studio=STUDIOS[LI])
    for name, annexes in ((f"{LI}成员.xlsx", 1), ("成员.xlsx", 0)):
        sent = letter("07-29 10:00", TABLE, scan, members(name))
        version = assessed(sent, decisions=[placed]).submission.studios[1].materials[Material.BASIC_INFO].current
        assert version is not None
        assert (version.form, len(version.annexes)) == (None, annexes)
