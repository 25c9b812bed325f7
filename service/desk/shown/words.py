"""Core: every label, empty state and error the desk says - one table, so that no page speaks in codes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache

from config.campaign import Campaign
from intake.submission import Finding
from notifier.letters import KINDS
from notifier.wording import clean_punctuation, deadline_day

NO_LOGIN = "姓名或密码不对，请再输一次。"
TOO_MANY = "连续五次没有登录成功，请过 15 分钟再试。"

OUTBOX_STATES: Mapping[str, str] = {
    "draft": "演练稿",
    "held": "待审核",
    "queued": "待发",
    "sending": "发送中",
    "sent": "已发",
    "failed": "没有发出",
    "dropped": "已弃发",
}
LETTER_KINDS: Mapping[str, str] = {
    "submission": "报送",
    "question": "咨询",
    "withdrawal": "撤回、更换",
    "auto_reply": "自动回复",
    "bounce": "退信",
    "read_receipt": "已读回执",
    "notice": "通知（非报送）",
    "empty": "没有附件",
}
OUR_KINDS: Mapping[str, str] = {name: kind.title for name, kind in KINDS.items()}
MODES: Mapping[str, str] = {"rehearsal": "演练", "approve": "审核后发", "automatic": "自动"}
MODE_TELLS: Mapping[str, str] = {
    "rehearsal": "只拟信，不发出，供您查看",
    "approve": "拟好的信等您点头再发",
    "automatic": "收件、缺项、算错这类信自动发；名额、资格、荣誉、撤回的仍等您批准",
}
AUDIENCES: Mapping[str, str] = {"institution": "写给学校", "institution_after_approval": "等您同意后写给学校", "staff": "只给您看"}
FINDING_STATES: Mapping[str, str] = {"open": "未了", "approved": "已同意告知", "explained": "已说明", "waived": "已免"}
STATUS_MARKS: Mapping[str, str] = {"received": "√", "received_unread": "待看", "missing": "缺", "waived": "免", "not_registered": "未登记"}
STATUS_WORDS: Mapping[str, str] = {
    "received": "已收到",
    "received_unread": "已收到，待人工查看（不算缺）",
    "missing": "缺",
    "waived": "免于补报",
    "not_registered": "未登记",
}
TIMELINESS: Mapping[str, str] = {
    "on_time": "按期",
    "late": "截止后",
    "borderline": "待认定",
    "on_time_then_corrected": "按期，后有更正",
    "on_time_incomplete": "按期未齐，后补",
    "none": "",
}
READING_STATES: Mapping[str, str] = {
    "read": "已读出",
    "scanned": "扫描件：收到了，还没有认出字，请看原件（不算缺）",
    "image": "照片或扫描件：收到了，没有认出表，请看原件（不算缺）",
    "unreadable": "读不出来：文件可能在传输中损坏",
    "encrypted": "设了打开密码",
    "empty": "空白文件：打得开，里面没有文字",
    "unsupported": "这种格式程序不读，请下载后查看",
}
READING_PROBLEMS: Mapping[str, str] = {
    "formula_without_value": "有的格子是公式，保存时没有带上数",
    "hidden_sheet_skipped": "有隐藏的工作表，没有读",
    "hidden_cells_skipped": "有隐藏的行或列，没有读",
    "boxes_unreadable": "勾选框看不出勾没勾",
    "fax": "像是传真件，字迹不足为凭",
    "illegible": "表上的字大半认不出",
    "no_page_seen": "里面没有整页的图",
    "damaged": "文件打不开，可能在传输中损坏",
    "too_large": "文件过大，没有读完",
}
UNREAD_CELLS: Mapping[str, str] = {
    "picture": "（格里是图片，请看原件）",
    "object": "（格里是嵌入的对象，请看原件）",
    "formula": "（格里是公式，没有带数）",
    "error": "（格里是公式错误）",
    "ink": "（有笔迹，认不出）",
}
FORM_KINDS: Mapping[str, str] = {
    "basic_info": "基本情况表",
    "summary_table": "汇总表",
    "narrative": "申报材料",
    "blank_template": "空白表样",
    "unrecognised": "没有认出是哪种材料",
    "supporting": "其他材料",
}
PROBLEMS: Mapping[str, str] = {
    "encrypted": "设了打开密码",
    "corrupt": "打不开，可能在传输中损坏",
    "hostile": "可疑文件，已隔离，没有打开",
    "too_large": "过大",
    "unsupported": "格式暂不能读",
    "scanned": "扫描件",
    "image": "照片",
    "unreadable": "读不出来",
    "empty": "空白文件",
    "unrecognised": "没有认出是哪种材料",
    "not_read": "还没有读",
    "cloud": "只有网盘链接",
}
AUTHENTICATION: Mapping[str, str] = {
    "pass": "通过",
    "fail": "没有通过",
    "softfail": "没有通过（存疑）",
    "neutral": "不置可否",
    "none": "没有设置",
    "temperror": "没有查成",
    "permerror": "设置有误",
}
PROOFS: Mapping[str, str] = {
    "decision": "工作人员认定的",
    "office": "本办公室的邮箱转来",
    "registered": "名录登记的邮箱",
    "domain": "学校自己的域名",
    "confirmed": "已确认过的邮箱",
    "thread": "答复我们发到已知邮箱的信",
}
SOURCES: Mapping[str, str] = {
    "server": "邮件服务器的收到时间",
    "received_header": "邮件头最后一跳的时间",
    "date_header": "发件人声明的时间",
    "file": "文件的时间",
    "poll": "程序取到的时间",
}
ROLES: Mapping[str, str] = {"staff": "工作人员", "reader": "只看"}
UNDO_NOTES: Mapping[str, str] = {
    "claim": "收回后，信回到“待认领”；已经发出的回执撤不回来。",
    "split": "收回后，信回到拆分前；已经发出的信撤不回来。",
}
REFUSALS: Mapping[int, str] = {
    400: "这个地址工作台不认。请用桌面上的“收件台”图标，或登录时的网址打开。",
    403: "这一步没有办：页面放得太久，或者不是从工作台点来的，或者您的账号只能看。什么都没有改。请回到上一页刷新后再试。",
    404: "没有这一页，可能是旧链接。什么都没有改。",
    405: "没有这样的办法。什么都没有改，请从菜单进去。",
    413: "内容太大，没有收下，什么都没有改。一次请少选几个文件。",
    429: "试得太多次了，请过 15 分钟再来。什么都没有改。",
    500: "程序出了错。已收下的信和决定都在。请把下面的时间告诉技术人员。",
    503: "账册正忙（大概在备份或核对），请过几秒再点一次。刚才这一步没有记下。",
}


@lru_cache(maxsize=8192)
def said(text: str) -> str:
    """A sentence in full-width punctuation, whatever wrote it."""
    return clean_punctuation(text)


def finding_to_sentence(finding: Finding) -> str:
    """A finding as staff read it."""
    return said(finding.message)


def moment_to_text(moment: datetime | None, campaign: Campaign) -> str:
    """`8月3日 17:45`, Beijing time; the year too when it is not the campaign's."""
    if moment is None:
        return ""
    local = moment.astimezone(campaign.zone)
    day = f"{local.month}月{local.day}日 {local:%H:%M}"
    return day if local.year == campaign.year else f"{local.year}年{day}"


