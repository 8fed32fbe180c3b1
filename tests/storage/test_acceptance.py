"""The short way of settling writes what the long way writes, whatever stood in the database."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, create_engine, insert, select

from nurture.core.contact import Contact
from nurture.core.decision import Advance
from nurture.core.enrollment import State
from nurture.core.override import Overridden
from nurture.core.touch import TouchMove, TouchState
from nurture.errors import Broken
from nurture.ports import Alert, Settlement
from nurture.storage import settling
from nurture.storage.rows import contact_values
from nurture.storage.suppression import Suppressions
from nurture.storage.tables import (
    accounts,
    contacts,
    enrollments,
    families,
    ledger,
    message_ids,
    metadata,
    notices,
    overrides,
    suppressions,
    touches,
)
from tests.fakes.story import ACCEPTED, ACCOUNT, DAY, LATER, MINUTE, NEVER, NOBODY_KNOWS, START

_NOES = Suppressions(b"a key for tests")
_ON = Advance("second", START + DAY, "it was sent")
_Odd = tuple[str, Mapping[str, object]]

_BESIDE: Final[Sequence[_Odd]] = (
    ("override", {"step": "second"}),
    ("override", {"sequence": "news"}),
    ("touch", {"wire": b"From: us"}),
    ("contact", {"last_touch_at": START - DAY}),
    ("contact", {"last_touch_at": START + DAY}),
    ("account", {"first_sent_at": None}),
    ("account", {"troubles": 2}),
    ("family", {"until": START + DAY}),
    ("by", {"next": Advance("first", START + DAY, "next year", "2027-07-04")}),
    ("by", {"next": Advance("second", None, "no day is known")}),
    ("by", {"next": Advance(None, None, "the end")}),
)
_BEARING: Final[Sequence[_Odd]] = (
    ("walk", {"state": State.PAUSED, "reason": "a doubt"}),
    ("walk", {"state": State.HANDED_OFF}),
    ("walk", {"state": State.ENDED, "due_at": None}),
    ("walk", {"position": "second"}),
    ("walk", {"occurrence": "2026-07-04", "lane": "july"}),
    ("walk", {"held_until": START - DAY}),
    ("walk", {"held_until": START + DAY}),
    ("walk", {"held_why": "a name is missing"}),
    ("walk", {"owes": "first"}),
    ("walk", {"owes": "second"}),
    ("override", {}),
    ("touch", {"state": TouchState.UNCERTAIN, "doubt": "a doubt", "sent_at": START}),
    ("touch", {"state": TouchState.DEFERRED}),
    ("by", {"touch_id": 99}),
    ("by", {"delivery": NOBODY_KNOWS, "move": TouchMove.LOST_SIGHT}),
    ("by", {"delivery": NEVER, "move": TouchMove.REJECTED, "suppress": "dead", "next": None}),
    ("by", {"delivery": NEVER, "move": TouchMove.REJECTED}),
    ("by", {"delivery": LATER, "move": TouchMove.POSTPONED, "next": None, "retry_at": START + DAY}),
    ("by", {"suppress": "asked to"}),
    ("by", {"alert": Alert("odd", "text")}),
    ("by", {"next": None}),
)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """An empty database that forgets."""
    made = create_engine("sqlite://")
    metadata.create_all(made)
    yield made
    made.dispose()


@given(
    odds=st.lists(
        st.lists(st.sampled_from((*_BESIDE, *_BEARING)), max_size=2), min_size=1, max_size=4
    )
)
def test_the_short_way_and_the_long_way_write_the_same(
    engine: Engine, odds: Sequence[Sequence[_Odd]]
) -> None:
    short = _written(engine, odds)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settling, "is_plain", lambda by: False)
        assert short == _written(engine, odds)


@pytest.mark.parametrize(
    ("odd", "is_short"), [*((odd, True) for odd in _BESIDE), *((odd, False) for odd in _BEARING)]
)
def test_what_bears_on_a_walk_takes_the_long_way(
    engine: Engine, odd: _Odd, is_short: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[Settlement] = []
    monkeypatch.setattr(settling, "accept", lambda _, plain, __: taken.extend(plain))
    _written(engine, [[odd]])
    assert bool(taken) is is_short


def test_what_is_settled_twice_at_once_is_refused(engine: Engine) -> None:
    with engine.connect() as connection, connection.begin() as transaction:
        connection.execute(insert(accounts).values(account=ACCOUNT))
        by = _put(connection, 1, [])
        with pytest.raises(Broken, match="accepted"):
            settling.settle(connection, _NOES, [by, by])
        transaction.rollback()


def _written(engine: Engine, odds: Sequence[Sequence[_Odd]]) -> object:
    """All that a settlement leaves, in a database in which these people are so odd."""
    with engine.connect() as connection, connection.begin() as transaction:
        connection.execute(
            insert(accounts).values(
                {"account": ACCOUNT, "first_sent_at": START - DAY, **_of("account", odds[0])}
            )
        )
        by = [_put(connection, number, odd) for number, odd in enumerate(odds, 1)]
        try:
            settling.settle(connection, _NOES, by)
            return [_rows(connection, *of) for of in (_LINE, *((each,) for each in _CHANGED))]
        except Broken as error:
            return str(error)
        finally:
            transaction.rollback()


_CHANGED = (
    accounts, contacts, enrollments, families, message_ids, notices, overrides, suppressions,
    touches,
)  # fmt: skip


# In which order lines are written, their numbers say.
_LINE = tuple(column for column in ledger.c if column is not ledger.c.id)


def _rows(connection: Connection, *of: Any) -> list[tuple[object, ...]]:
    return sorted((tuple(row) for row in connection.execute(select(*of))), key=repr)


def _of(what: str, odd: Sequence[_Odd]) -> dict[str, Any]:
    return {name: value for where, more in odd if where == what for name, value in more.items()}


def _put(connection: Connection, number: int, odd: Sequence[_Odd]) -> Settlement:
    """Somebody with a mail on its way, and what becomes of it."""
    at = START + number * MINUTE
    name = f"p{number}@example.com"
    person = {**contact_values(Contact(name)), "id": number, **_of("contact", odd)}
    connection.execute(insert(contacts).values(person))
    step = {"contact_id": number, "account": ACCOUNT, "sequence": "tips", "revision": "1"}
    times = {"anchor_at": START - DAY, "due_at": START, "enrolled_at": START - DAY}
    walk = {"id": number, **step, **times, "state": State.ACTIVE, "position": "first"}
    connection.execute(insert(enrollments).values({**walk, "occurrence": "1", **_of("walk", odd)}))
    family = {"scope": f"firm.example>{name}", "until": None, **_of("family", odd)}
    connection.execute(insert(families).values(family))
    if any(what == "override" for what, _ in odd):
        spent = {
            "contact_id": number,
            "sequence": "tips",
            "step": "first",
            "what": Overridden.SKIPPED,
        }
        connection.execute(insert(overrides).values({**spent, **_of("override", odd)}))
    touch = {"id": number, "enrollment_id": number, **step, "step": "first", "occurrence": "1"}
    sending = {"state": TouchState.SENDING, "message_id": f"m{number}", "begun_at": START}
    more = {"recipient": name, "family": family["scope"], "epoch": 1, "why": "it was due"}
    connection.execute(insert(touches).values({**touch, **sending, **more, **_of("touch", odd)}))
    settled = {"touch_id": number, "move": TouchMove.ACCEPTED, "at": at, "delivery": ACCEPTED}
    return Settlement(**{**settled, "next": _ON, **_of("by", odd)})
