"""Shell: plays the story - every letter is delivered to a real IMAP server at its own simulated time, and the real program does its work."""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
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
from notifier.letters import KINDS
from notifier.tables import export
from service.commands.show import matrix_to_text, record_to_text
from service.demo.mailbox import DemoMailbox
from service.demo.story import FOLDER, Arrival, load_story, raw_to_reply
from service.office import Office, open_office
from service.rounds import after_fetching, fetch, send

READ_ME = "先看这里"
LINES_OF_A_RECEIPT, LINES_OF_A_SUPPLEMENT, LINES_OF_A_DIGEST = 6, 7, 8
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
            show_results(office, ledger, vault, data, stay)
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


def show_results(office: Office, ledger: Ledger, vault: Vault, data: Path, stay: bool) -> None:
    """What a newcomer wants to see on one screen: what came, a receipt, a 补正, the head of the digest, and where the whole of it lies."""
    letters = ledger.outbox("sent")
    receipt, supplement = (next((r for r in letters if r.kind == kind), None) for kind in ("complete", "supplement"))
    digest = next((r for r in reversed(letters) if r.kind == "digest"), None)
    matrix = matrix_to_text(ledger.assessments().values(), office.campaign)
    write_down(data / READ_ME, {"回执.txt": receipt, "补正告知.txt": supplement, "收件日报.txt": digest}, matrix)
    target = data / "export"
    shutil.rmtree(target, ignore_errors=True)
    export(ledger, vault, office.campaign, target, office.clock(), lambda *_: None)
    click.echo(f"\n━━ 收了什么 ━━  {len(ledger.letters())}封信，{len(office.campaign.institutions)}所学校；发信{len(letters)}封")
    click.echo(shortened(kinds_of(letters)))
    show_some("一封回执", receipt, LINES_OF_A_RECEIPT)
    show_some("一封补正告知", supplement, LINES_OF_A_SUPPLEMENT)
    show_some("最后一份收件日报", digest, LINES_OF_A_DIGEST)
    click.echo("\n━━ 都写在哪里 ━━")
    click.echo("\n".join(places(data, stay)))


def kinds_of(letters: Sequence[OutboxRecord]) -> str:
    """How many letters of which kind left."""
    counted = Counter(KINDS[record.kind].title for record in letters)
    return "、".join(f"{title}{count}" for title, count in counted.most_common())


def write_down(folder: Path, letters: Mapping[str, OutboxRecord | None], matrix: str) -> None:
    """The letters shown and the matrix whole, as text files."""
    folder.mkdir(exist_ok=True)
    for name, record in letters.items():
        (folder / name).write_text("（这次没有）" if record is None else letter_text(record), encoding="utf-8")
    (folder / "总表.txt").write_text(matrix + "\n", encoding="utf-8")


def letter_text(record: OutboxRecord) -> str:
    """One letter of ours as its reader sees it."""
    return f"收件人：{record.recipient}\n主题：{record.subject}\n\n{record_to_text(record)}"


def show_some(title: str, record: OutboxRecord | None, lines: int) -> None:
    """The first lines of one letter of ours."""
    click.echo(f"\n━━ {title} ━━  {record.subject if record else '（这次没有）'}")
    for line in [line for line in record_to_text(record).splitlines() if line.strip()][:lines] if record else ():
        click.echo(shortened(line))


def shortened(line: str) -> str:
    """A line that fits a terminal: at most 44 Chinese characters or as wide."""
    room = 88
    for place, letter in enumerate(line):
        room -= 1 if letter.isascii() else 2
        if room < 0:
            return line[:place] + "…"
    return line


def command_as_typed() -> str:
    """How this program was called, so that the next command can be copied from the screen."""
    script = Path(sys.argv[0])
    if script.name != "intake":
        return "python -m service"
    return os.path.relpath(script) if script.is_absolute() and script.is_relative_to(Path.cwd()) else str(script)


def places(data: Path, stay: bool) -> Iterator[str]:
    """Where the demo wrote what, and what to try next."""
    config, command = data / "intake.toml", command_as_typed()
    yield f"  {data / READ_ME}  上面几封信的全文、总表"
    yield f"  {data / 'sent'}  发出的每封信（.eml，可用任何邮件程序打开）"
    yield f"  {data / 'export'}  合并的附件1、附件2，台账，每所学校一个文件夹"
    yield f"  {data / 'books'}  账册和原始邮件"
    if not stay:
        yield f"再试试：{command} demo --serve{'' if data == Path('demo-output') else f' --data {data}'}（工作台，用浏览器看，自己定一件事）"
    yield f"        {command} status --institution 浑河工业大学 --config {config}"
