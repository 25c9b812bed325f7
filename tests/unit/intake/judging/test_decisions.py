"""What staff decide, and that it outlasts every re-reading."""

from __future__ import annotations

from intake.claiming.sender import Known, identify
from intake.contract import assessment_to_contract
from intake.decisions import decisions_in_force, fold
from intake.judging.assessment import assess_all, assessment_fingerprint, assessment_to_json
from intake.submission import Material
from tests.generator.received import file, letter, moment
from tests.unit.intake.matrix.desk import FULL, NOW, UNIT, Union, assessed, campaign, codes, decision, states


def test_an_undo_takes_one_decision_back_and_an_undone_undo_brings_it_again() -> None:
    one, undo, again = decision("not_recommending"), decision("undo", "1", 2), decision("undo", "2", 3)
    assert decisions_in_force([undo, one]) == ()
    assert decisions_in_force([again, one, undo]) == (one,)


def test_an_undo_of_nothing_is_harmless() -> None:
    assert decisions_in_force([decision("undo", "别的"), decision("undo", "99", 2)]) == ()


def test_decisions_about_another_institution_change_nothing_here() -> None:
    assert not fold([decision("not_recommending", unit="东北大学")], UNIT).not_recommending


def test_the_later_of_two_opposite_decisions_holds() -> None:
    assert not fold([decision("recommending", number=2), decision("not_recommending")], UNIT).not_recommending


def test_a_waived_material_is_waived_and_no_longer_lacking() -> None:
    union = Union(categories=("employee",))
    sent = letter("07-29 10:00", union.table("employee"), union.form(0))
    studio = union.studios[0]["studio"]
    found = assessed(sent, decisions=[decision("waive", f"{studio}|narrative")])
    assert states(found) == {"张建国": ("received", "received", "waived")}
    assert found.complete


def test_a_waived_finding_stays_on_record_and_leaves_the_contract() -> None:
    union = Union(categories=("employee",))
    sent = letter("07-29 10:00", *union.everything()[:1])
    key = next(f.key for f in assessed(sent).findings if f.code == "C04")
    found = assessed(sent, decisions=[decision("waive", key)])
    assert [f.state for f in found.findings if f.code == "C04"] == ["waived"]
    assert "C04" not in [f["code"] for f in assessment_to_contract(found)["findings"]]


def test_a_withdrawn_studio_is_kept_and_counts_no_more() -> None:
    union = Union(categories=("employee", "employee", "employee"))
    sent = letter("07-29 10:00", *union.everything())
    ordinary = decision("category", unit_class="ordinary")
    assert "Q02" in codes(assessed(sent, decisions=[ordinary]))
    found = assessed(sent, decisions=[ordinary, decision("withdraw_studio", "“王志轩”创新工作室", 2)])
    assert [s.withdrawn for s in found.submission.studios] == [False, False, True]
    assert "Q02" not in codes(found)


def test_a_replaced_studio_names_its_successor() -> None:
    union = Union(categories=("employee", "employee"))
    old, new = (s["studio"] for s in union.studios)
    found = assessed(letter("07-29 10:00", *union.everything()), decisions=[decision("replace_studio", old, by=new)])
    assert [(s.withdrawn, s.replaced_by) for s in found.submission.studios] == [(True, new), (False, "")]


def test_the_quota_letter_goes_out_or_not_as_staff_say() -> None:
    sent = letter("07-29 10:00", *Union(categories=("employee", "employee", "employee")).everything())
    for send, state in ((True, "approved"), (False, "waived")):
        found = assessed(sent, decisions=[decision("category", unit_class="ordinary"), decision("quota_letter", number=2, send=send)])
        assert [f.state for f in found.findings if f.code == "Q02"] == [state]


def test_paper_is_received_when_staff_say_so() -> None:
    found = assessed(letter("07-29 10:00", *Union().everything()), decisions=[decision("paper", copies=2, stamped=True, date="2022-08-04")])
    assert {s.materials[Material.PAPER].status for s in found.submission.studios} == {"received"}
    assert "C06" not in codes(found)


