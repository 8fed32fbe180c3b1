"""Whom a piece is for: what is known of them, what they had, and what a step asks for."""

from collections.abc import Iterator
from datetime import date
from itertools import islice

from nurture.core.contact import Contact
from nurture.core.sequence import Intent
from nurture.value import frozen


@frozen
class Reader:
    """A person, the pieces they ever had and those their colleagues had within a year, by path.

    `wrote` are their own words, the latest mail first; `noted` is why their owner wants to get in
    touch with them, the latest note first.
    """

    contact: Contact
    had: frozenset[str] = frozenset()
    company_had: frozenset[str] = frozenset()
    wrote: tuple[str, ...] = ()
    noted: tuple[str, ...] = ()


@frozen
class Want:
    """What a step asks of the library on this day of the reader's.

    Without `topics` the reader's own decide.  `language` is the owner's: for whom no language is
    known, and of pieces that name none.  `introduces` are the languages in which the step itself
    greets them: a piece that does not needs one of these.
    """

    today: date
    language: str
    topics: tuple[str, ...] = ()
    intent: Intent | None = None
    introduces: frozenset[str] = frozenset()


@frozen
class Aspect:
    """Something known of a reader: the words, how much they count, and where they come from."""

    words: str
    weight: float
    origin: str


_FIELDS = frozenset(
    ("field", "industry", "trade", "profession", "sector", "branch", "branche", "beruf", "role")
)
_REASONS = frozenset(("reason", "reasons", "card", "met_because", "topic", "topics", "grund"))
_LETTERS = 3  # mails of theirs that are still about what is on their mind
_LONGEST = 2000  # characters of a mail; behind them stands seldom anything new
_NOTES = 5  # reasons to get in touch; the older ones are seldom still why


def aspects(reader: Reader, topics: tuple[str, ...]) -> Iterator[Aspect]:
    """What a piece may have in common with a reader, what the step asks for before all."""
    contact = reader.contact
    yield from (Aspect(each, 3.0, "the step") for each in topics)
    yield from (Aspect(each, 3.0, "an interest") for each in contact.interests)
    for name, said in contact.custom.items():
        if name.casefold() in _FIELDS:
            yield Aspect(said, 2.0, "their field")
        elif name.casefold() in _REASONS:
            yield Aspect(said, 2.0, "why you met")
        else:
            yield Aspect(said, 0.7, name.replace("_", " "))
    yield from _noted(reader)
    yield from (Aspect(each[:_LONGEST], 1.5, "what they wrote") for each in reader.wrote[:_LETTERS])
    yield Aspect(contact.notes[:_LONGEST], 1.3, "your notes")
    yield from (Aspect(each, 1.0, "a tag") for each in contact.tags)
    yield Aspect(contact.company, 0.5, "their company")


def _noted(reader: Reader) -> Iterator[Aspect]:
    """The notes on their card, each once: also the one whose day has come, and which is gone.

    Older ones fade, since notes are full of words for what to do ("call", "in March"): several
    with equal weight add up to a piece that is about none of them.
    """
    found = dict.fromkeys((reader.contact.note, *reader.noted))
    for age, said in enumerate(islice(filter(None, found), _NOTES), 1):
        yield Aspect(said[:_LONGEST], 1.7 / age, "a note of yours")


def reads(contact: Contact, want: Want) -> str:
    """The language that a piece for them must be in, without its region."""
    return primary(contact.language or want.language)


def primary(language: str) -> str:
    """A language without its region: de for de-AT."""
    return language.casefold().replace("_", "-").partition("-")[0]
