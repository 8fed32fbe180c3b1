"""Pieces of the library that do not say in which language they are."""

from nurture.advice import Advice, Said, Stock
from nurture.errors import Place


def _is_in_any(stock: Stock) -> Said:
    for piece, template in stock.listed():
        if not piece.language:
            words = "says no language, and counts as written in yours: add `language: en`"
            yield words, template.front.places.get("topics", Place(template.file, 1, 1))


ADVICE = Advice(
    "N213",
    "a piece without a language",
    "People get what they read; without a language it goes to whoever reads yours.",
    of_library=_is_in_any,
)
