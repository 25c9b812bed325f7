"""Every decision taken on the desk as a person takes it: from the form of a page, once, undone, in conflict, and never on what changed."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from datetime import timedelta
from html import unescape
from io import BytesIO

import pytest

from intake.decisions import decisions_in_force
from intake.errors import DiskFull
from intake.opening import OPENER_VERSION
from intake.submission import Decision
from notifier.post.mime import bytes_to_text
from tests.generator.demo_letters import letter
from tests.unit.service.desk.campaign import ASKING, COMPLETE, NOW, OVER, PASSWORD, SCANNED, UNSURE, UPDATED
from tests.unit.service.desk.conftest import Browser, House


def decisions(house: House) -> list[Decision]:
    """Every decision there is."""
    with house.ledger() as ledger:
        return list(ledger.decisions())


def sha_of(house: House, subject: str) -> str:
    """The letter with this subject."""
    with house.ledger() as ledger:
        return next(line.sha256 for line in ledger.letter_lines() if line.subject == subject)


def sent_already(house: House) -> str:
    """A letter of ours that left."""
    with house.ledger() as ledger:
        return next(row.key for row in ledger.outbox("sent", raw=False))


def file_of(hao: Browser, name: str, word: str = "") -> str:
    """A file of a school, by a word in its name."""
    page = hao.get(f"/unit/{name}")
    return next(sha for sha, title in re.findall(r'/file/([0-9a-f]{64})[^"]*">([^<]*)</a>', page) if word in unescape(title))


def key_of(house: House, name: str, code: str) -> str:
    """A finding's key."""
    with house.ledger() as ledger:
        found = ledger.assessment(name)
        return next(f.key for f in found.findings if f.code == code) if found else ""


CASES = {
    "claim": lambda house, hao: (SCANNED, {"letter": sha_of(house, "附件")}),
    "accept-late": lambda house, hao: (UPDATED, {"reason": "邮件系统延迟"}),
    "waive": lambda house, hao: (SCANNED, {"finding": "张建国职工创新工作室|申报材料", "reason": "另有安排"}),
    "explain": lambda house, hao: (OVER, {"finding": key_of(house, OVER, "X10")}),
    "approve": lambda house, hao: (OVER, {"finding": key_of(house, OVER, "Q01")}),
    "unit-class": lambda house, hao: (UNSURE, {"unit_class": "医科"}),
    "category": lambda house, hao: (OVER, {"studio": "张建国劳模创新工作室", "category": "职工"}),
    "withdraw": lambda house, hao: (OVER, {"studio": "张建国劳模创新工作室"}),
    "replace": lambda house, hao: (OVER, {"studio": "张建国劳模创新工作室", "successor": "钱学文劳模创新工作室", "yes": "yes"}),
    "not-accept-late": lambda house, hao: (UPDATED, {}),
    "refuse": lambda house, hao: (OVER, {"finding": key_of(house, OVER, "X10")}),
    "seen": lambda house, hao: ("", {"letter": sha_of(house, "附件")}),
    "not-recommending": lambda house, hao: (ASKING, {}),
    "recommending": lambda house, hao: (ASKING, {}),
    "paper": lambda house, hao: (COMPLETE, {"copies": "2", "stamped": "已盖章", "day": "2022-08-05"}),
    "version": lambda house, hao: (UPDATED, {"file": file_of(hao, UPDATED, "更新版")}),
    "exclude": lambda house, hao: (UPDATED, {"file": file_of(hao, UPDATED, "更新版")}),
    "material": lambda house, hao: (UNSURE, {"file": file_of(hao, UNSURE), "material": "基本情况表", "new_studio": "孙立职工创新工作室"}),
    "hold": lambda house, hao: (OVER, {"scope": "全部"}),
    "note": lambda house, hao: (OVER, {"reason": "已电话联系张老师"}),
    "answered": lambda house, hao: (ASKING, {"letter": sha_of(house, "咨询")}),
    "phoned": lambda house, hao: (OVER, {"about": "LN2022-0001-01"}),
    "assign": lambda house, hao: ("", {"about": "0123456789ab", "person": "姜老师"}),
    "split": lambda house, hao: ("", {"letter": sha_of(house, "转发：两校材料")}),
    "roster": lambda house, hao: (UNSURE, {"unit_class": "普通", "email": "gh2@yunling.example"}),
    "mode": lambda house, hao: ("", {"mode": "演练"}),
    "deadline": lambda house, hao: ("", {"at": "2022-08-10", "reason": "疫情"}),
}  # fmt: skip


