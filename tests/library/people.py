"""300 pieces and 200 people for each of whom the one right piece is known."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from nurture.core.contact import Contact
from nurture.core.library import Reader
from nurture.core.library.piece import Piece

_WRITTEN = tomllib.loads((Path(__file__).parent / "subjects.toml").read_text("utf-8"))
_SUBJECTS, _TRADES = _WRITTEN["subject"], _WRITTEN["trade"]
_BROAD = ("small business", "of use to anybody", "work")


@dataclass(frozen=True, slots=True)
class Labelled:
    """Somebody, and the path of the piece that a friend would send them."""

    reader: Reader
    right: str


def path(subject: int, trade: int) -> str:
    """The piece about that subject for that trade."""
    return f"library/{subject:02}-{trade:02}.md"


def pieces() -> list[Piece]:
    """One for each subject and trade, tagged as owners tag: by subject, and broadly."""
    dice = Random(7)
    return [
        Piece(
            path(at, place),
            (subject["tag"], dice.choice(_BROAD)),
            subject["language"],
            title=subject["piece"][0],
            text=f"{' '.join(subject['piece'][1:])} {trade[subject['language']]['piece']}",
        )
        for at, subject in enumerate(_SUBJECTS)
        for place, trade in enumerate(_TRADES)
    ]


def people(count: int = 200) -> Iterator[Labelled]:
    """Each is known a little: where the words about them lie is as uneven as in real lists."""
    dice = Random(11)
    for number in range(count):
        at, place = dice.randrange(len(_SUBJECTS)), dice.randrange(len(_TRADES))
        yield Labelled(_reader(number, _SUBJECTS[at], _TRADES[place], dice), path(at, place))


def _reader(
    number: int, subject: Mapping[str, Any], trade: Mapping[str, Any], dice: Random
) -> Reader:
    language = subject["language"]
    worries = dice.sample(subject["person"], dice.choice((1, 2)))
    work = trade[language]["person"]
    is_told = dice.random() < 0.5
    interests = (subject["tag"],) if dice.random() < 0.7 else ()
    if dice.random() < 0.3:
        interests = (*interests, dice.choice(_BROAD))
    contact = Contact(
        f"p{number}@firm{number}.example",
        id=number,
        language=language,
        interests=interests,
        notes="" if is_told else ". ".join(worries),
        custom={dice.choice(("field", "industry", "reason")): work},
    )
    return Reader(contact, wrote=(". ".join(worries),) if is_told else ())