def test_an_excluded_file_counts_for_nothing_until_undone() -> None:
    union = Union(categories=("employee",))
    sent = letter("07-29 10:00", *union.everything())
    out = decision("exclude_file", union.form(0).sha256)
    assert states(assessed(sent, decisions=[out])) == {"张建国": ("received", "missing", "received")}
    assert states(assessed(sent, decisions=[out, decision("undo", "1", 2)])) == {"张建国": FULL}


def test_a_scan_that_staff_read_and_placed_is_received() -> None:
    union = Union(categories=("employee",))
    scan = file("IMG_1.jpg", status="image")
    sent = letter("07-29 10:00", union.table("employee"), union.story(0), scan)
    placed = decision("material", scan.sha256, studio=union.studios[0]["studio"], material="basic_info")
    found = assessed(sent, decisions=[placed])
    assert states(found) == {"张建国": FULL}
    assert found.complete
    assert found.submission.unread == ()


def test_a_file_that_staff_call_supporting_blocks_nothing() -> None:
    union = Union(categories=("employee",))
    scan = file("IMG_1.jpg", status="image")
    found = assessed(
        letter("07-29 10:00", union.table("employee"), scan), decisions=[decision("material", scan.sha256, material="supporting")]
    )
    assert states(found) == {"张建国": ("received", "missing", "missing")}


def test_a_confirmed_category_changes_the_quota() -> None:
    union = Union(name="沈阳医学院", categories=("employee",) * 4)
    sent = letter("07-29 10:00", *union.everything())
    assert "Q01" not in codes(assessed(sent, unit="沈阳医学院"))
    ordinary = decision("category", unit="沈阳医学院", unit_class="ordinary")
    assert "Q01" in codes(assessed(sent, unit="沈阳医学院", decisions=[ordinary]))


def test_an_explanation_closes_the_questions_that_stood_before_it_and_no_later_one() -> None:
    union = Union(categories=("employee",))
    wrong = union.form(0, **{"benefit.2021.total": 1.0})
    files = [union.table("employee"), union.story(0)]
    said = letter("07-30 10:00", text="无误，含外汇折算。", intents=("explanation",), kind="question")
    found = assessed(letter("07-29 10:00", *files, wrong), said)
    explained = {f.code for f in found.findings if f.state == "explained"}
    assert "F20" in explained
    assert "M17" in codes(found, state="open")
    later = union.form(0, **{"benefit.2021.total": 2.0})
    again = assessed(letter("07-29 10:00", *files, wrong), said, letter("07-31 10:00", later))
    assert "F20" in codes(again, state="open")


def test_staff_may_refuse_an_explanation() -> None:
    union = Union(categories=("employee",))
    sent = letter("07-29 10:00", union.table("employee"), union.story(0), union.form(0, **{"benefit.2021.total": 1.0}))
    said = letter("07-30 10:00", text="无误", intents=("explanation",), kind="question")
    key = next(f.key for f in assessed(sent).findings if f.code == "F20")
    found = assessed(sent, said, decisions=[decision("explain", key, accepted=False)])
    assert [f.state for f in found.findings if f.code == "F20"] == ["open"]


def test_splitting_a_letter_gives_each_university_its_own_files() -> None:
    first, second = Union(UNIT, ("employee",)), Union("东北大学", ("employee",), seed=2)
    mixed = letter("07-29 10:00", *first.everything(), *(f.renamed(f"东大{f.path[-1]}") for f in second.everything()), sender="a@qq.com")
    decisions = [decision("split", mixed.sha256, unit="")]
    claims = identify([mixed], campaign(), decisions, Known())
    found = assess_all([mixed], claims, decisions, campaign(), NOW)
    assert (found[UNIT].complete, found["东北大学"].complete) == (True, True)


def test_a_letter_awaiting_its_split_belongs_to_nobody() -> None:
    first, second = Union(UNIT, ("employee",)), Union("东北大学", ("employee",), seed=2)
    mixed = letter("07-29 10:00", *first.everything(), *second.everything(), sender="a@qq.com")
    found = assess_all([mixed], identify([mixed], campaign(), [], Known()), [], campaign(), NOW)
    assert not found[UNIT].submission.letters


