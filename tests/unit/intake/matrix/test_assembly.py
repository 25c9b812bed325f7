"""The matrix: letters of one institution put together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from intake.message import CloudFile
from intake.submission import Assessment, Material
from tests.generator.received import File, basic_info, file, letter, moment, narrative, summary, supporting, unrecognised
from tests.unit.intake.matrix.desk import FULL, NOW, Union, assessed, codes, decision, states

R, U, M, W = "received", "received_unread", "missing", "waived"


def current(assessment: Assessment, number: int, material: Material) -> str:
    version = assessment.submission.studios[number].materials[material].current
    return version.file if version else ""


def test_one_letter_with_everything_is_complete() -> None:
    found = assessed(letter("07-29 10:00", *Union().everything()))
    assert states(found) == {"张建国": FULL, "李文博": FULL}
    assert (found.complete, found.timeliness) == (True, "on_time")


def test_nothing_sent_is_no_studio_and_not_complete() -> None:
    found = assessed()
    assert (found.submission.studios, found.complete, found.timeliness) == ((), False, "none")


def test_what_was_not_sent_is_missing() -> None:
    union = Union()
    found = assessed(letter("07-29 10:00", union.table("model_worker"), union.table("employee"), union.form(0), union.story(1)))
    assert states(found) == {"张建国": (R, R, M), "李文博": (R, M, R)}
    assert codes(found, severity="missing") == ["C04", "C03"] or codes(found, severity="missing") == ["C03", "C04"]


def test_parts_that_arrive_later_complete_earlier_ones() -> None:
    union = Union()
    letters = [letter(f"07-29 10:0{i}", part) for i, part in enumerate(union.everything())]
    assert assessed(*letters).complete
    assert not assessed(*letters[:-1]).complete


def test_without_a_summary_table_the_row_is_missing() -> None:
    union = Union()
    assert states(assessed(letter("07-29 10:00", union.form(0), union.story(0)))) == {"张建国": (M, R, R)}


def test_all_annexes_in_one_file_are_split() -> None:
    union = Union(categories=("employee",))
    forms = (*union.table("employee").forms, *union.form(0).forms, narrative("", ""))
    found = assessed(letter("07-29 10:00", file("全部材料.docx", *forms)))
    assert list(states(found).values()) == [FULL]


def test_several_studios_in_one_file_keep_their_own_narratives() -> None:
    union = Union(categories=("employee", "employee"))
    forms = [*union.table("employee").forms]
    for i in (0, 1):
        forms += [*union.form(i).forms, narrative("", "", characters=2100 + i)]
    found = assessed(letter("07-29 10:00", file("全部材料.docx", *forms)))
    counts = [s.materials[Material.NARRATIVE].current.form.facts["characters"] for s in found.submission.studios]  # type: ignore[union-attr]
    assert counts == [2100, 2101]


# --- versions --------------------------------------------------------------------------------------------------------------------


def test_the_latest_version_is_in_force_and_the_earlier_is_kept_with_what_changed() -> None:
    union = Union()
    later = union.form(
        0, "附件4-张建国（更新）.docx", **{"benefit.2021.total": 112.5, "leader.phone": "13900001111", "leader.born_on": "1970-01"}
    )
    found = assessed(letter("07-29 10:00", *union.everything()), letter("08-01 10:00", later))
    state = found.submission.studios[0].materials[Material.BASIC_INFO]
    assert [v.number for v in state.versions] == [1, 2]
    assert state.current == state.versions[1]
    before = union.studios[0]["benefit.2021.total"]
    assert f"2021年经济效益合计 {before}→112.5" in state.versions[1].changes
    assert "领衔人联系电话 已更新" in state.versions[1].changes


def test_changes_never_echo_personal_data() -> None:
    union = Union()
    later = union.form(
        0,
        **{
            "leader.phone": "13900001111",
            "leader.born_on": "1970-01",
            "leader.ethnicity": "回族",
            "phone": "13900002222",
            "filled_by": "钱七",
        },
    )
    found = assessed(letter("07-29 10:00", union.form(0)), letter("08-01 10:00", later))
    told = "".join(found.submission.studios[0].materials[Material.BASIC_INFO].versions[1].changes)
    for secret in (
        "13900001111",
        "1970-01",
        "回族",
        "13900002222",
        "钱七",
        union.studios[0]["leader.phone"],
        union.studios[0]["leader.born_on"],
    ):
        assert secret not in told


def test_the_same_bytes_count_once_and_are_told_by_name() -> None:
    union = Union()
    found = assessed(letter("07-29 10:00", *union.everything()), letter("07-30 10:00", union.form(0).renamed("又一次.docx")))
    assert len(found.submission.studios[0].materials[Material.BASIC_INFO].versions) == 1
    again = found.submission.letters[1]
    assert found.submission.repeats == {(again.sha256, again.message.attachments[0].sha256)}


def test_an_old_file_sent_again_does_not_replace_the_newer_one() -> None:
    union = Union()
    new = union.form(0, "新.docx", member_count=30)
    found = assessed(letter("07-29 10:00", *union.everything()), letter("07-30 10:00", new), letter("07-31 10:00", union.form(0)))
    assert current(found, 0, Material.BASIC_INFO) == "新.docx"


def test_word_and_stamped_pdf_of_one_form_are_one_version_with_the_word_in_force() -> None:
    union = Union()
    pdf = union.form(0, "附件4-张建国.pdf", member_count=31)
    for order in ((union.form(0), pdf), (pdf, union.form(0))):
        found = assessed(letter("07-29 10:00", *order))
        (studio,) = found.submission.studios
        state = studio.materials[Material.BASIC_INFO]
        assert [v.number for v in state.versions] == [1, 1]
        assert state.current is not None
        assert state.current.file.endswith(".docx")


def test_a_stamped_scan_after_the_word_file_leaves_the_word_file_in_force() -> None:
    union = Union()
    scan = file("附件4基本情况表-张建国（盖章）.pdf", status="scanned")
    found = assessed(letter("07-29 10:00", *union.everything()), letter("07-30 10:00", scan))
    assert found.complete
    assert current(found, 0, Material.BASIC_INFO).endswith(".docx")
    assert found.submission.unread == ()


# --- late --------------------------------------------------------------------------------------------------------------------------


def test_a_late_version_does_not_replace_an_on_time_one_until_staff_choose_it() -> None:
    union = Union()
    late = union.form(0, "更新版.docx", member_count=30)
    letters = [letter("08-05 10:00", *union.everything()), letter("08-06 10:00", late)]
    after = moment("08-07 09:00")
    found = assessed(*letters, now=after)
    assert current(found, 0, Material.BASIC_INFO) != "更新版.docx"
    assert found.timeliness == "on_time_then_corrected"
    chosen = assessed(*letters, now=after, decisions=[decision("version", late.sha256)])
    assert current(chosen, 0, Material.BASIC_INFO) == "更新版.docx"


def test_what_was_missing_and_came_late_is_received_and_marked_late() -> None:
    union = Union()
    *most, last = union.everything()
    found = assessed(letter("08-05 10:00", *most), letter("08-07 10:00", last), now=moment("08-08 09:00"))
    state = found.submission.studios[1].materials[Material.NARRATIVE]
    assert (state.status, state.current.late if state.current else None, found.timeliness) == (R, True, "on_time_incomplete")


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("08-05 23:59:58", "on_time"),
        ("08-05 23:59:59", "on_time"),
        ("08-06 00:00:01", "borderline"),
        ("08-06 00:09:59", "borderline"),
        ("08-06 00:10:00", "late"),
        ("08-06 09:00", "late"),
    ],
)
def test_the_servers_clock_decides(when: str, expected: str) -> None:
    sent = letter(when, *Union().everything())
    assert assessed(sent, now=moment("08-06 12:00")).timeliness == expected


def test_sent_before_and_arrived_long_after_is_for_a_person_to_judge() -> None:
    sent = letter("08-06 03:00", *Union().everything(), date=moment("08-05 23:50"))
    assert assessed(sent, now=moment("08-06 12:00")).timeliness == "borderline"


def test_of_several_copies_the_earliest_counts() -> None:
    sent = letter("08-06 09:00", *Union().everything(), seen_at=(moment("08-05 23:00"), moment("08-06 09:00")))
    assert assessed(sent, now=moment("08-06 12:00")).timeliness == "on_time"


def test_staff_may_accept_a_late_letter() -> None:
    sent = letter("08-06 09:00", *Union().everything())
    found = assessed(sent, now=moment("08-06 12:00"), decisions=[decision("accept_late", sent.sha256)])
    assert (found.timeliness, found.submission.accepted_late, found.submission.late_letters) == ("on_time", (sent.sha256,), ())


# --- matching ------------------------------------------------------------------------------------------------------------------------


def rename(union: Union, studio: str = "", leader: str = "") -> File:
    """The second studio's form with another spelling."""
    changes = {k: v for k, v in {"studio": studio, "leader.name": leader}.items() if v}
    return union.form(1, "附件4.docx", **changes)


