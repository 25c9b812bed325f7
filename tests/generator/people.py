"""Invented studios: seeded makers of values with consistent sums, keyed as the contract keys them."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红玲建国志文博宇浩轩"
TOPICS = (
    "机器人感知",
    "临床护理技术",
    "水产养殖",
    "轨道交通车辆",
    "电力电子技术",
    "教学信息化",
    "高分子材料",
    "智能制造",
    "古籍修复",
    "冰雪运动训练",
)
FACULTIES = ("机械工程学院", "图书馆", "后勤管理处", "实验室与设备管理处", "附属第一医院", "化学学院", "计算机学院", "体育部")
SOURCES = ("学校自筹", "学校自筹、企业横向经费", "校工会专项经费", "学院专项", "科研项目经费")
EDUCATION = ("研究生", "博士研究生", "硕士研究生", "大学本科", "本科", "大专")
TITLES = ("教授", "副教授", "讲师", "研究员", "高级工程师", "正高级工程师", "高级实验师", "主任医师", "主任药师", "高级技师")
NATIONS = ("汉族", "满族", "蒙古族", "回族", "锡伯族", "朝鲜族")
PARTIES = ("中共党员", "群众", "民盟盟员", "九三学社社员", "共青团员", "无党派人士")
DUTIES = ("总体方案设计", "软件开发", "实验测试", "临床观察", "数据分析", "成果推广", "培训教学")
HONOURS_MODEL = ("2015年辽宁省劳动模范", "2018年沈阳市劳动模范", "2019年全国五一劳动奖章", "2020年辽宁省先进工作者")
HONOURS_EMPLOYEE = ("2017年辽宁工匠", "2019年辽宁省技术能手", "2021年大连工匠", "国务院特殊津贴专家")
STUDIO_TYPES = ("技术开发", "技术攻关", "技能传授", "技术协作", "培训服务", "其他")
BENEFITS = (
    "研制防护装置{a}台（套），获得群众好评；先后接待{b}家兄弟院校来访交流。",
    "累计培训一线职工{a}人次，开展科普讲座{b}场，受到主流媒体报道。",
    "形成行业标准{b}项，为社会节约能源{a}吨标准煤。",
)


def person(rng: random.Random) -> str:
    """An invented name of two or three characters."""
    return rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, rng.choice((1, 2, 2))))


def phone(rng: random.Random) -> str:
    """An invented mobile number of eleven digits that is nobody's (…0000….)."""
    return f"1{rng.choice('35789')}{rng.randrange(10)}0000{rng.randrange(10000):04d}"


def member(rng: random.Random, organisation: str) -> dict[str, Any]:
    """One invented 骨干成员."""
    return {
        "name": person(rng),
        "gender": rng.choice("男女"),
        "birth_year": str(rng.randrange(1962, 1997)),
        "education": rng.choice(EDUCATION),
        "title": rng.choice(TITLES),
        "organisation": organisation,
        "duties": rng.choice(DUTIES),
    }


def amount(rng: random.Random, upto: int) -> float | int:
    """An invented figure in 万元, whole or with one or two decimals."""
    return rng.choice((rng.randrange(1, upto), round(rng.uniform(1, upto), 1), round(rng.uniform(1, upto), 2)))


def _plain(number: float) -> float | int:
    rounded = round(number, 2)
    return int(rounded) if rounded == int(rounded) else rounded


def _year(rng: random.Random, year: int) -> dict[str, Any]:
    income, savings = amount(rng, 1800), amount(rng, 300)
    return {
        f"funding.{year}.amount": amount(rng, 120),
        f"funding.{year}.source": rng.choice(SOURCES),
        f"benefit.{year}.income": income,
        f"benefit.{year}.savings": savings,
        f"benefit.{year}.foreign_exchange": 0,
        f"benefit.{year}.total": _plain(income + savings),
    }


def _training(rng: random.Random) -> dict[str, Any]:
    ranks = {f"training.{k}": rng.randrange(8) for k in ("professor", "associate_professor", "lecturer", "assistant", "other")}
    honours = {f"training.{k}_model": rng.randrange(2) for k in ("national", "provincial", "municipal")}
    return (
        {"training.total": max(3, sum(ranks.values()))}
        | (ranks if sum(ranks.values()) >= 3 else {**ranks, "training.other": _rest(ranks)})
        | honours
    )


