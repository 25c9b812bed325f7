"""附属医院和学校先后报送同一个工作室：合并，提示重复。"""

from __future__ import annotations

from tests.corpus.play import Play, Union


def tell(play: Play) -> None:
    hospital = Union("白山医科大学附属第一医院", "职", address="gh@bsmu1h.example")
    school = Union("白山医科大学", "职")
    school.studios, school.rows = hospital.studios, hospital.rows
    school.studios[0]["union"] = "白山医科大学附属第一医院工会"
    play.mail("07-29 10:00", hospital, hospital.everything())
    school.studios = [{**hospital.studios[0], "union": "白山医科大学工会", "filled_on": "2022-07-27"}]
    play.mail("07-30 10:00", school, school.everything())