@pytest.mark.parametrize("kind", CASES)
def test_each_decision_is_recorded_once_named_and_can_be_taken_back(house: House, hao: Browser, kind: str) -> None:
    """Click, click again, take back, and again: one row, one undo; the person stands in the books."""
    institution, fields = CASES[kind](house, hao)
    answer = hao.decide(kind, institution, **fields, back="/decisions")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    page = hao.get(answer.headers["Location"])
    assert "已记下第 1 号决定" in page
    assert ">收回</button>" in page
    assert house.desk.bell.rung.is_set()
    again = hao.decide(kind, institution, **fields)
    if kind != "note":
        assert "没有重复记" in hao.get(again.headers["Location"])
    made = decisions(house)
    assert len(made) == (2 if kind == "note" else 1)
    assert made[0].decided_by == "郝老师"
    assert made[0].institution == institution
    hao.post("/undo/1")
    assert "早已收回" in hao.get(hao.post("/undo/1").headers["Location"])
    assert 1 not in {d.number for d in decisions_in_force(decisions(house))}
    assert hao.get("/decisions").count("已收回") >= 1


@pytest.mark.parametrize(
    ("kind", "institution", "fields", "words"),
    [
        ("claim", "", {"letter": "0" * 64}, "请选一所学校"),
        ("claim", "没有的大学", {"letter": "0" * 64}, "名录里没有"),
        ("claim", COMPLETE, {"letter": "0" * 64}, "没有对应的信"),
        ("waive", SCANNED, {"finding": "x"}, "请写一句理由"),
        ("accept-late", UPDATED, {}, "请写一句理由"),
        ("note", OVER, {}, "请写一句理由"),
        ("paper", COMPLETE, {"copies": "0", "stamped": "已盖章", "day": "2022-08-05"}, "份数"),
        ("paper", COMPLETE, {"copies": "2", "stamped": "已盖章", "day": "2022-09-05"}, "还没有到"),
        ("paper", COMPLETE, {"copies": "2", "stamped": "已盖章", "day": "明天"}, "看不懂"),
        ("category", OVER, {"studio": "没有的工作室", "category": "职工"}, "没有“没有的工作室”"),
        ("material", UNSURE, {"file": "", "material": "基本情况表", "studio": "x"}, "不止一件"),
        ("fly", OVER, {}, "没有"),
        ("split", "", {"letter": "0" * 64}, "没有对应的信"),
    ],
)
def test_what_means_nothing_is_said_and_leaves_no_row(
    house: House, hao: Browser, kind: str, institution: str, fields: dict[str, str], words: str
) -> None:
    answer = hao.decide(kind, institution, **fields)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in page
    assert "--reason" not in page
    assert decisions(house) == []


def test_a_typed_reason_comes_back_with_the_form(hao: Browser) -> None:
    answer = hao.decide("paper", COMPLETE, copies="2", stamped="已盖章", day="2022-09-05", reason="", back=f"/unit/{COMPLETE}")
    page = answer.get_data(as_text=True)
    assert 'value="2022-09-05"' in page
    assert f'href="/unit/{COMPLETE}"' in unescape(page)
    late = hao.decide("hold", OVER, scope="没有这个范围", reason="很长的一句理由").get_data(as_text=True)
    assert "很长的一句理由" in late


def test_what_the_books_speak_against_is_asked_once_more(house: House, hao: Browser) -> None:
    """A school with four studios in says it nominates nobody: the form comes back with one more field, and then it counts."""
    answer = hao.decide("not-recommending", OVER)
    assert answer.status_code == 422
    assert "确要照此登记" in answer.get_data(as_text=True)
    assert 'name="yes"' in answer.get_data(as_text=True)
    assert decisions(house) == []
    assert hao.decide("not-recommending", OVER, yes="yes").status_code == 303


