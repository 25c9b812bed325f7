"""What the tests of the forms share: the campaign's schemas, and a short way from blocks to forms."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from config.forms import FormSchema
from config.load import load_forms
from parsers.document import Cell, Document, Paragraph, Table
from parsers.form import Form
from parsers.read import document_to_reading, read
from tests.generator.documents import Block, blocks_to_docx

ROOT = Path(__file__).parents[4]
Schemas = tuple[FormSchema, ...]


@pytest.fixture(scope="session")
def schemas() -> Schemas:
    """The shipped campaign's form schemas."""
    return load_forms(ROOT / "config/campaigns/liaoning-2022/forms", [])


@pytest.fixture(scope="session")
def forms_of(schemas: Schemas) -> Callable[[list[Block]], tuple[Form, ...]]:
    """The forms that a docx of these blocks holds."""
    return lambda blocks: read(blocks_to_docx(blocks), "材料.docx", schemas).forms


@pytest.fixture(scope="session")
def forms_in(schemas: Schemas) -> Callable[..., tuple[Form, ...]]:
    """The forms of a Document built by hand: strings are paragraphs, lists of rows of texts are tables."""

    def forms(*blocks: str | list[list[str]] | Table, name: str = "") -> tuple[Form, ...]:
        made = tuple(_block(b, i + 1) for i, b in enumerate(blocks))
        return document_to_reading(Document("docx", "read", made), "0" * 64, name, schemas).forms

    return forms


def _block(block: str | list[list[str]] | Table, number: int) -> Paragraph | Table:
    if isinstance(block, str):
        return Paragraph(block)
    if isinstance(block, Table):
        return block
    return Table(tuple(Cell(text, r, c) for r, row in enumerate(block) for c, text in enumerate(row)), number)
