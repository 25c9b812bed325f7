"""The shared samples of reported submissions: each comes out as its truth says - cells, codes that must and must not be said, 收齐 or not."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from notifier.post.mime import bytes_to_words
from service.cli import intake
from tests.corpus.play import FOLDER, HERE, Play, Union, play_case

SHARED = Path(os.environ.get("INTAKE_SHARED", HERE.parents[1] / "../shared")) / "samples/reported/submissions"
pytestmark = [pytest.mark.samples, pytest.mark.skipif(not SHARED.exists(), reason="no shared samples/reported beside the project")]
# Their truths were written for an office without the recogniser: there a scan waits for a person.
SETTINGS = 'campaign = "{campaign}"\ndata = "data"\nmode = "approve"\n[scans]\npages_per_day = 0\n'


def numbered() -> list[Path]:
    return sorted(p for p in SHARED.glob("[0-9]*") if p.is_dir())


def filed() -> list[Path]:
    return sorted(p.parent for p in SHARED.glob("[a-z]*/files"))


def run(folder: Path, *words: str) -> str:
    found = CliRunner().invoke(intake, [*words, "--config", str(folder / "intake.toml")])
    assert found.exit_code in (0, 1), (words, found.output, found.exception)
    return found.stdout


def said_wrong(truth: dict[str, Any], status: dict[str, Any]) -> list[str]:
    """What the answer says that the truth denies, and what it keeps silent that it must say."""
    told = [f for f in status["findings"] if f["audience"] == "institution" and f["severity"] in ("missing", "conflict")]
    must = {c for m in truth["must"] for c in m["codes"]}
    wrong = [f"{f['code']} {f['message']}" for f in told if f["code"] not in must | set(truth["may"])]
    codes = {f["code"] for f in status["findings"]}
    wrong += [f"never {c}" for c in must - codes]
    if truth["complete"] is not None and status["complete"] != truth["complete"]:
        wrong.append(f"complete {status['complete']}")
    for studio in truth["studios"]:
        mine = [s for s in status["studios"] if s["leader"] == studio["leader"] or s["name"] in studio["names"]]
        if len(mine) != 1 and not truth.get("lostok"):
            wrong.append(f"{studio['leader']}: {len(mine)} lines")
        wrong += [
            f"{studio['leader']} {cell} {s['materials'][cell]}"
            for s in mine
            for cell, may in studio["cells"].items()
            if s["materials"][cell] not in may
        ]
    wrong += [f"said {f['message']}" for f in status["findings"] for word in truth.get("never", ()) if word in f["message"]]
    for m in truth["must"]:
        if "words" in m and not any(re.search(m["words"], f["message"]) for f in status["findings"] if f["code"] in m["codes"]):
            wrong.append(f"not {m['words']}")
    return wrong


@pytest.mark.parametrize("case", numbered(), ids=lambda p: p.name)
def test_a_reported_submission_comes_out_as_its_truth_says(case: Path, tmp_path: Path) -> None:
    truth = json.loads((case / "truth.json").read_text(encoding="utf-8"))
    (tmp_path / "intake.toml").write_text(SETTINGS.format(campaign=FOLDER), encoding="utf-8")
    now = re.search(r"--now (\S+)", (case / "README.md").read_text(encoding="utf-8"))
    assert now is not None
    for folder in ("letters", "reply"):
        if (case / folder).exists():
            run(tmp_path, "import", "--now", now[1], str(case / folder))
    status = json.loads(run(tmp_path, "status", "--institution", truth["institution"], "--now", now[1], "--json"))["institutions"][0]
    assert said_wrong(truth, status) == []


@pytest.mark.parametrize("case", filed(), ids=lambda p: p.name)
def test_reported_files_come_out_as_expected(case: Path, tmp_path: Path) -> None:
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    shutil.copytree(FOLDER, tmp_path / "invented")
    shutil.copy(HERE / "roster.csv", tmp_path / "invented" / "roster.csv")
    (tmp_path / "intake.toml").write_text(SETTINGS.format(campaign="invented"), encoding="utf-8")
    told = json.loads(run(tmp_path, "check", str(case / "files"), "--institution", "滨海理工大学", "--json"))
    said = {f["code"] for f in told["findings"] if f["audience"] == "institution"}
    assert not said & set(expected["never_to_institution"])
    materials = told["studios"][0]["materials"]
    assert {k: materials[k] for k in expected["materials"]} == expected["materials"]


# --- the letters and the staff's page beside the matrix -----------------------------------------------------------------------------------


def told_of(case: str, folder: Path) -> tuple[dict[str, Any], list[dict[str, Any]], str]:
    """The truth of a numbered case; every letter composed, with its `text`; what the page asks staff to decide."""
    truth = json.loads((SHARED / case / "truth.json").read_text(encoding="utf-8"))
    (folder / "intake.toml").write_text(SETTINGS.format(campaign=FOLDER), encoding="utf-8")
    now = ("--now", "2022-08-01T09:00:00")
    run(folder, "import", *now, str(SHARED / case / "letters"))
    letters = [json.loads(line) for line in run(folder, "letters", "--json").splitlines()]
    page = run(folder, "digest", "--print", *now)
    return (
        truth,
        [{**one, "text": run(folder, "letters", "show", one["key"])} for one in letters],
        page[page.index("一、请您决定") : page.index("新收来信")],
    )


def test_withdrawing_one_studio_is_not_the_refusal_of_the_university(tmp_path: Path) -> None:
    truth, letters, asked = told_of("21-withdraw-one-no-longer", tmp_path)
    assert "[撤回" in asked
    assert "氢能储运创新工作室" in asked
    assert "intake decide withdraw" in asked
    assert not re.search(r"不推荐申报|not-recommending", asked)
    assert [one["recipient"] for one in letters] == ["gh@syty.edu.cn"]
    assert "来信所提撤回" in letters[0]["text"]
    assert "不推荐" not in letters[0]["text"]
    assert truth["institution"] in asked


def test_a_stranger_who_withdraws_learns_nothing_and_staff_are_asked(tmp_path: Path) -> None:
    truth, letters, asked = told_of("28-stranger-withdraws-and-gets-the-list", tmp_path)
    assert re.search(r"\[撤回[^]]*\] 锦州医科大学.*万民中药饮片炮制创新工作室", asked)
    assert not re.search(r"不推荐申报|not-recommending", asked)
    (stranger,) = truth["secret"]
    named = [studio["name"] for studio in truth["studios"]] + [studio["leader"] for studio in truth["studios"]]
    for one in letters:
        if one["recipient"] == stranger:
            assert not [name for name in named if name in one["text"]]
            assert not re.search(r"收齐|校验码|\.docx?|尚缺", one["text"])
    assert [one["kind"] for one in letters if one["recipient"] != stranger] == ["complete"]
    assert not any(stranger in one["text"] for one in letters if one["recipient"] != stranger)


# --- stories told to the stations ---------------------------------------------------------------------------------------------------------


def letters_of(outcome: str) -> list[str]:
    return re.findall(r"^# 信函 \S+ \S+ (\S+) \[sent\]", outcome, re.M)


@pytest.mark.parametrize("case", ["robot-acknowledgement", "thanks-for-our-letter"])
def test_who_only_acknowledges_our_letter_gets_no_second_one(case: str, tmp_path: Path) -> None:
    expected = json.loads((SHARED / case / "expected.json").read_text(encoding="utf-8"))
    outcome = play_case(SHARED / case, tmp_path)
    assert letters_of(outcome) == expected["letters_to_institution"]
    assert not re.search(r"^ ?\d+\. \[(?:撤回|不推荐)", outcome, re.M)
    for code in expected.get("findings_never", ()):
        assert f"] {code} → institution" not in outcome


def _drafts(play: Play, *, turned: bool) -> None:
    union = Union("滨海理工大学", "职")
    first = union.form(0, name="附件4基本情况表-张建国（初稿）.docx", **{"innovation.results": 17})
    final = union.form(0, name="附件4基本情况表-张建国（定稿）.docx", **{"innovation.results": 21})
    pair = [first, final] if turned else [final, first]
    play.mail("07-29 14:01", union, [union.table("职"), *pair, union.narrative(0)])


def test_of_draft_and_final_staff_choose_whatever_their_order(tmp_path: Path) -> None:
    (tmp_path / "sample").mkdir()
    outcomes = [play_case(SHARED / "draft-and-final-in-one-letter", tmp_path / "sample")]
    for turned in (False, True):
        folder = tmp_path / str(turned)
        folder.mkdir()
        play = Play(folder)
        try:
            _drafts(play, turned=turned)
            outcomes.append(play.outcome())
        finally:
            play.close()
    for outcome in outcomes:
        assert re.search(r"^ \d+\. \[不一致\].*21→17.*请选定采用的版本", outcome, re.M)
        assert "*附件4基本情况表-张建国（定稿）.docx" in outcome
    assert len({re.search(r"申报材料: .*", outcome)[0] for outcome in outcomes}) == 1  # type: ignore[index]


def test_a_sender_with_a_dot_before_the_at_is_answered_at_the_registered_address(tmp_path: Path) -> None:
    play = Play(tmp_path)
    try:
        play.post("07-29 09:00", (SHARED / "malformed-sender/letter.eml").read_bytes())
        play.until("07-29 10:00")
        rows = [row for row in play.ledger.outbox() if row.kind != "digest"]
        assert [(row.kind, row.recipient) for row in rows] == [("supplement", "gh@bhlg.example")]
        assert "滨海理工大学" in bytes_to_words(rows[0].raw)
    finally:
        play.close()
