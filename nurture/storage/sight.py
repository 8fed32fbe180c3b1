"""Everything that a last look sees of some intents, and of those that it lets pass."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import Connection, and_, bindparam, select

from nurture.core.contact.hush import Hush
from nurture.core.enrollment import Enrollment
from nurture.core.override import Override
from nurture.core.sequence import Intent as Aim
from nurture.core.touch import TouchState
from nurture.ports import Intent
from nurture.storage.agenda import walks_owing
from nurture.storage.company import LAST_AROUND, Companies
from nurture.storage.course import COURSE, course_of
from nurture.storage.engine import has_row_locks
from nurture.storage.lane import parting_owed
from nurture.storage.objection import Look, denial
from nurture.storage.prepared import OneOf, Prepared
from nurture.storage.reading import pieces_barred
from nurture.storage.rows import CIRCUMSTANCES, anybody_in
from nurture.storage.suppression import Suppressions
from nurture.storage.tables import contacts, enrollments, is_sending, message_ids, touches
from nurture.storage.tact import StepOf, hushes_over, overrides_of
from nurture.value import frozen

_KEYS: Final = ("company_name", "company_domain")


class Seen(NamedTuple):
    """A walk as it stands, its contact, and the touch of this step that was begun before."""

    walk_id: int
    contact_id: int
    held_until: datetime | None
    course: str
    company_name: str
    company_domain: str
    last_touch_at: datetime | None
    company_touch_at: datetime | None
    circumstances: str
    touch_id: int | None
    touch_state: TouchState | None
    touch_message_id: str | None
    attempts: int | None


_SEEN: Final = Prepared(
    select(
        *(enrollments.c[name] for name in ("id", "contact_id", "held_until")),
        COURSE,
        *(contacts.c[name] for name in (*_KEYS, "last_touch_at")),
        LAST_AROUND,
        CIRCUMSTANCES,
        *(touches.c[name] for name in ("id", "state", "message_id", "attempts")),
    )
    .select_from(enrollments)
    .join(contacts, contacts.c.id == enrollments.c.contact_id)
    .outerjoin(
        touches,
        and_(
            touches.c.enrollment_id == enrollments.c.id,
            touches.c.step == enrollments.c.position,
            touches.c.occurrence == enrollments.c.occurrence,
        ),
    )
    .where(OneOf(enrollments.c.id, "walks"), enrollments.c.account == bindparam("account"))
)
_HELD_PEOPLE: Final = Prepared(
    select(contacts.c.company_name, contacts.c.company_domain)
    .where(OneOf(contacts.c.id, "ids"))
    .order_by(contacts.c.id)
    .with_for_update(key_share=True)
)
_HELD_WALKS: Final = Prepared(
    select(enrollments.c.id)
    .where(OneOf(enrollments.c.id, "ids"))
    .order_by(enrollments.c.id)
    .with_for_update()
)
_TAKEN: Final = Prepared(select(message_ids.c.id).where(OneOf(message_ids.c.id, "ids")))
_SENDING: Final = Prepared(
    select(contacts.c.id, contacts.c.company_name, contacts.c.company_domain)
    .join(touches, touches.c.contact_id == contacts.c.id)
    .where(is_sending)
)


_NOTHING: Final[frozenset[str]] = frozenset()


@frozen
class _UnderWay:
    """Whoever is being written to by any worker, and what their colleagues share with them."""

    people: set[int]
    names: set[str]
    domains: set[str]

    def add(self, contact_id: int, name: str, domain: str) -> None:
        """One more mail is on its way to this person of this company."""
        self.people.add(contact_id)
        if name:
            self.names.add(name)
        if domain:
            self.domains.add(domain)


@frozen
class Sight:
    """Everything that concerns these intents; contacts and enrollments are locked.

    Whoever passes joins those `under_way`, and its id the `taken_ids`: the next one is looked at
    as if it stood in the database.
    """

    seen: Mapping[int, Seen]
    now: datetime
    hushes: Mapping[int, Hush]
    owing: Mapping[int, Sequence[Enrollment]]
    overrides: Mapping[StepOf, Override]
    suppressed: Mapping[str, str]
    had: Mapping[int, frozenset[str]]
    under_way: _UnderWay
    taken_ids: set[str]
    denials: dict[tuple[str, Aim], str]

    @classmethod
    def of(
        cls,
        connection: Connection,
        list_: Suppressions,
        account: str,
        intents: Sequence[Intent],
        now: datetime,
    ) -> "Sight":
        """All of it, by a constant number of statements."""
        of_people = {intent.contact_id for intent in intents}
        walks = {intent.enrollment_id for intent in intents}
        _hold(connection, of_people, walks)
        ids = {intent.message_id for intent in intents}
        seen = _SEEN.rows(connection, walks=walks, account=account)
        return cls(
            seen={each.walk_id: each for each in map(Seen._make, seen)},
            now=now,
            hushes=hushes_over(connection, of_people, now),
            owing=walks_owing(connection, of_people),
            overrides=overrides_of(connection, of_people),
            suppressed=list_.among(connection, {intent.recipient for intent in intents}),
            had=pieces_barred(connection, intents, now),
            under_way=_under_way(connection),
            taken_ids=set(_TAKEN.column(connection, ids=ids)),
            denials={},
        )

    def lets_pass(self, intent: Intent) -> None:
        """From now on this one is on its way as well."""
        seen = self.seen[intent.enrollment_id]
        self.under_way.add(seen.contact_id, seen.company_name, seen.company_domain)
        self.taken_ids.add(intent.message_id)

    def look(self, intent: Intent) -> Look | None:
        """What is known about an intent, those that have passed before it included."""
        me, seen = intent.contact_id, self.seen.get(intent.enrollment_id)
        if seen is None or seen.contact_id != me:
            return None
        course, under_way, theirs = course_of(seen.course), self.under_way, self.owing.get(me)
        # By their places, in the order of the fields: by their names it would take twice as long.
        return Look(
            course.state,
            course.reason,
            course.position,
            course.occurrence,
            seen.held_until,
            course.held_why,
            seen.last_touch_at,
            seen.company_touch_at,
            seen.touch_state,
            seen.touch_message_id,
            self._denial(seen.circumstances, intent.aim),
            self.suppressed.get(intent.recipient, ""),
            me in under_way.people,
            # They themself would be found before.
            seen.company_name in under_way.names or seen.company_domain in under_way.domains,
            intent.message_id in self.taken_ids,
            self.hushes.get(me),
            parting_owed(seen.walk_id, theirs) if theirs else "",
            self.overrides.get((me, course.sequence, intent.step)),
            intent.piece in self.had.get(me, _NOTHING),
        )

    def _denial(self, circumstances: str, aim: Aim) -> str:
        """Most of a list live under the same circumstances: they are judged once."""
        known = self.denials.get((circumstances, aim))
        if known is None:
            known = self.denials[circumstances, aim] = denial(
                anybody_in(circumstances), aim, self.now
            )
        return known


def _hold(connection: Connection, people: set[int], walks: set[int]) -> None:
    """Nobody else takes a last look at them or their colleagues, nor moves their walks.

    Comes before they are read: whoever held them may have changed them.
    """
    if not has_row_locks(connection):
        return
    keys = _HELD_PEOPLE.rows(connection, ids=people)
    Companies.named(keys).hold(connection)
    _HELD_WALKS.rows(connection, ids=walks)


def _under_way(connection: Connection) -> _UnderWay:
    """Those of now; never many."""
    found = _UnderWay(set(), set(), set())
    for contact_id, name, domain in _SENDING.rows(connection):
        found.add(contact_id, name, domain)
    return found
