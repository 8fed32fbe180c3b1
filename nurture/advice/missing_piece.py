"""Topics that a step asks for, and no piece of the library is about."""

from nurture.advice import Advice, Case, Said, Stock
from nurture.core.account import Limits


def _has_none(stock: Stock) -> Said:
    open_ones = [piece for piece, _ in stock.listed() if not piece.has_expired(stock.today)]
    for definition, step in stock.steps():
        if step.is_theirs:
            continue
        wanted = stock.thesaurus.meant(step.topics)
        if not any(wanted & stock.thesaurus.meant(piece.topics) for piece in open_ones):
            words = (
                f"no piece is about {' or '.join(step.topics)}: you will be asked for one each time"
            )
            yield Case(definition, Limits()).said(words, step.id, "content")


ADVICE = Advice(
    "N215",
    "a step that no piece suits",
    "Whoever comes to it waits until you have written something.",
    of_library=_has_none,
)
