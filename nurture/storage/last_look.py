"""The last look before a mail may leave, and its intent, in one transaction (promises P1 to P6)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select, update

from nurture.core.account import Limits
from nurture.core.enrollment import Enrollment
from nurture.core.halt import objection_of
from nurture.core.touch import Touch, TouchMove, TouchState, move_touch
from nurture.ports import AccountState, Begun, Intent, Lease, Stopped
from nurture.storage.accounts import account_state
from nurture.storage.gate import close_gate, open_gate
from nurture.storage.objection import account_objection, objection
from nurture.storage.prepared import OneOf, Prepared, Raw, insert_into
from nurture.storage.reading import lapse_requests
from nurture.storage.rows import Values, save_walks
from nurture.storage.rule import cleared
from nurture.storage.sight import Sight
from nurture.storage.suppression import Suppressions
from nurture.storage.switch import halts_of
from nurture.storage.tables import message_ids, touches

_FRESH: Final = (
    "enrollment_id", "contact_id", "account", "sequence", "revision", "step", "occurrence", "state",
    "message_id", "begun_at", "tried_since", "subject", "attempts", "recipient", "family", "epoch",
    "why", "wire", "piece",
)  # fmt: skip
_FIRST_TRY: Final = insert_into(touches, *_FRESH)
_NAME: Final = Prepared(
    insert(message_ids)
    .from_select(
        ["id", "touch_id"],
        select(touches.c.message_id, touches.c.id).where(
            OneOf(touches.c.enrollment_id, "walks"), OneOf(touches.c.message_id, "ids")
        ),
    )
    .returning(message_ids.c.id, message_ids.c.touch_id)
)


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
    seen = Sight.of(connection, list_, intents, now)
    passed: list[Intent] = []
    objections: list[str] = []
    for intent in intents:
        why = objection(seen.look(intent), intent, account, now)
        why = why or allowance.objection(intent.family)
        objections.append(why)
        if not why:
            passed.append(intent)
            seen.lets_pass(intent)
            allowance.take(intent.family)
    close_gate(connection, allowance)
    ids = iter(_write(connection, passed, seen, account, now))
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
    seen: Sight,
    account: AccountState,
    now: datetime,
) -> tuple[int, ...]:
    """The ids of the touches, in the order of the intents."""
    before = [(intent, seen.touch(intent)) for intent in passed]
    fresh = [intent for intent, touch in before if touch is None]
    ids = _insert(connection, fresh, seen, account, now)
    again = [(intent, touch) for intent, touch in before if touch is not None]
    if again:
        connection.execute(
            _TRY_AGAIN, [_retry(intent, touch, account, now) for intent, touch in again]
        )
        ids |= {intent.message_id: touch.id for intent, touch in again}
    held = [
        walk
        for intent in passed
        if (walk := seen.walks[intent.enrollment_id]).held_why or walk.held_until
    ]
    save_walks(connection, [cleared(walk) for walk in held])
    lapse_requests(connection, passed, now)
    return tuple([ids[intent.message_id] for intent in passed])


def _insert(
    connection: Connection,
    fresh: Sequence[Intent],
    seen: Sight,
    account: AccountState,
    now: datetime,
) -> dict[str, int]:
    """The new touches by their Message-IDs, under which answers will find them."""
    if not fresh:
        return {}
    rows = [_first_try(each, seen.walks[each.enrollment_id], account, now) for each in fresh]
    _FIRST_TRY.run_each(connection, _FRESH, rows)
    # SQLite gives ids back in order only row by row, so they are told once for all.
    walks, ids = {each.enrollment_id for each in fresh}, {each.message_id for each in fresh}
    return {each[0]: each[1] for each in _NAME.rows(connection, walks=walks, ids=ids)}


def _first_try(intent: Intent, walk: Enrollment, account: AccountState, now: datetime) -> Raw:
    """A row of _FRESH."""
    return (
        walk.id,
        walk.contact_id,
        walk.account,
        walk.sequence,
        walk.revision,
        intent.step,
        intent.occurrence,
        TouchState.SENDING,
        intent.message_id,
        now,
        now,
        intent.subject,
        1,
        intent.recipient,
        intent.family,
        account.epoch,
        intent.why,
        intent.wire or None,
        intent.piece,
    )


def _retry(intent: Intent, touch: Touch, account: AccountState, now: datetime) -> Values:
    return {
        "of": touch.id,
        "new_state": move_touch(touch.state, TouchMove.TRIED_AGAIN),
        "new_begun_at": now,
        "new_subject": intent.subject,
        "new_recipient": intent.recipient,
        "new_family": intent.family,
        "new_attempts": touch.attempts + 1,
        "new_epoch": account.epoch,
        "new_why": intent.why,
        "new_wire": intent.wire or None,
        "new_piece": intent.piece,
    }