@pytest.mark.parametrize("spelling", ["李 文 博", "李文博（教授）", "李文博 "])
def test_a_leader_spelled_with_spaces_is_the_same_leader(spelling: str) -> None:
    union = Union()
    found = assessed(
        letter("07-29 10:00", *[f for f in union.everything() if f.path != union.form(1).path], rename(union, leader=spelling))
    )
    assert states(found) == {"张建国": FULL, "李文博": FULL}


def test_a_studio_named_otherwise_in_the_form_is_joined_by_its_leader() -> None:
    union = Union()
    found = assessed(letter("07-29 10:00", union.table("employee"), rename(union, studio="数字孪生创新工作室")))
    assert states(found) == {"李文博": (R, R, M)}
    assert "X02" in codes(found)


def test_a_leader_mistyped_in_the_form_is_joined_by_the_studios_name_and_asked() -> None:
    union = Union()
    union.studios[1]["studio"] = "数字孪生创新工作室"
    union.rows[id(union.studios[1])]["studio"] = "数字孪生创新工作室"
    found = assessed(letter("07-29 10:00", union.table("employee"), rename(union, leader="李文搏")))
    assert states(found) == {"李文博": (R, R, M)}
    assert "X04" in codes(found)


@pytest.mark.parametrize(("category", "studio", "expected"), [
    ("employee", "吕强宇水产养殖创新工作室", {"吕强英": (R, M, M), "吕强宇": (M, R, M)}),
    ("model_worker", "吕强宇水产养殖创新工作室", {"吕强英": (R, R, M)}), ("employee", "吕强宇职工创新工作室", {"吕强英": (R, R, M)}),
])  # fmt: skip
def test_leaders_one_character_apart_are_two_people_when_category_and_topic_differ_too(
    category: str, studio: str, expected: dict[str, tuple[str, ...]]
) -> None:
    union = Union(categories=("model_worker",))
    union.rows[id(union.studios[0])] |= {"studio": "吕强英劳模创新工作室", "leader_name": "吕强英"}
    form = union.form(0, "附件4.docx", **{"studio": studio, "leader.name": "吕强宇", "category": category})
    assert states(assessed(letter("07-29 10:00", union.table("model_worker"), form))) == expected


