"""Spellings that mean the same, and those that do not."""

from __future__ import annotations

import pytest

from intake.claiming.roster_names import RosterDomains, RosterNames
from intake.names import clean_organisation, clean_person, clean_studio, studio_core
from tests.unit.intake.matrix.desk import campaign


@pytest.fixture(scope="module")
def names() -> RosterNames:
    return RosterNames(campaign().institutions)


def found(names: RosterNames, text: str) -> list[str | None]:
    return [m.institution for m in names.mentions(text)]


@pytest.mark.parametrize("written", ["张 三", "张　三", "张三 ", "张三（教授）", "张\u200b三", "张三\n", "张三 13900000000", "张三等5人", "张三团队"])
def test_spaces_and_titles_do_not_make_another_person(written: str) -> None:
    assert clean_person(written) == "张三"


def test_a_blank_is_nobody() -> None:
    assert clean_person("") == ""


def test_a_short_name_that_ends_like_a_title_stays_whole() -> None:
    assert clean_person("等") == "等"


@pytest.mark.parametrize(
    "written",
    [
        "“张三”劳模创新工作室",
        "张三劳模 创新工作室",
        "大连理工大学张三劳模创新工作室",
        "大连理工大学工会张三劳模创新工作室",
        "张三劳模创新工作室（）",
        "1.张三劳模创新工作室",
        "（2）张三劳模创新工作室",
        "三、张三劳模创新工作室",
        "张三劳模创新工作室（劳模类）",
    ],
)
def test_quotes_spaces_and_the_university_in_front_do_not_make_another_studio(written: str) -> None:
    assert clean_studio(written, ["大连理工大学"]) == clean_studio("张三劳模创新工作室")


@pytest.mark.parametrize("written", ["3D打印创新工作室", "5.1声道创新工作室", "一线创新工作室"])
def test_a_name_that_begins_with_a_number_keeps_it(written: str) -> None:
    assert clean_studio(written)[0] == written[0].lower()


def test_another_topic_is_another_studio() -> None:
    assert clean_studio("机器人创新工作室") != clean_studio("机器人感知创新工作室")


def test_the_core_of_a_leaders_studio_is_the_leader_whatever_its_kind() -> None:
    assert studio_core("张三劳模创新工作室") == studio_core("张三职工创新工作室") == "张三"


def test_a_name_that_says_nothing_has_no_core() -> None:
    assert studio_core("职工创新工作室") == ""


def test_a_department_is_the_same_with_and_without_its_university() -> None:
    assert clean_organisation("大连理工大学 机械学院", ["大连理工大学"]) == clean_organisation("机械学院", ["大连理工大学"])


def test_the_longest_full_name_hides_the_parent_inside_it(names: RosterNames) -> None:
    assert found(names, "大连理工大学城市学院工会报送材料") == ["大连理工大学城市学院"]


def test_the_parent_alone_is_the_parent(names: RosterNames) -> None:
    assert found(names, "中国教育工会大连理工大学委员会") == ["大连理工大学"]


@pytest.mark.parametrize("text", ["渤海大学工会", "辽宁中医药大学", "大连工业大学"])
def test_a_short_alias_is_never_found_inside_another_name(names: RosterNames, text: str) -> None:
    assert len(found(names, text)) == 1
    assert found(names, text)[0] in text


@pytest.mark.parametrize(
    ("text", "whose"),
    [
        ("大工-附件2.docx", "大连理工大学"),
        ("附件4（东大）", "东北大学"),
        ("辽大工会创新工作室", "辽宁大学"),
        ("报送 沈航 材料", "沈阳航空航天大学"),
    ],
)
def test_a_short_alias_counts_as_a_whole_token(names: RosterNames, text: str, whose: str) -> None:
    assert found(names, text) == [whose]


@pytest.mark.parametrize("text", ["我是大工程师", "沈航报送材料", "东大街"])
def test_a_short_alias_that_runs_on_into_other_words_is_none(names: RosterNames, text: str) -> None:
    assert found(names, text) == []


@pytest.mark.parametrize("text", ["医大工会", "海大", "沈工", "辽科", "辽工大", "沈工院"])
def test_an_alias_of_several_universities_never_resolves(names: RosterNames, text: str) -> None:
    (mention,) = names.mentions(text)
    assert mention.institution is None
    assert len(mention.institutions) >= 2


@pytest.mark.parametrize("text", ["上海海事大学", "中国海洋大学", "广东海洋大学"])
def test_an_alias_inside_a_university_of_elsewhere_is_not_ours(names: RosterNames, text: str) -> None:
    assert found(names, text) == []


@pytest.mark.parametrize("text", ["东北大学秦皇岛分校", "辽宁大学附属中学", "大连理工大学出版社"])
def test_a_body_that_only_begins_with_our_name_is_another(names: RosterNames, text: str) -> None:
    assert found(names, text) == []


@pytest.mark.parametrize("text", ["中国医科大学附属盛京医院", "盛京医院工会", "中国医科大学附属肿瘤医院"])
def test_a_hospital_counts_to_its_parent_and_is_marked(names: RosterNames, text: str) -> None:
    (mention,) = names.mentions(text)
    assert mention.institution == "中国医科大学"
    assert "医院" in mention.affiliate


def test_the_longest_domain_suffix_wins() -> None:
    domains = RosterDomains(campaign().institutions)
    assert domains.find_owner("gh@city.dlut.edu.cn") == ("大连理工大学城市学院", "city.dlut.edu.cn")
    assert domains.find_owner("gh@mail.dlut.edu.cn") == ("大连理工大学", "dlut.edu.cn")
    assert domains.find_owner("gh@notdlut.edu.cn") is None
    assert domains.find_owner("") is None
