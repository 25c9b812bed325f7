"""intake.toml: safe defaults, secrets that stay secret, and mistakes with their cure."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.load import DEFAULT_CAMPAIGN, load_settings
from config.section import ConfigMistakes
from config.settings_toml import url_to_engine


def write(folder: Path, text: str) -> Path:
    """An intake.toml."""
    path = folder / "intake.toml"
    path.write_text(text, encoding="utf-8")
    return path


def mistakes_of(folder: Path, text: str) -> str:
    """What loading these settings complains about."""
    with pytest.raises(ConfigMistakes) as caught:
        load_settings(write(folder, text), {})
    return str(caught.value)


def test_without_a_file_the_safe_defaults_hold() -> None:
    """Nothing is sent without approval, the shipped campaign is used."""
    settings = load_settings(None, {})
    assert (settings.mode, settings.campaign, settings.mailbox.host) == ("approve", DEFAULT_CAMPAIGN, "")
    assert settings.pacing.per_day == 50


def test_relative_paths_count_from_the_file(tmp_path: Path) -> None:
    """Data and backup lie beside the settings, wherever the program is started."""
    settings = load_settings(write(tmp_path, 'data = "d"\nbackup = "b"\n'), {})
    assert (settings.data, settings.backup) == (tmp_path / "d", tmp_path / "b")


def test_the_example_in_the_docs_can_be_loaded(tmp_path: Path) -> None:
    """What the README tells people to copy has no mistake in it."""
    example = Path(__file__).parents[3] / "docs" / "intake.example.toml"
    secret = tmp_path / "secret.txt"
    secret.write_text("code\n", encoding="utf-8")
    secret.chmod(0o600)
    settings = load_settings(write(tmp_path, example.read_text(encoding="utf-8")), {})
    assert (settings.mailbox.secret, settings.smtp.secret, len(settings.staff)) == ("code", "code", 2)


def test_the_secret_comes_from_the_environment_without_pasted_blanks(tmp_path: Path) -> None:
    """NetEase's code is shown in groups; people paste the blanks with it."""
    settings = load_settings(write(tmp_path, '[mailbox]\nhost = "imap.example"\n'), {"INTAKE_MAILBOX_SECRET": " AB CD\n"})
    assert (settings.mailbox.secret, settings.smtp.secret) == ("ABCD", "ABCD")


def test_the_secret_never_shows_in_a_repr(tmp_path: Path) -> None:
    """A log line or traceback that prints the settings does not give it away."""
    settings = load_settings(write(tmp_path, '[mailbox]\nhost = "imap.example"\n'), {"INTAKE_MAILBOX_SECRET": "TOPSECRET"})
    assert "TOPSECRET" not in repr(settings)


def test_a_secret_in_the_settings_file_is_refused(tmp_path: Path) -> None:
    """The file is shared and backed up; the code is not for it."""
    assert "授权码不要写在这里" in mistakes_of(tmp_path, '[mailbox]\npassword = "x"\n')


def test_a_secret_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """Mode 0644 is told with the command that mends it."""
    (tmp_path / "s").write_text("code", encoding="utf-8")
    (tmp_path / "s").chmod(0o644)
    assert "chmod 600" in mistakes_of(tmp_path, '[mailbox]\nsecret_file = "s"\n')


def test_a_plain_line_is_allowed_to_this_machine_only(tmp_path: Path) -> None:
    """The authorisation code must not travel in the clear."""
    assert "不加密的连接只允许连本机" in mistakes_of(tmp_path, '[smtp]\nhost = "smtp.example"\ntls = false\n')
    assert load_settings(write(tmp_path, '[smtp]\nhost = "127.0.0.1"\ntls = false\n'), {}).smtp.tls is False


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('mode = "fast"', "第1行：mode：“fast”应为"),
        ("poll_seconds = 0", "第1行：poll_seconds：应为不小于1的整数"),
        ("[mailbox]\nprt = 1", "第2行：mailbox.prt：不认识这一项"),
        ('[[staff]]\nname = "甲"\naddress = "nobody"', "第3行：staff[1].address：“nobody”不是邮箱地址"),
        ('campaign = "nowhere"', "第1行：campaign：“nowhere”不是批次文件夹"),
        ("[pacing]\nper_day = 1.5", "第2行：pacing.per_day：写成了 1.5，应为整数"),
    ],
)
def test_a_slip_is_told_with_line_and_key(tmp_path: Path, text: str, told: str) -> None:
    """Each slip names the place and what belongs there."""
    assert told in mistakes_of(tmp_path, text)


