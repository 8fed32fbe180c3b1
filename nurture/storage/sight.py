"""Everything that a last look sees of some intents, and of those that it lets pass."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from nurture.core.contact import Contact
from nurture.core.contact.hush import Hush
from nurture.core.enrollment import Enrollment
from nurture.core.override import Override
from nurture.core.touch import Touch
from nurture.ports import Intent
from nurture.storage.agenda import walks_owing
from nurture.storage.company import Companies
from nurture.storage.lane import parting_owed
from nurture.storage.objection import Look
from nurture.storage.pacing import last_touches_around
from nurture.storage.prepared import OneOf, Prepared
from nurture.storage.reading import pieces_barred
from nurture.storage.rows import ASKED, TOUCH, asked_of, touch_of
from nurture.storage.suppression import Suppressions
from nurture.storage.tables import contacts, is_sending, message_ids, touches
from nurture.storage.tact import StepOf, hushes_over, overrides_of
from nurture.storage.walk import walks_by_id
from nurture.value import frozen

_Key = int | tuple[int, str]

_PEOPLE: Final = Prepared(
    select(*ASKED, contacts.c.last_touch_at)
    .where(OneOf(contacts.c.id, "ids"))
    .order_by(contacts.c.id)
    .with_for_update(key_share=True)
)
_BEFORE: Final = Prepared(
    select(*TOUCH).where(OneOf(touches.c.enrollment_id, "walks"), OneOf(touches.c.step, "steps"))
)
_TAKEN: Final = Prepared(select(message_ids.c.id).where(OneOf(message_ids.c.id, "ids")))
_SENDING: Final = Prepared(
    select(contacts.c.id, contacts.c.company_name, contacts.c.company_domain)
    .join(touches, touches.c.contact_id == contacts.c.id)
    .where(is_sending)
)


@frozen
class _Person:
    """What the last look asks about a contact, of whom it knows no more than that."""

    contact: Contact
    last_touch_at: datetime | None
    company_touch_at: datetime | None
    hush: Hush | None


@frozen
class Sight:
    """Everything that concerns these intents; contacts and enrollments are locked.

    Whoever passes joins those `under_way`, filed under themselves and their company's keys, and
    its id the `taken_ids`: the next one is looked at as if it stood in the database.
    """

    people: Mapping[int, _Person]
    walks: Mapping[int, Enrollment]
    owing: Mapping[int, Sequence[Enrollment]]
    overrides: Mapping[StepOf, Override]
    touches: Mapping[tuple[int, str, str], Touch]
    suppressed: Mapping[str, str]
    had: Mapping[int, frozenset[str]]
    under_way: dict[_Key, set[int]]
    taken_ids: set[str]

    @classmethod
    def of(
        cls, connection: Connection, list_: Suppressions, intents: Sequence[Intent], now: datetime
    ) -> "Sight":
        """All of it, by a constant number of statements."""
        of_people = {intent.contact_id for intent in intents}
        ids = {intent.message_id for intent in intents}
        people = _people(connection, of_people, now)
        walks = walks_by_id(connection, (intent.enrollment_id for intent in intents))
        return cls(
            people=people,
            walks={walk.id: walk for walk in walks},
            owing=walks_owing(connection, of_people),
            overrides=overrides_of(connection, of_people),
            touches=_touches(connection, intents),
            suppressed=list_.among(connection, {intent.recipient for intent in intents}),
            had=pieces_barred(connection, intents, [each.contact for each in people.values()], now),
            under_way=_under_way(connection),
            taken_ids=set(_TAKEN.column(connection, ids=ids)),
        )

    def touch(self, intent: Intent) -> Touch | None:
        """The touch of this very step that was begun before."""
        return self.touches.get((intent.enrollment_id, intent.step, intent.occurrence))

    def lets_pass(self, intent: Intent) -> None:
        """From now on this one is on its way as well."""
        keys = self.people[intent.contact_id].contact.company_keys
        _join(self.under_way, intent.contact_id, keys)
        self.taken_ids.add(intent.message_id)

    def look(self, intent: Intent) -> Look:
        """What is known about an intent, those that have passed before it included."""
        person, walk = self.people.get(intent.contact_id), self.walks.get(intent.enrollment_id)
        if walk is None or person is None:
            return Look(None)
        keys, me = person.contact.company_keys, person.contact.id
        return Look(
            walk=walk,
            touch=self.touch(intent),
            suppressed=self.suppressed.get(intent.recipient, ""),
            contact=person.contact,
            last_touch_at=person.last_touch_at,
            company_touch_at=person.company_touch_at,
            has_one_under_way=me in self.under_way.get(me, frozenset()),
            has_colleague_under_way=any(
                self.under_way.get(key, frozenset()) - {me} for key in _shared(keys)
            ),
            id_is_taken=intent.message_id in self.taken_ids,
            had_piece=intent.piece in self.had.get(me, frozenset()),
            hush=person.hush,
            owes_parting=parting_owed(walk, self.owing.get(me, ())),
            override=self.overrides.get((me, walk.sequence, intent.step)),
        )


def _under_way(connection: Connection) -> dict[_Key, set[int]]:
    """Whoever is being written to by any worker; never many."""
    filed: dict[_Key, set[int]] = {}
    for contact_id, name, domain in _SENDING.rows(connection):
        _join(filed, contact_id, (name, domain))
    return filed


def _join(filed: dict[_Key, set[int]], contact_id: int, keys: tuple[str, str]) -> None:
    for key in (contact_id, *_shared(keys)):
        filed.setdefault(key, set()).add(contact_id)


def _shared(keys: tuple[str, str]) -> list[_Key]:
    """What colleagues have in common; an empty key is shared with nobody."""
    return [(place, key) for place, key in enumerate(keys) if key]


def _people(connection: Connection, ids: set[int], now: datetime) -> Mapping[int, _Person]:
    """These contacts, held against any other last look at them or their colleagues."""
    rows = _PEOPLE.rows(connection, ids=ids)
    known = {row[0]: asked_of(row) for row in rows}
    Companies.of(known.values()).hold(connection)
    around = last_touches_around(connection, known.values())
    hushed = hushes_over(connection, known.values(), now)
    return {
        row[0]: _Person(known[row[0]], row[-1], around.get(row[0]), hushed.get(row[0]))
        for row in rows
    }


def _touches(
    connection: Connection, intents: Sequence[Intent]
) -> Mapping[tuple[int, str, str], Touch]:
    walks, steps = {each.enrollment_id for each in intents}, {each.step for each in intents}
    found = map(touch_of, _BEFORE.rows(connection, walks=walks, steps=steps))
    return {(each.enrollment_id, each.step, each.occurrence): each for each in found}
