"""Writes the letters of the demo (service/demo/letters): invented universities, invented people, the troubles of a real campaign.

Run `python -m tests.generator.demo_letters` after changing it; the same seed tells the same story (workbooks carry the time they were written).
"""

from __future__ import annotations

import io
import random
import zipfile
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from tests.generator.documents import basic_info_docx, blocks_to_docx, compose_narrative, summary_docx, summary_xlsx
from tests.generator.people import TOPICS, make_row, person
from tests.generator.people import make_head as any_head
from tests.generator.people import make_studio as any_studio

FOLDER = Path(__file__).parents[2] / "service" / "demo" / "letters"
OFFICE = "intake@office.example"
File = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class DemoLetter:
    """One letter of the story: when it arrives, where, what happens, and whose receipt it answers (`reply_to`: a roster name)."""

    name: str
    arrives: str
    tells: str
    raw: bytes
    folder: str = "INBOX"
    reply_to: str = ""
    reply_prefix: str = "回复："


def make_studio(rng: random.Random, institution: str, category: str = "employee") -> dict[str, Any]:
    """An invented studio whose form was filled on the first day of the phase, before any letter left."""
    return any_studio(rng, institution, category) | {"filled_on": "2022-07-26"}


def make_head(rng: random.Random, institution: str) -> dict[str, Any]:
    """A summary table's head filled on the same day."""
    return any_head(rng, institution) | {"filled_on": "2022-07-26"}


def own_words(text: str, rng: random.Random) -> str:
    """A paragraph with particulars of its own after every sentence, as no two unions write the same."""
    clauses = (
        lambda: f"其中{rng.choice(TOPICS)}方面{rng.randrange(2, 90)}项",
        lambda: f"由{person(rng)}和{person(rng)}具体负责",
        lambda: f"自{rng.randrange(2016, 2022)}年{rng.randrange(1, 13)}月起已坚持{rng.randrange(3, 40)}期",
        lambda: f"累计投入{rng.randrange(3, 300)}万元，惠及职工{rng.randrange(20, 2000)}人次",
    )
    return "".join(f"{sentence}，{rng.choice(clauses)()}。" for sentence in text.rstrip("。").split("。"))


def narrative_of(studio: Mapping[str, Any], characters: int = 1800) -> bytes:
    """The studio's 申报材料: the outline of 附件3, in words of its own, well over 2000 characters."""
    rng = random.Random(studio["studio"])
    paragraphs = compose_narrative(studio["studio"], studio["leader.name"], characters, seed=rng.randrange(9999))
    return blocks_to_docx([own_words(p, rng) if len(p) > 60 else p for p in paragraphs])


def documents_of(studio: Mapping[str, Any], number: int) -> dict[str, bytes]:
    """附件4 and the narrative of one studio under the names a union gives them."""
    name, leader = studio["studio"], studio["leader.name"]
    return {
        f"{number:02d}_{name}/附件4 基本情况表（{leader}）.docx": basic_info_docx(studio),
        f"{number:02d}_{name}/{name}申报材料.docx": narrative_of(studio),
    }


def summaries_of(rng: random.Random, institution: str, studios: Sequence[Mapping[str, Any]], workbook: bool = True) -> dict[str, bytes]:
    """附件1 and/or 附件2 for the studios, as the categories need."""
    files = {}
    write, ending = (summary_xlsx, "xlsx") if workbook else (summary_docx, "docx")
    for key, annex, title in (("model_worker", "附件1", "劳模"), ("employee", "附件2", "职工")):
        chosen = [s for s in studios if s["category"] == key]
        if chosen:
            rows = [make_row(rng, s, i) for i, s in enumerate(chosen, 1)]
            files[f"{annex} {title}创新工作室推荐汇总表（{institution}）.{ending}"] = write(key, make_head(rng, institution), rows)
    return files


