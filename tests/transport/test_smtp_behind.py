"""A mail said behind another's content: one round trip each, and no doubt that was not there."""

import asyncio
import dataclasses
from random import Random
from typing import Any

import pytest

from nurture.errors import Broken
from nurture.mail.delivery import Accepted, Deferred, Delivery, Envelope, Phase, Rejected, Scope
from nurture.transport import smtp_dialogue
from nurture.transport.security import Tls
from nurture.transport.smtp import SmtpCourier
from nurture.transport.smtp_endpoint import Patience, SmtpEndpoint
from nurture.transport.smtp_tour import Tour
from tests.fakes.load import FakeLoad
from tests.servers.lying_smtp import OFFER, Act, Deed, Fault, Late, LyingSmtp

_WIRE = b"Subject: one of many\r\n\r\nHello\r\n.\r\nbye\r\n"
_HUGE = b"Subject: huge\r\n\r\n" + (b"z" * 70 + b"\r\n") * 100_000
_CALM = Patience(connect=5, login=5, command=5, dot=5, check=5, idle=30)
_SHORT = dataclasses.replace(_CALM, command=0.3)
_SINGLY = tuple(each for each in OFFER if each != "PIPELINING")
_A, _B, _C = (f"{name}@example.org" for name in "abc")
_HONEST = Deed(lambda: None)


def _to(recipient: str, wire: bytes = _WIRE) -> Envelope:
    return Envelope("anna@example.com", recipient, wire, f"1.{recipient}")


def _courier(server: LyingSmtp, connections: int = 1, **changes: Any) -> SmtpCourier:
    known = SmtpEndpoint("127.0.0.1", server.port, tls=Tls.NONE, patience=_CALM)
    return SmtpCourier(dataclasses.replace(known, **changes), connections)


async def _carry(server: LyingSmtp, load: FakeLoad, **changes: Any) -> None:
    courier = _courier(server, **changes)
    try:
        async with asyncio.timeout(10):
            await courier.carry(load)
    finally:
        await courier.close()


def _taken(server: LyingSmtp) -> list[str]:
    """Who got a mail; a refused one may be ended empty, and is none."""
    return [each.recipient for each in server.taken if each.wire]


async def test_each_mail_costs_one_round_trip_where_commands_may_be_grouped() -> None:
    async with LyingSmtp().running() as server:
        load = FakeLoad(*(_to(f"p{number}@example.org") for number in range(20)))
        await _carry(server, load)
        assert set(load.kinds.values()) == {"Accepted"}
        assert [each.wire for each in server.taken] == [_WIRE] * 20
        before, opened, closed = 1, 1, 1  # EHLO, the first MAIL, and QUIT
        assert server.turns <= before + opened + 20 + closed


async def test_behind_a_long_mail_the_next_is_said_with_its_dot() -> None:
    async with LyingSmtp(offer=OFFER[1:]).running() as server:
        load = FakeLoad(_to(_A, _HUGE), _to(_B), _to(_C, _HUGE))
        await _carry(server, load)
        assert [each.wire for each in server.taken] == [_HUGE, _WIRE, _HUGE]


async def test_where_nothing_may_be_grouped_nothing_is_said_before_its_answer() -> None:
    async with LyingSmtp(offer=_SINGLY).running() as server:
        load, seen = FakeLoad(_to(_A), _to(_B)), list[list[str]]()
        server.will("dot", Deed(lambda: seen.append(list(load.drawn))))
        await _carry(server, load)
        assert (seen, _taken(server)) == ([[_A]], [_A, _B])


_ENDS: list[tuple[Act, str]] = [
    (Fault.DROP, "Unknown"),
    (Fault.RESET, "Unknown"),
    (b"garbage\r\n", "Unknown"),
    ("354 more?", "Unknown"),
    ("421 4.3.0 going down", "Deferred"),
]


@pytest.mark.parametrize(("act", "kind"), _ENDS, ids=lambda each: str(each)[:20])
async def test_where_a_content_ends_the_connection_what_stood_behind_goes_over_another(
    act: Act, kind: str
) -> None:
    async with LyingSmtp().running() as server:
        load = FakeLoad(_to(_A), _to(_B), _to(_C))
        server.will("dot", act)
        await _carry(server, load)
        assert load.kinds == {_A: kind, _B: "Accepted", _C: "Accepted"}
        assert load.given_back == [_B]
        assert [each for each in _taken(server) if each != _A] == [_B, _C]
        assert server.connections == 2


