"""Mails that would have a hole, found by writing each of them for people before it is due."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import product

from nurture.core.account import Account
from nurture.core.choice.pledged import in_words, promised_step
from nurture.core.condition import Facts
from nurture.core.contact import Contact, Relationship
from nurture.core.merge_field import KNOWN, values_for
from nurture.core.sequence import Sequence, Step
from nurture.definition import Definition
from nurture.document.code import Code
from nurture.document.piece_text import introduced, is_piece, note_in
from nurture.document.template_text import read_template
from nurture.errors import Misconfigured, Place, Problem
from nurture.mail.write.template import Hole, Template
from nurture.steps.content import Content
from nurture.value import frozen

_OWN = re.compile(r"\b(custom|dates)\.([a-z][a-z0-9_]*)")
_LONG_AGO = date(2000, 1, 1)
_LANGUAGES = ("en", "de")


@frozen
class Person:
    """Somebody for whom mails are written, and the sequences that they walk through now."""

    contact: Contact
    sequences: Collection[str] = ()


@dataclass(slots=True)
class Holes:
    """The holes found so far, each once, with how many people would fall into it."""

    account: Account
    definitions: Mapping[str, Definition]
    templates: Mapping[str, Template]
    texts: Mapping[str, str]
    today: date
    _found: dict[tuple[Place, str], list[str]] = field(default_factory=dict)

    def try_on(self, person: Person) -> None:
        """Writes everything that this person could get."""
        for name, definition in self.definitions.items():
            sequence = definition.sequence
            if name in person.sequences or self._may_come_in(sequence, person.contact):
                self._write_all(definition, person.contact, person.contact.address)

    def try_on_samples(self) -> None:
        """Writes everything for invented people of whom everything is known."""
        sequences = [definition.sequence for definition in self.definitions.values()]
        steps = (step for sequence in sequences for step in sequence.all_steps)
        texts = (*self.texts.values(), *(str(getattr(step, "text", "")) for step in steps))
        bare = {name for each in self.templates.values() for name in each.variables - KNOWN}
        people = [*samples(texts, bare)]
        for definition in self.definitions.values():
            who = definition.sequence.entry.who
            for person in people:
                known = replace(person, relationship=min(who, default=person.relationship))
                self._write_all(definition, known, "")

    def problems(self) -> Iterator[Problem]:
        """What was found, each hole with how many and who."""
        for (place, words), people in self._found.items():
            known = [address for address in people if address]
            whom = "even where everything is known"
            if known:
                others = f" and {len(known) - 1} more" if len(known) > 1 else ""
                whom = f"for {known[0]}{others}"
            yield Problem(f"{words} {whom}", place, Code.HOLE)

    def _may_come_in(self, sequence: Sequence, contact: Contact) -> bool:
        entry = sequence.entry
        if not (entry.who or entry.when):
            return False  # anybody, by hand: whoever is meant is not known yet
        return any(not entry.suits(contact, facts) for facts in self._all_facts(sequence))

    def _write_all(self, definition: Definition, contact: Contact, address: str) -> None:
        for step in definition.sequence.all_steps:
            if address and step.when and not self._may_get(definition.sequence, step, contact):
                continue
            if isinstance(step, Content) and address:
                continue  # of many pieces they get one, and never one with a hole
            for template in self._templates_of(definition, step, contact.language):
                try:
                    template.render(self._values(definition.sequence, step, contact))
                except Hole as hole:
                    self._note_hole(definition, step, hole, address)

    def _values(self, sequence: Sequence, step: Step, contact: Contact) -> dict[str, object]:
        """As a mail of theirs would have them; a promised day is there where its step is."""
        target = promised_step(sequence, step)
        is_kept = target is not None and self._may_get(sequence, target, contact)
        day = in_words(self.today, contact.language) if is_kept else ""
        return {**values_for(contact, self.account, sequence), "promise": {"date": day}}

    def _note_hole(self, definition: Definition, step: Step, hole: Hole, address: str) -> None:
        is_inline = hasattr(step, "text")
        place = definition.place(step.id, step.kind) if is_inline else hole.place
        people = self._found.setdefault((place, f"{hole.name} {hole.why}".strip()), [])
        if address not in people[-1:]:
            people.append(address)

    def _may_get(self, sequence: Sequence, step: Step, contact: Contact) -> bool:
        return step.when is None or any(
            step.when.holds(contact, facts) for facts in self._all_facts(sequence)
        )

    def _templates_of(
        self, definition: Definition, step: Step, language: str
    ) -> Iterator[Template]:
        """What the step may send; of the library every piece in that language, with its note."""
        file = definition.reading.document.file
        with suppress(Misconfigured):  # complained of where it is read
            if isinstance(step, Content):
                for path, piece in self.templates.items():
                    if is_piece(path) and piece.front.line("language") == language:
                        note = note_in(step.note, language, self.account.owner.language)
                        yield introduced(piece, note)
            elif path := getattr(step, "template", ""):
                yield from filter(None, [self.templates.get(path)])
            elif text := getattr(step, "text", ""):
                yield read_template(text, file)

    def _all_facts(self, sequence: Sequence) -> Iterator[Facts]:
        """Whatever may have happened by then, besides what is known of the contact."""
        sent = frozenset(step.id for step in sequence.all_steps)
        for has_answered, last_contact, done in product(
            (False, True), (self.today, _LONG_AGO), (frozenset[str](), sent)
        ):
            yield Facts(self.today, has_answered, last_contact, done)


def samples(texts: Iterable[str], own_names: Iterable[str] = ()) -> Iterator[Contact]:
    """Invented people, one a language, of whom every fact is known for which these texts ask.

    `own_names` are custom fields that templates call by their bare names.
    """
    fields = [found.groups() for text in texts for found in _OWN.finditer(text)]
    names = {*own_names, *(name for kind, name in fields if kind == "custom")}
    custom = {name: name.replace("_", " ") for name in sorted(names)}
    for language in _LANGUAGES:
        yield Contact(
            "mara@lind.example",
            given_name="Mara",
            family_name="Lind",
            company="Lind & Daughters",
            relationship=Relationship.FORMER_CLIENT,
            value=1000,
            interests=("bookkeeping",),
            tags=("sample",),
            dates={name: _LONG_AGO for kind, name in fields if kind == "dates"},
            street="Example Street 1",
            postal_code="10115",
            city="Berlin",
            country="DE",
            subdivision="BE",
            zone="Europe/Berlin",
            language=language,
            phone="030 0000",
            notes="met at the fair",
            custom=custom,
        )