def test_two_people_on_one_letter_the_second_is_shown_the_first(house: House, hao: Browser) -> None:
    """姜老师 claims; 郝老师, whose page is older, records nothing and reads who decided what; with the fresh form she may decide otherwise."""
    jiang, sha = house.browser("姜老师"), sha_of(house, "附件")
    old = hao.seen("/", "claim", letter=sha)
    assert jiang.decide("claim", SCANNED, letter=sha, seen=jiang.seen("/", "claim", letter=sha)).status_code == 303
    answer = hao.decide("claim", COMPLETE, letter=sha, seen=old)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "姜老师" in page
    assert SCANNED in page
    assert len(decisions(house)) == 1
    fresh = unescape(re.search(r'name="seen" value="([^"]+)"', page)[1])  # type: ignore[index]
    assert hao.decide("claim", COMPLETE, letter=sha, seen=fresh).status_code == 303
    assert len(decisions(house)) == 2


def test_a_form_older_than_the_books_records_nothing(house: House, hao: Browser) -> None:
    """A letter came, the belt worked: what was on the page is not what is decided on."""
    seen = hao.seen(f"/unit/{OVER}", "hold")
    with house.ledger() as ledger:
        ledger.decide("paper", by="姜老师", at=house.office.clock(), institution=OVER, detail={"copies": 2, "stamped": True})
    house.work()
    answer = hao.decide("hold", OVER, scope="全部", seen=seen)
    assert answer.status_code == 409
    assert [d.kind for d in decisions(house)] == ["paper"]


def test_a_double_click_with_the_same_form_is_one_row_even_after_the_belt_worked(house: House, hao: Browser) -> None:
    seen = hao.seen(f"/unit/{OVER}", "hold")
    hao.decide("hold", OVER, scope="提醒", seen=seen)
    house.work()
    answer = hao.decide("hold", OVER, scope="提醒", seen=seen)
    assert answer.status_code == 303
    assert len(decisions(house)) == 1


def test_notes_assignments_and_calls_make_no_page_stale(house: House, hao: Browser) -> None:
    seen = hao.seen(f"/unit/{OVER}", "hold")
    hao.decide("note", OVER, reason="已电话")
    hao.decide("phoned", OVER, about="")
    hao.decide("assign", OVER, about="abc", person="姜老师")
    assert hao.decide("hold", OVER, scope="全部", seen=seen).status_code == 303


def test_a_claim_is_in_force_after_the_next_round_and_leaves_the_day(house: House, hao: Browser) -> None:
    sha = sha_of(house, "附件")
    hao.decide("claim", SCANNED, letter=sha, seen=hao.seen("/", "claim", letter=sha))
    house.work()
    assert f'/letter/{sha}">看原信' not in hao.get("/").partition("今天已经定的")[0]
    with house.ledger() as ledger:
        claim = ledger.one_claim(sha)
    assert claim is not None
    assert claim.institution == SCANNED
    assert "关于这封信的决定" in hao.get(f"/letter/{sha}")


def test_closing_a_question_and_a_bounce_takes_them_from_the_day(house: House, hao: Browser) -> None:
    with house.ledger() as ledger:
        ours = next(r for r in ledger.outbox(raw=False) if r.institution == COMPLETE)
        ledger.mark_bounced(ours.message_id, house.office.clock())
    house.work()
    page = hao.get("/")
    assert '<span class="tag">退信</span>' in page
    hao.decide("answered", ASKING, letter=sha_of(house, "咨询"))
    hao.decide("phoned", COMPLETE, about=ours.key)
    house.work()
    page = hao.get("/")
    assert '<span class="tag">咨询</span>' not in page
    assert '<span class="tag">退信</span>' not in page


def test_who_sees_to_a_matter_is_shown_on_its_card(house: House, hao: Browser) -> None:
    card = re.search(r'id="c-([0-9a-f]{12})"', hao.get("/"))[1]  # type: ignore[index]
    hao.decide("assign", "", about=card, person="姜老师")
    assert "姜老师办" in hao.get("/")
    assert '<span class="tag">咨询</span>' in hao.get("/")


