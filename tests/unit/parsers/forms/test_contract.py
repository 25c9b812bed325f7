"""A reading speaks the contract's words to other programs."""

from __future__ import annotations

import json
import random

from parsers.contract import reading_to_contract
from parsers.read import read
from tests.generator.documents import basic_info_docx, make_studio, narrative_docx
from tests.unit.parsers.forms.conftest import Schemas


def test_the_contract_shows_typed_values_and_the_text_as_written(schemas: Schemas) -> None:
    studio = make_studio(random.Random(4), "大连理工大学") | {
        "founded_on": "2019-05",
        "member_count": 12,
        "named_by": None,
        "members": [{"name": "李四", "birth_year": "1980"}],
    }
    told = reading_to_contract(read(basic_info_docx(studio), "附件4.docx", schemas), "附件4.docx")
    (form,) = told["forms"]
    assert (told["file"], told["reader"], told["status"], len(told["sha256"])) == ("附件4.docx", "docx", "read", 64)
    assert (form["kind"], form["fields"]["founded_on"], form["raw"]["founded_on"]) == ("basic_info", "2019-05", "2019年5月")
    assert (form["fields"]["member_count"], form["fields"]["named_by"]) == (12, None)
    assert form["members"][0] == {
        "name": "李四",
        "gender": None,
        "birth_year": 1980,
        "education": None,
        "title": None,
        "organisation": None,
        "duties": None,
    }
    assert form["doubtful"] == []
    assert 0.9 < form["confidence"] <= 1
    json.dumps(told)


def test_a_narrative_and_a_blank_template_have_their_own_shape(schemas: Schemas) -> None:
    (essay,) = reading_to_contract(read(narrative_docx("甲创新工作室", "张三"), "n.docx", schemas), "n.docx")["forms"]
    assert set(essay) == {"kind", "studio", "leader", "characters", "sections", "confidence"}
    (blank,) = reading_to_contract(read(basic_info_docx({}), "b.docx", schemas), "b.docx")["forms"]
    assert blank == {"kind": "blank_template", "of": "basic_info"}