def zipped(files: Mapping[str, bytes], gbk: bool = True) -> bytes:
    """A zip as Windows makes it: names in GBK without the UTF-8 flag."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, payload in files.items():
            raw = name.encode("gbk").decode("cp437") if gbk else name
            info = zipfile.ZipInfo(raw, (2022, 7, 28, 9, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, payload)
    return unflagged(buffer.getvalue()) if gbk else buffer.getvalue()


def unflagged(archive: bytes) -> bytes:
    """zipfile stores cp437-looking names as UTF-8 with flag 0x800; put the GBK bytes back and drop the flag."""
    with zipfile.ZipFile(io.BytesIO(archive)) as source:
        members = [(i.filename, source.read(i)) for i in source.infolist()]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        places = []
        for number, (name, payload) in enumerate(members):
            raw = name.encode("cp437")
            stand_in = f"{number:03d}".ljust(len(raw), "x")
            info = zipfile.ZipInfo(stand_in, (2022, 7, 28, 9, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, payload)
            places.append((stand_in.encode(), raw))
    result = buffer.getvalue()
    for stand_in, raw in places:
        result = result.replace(stand_in, raw)
    return result


def letter(subject: str, sender: tuple[str, str], when: str, text: str, files: Iterable[File] = (), **headers: str) -> bytes:
    """An ordinary letter as a university's Coremail writes it."""
    message = EmailMessage(policy=SMTP)
    message["From"] = f"{sender[0]} <{sender[1]}>"
    message["To"] = OFFICE
    message["Subject"] = subject
    message["Date"] = format_datetime(datetime.fromisoformat(when))
    stamp = "".join(c for c in when if c.isdigit())[:14]
    message["Message-ID"] = f"<{stamp}.Coremail.{sender[1]}>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text, cte="base64")
    for name, payload in files:
        kind = "zip" if name.endswith(".zip") else "octet-stream"
        message.add_attachment(payload, maintype="application", subtype=kind, filename=name)
    return fixed_boundaries(bytes(message), stamp)


def fixed_boundaries(raw: bytes, stamp: str) -> bytes:
    """The library's random boundaries replaced, so that the same story gives the same bytes."""
    message_boundaries = [p.split(b'"')[0] for p in raw.split(b'boundary="')[1:]]
    for number, boundary in enumerate(message_boundaries):
        raw = raw.replace(boundary, f"----=_Part_{stamp}_{number}".encode())
    return raw


def qq_word(text: str) -> str:
    """An encoded-word as QQ Mail writes it: gb18030, base64."""
    return f"=?gb18030?B?{b64encode(text.encode('gb18030')).decode()}?="


def qq_letter(subject: str, sender: tuple[str, str], when: str, html: str, files: Iterable[File] = ()) -> bytes:
    """A letter as QQ Mail's web page writes it: quoted encoded-word in From, html only, octet-stream with a gb18030 name."""
    stamp = "".join(c for c in when if c.isdigit())[:14]
    edge = f"----=_NextPart_{stamp}_QQ"
    date = format_datetime(datetime.fromisoformat(when))
    body = b64encode(html.encode("gb18030")).decode()
    head = [
        f'From: "{qq_word(sender[0])}" <{sender[1]}>', f'To: "{qq_word("收件台")}" <{OFFICE}>', f"Subject: {qq_word(subject)}",
        "Mime-Version: 1.0", f'Content-Type: multipart/mixed; boundary="{edge}"', "Content-Transfer-Encoding: 8Bit",
        f"Date: {date}", "X-Priority: 3", f"Message-ID: <tencent_{stamp}@qq.example>", "X-Mailer: QQMail 2.x", "", "This is a multi-part message in MIME format.",
    ]  # fmt: skip
    parts = [f'--{edge}\r\nContent-Type: text/html; charset="gb18030"\r\nContent-Transfer-Encoding: base64\r\n\r\n{body}\r\n']
    for name, payload in files:
        word = qq_word(name)
        text = "\r\n".join(b64encode(payload).decode()[i : i + 76] for i in range(0, len(b64encode(payload)), 76))
        parts.append(
            f'--{edge}\r\nContent-Type: application/octet-stream; charset="gb18030"; name="{word}"\r\n'
            f'Content-Disposition: attachment; filename="{word}"\r\nContent-Transfer-Encoding: base64\r\n\r\n{text}\r\n'
        )
    return ("\r\n".join(head) + "\r\n" + "".join(parts) + f"--{edge}--\r\n").encode("ascii")


