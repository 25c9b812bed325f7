"""Core: what the writer wants, read in the new text and the subject only (domain.md M02, M14, M16)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from intake.message import Intent
from intake.opening.text.own_words import cut_own_subject

# Each of these patterns begins with a letter of its own in every one of its branches: Python then skips whatever begins otherwise, ten times
# quicker over a text that holds none of them. Hence branches written out, and what may stand before a word left away where only its presence counts.


def _each(beginnings: Iterable[str], rest: str) -> str:
    """A branch for every beginning, the rest behind each."""
    return "|".join(beginning + rest for beginning in beginnings)


# Names of documents and quoted words say nothing about what is wanted: 《关于如何推荐的通知》, “是否推荐”一栏; nor does the ? of a link.
_NAMED = re.compile(
    r"《[^》]{0,200}》|“[^”]{0,200}”|「[^」]{0,200}」|『[^』]{0,200}』|\"[^\"\n]{0,100}\"|"
    + _each("hH", r"(?i:ttps?)://[^\s，。；、）)]{1,2000}")
)
# A sentence somebody else wrote, and the rule itself: “已获命名的工作室不再推荐申报” is nobody's refusal.
_CITED = re.compile(r"“[^”我]{8,400}”|「[^」我]{8,400}」|『[^』我]{8,400}』|\"[^\"\n我]{8,400}\"")
_OUR_OWN = re.compile(r"本[校院处]")
_RULE = re.compile(
    _each(("已经?(?:被|获|由)", "曾经?(?:被|获|由)", *"被获由"), r"[^，。；！？\n]{0,40}(?:命名|授予|评为|认定|获得)[^，。；！？\n]{0,12}的[^，。；！？\n我本该此]{0,10}(?:工作室|单位|集体|个人|人员|项目)(?:一律|均|都|原则上)?不(?:再|予|得)(?:重复)?(?:推荐|申报|参评|参加)")
)
# Who speaks of what we sent, or of what he is going to send, sends nothing.
_NOT_YET = re.compile(
    _each(("您", "你", "贵[校会处]?"), "们?所?(?:提交|报送|发送|上报|呈报)")
    + "|"
    + _each(
        (
            "将[会于在按尽]", r"会(?=尽快|及时|抓紧|按|在|于|马上|立即|[^，。；！？\n]{0,6}(?:日|天|前|内))", "尽快", "抓紧", "随后", "稍后",
            "明[天日]", "后天", "下周", "近期", "准备", "正在", "马上", "争取", "待",
        ),
        r"[^，。；！？\n]{0,16}(?:报送|提交|上报|发送|呈报)",
    )
)  # fmt: skip
_INTENTS: tuple[tuple[Intent, re.Pattern[str]], ...] = (
    (
        "not_recommending",
        re.compile(
            _each(
                ("不", "未", "没有", "無", "无", "放弃"),
                "(?:予|再|作|做|进行|参与|参加|组织|拟|打算)?(?:推荐|申报|报送|参评|参加申报|参加推荐)(?!表|材料不|的其)",
            )
            + r"|零(?:推荐|申报)|不参加(?:此次|本次|今年)|无(?:拟)?推荐(?:对象|单位|项目)|暂不(?:推荐|申报)"
        ),
    ),
    ("withdrawal", re.compile(r"(?:撤回|撤销|撤下|撤出|收回|退出|取消)(?<!不..)")),
    ("replacement", re.compile(r"替换|更换|换成|改报|改为推荐|调换|替代|代替|换为")),
    (
        "supersede",
        re.compile(
            r"以(?:本|此|这|后)(?:次|封|件|邮件|版|函|附件|来信|材料)?.{0,6}为准|以附件(?!\s*[\d一二三四]).{0,8}为准|以.{1,12}(?:版本?|邮件|报送)为准|作废|更新版|最新版|重新(?:报送|发送|提交|上报)|请忽略(?:之前|上一|前一|上封|此前)"
        ),
    ),
    (
        "correction",
        re.compile(
            r"更正|修改|订正|勘误|改正|纠正|修订|补正|填错|写错|有误|笔误|补充(?:材料|报送|提交|说明)?|补交|补报|补发|补齐|漏(?:发|传|报|填)"
        ),
    ),
    (
        "explanation",
        re.compile(
            r"说明(?:如下|一下)?[:：，]|特此说明|现说明|说明如下|原因(?:是|为|如下)|无误|确认.{0,8}(?:属实|准确)|含外汇|之所以|经核实|核对(?:过|后|了)|附件[^，。；！？\n]{0,30}(?:正确|属实|没有?问题|没错)|以附件\s*[\d一二三四][^，。；！？\n]{0,12}为准"
        ),
    ),
    (
        "question",
        re.compile(
            r"\?|？|请问|想问|咨询|是否|能否|可否|可不可以|能不能|吗(?:\s|$|[。，！!])|怎么|如何|哪(?:些|个|里|几)|什么时候|何时|多少|请教|烦请告知|望告知|请告知|盼复|请回复|不清楚|不明白"
        ),
    ),
    (
        "submission",
        re.compile(
            r"报送|呈报|呈送|上报|提交|申报材料|推荐材料|见附件|附件(?:中|里|是|为|如下)|随信|附上|请查收|请查阅|请审阅|请接收|敬请查收|发送.{0,10}材料|材料(?:已|见|发|如下)|现将"
        ),
    ),
)
_SUBMITS = dict(_INTENTS)["submission"]
# A refusal of a part beside what is recommended: 没有劳模，仅推荐职工工作室2个; of one of several: 第三个暂不推荐，其余见附件.
_RECOMMENDED = re.compile(
    r"(?<!不)(?<!未)(?:仅|只|共|现|特|另|决定|同意)推荐|(?<!不)(?<!未)(?<!再)推荐[^，。；！？\n不]{0,12}[1-9一二两三四五]个|其余(?:[^，。；！？\n]{0,10})(?:材料|工作室|见附件|不变)"
)
_LATER = re.compile(r"(?:明年|下[一]?年|来年|以后|今后|下一批|下次)[^。；！？\n]{0,20}")
_OF_A_PART = re.compile(r"(?:不|未|没有|无|放弃)[^，。；！？\n]{0,8}劳模|劳模[^，。；！？\n]{0,12}(?:不|未|没有|无)|另有?[^，。；！？\n]{0,4}个")
_CLAIMS = re.compile(
    r"见附件|附件(?:中|里|是|为|如下|\d|[一二三四])|随信|附上|现将.{0,40}(?:报送|发送|提交|呈)|报送如下|"
    + _each("请望", ".{0,4}(?:查收|查阅|审阅|接收)")
    + "|"
    + _each(("报送", "提交", "发送", "上报"), ".{0,20}(?:材料|附件)")
)
# A sentence that names an annex to have a word in it changed or to confirm it, or speaks of what goes by post or will follow, says nothing of files in this letter.
_CHANGE = re.compile(
    r"(?:帮忙?|代为|请予以?|烦请|请)[^，。；！？\n]{0,12}(?:更?改|更正|修正)(?![后的稿版件]|材料)|(?:写|填|打|印|输|录)(?:错|反|漏)(?!了?的?(?:材料|文件|附件)?[，,]?(?:见|请见|现|重))|应(?:为|是|改为|更正为)|改(?:为|成)|更正为|笔误"
)
_BY_POST = re.compile(r"纸质|快递|邮寄|寄出|寄达|寄往|寄送|顺丰|中通|圆通|韵达|申通|(?<![A-Za-z])EMS(?![A-Za-z])|(?:快递|运|物流)?单号|送达|当面")
_CONFIRMS = re.compile(r"附件[^，。；！？\n]{0,30}(?:正确|无误|属实|没有?问题|没错|为准)")
_TO_COME = re.compile(
    r"(?:还|正|尚|仍)在[^，。；！？\n]{0,12}(?:盖章|签字|签批|审批|审核|整理|完善|修改|准备|撰写|填写|办理|走流程)"
    r"|(?:将(?:会|于|在|按|尽|陆续|随)|(?<!工)会(?=尽快|及时|抓紧|马上|立即|在|于|按)|尽快|抓紧|随后|稍后|明[天日]|后天|下周[一二三四五六日天]?|本周[一二三四五六日天]?|周[一二三四五六日天]|近期|马上|争取|待|之后|以后|\d+[月日]\S{0,3}[前内])[^，。；！？\n]{0,20}(?:补[交报发送齐寄]|报送|提交|上报|发送|发给|发来|呈报|寄)"
)
_SENTENCE = re.compile(r"[^。！？!?；;\n]*(?:[。！？!?；;\n]+|$)")
_HERE = re.compile(r"见附件|随信|随邮件|附上|附后|电子版|电子件|压缩包")
_COURTESY = re.compile(
    r"(?:您|你|我们|我)?(?:已经|已|也)?(?:收到|收悉|知悉|看到|阅)?(?:您|你|贵处|贵会)?的?(?:邮件|来信|来函|信件|材料|回执|通知)(?:已经|已|均已|我)?(?:收到|收悉|知悉|阅)?(?:了|啦)?|"
    r"(?:已经|已)?(?:收到|收悉|知悉|知道)(?:了|啦)?|(?:我们?)?(?:会|将)?尽快.{0,4}(?:回复|处理|查看|阅读|联系)(?:您|你)?|好的|谢谢|多谢|感谢|辛苦|"
    r"祝(?:好|您|你|工作|顺)|明白|\bok\b|received|thanks?(?: you)?|此致|敬礼|您好|你好|老师",
    re.I,
)

_THANKS = re.compile(r"收到|收悉|知悉|谢谢|感谢|好的|明白|辛苦|祝好|thank|received|\bok\b", re.I)
_DEED = re.compile(r"[寄送交发改补报退撤换邮打]")


def find_intents(subject: str, text: str) -> tuple[Intent, ...]:
    """The wishes that are expressed, strongest first. The subject counts only as far as the writer wrote it anew."""
    said = f"{cut_own_subject(subject)}\n{text[:20_000]}"
    bare = _NAMED.sub("〇", said)
    wished = _RULE.sub("〇", _CITED.sub(_own_sentence, said))
    heard = {"question": bare, "submission": _NOT_YET.sub("〇", _of_this_letter(said))}
    found = tuple(intent for intent, pattern in _INTENTS if pattern.search(heard.get(intent, wished)))
    return _of_the_whole(found, wished) if "not_recommending" in found else found


def _of_the_whole(found: tuple[Intent, ...], said: str) -> tuple[Intent, ...]:
    """A refusal beside a recommendation is not the institution's: none at all of a category, or one studio taken back."""
    if not _RECOMMENDED.search(_LATER.sub("", said)):
        return found
    rest = tuple(intent for intent in found if intent not in ("not_recommending", "withdrawal"))
    return rest if _OF_A_PART.search(said) and "withdrawal" not in found else ("withdrawal", *rest)