def test_the_quota_letter_is_approved_taken_back_edited_and_dropped(house: House, hao: Browser) -> None:
    """The outbox shows the whole letter, leaves five minutes, and never acts on what has left."""
    with house.ledger() as ledger:
        key = next(r.key for r in ledger.outbox("held", raw=False))
    page = hao.get(f"/outbox/{key}")
    for words in ("待审核", "名录登记的邮箱", "5 分钟内可以收回", "南泉工业大学", "批准发出", "弃发"):
        assert words in page, words
    answer = hao.post("/outbox/act", do="approve", key=key, back=f"/outbox/{key}")
    page = hao.get(answer.headers["Location"])
    assert "发出 1 封" in page
    assert "不早于" in page
    again = hao.get(hao.post("/outbox/act", do="approve", key=key, back="/outbox").headers["Location"])
    assert "现在是“待发”" in again
    hao.post("/outbox/act", do="hold", key=key)
    assert "待审核" in hao.get(f"/outbox/{key}")
    hao.post(f"/outbox/{key}/edit", text="南泉工业大学工会：\n请研究确定推荐名单。")
    page = hao.get(f"/outbox/{key}")
    assert "请研究确定推荐名单。" in page

    hao.post("/outbox/act", do="drop", key=key)
    page = hao.get(f"/outbox/{key}")
    assert "已弃发" in page
    assert "批准发出" not in page
    assert "没有可以这样办的信" in hao.get(hao.post("/outbox/act", do="hold", key=sent_already(house), back="/outbox").headers["Location"])
    assert "没有选信" in hao.get(hao.post("/outbox/act", do="fly", key=key, back="/outbox").headers["Location"])


def test_a_quarantined_letter_is_replayed(house: House, hao: Browser) -> None:
    with house.ledger() as ledger:
        sha = ledger.letters("quarantined")[0].sha256
    page = hao.get(f"/letter/{sha}")
    assert "程序没有拆开" in page
    assert "13900001111" not in page
    assert "＊＊＊" in page
    answer = hao.post(f"/letter/{sha}/retry", back=f"/letter/{sha}")
    assert "已排入重试" in hao.get(answer.headers["Location"])
    house.work()
    assert UNSURE in hao.get(f"/letter/{sha}")
    assert "不在隔离中" in hao.get(hao.post(f"/letter/{sha}/retry", back="/letters").headers["Location"])


def test_a_letter_is_split_file_by_file_or_as_proposed(house: House, hao: Browser) -> None:
    sha = sha_of(house, "转发：两校材料")
    page = hao.get(f"/letter/{sha}")
    files = re.findall(r'name="part-([0-9a-f]{64})"', page)
    assert len(files) > 2
    one = hao.decide("split", "", letter=sha, **{f"part-{f}": "白山医科大学" for f in files})
    assert one.status_code == 422
    parts = {f"part-{f}": ("白山医科大学", "黑水医科大学")[n % 2] for n, f in enumerate(files)}
    assert hao.decide("split", "", letter=sha, **parts).status_code == 303
    assert set(dict(decisions(house)[0].detail["parts"]).values()) == {"白山医科大学", "黑水医科大学"}


def test_a_letter_saved_by_hand_is_registered_once(house: House, hao: Browser) -> None:
    raw = letter("补寄材料", ("工会", "gh@yunling.example"), "2022-08-03T10:00:00+08:00", "请查收", [])
    for words in ("新登记 1 封", "新登记 0 封，另有 1 封早已登记过"):
        answer = hao.post("/import", files=(BytesIO(raw), "信.eml"), back="/letters")
        assert words in hao.get(answer.headers["Location"])
    house.work()
    assert "补寄材料" in hao.get("/letters")


def test_a_moved_deadline_is_previewed_and_then_confirmed(house: House, hao: Browser) -> None:
    """Whose lateness changes stands there before anybody confirms; looking records nothing; the books follow."""
    page = hao.get("/deadline?at=2022-08-10T17:30&reason=疫情")
    assert UPDATED in page
    assert "8月10日 17:30" in page
    assert "改到 8月9日" in page
    assert decisions(house) == []
    answer = hao.post("/deadline", at="2022-08-10T17:30", reason="疫情", back="/deadline")
    assert "8月10日 17:30" in hao.get(answer.headers["Location"])
    house.work()
    assert "离截止还有 4 天" in hao.get("/")
    assert hao.client.get("/deadline?at=昨天").status_code == 422
    assert hao.post("/deadline", at="2022-08-11T17:30", reason="").status_code == 422


