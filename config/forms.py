"""Words: a printed form as a schema (Table Schema words plus how it is printed)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSchema:
    """表样: one printed form of the notice."""

    kind: str
    title: str


class SchemaMistake(Exception):
    """A schema TOML that cannot be used."""

    def __init__(self, key: str, sentence: str) -> None:
        super().__init__(f"{key}: {sentence}")
        self.key, self.sentence = key, sentence


def mapping_to_schema(mapping: dict[str, object]) -> FormSchema:
    """A TOML table into a schema."""
    return FormSchema(kind=str(mapping.get("kind", "")), title=str(mapping.get("title", "")))