ENGINES = [
    ("postgresql://intake@db.example/intake", "postgresql://intake@db.example/intake?sslmode=require"),
    ("postgres://intake@db.example:6432/intake?sslmode=verify-full", "postgresql://intake@db.example:6432/intake?sslmode=verify-full"),
    ("postgresql://intake@127.0.0.1/intake", "postgresql://intake@127.0.0.1/intake"),
    ("postgresql:///intake?host=/run/postgresql", "postgresql:///intake?host=/run/postgresql"),
    ("postgresql://intake@/intake?sslmode=disable", "postgresql://intake@/intake?sslmode=disable"),
]


@pytest.mark.parametrize(("written", "used"), ENGINES)
def test_an_engine_is_reached_encrypted_unless_it_is_on_this_machine(tmp_path: Path, written: str, used: str) -> None:
    """Letters travel over this line."""
    settings = load_settings(write(tmp_path, f'engine = "{written}"\n'), {"INTAKE_ENGINE_SECRET": "TOPSECRET"})
    assert (settings.engine.url, settings.engine.secret) == (used, "TOPSECRET")
    assert "TOPSECRET" not in repr(settings)


def test_without_an_engine_reading_is_done_here(tmp_path: Path) -> None:
    """The default."""
    assert load_settings(write(tmp_path, ""), {"INTAKE_ENGINE_SECRET": "TOPSECRET"}).engine.url == ""


def test_the_engine_s_secret_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    """As the mailbox's."""
    secret = tmp_path / "pg.txt"
    secret.write_text("TOPSECRET\n", encoding="utf-8")
    secret.chmod(0o600)
    text = 'engine = "postgresql://intake@db.example/intake"\nengine_secret_file = "pg.txt"\n'
    assert load_settings(write(tmp_path, text), {}).engine.secret == "TOPSECRET"
    secret.chmod(0o640)
    assert "engine_secret_file" in mistakes_of(tmp_path, text)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://intake:TOPSECRET@db.example/intake", "密码不要写在这里"),
        ("postgresql://intake@db.example/intake?password=TOPSECRET", "密码不要写在这里"),
        ("postgresql://intake:TOPSECRET@db.example/intake?sslmode=disable", "密码不要写在这里"),
        ("postgresql://intake@db.example/intake?sslmode=prefer", "须加密"),
        ("mysql://intake:TOPSECRET@db.example/intake", "密码不要写在这里"),
        ("redis://db.example", "应形如 postgresql://"),
        ("postgresql://intake:TOPSECRET@[db/intake", "看不懂"),
        ("postgresql://", "应形如 postgresql://"),
    ],
)
def test_a_wrong_engine_is_told_and_its_password_is_not(tmp_path: Path, url: str, told: str) -> None:
    """The password is for the environment, a file of mode 0600 or ~/.pgpass; a mistake never repeats it."""
    said = mistakes_of(tmp_path, f'engine = "{url}"\n')
    assert told in said
    assert "TOPSECRET" not in said


@given(st.text(st.characters(codec="ascii", exclude_characters="@:/?#[]% \t\r\n\x0b\x0c"), min_size=8).map(lambda s: f"xX{s}Xx"))
def test_no_password_survives_in_an_engine_s_url(password: str) -> None:
    """Whatever it is made of, written as URLs write it."""
    written = quote(password, safe="")
    for url in (f"postgresql://u:{written}@db.example/x", f"postgresql://u@db.example/x?password={written}"):
        engine, fault = url_to_engine(url)
        assert (engine.secret, fault) == (password, "")
        assert password not in repr(engine)
        assert written not in engine.url


def test_a_missing_settings_file_names_the_cure(tmp_path: Path) -> None:
    """--config pointing nowhere."""
    with pytest.raises(ConfigMistakes, match=r"docs/intake\.example\.toml"):
        load_settings(tmp_path / "none.toml", {})