def test_the_fingerprint_follows_what_a_letter_would_say_and_nothing_else() -> None:
    union = Union()
    sent = letter("07-29 10:00", *union.everything())
    base = assessment_fingerprint(assessed(sent))
    assert base == assessment_fingerprint(assessed(sent, now=moment("08-04 18:00")))
    assert base == assessment_fingerprint(assessed(sent, letter("07-30 10:00", union.form(0))))
    assert base != assessment_fingerprint(assessed(sent, letter("07-30 10:00", union.form(0, member_count=40))))
    assert base != assessment_fingerprint(assessed(letter("07-29 10:00", *union.everything()[:-1])))


def test_the_comparable_form_forgets_only_when_it_was_made() -> None:
    sent = letter("07-29 10:00", *Union().everything())
    assert assessment_to_json(assessed(sent)) == assessment_to_json(assessed(sent, now=moment("08-04 18:00")))
    assert assessment_to_json(assessed(sent)) != assessment_to_json(assessed())


def test_a_moved_deadline_judges_anew() -> None:
    from dataclasses import replace

    from config.campaign import Deadline
    from intake.judging.assessment import assess

    sent = letter("08-06 09:00", *Union().everything())
    moved = Deadline(moment("08-12 23:59:59"), moment("08-07 09:00"), "补充通知延期")
    extended = replace(campaign(), deadlines=(*campaign().deadlines, moved))
    unit = campaign().institution(UNIT)
    assert unit is not None
    assert assess(unit, [sent], [], extended, moment("08-06 12:00")).timeliness == "late"
    assert assess(unit, [sent], [], extended, moment("08-07 12:00")).timeliness == "on_time"


def test_a_click_for_the_quota_letter_does_not_cover_what_arrives_later() -> None:
    union = Union(categories=("employee", "employee", "employee", "model_worker"))
    ordinary, send = decision("category", unit_class="ordinary"), decision("quota_letter", number=2, send=True)
    first = letter("07-29 10:00", union.table("employee"))
    later = letter("08-03 10:00", union.table("model_worker"))
    assert [f.state for f in assessed(first, decisions=[ordinary, send]).findings if f.code == "Q02"] == ["approved"]
    found = assessed(first, later, decisions=[ordinary, send])
    assert {f.code: f.state for f in found.findings if f.code in ("Q01", "Q02")} == {"Q01": "open", "Q02": "open"}


def test_whose_letter_another_university_got_is_not_among_ones_own_decisions() -> None:
    assert assessed(decisions=[decision("claim", "abc", unit="东北大学"), decision("split", "def", 2, unit="")]).submission.decisions == ()


def test_what_an_unclaimed_letter_may_hold_is_not_called_missing_and_its_names_stay_hidden() -> None:
    union = Union(UNIT, ("employee",))
    first = letter("07-29 10:00", union.table("employee"), union.form(0), sender="gh@dlut.edu.cn")
    puzzling = letter("07-30 10:00", file("秘密.pdf", status="scanned"), sender="gh@neu.edu.cn", subject="大连理工大学工会补充材料")
    received = [first, puzzling]
    claims = identify(received, campaign(), [], Known())
    assert claims[puzzling.sha256].institution is None
    found = assess_all(received, claims, [], campaign(), NOW)[UNIT]
    assert states(found) == {"张建国": ("received", "received", "received_unread")}
    assert not found.complete
    assert "秘密" not in str(assessment_to_json(found)["submission"].get("unread", "")) + str(assessment_to_contract(found))


def test_once_claimed_for_another_the_gap_is_a_gap_again() -> None:
    union = Union(UNIT, ("employee",))
    first = letter("07-29 10:00", union.table("employee"), union.form(0), sender="gh@dlut.edu.cn")
    puzzling = letter("07-30 10:00", file("秘密.pdf", status="scanned"), sender="gh@neu.edu.cn", subject="大连理工大学工会补充材料")
    decisions = [decision("claim", puzzling.sha256, unit="东北大学")]
    claims = identify([first, puzzling], campaign(), decisions, Known())
    found = assess_all([first, puzzling], claims, decisions, campaign(), NOW)[UNIT]
    assert states(found) == {"张建国": ("received", "received", "missing")}
