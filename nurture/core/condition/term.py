"""What a condition is made of: each term knows whether it holds, and how it is written."""

import re
from collections.abc import Iterator
from datetime import date
from enum import StrEnum

from nurture.core.calendar import Wait
from nurture.core.condition.fact import LISTS, Facts, day_of, is_over, plain, text_of
from nurture.core.contact import Contact
from nurture.value import frozen

_RESERVED = re.compile(r'(?:^|\s)(?:and|or|is)(?:\s|$)|[(),"]')


class Than(StrEnum):
    """How a number is compared."""

    AT_LEAST = "at least"
    AT_MOST = "at most"
    MORE = "more than"
    LESS = "less than"


@frozen
class Is:
    """A fact is one of these words; letter case and spaces do not matter."""

    name: str
    values: tuple[str, ...]

    def holds(self, contact: Contact, _facts: Facts) -> bool:
        """Whether the fact is known and is one of them."""
        known = plain(text_of(contact, self.name))
        return bool(known) and known in {plain(value) for value in self.values}

    def __str__(self) -> str:
        return self.said("is")

    def said(self, verb: str) -> str:
        """With another verb, such as "is not"."""
        words = ", ".join(_quoted(value) for value in self.values)
        return f"{self.name} {verb} {'one of ' if len(self.values) > 1 else ''}{words}"


@frozen
class Known:
    """Something is written down for that fact."""

    name: str

    def holds(self, contact: Contact, _facts: Facts) -> bool:
        """Whether it is not empty."""
        if self.name in LISTS:
            return bool(getattr(contact, self.name))
        return bool(text_of(contact, self.name).strip())

    def __str__(self) -> str:
        return self.said("is")

    def said(self, verb: str) -> str:
        """With another verb."""
        return f"{self.name} {verb} known"


@frozen
class Compares:
    """A number lies on one side of another; one that is not known lies on neither."""

    name: str
    than: Than
    number: float

    def holds(self, contact: Contact, _facts: Facts) -> bool:
        """Whether the fact is a number and on that side."""
        try:
            known = float(text_of(contact, self.name))
        except ValueError:
            return False
        match self.than:
            case Than.AT_LEAST:
                return known >= self.number
            case Than.AT_MOST:
                return known <= self.number
            case Than.MORE:
                return known > self.number
            case Than.LESS:
                return known < self.number

    def __str__(self) -> str:
        return f"{self.name} is {self.than} {self.number:g}"


@frozen
class Dated:
    """A date of the contact lies before or after a day."""

    name: str
    is_before: bool
    day: date

    def holds(self, contact: Contact, _facts: Facts) -> bool:
        """Whether the date is known and on that side; the day itself is on neither."""
        known = day_of(contact, self.name)
        if known is None:
            return False
        return known < self.day if self.is_before else known > self.day

    def __str__(self) -> str:
        return f"{self.name} is {'before' if self.is_before else 'after'} {self.day}"


@frozen
class Ago:
    """A date of the contact lies so long in the past, or not so long; never in the future."""

    name: str
    than: Than
    wait: Wait

    def holds(self, contact: Contact, facts: Facts) -> bool:
        """Whether the date is known and that far back on the day of asking."""
        known = day_of(contact, self.name)
        if known is None or known > facts.today:
            return False
        is_past = is_over(known, self.wait, facts.today, contact.country)
        return is_past if self.than is Than.MORE else not is_past

    def __str__(self) -> str:
        return f"{self.name} is {self.than} {self.wait} ago"


@frozen
class Includes:
    """A list of the contact holds a word."""

    name: str
    value: str

    def holds(self, contact: Contact, _facts: Facts) -> bool:
        """Whether one of its words is this one."""
        words: tuple[str, ...] = getattr(contact, self.name)
        return plain(self.value) in {plain(word) for word in words}

    def __str__(self) -> str:
        return self.said("include")

    def said(self, verb: str) -> str:
        """With another verb."""
        return f"{self.name} {verb} {_quoted(self.value)}"


@frozen
class Answered:
    """They have written to us since the walk began."""

    def holds(self, _contact: Contact, facts: Facts) -> bool:
        """Whether anything of theirs was heard."""
        return facts.has_answered

    def __str__(self) -> str:
        return "they have answered"


@frozen
class Silent:
    """Neither side has reached the other for so long."""

    wait: Wait

    def holds(self, contact: Contact, facts: Facts) -> bool:
        """Whether the stretch is over on the day of asking; never where no contact is known."""
        since = facts.last_contact
        return since is not None and is_over(since, self.wait, facts.today, contact.country)

    def __str__(self) -> str:
        return f"silent for {self.wait}"


@frozen
class Sent:
    """A step of this sequence reached them."""

    step: str

    def holds(self, _contact: Contact, facts: Facts) -> bool:
        """Whether it is among the steps sent."""
        return self.step in facts.sent

    def __str__(self) -> str:
        return f"{self.step} was sent"


@frozen
class Not:
    """The part does not hold; what is not known is not so."""

    part: "Term"

    def holds(self, contact: Contact, facts: Facts) -> bool:
        """Whether the part does not."""
        return not self.part.holds(contact, facts)

    def __str__(self) -> str:
        match self.part:
            case Is() | Known():
                return self.part.said("is not")
            case Includes():
                return self.part.said("do not include")
            case Sent():
                return f"{self.part.step} was not sent"
            case Answered():
                return "they have not answered"
            case All() | Either():
                return f"not ({self.part})"
            case _:
                return f"not {self.part}"


@frozen
class All:
    """Every part holds."""

    parts: tuple["Term", ...]

    def holds(self, contact: Contact, facts: Facts) -> bool:
        """Whether all do."""
        return all(part.holds(contact, facts) for part in self.parts)

    def __str__(self) -> str:
        return " and ".join(
            f"({part})" if isinstance(part, Either) else str(part) for part in self.parts
        )


@frozen
class Either:
    """At least one part holds."""

    parts: tuple["Term", ...]

    def holds(self, contact: Contact, facts: Facts) -> bool:
        """Whether any does."""
        return any(part.holds(contact, facts) for part in self.parts)

    def __str__(self) -> str:
        return " or ".join(str(part) for part in self.parts)


Atom = Is | Known | Compares | Dated | Ago | Includes | Answered | Silent | Sent
Term = Atom | Not | All | Either


def atoms(term: Term) -> Iterator[Atom]:
    """Every single statement of a term, in the order of writing."""
    match term:
        case Not():
            yield from atoms(term.part)
        case All() | Either():
            for part in term.parts:
                yield from atoms(part)
        case _:
            yield term


def _quoted(value: str) -> str:
    return f'"{value}"' if _RESERVED.search(value) else value
