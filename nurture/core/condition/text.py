"""The words of a condition, read into its terms; whatever is not understood says what to write."""

import re

from nurture.core.calendar.stretch import read_wait
from nurture.core.condition.fact import LISTS, NUMBERS, Facts
from nurture.core.condition.term import (
    Ago,
    All,
    Answered,
    Compares,
    Dated,
    Either,
    Includes,
    Is,
    Known,
    Not,
    Sent,
    Silent,
    Term,
    Than,
    atoms,
)
from nurture.core.condition.word import read_day, read_name, read_number, refuse_unless, spelt
from nurture.core.contact import Contact
from nurture.core.spelling import Slip, did_you_mean
from nurture.value import frozen

_TOKEN = re.compile(r'"([^"]*)"|([(),])|([^\s(),"]+)')
_LONGEST = 1000
_DEEPEST = 20
_OTHERS = {
    "=": "is", "==": "is", ":": "is", "!=": "is not", "<>": "is not", ">=": "is at least",
    "<=": "is at most", ">": "is more than", "<": "is less than", "&&": "and", "||": "or",
    "!": "not", "in": "is one of", "has": "include", "have": "include", "contains": "include",
    "contain": "include", "equals": "is",
}  # fmt: skip
_VERBS = ("is", "include", "was")


@frozen
class Condition:
    """Words that hold for a contact on a day, or do not; equal ones are written alike by `str`."""

    term: Term

    def holds(self, contact: Contact, facts: Facts) -> bool:
        """Whether it holds; a statement about a fact that is not known does not."""
        return self.term.holds(contact, facts)

    def names(self) -> frozenset[str]:
        """The facts about a contact that it asks for, such as `country` and `custom.product`."""
        return frozenset(
            str(name) for atom in atoms(self.term) if (name := getattr(atom, "name", ""))
        )

    def steps(self) -> frozenset[str]:
        """The steps of which it asks whether they were sent."""
        return frozenset(atom.step for atom in atoms(self.term) if isinstance(atom, Sent))

    def __str__(self) -> str:
        return str(self.term)


def read_condition(written: object) -> Condition:
    """The condition that these words mean; raises ValueError that says what to write instead."""
    if not isinstance(written, str) or not written.strip():
        raise ValueError(f"write a condition like country is DE, not {written!r}")
    if len(written) > _LONGEST:
        raise ValueError(f"a condition is at most {_LONGEST} characters long")
    reader = _Reader(written)
    try:
        term = reader.either(0)
        reader.finish()
    except ValueError as error:
        raise Slip(str(error), offset=reader.offset) from error
    return Condition(term)


def negation(condition: Condition) -> Condition:
    """The condition that holds exactly where this one does not."""
    return Condition(_negated(condition.term))


@frozen
class _Word:
    text: str
    begins: int
    is_quoted: bool = False

    def is_(self, *words: str) -> bool:
        return not self.is_quoted and self.text in words