@pytest.mark.parametrize("act", _ENDS, ids=str)
async def test_where_nothing_more_may_leave_what_stood_behind_stays(act: tuple[Act, str]) -> None:
    """As after a halt, or a rest that the answer before it asked for."""
    async with LyingSmtp().running() as server:
        load = FakeLoad(_to(_A), _to(_B), _to(_C), most=2)
        server.will("dot", act[0])
        await _carry(server, load)
        assert load.kinds == {_A: act[1]}
        assert [each.recipient for each in load.waiting] == [_B, _C]
        assert (set(_taken(server)) <= {_A}, server.connections) == (True, 1)


@pytest.mark.parametrize("act", [Fault.DROP, Fault.RESET, "421 4.4.2 enough", Fault.SILENCE])
async def test_a_connection_given_up_in_front_of_the_next_mail_is_replaced_unseen(act: Act) -> None:
    async with LyingSmtp().running() as server:
        load = FakeLoad(_to(_A), _to(_B), _to(_C))
        server.will("mail", _HONEST, act)
        await _carry(server, load, patience=_SHORT)
        assert set(load.kinds.values()) == {"Accepted"}
        assert (_taken(server), load.given_back) == ([_A, _B, _C], [_B])
        assert server.connections == 2


async def test_a_yes_and_a_goodbye_in_one_breath_are_a_yes_and_a_mail_not_tried() -> None:
    async with LyingSmtp().running() as server:
        load = FakeLoad(_to(_A), _to(_B))
        server.will("dot", b"250 2.0.0 Ok\r\n421 4.3.0 bye\r\n")
        await _carry(server, load)
        assert load.kinds == {_A: "Accepted", _B: "Accepted"}
        assert (_taken(server), load.given_back) == ([_A, _B], [_B])


_NOES = [
    ("mail", "552 5.3.4 too big", Phase.MAIL, Scope.UNKNOWN),
    ("rcpt", "550 5.1.1 no such user", Phase.RCPT, Scope.RECIPIENT),
    ("data", "554 5.7.1 spam", Phase.DATA, Scope.POLICY),
]


@pytest.mark.parametrize(("stage", "reply", "phase", "scope"), _NOES)
async def test_a_refusal_of_the_next_mail_is_its_own_and_nobody_elses(
    stage: str, reply: str, phase: Phase, scope: Scope
) -> None:
    """Behind a refused MAIL the content is opened all the same, and ended empty."""
    async with LyingSmtp().running() as server:
        load = FakeLoad(_to(_A), _to(_B), _to(_C))
        server.will(stage, _HONEST, reply)
        await _carry(server, load)
        assert load.kinds == {_A: "Accepted", _B: "Rejected", _C: "Accepted"}
        refused = load.told[_B]
        assert isinstance(refused, Rejected)
        assert (refused.answer.phase, refused.scope) == (phase, scope)
        assert (_taken(server), server.connections) == ([_A, _C], 1)
        assert server.commands.count("RSET") == 1


async def test_a_no_in_the_middle_of_a_content_is_heard_before_another_mail_is_drawn() -> None:
    async with LyingSmtp(offer=OFFER[1:]).running() as server:
        load = FakeLoad(_to(_A, _HUGE), _to(_B), most=1)
        server.will("content", "552 5.3.4 too much")
        await _carry(server, load)
        assert load.kinds == {_A: "Rejected"}
        assert [each.recipient for each in load.waiting] == [_B]


async def test_a_connection_that_has_had_its_share_is_told_of_no_further_mail() -> None:
    async with LyingSmtp().running() as server:
        load = FakeLoad(*(_to(f"p{number}@example.org") for number in range(5)))
        await _carry(server, load, per_connection=2)
        assert set(load.kinds.values()) == {"Accepted"}
        mails = [each.partition(" ")[0] for each in server.commands]
        assert (server.connections, mails.count("MAIL"), load.given_back) == (3, 5, [])
        assert "MAIL MAIL QUIT" in " ".join(each for each in mails if each in ("MAIL", "QUIT"))


async def test_a_server_that_forgets_what_stands_behind_a_content_is_asked_but_once() -> None:
    async with LyingSmtp(forgets=True).running() as server:
        load = FakeLoad(*(_to(f"p{number}@example.org") for number in range(5)))
        await _carry(server, load, patience=_SHORT)
        assert set(load.kinds.values()) == {"Accepted"}
        assert (load.given_back, server.connections) == (["p1@example.org"], 2)