def _own_sentence(quoted: re.Match[str]) -> str:
    """A quoted sentence counts only where the writer speaks of himself in it: “本校今年不推荐”."""
    return quoted[0] if _OUR_OWN.search(quoted[0]) else "〇"


def claims_files(text: str) -> bool:
    """True when the new text says that something was attached: with no file in the letter this is M02."""
    return bool(_CLAIMS.search(_of_this_letter(text[:20_000])))


def asks_change(text: str) -> bool:
    """True when the new text asks for something to be changed in what was sent before: 附件4里职务写错了，应为教授，请帮忙改一下."""
    return any(_is_change(sentence) for sentence in _SENTENCE.findall(text[:20_000]))


def _is_change(sentence: str) -> bool:
    return bool(_CHANGE.search(sentence)) and not _HERE.search(sentence)


def _of_this_letter(text: str) -> str:
    """The sentences that may speak of files in this letter: not those about paper on its way or files still to come, nor those that only name an annex
    to have it changed or to confirm it."""
    if not (_SUBMITS.search(text) or _CLAIMS.search(text)):
        return text
    return "".join("〇" if (_SUBMITS.search(s) or _CLAIMS.search(s)) and _is_elsewhere(s) else s for s in _SENTENCE.findall(text))


def _is_elsewhere(sentence: str) -> bool:
    return not _HERE.search(sentence) and any(words.search(sentence) for words in (_CHANGE, _BY_POST, _CONFIRMS, _TO_COME))


def is_courtesy(text: str) -> bool:
    """True for 邮件已收到，祝好 and the like: a polite echo with nothing to answer (c67)."""
    squeezed = re.sub(r"发自我的\S+|sent from my \w+", "", text, flags=re.I)
    squeezed = re.sub(r"[\s,，。.!！~～、;；:：\-—]+", "", squeezed)
    if len(squeezed) > 60 or not squeezed:
        return False
    rest = _COURTESY.sub("", squeezed)
    return len(rest) <= 8 and bool(_THANKS.search(squeezed)) and not _DEED.search(rest) and not _INTENTS[-2][1].search(text)
