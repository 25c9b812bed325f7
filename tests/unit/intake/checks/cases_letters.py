"""Cases of group M: what came by letter."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from intake.message import Attachment, CloudFile, Problem
from intake.submission import Candidate, Claim, Decision, Evidence, Submission
from parsers.form import UNRECOGNISED, Form
from tests.unit.intake.checks.builders import Case, at, basic_info, form_case, letter, state, studio, submission, version

FILE = Attachment(name="附件4.docx", path=("附件4.docx",), size=10, sha256="sha-a")
LINK = CloudFile(name="申报材料.zip", url="https://example.com/x", provider="netease")
DOUBT = Claim(
    "示例大学", candidates=(Candidate("示例大学", 0.5, ("正文",)), Candidate("示例大学城市学院", 0.4, ("文件名",))), codes=("M01",)
)


def claimed(claim: Claim) -> Submission:
    """A faultless submission identified like this."""
    return submission(claims={"letter-1": claim})


def unread(problem: str, file: str = "附件4.docx") -> Submission:
    """A faultless submission and one more file that a person must look at."""
    return submission(unread=(version(file, problem=problem),))


SAME = Attachment("附件4.docx", ("材料.zip", "附件4.docx"), 2000, "a" * 64)


def with_letter(**message: Any) -> Submission:
    """A faultless submission and a second letter."""
    return submission(letters=(letter(), letter("letter-2", received_at=at(30), **message)))


def refusal_then(**later: Any) -> Submission:
    """A union says that it recommends nobody, and writes again a day later."""
    refused = letter("letter-2", received_at=at(30), kind="empty", intents=("not_recommending",), text="我校今年不推荐。")
    return submission(letters=(letter(), refused, letter("letter-3", received_at=at(31), **later)))


def decided(day: int) -> Decision:
    """The decision to withdraw a studio, taken on a day of July."""
    return Decision(1, "withdraw_studio", at(day), "工作人员", "示例大学", "李四光创新工作室")


def waiting(**message: Any) -> Submission:
    """A submission that lacks the 申报材料, and a second letter."""
    return replace(with_letter(**message), studios=(studio(story=state()),))


PROMISE: dict[str, Any] = {"kind": "empty", "intents": ("submission",), "text": "现报送申报材料，见附件。"}
SCAN = state(version("基本情况表.pdf", basic_info(), problem="scanned"))
BOTH = state(version("基本情况表.pdf", basic_info(), problem="scanned"), version("基本情况表.docx", basic_info()))

CASES = (
    Case("M01", "the letter gives two institutions", claimed(DOUBT), ("来信无法确定所属单位（可能为示例大学、示例大学城市学院），请在“待认领”中指定单位。",)),
    Case("M01", "the institution is certain", claimed(Claim("示例大学"))),
    Case("M02", "a letter speaks of an attachment and has none", waiting(**PROMISE),
         ("来信中未见附件，烦请以普通附件形式重新发送全部申报材料电子版。",), audience="institution"),
    Case("M02", "the next letter brings the attachment",
         submission(letters=(letter("a", **PROMISE), letter("b", received_at=at(30), attachments=(FILE,))))),
    Case("M02", "everything is there already: for staff", with_letter(**PROMISE),
         ("（机器识读把握不足，请先对照原件）来信中未见附件，烦请以普通附件形式重新发送全部申报材料电子版。",), audience="staff"),
    Case("M02", "an explanation of open questions", replace(waiting(**PROMISE), explanations=("letter-2",))),
    Case("M02", "a question about the annexes", waiting(kind="question", intents=("question", "submission"), problems=(Problem("M02", "", ""),))),
    Case("M02", "a reply 不推荐", waiting(**PROMISE | {"intents": ("not_recommending", "submission")})),
    Case("M02", "a robot quotes our own words", waiting(**PROMISE | {"kind": "auto_reply"})),
    Case("M02", "the opener says so, later than all other letters", waiting(kind="empty", problems=(Problem("M02", "", ""),)),
         ("来信中未见附件，烦请以普通附件形式重新发送全部申报材料电子版。",)),
    Case("M03", "a damaged file", unread("corrupt"), ("附件《附件4.docx》无法正常打开（可能传输中损坏），烦请重新发送该文件。",)),
    Case("M20", "an empty file", unread("empty"), ("附件《附件4.docx》打开后没有内容（空文件），烦请核对后重新发送该文件。",)),
    Case("M20", "a damaged file is not an empty one", unread("corrupt")),
    Case("M03", "a file that is only scanned", unread("scanned")),
    Case("M04", "a file with a password", unread("encrypted", "材料.zip"), ("附件《材料.zip》设有打开密码，烦请发送未加密版本。",)),
    Case("M04", "a damaged file is not a locked one", unread("corrupt", "材料.zip")),
    Case("M05", "a link instead of a file", submission(cloud_files=(("letter-1", LINK),)),
         ("《申报材料.zip》系以超大附件（网盘链接）形式发送，链接到期后将无法调阅，烦请改以普通附件发送；单封超过邮箱限制的，可分多封发送。",)),
    Case("M05", "the link was answered by an attachment", with_letter(cloud_files=(LINK,))),
    Case("M18", "a letter sealed by the mail program", unread("encrypted", "smime.p7m"),
         ("贵校来信系加密（数字信封）邮件，我会无法阅读，烦请关闭邮件加密后重新发送。",)),
    Case("M18", "an archive with a password is no envelope", unread("encrypted", "材料.zip")),
    Case("M19", "a film as a link", submission(cloud_files=(("letter-1", replace(LINK, name="工作室视频.mp4")),)),
         ("《工作室视频.mp4》系以超大附件（网盘链接）形式发送；通知未要求报送音像资料，不必另行发送（提示，不影响接收）。",)),
    Case("M19", "material as a link is asked for", submission(cloud_files=(("letter-1", LINK),))),
    Case("M06", "a format that cannot be read", unread("unsupported", "附件4.pages"),
         ("《附件4.pages》格式暂无法读取，烦请另存为 Word（.docx）、Excel（.xlsx）或 PDF 后重新发送。",)),
    Case("M06", "a film is supporting material", unread("unsupported", "宣传片.mp4")),
    Case("M07", "only a scan of the form", submission(studio(basic=SCAN)),
         ("《基本情况表.pdf》为扫描件/图片，已收存；为便于登记汇总，烦请同时发送可编辑的 Word 或 Excel 电子版。",)),
    Case("M07", "the scan stands beside the Word file", submission(studio(basic=BOTH))),
    Case("M07", "an unplaced scan while something is unread", submission(studio(story=state(status="received_unread")), unread=(version("a.jpg", problem="image"),)),
         ("《a.jpg》为扫描件/图片，已收存；为便于登记汇总，烦请同时发送可编辑的 Word 或 Excel 电子版。",)),
    Case("M07", "a photo beside a complete submission", unread("image", "证书.jpg")),
    Case("M08", "an executable among the files", unread("hostile", "附件.docx.exe"),
         ("来信所附《附件.docx.exe》含可执行内容或可疑结构，已隔离，未打开。确系申报材料的，请电话联系该单位改发普通文件；否则可不处理。",), audience="staff"),
    Case("M08", "the opener left something out", with_letter(problems=(Problem("M08", "../../x.sh", ""),)),
         ("来信所附《../../x.sh》含可执行内容或可疑结构，已隔离，未打开。确系申报材料的，请电话联系该单位改发普通文件；否则可不处理。",)),
    Case("M08", "the opener says why", with_letter(problems=(Problem("M08", "深.zip", "嵌套超过8层"),)),
         ("来信所附《深.zip》（嵌套超过8层），已隔离，未打开。确系申报材料的，请电话联系该单位改发普通文件；否则可不处理。",)),
    Case("M08", "an ordinary damaged file", unread("corrupt", "附件.docx")),
    Case("M09", "the same bytes again", submission(letters=(letter(attachments=(SAME,)), letter("letter-2", received_at=at(30), attachments=(SAME,)))), ("《附件4.docx》与此前报送内容相同，不重复登记。",), audience="institution"),
    Case("M09", "the first copy of a file is no repetition", submission(letters=(letter(attachments=(SAME,)),))),
    Case("M09", "a corrected file under the old name is none either", submission(letters=(letter(attachments=(SAME,)), letter("letter-2", received_at=at(30), attachments=(replace(SAME, sha256="b" * 64),))))),
    Case("M09", "two letters with different files", with_letter()),
    Case("M10", "one letter with two institutions", claimed(Claim("示例大学", split=("示例大学", "示例大学城市学院"), codes=("M10",))),
         ("来信同时含有示例大学、示例大学城市学院的材料，请确认拆分建议后分别登记。",), audience="staff"),
    Case("M10", "one letter of one institution", claimed(Claim("示例大学", affiliate=""))),
    Case("M11", "a bounce of our receipt", with_letter(kind="bounce"), ("收到退信，不予回复。示例大学可能未收到我方回执，请电话联系。",), audience="staff"),
    Case("M11", "an out-of-office reply", with_letter(kind="auto_reply"), ("收到自动回复，不予回复。无需处理。",)),
    Case("M11", "a person asks something", with_letter(kind="question")),
    Case("M12", "a document of no kind", submission(unread=(version("说明.docx", Form(kind=UNRECOGNISED), problem="unrecognised", status="received_unread"),)),
         ("《说明.docx》可以打开，但无法判定是哪一类材料，请打开查看并选择材料类别。",), audience="staff"),
    Case("M12", "supporting material", submission(unplaced=(version("证书.docx", Form(kind="supporting")),))),
    Case("M13", "last year's columns", form_case(facts={"years": (2019, 2020)}),
         ("《基本情况表-张三丰.docx》疑为往年或其他通知的表样（年度列为2019、2020），烦请使用辽教科文卫体工发〔2022〕16号通知所附表格重新填报。",)),
    Case("M13", "another notice's number", form_case(facts={"document_number": "辽教科文卫体工发〔2021〕9号"}),
         ("《基本情况表-张三丰.docx》疑为往年或其他通知的表样（文号为辽教科文卫体工发〔2021〕9号），烦请使用辽教科文卫体工发〔2022〕16号通知所附表格重新填报。",)),
    Case("M13", "a year that is a date", form_case({"founded_on": "2018"}, facts={"years": (2018, 2020)})),
    Case("M13", "this year's columns and number", form_case(facts={"years": (2020, 2021), "document_number": "〔2022〕16号"})),
    Case("M14", "a question without files", with_letter(kind="question", subject="可以延期吗?"),
         ("来信为咨询（“可以延期吗?”），系统只回复“已转工作人员”，请于工作日内答复。",), audience="staff"),
    Case("M14", "an explanation of open questions",
         replace(with_letter(kind="question", intents=("explanation",)), explanations=("letter-2",))),
    Case("M15", "a personal mailbox never seen", claimed(Claim("示例大学", codes=("M15",))),
         ("来信邮箱未经登记或确认，已按内容认领登记，不替换已有材料；请核对盖章材料后确认一次，确认前只中性回执来信人，材料情况函告登记邮箱（如有）。",), audience="staff"),
    Case("M15", "the registered mailbox", claimed(Claim("示例大学"))),
    Case("M16", "a wish to withdraw a studio", with_letter(kind="withdrawal", intents=("withdrawal",)),
         ("来信关于撤回推荐已收悉，工作人员将尽快与贵校核实后办理；核实前已报材料保持不变。",), audience="institution_after_approval"),
    Case("M16", "以本次为准 with a file is an ordinary correction", with_letter(intents=("supersede",), attachments=(FILE,))),
    Case("M16", "staff have decided since", replace(with_letter(intents=("withdrawal",)), decisions=(decided(31),))),
    Case("M16", "staff decided before this letter came", replace(with_letter(intents=("replacement",)), decisions=(decided(28),)),
         ("来信关于更换推荐已收悉，工作人员将尽快与贵校核实后办理；核实前已报材料保持不变。",)),
    Case("M16", "the reply 不推荐", with_letter(kind="question", intents=("not_recommending",)),
         ("来信关于不推荐申报已收悉，工作人员将尽快与贵校核实后办理；核实前已报材料保持不变。",)),
    Case("M16", "a correction", with_letter(intents=("correction",), attachments=(FILE,))),
    Case("M16", "不再推荐 of one named studio is not the union's refusal", with_letter(intents=("not_recommending", "withdrawal"), text="张三丰劳模创新工作室撤回,不再推荐,其余不变。"),
         ("来信关于撤回推荐（“张三丰劳模创新工作室”）已收悉，工作人员将尽快与贵校核实后办理；核实前已报材料保持不变。",)),
    Case("M16", "a refusal overtaken by material", refusal_then(attachments=(FILE,), intents=("submission",))),
    Case("M16", "a refusal taken back in words", refusal_then(text="前信所述不推荐系误报,请作废。", intents=("not_recommending", "supersede"))),
    Case("M16", "a refusal and a stranger's material: the item shows the later letter",
         replace(refusal_then(attachments=(FILE,)), claims={"letter-3": Claim("示例大学", evidence=Evidence(()))}),
         ("来信关于不推荐申报（7月31日又有来信，请一并核实）已收悉，工作人员将尽快与贵校核实后办理；核实前已报材料保持不变。",)),
    Case("M16", "a refusal, then a question", refusal_then(kind="question", text="请问表格在哪里?"),
         ("来信关于不推荐申报已收悉，工作人员将尽快与贵校核实后办理；核实前已报材料保持不变。",)),
    Case("M16", "staff registered the refusal, then material came",
         replace(refusal_then(attachments=(FILE,)), not_recommending=True, decisions=(Decision(1, "not_recommending", at(30, 12), "郝老师", "示例大学"),)),
         ("来信关于恢复推荐已收悉，工作人员将尽快与贵校核实后办理；核实前已报材料保持不变。",)),
    Case("M17", "an explanation without files", replace(with_letter(text="无误，合计含外汇折算。"), explanations=("letter-2",)),
         ("来信就待核实事项作出说明：“无误，合计含外汇折算。”。请确认是否采纳。",), audience="staff"),
    Case("M17", "a letter that explains nothing", with_letter(text="无误，合计含外汇折算。")),
)  # fmt: skip