async def test_behind_a_slow_server_nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A halt is seen where a mail is drawn: long before it leaves would be too early."""
    monkeypatch.setattr(smtp_dialogue, "_QUICK", 0)
    async with LyingSmtp().running() as server:
        load, seen = FakeLoad(_to(_A), _to(_B), _to(_C)), list[int]()
        server.will("dot", _HONEST, *[Deed(lambda: seen.append(len(load.drawn)))] * 2)
        await _carry(server, load)
        assert (seen, _taken(server)) == ([2, 3], [_A, _B, _C])


async def test_a_cancelled_call_gives_back_what_stood_behind_and_tells_nothing() -> None:
    async with LyingSmtp().running() as server:
        load = FakeLoad(_to(_A), _to(_B), _to(_C))
        server.will("dot", Fault.SILENCE)
        courier = _courier(server)
        carrying = asyncio.create_task(courier.carry(load))
        async with asyncio.timeout(5):
            while len(load.drawn) < 2:
                await asyncio.sleep(0)
        carrying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await carrying
        assert (load.told, load.given_back) == ({}, [_B])
        await courier.carry(load)
        assert load.kinds == {_B: "Accepted", _C: "Accepted"}
        assert server.connections == 2
        await courier.close()


async def test_a_mistake_of_ours_in_the_next_mail_harms_no_other() -> None:
    """It is in doubt: neither told nor given back."""
    async with LyingSmtp().running() as server:
        load = FakeLoad(_to(_A), _to(_B, b"no end"), _to(_C))
        with pytest.raises(Broken):
            await _carry(server, load)
        assert (load.kinds, load.given_back) == ({_A: "Accepted"}, [])
        assert (load.drawn, _taken(server)) == ([_A, _B], [_A])


async def test_whoever_cannot_be_told_leaves_the_next_mail_certain() -> None:
    class Deaf(FakeLoad):
        def tell(self, envelope: Envelope, delivery: Delivery) -> None:
            raise RuntimeError("the journal is full")

    async with LyingSmtp().running() as server:
        load = Deaf(_to(_A), _to(_B))
        with pytest.raises(RuntimeError, match="full"):
            await _carry(server, load)
        assert (load.given_back, _taken(server)) == ([_B], [_A])


async def test_a_load_that_comes_while_another_is_on_its_way_follows_it_at_once() -> None:
    """What opens its first mail is written behind the last content of the other."""
    async with LyingSmtp().running() as server:
        first, second = FakeLoad(_to(_A)), FakeLoad(_to(_B), _to(_C))
        courier, others = _courier(server), list[asyncio.Task[None]]()
        server.will("data", Deed(lambda: others.append(asyncio.create_task(courier.carry(second)))))
        await courier.carry(first)
        await others[0]
        assert (first.kinds, second.kinds) == ({_A: "Accepted"}, {_B: "Accepted", _C: "Accepted"})
        await courier.close()
        assert (server.connections, server.turns) == (1, 1 + 1 + 3 + 1)


async def test_a_mistake_in_one_load_is_none_of_the_others() -> None:
    async with LyingSmtp().running() as server:
        courier = _courier(server)
        good = FakeLoad(*(_to(f"p{number}@example.org") for number in range(3)))
        bad = FakeLoad(_to(_A), _to(_B, b"no end"), _to(_C))
        one, other = await asyncio.gather(
            courier.carry(bad), courier.carry(good), return_exceptions=True
        )
        assert (type(one), other) == (Broken, None)
        assert (bad.kinds, len(good.told)) == ({_A: "Accepted"}, 3)
        assert _C not in _taken(server)
        await courier.close()


def _is_heard(server: LyingSmtp, stage: str) -> bool:
    """Behind the first mail, which left before."""
    first_mail = server.commands.index("DATA")
    return any(each.startswith(stage.upper()) for each in server.commands[first_mail:])


@pytest.mark.parametrize("stage", ["noop", "mail", "dot"])
async def test_of_a_cancelled_load_nothing_leaves_any_more_and_another_goes_on(stage: str) -> None:
    """Also where it stood behind the other's content, or its connection was still in question."""
    async with LyingSmtp().running() as server:
        courier = _courier(server, patience=dataclasses.replace(_CALM, trusted=0))
        assert isinstance(await courier.deliver(_to("first@example.org")), Accepted)
        go = asyncio.Event()
        server.will(stage, Late("250 2.0.0 Ok", go))
        one, other = FakeLoad(_to(_A)), FakeLoad(_to(_B), _to(_C))
        carrying = [asyncio.create_task(courier.carry(each)) for each in (one, other)]
        async with asyncio.timeout(5):
            while not (other.drawn if stage == "dot" else _is_heard(server, stage)):
                await asyncio.sleep(0)
        carrying[stage == "dot"].cancel()
        go.set()
        results = await asyncio.gather(*carrying, return_exceptions=True)
        assert sorted(type(each).__name__ for each in results) == ["CancelledError", "NoneType"]
        rest, cut = (one, other) if stage == "dot" else (other, one)
        assert set(rest.kinds.values()) == {"Accepted"}
        assert cut.told == {}
        assert not set(_taken(server)) & {_A, _B, _C} - set(rest.told)
        await courier.close()