def test_two_rows_of_one_leader_are_two_studios() -> None:
    union = Union(categories=("employee", "employee"))
    union.studios[1]["leader.name"] = "张建国"
    union.rows[id(union.studios[1])]["leader_name"] = "张建国"
    union.studios[0]["studio"] = union.rows[id(union.studios[0])]["studio"] = "数控加工创新工作室"
    union.studios[1]["studio"] = union.rows[id(union.studios[1])]["studio"] = "古籍修复创新工作室"
    found = assessed(letter("07-29 10:00", union.table("employee"), union.form(0, "甲.docx"), union.form(1, "乙.docx")))
    assert [s.name for s in found.submission.studios] == ["数控加工创新工作室", "古籍修复创新工作室"]
    assert [s.materials[Material.BASIC_INFO].status for s in found.submission.studios] == [R, R]


def test_the_same_studio_in_both_tables_is_one_and_stands_in_both() -> None:
    union = Union(categories=("model_worker",))
    rows = [union.rows[id(union.studios[0])]]
    both = [file("附件1.docx", summary("model_worker", union.head, rows)), file("附件2.docx", summary("employee", union.head, rows))]
    (studio,) = assessed(letter("07-29 10:00", *both)).submission.studios
    assert set(studio.summary_categories) == {"model_worker", "employee"}


