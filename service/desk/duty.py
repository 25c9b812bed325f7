"""Shell: the desk within the day's work - beside the running service, alone, and on the demo; who forgot a password gets another here."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import click

from service.desk.door.here import Bell
from service.desk.door.login import hash_password
from service.desk.door.premises import Premises
from service.desk.door.store import Person, Store
from service.desk.server import opened_desk
from service.desk.tend import one_round, tended
from service.office import Office
from service.worker import serve, stop_when_told


def on_duty(config: Path | None, now: datetime | None) -> None:
    """The service and the desk in one process; before the mailbox is set up the desk waits for it, and a change of settings is taken up at once."""
    premises, bell, stop = Premises(config, now), Bell(), stop_when_told()
    with opened_desk(premises, bell) as address:
        click.echo(f"工作台：{address}", err=True)
        while not stop.is_set():
            office = premises.office()
            if office.settings.mailbox.host and office.settings.mailbox.secret:
                serve(office, stop, bell.rung, changed=has_changed(premises, office))
            else:
                wait_for_setup(premises, office, bell, stop)


def has_changed(premises: Premises, office: Office) -> Callable[[], bool]:
    """Whether the files say something else than the office in hand."""
    return lambda: premises.office() is not office


def wait_for_setup(premises: Premises, office: Office, bell: Bell, stop: threading.Event) -> None:
    """Until a mailbox is set; letters imported meanwhile are opened all the same."""
    while not stop.wait(1.0) and premises.office() is office:
        if bell.rung.is_set():
            bell.rung.clear()
            one_round(office)


def desk_alone(config: Path | None, now: datetime | None) -> None:
    """The desk without fetching; the belt is driven after each click unless a service does it."""
    premises, bell, stop = Premises(config, now), Bell(), stop_when_told()
    with opened_desk(premises, bell) as address, tended(bell, premises.office):
        click.echo(f"工作台：{address}（Ctrl-C 结束）", err=True)
        stop.wait()


def new_password(office: Office, name: str) -> str | None:
    """A new password for somebody, None when nobody has that name."""
    with Store.open(office.settings.data / "desk.db") as store:
        person = store.person(name)
        if person is None:
            return None
        password = secrets.token_urlsafe(9)
        store.keep_person(Person(person.name, person.address, person.role, hash_password(password)), time.time())
    return password
