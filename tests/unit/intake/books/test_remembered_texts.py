"""What the books remember of the texts they decoded: the very value again, and never more than so many characters."""

from __future__ import annotations

from intake.books.readings import ByText


def test_a_text_is_decoded_once_and_the_oldest_are_forgotten() -> None:
    """Four texts of ten characters fit into forty; the fifth drives out the one asked for longest ago."""
    made: list[str] = []

    def make(text: str) -> list[str]:
        made.append(text)
        return [text]

    remembered = ByText(make, 40)
    texts = [str(n) * 10 for n in range(5)]
    first = [remembered(text) for text in texts[:4]]
    assert remembered(texts[0]) is first[0]
    remembered(texts[4])
    assert remembered(texts[0]) is first[0]
    assert remembered(texts[1]) is not first[1]
    assert made == [*texts, texts[1]]


def test_a_text_too_long_is_not_kept() -> None:
    """One giant reading must not drive out all others."""
    remembered = ByText(lambda text: [text], 40)
    assert remembered("x" * 11) is not remembered("x" * 11)
