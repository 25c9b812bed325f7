"""Whatever a form holds, the checks answer with findings: never an exception, never a personal number, never the same key for two questions."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.form import Form, Value
from tests.unit.intake.checks.builders import BASIC, HEAD, MEMBER, ROW, findings, narrative, studio, submission
from tests.unit.intake.checks.test_cases import FORBIDDEN, PHONE

WRITTEN: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.sampled_from(
        ["", "无", "/", "0", "2018", "2018-13", "2018-02-30", "1-1-1", "0000", "13800001111", "张三丰、李四光", "五一劳动奖章"]
    ),
    st.text(st.characters(exclude_characters="{}()", exclude_categories=["Cs"]), max_size=20).filter(
        lambda text: not any(word in text for word in FORBIDDEN)  # what somebody wrote is quoted, even None
    ),
    st.integers(-(10**12), 10**12),
    st.sampled_from([10**400, -(10**400)]),
    st.floats(),
    st.dates(date(1900, 1, 1)),
    st.booleans(),
    st.lists(st.sampled_from(["技术攻关", "其他"]), max_size=2),
)
CELL = st.builds(lambda value, raw, confidence: Value(raw if value is None else str(value), value, confidence=confidence),
                 WRITTEN, st.sampled_from(["", "见附表", "约3项", "138 0000 1111"]), st.sampled_from([1.0, 0.9, 0.5]))  # fmt: skip


def cells(names: list[str]) -> st.SearchStrategy[dict[str, Value]]:
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, CELL))


FORMS = st.builds(
    Form,
    kind=st.just("basic_info"),
    fields=cells(list(BASIC)),
    rows=st.lists(cells(list(MEMBER)), max_size=2).map(tuple),
    absent=st.lists(st.sampled_from(list(BASIC)), max_size=2).map(tuple),
    doubtful=st.lists(st.sampled_from(list(BASIC)), max_size=2).map(tuple),
    facts=st.sampled_from([{}, {"years": (2019, 2020)}, {"annex_sheet": True}]),
)
TABLES = st.builds(Form, kind=st.just("summary_table"), fields=cells(list(HEAD)),
                   rows=st.lists(cells([*ROW, "income_2020", "income_2021"]), max_size=3).map(tuple))  # fmt: skip
STORIES = st.builds(
    narrative,
    st.fixed_dictionaries({"characters": st.integers(0, 4000), "fingerprint": st.just(())}),
    CELL.map(lambda c: c.value),
    CELL.map(lambda c: c.value),
)


@settings(max_examples=100, deadline=None)
@given(FORMS, TABLES, STORIES)
def test_any_forms_at_all_give_whole_sentences(form: Form, table: Form, story: Form) -> None:
    said = findings(submission(studio(basic=form, story=story), model=table))
    assert [f.message for f in said for word in FORBIDDEN if word in f.message] == []
    assert [f.message for f in said if PHONE.search(f.message)] == []
    assert len({f.key for f in said}) == len({(f.key, f.message) for f in said})
