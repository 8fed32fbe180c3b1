"""Pieces of the library that call nobody by name, where no note does it for them."""

from nurture.advice import Advice, Said, Stock
from nurture.core.library.reader import primary
from nurture.document.piece_text import greets
from nurture.errors import Place


def _calls_nobody(stock: Stock) -> Said:
    bare = [(piece, template) for piece, template in stock.listed() if not piece.greets]
    notes = [note for _, step in stock.steps() for note in step.note]
    for piece, template in bare:
        fitting = (text for language, text in notes if language in {"", primary(piece.language)})
        if not any(map(greets, fitting)):
            words = "calls nobody by name: write Dear {{ given_name }}, here or in the step's note"
            yield words, Place(template.file, template.front.body_line, 1)


ADVICE = Advice(
    "N216",
    "a piece that calls nobody by name",
    "What reads like a newsletter is read like one; it goes only with a note that greets.",
    of_library=_calls_nobody,
)
