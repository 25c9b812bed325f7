"""Core: which parts of a document are which form - several forms in one file, a form over several tables, an essay around them.

A form is anchored on its tables (their labels say what they are) and takes the lines around them: those before it from its annex mark, title or
head line on, those after it up to its last foot line. What no form takes is the essay's (documents.md traps 8, 16, 17).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from itertools import pairwise

from config.schema import FormSchema
from parsers.document import OBJECT, Cell, Document, Paragraph, Table
from parsers.form import Where
from parsers.forms.filled import FormReader
from parsers.forms.found import Part
from parsers.forms.grid import Grids, part_of_table
from parsers.forms.labels import CACHE_LIMIT, LabelBook, compact
from parsers.forms.pagebreak import join_cut_rows
from parsers.forms.rows.roster import Spot

Block = Paragraph | Table
FORM_CELLS = 8_000  # a larger table is a data dump, no form
MIN_FIELDS = 3
SURE_FIELDS = 6
LINE_FORM_FIELDS = 6
UNREAD_LABELS = 8
SHORTEST_TITLE, LONGEST_LINE = 4, 200  # characters: of a title, and of a text that may hold a label with its value
_ANNEX = re.compile(r"附(?:件|表)\s*[一二三四五六七八九\d]{0,2}\s*[:：、]?")
_GOES_OVER = re.compile(r"[(\[【]?(?:接上页|接前页|续上页|续表|续前表|续上表|上接第?\d*页|续)[一二三四五六七八九\d]{0,2}[)\]】]?[:：]?")
_TITLE_NOISE = re.compile(r"[《》\"“”]|填写|按照|根据|详见|请|。|；")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a table looks like: the schema kind it resembles, the fields printed in it, whether it has a roster, and the title it carries."""

    kind: str = ""
    fields: frozenset[str] = frozenset()
    columns: frozenset[str] = frozenset()
    title: str = ""
    title_kind: str = ""


@dataclass(slots=True)
class Draft:
    """A form being gathered: the blocks (by number) of its tables."""

    kind: str
    tables: list[int]
    fields: set[str] = field(default_factory=set)
    columns: set[str] = field(default_factory=set)
    title: str = ""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Recognised:
    """分件结果: the forms found with their schema and category, stand-alone member lists, and the blocks no form takes."""

    forms: tuple[tuple[FormSchema, Part, str | None], ...] = ()
    lists: tuple[tuple[FormSchema, Part], ...] = ()
    rest: tuple[Block, ...] = ()


