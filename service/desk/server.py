"""Shell: the desk opened - a socket, four threads, and an end that waits for nobody longer than it must."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from waitress.server import create_server

from config.settings import DeskSettings
from intake.errors import World
from service.desk.app import make_desk
from service.desk.door.here import Bell, Desk
from service.desk.door.premises import Premises
from service.desk.door.store import Store

log = logging.getLogger("intake.desk")
THREADS = 4


class DeskRefused(World):
    """工作台打不开: the port is taken, or the network may not come in yet."""

    sentence = "工作台打不开：这个端口有别的程序在用，请关掉它，或在 intake.toml 的 [desk] 写另一个 port。"


class NoPeopleYet(World):
    """没有人能登录: the desk is not opened to the network before somebody set a password."""

    sentence = "工作台还没有设密码，不能对别的电脑打开：请先在本机打开，或去掉 [desk] host，做完首次设置再开放。"


@contextmanager
def opened_desk(premises: Premises, bell: Bell | None = None) -> Iterator[str]:
    """The desk, open while the block runs; gives its address. Requests in hand are finished, nothing is recorded by halves."""
    desk = Desk(premises, bell or Bell(), code=f"{secrets.randbelow(10**8):08d}")
    settings = premises.office().settings.desk
    with Store.open(premises.office().settings.data / "desk.db") as store:
        refuse_open_network(settings, store)
        fresh = not store.people()
    try:
        server = create_server(
            make_desk(desk), host=settings.host, port=settings.port, threads=THREADS, ident=None, expose_tracebacks=False, channel_timeout=30,
            trusted_proxy="127.0.0.1" if settings.behind_tls else None, trusted_proxy_headers={"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"} if settings.behind_tls else set(), clear_untrusted_proxy_headers=True,
        )  # fmt: skip
    except OSError as error:
        raise DeskRefused(str(error)) from error
    closing = threading.Event()

    def run() -> None:
        try:
            server.run()
        except OSError:
            if not closing.is_set():  # who is still connected when the sockets are closed ends the loop with an error that says nothing
                raise

    thread = threading.Thread(target=run, name="desk", daemon=True)
    thread.start()
    address = address_of(settings)
    log.info("工作台已打开：%s%s", address, f"（首次设置，从别的电脑打开时要设置码 {desk.code}）" if fresh else "")
    try:
        yield address
    finally:
        closing.set()
        with suppress(OSError):
            server.task_dispatcher.shutdown(cancel_pending=True, timeout=5)
            server.close()
        thread.join(timeout=10)
        desk.artist.close()
        desk.errand.wait(60)


def refuse_open_network(settings: DeskSettings, store: Store) -> None:
    """Raise when the network could come in before anybody has a password."""
    if not settings.is_local and not store.people():
        raise NoPeopleYet


def address_of(settings: DeskSettings) -> str:
    """What to type into a browser."""
    host = settings.names[0] if settings.names else "127.0.0.1" if settings.is_local else settings.host
    return f"https://{host}/" if settings.behind_tls else f"http://{host}:{settings.port}/"


def with_port(settings: DeskSettings, port: int) -> DeskSettings:
    """The same desk at another port."""
    return replace(settings, port=port)