def test_a_narrative_without_names_goes_by_its_folder() -> None:
    union = Union(categories=("employee", "employee"))
    files = [union.table("employee"), union.form(0, "材料.zip/甲/附件4.docx"), union.form(1, "材料.zip/乙/附件4.docx")]
    plain = [file(f"材料.zip/{d}/正文.docx", narrative("", "", seed=i)) for i, d in enumerate("甲乙")]
    assert list(states(assessed(letter("07-29 10:00", *files, *plain))).values()) == [FULL, FULL]


def test_a_narrative_that_names_nobody_goes_to_the_only_studio_that_lacks_one() -> None:
    union = Union()
    files = [f for f in union.everything() if f.path != union.story(1).path]
    assert assessed(letter("07-29 10:00", *files, file("正文.docx", narrative("", "")))).complete


def test_a_narrative_that_plainly_speaks_of_somebody_else_waits_for_a_person() -> None:
    union = Union()
    files = [f for f in union.everything() if f.path != union.story(1).path]
    other = file("正文.docx", narrative("量子计算创新工作室", "钱学之"), text="钱学之带领团队。" * 50)
    found = assessed(letter("07-29 10:00", *files, other))
    assert states(found)["李文博"] == (R, R, U)
    assert not found.complete


def test_contents_outrank_the_file_name() -> None:
    union = Union()
    swapped = union.story(0, f"{union.studios[1]['studio']}申报材料.docx")
    found = assessed(letter("07-29 10:00", union.table("model_worker"), union.table("employee"), swapped))
    assert states(found) == {"张建国": (R, M, R), "李文博": (R, M, M)}


def test_a_form_without_a_row_in_the_table_is_a_studio_of_its_own() -> None:
    union = Union(categories=("employee", "employee"))
    found = assessed(letter("07-29 10:00", union.table("employee", only=[0]), union.form(0), union.story(0), union.form(1), union.story(1)))
    assert [s.materials[Material.SUMMARY_ROW].status for s in found.submission.studios] == [R, M]
    assert "C05" in codes(found)


# --- tables sent again -----------------------------------------------------------------------------------------------------------------


def test_a_second_table_with_other_studios_adds_them() -> None:
    union = Union(categories=("employee", "employee"))
    found = assessed(
        letter("07-29 10:00", union.table("employee", only=[0])), letter("07-29 10:05", union.table("employee", only=[1], path="之二.docx"))
    )
    assert [s.superseded for s in found.submission.studios] == [False, False]


def test_a_newer_table_that_drops_a_studio_supersedes_it_without_calling_anything_missing() -> None:
    union = Union(categories=("employee", "employee", "employee"))
    first = letter("07-29 10:00", union.table("employee"), union.form(2))
    second = letter("07-31 10:00", union.table("employee", only=[0, 1], path="附件2（重新报送）.docx"))
    studios = {s.leader: s for s in assessed(first, second).submission.studios}
    assert studios["王志轩"].superseded
    assert M not in [s.status for s in studios["王志轩"].materials.values()]
    assert not studios["张建国"].superseded