def bounce(when: str, recipient: str, original: str) -> bytes:
    """A Coremail 系统退信 for one of our letters; `original` is the Message-ID it returns (filled in by the demo)."""
    stamp = "".join(c for c in when if c.isdigit())[:14]
    text = f"抱歉，您的邮件被退回来了……\r\n收件人：{recipient}\r\n退信原因：User not found\r\nThis message is generated by Coremail."
    return "\r\n".join([
        "From: Postmaster@office.example", f"To: {OFFICE}", f"Subject: {qq_word('系统退信/The email is returned')}",
        f"Date: {format_datetime(datetime.fromisoformat(when))}", f"Message-ID: <{stamp}.bounce@office.example>", "MIME-Version: 1.0",
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="b{stamp}"', "", f"--b{stamp}",
        'Content-Type: text/plain; charset="gb2312"', "Content-Transfer-Encoding: base64", "", b64encode(text.encode("gb2312")).decode(), f"--b{stamp}",
        "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; office.example", "", f"Final-Recipient: rfc822; {recipient}", "Action: failed",
        "Status: 5.1.1", "Diagnostic-Code: SMTP; 550 User not found", "", f"--b{stamp}", "Content-Type: message/rfc822", "",
        f"Message-ID: {original}", f"From: {OFFICE}", f"To: {recipient}", "Subject: receipt", "", "(returned)", f"--b{stamp}--", "",
    ]).encode("ascii")  # fmt: skip


CLOUD = (
    "<div>各位老师：材料见超大附件，请查收。青年湖财经学院工会</div>"
    '<div id="QQMailBigAttach" style="margin-top:10px"><div>从QQ邮箱发来的超大附件</div>'
    '<div class="bigatt_bt"><a href="https://wx.mail.qq.com/ftn/download?func=3&amp;key=demo&amp;code=0000" '
    'title="青年湖财经学院申报材料.zip&#10;文件大小：80.96M&#10;到期时间：2022年09月02日 10:30">青年湖财经学院申报材料.zip</a>'
    "<span>(80.96M, 2022年09月02日 10:30 到期)</span></div></div>"
)


