"""Every picture of docs/pictures but the growth: the demo is played, its desk opened in Chromium, its workbooks printed by LibreOffice.

usage: python -m benchmarks.pictures [desk|setup|books|letters …]      nothing named: all of them (make pictures); look at each afterwards

The photographed form on the file page needs the extra `ocr`; without it that picture stays as it was, and is named.
"""

from __future__ import annotations

import email
import io
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email import policy
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pypdfium2
from PIL import Image

from intake.belt import read_scans
from intake.reading import make_engine
from parsers.scan.available import scan_reader_available
from service.office import open_office
from tests.generator.demo_letters import letter
from tests.live.dovecot import free_port
from tests.unit.notifier.digest.draw_pictures import crop
from tests.unit.notifier.digest.draw_pictures import main as draw_letters

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run", "--mute-audio", "--force-device-scale-factor=1", "--lang=zh-CN"]
DESKTOP, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
PHOTOGRAPHED, PHOTO_FROM, PHOTO_CAME = "北陵师范大学", "gonghui@blnu.example", "2022-08-05T10:12:00+08:00"
LATER = "2022-08-08T09:00:00+08:00"
PAGES = (("today", "/"), ("ledger", "/ledger"), ("outbox", "/outbox"), ("export", "/export"), ("deadline", "/deadline?at=2022-08-10T17:30"), ("unit", f"/unit/{PHOTOGRAPHED}"))


