"""How long one contact waits while 10,000 pieces are ranked for them, on one core."""

import time
from collections.abc import Iterator
from datetime import date
from random import Random

from bench.row import Row, percentile
from nurture.core.contact import Contact
from nurture.core.library import Library, Reader, Thesaurus, Want
from nurture.core.library.piece import Piece

NAME = "10,000 pieces ranked for one contact"
GOAL = "<= 20 ms (95 %)"
_PIECES, _PEOPLE, _WORDS, _TOPICS, _LONG = 10_000, 300, 20_000, 400, 200
_TODAY = date(2026, 5, 6)


def measure() -> Row:
    """Words as uneven as in a language: the tenth most frequent a tenth as often as the first."""
    dice = Random(1)
    began = time.perf_counter()
    library = Library.of(_pieces(dice), Thesaurus())
    built = time.perf_counter() - began
    took = []
    for reader in _people(dice):
        began = time.perf_counter()
        library.ranked(reader, Want(_TODAY, "en"), 3)
        took.append((time.perf_counter() - began) * 1000)
    note = f"median {percentile(took, 0.5):.1f} ms; indexed once in {built:.1f} s"
    return Row(percentile(took, 0.95), "ms", percentile(took, 0.95) <= 20, note)


def _pieces(dice: Random) -> Iterator[Piece]:
    for number in range(_PIECES):
        topics = tuple(f"topic{dice.randrange(_TOPICS)}" for _ in range(3))
        title, text = _text(dice, 6), _text(dice, _LONG)
        published = date(dice.randint(2016, 2025), dice.randint(1, 12), 1)
        yield Piece(
            f"library/{number}.md", topics, "en", title=title, text=text, published=published
        )


def _people(dice: Random) -> Iterator[Reader]:
    for number in range(_PEOPLE):
        interests = tuple(f"topic{dice.randrange(_TOPICS)}" for _ in range(3))
        known = {"field": _text(dice, 4), "reason": _text(dice, 8)}
        contact = Contact(
            f"p{number}@x.example", interests=interests, notes=_text(dice, 40), custom=known
        )
        had = frozenset(f"library/{dice.randrange(_PIECES)}.md" for _ in range(50))
        yield Reader(contact, had, wrote=(_text(dice, 80), _text(dice, 80)))


def _text(dice: Random, length: int) -> str:
    return " ".join(f"wort{int(_WORDS ** dice.random())}x" for _ in range(length))