def story() -> list[DemoLetter]:
    """All letters in order of arrival."""
    rng = random.Random(2022)
    at = "2022-{}+08:00".format
    letters: list[DemoLetter] = []

    def add(name: str, arrives: str, tells: str, raw: bytes, **more: str) -> None:
        letters.append(DemoLetter(name, at(arrives), tells, raw, **more))

    # 辽河理工: everything in one zip, per-studio folders, GBK names.
    a = [make_studio(rng, "辽河理工大学", c) for c in ("model_worker", "employee", "employee")]
    files = summaries_of(rng, "辽河理工大学", a)
    for i, s in enumerate(a, 1):
        files |= documents_of(s, i)
    archive = zipped({f"辽河理工大学工会/{n}": p for n, p in files.items()})
    add(
        "01-complete-zip",
        "07-27T15:42:10",
        "一个压缩包，材料齐全",
        letter(
            "辽河理工大学工会报送劳模和职工创新工作室申报材料",
            ("辽河理工大学工会", "gh@lhut.example"),
            at("07-27T15:42:00"),
            "省教科文卫体工会：\n\n现报送我校3个创新工作室申报材料，请查收。\n\n辽河理工大学工会",
            [("辽河理工大学工会申报材料.zip", archive)],
        ),
    )

    # 北陵师大: two letters five minutes apart.
    b = [make_studio(rng, "北陵师范大学", "employee") for _ in range(2)]
    table = summaries_of(rng, "北陵师范大学", b)
    first, second = documents_of(b[0], 1), documents_of(b[1], 2)
    leafs = lambda d: [(n.rsplit("/", 1)[-1], p) for n, p in d.items()]  # noqa: E731
    add(
        "02-part-one",
        "07-28T09:10:05",
        "分两封报送（之一）",
        letter(
            "北陵师范大学创新工作室材料（之一）",
            ("北陵师大工会", "gonghui@blnu.example"),
            at("07-28T09:10:00"),
            "材料较大，分两封发送，此为第一封。\n北陵师范大学工会",
            [*leafs(table), *leafs(first)],
        ),
    )
    add(
        "03-part-two",
        "07-28T09:14:40",
        "分两封报送（之二）",
        letter(
            "北陵师范大学创新工作室材料（之二）",
            ("北陵师大工会", "gonghui@blnu.example"),
            at("07-28T09:14:30"),
            "此为第二封，请合并登记。",
            leafs(second),
        ),
    )

    # 浑河工大: one 附件4 missing, the phone of 附件2 blank.
    c = [make_studio(rng, "浑河工业大学", k) for k in ("model_worker", "employee")]
    head = make_head(rng, "浑河工业大学")
    head.pop("phone")
    c_files = [
        ("附件1 劳模推荐汇总表.docx", summary_docx("model_worker", make_head(rng, "浑河工业大学"), [make_row(rng, c[0], 1)])),
        ("附件2 职工推荐汇总表.docx", summary_docx("employee", head, [make_row(rng, c[1], 1)])),
        *leafs(documents_of(c[0], 1)),
        leafs(documents_of(c[1], 2))[1],
    ]
    add(
        "04-form-missing",
        "07-29T10:05:21",
        "缺一份基本情况表，汇总表电话未填",
        letter(
            "浑河工业大学申报材料", ("浑河工大工会 李老师", "union@hhgy.example"), at("07-29T10:05:00"), "各位老师好，材料见附件。", c_files
        ),
    )

    # 渤海湾: 2021 total is not the sum.
    d = make_studio(rng, "渤海湾海洋学院", "employee")
    wrong = dict(d) | {"benefit.2021.total": round(d["benefit.2021.total"] + 8, 2)}
    d_row = make_row(rng, d, 1)
    d_files = [("附件2汇总表.xlsx", summary_xlsx("employee", make_head(rng, "渤海湾海洋学院"), [d_row])), *leafs(documents_of(wrong, 1))]
    add(
        "05-sum-wrong",
        "07-30T16:20:44",
        "2021年合计与分项不符",
        letter("渤海湾海洋学院 创新工作室申报", ("渤海湾海洋学院工会", "ghb@bhw.example"), at("07-30T16:20:30"), "请查收。", d_files),
    )

    # QQ: personal mailbox, contents clear.
    e = make_studio(rng, "千山大学", "employee")
    e_files = [*leafs(summaries_of(rng, "千山大学", [e], workbook=False)), *leafs(documents_of(e, 1))]
    add(
        "06-personal-qq",
        "07-31T20:11:03",
        "个人QQ邮箱，内容清楚",
        qq_letter(
            "千山大学工会创新工作室材料",
            ("晓岚", "100000001@qq.example"),
            at("07-31T20:11:00"),
            "<div>老师好，我是千山大学工会的，材料请查收，谢谢！</div>",
            e_files,
        ),
    )

    add(
        "07-completes-by-reply",
        "08-01T09:30:15",
        "直接回复补正函，补上缺的表",
        letter(
            "回复：补报材料",
            ("浑河工大工会 李老师", "union@hhgy.example"),
            at("08-01T09:30:00"),
            "已补齐，请查收。",
            [
                leafs(documents_of(c[1], 2))[0],
                (
                    "附件2 职工推荐汇总表（补电话）.docx",
                    summary_docx("employee", head | {"phone": "13800001234"}, [make_row(rng, c[1], 1)]),
                ),
            ],
        ),
        reply_to="浑河工业大学",
    )
    add(
        "08-vacation-robot",
        "08-01T09:31:00",
        "对方QQ假期自动回复：永不答复",
        qq_letter(
            "自动回复:千山大学材料",
            ("晓岚", "100000001@qq.example"),
            at("08-01T09:31:00"),
            "<div>这是来自QQ邮箱的假期自动回复邮件。</div><div>您好，我最近正在休假中，无法亲自回复您的邮件。</div>",
        ),
        reply_to="千山大学",
        reply_prefix="自动回复:",
    )
    add(
        "09-bounce",
        "08-01T10:02:00",
        "给渤海湾海院的信被退回",
        bounce(at("08-01T10:02:00"), "ghb@bhw.example", "@@OUR-MESSAGE-ID@@"),
        reply_to="渤海湾海洋学院",
    )
    add(
        "10-question",
        "08-02T11:00:09",
        "咨询能否延期：转工作人员",
        letter(
            "咨询", ("细河科技学院工会", "gh@xhkj.example"), at("08-02T11:00:00"), "老师好，请问截止时间可以延期几天吗？\n细河科技学院工会"
        ),
    )
    add(
        "11-not-recommending",
        "08-02T14:26:30",
        "今年不推荐",
        letter(
            "回复：创新工作室推荐申报",
            ("松山艺术学院工会", "gh@ssys.example"),
            at("08-02T14:26:00"),
            "我校今年不推荐，谢谢。\n松山艺术学院工会",
        ),
    )
    add(
        "12-cloud-attachment",
        "08-03T10:31:52",
        "超大附件链接，不是附件",
        qq_letter("青年湖财经学院材料", ("青年湖财经学院工会", "gh@qnh.example"), at("08-03T10:31:40"), CLOUD),
    )

    # somebody: no unit anywhere.
    nobody = make_studio(rng, "某校")
    blanked = {k: v for k, v in nobody.items() if k not in ("union", "organisation", "named_by")} | {"members": []}
    add(
        "13-unknown-sender",
        "08-03T17:45:00",
        "认不出是哪所学校：请人认领",
        qq_letter(
            "附件", ("小明", "100000002@qq.example"), at("08-03T17:45:00"), "<div>请查收</div>", [("附件4.docx", basic_info_docx(blanked))]
        ),
    )

    # 棋盘山医大: from the junk folder, a corrected form the day after.
    f = [make_studio(rng, "棋盘山医科大学", k) for k in ("model_worker", "employee")]
    f_files = [*leafs(summaries_of(rng, "棋盘山医科大学", f, workbook=False)), *leafs(documents_of(f[0], 1)), *leafs(documents_of(f[1], 2))]
    add(
        "14-from-the-junk-folder",
        "08-03T18:20:33",
        "落在垃圾邮件夹里，照样收下",
        letter(
            "棋盘山医科大学工会申报材料",
            ("棋盘山医科大学工会", "gh@qpsmu.example"),
            at("08-03T18:20:00"),
            "现报送我校材料，请查收。",
            f_files,
        ),
        folder="垃圾邮件",
    )
    better = dict(f[1]) | {"member_count": f[1]["member_count"] + 1}
    add(
        "15-correction",
        "08-04T08:50:12",
        "更正一份基本情况表（第2版）",
        letter(
            "棋盘山医科大学更正材料",
            ("棋盘山医科大学工会", "gh@qpsmu.example"),
            at("08-04T08:50:00"),
            "成员总数有误，以本次为准。",
            [leafs(documents_of(better, 2))[0]],
        ),
    )

    # 鸭绿江大学: sent twice in panic; 医巫闾: late.
    g = make_studio(rng, "鸭绿江大学", "employee")
    g_raw = letter(
        "鸭绿江大学创新工作室材料",
        ("鸭绿江大学工会", "gh@yljd.example"),
        at("08-05T23:50:00"),
        "请查收。",
        [*leafs(summaries_of(rng, "鸭绿江大学", [g])), *leafs(documents_of(g, 1))],
    )
    add("16-panic-one", "08-05T23:50:20", "截止夜连发两遍（一）", g_raw)
    add(
        "17-panic-two",
        "08-05T23:52:41",
        "截止夜连发两遍（二）：只登记一次，只答复一次",
        g_raw.replace(b"20220805235000.Coremail", b"20220805235230.Coremail"),
    )
    h = make_studio(rng, "医巫闾学院", "employee")
    add(
        "18-late",
        "08-06T00:12:07",
        "零点十二分到达：如实登记",
        letter(
            "医巫闾学院申报材料",
            ("医巫闾学院工会", "gh@ywl.example"),
            at("08-06T00:11:50"),
            "请查收。",
            [*leafs(summaries_of(rng, "医巫闾学院", [h])), *leafs(documents_of(h, 1))],
        ),
    )
    return letters


def main() -> None:
    """Write every letter and the order of the story."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    lines = ["# 演示的来信，按到达先后。由 tests/generator/demo_letters.py 生成。\n"]
    for item in story():
        (FOLDER / f"{item.name}.eml").write_bytes(item.raw)
        lines.append(
            f'[[letters]]\nfile = "{item.name}.eml"\narrives = {item.arrives}\ntells = "{item.tells}"\nfolder = "{item.folder}"\nreply_to = "{item.reply_to}"\nreply_prefix = "{item.reply_prefix}"\n'
        )
    (FOLDER / "story.toml").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
