"""Core: RAR through rarfile - stored members alone; compressed archives are kept whole, for no tool may be run in the reading child."""

from __future__ import annotations

import io
from typing import NoReturn

import rarfile

from intake.opening.containers.contents import Contents, Member
from intake.opening.containers.limits import MIB, Budget
from intake.opening.headers.file_names import member_to_name

LARGEST_LISTED = 64 * MIB


def _no_tool(*_: object, **__: object) -> NoReturn:
    raise rarfile.RarCannotExec("no outside tool may touch a letter")


def _no_comment(*_: object, **__: object) -> bytes:
    return b""


# rarfile runs unrar, unar or bsdtar for packed members and even for a packed comment while it lists the names. Its keeper takes both away.
rarfile.tool_setup = _no_tool
rarfile.rar3_decompress = _no_comment


def rar_to_contents(payload: bytes, budget: Budget) -> Contents:
    """What a RAR holds uncompressed; encrypted, split and compressed archives say so."""
    if len(payload) > LARGEST_LISTED:
        return Contents(problem="too_large", reason="RAR 压缩包过大")
    try:
        with rarfile.RarFile(io.BytesIO(payload), part_only=True) as archive:
            if archive.needs_password():
                return Contents(problem="encrypted", reason="RAR 压缩包设有打开密码")
            return _members(archive, budget)
    except (rarfile.PasswordRequired, rarfile.NoCrypto, rarfile.RarWrongPassword):
        return Contents(problem="encrypted", reason="RAR 压缩包设有打开密码")
    except rarfile.RarCannotExec:
        return Contents(problem="unsupported", reason="RAR 压缩格式暂不能自动打开")
    except rarfile.NeedFirstVolume:
        return Contents(problem="unsupported", reason="RAR 分卷压缩包，须合并后才能打开")
    except Exception as error:  # the library raises struct.error, IndexError and others on damaged archives
        return Contents(problem="corrupt", reason=f"RAR 压缩包损坏（{type(error).__name__}）")


def _members(archive: rarfile.RarFile, budget: Budget) -> Contents:
    members: list[Member] = []
    files = [info for info in archive.infolist() if not info.isdir()]
    if len(files) > budget.members:
        return Contents(problem="hostile", reason=f"压缩包内文件超过{budget.members}个")
    for info in files:
        if info.compress_type != rarfile.RAR_M0:
            return Contents(tuple(members), "unsupported", "RAR 压缩格式暂不能自动打开")
        if info.file_size > budget.largest:
            return Contents(tuple(members), "too_large", "RAR 压缩包内的文件过大")
        members.append(Member(_name(info), archive.read(info)))
    return Contents(tuple(members))


def _name(info: rarfile.RarInfo) -> str:
    """RAR4 without a Unicode name keeps bytes of the sender's code page (GBK)."""
    raw = getattr(info, "orig_filename", None)
    if isinstance(raw, bytes) and not info.flags & rarfile.RAR_FILE_UNICODE:
        return member_to_name(raw)
    return str(info.filename)
