"""Core: which letters were written by machines - never answered, never counted (china-mail.md d; RFC 3834)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from intake.message import Kind
from intake.opening.headers.encoded_words import header_to_text
from intake.opening.headers.head import Head
from intake.opening.headers.parameters import find_parameter


@dataclass(frozen=True, slots=True)
class Verdict:
    """判定: what kind of machine wrote it and the reason in words.

    `strong` = by envelope and structure, also when it carries files; `words` = by nothing but words with which a person may head a letter.
    """

    kind: Kind
    reason: str
    strong: bool = True
    words: bool = False
    recall: bool = False


@dataclass(frozen=True, slots=True)
class Traits:
    """特征: all that the judgement looks at."""

    head: Head
    subject: str
    sender: str
    sender_name: str
    text: str
    media_types: frozenset[str]
    root_type: str


RECALLED = "Outlook 的撤回请求，系统不会删除任何来信"
_BOUNCE_SENDER = re.compile(
    r"^(mailer[-_.]?daemon|post[-_.]?master|mail[-_.]?daemon|mdaemon|mailsystem|maildelivery.*|mail_?delivery.*|bounces?|bounce-.*|prvs=.*)(\+.*|-.*)?$",
    re.I,
)
_POSTMASTER = re.compile(r"^post[-_.]?master$", re.I)  # at a small school also a person's mailbox
_BOUNCE_NAME = re.compile(r"mail delivery (sub)?system|mailer-?daemon|系统管理员|mail administrator|邮件系统", re.I)
_BOUNCE_SUBJECT = re.compile(
    r"^(系统退信|退信|邮件退信|退信通知|系统退件|邮件投递失败|投递失败|邮件发送失败|未送达|无法送达|未传递|无法投递|传递状态通知|投递状态通知|邮件被退回|退件|郵件無法|無法傳遞|"
    r"undeliver|non-?deliver|delivery(status|failure|has|notification|report|problem|delay|error|unsuccess)|returnedmail|returntosender|returned(email|toyou|tosender)|failurenotice|failuredelivery|failednotice|"
    r"mail(delivery|system|could|not|failure|status|undeliver|returned|error|rejected|delay)|messagestatus|message(delayed|notdelivered|undeliver|delivery)|"
    r"warning:(couldnot|message)|couldnotsend|nondeliverable|notdelivered|"
    r"unabletodeliver|yourmessagetohasbeen|the(email|message)isreturned|unzustellbar|mailsystemerror|undelivered|statusofyourmail|badaddress|nosuchuser|unknownuser)"
)
# Looked for in the small letters of the text: each of its words begins with a letter of its own, so that whatever stands between is skipped.
_BOUNCE_TEXT = re.compile(
    r"您的邮件.{0,6}被退回|退信原因|该邮件(未能|无法)送达|无法投递到以下|could not be delivered|couldn't be delivered|undeliverable|did not reach the following|unable to deliver|"
    r"delivery to the following recipients?|permanent fatal errors|returned mail|user unknown|unknown user|no such user|mailbox (is )?(unavailable|full|not found)|"
    r"message was not delivered|not delivered to|has not yet been delivered|unknown (local )?(recipient|address)|does not (exist|have)|delivery (failed|failure|error)|over quota|"
    r"not a valid (user|mailbox)|address(es)? (had|has|have) (delivery|permanent|fatal)|could not deliver|can't be delivered|not able to deliver|cannot be delivered|non-?delivery|"
    r"invalid (?:user|recipient|e-?mail) address|requested (?:mail )?action not taken|no such (?:user|mailbox|recipient)|relaying denied"
)
_BOUNCE_TITLE = re.compile(r"^(?:系统退信|退信|退信通知|邮件退信|系统退件)(?:通知)?(?:[/／(（【].*)?$")
_RECEIPT_SUBJECT = re.compile(
    r"^(已读[:：]|已读回执|阅读回执|未读[:：]|read:|notread:|已送达[:：]|readreceipt|returnreceipt|readnotification|disposition|您的邮件已被阅读|已读通知|回执[:：]已读)"
)
_RECEIPT_TEXT = re.compile(
    r"这是.{0,30}(邮件收条|已读回执)|已读回执|您发送的邮件已被阅读|邮件已在.{0,40}(阅读|显示)|(您|你)[^。\n]{0,15}邮件[^。\n]{0,40}(已读|已被?阅读|被打开)|已阅读您.{0,20}邮件|was (read|displayed) on|this is a (read|return) receipt",
    re.I,
)
_AUTO_SUBJECT = re.compile(
    r"^(\[?【?)(自动回复|自動回覆|自動回復|自动答复|自動答覆|自动应答|假期自动回复|外出自动回复|不在办公室|外出[:：]|auto-?reply|auto-?response|automaticreply|autoresponse|autoantwort|"
    r"outofoffice|out-of-office|vacation|abwesen|réponseautomatique|respuestaautomática)"
)
_AUTO_HEADERS = ("x-qq-auto-reply", "x-qq-holidayreply", "x-autoreply", "x-autorespond", "x-autoreply-from", "x-vacation")
_HUMAN_PREFIX = re.compile(r"^(re|回复|答复|回覆|fw|fwd|转发|轉寄)\s*[:：]", re.I)
_AUTO_TEXT = re.compile(
    r"这是来自QQ邮箱的(假期)?自动回复|这是一封自动回复|此邮件?为?(系统)?自动回复|本邮件由系统自动(回复|发出|发送)|系统自动回复.{0,6}请勿回复|this is an auto(matic|mated|-)\s*(reply|response)|i am (currently )?out of (the )?office",
    re.I,
)
_NO_REPLY = re.compile(
    r"^(no[-_.]?reply|do[-_.]?not[-_.]?reply|donotreply|noreply.*|no[-_]?response|nobody|devnull|auto[-_]?(reply|confirm|mail(er)?|notify|responder)?|listserv|majordomo|mailman|notifications?)([+\-_.].*)?$",
    re.I,
)
_PROVIDER = re.compile(r"^(?:10000|system|safe|security|mail-?team|mail-?center)@|@(?:service|notice|system|push|edm)\.", re.I)
_PROVIDER_NAME = re.compile(r"邮箱团队|邮件中心|邮箱安全|[帐账]号(?:中心|安全)|系统(?:通知|消息)|邮箱(?:助手|小助手|管家)|网易邮箱$", re.I)
_RECALL = re.compile(r"^(撤回|收回|回收|recall)\s*[:：]", re.I)
# Outlook's fixed sentence names the recalled letter in quotes right after it; a person says which letter, when and why.
_RECALL_TEXT = re.compile(
    r"(?:将|想要?|要|希望)(?:撤回|收回|回收)(?:此|该|下列|以下)?(?:电子)?(?:邮件|郵件|消息)\s*[“\"「『]|would like to recall the message",
    re.I,
)


def find_robot(traits: Traits) -> Verdict | None:
    """The first mark that fits, strongest first: receipts, bounces, automatic answers, circulars; None for a person."""
    for judge in (_receipt, _bounce, _automatic, _recall, _circular):
        verdict = judge(traits)
        if verdict:
            return verdict
    return None


def _squeezed(subject: str) -> str:
    return re.sub(r"\s+", "", subject).lower()


def _report_type(traits: Traits) -> str:
    if traits.root_type != "multipart/report":
        return ""
    return find_parameter(traits.head.first("content-type"), "report-type").lower() or "delivery-status"


def _receipt(traits: Traits) -> Verdict | None:
    if _report_type(traits) == "disposition-notification" or "message/disposition-notification" in traits.media_types:
        return Verdict("read_receipt", "已读回执")
    subject = _squeezed(traits.subject)
    if _RECEIPT_SUBJECT.match(subject) and len(traits.text) < 1500:
        return Verdict("read_receipt", "已读回执", strong=False)
    if _RECEIPT_TEXT.search(traits.text[:300]) and len(traits.text) < 600:
        return Verdict("read_receipt", "已读回执", strong=False)
    return None


def _bounce(traits: Traits) -> Verdict | None:
    if _report_type(traits) == "feedback-report" or "message/feedback-report" in traits.media_types:
        return Verdict("notice", "投诉反馈报告")
    if _report_type(traits) or traits.media_types & {"message/delivery-status", "message/global-delivery-status"}:
        return Verdict("bounce", "投递状态报告")
    if traits.head.has("x-failed-recipients") or b"bounce" in traits.head.first("hmm-notify").lower():
        return Verdict("bounce", "退信标记")
    subject = _squeezed(traits.subject)
    titled, told = bool(_BOUNCE_SUBJECT.match(subject)), bool(_BOUNCE_TEXT.search(traits.text[:6000].lower()))
    local = traits.sender.partition("@")[0]
    if _BOUNCE_SENDER.match(local):
        return Verdict("bounce", "发件人是邮件系统", strong=titled or told or not _POSTMASTER.match(local))
    if _null_sender(traits) and (titled or told):
        return Verdict("bounce", "退信", strong=False)
    named = bool(_BOUNCE_NAME.search(traits.sender_name))
    if (titled and (told or named or _BOUNCE_TITLE.match(subject))) or (told and (named or not traits.sender)):
        return Verdict("bounce", "退信", strong=False, words=True)
    return None


def _null_sender(traits: Traits) -> bool:
    paths = traits.head.all("return-path")
    return any(path.replace(b" ", b"") == b"<>" for path in paths)


def _automatic(traits: Traits) -> Verdict | None:
    head = traits.head
    if any(head.has(name) for name in _AUTO_HEADERS):
        return Verdict("auto_reply", "自动回复标记")
    submitted = _word(head, "auto-submitted")
    if submitted and submitted != "no":
        return Verdict("auto_reply", f"Auto-Submitted：{submitted[:40]}", strong=submitted.startswith("auto-replied"))
    precedence = _word(head, "precedence")
    if precedence.replace("-", "_") in ("auto_reply", "auto"):
        return Verdict("auto_reply", "Precedence：auto_reply", strong=False)
    if "+auto_=" in traits.sender:
        return Verdict("auto_reply", "自动回复", strong=False)
    if _null_sender(traits):
        return Verdict("auto_reply", "退信地址为空", strong=False)
    titled = _AUTO_SUBJECT.match(_squeezed(traits.subject)) and not _HUMAN_PREFIX.match(traits.subject)
    told = bool(_AUTO_TEXT.search(traits.text[:200]))
    return Verdict("auto_reply", "自动回复", strong=False, words=not told) if titled or told else None


def _recall(traits: Traits) -> Verdict | None:
    """Outlook's 撤回 is a machine's request to delete; nothing is deleted and nobody is answered (c86)."""
    head = traits.head
    outlook = (
        head.has("x-ms-exchange-organization-recallreport")
        or b"ipm.outlook.recall" in head.first("x-ms-exchange-messageclass").lower()
        or b"recall" in head.first("x-message-class").lower()
    )
    worded = bool(_RECALL.match(traits.subject) and _RECALL_TEXT.search(traits.text[:400]))
    if outlook or worded:
        return Verdict("withdrawal", RECALLED, strong=False, words=not outlook, recall=True)
    return None


def _circular(traits: Traits) -> Verdict | None:
    head = traits.head
    precedence = _word(head, "precedence")
    if precedence in ("bulk", "junk", "list", "first-class-bulk"):
        return Verdict("notice", f"群发邮件（Precedence：{precedence}）", strong=False)
    for name in ("list-id", "list-unsubscribe", "list-post", "feedback-id", "x-mailing-list", "mailing-list"):
        if head.has(name):
            return Verdict("notice", f"群发邮件（{name}）", strong=False)
    if _NO_REPLY.match(traits.sender.partition("@")[0]):
        return Verdict("notice", "发件地址不收回信", strong=False)
    if _PROVIDER.search(traits.sender) or _PROVIDER_NAME.search(traits.sender_name):
        return Verdict("notice", "邮箱服务商的通知", strong=False)
    if "text/calendar" in traits.media_types:
        return Verdict("notice", "日程邀请", strong=False)
    if head.has("x-auto-response-suppress") and re.search(r"\b(all|autoreply)\b", _word(head, "x-auto-response-suppress")):
        return Verdict("notice", "来信声明不要自动答复", strong=False)
    return None


def _word(head: Head, name: str) -> str:
    return header_to_text(head.first(name)[:200]).split(";")[0].strip().lower()
