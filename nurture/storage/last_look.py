"""The last look before a mail may leave, and its intent, in one transaction (promises P1 to P6)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, LargeBinary, bindparam, cast, literal_column, update

from nurture.core.account import Limits
from nurture.core.halt import objection_of
from nurture.core.touch import TouchMove, TouchState, move_touch
from nurture.ports import AccountState, Begun, Intent, Lease, Stopped
from nurture.storage.accounts import account_state
from nurture.storage.course import course_of
from nurture.storage.gate import close_gate, open_gate
from nurture.storage.insertion import insert_into, insert_selected
from nurture.storage.objection import account_objection, objection
from nurture.storage.prepared import Raw
from nurture.storage.reading import lapse_requests
from nurture.storage.rows import Values, new_ids, save_walks
from nurture.storage.rule import cleared
from nurture.storage.sight import Seen, Sight
from nurture.storage.suppression import Suppressions
from nurture.storage.switch import halts_of
from nurture.storage.tables import enrollments, message_ids, touches
from nurture.storage.tables.base import word
from nurture.storage.walk import walks_by_id

_OF_WALK: Final = ("contact_id", "account", "sequence", "revision", "occurrence")
_OF_INTENT: Final = ("id", "message_id", "subject", "recipient", "family", "why", "piece")
_OF_ALL: Final = ("epoch", "begun_at")
_FIRST_TRY: Final = insert_selected(
    touches,
    {
        **{name: enrollments.c[name] for name in _OF_WALK},
        **{name: bindparam(name, type_=touches.c[name].type) for name in _OF_INTENT + _OF_ALL},
        "enrollment_id": enrollments.c.id,
        "step": enrollments.c.position,
        "state": word(TouchState.SENDING),
        "tried_since": bindparam("begun_at", type_=touches.c.tried_since.type),
        "attempts": literal_column("1"),
        # PostgreSQL takes nothing for a text, unless it is told otherwise.
        "wire": cast(bindparam("wire"), LargeBinary),
    },
    enrollments.c.id == bindparam("walk"),
)
_GIVEN: Final = (*_OF_INTENT, "walk", "wire")
_NAME: Final = insert_into(message_ids, "id", "touch_id")


def begin(
    connection: Connection,
    list_: Suppressions,
    lease: Lease,
    intents: Sequence[Intent],
    now: datetime,
    heard_since: datetime,
    limits: Limits,
) -> tuple[Begun | Stopped, ...]:
    """What may leave, each with its intent in `sending`; a constant number of statements."""
    account = account_state(connection, lease.account, lock=True)
    # Behind the account's lock: whoever halts takes it, too, so that none slips through.
    halted = objection_of(halts_of(connection))
    if why := halted or account_objection(account, lease, now, heard_since):
        return tuple(Stopped(why) for _ in intents)
    allowance = open_gate(connection, account, limits, intents, now)
    sight = Sight.of(connection, list_, account.account, intents, now)
    passed: list[Intent] = []
    objections: list[str] = []
    for intent in intents:
        why = objection(sight.look(intent), intent, account, now)
        why = why or allowance.objection(intent.family)
        objections.append(why)
        if not why:
            passed.append(intent)
            sight.lets_pass(intent)
            allowance.take(intent.family)
    close_gate(connection, allowance)
    ids = iter(_write(connection, passed, sight, account, now))
    return tuple([Stopped(why) if why else Begun(next(ids)) for why in objections])


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
                "family",
                "attempts",
                "epoch",
                "why",
                "wire",
                "piece",
            )
        }
    )
)


def _write(
    connection: Connection,
    passed: Sequence[Intent],
    sight: Sight,
    account: AccountState,
    now: datetime,
) -> tuple[int, ...]:
    """The ids of the touches, in the order of the intents."""
    about = [(intent, sight.seen[intent.enrollment_id]) for intent in passed]
    fresh = [intent for intent, seen in about if seen.touch_id is None]
    ids = iter(_insert(connection, fresh, account, now))
    if again := [each for each in about if each[1].touch_id is not None]:
        connection.execute(_TRY_AGAIN, [_retry(*each, account, now) for each in again])
    if held := [seen.walk_id for _, seen in about if _was_held(seen)]:
        save_walks(connection, map(cleared, walks_by_id(connection, held)))
    lapse_requests(connection, passed, now)
    return tuple([next(ids) if seen.touch_id is None else seen.touch_id for _, seen in about])


def _was_held(seen: Seen) -> bool:
    """Whether the walk bears the traces of a hold."""
    return seen.held_until is not None or course_of(seen.course).held_why != ""


def _insert(
    connection: Connection, fresh: Sequence[Intent], account: AccountState, now: datetime
) -> Sequence[int]:
    """The ids of the new touches, which have the Message-IDs by which answers will find them."""
    if not fresh:
        return ()
    ids = new_ids(connection, touches, len(fresh))
    rows = [_first_try(*each) for each in zip(ids, fresh, strict=True)]
    _FIRST_TRY.run_all(connection, _GIVEN, rows, begun_at=now, epoch=account.epoch)
    _NAME.run_all(connection, ("id", "touch_id"), [(name, touch_id) for touch_id, name, *_ in rows])
    return ids


def _first_try(touch_id: int, intent: Intent) -> Raw:
    """A row of _GIVEN."""
    return (
        touch_id,
        intent.message_id,
        intent.subject,
        intent.recipient,
        intent.family,
        intent.why,
        intent.piece,
        intent.enrollment_id,
        intent.wire or None,
    )


def _retry(intent: Intent, seen: Seen, account: AccountState, now: datetime) -> Values:
    return {
        "of": seen.touch_id,
        "new_state": move_touch(TouchState.DEFERRED, TouchMove.TRIED_AGAIN),
        "new_begun_at": now,
        "new_subject": intent.subject,
        "new_recipient": intent.recipient,
        "new_family": intent.family,
        "new_attempts": (seen.attempts or 0) + 1,
        "new_epoch": account.epoch,
        "new_why": intent.why,
        "new_wire": intent.wire or None,
        "new_piece": intent.piece,
    }