def test_the_roster_is_confirmed_with_ticks(house: House, hao: Browser) -> None:
    answer = hao.post("/setup/roster", **{f"ok-{UNSURE}": "1", f"class-{UNSURE}": "普通", f"email-{UNSURE}": "new@yunling.example"})
    assert answer.status_code == 303
    unit = house.desk.premises.office().as_decided(decisions(house)).campaign.institution(UNSURE)
    assert unit is not None
    assert (unit.confirmed, unit.unit_class, unit.email) == (True, "ordinary", "new@yunling.example")
    wrong = hao.post("/setup/roster", **{f"ok-{UNSURE}": "1", f"class-{UNSURE}": "怪", f"email-{UNSURE}": "x"})
    assert wrong.status_code == 422


def test_sending_by_itself_asks_for_the_password_again(house: House, hao: Browser) -> None:
    hao.post("/setup/mode", mode="approve")
    assert [d.detail["mode"] for d in decisions(house)] == ["approve"]
    hao.post("/setup/mode", mode="automatic", password="wrong")
    assert len(decisions(house)) == 1
    hao.post("/setup/mode", mode="automatic", password=PASSWORD)
    assert decisions(house)[-1].detail["mode"] == "automatic"


def test_people_are_added_change_their_password_and_leave(house: House, hao: Browser) -> None:
    hao.post("/people/add", name="新老师", password="a new quiet hill", role="reader")
    assert "新老师" in hao.get("/system")
    assert "密码至少" in hao.get(hao.post("/people/add", name="短", password="short").headers["Location"])
    assert "不能删去自己" in hao.get(hao.post("/people/drop", name="郝老师").headers["Location"])
    hao.post("/people/drop", name="新老师")
    assert "新老师</th>" not in hao.get("/system")


def test_a_copy_of_the_books_is_made_from_the_page(house: House, hao: Browser) -> None:
    """Begun at the click and made beside the pages; what came of it stands on 系统 and in the log of deeds."""
    assert "开始备份了" in hao.get(hao.post("/backup", back="/system").headers["Location"])
    house.desk.errand.wait(120)
    assert list((house.folder / "books" / "backups").glob("backup-*/ledger.db"))
    assert "已备份到" in hao.get("/system")
    assert "已备份到" in hao.get("/decisions")


