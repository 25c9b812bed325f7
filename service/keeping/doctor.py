"""Shell: tries every outside thing once and says in Chinese what to do (体检)."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from intake.errors import World
from intake.mailbox import Mailbox
from intake.reading import LibreOffice, engine_state, find_jail
from notifier.post import open_post
from parsers.scan.available import SCAN_READER_VERSION, scan_reader_available
from service.office import Office

Verdict = Literal["good", "advice", "refused"]
SIGNS = {"good": "√", "advice": "○", "refused": "×"}
LEAST_FREE = 2 << 30


@dataclass(frozen=True, slots=True)
class Examined:
    """一项体检: what was tried, how it went, and what to do."""

    name: str
    verdict: Verdict
    message: str

    @property
    def sign(self) -> str:
        """√ good, ○ advice, × refused."""
        return SIGNS[self.verdict]


def examine(office: Office) -> Iterator[Examined]:
    """Every check in the order a new installation meets them; one that fails stops none of the others."""
    yield Examined("Python", "good", sys.version.split()[0])
    yield examine_settings(office)
    yield examine_roster(office)
    yield examine_disk(office)
    yield examine_clock(office)
    yield from examine_mailbox(office)
    yield examine_smtp(office)
    yield examine_converter()
    yield examine_jail()
    yield examine_engine(office)
    yield examine_ledger(office)
    yield examine_vault(office)
    yield examine_scans(office)


def examine_scans(office: Office) -> Examined:
    """Whether scans are recognised, and how many pages a day may cost."""
    if not scan_reader_available():
        return Examined("扫描件识别", "advice", "本机未安装：扫描件照收，登记为“待人工查看”。要识读，请把安装包带上可选件 ocr 再装一次（约400 MB，模型在包里；办法见 docs/running.md）。")
    pages = office.settings.scans.pages_per_day
    if not pages:
        return Examined("扫描件识别", "advice", "已安装，但 intake.toml 的 [scans] pages_per_day 为 0：扫描件一律待人工查看。")
    return Examined("扫描件识别", "good", f"已安装（{SCAN_READER_VERSION}），每天至多 {pages} 页；识读结果只作草稿，存疑的值列给工作人员核对")


def examine_settings(office: Office) -> Examined:
    """Which settings and campaign are in force."""
    where = str(office.settings.source or "内置设置（没有 intake.toml）")
    modes = {"rehearsal": "演练（只写不发）", "approve": "审核后发", "automatic": "自动"}
    return Examined("设置", "good", f"{where}；批次 {office.campaign.key}；发信方式：{modes[office.settings.mode]}")


def examine_roster(office: Office) -> Examined:
    """How much of the roster staff have confirmed."""
    waiting = [i.name for i in office.campaign.institutions if not i.confirmed]
    if not waiting:
        return Examined("名录", "good", f"{len(office.campaign.institutions)} 所，全部确认")
    return Examined("名录", "advice", f"{len(waiting)} 所尚未确认（如{waiting[0]}）：核对后在工作台“首次设置”的名录页勾“确认”（或在 roster.csv 的 confirmed 写 yes），才会自动提醒。")


def examine_disk(office: Office) -> Examined:
    """Whether the data folder can be written and has room."""
    folder = office.settings.data
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Examined("磁盘", "refused", f"{folder} 不能写：{error.strerror}。请在 intake.toml 换一个 data 文件夹。")
    if not os.access(folder, os.W_OK):
        return Examined("磁盘", "refused", f"{folder} 没有写权限。")
    if free < LEAST_FREE:
        return Examined("磁盘", "refused", f"{folder} 所在磁盘只剩 {free >> 20} MB，请清出至少 2 GB。")
    return Examined("磁盘", "good", f"{folder} 可写，剩 {free >> 30} GB")


def examine_clock(office: Office) -> Examined:
    """Whether the machine's clock can be right; the deadline itself goes by the mail server's clock."""
    now = datetime.now(UTC)
    if now.year < office.campaign.year:
        return Examined("时钟", "refused", f"本机时间是 {now:%Y-%m-%d}，早于本批次，请校时。")
    return Examined("时钟", "good", f"{now.astimezone(office.campaign.zone):%Y-%m-%d %H:%M}（北京时间）；期限以邮件服务器收到时间为准")


def examine_mailbox(office: Office) -> Iterator[Examined]:
    """Log in, say who we are, look for the folders and into the first; nothing is changed."""
    settings = office.mailbox_settings()
    if not settings.host:
        yield Examined("信箱", "advice", "未设置：在 intake.toml 写 [mailbox]（样例见 docs/intake.example.toml）。")
        return
    try:
        with Mailbox.open(settings) as mailbox:
            present, absent = mailbox.folders()
            for folder in present[:1]:
                mailbox.examine(folder)
    except World as refusal:
        yield Examined("信箱", "refused", str(refusal))
        return
    yield Examined("信箱", "good", f"{settings.user} 登录成功，将查看：{'、'.join(present)}")
    if absent:
        yield Examined("文件夹", "advice", f"信箱里没有：{'、'.join(absent)}（没有就不看；名字不同请改 [mailbox] folders）。")
    yield Examined("收取范围", "advice", "请在网页邮箱“设置 → POP3/SMTP/IMAP”把收取选项设为“收取全部邮件”，否则30天前的来信看不到。")


def examine_smtp(office: Office) -> Examined:
    """Log in to the SMTP server without sending anything."""
    if not office.settings.smtp.host:
        return Examined("发信", "advice", "未设置：在 intake.toml 写 [smtp]；不设置也能收信，信函都留在待发信里。")
    try:
        open_post(office.settings.smtp).close()
    except World as refusal:
        return Examined("发信", "refused", str(refusal))
    return Examined("发信", "good", f"{office.settings.smtp.user} 登录成功（没有发出任何信）")


def examine_ledger(office: Office) -> Examined:
    """Which shape the ledger has: the steps that were taken, and when the last was; opening it has brought it to this release's."""
    if not office.ledger_path.exists():
        return Examined("账册", "good", "还没有账册，第一次收信时建立")
    try:
        with office.books() as (ledger, _):
            steps = ledger.taken_steps()
    except World as refusal:
        return Examined("账册", "refused", str(refusal))
    last, at = steps[-1]
    return Examined("账册", "good", f"共 {len(steps)} 步升级，都已做完；最近一步 {last}，做于 {datetime.fromisoformat(at).astimezone(office.campaign.zone):%Y-%m-%d %H:%M}")