class _Reader:
    def __init__(self, text: str) -> None:
        if text.count('"') % 2:
            raise ValueError("a quote is opened and never closed")
        self._words = [
            _Word(
                found[1] if found[1] is not None else found[0], found.start(), found[1] is not None
            )
            for found in _TOKEN.finditer(text)
        ]
        self._at = 0

    @property
    def offset(self) -> int:
        """Where the word stands that was read last."""
        return self._words[self._at - 1].begins if self._words and self._at else 0

    def finish(self) -> None:
        """Raises ValueError where something is left."""
        if rest := self._peek():
            self._at += 1
            if rest.is_(")"):
                raise ValueError("a bracket is closed that was never opened")
            raise ValueError(f"join two statements by and, or or: {rest.text!r} stands alone")

    def either(self, depth: int) -> Term:
        """The next term, with everything that `or` joins to it."""
        parts = [self._all(depth)]
        while self._take("or"):
            parts.append(self._all(depth))
        return _joined(Either, parts)

    def _all(self, depth: int) -> Term:
        parts = [self._one(depth)]
        while self._take("and"):
            parts.append(self._one(depth))
        return _joined(All, parts)

    def _one(self, depth: int) -> Term:
        if depth > _DEEPEST:
            raise ValueError("nested too deep")
        if self._take("not"):
            return _negated(self._one(depth + 1))
        if self._take("("):
            term = self.either(depth + 1)
            if not self._take(")"):
                raise ValueError("a bracket is opened and never closed")
            return term
        return self._statement()

    def _statement(self) -> Term:
        subject = self._next("a fact, like country is DE")
        if subject.is_("they"):
            return self._answered()
        if subject.is_("silent"):
            if not self._take("for"):
                raise ValueError("write silent for 6 months")
            return Silent(read_wait(self._value("how long")))
        if self._take("was"):
            is_not = self._take("not")
            if not self._take("sent"):
                raise ValueError(f"write {subject.text} was sent, or was not sent")
            return _unless(is_not, Sent(subject.text))
        return self._about(read_name(subject.text), subject.text)

    def _answered(self) -> Term:
        if self._take("have"):
            is_not = self._take("not")
            if self._take("answered"):
                return _unless(is_not, Answered())
        raise ValueError("write they have answered, or they have not answered")

    def _about(self, name: str, written: str) -> Term:
        if name in LISTS and self._take("include", "includes"):
            return Includes(name, self._value("a word"))
        if name in LISTS and self._take("do"):
            if self._take("not") and self._take("include"):
                return Not(Includes(name, self._value("a word")))
            raise ValueError(f"write {name} do not include ...")
        if self._take("is", "are"):
            is_not = self._take("not")
            return _unless(is_not, self._said_of(name))
        verb = self._peek()
        verbs = "include, or is known" if name in LISTS else "is"
        if verb is None:
            raise ValueError(f"{written!r} is no statement yet: write {name} {verbs} ...")
        self._at += 1
        meant = _OTHERS.get(verb.text)
        hint = f"; did you mean {meant!r}?" if meant else did_you_mean(verb.text, _VERBS)
        raise ValueError(f"behind {written!r} stands {verbs}, not {verb.text!r}{hint}")

    def _said_of(self, name: str) -> Term:
        if self._take("known"):
            return Known(name)
        if name in LISTS:
            raise ValueError(f"{name} are a list: write {name} include ...")
        for than in Than:
            if self._take_all(*than.split()):
                return self._compared(name, than)
        for word in ("before", "after"):
            if self._take(word):
                refuse_unless(name.startswith("dates."), f"{name} is no date: write dates.NAME")
                return Dated(name, word == "before", read_day(self._value("a day")))
        if self._take_all("one", "of"):
            return Is(name, self._list(name))
        value = spelt(name, self._value(f"a word for {name}"))
        refuse_unless(not self._sees(","), f"for several write {name} is one of a, b")
        return Is(name, (value,))

    def _list(self, name: str) -> tuple[str, ...]:
        values = [spelt(name, self._value(f"a word for {name}"))]
        while self._take(","):
            values.append(spelt(name, self._value("one more word behind the comma")))
        return tuple(dict.fromkeys(values))

    def _compared(self, name: str, than: Than) -> Term:
        text = self._value("a number")
        if name.startswith("dates."):
            stretch = text.removesuffix(" ago")
            if stretch == text or than not in (Than.MORE, Than.LESS):
                raise ValueError(f"of a date write {name} is more than 6 months ago")
            return Ago(name, than, read_wait(stretch))
        is_number = name in NUMBERS or name.startswith("custom.")
        refuse_unless(is_number, f"{name} is no number: write {name} is ...")
        return Compares(name, than, read_number(text))

    def _value(self, what: str) -> str:
        """The words up to the next `and`, `or`, comma or closing bracket."""
        words = [self._next(what)]
        refuse_unless(
            not words[0].is_("and", "or", "(", ")", ","),
            f"there should be {what} where {words[0].text!r} stands",
        )
        while (word := self._peek()) and not word.is_("and", "or", "(", ")", ","):
            words.append(self._next(what))
        for word in words[1:]:
            if not word.is_quoted and word.text.casefold() in ("and", "or", "is"):
                raise ValueError(
                    f"{word.text!r} among other words: write and, or in small letters between"
                    " two statements, or put the words in quotes"
                )
        return " ".join(word.text for word in words)

    def _peek(self) -> _Word | None:
        return self._words[self._at] if self._at < len(self._words) else None

    def _sees(self, word: str) -> bool:
        next_one = self._peek()
        return next_one is not None and next_one.is_(word)

    def _next(self, what: str) -> _Word:
        word = self._peek()
        if word is None:
            raise ValueError(f"the condition ends where there should be {what}")
        self._at += 1
        return word

    def _take(self, *words: str) -> bool:
        next_one = self._peek()
        is_there = next_one is not None and next_one.is_(*words)
        self._at += is_there
        return is_there

    def _take_all(self, *words: str) -> bool:
        ahead = self._words[self._at : self._at + len(words)]
        is_there = [word.text for word in ahead if not word.is_quoted] == [*words]
        self._at += len(words) * is_there
        return is_there


def _joined(kind: type[All] | type[Either], parts: list[Term]) -> Term:
    """One part stands for itself; parts of the same kind are one longer list."""
    if len(parts) == 1:
        return parts[0]
    flat: list[Term] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, kind) else (part,))
    return kind(tuple(flat))


def _negated(term: Term) -> Term:
    return term.part if isinstance(term, Not) else Not(term)


def _unless(is_not: bool, term: Term) -> Term:
    return Not(term) if is_not else term