def intake(*words: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """A command of the program."""
    return subprocess.run([sys.executable, "-m", "service", *words], check=False, capture_output=True, text=True, timeout=600, **more)


def played(data: Path) -> None:
    """The demo, played into a folder."""
    done = intake("demo", "--data", str(data))
    assert done.returncode == 0, done.stderr


def photograph(data: Path) -> str:
    """A form photographed with a telephone, brought by a letter and recognised; its digest, "" where scans are not recognised here."""
    if not scan_reader_available():
        print("desk-file.png: 没有扩展 ocr，照旧")
        return ""
    from tests.generator import scans
    from tests.generator.documents import basic_info_blocks, make_studio

    values = make_studio(random.Random(3), PHOTOGRAPHED)
    values = {**values, "members": values["members"][:3]}
    page = scans.stamped(scans.drawn(basic_info_blocks(values)), f"{PHOTOGRAPHED}工会委员会", (1000, 420))
    picture = scans.compressed(scans.photographed(page, 1))
    mail = data / "photo.eml"
    mail.write_bytes(letter("附件4（盖章件）", ("北陵师范大学工会", PHOTO_FROM), PHOTO_CAME, "附件4盖章件见附件。\n\n北陵师范大学工会", [("附件4.jpg", picture)]))
    config = data / "intake.toml"
    done = intake("import", str(mail), "--config", str(config), "--now", LATER)
    assert done.returncode in (0, 1), done.stderr
    office = open_office(config, datetime.fromisoformat(LATER))
    with office.books() as (ledger, vault), make_engine(1) as engine:
        read_scans(ledger, vault, engine, office.campaign, office.settings.scans, office.clock())
        sha = next(leaf.sha256 for letter_sha in ledger.letter_shas() for leaf in ledger.opening(letter_sha).attachments if leaf.name == "附件4.jpg")  # type: ignore[union-attr]
    return str(sha)


@contextmanager
def running(*words: str, cwd: Path) -> Iterator[tuple[str, str]]:
    """A desk that was opened by this command: its address and the password it printed ("" when none)."""
    root = Path(__file__).parents[1]
    with subprocess.Popen([sys.executable, "-u", "-m", "service", *words], cwd=cwd, env=os.environ | {"PYTHONPATH": str(root), "PYTHONUTF8": "1"}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as desk:
        printed = ""
        assert desk.stdout is not None
        while not (found := re.search(r"http://127\.0\.0\.1:\d+/", printed)) or ("demo" in words and "密码" not in printed):
            line = desk.stdout.readline()
            assert line, printed
            printed += line
        for _ in range(100):
            try:
                urlopen(found[0] + "healthz", timeout=2).close()
                break
            except OSError:
                time.sleep(0.1)
        try:
            yield found[0].rstrip("/"), (re.search(r"密码 (\S+?)　", printed) or ["", ""])[1]
        finally:
            desk.terminate()


def kept(picture: bytes | Image.Image, name: str, colours: int = 128) -> None:
    """A picture in few colours under its name."""
    image = Image.open(io.BytesIO(picture)) if isinstance(picture, bytes) else picture
    target = FOLDER / f"{name}.png"
    image.convert("RGB").quantize(colours).save(target, optimize=True)
    print(target.name, target.stat().st_size)


def lower_edge(picture: bytes) -> Image.Image:
    """A page without the empty part below its last line."""
    return crop(Image.open(io.BytesIO(picture)).convert("RGB"))


@contextmanager
def browser() -> Iterator[Any]:
    """The machine's own Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        held = driver.chromium.launch(executable_path=shutil.which("chromium") or shutil.which("google-chrome"), args=FLAGS)
        yield held
        held.close()


def draw_desk(work: Path) -> None:
    """The pages of the desk on the demo's books, as staff see them."""
    data = work / "demo-output"
    if not data.exists():
        played(data)
    photo = photograph(data)
    with running("demo", "--serve", "--data", str(data), "--port", str(free_port()), cwd=work) as (address, password), browser() as held:
        for kind, size in (("", DESKTOP), ("-phone", PHONE)):
            page = held.new_page(viewport=size, locale="zh-CN")
            page.goto(address)
            page.fill("#name", "郝老师")
            page.fill("#password", password)
            page.get_by_role("button", name="登录").click()
            page.wait_for_selector("nav.menu")
            page.wait_for_timeout(3000)  # a round of the belt, so that no page says that it is working
            for name, path in PAGES if not kind else PAGES[:1]:
                page.goto(address + path)
                kept(lower_edge(page.screenshot()), f"desk-{name}{kind}")
            if photo and not kind:
                page.goto(f"{address}/file/{photo}")
                sheet = page.locator("img.sheet-picture").first
                while not sheet.evaluate("picture => picture.complete"):
                    page.wait_for_timeout(200)
                top = page.locator("text=点右边的位置").first.bounding_box()["y"]
                page.evaluate(f"window.scrollTo(0, {top - 8})")
                kept(page.screenshot(), "desk-file", 200)


def draw_setup(work: Path) -> None:
    """The first page a new office sees."""
    (work / "empty").mkdir()
    (work / "empty" / "intake.toml").write_text(f"[desk]\nport = {free_port()}\n", encoding="utf-8")
    with running("run", cwd=work / "empty") as (address, _), browser() as held:
        page = held.new_page(viewport=DESKTOP, locale="zh-CN")
        page.goto(address)
        kept(page.screenshot(), "desk-setup")


def pages_of(document: Path, work: Path) -> list[tuple[str, Image.Image]]:
    """(text, picture) of every page of an office file, printed by LibreOffice."""
    profile = f"-env:UserInstallation={(work / 'profile').as_uri()}"
    subprocess.run([shutil.which("soffice") or "soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(work), str(document)], check=True, capture_output=True, timeout=300)
    pdf = pypdfium2.PdfDocument(work / f"{document.stem}.pdf")
    return [(pdf[n].get_textpage().get_text_range(), pdf[n].render(scale=1.3).to_pil()) for n in range(len(pdf))]


def draw_books(work: Path) -> None:
    """The workbooks and the form that can be filled in, as they are printed."""
    data = work / "demo-output"
    if not data.exists():
        played(data)
    wanted = (("台账.xlsx", "材料接收进度总表", "ledger"), ("合并汇总表.xlsx", "职工创新工作室推荐汇总表", "merged-annex"))
    for book, words, name in wanted:
        picture = next(picture for text, picture in pages_of(data / "export" / book, work) if words in "".join(text.split()))
        kept(trimmed(picture.crop((0, 0, picture.width, round(0.93 * picture.height)))), name, 48)  # without the number at the sheet's foot
    form = work / "form.docx"
    form.write_bytes(fillable_form(data / "sent"))
    kept(trimmed(pages_of(form, work)[0][1]), "fillable-form", 48)


def fillable_form(sent: Path) -> bytes:
    """The form that went out with a 补正 letter."""
    for path in sorted(sent.glob("*.eml")):
        for part in email.message_from_bytes(path.read_bytes(), policy=policy.default).walk():
            if (part.get_filename() or "").startswith("附件4") and part.get_filename().endswith(".docx"):  # type: ignore[union-attr]
                return bytes(part.get_payload(decode=True))  # type: ignore[arg-type]
    raise LookupError("no letter of the demo brings a form")


def trimmed(picture: Image.Image) -> Image.Image:
    """Without the empty margins of the sheet."""
    picture = crop(picture.convert("RGB"))
    turned = crop(picture.transpose(Image.Transpose.ROTATE_180))
    return turned.transpose(Image.Transpose.ROTATE_180)


def main() -> None:
    """The pictures named, or all."""
    asked = sys.argv[1:] or ["letters", "desk", "setup", "books"]
    sys.argv[1:] = []
    with tempfile.TemporaryDirectory() as name:
        for word in asked:
            if word == "letters":
                draw_letters()
            else:
                {"desk": draw_desk, "setup": draw_setup, "books": draw_books}[word](Path(name))


if __name__ == "__main__":
    main()