def _rest(ranks: Mapping[str, int]) -> int:
    return 3 - sum(v for k, v in ranks.items() if k != "training.other")


def _leader(rng: random.Random, category: str) -> dict[str, Any]:
    return {
        "leader.name": person(rng),
        "leader.gender": rng.choice("男女"),
        "leader.born_on": f"{rng.randrange(1962, 1990)}-{rng.randrange(1, 13):02d}",
        "leader.education": rng.choice(EDUCATION),
        "leader.ethnicity": rng.choice(NATIONS),
        "leader.political_status": rng.choice(PARTIES),
        "leader.specialty": rng.choice(TOPICS),
        "leader.title": rng.choice(TITLES),
        "leader.phone": phone(rng),
        "leader.honours": rng.choice(HONOURS_MODEL if category == "model_worker" else HONOURS_EMPLOYEE),
        "leader.email": f"u{rng.randrange(100000):05d}@example.edu.cn",
    }


def make_studio(
    rng: random.Random, institution: str, category: str = "employee", years: Sequence[int] = (2020, 2021), members: int | None = None
) -> dict[str, Any]:
    """An invented studio: every key of `basic_info` in the contract plus `members`, without a fault any check would find."""
    leader = _leader(rng, category)
    organisation = institution + rng.choice(FACULTIES)
    team = [member(rng, organisation) for _ in range(members if members is not None else rng.randrange(1, 9))]
    results = rng.randrange(3, 20)
    values: dict[str, Any] = {
        "category": category,
        "union": f"{institution}工会",
        "filled_on": f"2022-07-{rng.randrange(26, 32)}",
        "studio": f"{leader['leader.name']}{'劳模' if category == 'model_worker' else rng.choice(('职工', rng.choice(TOPICS)))}创新工作室",
        "founded_on": f"{rng.randrange(2011, 2020)}-{rng.randrange(1, 13):02d}",
        "organisation": organisation,
        "named_by": f"{institution}工会",
        "named_on": f"2020-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}",
        "discipline": rng.choice(TOPICS),
        "studio_types": sorted(rng.sample(STUDIO_TYPES, rng.choice((1, 1, 2, 3))), key=STUDIO_TYPES.index),
        "member_count": len(team) + rng.randrange(1, 6),
        "innovation.results": results,
        "innovation.conversions": rng.randrange(1, results + 1),
        "patents.utility_model": rng.randrange(0, 20),
        "patents.invention": rng.randrange(0, 10),
        "social_benefit": rng.choice(BENEFITS).format(a=rng.randrange(20, 900), b=rng.randrange(2, 30)),
        "responsible": person(rng),
        "filled_by": person(rng),
        "phone": phone(rng),
        "members": team,
    }
    values |= {f"awards.{k}": rng.randrange(0, 9) for k in ("international", "national", "provincial", "municipal")}
    for year in years:
        values |= _year(rng, year)
    return values | _training(rng) | leader


def make_head(rng: random.Random, institution: str) -> dict[str, Any]:
    """The head and foot values of a summary table."""
    return {"union": f"{institution}工会", "filled_on": f"2022-07-{rng.randrange(26, 32)}", "filled_by": person(rng), "phone": phone(rng)}


def make_row(rng: random.Random, studio: Mapping[str, Any], number: int, years: Sequence[int] = (2020, 2021)) -> dict[str, Any]:
    """The summary row that agrees with a studio's basic-info form: both the two years and their total (a layout prints one or the other)."""
    first, second = (studio[f"benefit.{y}.total"] for y in years)
    return {
        "number": number,
        "studio": studio["studio"],
        "organisation": studio["organisation"],
        "conversions": studio["innovation.conversions"],
        f"income_{years[0]}": first,
        f"income_{years[1]}": second,
        "income_total": _plain(first + second),
        "leader_name": studio["leader.name"],
        "leader_post": rng.choice(("主任", "科长", "护士长", "教研室主任", "副院长", "教师")),
        "leader_honours": studio["leader.honours"],
    }
