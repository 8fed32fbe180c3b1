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
from nurture.storage.company import Circle, Companies
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
class _People:
    """What the last look asks about contacts, of whom it knows no more than that."""

    by_id: Mapping[int, Contact]
    last_touches: Mapping[int, datetime | None]
    last_touches_around: Mapping[int, datetime]
    hushes: Mapping[int, Hush]


@frozen
class _UnderWay:
    """Whoever is being written to by any worker, and those who share a company with them."""

    people: set[int]
    circle: Circle

    def add(self, contact_id: int, name: str, domain: str) -> None:
        """One more mail is on its way to this person of this company."""
        self.people.add(contact_id)
        self.circle.add(contact_id, name, domain)


@frozen
class Sight:
    """Everything that concerns these intents; contacts and enrollments are locked.

    Whoever passes joins those `under_way`, and its id the `taken_ids`: the next one is looked at
    as if it stood in the database.
    """

    people: _People
    walks: Mapping[int, Enrollment]
    owing: Mapping[int, Sequence[Enrollment]]
    overrides: Mapping[StepOf, Override]
    touches: Mapping[tuple[int, str, str], Touch]
    suppressed: Mapping[str, str]
    had: Mapping[int, frozenset[str]]
    under_way: _UnderWay
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
            had=pieces_barred(connection, intents, people.by_id.values(), now),
            under_way=_under_way(connection),
            taken_ids=set(_TAKEN.column(connection, ids=ids)),
        )

    def touch(self, intent: Intent) -> Touch | None:
        """The touch of this very step that was begun before."""
        return self.touches.get((intent.enrollment_id, intent.step, intent.occurrence))

    def lets_pass(self, intent: Intent) -> None:
        """From now on this one is on its way as well."""
        contact = self.people.by_id[intent.contact_id]
        self.under_way.add(contact.id, *contact.company_keys)
        self.taken_ids.add(intent.message_id)

    def look(self, intent: Intent) -> Look:
        """What is known about an intent, those that have passed before it included."""
        me, people = intent.contact_id, self.people
        walk, contact = self.walks.get(intent.enrollment_id), people.by_id.get(me)
        if walk is None or contact is None:
            return Look(None)
        return Look(
            walk=walk,
            touch=self.touch(intent),
            suppressed=self.suppressed.get(intent.recipient, ""),
            contact=contact,
            last_touch_at=people.last_touches[me],
            company_touch_at=people.last_touches_around.get(me),
            has_one_under_way=me in self.under_way.people,
            has_colleague_under_way=bool(self.under_way.circle.colleagues(contact)),
            id_is_taken=intent.message_id in self.taken_ids,
            had_piece=me in self.had and intent.piece in self.had[me],
            hush=people.hushes.get(me),
            owes_parting=parting_owed(walk, theirs) if (theirs := self.owing.get(me)) else "",
            override=self.overrides.get((me, walk.sequence, intent.step)),
        )


def _under_way(connection: Connection) -> _UnderWay:
    """Those of now; never many."""
    found = _UnderWay(set(), Circle())
    for contact_id, name, domain in _SENDING.rows(connection):
        found.add(contact_id, name, domain)
    return found


def _people(connection: Connection, ids: set[int], now: datetime) -> _People:
    """These contacts, held against any other last look at them or their colleagues."""
    rows = _PEOPLE.rows(connection, ids=ids)
    found = [asked_of(row) for row in rows]
    them = Companies.of(found)
    them.hold(connection)
    return _People(
        by_id={each.id: each for each in found},
        last_touches={row[0]: row[-1] for row in rows},
        last_touches_around=last_touches_around(connection, found, them),
        hushes=hushes_over(connection, found, them, now),
    )


def _touches(
    connection: Connection, intents: Sequence[Intent]
) -> Mapping[tuple[int, str, str], Touch]:
    walks, steps = {each.enrollment_id for each in intents}, {each.step for each in intents}
    found = map(touch_of, _BEFORE.rows(connection, walks=walks, steps=steps))
    return {(each.enrollment_id, each.step, each.occurrence): each for each in found}