def test_a_studio_moved_to_the_other_table_changes_its_category() -> None:
    union = Union(categories=("model_worker", "model_worker"))
    moved = summary("employee", union.head, [union.rows[id(union.studios[1])]])
    found = assessed(
        letter("07-29 10:00", union.table("model_worker")),
        letter("07-31 10:00", union.table("model_worker", only=[0], path="新1.docx"), file("新2.docx", moved)),
    )
    studio = next(s for s in found.submission.studios if s.leader == "李文博")
    assert (studio.summary_categories, studio.superseded, studio.category) == (("employee",), False, "employee")


# --- what nobody has read --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "expected"), [
    ("附件4.pdf", (R, U, M)), ("基本情况表（盖章）.jpg", (R, U, M)), ("申报材料正文.pdf", (R, M, U)), ("附件1-4扫描件.pdf", (R, U, U)),
    ("附件3、4.pdf", (R, U, U)), ("IMG_20220804.jpg", (R, U, U)), ("全部材料.rar", (R, U, U)), ("李文博.pdf", (R, U, U)), ("推荐函.pdf", (R, M, M)),
    ("获奖证书.pdf", (R, M, M)), ("附件2汇总表.pdf", (R, M, M)),
])  # fmt: skip
def test_an_unread_file_keeps_what_it_may_be_from_being_missing(name: str, expected: tuple[str, ...]) -> None:
    union = Union(categories=("employee",))
    union.studios[0]["leader.name"] = union.rows[id(union.studios[0])]["leader_name"] = "李文博"
    found = assessed(letter("07-29 10:00", union.table("employee"), file(name, status="scanned")))
    assert states(found) == {"李文博": expected}
    assert not found.complete


@pytest.mark.parametrize("problem", ["encrypted", "corrupt", "too_large", "unsupported"])
def test_a_file_that_does_not_open_is_never_called_missing(problem: str) -> None:
    union = Union(categories=("employee",))
    found = assessed(letter("07-29 10:00", union.table("employee"), file("申报材料.zip", problem=problem)))
    assert list(states(found).values()) == [(R, U, U)]
    assert [v.problem for v in found.submission.unread] == [problem]
    assert not {"C03", "C04"} & set(codes(found))


def test_a_file_nobody_has_read_yet_is_not_missing() -> None:
    union = Union(categories=("employee",))
    waiting = letter("07-29 10:00", union.table("employee"), file("附件4.docx"))
    waiting = replace(waiting, readings={k: v for k, v in waiting.readings.items() if v.forms})
    assert list(states(assessed(waiting)).values()) == [(R, U, M)]


def test_a_named_scan_concerns_its_own_studio_only() -> None:
    union = Union(categories=("employee", "employee"))
    scan = file("附件4-李文博.pdf", status="scanned")
    assert states(assessed(letter("07-29 10:00", union.table("employee"), scan))) == {"张建国": (R, M, M), "李文博": (R, U, M)}


def test_a_scanned_table_keeps_the_row_from_being_missing() -> None:
    union = Union(categories=("employee",))
    scan = file("附件2汇总表.pdf", status="scanned")
    found = assessed(letter("07-29 10:00", scan, union.form(0), union.story(0)))
    assert list(states(found).values()) == [(U, R, R)]
    assert "C02" not in codes(found)


def test_nothing_but_named_scans_still_make_studios() -> None:
    names = ["附件2汇总表.pdf", "张三创新工作室/附件4基本情况表.pdf", "张三创新工作室/申报材料.pdf"]
    found = assessed(letter("07-29 10:00", *(file(n, status="scanned", seed=n) for n in names)))
    assert [
        (s.name, [s.materials[m].status for m in (Material.SUMMARY_ROW, Material.BASIC_INFO, Material.NARRATIVE)])
        for s in found.submission.studios
    ] == [("张三创新工作室", [U, U, U])]


def test_a_damaged_file_sent_again_readable_is_settled() -> None:
    union = Union(categories=("employee",))
    good = union.form(0, "附件4基本情况表(1).docx")
    found = assessed(
        letter("07-29 10:00", union.table("employee"), union.story(0), file("附件4基本情况表.docx", problem="corrupt")),
        letter("07-30 10:00", good),
    )
    assert (found.complete, found.submission.unread) == (True, ())


