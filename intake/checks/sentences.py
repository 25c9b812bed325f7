"""Words: the 113 codes of the rule table, plus M17, M18, M19, M20, M21, M22, Q07 and X13 - how grave, to whom, the Chinese sentence and the clause of the notice behind it.

The sentences are those of the rule table (research, domain.md 1.1-1.8). A placeholder is a word of the sentence; what differs from
year to year (《通知》文号, 年度, 份数, 字数, 地址) is a placeholder too. Where a sentence would repeat a phone number, an e-mail address
or a birth date (T06, F28, F29) the value is left out on purpose: personal data is never echoed, the place in the form is enough.
Staff sentences say what to do. `asks` names the facts whose change makes it a new question (they enter the finding's key).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from intake.submission import Audience, Severity

U: Audience = "institution"
UA: Audience = "institution_after_approval"
S: Audience = "staff"
MISSING: Severity = "missing"
CONFLICT: Severity = "conflict"
MANUAL: Severity = "manual"
NOTE: Severity = "note"


@dataclass(frozen=True, slots=True)
class Label:
    """类别: the class of a finding as staff see it, and how soon it wants a person (0 first)."""

    title: str
    urgency: int


IDENTITY, SPLIT, TIME, WISH = Label("归属", 1), Label("拆分", 1), Label("时间", 1), Label("撤回", 2)
QUOTA, ELIGIBLE, EXPLANATION, SORT = Label("名额", 3), Label("资格", 4), Label("说明", 4), Label("材料", 4)
SAFETY, PAPER, FILE, FORM, LETTER = Label("安全", 5), Label("纸质", 5), Label("文件", 5), Label("表样", 5), Label("来信", 5)
ABSENT, BLANK, FIGURE = Label("缺件", 6), Label("漏填", 6), Label("数字", 6)
AGREEMENT, LISTING, TEXT = Label("不一致", 6), Label("列示", 6), Label("正文", 6)

# What is asked of the institution at the end of a sentence; staff are told the matter, not the request.
_REQUEST = re.compile(r"[，；](?:烦请|请)[^。]*。$|，勿增删栏目。$")
_HINT = re.compile(r"（(?:如无请填|提示，)[^）]*）")


@dataclass(frozen=True, slots=True)
class Entry:
    """条目: one code of the catalogue. `clause` is the part of the notice it rests on; 实务 when practice alone asks for it.

    `sentence` is said to the institution (or to staff, when the code is theirs); `staff` is the same told about the institution.
    `unclear` is said instead of `sentence` where something is written in the box that cannot be taken for what it asks: that is quoted
    ({值}), never called 未填写.
    `said_by_the_letter`: every letter says it in its own words, so it is never listed. `wanted_again`: kept, but asked for once more in
    a form a machine can read. `of_the_letter`: about how and when a letter came, not about what it brought. `quota`: settled by the
    one decision about the quota letter. `paper`: about the copies that come by post.
    """

    code: str
    severity: Severity
    audience: Audience
    label: Label
    clause: str
    sentence: str
    asks: tuple[str, ...] = ()
    staff: str = ""
    unclear: str = ""
    said_by_the_letter: bool = False
    wanted_again: bool = False
    of_the_letter: bool = False
    quota: bool = False
    paper: bool = False

    @property
    def staff_sentence(self) -> str:
        """The sentence in the voice for staff: about the institution, without what it is asked to do."""
        if self.staff or self.audience == "staff":
            return self.staff or self.sentence
        return _without_request(self.sentence)

    @property
    def staff_unclear(self) -> str:
        """`unclear` in the voice for staff."""
        return _without_request(self.unclear)


def _without_request(sentence: str) -> str:
    return _REQUEST.sub("。", _HINT.sub("", sentence))


LETTER_ENTRIES = (
    Entry("M01", MANUAL, S, IDENTITY, "实务", "来信无法确定所属单位（{依据}），请在“待认领”中指定单位。", ("letter",), of_the_letter=True),
    Entry("M02", MISSING, U, FILE, "四.3", "来信中未见附件，烦请以普通附件形式重新发送全部申报材料电子版。", ("letter",), staff="来信称有附件，但信中未见附件。"),
    Entry("M03", MISSING, U, FILE, "四.3", "附件《{文件}》无法正常打开（可能传输中损坏），烦请重新发送该文件。", ("文件", "sha256")),
    Entry("M04", MISSING, U, FILE, "四.3", "附件《{文件}》设有打开密码，烦请发送未加密版本。", ("文件", "sha256")),
    Entry("M05", MISSING, U, FILE, "三（四）",
          "《{文件}》系以超大附件（网盘链接）形式发送，链接到期后将无法调阅，烦请改以普通附件发送；单封超过邮箱限制的，可分多封发送。",
          ("文件", "letter"), staff="《{文件}》系以超大附件（网盘链接）形式发送，链接到期后将无法调阅。"),
    Entry("M06", CONFLICT, U, FILE, "四.3",
          "《{文件}》格式暂无法读取，烦请另存为 Word（.docx）、Excel（.xlsx）或 PDF 后重新发送。", ("文件", "sha256"), staff="《{文件}》格式暂无法读取。", wanted_again=True),
    Entry("M07", CONFLICT, U, FILE, "四.3",
          "《{文件}》为扫描件/图片，已收存；为便于登记汇总，烦请同时发送可编辑的 Word 或 Excel 电子版。", ("文件", "sha256"), staff="《{文件}》为扫描件或图片，尚无可编辑的文件。", wanted_again=True),
    Entry("M08", MANUAL, S, SAFETY, "实务",
          "来信所附《{文件}》{情况}，已隔离，未打开。确系申报材料的，请电话联系该单位改发普通文件；否则可不处理。", ("文件", "letter")),
    Entry("M09", NOTE, U, FILE, "实务", "《{文件}》与此前报送内容相同，不重复登记。", ("文件",), said_by_the_letter=True),
    Entry("M10", MANUAL, S, SPLIT, "实务", "来信同时含有{单位列表}的材料，请确认拆分建议后分别登记。", ("letter",)),
    Entry("M11", NOTE, S, LETTER, "实务", "收到{类别}，不予回复。{提示}", ("letter",)),
    Entry("M12", MANUAL, S, SORT, "四.3", "《{文件}》可以打开，但无法判定是哪一类材料，请打开查看并选择材料类别。", ("文件", "sha256")),
    Entry("M13", CONFLICT, U, FORM, "四.3",
          "《{文件}》疑为往年或其他通知的表样（{依据}），烦请使用{文号}通知所附表格重新填报。", ("文件", "依据"), staff="《{文件}》疑为往年或其他通知的表样（{依据}）。", wanted_again=True),
    Entry("M14", NOTE, S, LETTER, "实务", "来信为咨询（“{主题}”），系统只回复“已转工作人员”，请于工作日内答复。", ("letter",), said_by_the_letter=True, of_the_letter=True),
    Entry("M15", NOTE, S, LETTER, "实务",
          "来信邮箱未经登记或确认，已按内容认领登记，不替换已有材料；请核对盖章材料后确认一次，确认前只中性回执来信人，材料情况函告登记邮箱（如有）。", ("letter",), of_the_letter=True),
    Entry("M16", MANUAL, UA, WISH, "实务",
          "来信关于{事项}已收悉，工作人员将尽快与贵校核实后办理；核实前已报材料保持不变。", ("letter",), staff="来信提出{事项}，登记前已报材料保持不变。", said_by_the_letter=True),
    Entry("M18", MISSING, U, FILE, "四.3", "贵校来信系加密（数字信封）邮件，我会无法阅读，烦请关闭邮件加密后重新发送。", ("文件", "sha256"),
          staff="来信系加密（数字信封）邮件，无法阅读。"),
    Entry("M19", NOTE, U, FILE, "实务",
          "《{文件}》系以超大附件（网盘链接）形式发送；通知未要求报送音像资料，不必另行发送（提示，不影响接收）。", ("文件", "letter"),
          staff="《{文件}》系网盘链接（音像资料，通知未要求报送）。"),
    Entry("M20", MISSING, U, FILE, "四.3", "附件《{文件}》打开后没有内容（空文件），烦请核对后重新发送该文件。", ("文件", "sha256")),
    Entry("M21", MANUAL, S, FORM, "四.3", "《{文件}》中{项列表}处是图片、签名、公式等非文字内容，机器未能识读，请对照原件核对。", ("文件", "项列表")),
    Entry("M22", MANUAL, S, FORM, "四.3", "《{文件}》有隐藏的行或列，机器没有读，请打开原件、取消隐藏后核对。", ("文件",)),
    Entry("M17", MANUAL, S, EXPLANATION, "实务", "来信就待核实事项作出说明：“{说明}”。请确认是否采纳。", ("letter",)),
)

DEADLINE_ENTRIES = (
    Entry("D01", NOTE, U, TIME, "四.3", "材料收到时间：{时间}（北京时间），在规定时限内。", ("letter",), said_by_the_letter=True, of_the_letter=True),
    Entry("D02", CONFLICT, U, TIME, "四.3",
          "材料收到时间：{时间}（北京时间），晚于通知规定的{截止}。我会已如实登记，后续处理意见另行告知。", ("letter",), staff="材料收到时间为{时间}，晚于{截止}。", said_by_the_letter=True, of_the_letter=True),
    Entry("D03", MANUAL, S, TIME, "四.3",
          "材料收到时间为{时间}，截止为{截止}，{依据}。请认定是否按期；认定前回执只写收到时间。", ("letter",), said_by_the_letter=True, of_the_letter=True),
    Entry("D04", NOTE, U, TIME, "四.3", "贵校原材料已按期收到；本次更正件收到时间为{时间}，已作为截止后更正单独登记。", ("letter",), staff="原材料已按期收到；更正件收到时间为{时间}，已另行登记。", said_by_the_letter=True, of_the_letter=True),
    Entry("D05", NOTE, S, TIME, "三（三）", "材料于{时间}收到，早于{阶段}（{开始}起），已正常接收，无需处理。", ("letter",), said_by_the_letter=True, of_the_letter=True),
    Entry("D06", NOTE, S, TIME, "三（三）", "已过{截止}，未收到申报材料，也未答复不推荐；列入终期清单，不自动发函，是否电话询问请酌定。", of_the_letter=True),
    Entry("D07", MANUAL, S, TIME, "四.3",
          "时间证据不一致：信箱登记时间为{时间}，邮件头最后一跳为{邮件头}，相差超过{分钟}分钟（邮件可能被移动或导入），请人工认定收到时间。",
          ("letter",), of_the_letter=True),
)

QUOTA_ENTRIES = (
    Entry("Q01", CONFLICT, UA, QUOTA, "三（三）",
          "贵校共推荐{n}个工作室，超出通知规定的{上限}个，请研究确定推荐名单后重新报送汇总表。", ("n", "上限"), staff="推荐{n}个工作室，上限{上限}个。", quota=True),
    Entry("Q02", CONFLICT, UA, QUOTA, "三（三）",
          "贵校推荐{类别}创新工作室{n}个，超出通知规定的{上限}个，请调整后重新报送{表}。", ("类别", "n", "上限"), staff="推荐{类别}创新工作室{n}个，上限{上限}个。", quota=True),
    Entry("Q03", MISSING, U, ABSENT, "三（三）", "暂未从来件中识别到推荐的工作室，烦请核对汇总表是否已填写。", staff="来件中未能识别出推荐的工作室。"),
    Entry("Q04", CONFLICT, U, QUOTA, "四.3",
          "汇总表列有{m}个工作室，收到基本情况表{n}份，请核对是否有漏报或多报。", ("m", "n")),
    Entry("Q05", MANUAL, S, QUOTA, "三（三）", "{附属医院}单独来信，已并入{单位}名额，请与校工会核对。", ("附属医院",)),
    Entry("Q06", MANUAL, S, QUOTA, "三（三）",
          "名额类别待确认：共推荐{n}个（{明细}），若按{依据}则超出名额。请先在名单中确认该单位类别，再决定是否发名额函。", ("n", "明细")),
    Entry("Q07", CONFLICT, UA, QUOTA, "三（三）", "{附属医院}报送的材料已收到，名额计入{单位}，请同时由校工会汇总推荐。", ("附属医院",), staff="{附属医院}单独报送，名额计入{单位}，尚待校工会汇总推荐。"),
)

COMPLETENESS_ENTRIES = (
    Entry("C01", MISSING, U, ABSENT, "四.3", "尚缺《{汇总表}》（{表}）。"),
    Entry("C02", MISSING, U, ABSENT, "四.3", "尚缺《{汇总表}》（{表}）。", ("表",)),
    Entry("C03", MISSING, U, ABSENT, "四.3", "尚缺“{工作室}”的《基本情况表》（附件4）。"),
    Entry("C04", MISSING, U, ABSENT, "四.3", "尚缺“{工作室}”的申报材料（按附件3参考提纲撰写，{字数}字以上）。", staff="尚缺“{工作室}”的申报材料。"),
    Entry("C05", CONFLICT, U, LISTING, "四.3", "“{工作室}”的{材料}已收到，但汇总表中未见该工作室，请核对。"),
    Entry("C06", NOTE, U, PAPER, "四.3",
          "另请将纸质版（加盖公章、一式{份数}份）于{截止}前报送，地址：{地址}（{邮编}）。", staff="纸质版尚未登记。", said_by_the_letter=True, paper=True),
    Entry("C07", MISSING, UA, PAPER, "四.3", "纸质材料收到{n}份，通知要求一式{份数}份，请补送。", ("n",), staff="纸质材料收到{n}份，应为一式{份数}份。", paper=True),
    Entry("C08", MISSING, UA, PAPER, "四.3", "纸质材料{处}尚未加盖公章，请补盖后报送。", ("项",), staff="纸质材料{处}尚未加盖公章。", paper=True),
)

SUMMARY_ENTRIES = (
    Entry("T01", MISSING, U, BLANK, "附件1、2", "{表}“省总工会直属高校工会（盖章）”处未填写单位名称。", ("表",)),
    Entry("T02", MANUAL, S, IDENTITY, "附件1、2", "归属待确认：{依据}与认定的报送单位{单位}不一致，请核对后认领。", ("依据",)),
    Entry("T03", CONFLICT, U, BLANK, "附件1、2", "{表}“填表日期”未填写或有误，请补填。", ("表",), staff="{表}“填表日期”未填写或有误。"),
    Entry("T04", MISSING, U, BLANK, "附件1、2", "{表}“填表人”未填写。", ("表",)),
    Entry("T05", MISSING, U, BLANK, "附件1、2", "{表}“联系电话（手机）”未填写。", ("表",)),
    # The number itself is left out: personal data is never echoed.
    Entry("T06", CONFLICT, U, FIGURE, "附件1、2", "{表}“联系电话（手机）”似非有效手机号码，请核实。", ("表",)),
    Entry("T07", MISSING, U, BLANK, "附件1、2", "{表}第{n}行“创新工作室名称”未填写。", ("表", "n")),
    Entry("T08", MISSING, U, BLANK, "附件1、2", "{表}“{工作室}”的“所在单位”未填写。", ("表",)),
    Entry("T09", MISSING, U, BLANK, "附件1、2", "{表}“{工作室}”的“成果转化数量”未填写（如无请填0）。", ("表",)),
    Entry("T10", CONFLICT, U, FIGURE, "附件1、2", "{表}“{工作室}”的成果转化数量“{值}”请填写整数。", ("表", "值"), staff="{表}“{工作室}”的成果转化数量“{值}”不是整数。"),
    Entry("T11", MISSING, U, BLANK, "附件1、2", "{表}“{工作室}”的“{年度}创收与节资合计”未填写（如无请填0）。", ("表",)),
    Entry("T12", CONFLICT, U, FIGURE, "附件1、2", "{表}“{工作室}”的创收与节资“{值}”请核对数字及单位（万元）。", ("表", "值"), staff="{表}“{工作室}”的创收与节资“{值}”的数字或单位有疑问。"),
    Entry("T13", MISSING, U, BLANK, "附件1、2", "{表}“{工作室}”的领衔人姓名未填写。", ("表",)),
    Entry("T14", CONFLICT, U, ELIGIBLE, "一.2", "{表}“{工作室}”填有多名领衔人，通知要求由一名职工领衔，请核实。", ("表", "值"), staff="{表}“{工作室}”填有多名领衔人。"),
    Entry("T15", MISSING, U, BLANK, "附件1、2", "{表}“{工作室}”领衔人“职务”未填写。", ("表",)),
    Entry("T16", MISSING, U, BLANK, "附件1、2", "{表}“{工作室}”领衔人“荣誉基础”未填写（如无请填“无”）。", ("表",)),
    Entry("T17", CONFLICT, U, LISTING, "附件1、2", "{表}中“{工作室}”重复列示，请核对。", ("表",)),
    Entry("T18", CONFLICT, U, FORM, "附件1、2", "{表}缺少“{项}”栏，请使用通知所附表样，勿增删栏目。", ("表", "项")),
    Entry("T19", CONFLICT, UA, ELIGIBLE, "一.2",
          "“{工作室}”领衔人荣誉基础为“{值}”，请核实是否为市级（含）以上劳模或五一劳动奖章获得者。", ("值",), staff="“{工作室}”领衔人荣誉基础为“{值}”，是否市级（含）以上待核实。"),
    Entry("T20", NOTE, S, ELIGIBLE, "一.2",
          "“{工作室}”领衔人荣誉基础“{值}”未见工匠、技师、技术能手等高技能人才称号（条件2为“原则上”），供评审参考。", ("值",)),
    Entry("T21", MANUAL, S, ELIGIBLE, "一.1",
          "“{工作室}”名称含“{值}”，疑为原有建制的研发机构或班组（条件1）；已有此类名称获命名的先例，请人工判断。", ("值",)),
    Entry("T22", CONFLICT, U, LISTING, "附件1、2", "“{工作室}”名称与所列汇总表类别不一致，请核实申报类型。", ("表",)),
)

BASIC_INFO_ENTRIES = (
    Entry("F01", MISSING, U, LISTING, "附件4", "“{工作室}”基本情况表“申报类型”请勾选{类别}其中一项。", staff="“{工作室}”基本情况表“申报类型”未勾选或勾选不止一项。"),
    Entry("F02", MISSING, U, BLANK, "附件4", "“{工作室}”基本情况表“{项}”未填写。", ("项",)),
    Entry("F03", CONFLICT, U, BLANK, "附件4", "“{工作室}”基本情况表“填表日期”未填写或有误。"),
    Entry("F04", MISSING, U, BLANK, "附件4", "“{工作室}”“创建日期”未填写，请填写至年月（日）。",
          unclear="“{工作室}”“创建日期”填写为“{值}”，请填写至年月（日）。"),
    Entry("F05", CONFLICT, UA, ELIGIBLE, "一.3",
          "“{工作室}”创建日期为{值}，至申报截止不满{年限}年，请核实是否符合“已有效运行{年限}年以上”的条件。", ("值",), staff="“{工作室}”创建日期为{值}，至申报截止不满{年限}年。"),
    Entry("F06", MISSING, U, BLANK, "附件4", "“{工作室}”基本情况表“{项}”未填写。", ("项",)),
    Entry("F07", CONFLICT, UA, ELIGIBLE, "一.1",
          "“{工作室}”命名单位填为“{值}”，按通知要求，已被省、市总工会命名的不再推荐申报，请核实。", ("值",), staff="“{工作室}”命名单位填为“{值}”；已被省、市总工会命名的，按通知不再推荐。"),
    Entry("F08", NOTE, S, ELIGIBLE, "四.2", "“{工作室}”已由校工会命名（“{值}”），命名时优先考虑（通知四.2），请在评审台账中保留此标记。", ("值",)),
    Entry("F09", CONFLICT, U, BLANK, "附件4", "“{工作室}”命名单位与命名日期请核对并填写完整。", ("值",), staff="“{工作室}”命名单位与命名日期不完整或有矛盾。"),
    Entry("F10", MISSING, U, BLANK, "附件4", "“{工作室}”“工作室类型”未勾选。"),
    Entry("F11", MISSING, U, BLANK, "附件4", "“{工作室}”“成员总数”未填写或不是整数。",
          unclear="“{工作室}”“成员总数”填写为“{值}”，请填写人数（整数）。"),
    Entry("F12", CONFLICT, U, BLANK, "附件4", "“{工作室}”{年}年经费投入金额未填写（如无请填0）。", ("年",),
          unclear="“{工作室}”{年}年经费投入金额填写为“{值}”，请填写数字（如无请填0）。"),
    Entry("F13", CONFLICT, U, BLANK, "附件4", "“{工作室}”{年}年“经费来源”未填写。", ("年",)),
    Entry("F14", MANUAL, S, ELIGIBLE, "一.4", "“{工作室}”{年度}经费投入均为0（条件4要求“必要的工作经费”），请判断。"),
    Entry("F15", MISSING, U, BLANK, "附件4", "“{工作室}”“创新成果/成果转化”数量未填写。",
          unclear="“{工作室}”“{项}”数量填写为“{值}”，请填写整数（如无请填0）。"),
    Entry("F16", CONFLICT, U, ELIGIBLE, "一.6",
          "“{工作室}”成果转化填为0，请对照“每年至少取得一项创新成果并实现转化”的条件核实。", staff="“{工作室}”成果转化填为0（条件6要求每年至少转化一项）。"),
    Entry("F17", CONFLICT, U, FIGURE, "附件4", "“{工作室}”成果转化数（{甲}）大于创新成果数（{乙}），请核对。", ("甲", "乙")),
    Entry("F18", NOTE, U, BLANK, "附件4", "“{工作室}”专利、获奖栏如无请填0。", staff="“{工作室}”专利、获奖栏有空白。",
          unclear="“{工作室}”“{项}”填写为“{值}”，请填写整数（如无请填0）。"),
    Entry("F19", CONFLICT, U, BLANK, "附件4", "“{工作室}”{年}年经济效益“{项}”未填写（如无请填0）。", ("年", "项"),
          unclear="“{工作室}”{年}年经济效益“{项}”填写为“{值}”，请填写数字（如无请填0）。"),
    Entry("F20", CONFLICT, U, FIGURE, "附件4",
          "“{工作室}”{年}年经济效益合计为{甲}万元，与创收、节资之和{乙}万元不一致，请核对。", ("年", "甲", "乙")),
    Entry("F21", CONFLICT, U, FIGURE, "附件4",
          "“{工作室}”{年}年填有创收外汇，请注明合计是否含外汇折算及折算金额。", ("年", "甲", "乙"), staff="“{工作室}”{年}年填有创收外汇，合计是否含外汇折算不明。"),
    Entry("F22", CONFLICT, U, FIGURE, "一.3", "“{工作室}”创建于{日期}，但填有{年}年经济效益/经费，请核实。", ("日期", "年")),
    Entry("F23", CONFLICT, U, BLANK, "附件4", "“{工作室}”“培养人才”总数未填写。",
          unclear="“{工作室}”“培养人才”总数填写为“{值}”，请填写整数（如无请填0）。"),
    Entry("F24", CONFLICT, U, FIGURE, "附件4",
          "“{工作室}”培养人才总数{甲}与各职务等级之和{乙}不一致，请核对。", ("甲", "乙")),
    Entry("F25", CONFLICT, U, FIGURE, "附件4", "“{工作室}”培养人才中荣誉人数大于总数，请核对。", ("甲", "乙")),
    Entry("F26", MISSING, U, BLANK, "附件4", "“{工作室}”“社会效益”未填写。"),
    Entry("F27", MISSING, U, BLANK, "附件4", "“{工作室}”领衔人情况中“{项列表}”未填写。", ("项列表",)),
    # A birth date, a phone number and an address are personal data: the sentence names the box, never what stands in it.
    Entry("F28", CONFLICT, U, FIGURE, "附件4", "“{工作室}”领衔人“出生年月”请核对。", staff="“{工作室}”领衔人“出生年月”有疑问。"),
    Entry("F29", CONFLICT, U, FIGURE, "附件4", "“{工作室}”领衔人“{项}”请核对。", ("项",), staff="“{工作室}”领衔人“{项}”有疑问。"),
    Entry("F30", CONFLICT, U, BLANK, "一.2",
          "“{工作室}”申报类型为{类别}，“何年获市级（含）以上劳模等荣誉称号”未填写。"),
    Entry("F31", MISSING, U, ABSENT, "附件4", "“{工作室}”骨干成员情况未填写，也未见附表。"),
    Entry("F32", CONFLICT, U, FIGURE, "附件4", "“{工作室}”骨干成员{甲}人多于成员总数{乙}人，请核对。", ("甲", "乙")),
    Entry("F33", CONFLICT, U, BLANK, "附件4", "“{工作室}”骨干成员表第{n}行“{项}”未填写。", ("n", "项")),
    Entry("F34", CONFLICT, U, BLANK, "附件4", "“{工作室}”基本情况表末“{项}”未填写。", ("项",)),
)

NARRATIVE_ENTRIES = (
    Entry("N01", MISSING, U, TEXT, "四.3", "“{工作室}”申报材料约{n}字，通知要求{字数}字以上，请补充完善。", ("n",)),
    Entry("N02", CONFLICT, U, TEXT, "四.3",
          "“{工作室}”申报材料约{n}字，接近{字数}字要求，请以贵校统计为准核对。", ("n",), staff="“{工作室}”申报材料约{n}字，接近{字数}字要求。"),
    Entry("N03", NOTE, S, FILE, "四.3", "“{工作室}”申报材料《{文件}》为扫描件或照片，无法统计字数，请打开查看。", ("文件",)),
    Entry("N04", NOTE, U, TEXT, "附件3",
          "“{工作室}”申报材料中未见“{项}”相关内容，可对照附件3参考提纲补充（提示，不影响接收）。", ("项",), staff="“{工作室}”申报材料中未见“{项}”相关内容。"),
    Entry("N05", NOTE, U, TEXT, "一.8", "“{工作室}”申报材料可补充思政建设工作情况（见通知申报条件第8条）。", staff="“{工作室}”申报材料未提及思政建设（条件8）。"),
    Entry("N06", NOTE, S, TEXT, "一.4、一.5", "“{工作室}”申报材料未提及{项}，供评审参考。", ("项",)),
    Entry("N07", CONFLICT, U, AGREEMENT, "附件3、4",
          "申报材料《{文件}》中的工作室/领衔人与基本情况表不一致，请核实是否误附。", ("文件", "值")),
    Entry("N08", MANUAL, S, TEXT, "附件3", "“{工作室}”与{对方}的申报材料内容近乎相同（相似度{相似度}%），请查看两份原件后判断。", ("对方",)),
)

ACROSS_ENTRIES = (
    Entry("X01", CONFLICT, U, LISTING, "附件1、2、4",
          "“{工作室}”列在{表}，但基本情况表勾选为“{值}”，请核实申报类型。", ("表", "值")),
    Entry("X02", CONFLICT, U, AGREEMENT, "附件1、2、4", "汇总表“{甲}”与基本情况表“{乙}”名称不一致，请统一。", ("甲", "乙")),
    Entry("X03", CONFLICT, U, AGREEMENT, "附件1、2、4",
          "“{工作室}”所在单位在两表中分别为“{甲}”“{乙}”，请统一。", ("甲", "乙")),
    Entry("X04", CONFLICT, U, AGREEMENT, "附件1、2、4",
          "“{工作室}”领衔人在汇总表为“{甲}”、在基本情况表为“{乙}”，请核实。", ("甲", "乙")),
    Entry("X05", CONFLICT, U, FIGURE, "附件1、2、4",
          "“{工作室}”成果转化数量在汇总表为{甲}、在基本情况表为{乙}，请核对。", ("甲", "乙")),
    Entry("X06", CONFLICT, U, FIGURE, "附件1、2、4",
          "“{工作室}”{年度}创收与节资在汇总表为{甲}万元、在基本情况表为{乙}万元，请核对。", ("年度", "甲", "乙"), staff="“{工作室}”{年度}创收与节资在汇总表为{甲}万元、在基本情况表为{乙}万元。"),
    Entry("X07", CONFLICT, UA, ELIGIBLE, "一.2", "“{工作室}”领衔人荣誉在两表中表述不一致，请核实。", ("甲", "乙")),
    Entry("X08", CONFLICT, U, LISTING, "附件1、2", "“{工作室}”同时列入{类别}汇总表，请确定一种申报类型。"),
    Entry("X09", CONFLICT, UA, ELIGIBLE, "一.2", "{姓名}同时领衔{工作室列表}，请核实。", ("姓名", "工作室列表")),
    Entry("X10", MANUAL, S, LISTING, "三（三）", "“{工作室}”（领衔人{姓名}）由{单位列表}分别报送，请核对后只登记一次。", ("单位列表",)),
    Entry("X11", MANUAL, S, ELIGIBLE, "一.1", "“{工作室}”与往年已命名名单中的“{值}”相近，疑为往年已命名，请查对命名文件。", ("值",)),
    Entry("X12", MANUAL, S, AGREEMENT, "四.3",
          "{对象}的两个文件《{甲}》《{乙}》在“{项}”处不一致，以哪一版为准待核，请选定采用的版本。", ("项", "甲", "乙")),
    Entry("X13", MANUAL, S, AGREEMENT, "实务",
          "{对象}现采用《{甲}》；另有《{乙}》来自身份未经证实的邮箱，内容不同（{项}），已另存、未替换，请核实后决定是否采用。", ("项", "甲", "乙")),
)

ENTRIES: tuple[Entry, ...] = (
    LETTER_ENTRIES + DEADLINE_ENTRIES + QUOTA_ENTRIES + COMPLETENESS_ENTRIES
    + SUMMARY_ENTRIES + BASIC_INFO_ENTRIES + NARRATIVE_ENTRIES + ACROSS_ENTRIES
)