async def test_from_a_load_that_nobody_waits_for_nothing_is_drawn() -> None:
    load = FakeLoad(_to(_A))
    tour = Tour(load, asyncio.get_running_loop().create_future())
    tour.ended.cancel()
    assert tour.draw() is None
    assert load.drawn == []


async def test_no_fault_of_a_load_leaves_its_courier_waiting() -> None:
    class Odd(FakeLoad):
        def give_back(self, envelope: Envelope) -> None:
            raise RuntimeError("no room")

    async with LyingSmtp().running() as server:
        server.will("dot", Fault.DROP)
        load = Odd(_to(_A), _to(_B))
        with pytest.raises(RuntimeError, match="no room"):
            await _carry(server, load)
        assert load.kinds == {_A: "Unknown"}


async def test_the_last_connection_is_left_politely_however_soon() -> None:
    async with LyingSmtp(unknown=frozenset({_B})).running() as server:
        for recipient, last in ((_A, "QUIT"), (_B, "QUIT")):
            await _carry(server, FakeLoad(_to(recipient)))
            await asyncio.wait_for(server.closed.wait(), 5)
            assert server.commands[-1] == last
            server.closed.clear()


_GONE: tuple[Act, ...] = (Fault.DROP, Fault.RESET)
_REFUSED: tuple[Act, ...] = (*_GONE, "421 4.3.0 bye", "451 4.3.0 no", "550 5.1.1 no", "354 what")
_CONFUSED: tuple[Act, ...] = (*_REFUSED, b"junk\r\n", b"250 yes\r\n421 bye\r\n")
_AT: dict[str, tuple[Act, ...]] = {
    "banner": (*_GONE, "421 4.3.2 too busy"),
    "mail": (*_CONFUSED, b"250 yes\r\n250 and yes\r\n"),
    "rcpt": (*_CONFUSED, b"250 yes\r\n250 and yes\r\n"),
    "data": _CONFUSED,
    "content": _GONE,
    "dot": (*_CONFUSED, b"250 yes\r\n250 and yes\r\n"),
    "rset": _REFUSED,
}


def _some(dice: Random, load: int) -> FakeLoad:
    """Mails of which one in five is too long for one write."""
    wires = dice.choices(
        [_WIRE, _WIRE + (b"y" * 70 + b"\r\n") * 300], [4, 1], k=dice.randrange(1, 15)
    )
    return FakeLoad(
        *(_to(f"p{load}.{number}@example.org", wire) for number, wire in enumerate(wires))
    )


@pytest.mark.parametrize("offer", [OFFER, _SINGLY], ids=["grouped", "singly"])
@pytest.mark.parametrize("seed", range(40))
async def test_p2_whatever_a_server_does_each_mail_has_one_end_and_it_is_true(
    seed: int, offer: tuple[str, ...]
) -> None:
    """Several loads at once, one of them perhaps cancelled."""
    dice = Random(seed)
    async with LyingSmtp(offer=offer).running() as server:
        for stage, acts in _AT.items():
            server.will(stage, *dice.choices([_HONEST] * 20 + list(acts), k=40))
        loads = [_some(dice, number) for number in range(4)]
        courier = _courier(server, dice.choice((1, 2, 3)), per_connection=dice.choice((0, 3)))
        carrying = [asyncio.create_task(courier.carry(each)) for each in loads]
        if dice.random() < 0.5:
            asyncio.get_running_loop().call_later(dice.random() * 0.03, carrying[0].cancel)
        async with asyncio.timeout(30):
            ends = await asyncio.gather(*carrying, return_exceptions=True)
        await courier.close()
        taken = _taken(server)
        assert len(set(taken)) == len(taken)
        assert ends[1:] == [None] * 3
        for load, end in zip(loads, ends, strict=True):
            assert end is not None or (set(load.told) == {*load.drawn} and not load.waiting)
            assert not {each.recipient for each in load.waiting} & set(taken)
            for who, delivery in load.told.items():
                assert not isinstance(delivery, Accepted) or who in taken, delivery
                assert not isinstance(delivery, Deferred | Rejected) or who not in taken, delivery