def day_to_text(iso: object) -> str:
    """`8月3日` of an ISO day."""
    parts = str(iso or "").split("-")
    return f"{int(parts[1])}月{int(parts[2])}日" if len(parts) == 3 and all(p.isdigit() for p in parts) else str(iso or "")


def size_to_text(size: int) -> str:
    """`59 KB`, `2.1 MB`."""
    return f"{size} 字节" if size < 1024 else f"{round(size / 1024)} KB" if size < 1 << 20 else f"{size / (1 << 20):.1f} MB"


def days_left(campaign: Campaign, now: datetime) -> str:
    """How long the time still runs, as the head of every page says it."""
    left = (deadline_day(campaign.deadline_at(now).at, campaign) - now.astimezone(campaign.zone).date()).days
    return f"离截止还有 {left} 天" if left > 1 else "明天截止" if left == 1 else "今天截止" if left == 0 else f"截止已过 {-left} 天"


def poll_word(reached: str, error: str, now: datetime, campaign: Campaign) -> tuple[str, bool]:
    """When the mailbox was last reached, and whether that is too long ago."""
    if not reached:
        return "还没有收过信", False
    moment = datetime.fromisoformat(reached)
    late = now - moment
    if late > timedelta(minutes=30):
        minutes = int(late.total_seconds() // 60)
        ago = f"{minutes} 分钟" if minutes < 120 else f"{minutes // 60} 小时" if minutes < 2880 else f"{minutes // 1440} 天"
        return f"已 {ago}没有收到信，见“系统”", True
    return f"{moment.astimezone(campaign.zone):%H:%M} 收过信", bool(error)