def test_one_copy_at_a_time_and_a_failed_one_is_said(house: House, hao: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    going = threading.Event()
    assert house.desk.errand.start("正在备份……", lambda: "好了" if going.wait(60) else "")
    assert "没有再开始一次" in hao.get(hao.post("/backup", back="/system").headers["Location"])
    page = hao.get("/system")
    assert "正在备份……" in page
    assert 'http-equiv="refresh"' in page
    going.set()
    house.desk.errand.wait(60)
    monkeypatch.setattr("service.desk.pages.system.backup", fail)
    hao.post("/backup", back="/system")
    house.desk.errand.wait(60)
    assert "没有备份成" in hao.get("/system")


def fail(*_: object) -> None:
    """A disk that will not."""
    raise DiskFull("没有地方")


def test_a_second_export_waits_its_turn_and_the_pages_do_not(house: House, hao: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.desk.pages.exports.PATIENCE", 0.01)
    with house.desk.export:
        answer = hao.client.get("/export/merged.xlsx")
        assert answer.status_code == 503
        assert "正在准备另一份导出" in answer.get_data(as_text=True)
        hao.get("/")
    assert hao.client.get("/export/merged.xlsx").status_code == 200


def question_in(house: House) -> str:
    """The letter that asks something."""
    with house.ledger() as ledger:
        return next(line.sha256 for line in ledger.letter_lines() if line.kind == "question")


def test_a_question_is_answered_from_the_desk_and_the_answer_taken_back(house: House, hao: Browser) -> None:
    """The words go between greeting and foot, wait five minutes, close the question; taking them back opens it again."""
    letter = question_in(house)
    assert "写信答复" in hao.get("/")
    answer = hao.post(f"/letter/{letter}/reply", text="可以。请在8月10日前来函说明。\n谢谢！", back=f"/letter/{letter}")
    page = hao.get(answer.headers["Location"])
    assert "5 分钟后发出" in page
    with house.ledger() as ledger:
        (row,) = [r for r in ledger.outbox() if r.kind == "reply"]
        decision = next(d for d in ledger.decisions() if d.kind == "answered")
    text = bytes_to_text(row.raw)
    assert (row.state, row.recipient, row.answers) == ("queued", house_address(house), (letter,))
    assert row.not_before == NOW + timedelta(minutes=5)
    assert text.startswith(f"{ASKING}工会：\n　　贵校8月4日来信收悉，现答复如下：\n　　可以。请在8月10日前来函说明。\n　　谢谢！\n")
    assert "材料接收系统拟写，经工作人员审核后发出" in text
    assert (decision.target, decision.decided_by, decision.reason) == (letter, "郝老师", "写信答复")
    house.work()
    assert "可以延期吗" not in hao.get("/").partition("今天已经定的")[0]
    again = hao.post(f"/letter/{letter}/reply", text="可以。请在8月10日前来函说明。 \n谢谢！", back="/")
    assert "没有再拟一封" in hao.get(again.headers["Location"])
    taken = hao.post("/reply/undo", key=row.key, number=str(decision.number), back="/")
    assert "没有发出" in hao.get(taken.headers["Location"])
    house.work()
    assert "可以延期吗" in hao.get("/")
    assert "收不回来" in hao.get(hao.post("/reply/undo", key=row.key, number="0", back="/").headers["Location"])
    hao.post(f"/letter/{letter}/reply", text="可以。请在8月10日前来函说明。\n谢谢！", back="/")
    with house.ledger() as ledger:
        assert [r.state for r in ledger.outbox() if r.kind == "reply"] == ["dropped", "queued"]


def house_address(house: House) -> str:
    """The address of who asked."""
    unit = house.office.campaign.institution(ASKING)
    return unit.email if unit else ""


def test_no_answer_goes_to_a_machine_and_an_empty_one_nowhere(house: House, hao: Browser) -> None:
    letter = question_in(house)
    assert "没有写内容" in hao.get(hao.post(f"/letter/{letter}/reply", text="  ", back="/").headers["Location"])
    with house.ledger() as ledger:
        message = ledger.opening(letter)
        assert message is not None
        ledger.record_opening(letter, replace(message, answerable=False, unanswerable="自动回复"), OPENER_VERSION)
    assert hao.post(f"/letter/{letter}/reply", text="您好", back="/").status_code == 404
    assert "写信答复" not in hao.get(f"/letter/{letter}")
    with house.ledger() as ledger:
        assert not [r for r in ledger.outbox() if r.kind == "reply"]


def test_who_only_looks_answers_nobody(house: House) -> None:
    letter, wang = question_in(house), house.browser("王主任")
    assert "写信答复" not in wang.get(f"/letter/{letter}")
    assert wang.post(f"/letter/{letter}/reply", text="您好", back="/").status_code == 403


def test_how_to_reach_a_school_is_corrected_as_a_decision_and_taken_back(house: House, hao: Browser) -> None:
    """Telephone and contact are used from the next page on, re-derive nobody else, and come back as they were."""
    house.work()
    with house.ledger() as ledger:
        before = dict(ledger.glances())
        others = {name: ledger.assessment_key(name) for name in before if name != COMPLETE}
    unit = house.office.campaign.institution(COMPLETE)
    assert unit is not None
    answer = hao.decide("contact", COMPLETE, phone="024-8888 0000", contact="王老师", email=unit.email, seen=hao.seen(f"/unit/{COMPLETE}", "contact"))
    assert answer.status_code == 303
    page = hao.get(f"/unit/{COMPLETE}")
    assert "024-8888 0000" in page
    assert "联系人 王老师" in page
    assert "024-8888 0000" in hao.get("/ledger")
    house.work()
    with house.ledger() as ledger:
        found = ledger.assessment(COMPLETE)
        assert found is not None
        assert (found.institution.phone, found.institution.contact) == ("024-8888 0000", "王老师")
        assert {name: ledger.assessment_key(name) for name in others} == others
        number = ledger.decisions()[-1].number
    hao.post(f"/undo/{number}", back="/")
    house.work()
    assert "024-8888 0000" not in hao.get(f"/unit/{COMPLETE}").partition("来往")[0]
    assert "024-8888 0000" not in hao.get("/ledger")
    wrong = hao.decide("contact", COMPLETE, phone="请打我手机", contact="", email=unit.email)
    assert "不像电话" in wrong.get_data(as_text=True)
