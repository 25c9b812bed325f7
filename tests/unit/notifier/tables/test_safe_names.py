"""Names from strangers: safe on any machine, never a way out of the folder."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifier.safe_names import LONGEST_NAME, clean_file_name, unique_name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("基本情况表.DOCX", "基本情况表.docx"),
        ("../../etc/passwd", "___etc_passwd"),
        ("..\\..\\autoexec.docx", "___autoexec.docx"),
        ("C:\\a\\b.doc", "C__a_b.doc"),
        ("CON", "_CON"),
        ("con.txt", "_con.txt"),
        ("Lpt1 .docx", "_Lpt1.docx"),
        ("COM¹.a.xlsx", "_COM¹.a.xlsx"),
        ("附件\u202exslx.exe", "附件xslx.exe.请勿打开"),
        ("表\u200b格\u00ad.pdf", "表格.pdf"),
        ("a\r\nb\t c.doc", "a b c.doc"),
        ('说"明<>|?*.doc', "说_明_____.doc"),
        (".htaccess", "htaccess"),
        ("材料. . .", "材料"),
        ("-rf", "_-rf"),
        ("~$表.docx", "_~$表.docx"),
        ("", "未命名"),
        ("...", "未命名"),
        ("申报材料（最终版）(1).zip", "申报材料（最终版）(1).zip"),
        ("宏.js", "宏.js.请勿打开"),
    ],
)
def test_a_hostile_name_becomes_a_harmless_one(name: str, safe: str) -> None:
    assert clean_file_name(name) == safe


def test_a_long_name_is_cut_between_characters_and_keeps_its_extension() -> None:
    safe = clean_file_name("情况" * 100 + ".docx")
    assert safe.endswith("情况.docx") or safe.endswith("情.docx")
    assert 115 <= len(safe.encode()) <= LONGEST_NAME


@given(st.text(max_size=200))
def test_any_name_is_one_component_of_at_most_120_bytes(name: str) -> None:
    safe = clean_file_name(name)
    assert 0 < len(safe.encode()) <= LONGEST_NAME
    assert PurePosixPath(safe).parts == PureWindowsPath(safe).parts == (safe,)
    assert not PureWindowsPath(safe).is_reserved()
    assert ".." not in safe
    assert safe == safe.strip(" .")


@given(st.text(max_size=200))
@example("0\r\U00018cd6\x850")
@example("e\u200b\u0301.docx")
def test_cleaning_a_clean_name_changes_nothing(name: str) -> None:
    safe = clean_file_name(name)
    assert clean_file_name(safe) == safe


def test_names_that_a_careless_file_system_takes_for_the_same_are_told_apart() -> None:
    taken: set[str] = set()
    names = [unique_name(n, taken) for n in ("表A.docx", "表a.docx", "表Ａ.docx", "表A.docx")]
    assert names == ["表A.docx", "表a（2）.docx", "表Ａ（3）.docx", "表A（4）.docx"]


def test_a_second_long_name_stays_within_the_limit() -> None:
    taken: set[str] = set()
    name = clean_file_name("很长" * 60 + ".docx")
    assert [len(unique_name(name, taken).encode()) <= LONGEST_NAME for _ in range(12)] == [True] * 12
    assert len(taken) == 12
