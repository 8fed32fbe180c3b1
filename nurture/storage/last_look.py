"""The last look before a mail may leave, and its intent, in one transaction (promises P1 to P5)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select, update

from nurture.core.contact import Contact
from nurture.core.enrollment import Enrollment
from nurture.core.halt import objection_of
from nurture.core.touch import Touch, TouchMove, TouchState, move_touch
from nurture.ports import AccountState, Begun, Intent, Lease, Stopped
from nurture.storage.accounts import account_state
from nurture.storage.rows import PERMISSION, TOUCH, Values, permission_facts, save_walks, touch_of
from nurture.storage.rule import Look, account_objection, cleared, objection
from nurture.storage.suppression import Suppressions
from nurture.storage.switch import halts_of
from nurture.storage.tables import contacts, enrollments, is_sending, message_ids, touches
from nurture.storage.walk import walks


def begin(
    connection: Connection,
    list_: Suppressions,
    lease: Lease,
    intents: Sequence[Intent],
    now: datetime,
    heard_since: datetime,
) -> tuple[Begun | Stopped, ...]:
    """What may leave, each with its intent in `sending`; a constant number of statements."""
    account = account_state(connection, lease.account, lock=True)
    # Behind the account's lock: whoever halts takes it, too, so that none slips through.
    halted = objection_of(halts_of(connection))
    if why := halted or account_objection(account, lease, now, heard_since):
        return tuple(Stopped(why) for _ in intents)
    seen = _Seen.of(connection, list_, intents)
    passed: dict[int, Intent] = {}
    results: list[Begun | Stopped] = []
    for place, intent in enumerate(intents):
        why = objection(seen.look(intent, passed.values()), intent, account, now)
        results.append(Stopped(why))
        if not why:
            passed[place] = intent
    ids = _write(connection, tuple(passed.values()), seen, account, now)
    for place, touch_id in zip(passed, ids, strict=True):
        results[place] = Begun(touch_id)
    return tuple(results)


@dataclass(frozen=True, slots=True)
class _Person:
    """What the last look asks about a contact."""

    contact: Contact | None = None
    last_touch_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Seen:
    """Everything that concerns these intents, the enrollments under lock."""

    walks: Mapping[int, Enrollment]
    touches: Mapping[tuple[int, str, str], Touch]
    suppressed: Mapping[str, str]
    people: Mapping[int, _Person]
    under_way: frozenset[int]
    taken_ids: frozenset[str]

    @classmethod
    def of(cls, connection: Connection, list_: Suppressions, intents: Sequence[Intent]) -> "_Seen":
        of_walks = {intent.enrollment_id for intent in intents}
        of_people = {intent.contact_id for intent in intents}
        found = walks(connection, enrollments.c.id.in_(of_walks))
        before = [
            touch_of(row)
            for row in connection.execute(
                select(*TOUCH).where(
                    touches.c.enrollment_id.in_(of_walks),
                    touches.c.step.in_({intent.step for intent in intents}),
                )
            )
        ]
        sending = select(touches.c.contact_id).where(
            is_sending, touches.c.contact_id.in_(of_people)
        )
        taken = select(message_ids.c.id).where(
            message_ids.c.id.in_({intent.message_id for intent in intents})
        )
        return cls(
            walks={walk.id: walk for walk in found},
            touches={(each.enrollment_id, each.step, each.occurrence): each for each in before},
            suppressed=list_.among(connection, {intent.recipient for intent in intents}),
            people=_people(connection, of_people),
            under_way=frozenset(connection.scalars(sending)),
            taken_ids=frozenset(connection.scalars(taken)),
        )

    def touch(self, intent: Intent) -> Touch | None:
        """The touch of this very step that was begun before."""
        return self.touches.get((intent.enrollment_id, intent.step, intent.occurrence))

    def look(self, intent: Intent, passed: Iterable[Intent]) -> Look:
        """What is known about an intent, those that have passed before it included."""
        before = tuple(passed)
        person = self.people.get(intent.contact_id, _Person())
        on_the_way = {*self.under_way, *(each.contact_id for each in before)}
        ids = {*self.taken_ids, *(each.message_id for each in before)}
        return Look(
            walk=self.walks.get(intent.enrollment_id),
            touch=self.touch(intent),
            suppressed=self.suppressed.get(intent.recipient, ""),
            contact=person.contact,
            last_touch_at=person.last_touch_at,
            has_one_under_way=intent.contact_id in on_the_way,
            id_is_taken=intent.message_id in ids,
        )


def _people(connection: Connection, ids: set[int]) -> Mapping[int, _Person]:
    theirs = select(*PERMISSION, contacts.c.last_touch_at).where(contacts.c.id.in_(ids))
    found = (row._asdict() for row in connection.execute(theirs))
    return {row["id"]: _Person(permission_facts(row), row["last_touch_at"]) for row in found}


_TRY_AGAIN: Final = (
    update(touches)
    .where(touches.c.id == bindparam("of"))
    .values(
        {
            name: bindparam(f"new_{name}")
            for name in (
                "state",
                "begun_at",
                "subject",
                "recipient",
                "attempts",
                "epoch",
                "why",
                "wire",
            )
        }
    )
)


def _write(
    connection: Connection,
    passed: Sequence[Intent],
    seen: _Seen,
    account: AccountState,
    now: datetime,
) -> tuple[int, ...]:
    """The ids of the touches, in the order of the intents."""
    fresh = [intent for intent in passed if seen.touch(intent) is None]
    ids = dict(zip(fresh, _insert(connection, fresh, seen, account, now), strict=True))
    again = [(intent, touch) for intent in passed if (touch := seen.touch(intent)) is not None]
    if again:
        connection.execute(
            _TRY_AGAIN, [_retry(intent, touch, account, now) for intent, touch in again]
        )
        ids |= {intent: touch.id for intent, touch in again}
    held = [
        walk
        for intent in passed
        if (walk := seen.walks[intent.enrollment_id]).held_why or walk.held_until
    ]
    save_walks(connection, [cleared(walk) for walk in held])
    return tuple(ids[intent] for intent in passed)


def _insert(
    connection: Connection,
    fresh: Sequence[Intent],
    seen: _Seen,
    account: AccountState,
    now: datetime,
) -> tuple[int, ...]:
    if not fresh:
        return ()
    rows = [_first_try(each, seen.walks[each.enrollment_id], account, now) for each in fresh]
    connection.execute(insert(touches), rows)
    # SQLite gives ids back in order only row by row, so they are asked for once for all.
    new = select(touches.c.message_id, touches.c.id).where(
        touches.c.enrollment_id.in_({each.enrollment_id for each in fresh}),
        touches.c.message_id.in_({each.message_id for each in fresh}),
    )
    id_of = {row.message_id: row.id for row in connection.execute(new)}
    ids = tuple(id_of[each.message_id] for each in fresh)
    named = [
        {"id": intent.message_id, "touch_id": touch_id}
        for intent, touch_id in zip(fresh, ids, strict=True)
    ]
    connection.execute(insert(message_ids), named)
    return ids


def _first_try(intent: Intent, walk: Enrollment, account: AccountState, now: datetime) -> Values:
    return {
        "enrollment_id": walk.id,
        "contact_id": walk.contact_id,
        "account": walk.account,
        "sequence": walk.sequence,
        "revision": walk.revision,
        "step": intent.step,
        "occurrence": intent.occurrence,
        "state": TouchState.SENDING,
        "message_id": intent.message_id,
        "begun_at": now,
        "subject": intent.subject,
        "attempts": 1,
        "recipient": intent.recipient,
        "epoch": account.epoch,
        "why": intent.why,
        "wire": intent.wire or None,
    }


def _retry(intent: Intent, touch: Touch, account: AccountState, now: datetime) -> Values:
    return {
        "of": touch.id,
        "new_state": move_touch(touch.state, TouchMove.TRIED_AGAIN),
        "new_begun_at": now,
        "new_subject": intent.subject,
        "new_recipient": intent.recipient,
        "new_attempts": touch.attempts + 1,
        "new_epoch": account.epoch,
        "new_why": intent.why,
        "new_wire": intent.wire or None,
    }
