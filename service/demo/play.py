"""Shell: plays the story - every letter is delivered to a real IMAP server at its own simulated time, and the real program does its work."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from time import monotonic

import click

from config.load import DEFAULT_CAMPAIGN
from config.settings import Settings
from intake.books import LAST_ASSESSED, Ledger, Vault
from intake.reading import Engine, make_engine
from intake.records import OutboxRecord
from notifier.belt import queue_digests_due
from notifier.tables import export
from service.commands.show import matrix_to_text, record_to_text
from service.demo.mailbox import DemoMailbox
from service.demo.story import FOLDER, Arrival, load_story, raw_to_reply
from service.office import Office, open_office
from service.rounds import after_fetching, fetch, send

MARK, UNFINISHED = ".intake-demo", ".unfinished"
ADDRESS, SECRET = "intake@office.example", "demo-authorisation-code"
SETTINGS = f"""# 演示用的设置，由 intake demo 写成；演示之后可以用它查看账册，例如：
# intake status --config 本文件 ； intake rebuild --check --config 本文件
campaign = "campaign"
data = "books"
mode = "automatic"

[mailbox]
user = "{ADDRESS}"

[[staff]]
name = "郝老师"
address = "hao@office.example"

[[staff]]
name = "姜老师"
address = "jiang@office.example"
"""


@dataclass
class SimulatedClock:
    """演示的钟: stands where it is put; waiting moves it on instead of passing real time."""

    now: datetime
    waited: float = field(default=0.0)

    def __call__(self) -> datetime:
        """The simulated moment."""
        return self.now

    def pause(self, seconds: float) -> None:
        """Wait without waiting."""
        self.now += timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True)
class Moment:
    """时刻: something happens - a letter arrives, or (None) the clerk looks into the mailbox and at the timetable."""

    at: datetime
    arrival: Arrival | None = None


@dataclass(frozen=True, slots=True)
class RunningClock:
    """走着的钟: goes on from the end of the story at the pace of real time."""

    begun: datetime
    started: float

    def __call__(self) -> datetime:
        """The moment of the story that is now."""
        return self.begun + timedelta(seconds=monotonic() - self.started)


def play(data: Path, stay: bool = False, port: int = 0) -> int:
    """The whole story from the first letter to the T+1 report; an interrupted demo goes on where it stopped. Gives the exit code.

    With `stay` the desk is then kept open on it (a demo that was played before is opened again as it was left).
    """
    if stay and (data / MARK).exists() and not (data / UNFINISHED).exists():
        return reopen(data, port)
    again = prepare(data)
    click.echo("收件台演示：十八封来信，十二所虚构的学校。" + ("（接着上次没走完的演示）" if again else ""))
    office = open_office(data / "intake.toml")
    story = load_story()
    clock = SimulatedClock(story[0].arrives)
    with DemoMailbox(ADDRESS, SECRET, sent_folder=data / "sent") as mailbox:
        office = replace(office, settings=with_servers(office.settings, mailbox), clock=clock, pause=clock.pause)
        with office.books() as (ledger, vault), make_engine(1) as engine:
            act(office, story, clock, mailbox, ledger, vault, engine)
            show_results(office, ledger, vault, data)
        (data / UNFINISHED).unlink(missing_ok=True)
        if stay:
            keep_open(data, mailbox, clock.now, port)
    return 0


def reopen(data: Path, port: int) -> int:
    """The demo of before, as it was left."""
    click.echo(f"接着用上次的演示（要从头来，先删掉 {data}）。")
    with DemoMailbox(ADDRESS, SECRET, sent_folder=data / "sent") as mailbox:
        office = open_office(data / "intake.toml")
        with office.books() as (ledger, _):
            last = datetime.fromisoformat(ledger.health().values[LAST_ASSESSED])
        keep_open(data, mailbox, last, port)
    return 0


def keep_open(data: Path, mailbox: DemoMailbox, begun: datetime, port: int) -> None:
    """The desk on the demo's books until Ctrl-C, with somebody to log in as; a click is followed by a round of the belt."""
    from service.desk.demo import desk_on_demo  # the demo itself needs no web server

    clock = RunningClock(begun, monotonic())

    def opened() -> Office:
        office = open_office(data / "intake.toml")
        settings = with_servers(office.settings, mailbox)
        settings = replace(settings, desk=replace(settings.desk, port=port or settings.desk.port))
        return replace(office, settings=settings, clock=clock, filed=(settings, (office.filed or (settings, office.campaign))[1]))

    desk_on_demo(data / "intake.toml", opened)


def prepare(data: Path) -> bool:
    """An empty demo folder, or the one of a demo that was interrupted (True); a folder that is not ours is refused."""
    if data.exists() and any(data.iterdir()) and not (data / MARK).exists():
        raise click.UsageError(f"{data} 里有别的东西，请用 --data 换一个文件夹。")
    if (data / UNFINISHED).exists():
        return True
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    (data / MARK).write_text("intake demo\n", encoding="utf-8")
    shutil.copytree(DEFAULT_CAMPAIGN, data / "campaign")
    shutil.copyfile(FOLDER / "roster.csv", data / "campaign" / "roster.csv")
    (data / "intake.toml").write_text(SETTINGS, encoding="utf-8")
    (data / UNFINISHED).touch()
    return False


