"""Where a mail, its walk and its account end up after each answer and each fault of a server."""

import dataclasses
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from nurture.core.contact import Contact
from nurture.core.enrollment import State
from nurture.core.touch import Touch, TouchState
from nurture.transport.security import Tls
from nurture.transport.smtp import SmtpCourier
from nurture.transport.smtp_endpoint import Patience, SmtpEndpoint
from tests.fakes.small_house import SmallHouse, person
from tests.servers.lying_smtp import Act, Fault, LyingSmtp

_REPLIES = Path(__file__).parent.with_name("mail") / "smtp_replies.txt"
_STAGES = {"connect": "banner", "auth": "auth", "mail": "mail", "rcpt": "rcpt", "data": "data",
           "body": "dot"}  # fmt: skip
_SHORT = Patience(connect=0.2, login=0.2, command=0.2, dot=0.2, check=0.2)
_CALM = Patience(connect=5, login=5, command=5, dot=5, check=5)  # where the server does answer
_ADA = person("Ada")


@dataclass(frozen=True, slots=True)
class End:
    """What the database holds when the dialogue is over."""

    touch: TouchState
    walk: State
    rests: bool = False
    is_suppressed: bool = False
    is_told: bool = False


LATER = End(TouchState.DEFERRED, State.ACTIVE)
SILENT = dataclasses.replace(LATER, rests=True)
ALARMED = dataclasses.replace(SILENT, is_told=True)
DEAD = End(TouchState.REFUSED, State.ENDED, is_suppressed=True, is_told=True)
ASKED = End(TouchState.REFUSED, State.PAUSED, is_told=True)
UNKNOWN = End(TouchState.UNCERTAIN, State.PAUSED)


def _replies() -> list[tuple[str, str, End]]:
    rows = []
    for line in _REPLIES.read_text("utf-8").splitlines()[1:]:
        phase, reply, outcome, scope, _ = (part.strip() for part in line.split(" | "))
        rows.append((_STAGES[phase], reply, _end(phase, reply, outcome, scope)))
    return rows


def _end(phase: str, reply: str, outcome: str, scope: str) -> End:
    """By scope first, then by severity (domain.md 1.4)."""
    if scope in ("account", "policy"):
        is_for_good = outcome != "deferred" or scope == "policy" or reply[0] == "5"
        return ALARMED if phase == "auth" or (is_for_good and phase != "connect") else SILENT
    return {"deferred": LATER, "dead": DEAD, "rejected": ASKED}[outcome]


_FAULTS: list[tuple[str, Act, End]] = [
    *((stage, fault, SILENT) for stage in ("banner", "ehlo", "mail", "rcpt", "data")
      for fault in (Fault.SILENCE, Fault.DROP, Fault.RESET)),
    *(("auth", fault, ALARMED) for fault in (Fault.SILENCE, Fault.DROP, Fault.RESET)),
    *(("dot", fault, UNKNOWN) for fault in (Fault.SILENCE, Fault.DROP, Fault.RESET)),
    ("banner", "421 4.3.2 too busy", SILENT),
    ("banner", "554 no service", SILENT),
    ("banner", b"SSH-2.0-OpenSSH_9\r\n", SILENT),
    ("mail", Fault.DRIP, SILENT),
    ("mail", b"\xff\x00" * 70_000, SILENT),
    ("dot", Fault.DRIP, UNKNOWN),
    ("dot", b"garbage\r\n", UNKNOWN),
    ("dot", b"250-" + b"x" * 70_000, UNKNOWN),
    ("dot", "354 more?", UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(
    ("stage", "act", "end"), [*_replies(), *_FAULTS], ids=lambda each: str(each)[:40]
)
async def test_each_answer_ends_in_its_state_and_no_mail_is_lost_or_doubled(
    stage: str, act: Act, end: End
) -> None:
    async with LyingSmtp().running() as server:
        is_slow = act in (Fault.SILENCE, Fault.DRIP)
        house, ada = await _house(server.port, patience=_SHORT if is_slow else _CALM)
        server.will(stage, act)
        await house.round()
        assert await _found(house, ada) == end
        minted = _touch(house).message_id
        await _days_pass(house)
        # A grouped dialogue ends with an empty mail where the server opens one all the same.
        ids = [
            each.wire.partition(b"Message-ID: <")[2].partition(b">")[0]
            for each in server.taken
            if each.wire
        ]
        was_taken = [minted.encode()]
        allowed = {TouchState.DEFERRED: (was_taken,), TouchState.UNCERTAIN: ([], was_taken)}
        assert ids in allowed.get(end.touch, ([],))
        await cast("Any", house.courier).close()


@pytest.mark.parametrize("tls", [Tls.IMPLICIT, Tls.STARTTLS])
async def test_no_tls_means_that_the_account_rests(tls: Tls) -> None:
    """Whatever is wrong with it, stripped or never spoken, no mail and no password goes."""
    async with LyingSmtp().running() as server:
        house, ada = await _house(server.port, tls)
        await house.round()
        assert await _found(house, ada) == SILENT
        assert not [each for each in server.commands if each.startswith(("AUTH", "MAIL"))]


async def test_no_such_host_means_that_the_account_rests() -> None:
    house, ada = await _house(1, Tls.IMPLICIT, host="nowhere.invalid")
    await house.round()
    assert await _found(house, ada) == SILENT


async def _house(
    port: int, tls: Tls = Tls.NONE, host: str = "127.0.0.1", patience: Patience = _SHORT
) -> tuple[SmallHouse, Contact]:
    house = SmallHouse()
    endpoint = SmtpEndpoint(host, port, "anna", "secret", tls=tls, patience=patience)
    house.courier = cast("Any", SmtpCourier(endpoint))
    (ada,) = await house.invite(_ADA)
    return house, ada


async def _found(house: SmallHouse, ada: Contact) -> End:
    store = house.store
    (walk,) = await store.desk.enrollments(ada.id)
    state = await store.accounts.state("anna")
    return End(
        _touch(house).state,
        walk.state,
        rests=state.resting_until is not None,
        is_suppressed=bool(await store.people.suppressed([ada.address])),
        is_told=bool(await store.desk.notices_due(house.clock.now())),
    )


def _touch(house: SmallHouse) -> Touch:
    (touch,) = house.store.world.touches.values()
    return touch


async def _days_pass(house: SmallHouse) -> None:
    """Long enough for every rest and every second try, and not for the next step."""
    for _ in range(3):
        await house.clock.advance_to(house.clock.now() + timedelta(days=1))
        await house.round()
