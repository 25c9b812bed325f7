"""Shell: the desk on the demo's books - two invented people may log in, and the address, the name and the password are printed."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from pathlib import Path

import click

from service.desk.door.here import Bell
from service.desk.door.login import hash_password
from service.desk.door.premises import Premises
from service.desk.door.store import Person, Store
from service.desk.server import opened_desk
from service.desk.tend import tended
from service.office import Office
from service.worker import stop_when_told

PEOPLE = (("郝老师", "hao@office.example"), ("姜老师", "jiang@office.example"))


def desk_on_demo(config: Path, opened: Callable[[], Office]) -> None:
    """Open it, print how to get in, and stay until Ctrl-C."""
    premises, bell, stop = Premises(config, opened=opened), Bell(), stop_when_told()
    password = f"demo-{secrets.randbelow(10**6):06d}"
    with Store.open(premises.office().settings.data / "desk.db") as store:
        for name, address in PEOPLE:
            store.keep_person(Person(name, address, "staff", hash_password(password)), time.time())
    with opened_desk(premises, bell) as address, tended(bell, premises.office):
        bell.ring()
        click.echo(
            f"\n━━ 工作台 ━━  {address}\n"
            f"  姓名 {PEOPLE[0][0]}　密码 {password}　（另一位是 {PEOPLE[1][0]}，同一个密码；Ctrl-C 结束）"
        )
        stop.wait()
