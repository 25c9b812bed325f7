"""Shell: 导入 - letters saved by hand (.eml), registered like those from the mailbox."""

from __future__ import annotations

import tempfile
from pathlib import Path

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from intake.errors import World
from intake.mailbox.files import import_letters
from service.desk import here
from service.desk.decide import back_to, deed

page = Blueprint("imports", __name__)
MOST_FILES = 200


@page.get("/import")
def show() -> str:
    """The form."""
    return render_template("import.html")


@page.post("/import")
def take() -> Response:
    """Keep and record the letters; the belt opens them."""
    files = [f for f in request.files.getlist("files") if f.filename][:MOST_FILES]
    if not files:
        return back_to(deed("没有选文件，什么都没有登记。"))
    with tempfile.TemporaryDirectory(prefix="intake-import-") as folder:
        paths = []
        for number, file in enumerate(files, 1):
            path = Path(folder) / f"{number:04d}.eml"
            file.save(path)
            paths.append(path)
        try:
            report = import_letters(paths, here.ledger(), here.vault(), here.office().clock())
        except World as refusal:
            return back_to(deed(f"没有登记：{refusal}"))
    here.desk().bell.ring()
    return back_to(
        deed(
            f"选了 {len(files)} 个文件，新登记 {report.new} 封"
            + (f"，另有 {len(files) - report.new} 封早已登记过。" if report.new < len(files) else "。")
        )
    )
