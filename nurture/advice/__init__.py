"""What a friend would say about sequences that work: one file per advice, found in this folder."""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from importlib import import_module
from importlib.resources import files
from itertools import pairwise
from pkgutil import iter_modules

from nurture.core.account import Limits
from nurture.core.calendar.on import HolidayOn
from nurture.core.condition import doubts
from nurture.core.contact import Relationship
from nurture.core.library import Thesaurus
from nurture.core.library.piece import Piece
from nurture.core.sequence import Intent, Step
from nurture.definition import Definition
from nurture.document.piece_text import LIBRARY, piece_of
from nurture.document.tree import in_order, place_at
from nurture.errors import Place, Problem
from nurture.mail.write.template import Template
from nurture.steps import Deed, HumanStep
from nurture.steps.content import Content
from nurture.value import frozen


@frozen
class Case:
    """One sequence and the limits under which it will run."""

    definition: Definition
    limits: Limits

    def said(self, words: str, step_id: str, key: str = "id") -> tuple[str, Place]:
        """Words about a key of a step, with its place."""
        return words, self.definition.place(step_id, key)


@frozen
class Writing:
    """A text that contacts read: what its steps want, for whom it is, on which holidays it goes."""

    text: str
    file: str
    intents: frozenset[Intent] = frozenset()
    audience: frozenset[Relationship] = frozenset()
    holidays: frozenset[str] = frozenset()

    def place(self, offset: int) -> Place:
        """Where that character stands."""
        return place_at(self.text, offset, self.file)


@frozen
class Stock:
    """The library of a folder on a day, who draws on it, and what the known contacts care for.

    `pieces` are templates by their path, as those in `texts` are.
    """

    pieces: Mapping[str, Template]
    thesaurus: Thesaurus
    definitions: Mapping[str, Definition]
    today: date
    interests: frozenset[str] = frozenset()

    def listed(self) -> Iterator[tuple[Piece, Template]]:
        """Each piece with its text."""
        return ((piece_of(path, each), each) for path, each in self.pieces.items())

    def steps(self) -> Iterator[tuple[Definition, Content]]:
        """Each step that chooses from it, with where it stands."""
        for definition in self.definitions.values():
            for step in definition.sequence.all_steps:
                if isinstance(step, Content):
                    yield definition, step


Said = Iterator[tuple[str, Place]]
"""Words, each with the place that they are about."""


def nothing(_about: object) -> Said:
    """For an advice that has nothing to say on this kind of thing."""
    return iter(())


@frozen
class Advice:
    """One advice under its stable code: `about` it in a few words, and why it is given."""

    code: str
    about: str
    why: str
    of_sequence: Callable[[Case], Said] = nothing
    of_text: Callable[[Writing], Said] = nothing
    of_library: Callable[[Stock], Said] = nothing


@cache
def advices() -> tuple[Advice, ...]:
    """Every advice, in the order of codes."""
    names = [module.name for module in iter_modules(__path__)]
    found = [import_module(f"{__name__}.{name}").ADVICE for name in names]
    return tuple(sorted(found, key=lambda advice: advice.code))


def advise(
    definitions: Mapping[str, Definition],
    texts: Mapping[str, str],
    limits: Limits,
    stock: Stock | None = None,
) -> list[Problem]:
    """All that is to be said about these sequences and the texts that they use, in order."""
    found: list[Problem] = []
    for definition in definitions.values():
        case = Case(definition, limits)
        for advice in advices():
            found.extend(_coded(advice, advice.of_sequence(case)))
    for writing in writings(definitions.values(), texts):
        for advice in advices():
            found.extend(_coded(advice, advice.of_text(writing)))
    if stock:
        for advice in advices():
            found.extend(_coded(advice, advice.of_library(stock)))
    return in_order(found)


def _coded(advice: Advice, said: Said) -> Iterator[Problem]:
    return (Problem(words, place, advice.code) for words, place in said)


def writings(definitions: Iterable[Definition], texts: Mapping[str, str]) -> Iterator[Writing]:
    """Every text that steps name, once, and the library where a step chooses from it."""
    intents: dict[str, set[Intent]] = {}
    audience: dict[str, set[Relationship]] = {}
    holidays: dict[str, set[str]] = {}
    files_of: dict[str, str] = {}
    for definition in definitions:
        for path, intent in _read_by_people(definition, texts):
            intents.setdefault(path, set()).add(intent)
            audience.setdefault(path, set()).update(definition.sequence.entry.who)
            files_of[path] = definition.reading.file_beside(path)
        for occasion in definition.sequence.occasions:
            if isinstance(occasion.on, HolidayOn) and occasion.on.shift is None:
                path = str(getattr(occasion.step, "template", ""))
                holidays.setdefault(path, set()).add(occasion.on.name)
    for path, file in files_of.items():
        yield Writing(
            texts[path],
            file,
            frozenset(intents[path]),
            frozenset(audience[path]),
            frozenset(holidays.get(path, ())),
        )


def _read_by_people(
    definition: Definition, texts: Mapping[str, str]
) -> Iterator[tuple[str, Intent]]:
    for step in definition.sequence.all_steps:
        path = str(getattr(step, "template", ""))
        if path in texts and isinstance(step, Deed):
            yield path, step.intent
        if isinstance(step, Content):
            yield from ((piece, step.intent) for piece in texts if piece.startswith(LIBRARY))


def is_noticed_once(steps: Sequence[Step]) -> Callable[[Step], bool]:
    """`is_touch`, but of two neighbours that nobody gets both of only the first."""
    twins = {after.id for before, after in pairwise(steps) if are_for_others(before, after)}
    return lambda step: is_touch(step) and step.id not in twins


def are_for_others(before: Step, after: Step) -> bool:
    """Whether nobody gets both, such as a mail and the same in another language."""
    both = [step.when for step in (before, after) if step.when]
    return doubts(*both).startswith("never")


def is_touch(step: object) -> bool:
    """Whether the person notices this step."""
    if isinstance(step, HumanStep):
        return step.channel.reaches_them
    return isinstance(step, Deed)


@frozen
class Phrase:
    """Words in a row, however they are cased and broken; `*` ends one that may go on."""

    words: str

    @property
    def probe(self) -> str:
        """What any text that has the phrase contains, without case and with single spaces."""
        return self.words.partition("*")[0].casefold()

    @property
    def pattern(self) -> re.Pattern[str]:
        """The phrase as whole words."""
        words = (re.escape(word).replace(r"\*", r"\w*") for word in self.words.split())
        return re.compile(rf"(?<!\w){_GAP.join(words)}(?!\w)", re.IGNORECASE)


_GAP = r"[\s>]+"


@cache
def phrases(name: str) -> tuple[Phrase, ...]:
    """The phrases of `words/NAME.toml` in all languages."""
    text = files(__name__).joinpath("words", f"{name}.toml").read_text("utf-8")
    listed = (phrase for language in tomllib.loads(text).values() for phrase in language)
    return tuple(Phrase(phrase) for phrase in listed)


def spoken(name: str, writing: Writing) -> Said:
    """Each phrase of that list that stands in the text, as it is written there."""
    # An apostrophe of either shape is one sign: offsets stay what they are.
    text = writing.text.replace("\u2019", "'")
    plain = " ".join(text.casefold().split())
    for phrase in phrases(name):
        if phrase.probe in plain:
            for found in phrase.pattern.finditer(text):
                yield " ".join(found[0].split()), writing.place(found.start())
