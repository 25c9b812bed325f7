"""压缩包套压缩包，GBK文件名，一个工作室一个文件夹。"""

from __future__ import annotations

from tests.corpus.play import Play, Union
from tests.generator.demo_letters import zipped
from tests.generator.documents import narrative_docx


def tell(play: Play) -> None:
    union = Union("滨海理工大学", "职职")
    files = dict(union.tables())
    for i, studio in enumerate(union.studios):
        inner = {"附件4.docx": union.form(i)[1], "申报材料.docx": narrative_docx("", "", 2600, seed=i)}
        files[f"{i + 1:02d}_{studio['studio']}.zip"] = zipped(inner)
    play.mail("07-29 10:00", union, [("滨海理工大学.zip", zipped({f"滨海理工大学/{n}": p for n, p in files.items()}))])