def test_a_damaged_file_is_still_told_when_everything_readable_came_before_it() -> None:
    union = Union(categories=("employee",))
    found = assessed(letter("07-29 10:00", *union.everything()), letter("07-30 10:00", file("附件4.docx", problem="corrupt")))
    assert [v.problem for v in found.submission.unread] == ["corrupt"]


def test_a_long_unrecognised_text_may_be_the_narrative_and_asks_a_person() -> None:
    union = Union(categories=("employee",))
    odd = file("工作室.docx", unrecognised(), text="我们的工作室成立以来" * 100)
    found = assessed(letter("07-29 10:00", union.table("employee"), union.form(0), odd))
    assert list(states(found).values()) == [(R, R, U)]
    assert [v.problem for v in found.submission.unread] == ["unrecognised"]


def test_a_short_note_is_nothing_and_asks_nobody() -> None:
    union = Union(categories=("employee",))
    found = assessed(letter("07-29 10:00", union.table("employee"), union.form(0), file("说明.txt", unrecognised(), text="请查收")))
    assert list(states(found).values()) == [(R, R, M)]
    assert found.submission.unread == ()


def test_certificates_are_kept_and_are_no_material() -> None:
    union = Union(categories=("employee",))
    found = assessed(letter("07-29 10:00", union.table("employee"), union.form(0), file("证书.docx", supporting())))
    assert list(states(found).values()) == [(R, R, M)]
    assert [v.file for v in found.submission.unplaced] == ["证书.docx"]


# --- links -------------------------------------------------------------------------------------------------------------------------------


def test_a_link_is_told_as_a_link_and_never_as_missing() -> None:
    union = Union(categories=("employee",))
    link = CloudFile("申报材料.zip", "https://wx.mail.qq.com/ftn/download?k=1", "qq")
    found = assessed(letter("07-29 10:00", union.table("employee"), cloud_files=(link,)))
    (studio,) = found.submission.studios
    assert [studio.materials[m].note for m in (Material.BASIC_INFO, Material.NARRATIVE)] == ["cloud_link", "cloud_link"]
    assert not {"C03", "C04"} & set(codes(found))
    assert "M05" in codes(found)
    assert not found.complete


def test_a_link_answered_by_the_files_themselves_is_settled() -> None:
    union = Union(categories=("employee",))
    link = CloudFile("申报材料.zip", "https://wx.mail.qq.com/ftn/download?k=1", "qq")
    later = letter("07-30 10:00", union.form(0, "申报材料.zip/附件4.docx"), union.story(0, "申报材料.zip/正文.docx"))
    found = assessed(letter("07-29 10:00", union.table("employee"), cloud_files=(link,)), later)
    assert (found.complete, found.submission.cloud_files) == (True, ())


def test_a_link_quoted_from_an_older_letter_is_nothing_new() -> None:
    link = CloudFile("申报材料.zip", "https://wx.mail.qq.com/ftn/download?k=1", "qq", quoted=True)
    assert assessed(letter("07-29 10:00", *Union().everything(), cloud_files=(link,))).complete


# --- attached tables ---------------------------------------------------------------------------------------------------------------------


def test_an_attached_table_of_members_joins_its_form() -> None:
    union = Union(categories=("employee",))
    members = basic_info({"members": union.studios[0]["members"]})
    found = assessed(
        letter("07-29 10:00", union.table("employee"), union.form(0, members=()), union.story(0), file("骨干成员附表.xlsx", members))
    )
    form = found.submission.studios[0].materials[Material.BASIC_INFO].current
    assert form is not None
    assert form.annexes
    assert form.form is not None
    assert len(form.form.rows) == len(union.studios[0]["members"])
    assert "F31" not in codes(found)


def test_a_robots_files_are_nobodys_material() -> None:
    union = Union(categories=("employee",))
    found = assessed(letter("07-29 10:00", union.table("employee")), letter("07-30 10:00", union.form(0), kind="bounce"))
    assert list(states(found).values()) == [(R, M, M)]
    assert found.assessed_at == NOW