def with_servers(settings: Settings, mailbox: DemoMailbox) -> Settings:
    """The settings pointed at the embedded servers."""
    here = "127.0.0.1"
    incoming = replace(settings.mailbox, host=here, port=mailbox.imap_port, tls=False, user=ADDRESS, secret=SECRET)
    outgoing = replace(settings.smtp, host=here, port=mailbox.smtp_port, tls=False, user=ADDRESS, secret=SECRET)
    return replace(settings, mailbox=incoming, smtp=outgoing)


def moments(story: tuple[Arrival, ...], office: Office) -> list[Moment]:
    """Everything that happens, in order: letters, a look eleven minutes after each (the quiet window has passed), and the daily times."""
    quiet = timedelta(minutes=office.campaign.thresholds.quiet_minutes + 1)
    found = [m for a in story for m in (Moment(a.arrives, a), Moment(a.arrives + timedelta(seconds=45)), Moment(a.arrives + quiet))]
    day = story[0].arrives.date()
    last = story[-1].arrives.date() + timedelta(days=2)  # through the report of T+1 and the first working day after it
    while day <= last:
        found += [Moment(datetime.combine(day, time(*at), office.campaign.zone)) for at in ((8, 30), (9, 0), (16, 30))]
        day += timedelta(days=1)
    return sorted((m for m in found if m.at >= story[0].arrives), key=lambda m: (m.at, m.arrival is None))


def act(
    office: Office, story: tuple[Arrival, ...], clock: SimulatedClock, mailbox: DemoMailbox, ledger: Ledger, vault: Vault, engine: Engine
) -> None:
    """Go through the moments; a line with a progress bar for every letter that arrives."""
    arrived = 0
    for moment in moments(story, office):
        clock.now = max(clock.now, moment.at)
        if moment.arrival is not None:
            arrived += 1
            mailbox.deliver(as_sent(moment.arrival, ledger), moment.at, folder=moment.arrival.folder)
            click.echo(f"{bar(arrived, len(story))} {moment.at:%m-%d %H:%M}  {moment.arrival.tells}")
            continue
        fetch(office, ledger, vault)
        after_fetching(office, ledger, vault, engine=engine)
        queue_digests_due(ledger, office.campaign, office.settings, clock.now)
        send(office, ledger)


def as_sent(arrival: Arrival, ledger: Ledger) -> bytes:
    """The letter's bytes; one that answers us is made the answer to the first letter this institution had from us."""
    if not arrival.reply_to:
        return arrival.raw
    ours = next((r for r in ledger.outbox("sent", arrival.reply_to)), None)
    return raw_to_reply(arrival.raw, arrival.reply_prefix + ours.subject, ours.message_id) if ours else arrival.raw


def bar(done: int, of: int) -> str:
    """A progress bar of text."""
    return f"[{'█' * done}{'·' * (of - done)}] {done:2}/{of}"


def show_results(office: Office, ledger: Ledger, vault: Vault, data: Path) -> None:
    """What a newcomer wants to see: a receipt, a 补正 letter, the matrix, the digest, and where everything lies."""
    letters = ledger.outbox("sent")
    for title, wanted in (("一封回执", "complete"), ("一封补正告知", "supplement")):
        show_letter(title, next((r for r in letters if r.kind == wanted), None))
    heading("总表")
    click.echo(matrix_to_text(ledger.assessments().values(), office.campaign))
    show_letter("最后一份收件日报", next((r for r in reversed(letters) if r.kind == "digest"), None))
    target = data / "export"
    shutil.rmtree(target, ignore_errors=True)
    export(ledger, vault, office.campaign, target, office.clock(), lambda *_: None)
    heading("都写在哪里")
    click.echo("\n".join(places(data, len(ledger.letters()), len(letters))))


def show_letter(title: str, record: OutboxRecord | None) -> None:
    """One letter of ours as its reader sees it."""
    heading(title)
    if record is None:
        click.echo("（这次没有）")
        return
    click.echo(f"收件人：{record.recipient}\n主题：{record.subject}\n\n{record_to_text(record)}")


def command_as_typed() -> str:
    """How this program was called, so that the next command can be copied from the screen."""
    script = Path(sys.argv[0])
    if script.name != "intake":
        return "python -m service"
    return os.path.relpath(script) if script.is_absolute() and script.is_relative_to(Path.cwd()) else str(script)


def heading(title: str) -> None:
    """A heading across the terminal."""
    click.echo(f"\n━━ {title} {'━' * max(4, 60 - 2 * len(title))}\n")


def places(data: Path, letters: int, sent: int) -> Iterator[str]:
    """Where the demo wrote what, and what to try next."""
    config = data / "intake.toml"
    yield f"收信 {letters} 封，发信 {sent} 封。"
    yield f"  {data / 'books'}     账册和原始邮件"
    yield f"  {data / 'sent'}      发出的每封信（.eml，可用任何邮件程序打开）"
    yield f"  {data / 'export'}    合并的附件1、附件2，台账，每所学校一个文件夹"
    yield "再试试："
    command = command_as_typed()
    yield f"  {command} status --config {config} --institution 浑河工业大学"
    yield f"  {command} rebuild --check --config {config}"


