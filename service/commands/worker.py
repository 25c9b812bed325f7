"""Shell: a worker - another machine that reads for the service; it opens no books and knows no mailbox."""

from __future__ import annotations

import logging
import os
import signal
from dataclasses import replace
from pathlib import Path

import click

from config.load import ENGINE_SECRET, load_settings
from config.settings import EngineSettings
from config.settings_toml import url_to_engine
from intake.reading import Worker
from service.commands.terminal import DONE, WrongUse, examples
from service.log import start_log
from service.office import SETTINGS_FILE

log = logging.getLogger("intake.worker")


@examples("intake worker --engine postgresql://intake@db.example/intake", "intake worker --processes 4")
@click.command("worker")
@click.option("--engine", "url", default="", metavar="URL", help="PostgreSQL 的地址，形如 postgresql://用户@主机/库名；不写就用设置文件里的 engine。密码放环境变量 INTAKE_ENGINE_SECRET 或 ~/.pgpass。")
@click.option("--processes", type=click.IntRange(1, 64), default=None, metavar="N", help="同时读几件；默认用满本机的核。")
@click.option("--config", type=click.Path(path_type=Path), default=None, metavar="FILE", help="设置文件；写了 --engine 就不需要。")
def worker(url: str, processes: int | None, config: Path | None) -> int:
    """工作机：替收件台读件、识读扫描件，可在任意多台机器上各开一个，直到叫停（Ctrl-C 或 SIGTERM）。

    \b
    收件台一边：intake.toml 写 engine = "postgresql://…"，照常 intake run。
    工作机一边：装同一版本的程序，运行 intake worker --engine postgresql://…
    两边都把安装包带上可选件 cluster 装（要识读扫描件，再带上 ocr）；办法见 docs/running.md。

    工作机不用信箱、账册和批次，也不写任何文件；读件在隔离室里进行。随时可以关掉：手上的活由别的工作机接着做，
    都关掉了由收件台自己读，一封信也不会丢。是否在线，用 intake doctor 看。
    """
    start_log()
    reader = Worker(engine_address(url, config), processes or len(os.sched_getaffinity(0)), log.info)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: reader.stop.set())
    try:
        reader.work()
    except ModuleNotFoundError as error:
        raise WrongUse(f"多机读件还缺 {error.name}：请把安装包带上可选件 cluster 再装一次（办法见 docs/running.md）。") from None
    return DONE


def engine_address(url: str, config: Path | None) -> EngineSettings:
    """Where a worker gets its work: from the command line, else from the settings; a slip is told without the password in it."""
    if not url:
        settings = load_settings(config or (SETTINGS_FILE if SETTINGS_FILE.exists() else None))
        if not settings.engine.url:
            raise WrongUse("还没有写到哪里取活：请写 --engine postgresql://用户@主机/库名，或在 intake.toml 写 engine。")
        return settings.engine
    found, fault = url_to_engine(url)
    if fault:
        raise WrongUse(f"--engine：{fault}")
    return replace(found, secret=found.secret or os.environ.get(ENGINE_SECRET, ""))


COMMANDS = (worker,)
