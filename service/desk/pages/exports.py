"""Shell: 导出 - the ledger workbook, the merged annexes, the final report, and everything as one zip; made when asked for, kept nowhere."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable
from functools import wraps

from flask import Blueprint, Response, after_this_request, render_template, send_file

from intake.errors import World
from intake.reading import scratch
from notifier.tables import export, final_report_workbook, make_ledger_workbook, merged_workbook
from service.desk.door import here
from service.desk.pages.letters import download

page = Blueprint("exports", __name__)
PATIENCE = 2.0


class ExportBusy(World):
    """正在导出: somebody else's export is being made."""

    sentence = "正在准备另一份导出，请过一会儿再点。"


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page.get("/export")
def show() -> str:
    """What can be taken away."""
    return render_template("export.html")


def stamp() -> str:
    """The day and minute in a file name."""
    return f"{here.office().clock().astimezone(here.office().campaign.zone):%m月%d日_%H%M}"


def one_at_a_time(make: Callable[[], Response]) -> Callable[[], Response]:
    """An export holds a thread for seconds on large books: never two of the four at once; who comes second is told."""

    @wraps(make)
    def made() -> Response:
        if not here.desk().export.acquire(timeout=PATIENCE):
            raise ExportBusy
        try:
            return make()
        finally:
            here.desk().export.release()

    return made


@page.get("/export/ledger.xlsx")
@one_at_a_time
def ledger() -> Response:
    """台账."""
    office = here.office()
    return download(make_ledger_workbook(here.ledger().assessments(), office.campaign, office.clock()), f"台账_{stamp()}.xlsx", XLSX)


@page.get("/export/merged.xlsx")
@one_at_a_time
def merged() -> Response:
    """合并汇总表."""
    return download(merged_workbook(here.ledger().assessments(), here.office().campaign), f"合并汇总表_{stamp()}.xlsx", XLSX)


@page.get("/export/report.xlsx")
@one_at_a_time
def report() -> Response:
    """最终报告."""
    office = here.office()
    return download(final_report_workbook(here.ledger().assessments(), office.campaign, office.clock()), f"最终报告_{stamp()}.xlsx", XLSX)


@page.get("/export/all.zip")
@one_at_a_time
def everything() -> Response:
    """The whole folder for the reviewers, as `intake export` makes it."""
    office = here.office()
    with scratch("export") as folder:
        target = folder / "导出"
        export(here.ledger(), here.vault(), office.campaign, target, office.clock(), lambda *_: None)
        handle = tempfile.TemporaryFile(prefix="intake-export-", suffix=".zip")  # noqa: SIM115 - closed with the answer
        with zipfile.ZipFile(handle, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(p for p in target.rglob("*") if p.is_file()):
                archive.write(path, path.relative_to(target))
    handle.seek(0)

    @after_this_request
    def close(answer: Response) -> Response:
        answer.call_on_close(handle.close)
        return answer

    return send_file(handle, mimetype="application/zip", as_attachment=True, download_name=f"导出_{stamp()}.zip")