def examine_vault(office: Office) -> Examined:
    """Whether every kept original still is what was kept."""
    if not office.vault_path.exists():
        return Examined("原件库", "good", "还没有原件")
    try:
        with office.books() as (_, vault):
            damaged = vault.damaged()
    except World as refusal:
        return Examined("原件库", "refused", str(refusal))
    if not damaged:
        return Examined("原件库", "good", "全部原件与登记时一致")
    return Examined("原件库", "refused", f"{len(damaged)} 份原件与登记时不一致（磁盘可能有损坏）：值班程序会从信箱重新取回；取不回的请用 intake restore 恢复。")


def examine_jail() -> Examined:
    """Whether strangers' bytes are read in a jail or only under limits."""
    jail = find_jail()
    return Examined("隔离", "good" if jail.bwrap else "advice", jail.sentence)


def examine_engine(office: Office) -> Examined:
    """Whether the PostgreSQL that spreads the reading answers, and who works for it; its URL bears no password."""
    engine, here = office.settings.engine, office.settings.reading_processes
    if not engine.url:
        return Examined("读件引擎", "good", f"本机读件，{here} 个读件进程（信特别多、扫描件特别多时才需要多机，见 docs/SCALE.md）")
    try:
        hands, waiting = engine_state(engine)
    except World as refusal:
        return Examined("读件引擎", "refused", f"{engine.url}：{refusal}")
    others = f"；另有 {hands.others} 个工作机是别的版本，请升级到同一版本" if hands.others else ""
    if not hands.workers:
        return Examined("读件引擎", "refused", f"{engine.url} 有回应，但没有工作机在线，现由本机读件：请在工作机上运行 intake worker --engine 地址{others}。")
    scans = f"，其中 {hands.scanners} 台识读扫描件" if hands.scanners else "，都没有安装 ocr，扫描件由本机识读"
    said = f"{engine.url} 有回应；工作机 {hands.workers} 台在线，共 {hands.children} 个读件进程{scans}；缓存中 {waiting} 件{others}"
    return Examined("读件引擎", "advice" if others else "good", said)


def examine_converter() -> Examined:
    """Whether LibreOffice is there for rtf and very old Word files."""
    if LibreOffice.find():
        return Examined("转换程序", "good", "LibreOffice 可用：rtf 和很老的 Word 文件也能读")
    return Examined("转换程序", "advice", "没有 LibreOffice：rtf 和很老的 Word 文件照收，登记为“待人工查看”。Debian 可装 libreoffice-writer-nogui。")