class Recogniser:
    """分件: knows every schema of a campaign."""

    def __init__(self, schemas: Sequence[FormSchema]) -> None:
        self.schemas = tuple(s for s in schemas if s.fields or s.rows)
        self.readers = {s.key: FormReader(s) for s in self.schemas}
        self._kinds: dict[str, list[FormSchema]] = {}
        for schema in self.schemas:
            self._kinds.setdefault(schema.kind, []).append(schema)
        first = {k: self.readers[v[0].key] for k, v in self._kinds.items()}
        self._words = {k: reader.words for k, reader in first.items()}
        self._books = {k: reader.words.fields for k, reader in first.items()}
        printed = [label for kind in self._kinds.values() for f in kind[0].fields for label in f.labels]
        self._labels = LabelBook((label, "") for label in (*printed, *(label for s in self.schemas for g in s.groups for label in g.labels)))
        self._rosters = {k: reader.roster for k, reader in first.items() if reader.roster}
        self._places = {k: {f.name: v[0].group(f.group) for f in v[0].fields} for k, v in self._kinds.items()}
        self._together = {k: {g.name: g.together for g in places.values()} for k, places in self._places.items()}
        self._titles = [(s.kind, t, f"{t}(") for s in self.schemas for t in map(compact, s.titles)]
        self._title_ends = tuple(title for _, title, _ in self._titles)
        self._title_kinds = lru_cache(maxsize=CACHE_LIMIT)(self._find_title_kind)
        self._prints = {k: lru_cache(maxsize=CACHE_LIMIT)(partial(self._find_prints, k)) for k in self._kinds}

    def recognise(self, document: Document, name: str = "", grids: Grids | None = None) -> Recognised:
        """The forms of a document in reading order; `grids` keeps the tables' grids for whoever reads them next."""
        grids = grids or Grids()
        blocks = self._unfold(document.blocks, grids)
        seen = {i: self._look(b, grids) for i, b in enumerate(blocks) if isinstance(b, Table)}
        drafts, lists = self._gather(blocks, seen)
        if not drafts:
            line_form = self._line_form(blocks)
            drafts = [line_form] if line_form else []
        self._bound(blocks, sorted((*drafts, *lists), key=lambda d: d.tables[:1]))
        drafts = [d for d in drafts if self._is_sure(blocks, d)]
        taken = {i for d in (*drafts, *lists) for i in range(d.start, d.end)}
        forms = tuple(self._finish(blocks, d, name, len(drafts)) for d in drafts)
        member_lists = tuple((self._kinds[d.kind][0], self._part(blocks, d)) for d in lists)
        rest = tuple(b for i, b in enumerate(blocks) if i not in taken and self._is_text(b))
        return Recognised(forms, member_lists, rest)

    def _is_sure(self, blocks: Sequence[Block], draft: Draft) -> bool:
        """True for a form with its title, or with enough of its labels and some that are not just about a person (a CV prints 姓名, 民族 too)."""
        schema = self._kinds[draft.kind][0]
        if any(self._title_kind(t) == draft.kind for b in blocks[draft.start : draft.end] for t in _texts(b)):
            return True
        personal = {f.group for f in schema.fields if f.format == "person"}
        own = [n for n in draft.fields if self._places[draft.kind][n].name not in personal]
        enough = min(SURE_FIELDS, (len(schema.fields) + 1) // 2)
        return draft.kind == "summary_table" or (len(draft.fields) + len(draft.columns) >= enough and len(own) >= 2)

    # ---- blocks

    def _unfold(self, blocks: Iterable[Block], grids: Grids) -> list[Block]:
        """Stacked forms in one table come apart; frames around other tables and boxes of plain text become paragraphs."""
        out: list[Block] = []
        all_blocks = list(blocks)
        framed = {b.inside[0] for b in all_blocks if isinstance(b, Table) and b.inside}
        for block in all_blocks:
            if isinstance(block, Paragraph) or len(block.cells) > FORM_CELLS:
                out.append(block)
            elif self._is_frame(block, block.number in framed, grids):
                out.extend(Paragraph(line, place=block.place) for c in block.cells for line in c.text.split("\n") if line.strip())
            else:
                out.extend(self._split(join_cut_rows(block, self._is_label, self._is_sure_label)))
        return out

    def _is_label(self, text: str) -> bool:
        return bool(self._labels.find(text))

    def _is_sure_label(self, text: str) -> bool:
        """True for a label that nobody writes as a value: not of a block whose labels count only together."""
        return any(self._places[k][n].together == 1 for k, book in self._books.items() for n in book.find(text))

    def _is_frame(self, table: Table, holds_tables: bool, grids: Grids) -> bool:
        if len(table.cells) == 1 or table.cols == 1:
            headed = any(roster.find_header(grids.of(table)) for roster in self._rosters.values())
            return not headed and (len(table.cells) <= 3 or holds_tables)
        return holds_tables and sum(bool(c.text.strip()) for c in table.cells) <= 2 and not self._look(table, grids).fields

    def _split(self, table: Table) -> list[Table]:
        rows = sorted({c.row for c in table.cells if self._title_kind(c.text)})
        if rows:
            carried = {c.row + 1 for c in table.cells if c.text and self._goes_over(c.text)}
            rows = [row for row in rows if row not in carried]
        if not rows:
            return [table]
        starts = [self._pull_up(table, r) for r in rows]
        if len(rows) == 1 and starts[0] <= 3:
            return [table]
        cuts = sorted({0, *starts, table.rows})
        parts = [part_of_table(table, a, b) for a, b in pairwise(cuts)]
        return [p for p in parts if any(c.text.strip() for c in p.cells)]

    def _pull_up(self, table: Table, row: int) -> int:
        """The first row of a stacked form: its title's, or that of the annex mark and head lines just over it."""
        at = row
        while at > 0:
            texts = [c.text for c in table.cells if c.row == at - 1 and c.text.strip()]
            if texts and not all(_ANNEX.match(compact(t)) or "类型" in compact(t) for t in texts):
                break
            at -= 1
        return at

    def _title_kind(self, text: str) -> str:
        """The kind of form a line names as its title ("" when it is no title)."""
        return self._title_kinds(text) if len(text) <= LONGEST_LINE else self._find_title_kind(text)

    def _find_title_kind(self, text: str) -> str:
        bare = compact(text)
        if len(bare) > 50 or len(bare) < SHORTEST_TITLE:
            return ""
        if not bare.endswith(self._title_ends) and "(" not in bare:
            return ""
        if _TITLE_NOISE.search(text):
            return ""
        return next((kind for kind, title, opened in self._titles if bare.endswith(title) or opened in bare), "")

    def is_titled(self, blocks: Iterable[Block]) -> bool:
        """True when a line among these blocks is the title of a form: then the form is here, but could not be read."""
        return any(self._title_kind(line) for b in blocks for text in _texts(b) for line in text.split("\n"))

    def _look(self, table: Table, grids: Grids) -> Seen:
        """What a table looks like."""
        best = Seen()
        if len(table.cells) > FORM_CELLS:
            return best
        title = next((c.text for c in table.cells if self._title_kind(c.text)), "")
        filled = [c for c in table.cells if c.text]
        for kind in self._books:
            columns, claimed = self._rosters[kind].span(grids.of(table)) if kind in self._rosters else (frozenset[str](), set[Spot]())
            free = [c for c in filled if (table.number, c.row, c.col) not in claimed] if claimed else filled
            fields = self._printed(kind, free)
            if len(fields) + len(columns) > len(best.fields) + len(best.columns) and (len(fields) >= MIN_FIELDS or columns):
                best = Seen(kind, fields, columns)
        return replace(best, title=title, title_kind=self._title_kind(title) if title else "")

    def _printed(self, kind: str, cells: Sequence[Cell]) -> frozenset[str]:
        """The blanks of the body that these cells label; labels that count only together (教授) need enough of them in one row."""
        by_row: dict[tuple[str, int], set[str]] = {}
        fields: set[str] = set()
        prints = self._prints[kind]
        for cell in cells:
            for name, group_name, together in prints(cell.text) if len(cell.text) <= LONGEST_LINE else ():
                if together > 1:
                    by_row.setdefault((group_name, cell.row), set()).add(name)
                else:
                    fields.add(name)
        for (group_name, _), names in by_row.items():
            fields |= names if len(names) >= self._together[kind][group_name] else set()
        return frozenset(fields)

    def _find_prints(self, kind: str, text: str) -> tuple[tuple[str, str, int], ...]:
        """The blanks of the body that a text labels or holds: their names, their blocks, and how many of a block make one."""
        said = self._words[kind].of(text)
        if not (said.fields or said.lines):
            return ()
        named = ((name, self._places[kind][name]) for name in (*said.fields, *self._spoken(kind, text)))
        return tuple((name, group.name, group.together) for name, group in named if group.place == "body")

    def _spoken(self, kind: str, text: str) -> set[str]:
        """The blanks that a cell certainly holds together with their labels (姓名：张三)."""
        if len(text) > LONGEST_LINE or not (":" in text or "：" in text):
            return set()
        return {v.names[0] for v in self._words[kind].of(text).lines if v.colon and len(v.names) == 1}

    def is_unread_form(self, blocks: Iterable[Block]) -> bool:
        """True for the words of a form whose table could not be seen (printed without lines): its title, and many of its labels each for itself."""
        words = [word for b in blocks for text in _texts(b) for line in text.split("\n") for word in (line, *line.split())]
        if not any(self._title_kind(word) for word in words):
            return False
        return any(len({n for word in words for n in book.find(word)}) >= UNREAD_LABELS for book in self._books.values())

    # ---- gathering tables into forms

    def _gather(self, blocks: Sequence[Block], seen: Mapping[int, Seen]) -> tuple[list[Draft], list[Draft]]:
        drafts: list[Draft] = []
        lists: list[Draft] = []
        current: Draft | None = None
        titled = carried = False
        for i, block in enumerate(blocks):
            if isinstance(block, Paragraph):
                if self._goes_over(block.text):
                    titled, carried = False, True
                else:
                    titled = titled or (bool(self._title_kind(block.text)) and not carried)
                continue
            look = seen[i]
            if not look.kind:
                if current and self._goes_on(blocks, current, i):
                    current.tables.append(i)
                continue
            titled = titled or (bool(look.title_kind) and not carried)
            carried, again = False, carried
            if current and again and look.kind == current.kind:
                current.tables.append(i)
                continue
            if current and not titled and self._belongs(blocks, current, look, i):
                current.tables.append(i)
                current.fields |= look.fields
                current.columns |= look.columns
                continue
            if not look.fields and look.kind == "basic_info" and not (titled and self._opens_soon(seen, i)):
                if current and current.kind == look.kind and not titled:
                    current.tables.append(i)
                else:
                    lists.append(Draft(look.kind, [i], columns=set(look.columns)))
                titled = False
                continue
            current = Draft(look.kind, [i], set(look.fields), set(look.columns))
            drafts.append(current)
            titled = False
        return drafts, lists

    def _goes_over(self, text: str) -> bool:
        """True for a line that says that the table of the page before goes on: （接上页）, 续表, 续上表."""
        return bool(_GOES_OVER.fullmatch(compact(text)))

    def _opens_soon(self, seen: Mapping[int, Seen], at: int) -> bool:
        """True when the tables that follow a roster hold the rest of the same form."""
        return any(look.kind == seen[at].kind and look.fields for i, look in seen.items() if at < i <= at + 3)

    def _belongs(self, blocks: Sequence[Block], current: Draft, look: Seen, at: int) -> bool:
        """True when a table is another piece of the form at hand: nothing it prints was printed before."""
        if look.kind != current.kind:
            return False
        if look.kind == "summary_table" or not self._books[look.kind]:
            return self._text_between(blocks, current.tables[-1], at) == ""
        if not look.fields:
            return not self._opening_between(blocks, current, at)
        common = current.fields & look.fields
        if look.columns and not current.columns and len(look.fields) <= 2:  # the list, with 社会效益 or an opinion under it
            return not self._opening_between(blocks, current, at)
        return len(common) * 3 <= min(len(look.fields), len(current.fields)) and not self._opening_between(blocks, current, at)

    def _opening_between(self, blocks: Sequence[Block], current: Draft, at: int) -> bool:
        between = blocks[current.tables[-1] + 1 : at]
        return any(
            isinstance(b, Paragraph) and self._is_opening(b.text, current.kind) and not re.match(r"附表", compact(b.text)) for b in between
        )

    def _goes_on(self, blocks: Sequence[Block], current: Draft, at: int) -> bool:
        """True for a table without labels that follows at once: the next page of the one before, or its head or foot lines."""
        return at - current.tables[-1] <= 2 and self._text_between(blocks, current.tables[-1], at) == ""

    def _text_between(self, blocks: Sequence[Block], first: int, last: int) -> str:
        texts = [b.text for b in blocks[first + 1 : last] if isinstance(b, Paragraph)]
        return "".join(t for t in map(compact, texts) if not re.fullmatch(r"[-—第页/共\d\s]*", t))

    # ---- the lines around the tables

    def _bound(self, blocks: Sequence[Block], drafts: Sequence[Draft]) -> None:
        """Gives every form the lines around its tables."""
        for i, draft in enumerate(drafts):
            if not draft.tables:
                draft.start, draft.end = 0, len(blocks)
                continue
            low = drafts[i - 1].end if i else 0
            high = drafts[i + 1].tables[0] if i + 1 < len(drafts) and drafts[i + 1].tables else len(blocks)
            draft.start = self._first_line(blocks, draft, low)
            draft.end = self._last_line(blocks, draft, high)

    def _first_line(self, blocks: Sequence[Block], draft: Draft, low: int) -> int:
        at = draft.tables[0]
        while at > low and self._is_head(blocks[at - 1], draft.kind):
            at -= 1
        return at

    def _is_head(self, block: Block, kind: str) -> bool:
        text = _block_text(block)
        bare = compact(text)
        if not bare or len(bare) > 200:
            return not bare
        if self._is_opening(text, kind):
            return True
        return len(bare) <= 40 and not re.search(r"[。；;]$", bare) and not re.match(r"[一二三四五六七八九十]+、|\d+[.、]", bare)

    def _is_opening(self, text: str, kind: str) -> bool:
        """An annex mark, a title or a head line: a form begins here."""
        bare = compact(text)
        if _ANNEX.match(bare) and len(bare) <= 60:
            return True
        if self._title_kind(text):
            return True
        names = {n for line in self._words[kind].of(text).lines for n in line.names}
        groups = [self._places[kind][n].name for n in names if self._places[kind][n].place == "line"]
        return "head" in groups

    def _last_line(self, blocks: Sequence[Block], draft: Draft, high: int) -> int:
        """Behind the last foot line that comes before anything else opens."""
        end = at = draft.tables[-1] + 1
        while at < high:
            text = _block_text(blocks[at])
            words = self._words[draft.kind]
            names = {n for line in words.of(text).lines for n in line.names}
            if isinstance(blocks[at], Table):
                names |= {n for c in blocks[at].cells for n in words.of(c.text).fields}  # type: ignore[union-attr]
            last = high == len(blocks)
            foot = any(self._places[draft.kind][n].name == "foot" or (last and self._places[draft.kind][n].place == "line") for n in names)
            if not foot and (self._is_opening(text, draft.kind) or len(compact(text)) > 120):
                break
            end = at + 1 if foot or (at == end and _is_picture(text)) else end
            at += 1
        return end

    def _line_form(self, blocks: Sequence[Block]) -> Draft | None:
        """A form written without any table: at least six of its labels in lines, most of them of its body; a notice prints those of head and foot."""
        for kind in self._kinds:
            names = {
                n
                for b in blocks
                if isinstance(b, Paragraph) and len(b.text) < 400
                for v in self._words[kind].of(b.text).lines
                if v.colon
                for n in v.names
            }
            body = [n for n in names if self._places[kind][n].place == "body"]
            if len(names) >= LINE_FORM_FIELDS and len(body) * 2 >= LINE_FORM_FIELDS and kind == "basic_info":
                return Draft(kind, [], names)
        return None

    # ---- finishing

    def _part(self, blocks: Sequence[Block], draft: Draft) -> Part:
        own = tuple(blocks[draft.start : draft.end])
        first = next((b for b in own if isinstance(b, Table)), None)
        title = next((t for b in own for t in _texts(b) if self._title_kind(t)), "")
        where = Where(table=first.number if first else None, place=first.place if first else "")
        return Part(own, title, where.place, where)

    def _finish(self, blocks: Sequence[Block], draft: Draft, name: str, forms: int) -> tuple[FormSchema, Part, str | None]:
        part = self._part(blocks, draft)
        schemas = self._kinds[draft.kind]
        if all(s.category is None for s in schemas):
            return schemas[0], part, None
        annexes = " ".join(t for b in part.blocks for t in _texts(b) if _ANNEX.match(compact(t)) and len(t) < 60)
        for evidence in (part.title, annexes, part.place, name if forms == 1 else ""):
            named = [s for s in schemas if _names(s, evidence)]
            if len(named) == 1:
                return named[0], part, named[0].category
        return schemas[0], part, None

    def _is_text(self, block: Block) -> bool:
        if isinstance(block, Table) and len(block.cells) > FORM_CELLS:
            return False  # nor is a data dump an essay
        return bool(_block_text(block).strip())


def _is_picture(text: str) -> bool:
    """True for a line with nothing on it but pictures: the signature or seal that someone set under the foot lines."""
    return OBJECT in text and not text.strip(OBJECT + " \n")


def _names(schema: FormSchema, text: str) -> bool:
    bare = compact(text)
    number = re.sub(r"\D", "", schema.annex)
    return any(w in bare for w in schema.category_words) or bool(number and re.search(rf"附[件表]{number}(?!\d)", bare))


def _texts(block: Block) -> Iterable[str]:
    return (block.text,) if isinstance(block, Paragraph) else (c.text for c in block.cells)


def _block_text(block: Block) -> str:
    return block.text if isinstance(block, Paragraph) else "\n".join(c.text for c in block.cells if c.text.strip())
