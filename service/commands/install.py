"""Shell: setting up - the service of a Linux machine, and completion in the shell."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import click

from service.commands.terminal import DONE, WrongUse, examples
from service.keeping.installation import SETTINGS, Installation

SHELLS = {"bash": "~/.bashrc", "zsh": "~/.zshrc", "fish": "~/.config/fish/completions/intake.fish"}
PRIVATE = (Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"))  # noqa: S108 - the service has its own


@examples("intake install --dry-run", "sudo /opt/intake/bin/intake install")
@click.command("install")
@click.option("--name", default="intake", show_default=True, metavar="NAME", help="服务、用户和 /var/lib 下文件夹共用的名字；一台机器办两个批次就用两个名字。")
@click.option("--root", type=click.Path(path_type=Path), default=Path("/"), metavar="DIR", help="写到这个目录下，当作另一台机器的 /（做镜像用）。")
@click.option("--dry-run", "--print", "dry", is_flag=True, help="只印出会写什么、接着做什么，什么都不写。")
def install(name: str, root: Path, dry: bool) -> int:
    """装成开机自动运行的服务（Linux，systemd）：自己的用户，只有自己的文件夹可写。"""
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,30}", name):
        raise WrongUse(f"--name：“{name}”应为小写字母、数字、短横。")
    made = Installation(name, program(), at_home=any(place.is_relative_to("/home") for place in places()))
    real = root == Path("/")
    if real and not dry:
        refuse_here()
    for number, (path, text, purpose) in enumerate(made.files(), 1):
        click.echo(f"{number}. {path}：{purpose}")
        if dry:
            click.echo("".join(f"   {line}\n" for line in text.splitlines()))
        else:
            put(root / path.relative_to("/"), text)
    click.echo(f"3. {made.folder}：设置、批次文件夹、账册、备份都在这里，别人进不去")
    click.echo(f"   {'将写' if dry else wrote_settings(root / made.folder.relative_to('/'))} intake.toml 和批次文件夹（已有的不动）")
    click.echo("\n接着依次运行：" if not dry else "\n写好以后依次运行：")
    for command, why in made.next_steps():
        typed = f"sudo {command}" if command.startswith(("system", "chown", "journal")) else command
        click.echo(f"  {typed:<48}# {why}")
    click.echo("\n然后在这台机器的浏览器打开 http://127.0.0.1:8625/ 做首次设置；没有浏览器的服务器，在自己的电脑上先运行 ssh -L 8625:127.0.0.1:8625 这台机器。")
    return DONE


def program() -> str:
    """How the service calls this program: the script beside this Python, else the module."""
    script = Path(sys.executable).parent / "intake"
    return str(script) if script.exists() else f"{sys.executable} -m service"


def places() -> tuple[Path, ...]:
    """Where this program lies: its environment, the Python behind it, and its own code."""
    return Path(sys.prefix), Path(sys.executable).resolve(), Path(__file__).resolve().parent


def refuse_here() -> None:
    """Raise when this cannot become a service: not root, no systemd, or a program that the service's user could not read."""
    if not Path("/etc/systemd").is_dir():
        raise WrongUse("这台机器没有 systemd，装不成服务：可以用 Docker（见 docs/running.md），或自己让 intake run 一直运行。")
    if os.geteuid() != 0:
        raise WrongUse("要写 /etc 和 /var/lib：请在命令前加 sudo 并写全路径。先看看会做什么，用 --dry-run。")
    for place in places():
        closed = next((step for step in (place, *place.parents) if step.is_dir() and step.stat().st_mode & 0o005 != 0o005), None)
        if closed or any(place.is_relative_to(private) for private in PRIVATE):
            raise WrongUse(f"程序装在 {place}，服务的用户读不到{f'（{closed} 不对外开放）' if closed else ''}：请装到 /opt/intake（python3 -m venv /opt/intake），再运行 /opt/intake/bin/intake install。")


def put(path: Path, text: str) -> None:
    """One file of the system, its folder made if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def wrote_settings(folder: Path) -> str:
    """Settings and campaign in the service's folder; what is there already stays. Says what was done."""
    from service.keeping.campaign_folder import own_campaign  # reads no campaign before it is needed

    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings = folder / "intake.toml"
    if settings.exists():
        return "已有，没有动："
    settings.write_text(SETTINGS.format(campaign=own_campaign(folder)), encoding="utf-8")
    return "已写"


@examples("intake completion bash >> ~/.bashrc", "intake completion zsh >> ~/.zshrc", "intake completion fish > ~/.config/fish/completions/intake.fish")
@click.command("completion")
@click.argument("shell", type=click.Choice(tuple(SHELLS)), metavar="SHELL")
def completion(shell: str) -> int:
    """印出命令补全的脚本（bash、zsh、fish）：按 Tab 补全命令和选项。"""
    from click.shell_completion import get_completion_class

    made = get_completion_class(shell)
    if made is None:  # the choices are click's own
        raise WrongUse(f"不会给 {shell} 写补全。")
    click.echo(made(click.get_current_context().find_root().command, {}, "intake", "_INTAKE_COMPLETE").source())
    return DONE


COMMANDS = (install, completion)
