"""Core: every word that a schema prints - labels, headings, years, column titles - in books that all who read the form look into."""

from __future__ import annotations

from config.schema import FormSchema
from parsers.forms.labels import LabelBook
from parsers.forms.lines import LineBook


class Wording:
    """表上文字: the books of one schema. One copy a schema, so that a text which a document repeats is looked up once."""

    def __init__(self, schema: FormSchema) -> None:
        columns = schema.rows.columns if schema.rows else ()
        self.fields = LabelBook((label, f.name) for f in schema.fields for label in f.labels)
        self.heads = LabelBook((label, g.name) for g in schema.groups for label in g.labels)
        self.years = LabelBook((label, f.name) for f in schema.fields for label in f.row_labels)
        self.feet = LabelBook((label, f.name) for f in schema.fields if schema.group(f.group).place == "line" for label in f.labels)
        self.columns = LabelBook((label, c.name) for c in columns for label in c.labels)
        self.lines = LineBook(schema)
