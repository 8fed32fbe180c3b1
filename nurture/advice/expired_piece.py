"""Pieces of the library whose last day is over."""

from nurture.advice import Advice, Said, Stock


def _is_over(stock: Stock) -> Said:
    for piece, template in stock.listed():
        if piece.has_expired(stock.today):
            words = f"expired on {piece.expires}, and goes to nobody: renew it, or take it away"
            yield words, template.front.places["expires"]


ADVICE = Advice(
    "N211",
    "a piece that has expired",
    "It is sent to nobody any more, and the library looks fuller than it is.",
    of_library=_is_over,
)
