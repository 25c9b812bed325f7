"""Words: what the outside world can refuse us - every refusal carries the Chinese sentence that says what to do.

The timetable tries again later, the digest reports what lasts, the terminal ends with exit code 3. Nothing is ever lost by one
of these: what was not recorded will be asked for again.
"""

from __future__ import annotations


class World(Exception):
    """外界的问题: the base of all of them; `sentence` says what happened and what to do, `detail` is the other side's own words."""

    sentence = "外部条件暂时不满足，程序会自动再试；若一直如此，请运行 intake doctor 查看原因。"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = " ".join(detail.split())[:300]

    def __str__(self) -> str:
        return f"{self.sentence}（{self.detail}）" if self.detail else self.sentence


class MailboxUnavailable(World):
    """收信服务器连不上: no connection, a line cut in the middle, a time-out."""

    sentence = "连不上收信服务器，或连接中途断开：请检查网络和 intake.toml 中 [mailbox] 的 host、port；程序会自动再试，已收下的信不受影响。"


class MailboxNotTrusted(MailboxUnavailable):
    """收信服务器证书不对: the certificate cannot be verified."""

    sentence = "收信服务器的加密证书无法核实，为安全起见没有登录：请核对 [mailbox] 的 host；自建服务器请把证书写在 ca_file。"


class PlainMailboxRefused(World):
    """未加密连接: plain IMAP or SMTP to another machine would send the authorisation code in the clear."""

    sentence = "未加密的连接只允许用于本机（127.0.0.1）：请在 intake.toml 中把 tls 设为 true，端口用 993（收信）和 465（发信）。"


class ServerRefusedLogin(World):
    """登录被拒: wrong user name or authorisation code."""

    sentence = (
        "收信服务器拒绝登录：请核对邮箱地址；密码处要填“授权码”而不是网页登录密码，复制时不要带空格。"
        "授权码在网页邮箱“设置 → POP3/SMTP/IMAP”中开启 IMAP 服务后生成，失效时请重新生成。"
    )


class UnsafeLogin(World):
    """不安全的登录: NetEase's `Unsafe Login` on opening a folder."""

    sentence = (
        "邮箱已登录，但服务器以“不安全的登录”（Unsafe Login）为由不让打开文件夹，授权码并没有错。原因有二："
        "一是没有收到客户端身份（ID），请确认程序与服务器之间没有改写连接的代理；"
        "二是异地或陌生网络登录保护，请用网页登录这个邮箱，按提示确认本次登录，再重试。"
    )


class MailboxRefused(World):
    """服务器不答应: a command the server answered with NO or BAD."""

    sentence = "收信服务器没有答应这次请求：程序会自动再试；若一直如此，请把括号里的原话告诉技术人员。"


class SmtpUnavailable(World):
    """发信服务器连不上."""

    sentence = "连不上发信服务器：请检查网络和 intake.toml 中 [smtp] 的 host、port；要发的信都留在待发信里，恢复后自动发出。"


class SmtpRefusedLogin(World):
    """发信登录被拒."""

    sentence = "发信服务器拒绝登录：请核对邮箱地址和授权码（不是网页登录密码），并确认已开启 SMTP 服务；要发的信都留在待发信里。"


class DiskFull(World):
    """磁盘已满: nothing is lost, the letter stays on the server and is fetched again."""

    sentence = "磁盘空间不足或无法写入，没有继续收信：请腾出空间后再试；尚未登记的信仍在信箱里，不会丢失。"


class LedgerUnwritable(World):
    """台账写不了: read-only file, no permission, a damaged file."""

    sentence = "台账文件打不开或不能写入：请检查数据文件夹的权限；若提示文件损坏，请用 intake restore 恢复最近的备份。"


class LedgerNewer(World):
    """账册来自更新的版本: a later release has changed its shape; this one could misread it."""

    sentence = "账册是由更新版本的程序写的，本版本不能打开，以免误读：请升级程序，或用 intake restore 恢复升级前的备份。"


class LedgerBusy(World):
    """台账正忙: another program held the write lock for more than half a minute."""

    sentence = "台账正被另一个程序占用，等了半分钟仍未放开：请关闭正在打开台账的其他程序后再试。"


class LedgerLocked(World):
    """已有一个在运行: a second process on the same ledger."""

    sentence = "同一个数据文件夹已有一个收件台在运行：请先停掉那一个（或等它这一轮结束），不要同时运行两个。"


class VaultDamaged(World):
    """原件库有损: kept bytes no longer match their SHA-256."""

    sentence = "原件库中有一份文件与登记时不一致（磁盘可能有损坏）：请停止使用这块磁盘，用 intake restore 恢复最近的备份。"


class ConversionFailed(World):
    """转换失败: LibreOffice could not convert an old format; the file is kept and a person reads it."""

    sentence = "旧格式文件没能转换成可读的格式：原件已保存，请人工查看；若所有旧格式都这样，请确认 LibreOffice 已安装。"


class ReadingProcessUnavailable(World):
    """读件进程起不来: the child process for untrusted bytes cannot be started."""

    sentence = "读件进程无法启动，暂不拆信：信件都已保存；请检查内存是否充足，然后重试。"


class EngineUnavailable(World):
    """读件引擎连不上: the PostgreSQL that spreads the reading is away, refuses us, or has nobody who works for it."""

    sentence = "读件引擎（PostgreSQL）用不上：请检查它是否在运行、engine 的地址和密码是否正确、工作机（intake worker）是否在线；其间由本机读件，收信和答复照常。"


class NobodyRecognises(World):
    """没有人识读扫描件: no worker recognises scans any more, and this machine has not the extra `ocr`."""

    sentence = "能识读扫描件的工作机都不在线，本机也没有安装识读程序：扫描件先等着，恢复后自动再识读，其他来信照常。"
