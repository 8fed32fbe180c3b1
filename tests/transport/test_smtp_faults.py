"""Every SMTP and TLS row of the fault matrix (reliability.md section 10) ends where it must."""

import asyncio
import dataclasses
import socket
from pathlib import Path
from typing import Any

import pytest

from nurture.errors import Broken, Misconfigured, Unreachable
from nurture.mail.delivery import (
    Accepted,
    Deferred,
    Delivery,
    Envelope,
    Phase,
    Rejected,
    Scope,
)
from nurture.transport.security import Login, Tls
from nurture.transport.smtp import SmtpCourier
from nurture.transport.smtp_endpoint import Patience, SmtpEndpoint
from tests.fakes.tokens import FakeTokens
from tests.servers.certificate import certified
from tests.servers.lying_smtp import OFFER, Act, Fault, Late, LyingSmtp

_SHORT = Patience(connect=0.3, login=0.3, command=0.3, dot=0.3, check=0.3, idle=30)
_CALM = Patience(connect=5, login=5, command=5, dot=5, check=5, idle=30)
_SMALL = b"Subject: small\r\n\r\n.a dot\r\n..two\r\nend\r\n"
_LARGE = b"Subject: large\r\n\r\n" + b"x" * 90 + b"\r\n"
_HUGE = b"Subject: huge\r\n\r\n" + (b"z" * 70 + b"\r\n") * 100_000
_GROUPED = OFFER
_SINGLY = tuple(each for each in OFFER if each != "PIPELINING")


def _envelope(wire: bytes = _SMALL, recipient: str = "jim@example.org") -> Envelope:
    return Envelope("anna@example.com", recipient, wire, "m1@example.com")


def _endpoint(server: LyingSmtp, **changes: Any) -> SmtpEndpoint:
    known = SmtpEndpoint("127.0.0.1", server.port, "anna", "secret", tls=Tls.NONE, patience=_SHORT)
    return dataclasses.replace(known, **changes)


def _told(delivery: Delivery) -> tuple[str, Phase, Scope | None]:
    scope = getattr(delivery, "scope", None)
    return type(delivery).__name__, delivery.answer.phase, scope


# stage, what the server does there, outcome, phase, scope
_ROWS: list[tuple[str, Act, str, Phase, Scope | None]] = [
    ("banner", Fault.SILENCE, "Deferred", Phase.CONNECT, Scope.ACCOUNT),
    ("banner", Fault.DROP, "Deferred", Phase.CONNECT, Scope.ACCOUNT),
    ("banner", Fault.RESET, "Deferred", Phase.CONNECT, Scope.ACCOUNT),
    ("banner", Fault.DRIP, "Deferred", Phase.CONNECT, Scope.ACCOUNT),
    ("banner", "421 4.3.2 too busy", "Deferred", Phase.CONNECT, Scope.ACCOUNT),
    ("banner", "554 no service", "Deferred", Phase.CONNECT, Scope.ACCOUNT),
    ("banner", b"SSH-2.0-OpenSSH_9\r\n", "Deferred", Phase.CONNECT, Scope.ACCOUNT),
    ("ehlo", Fault.SILENCE, "Deferred", Phase.CONNECT, Scope.ACCOUNT),
    ("ehlo", Fault.DROP, "Deferred", Phase.CONNECT, Scope.ACCOUNT),
    ("auth", "535 5.7.8 wrong password", "Deferred", Phase.AUTH, Scope.ACCOUNT),
    ("auth", "454 4.7.0 too many login attempts", "Deferred", Phase.AUTH, Scope.ACCOUNT),
    ("auth", Fault.SILENCE, "Deferred", Phase.AUTH, Scope.ACCOUNT),
    ("auth", Fault.DROP, "Deferred", Phase.AUTH, Scope.ACCOUNT),
    ("mail", "451 4.3.0 not now", "Deferred", Phase.MAIL, Scope.ACCOUNT),
    ("mail", "550 5.7.1 not you", "Deferred", Phase.MAIL, Scope.ACCOUNT),
    ("mail", "552 5.3.4 too big", "Rejected", Phase.MAIL, Scope.UNKNOWN),
    ("mail", "550 5.4.5 Daily user sending limit exceeded", "Deferred", Phase.MAIL, Scope.ACCOUNT),
    ("mail", Fault.SILENCE, "Deferred", Phase.MAIL, Scope.ACCOUNT),
    ("mail", b"what?\r\n", "Deferred", Phase.MAIL, Scope.ACCOUNT),
    ("mail", b"\xff\x00" * 70_000, "Deferred", Phase.MAIL, Scope.ACCOUNT),
    ("rcpt", "450 4.7.1 greylisted", "Deferred", Phase.RCPT, Scope.RECIPIENT),
    ("rcpt", "451 later", "Deferred", Phase.RCPT, Scope.RECIPIENT),
    ("rcpt", "452 4.2.2 over quota", "Deferred", Phase.RCPT, Scope.RECIPIENT),
    ("rcpt", "550 5.1.1 no such user", "Rejected", Phase.RCPT, Scope.RECIPIENT),
    ("rcpt", "550 5.7.1 blocked for spam", "Rejected", Phase.RCPT, Scope.POLICY),
    ("rcpt", "552 5.3.4 too big", "Rejected", Phase.RCPT, Scope.UNKNOWN),
    ("rcpt", "421 4.4.2 closing", "Deferred", Phase.RCPT, Scope.ACCOUNT),
    ("rcpt", Fault.SILENCE, "Deferred", Phase.RCPT, Scope.ACCOUNT),
    ("rcpt", Fault.DROP, "Deferred", Phase.RCPT, Scope.ACCOUNT),
    ("data", "451 4.3.0 no", "Deferred", Phase.DATA, Scope.DOMAIN),
    ("data", "554 5.7.1 spam", "Rejected", Phase.DATA, Scope.POLICY),
    ("data", "250 what", "Deferred", Phase.DATA, Scope.DOMAIN),
    ("data", Fault.SILENCE, "Deferred", Phase.DATA, Scope.ACCOUNT),
    ("data", Fault.DROP, "Deferred", Phase.DATA, Scope.ACCOUNT),
    ("dot", "451 4.3.0 disk full", "Deferred", Phase.BODY, Scope.DOMAIN),
    ("dot", "554 5.7.1 message refused as spam", "Rejected", Phase.BODY, Scope.POLICY),
    ("dot", "421 4.3.0 going down", "Deferred", Phase.BODY, Scope.ACCOUNT),
    ("dot", "354 more?", "Unknown", Phase.BODY, None),
    ("dot", b"garbage\r\n", "Unknown", Phase.BODY, None),
    ("dot", b"250-" + b"x" * 70_000, "Unknown", Phase.BODY, None),
    ("dot", Fault.SILENCE, "Unknown", Phase.BODY, None),
    ("dot", Fault.DROP, "Unknown", Phase.BODY, None),
    ("dot", Fault.RESET, "Unknown", Phase.BODY, None),
    ("dot", b"250-a\r\n" + b"250-word\r\n" * 4000 + b"250 end\r\n", "Accepted", Phase.BODY, None),
]


@pytest.mark.parametrize("offer", [_GROUPED, _SINGLY], ids=["grouped", "singly"])
@pytest.mark.parametrize(
    ("stage", "act", "kind", "phase", "scope"), _ROWS, ids=lambda each: str(each)[:24]
)
async def test_each_fault_ends_in_its_state_and_the_next_mail_goes(
    stage: str, act: Act, kind: str, phase: Phase, scope: Scope | None, offer: tuple[str, ...]
) -> None:
    async with LyingSmtp(offer=offer).running() as server:
        server.will(stage, act)
        is_slow = act in (Fault.SILENCE, Fault.DRIP)
        courier = SmtpCourier(_endpoint(server, patience=_SHORT if is_slow else _CALM))
        assert _told(await courier.deliver(_envelope())) == (kind, phase, scope)
        assert isinstance(await courier.deliver(_envelope()), Accepted)
        assert server.taken[-1].wire == _SMALL
        await courier.close()


@pytest.mark.parametrize("fault", [Fault.DROP, Fault.RESET, Fault.SILENCE])
async def test_a_loss_in_the_middle_of_the_content_is_certainly_not_sent(fault: Fault) -> None:
    async with LyingSmtp(offer=OFFER[1:]).running() as server:
        server.will("content", fault)
        courier = SmtpCourier(_endpoint(server))
        told = _told(await courier.deliver(_envelope(_HUGE)))
        assert told == ("Deferred", Phase.DATA, Scope.ACCOUNT)
        assert server.taken == []
        await courier.close()


async def test_a_refusal_in_the_middle_of_the_content_is_heard_before_the_dot() -> None:
    async with LyingSmtp(offer=OFFER[1:]).running() as server:
        server.will("content", "552 5.3.4 too much")
        courier = SmtpCourier(_endpoint(server, patience=dataclasses.replace(_SHORT, dot=20)))
        told = _told(await courier.deliver(_envelope(_HUGE)))
        assert told == ("Rejected", Phase.DATA, Scope.UNKNOWN)
        await asyncio.wait_for(server.closed.wait(), 5)
        assert server.taken == []


@pytest.mark.parametrize("endless", [b"250-word\r\n" * 15_000, b"2" * 140_000])
async def test_a_reply_without_end_is_not_listened_to_for_ever(endless: bytes) -> None:
    async with LyingSmtp().running() as server:
        server.will("dot", endless)
        courier = SmtpCourier(_endpoint(server, patience=dataclasses.replace(_SHORT, dot=20)))
        delivery = await courier.deliver(_envelope())
        assert _told(delivery) == ("Unknown", Phase.BODY, None)
        assert "no end" in delivery.answer.text


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "dot"])
async def test_a_server_that_says_goodbye_is_not_spoken_to_again(stage: str) -> None:
    async with LyingSmtp().running() as server:
        courier = SmtpCourier(_endpoint(server))
        server.will(stage, "421 4.3.0 going down")
        assert isinstance(await courier.deliver(_envelope()), Deferred)
        assert isinstance(await courier.deliver(_envelope()), Accepted)
        assert server.connections == 2
        assert "RSET" not in server.commands
        await courier.close()


@pytest.mark.parametrize("wire", [b".odd: x\r\n\r\n.\r\n..\r\n", b"x: y\r\n\r\n.\r\n"])
async def test_dots_arrive_as_they_were_wherever_they_stand(wire: bytes) -> None:
    async with LyingSmtp().running() as server:
        courier = SmtpCourier(_endpoint(server))
        await courier.deliver(_envelope(wire))
        assert server.taken[0].wire == wire
        await courier.close()


async def test_a_large_mail_arrives_whole() -> None:
    async with LyingSmtp(offer=OFFER[1:]).running() as server:
        courier = SmtpCourier(_endpoint(server, patience=dataclasses.replace(_SHORT, dot=20)))
        assert isinstance(await courier.deliver(_envelope(_HUGE)), Accepted)
        assert server.taken[0].wire == _HUGE
        await courier.close()


async def test_a_late_yes_to_the_dot_is_waited_for() -> None:
    async with LyingSmtp().running() as server:
        late = Late("250 2.0.0 Ok at last", asyncio.Event())
        server.will("dot", late)
        patience = dataclasses.replace(_SHORT, dot=600)
        courier = SmtpCourier(_endpoint(server, patience=patience))
        delivery = asyncio.create_task(courier.deliver(_envelope()))
        asyncio.get_running_loop().call_later(2 * _SHORT.command, late.go.set)
        assert isinstance(await delivery, Accepted)
        await courier.close()


async def test_a_yes_followed_by_a_reset_is_a_yes() -> None:
    async with LyingSmtp().running() as server:
        courier = SmtpCourier(_endpoint(server))
        server.will("quit", Fault.RESET)
        server.will("dot", b"250 2.0.0 Ok\r\n421 4.3.0 bye\r\n")
        assert isinstance(await courier.deliver(_envelope()), Accepted)
        assert isinstance(await courier.deliver(_envelope()), Accepted)
        assert server.connections == 2
        await courier.close()


async def test_a_connection_is_kept_and_one_that_died_waiting_is_replaced_unseen() -> None:
    async with LyingSmtp().running() as server:
        courier = SmtpCourier(_endpoint(server))
        for _ in range(3):
            assert isinstance(await courier.deliver(_envelope()), Accepted)
        assert server.connections == 1
        server.will("mail", Fault.DROP)
        assert isinstance(await courier.deliver(_envelope()), Accepted)
        server.will("mail", "421 4.4.2 idle too long")
        assert isinstance(await courier.deliver(_envelope()), Accepted)
        assert (server.connections, len(server.taken)) == (3, 5)
        await courier.close()


@pytest.mark.parametrize("act", ["421 bye", Fault.DROP, Fault.SILENCE, "250 2.0.0 Ok"])
async def test_a_connection_unused_for_a_while_is_asked_first(act: Act) -> None:
    async with LyingSmtp().running() as server:
        patience = dataclasses.replace(_SHORT, trusted=0)
        courier = SmtpCourier(_endpoint(server, patience=patience))
        await courier.deliver(_envelope())
        server.will("noop", act)
        assert isinstance(await courier.deliver(_envelope()), Accepted)
        assert "NOOP" in server.commands
        assert server.connections == (1 if act == "250 2.0.0 Ok" else 2)
        await courier.close()


async def test_an_idle_connection_is_given_up_in_good_order() -> None:
    async with LyingSmtp().running() as server:
        patience = dataclasses.replace(_SHORT, idle=0.01)
        courier = SmtpCourier(_endpoint(server, patience=patience))
        await courier.deliver(_envelope())
        await asyncio.wait_for(server.closed.wait(), 5)
        assert server.commands[-1] == "QUIT"
        await courier.close()


async def test_a_connection_carries_so_many_mails_and_no_more() -> None:
    async with LyingSmtp().running() as server:
        courier = SmtpCourier(_endpoint(server, per_connection=2))
        for _ in range(5):
            assert isinstance(await courier.deliver(_envelope()), Accepted)
        assert (server.connections, len(server.taken)) == (3, 5)
        await courier.close()


async def test_without_a_user_nothing_is_said_of_a_login() -> None:
    async with LyingSmtp().running() as server:
        courier = SmtpCourier(_endpoint(server, user="", secret=""))
        assert isinstance(await courier.deliver(_envelope()), Accepted)
        assert not [each for each in server.commands if each.startswith("AUTH")]
        await courier.close()


async def test_a_refused_envelope_leaves_nothing_behind_for_the_next() -> None:
    async with LyingSmtp(unknown=frozenset({"gone@example.org"})).running() as server:
        courier = SmtpCourier(_endpoint(server))
        assert isinstance(await courier.deliver(_envelope(recipient="gone@example.org")), Rejected)
        assert isinstance(await courier.deliver(_envelope()), Accepted)
        assert "RSET" in server.commands
        assert (server.connections, len(server.taken)) == (1, 1)
        await courier.close()


@pytest.mark.parametrize("act", ["502 5.5.1 never heard", Fault.DROP, Fault.SILENCE])
async def test_where_a_refused_envelope_cannot_be_cleared_the_connection_is_left(act: Act) -> None:
    """Its recipient might still stand there when the next mail's content comes."""
    async with LyingSmtp(unknown=frozenset({"gone@example.org"})).running() as server:
        server.will("rset", act)
        courier = SmtpCourier(_endpoint(server))
        assert isinstance(await courier.deliver(_envelope(recipient="gone@example.org")), Rejected)
        assert isinstance(await courier.deliver(_envelope()), Accepted)
        assert (server.connections, len(server.taken)) == (2, 1)
        await courier.close()


async def test_content_opened_in_spite_of_a_refusal_is_ended_empty() -> None:
    async with LyingSmtp().running() as server:
        server.will("mail", "550 5.7.1 not you")
        courier = SmtpCourier(_endpoint(server))
        assert isinstance(await courier.deliver(_envelope()), Deferred)
        assert [each.wire for each in server.taken] == [b""]
        assert isinstance(await courier.deliver(_envelope()), Accepted)
        await courier.close()


@pytest.mark.parametrize("stage", ["banner", "auth", "mail", "rcpt", "data", "dot"])
async def test_a_cancelled_call_closes_the_connection(stage: str) -> None:
    async with LyingSmtp().running() as server:
        server.will(stage, Fault.SILENCE)
        patience = Patience(idle=30)
        courier = SmtpCourier(_endpoint(server, patience=patience))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(courier.deliver(_envelope()), 0.1)
        assert isinstance(await courier.deliver(_envelope()), Accepted)
        assert server.connections == 2
        await courier.close()


async def test_one_wrong_password_is_one_try_and_keeps_the_servers_words() -> None:
    async with LyingSmtp().running() as server:
        delivery = await SmtpCourier(_endpoint(server, secret="wrong")).deliver(_envelope())
        assert _told(delivery) == ("Deferred", Phase.AUTH, Scope.ACCOUNT)
        assert str(delivery.answer) == "535 5.7.8 wrong password (at auth)"
        assert len([each for each in server.commands if each.startswith("AUTH")]) == 1


@pytest.mark.parametrize("way", ["PLAIN", "LOGIN", "XOAUTH2"])
async def test_each_way_to_log_in_works_with_a_secret_asked_anew(way: str) -> None:
    login = Login.XOAUTH2 if way == "XOAUTH2" else Login.PASSWORD
    async with LyingSmtp(offer=(f"AUTH {way}",)).running() as server:
        tokens = FakeTokens("secret", "renewed")
        courier = SmtpCourier(_endpoint(server, login=login, secret=tokens))
        assert isinstance(await courier.deliver(_envelope()), Accepted)
        await courier.close()
        server.password = "renewed"
        assert isinstance(await courier.deliver(_envelope()), Accepted)
        await courier.close()


@pytest.mark.parametrize(
    ("fault", "phase", "words"),
    [
        (None, Phase.AUTH, "Run `nurture login anna`"),
        (Unreachable("account anna: no token for now"), Phase.CONNECT, "no token for now"),
    ],
)
async def test_without_a_token_no_server_is_called(
    fault: Unreachable | None, phase: Phase, words: str
) -> None:
    async with LyingSmtp().running() as server:
        endpoint = _endpoint(server, login=Login.XOAUTH2, secret=FakeTokens(fault=fault))
        delivery = await SmtpCourier(endpoint).deliver(_envelope())
        assert _told(delivery) == ("Deferred", phase, Scope.ACCOUNT)
        assert words in delivery.answer.text
        assert server.connections == 0


async def test_a_token_that_is_refused_is_doubted() -> None:
    async with LyingSmtp().running() as server:
        tokens = FakeTokens("revoked")
        courier = SmtpCourier(_endpoint(server, login=Login.XOAUTH2, secret=tokens))
        assert _told(await courier.deliver(_envelope()))[1] is Phase.AUTH
        assert tokens.doubted == ["revoked"]


async def test_a_server_without_a_known_login_is_told_no_password() -> None:
    async with LyingSmtp(offer=("AUTH GSSAPI",)).running() as server:
        delivery = await SmtpCourier(_endpoint(server)).deliver(_envelope())
        assert _told(delivery) == ("Deferred", Phase.AUTH, Scope.ACCOUNT)
        assert "it offers: gssapi" in delivery.answer.text
        assert not any(each.startswith("AUTH") for each in server.commands)


async def test_nobody_listening_and_no_such_name_are_said_plainly() -> None:
    async with LyingSmtp().running() as server:
        endpoint = _endpoint(server)
    refused = await SmtpCourier(endpoint).deliver(_envelope())
    assert _told(refused) == ("Deferred", Phase.CONNECT, Scope.ACCOUNT)
    assert "nobody listens there" in refused.answer.text
    nowhere = SmtpEndpoint("nowhere.invalid", 465, patience=_SHORT)
    lost = await SmtpCourier(nowhere).deliver(_envelope())
    assert _told(lost) == ("Deferred", Phase.CONNECT, Scope.ACCOUNT)


@pytest.mark.parametrize("error", [socket.EAI_NONAME, socket.EAI_AGAIN, socket.EAI_FAIL])
async def test_a_name_server_that_fails_in_whatever_way_rests_the_account(
    error: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def found(*_: object, **__: object) -> list[object]:
        raise socket.gaierror(error, "as the name server said")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", found)
    delivery = await SmtpCourier(SmtpEndpoint("mail.example.com", 465)).deliver(_envelope())
    assert _told(delivery) == ("Deferred", Phase.CONNECT, Scope.ACCOUNT)
    assert "mail.example.com" in delivery.answer.text


async def test_a_dead_address_of_the_host_leaves_the_next_its_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.socket() as hole, socket.socket() as filler:
        hole.bind(("127.0.0.1", 0))
        hole.listen(0)
        # A queue that is full answers nobody, as a black hole does.
        filler.connect(hole.getsockname())
        async with LyingSmtp().running() as server:
            places = [hole.getsockname(), ("127.0.0.1", 1), ("127.0.0.1", server.port)]

            async def found(*_: object, **__: object) -> list[tuple[object, ...]]:
                return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", each) for each in places]

            monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", found)
            patience = dataclasses.replace(_SHORT, connect=5, attempt=0.1)
            courier = SmtpCourier(_endpoint(server, patience=patience))
            assert isinstance(await courier.deliver(_envelope()), Accepted)
            await courier.close()


async def test_a_host_that_swallows_everything_is_given_up() -> None:
    with socket.socket() as hole, socket.socket() as filler:
        hole.bind(("127.0.0.1", 0))
        hole.listen(0)
        filler.connect(hole.getsockname())
        patience = dataclasses.replace(_SHORT, connect=1, attempt=0.1)
        endpoint = SmtpEndpoint(*hole.getsockname(), tls=Tls.NONE, patience=patience)
        delivery = await SmtpCourier(endpoint).deliver(_envelope())
        assert _told(delivery) == ("Deferred", Phase.CONNECT, Scope.ACCOUNT)
        assert "did not answer in time" in delivery.answer.text


async def test_a_server_that_drips_is_given_up_all_the_same() -> None:
    async with LyingSmtp().running() as server:
        server.will("mail", Fault.DRIP)
        delivery = await SmtpCourier(_endpoint(server)).deliver(_envelope())
        assert _told(delivery) == ("Deferred", Phase.MAIL, Scope.ACCOUNT)


@pytest.mark.parametrize("tls", [Tls.IMPLICIT, Tls.STARTTLS])
async def test_mail_travels_over_verified_tls(tls: Tls, tmp_path: Path) -> None:
    context = certified(tmp_path)
    server = LyingSmtp(tls=context, is_implicit=tls is Tls.IMPLICIT)
    async with server.running():
        courier = SmtpCourier(
            _endpoint(server, host="localhost", tls=tls, ca_file=tmp_path / "cert.pem",
                      patience=dataclasses.replace(_SHORT, connect=5))
        )  # fmt: skip
        assert isinstance(await courier.deliver(_envelope()), Accepted)
        assert isinstance(await courier.deliver(_envelope(_SMALL * 3000)), Accepted)
        assert server.connections == 1
        await courier.close()


@pytest.mark.parametrize(
    ("stage", "kind"), [("mail", "Deferred"), ("data", "Deferred"), ("dot", "Unknown")]
)
async def test_a_tls_record_that_is_torn_is_a_loss_like_any_other(
    stage: str, kind: str, tmp_path: Path
) -> None:
    server = LyingSmtp(tls=certified(tmp_path), is_implicit=True)
    async with server.running():
        patience = dataclasses.replace(_SHORT, connect=5)
        endpoint = _endpoint(server, host="localhost", tls=Tls.IMPLICIT,
                             ca_file=tmp_path / "cert.pem", patience=patience)  # fmt: skip
        courier = SmtpCourier(endpoint)
        server.will(stage, Fault.TORN)
        assert _told(await courier.deliver(_envelope()))[0] == kind
        assert isinstance(await courier.deliver(_envelope()), Accepted)
        await courier.close()


@pytest.mark.parametrize("tls", [Tls.IMPLICIT, Tls.STARTTLS])
@pytest.mark.parametrize(
    ("name", "days", "trusted", "words"),
    [
        ("DNS:localhost", -1, True, "has expired"),
        ("DNS:mail.example.com", 2, True, "is not for localhost"),
        ("DNS:localhost", 2, False, "is not trusted"),
    ],
)
async def test_a_bad_certificate_stops_everything_and_says_which_way_it_is_bad(
    tls: Tls, name: str, days: int, trusted: bool, words: str, tmp_path: Path
) -> None:
    server = LyingSmtp(tls=certified(tmp_path, name, days), is_implicit=tls is Tls.IMPLICIT)
    async with server.running():
        ca_file = tmp_path / "cert.pem" if trusted else None
        patience = dataclasses.replace(_SHORT, connect=5)
        endpoint = _endpoint(server, host="localhost", tls=tls, ca_file=ca_file, patience=patience)
        delivery = await SmtpCourier(endpoint).deliver(_envelope())
        assert _told(delivery) == ("Deferred", Phase.CONNECT, Scope.ACCOUNT)
        assert words in delivery.answer.text
        assert not any(each.startswith("AUTH") for each in server.commands)


async def test_stripped_starttls_is_refused_before_a_password_is_said() -> None:
    async with LyingSmtp().running() as server:
        endpoint = _endpoint(server, tls=Tls.STARTTLS)
        delivery = await SmtpCourier(endpoint).deliver(_envelope())
        assert _told(delivery) == ("Deferred", Phase.CONNECT, Scope.ACCOUNT)
        assert "offers no STARTTLS" in delivery.answer.text
        assert [each.split()[0] for each in server.commands] == ["EHLO"]


@pytest.mark.parametrize("act", [Fault.SILENCE, Fault.DROP, "454 4.7.0 not now"])
async def test_a_stalled_starttls_is_given_up(act: Act, tmp_path: Path) -> None:
    server = LyingSmtp(tls=certified(tmp_path))
    async with server.running():
        server.will("starttls", act)
        delivery = await SmtpCourier(_endpoint(server, tls=Tls.STARTTLS)).deliver(_envelope())
        assert _told(delivery) == ("Deferred", Phase.CONNECT, Scope.ACCOUNT)


async def test_a_stalled_handshake_and_a_plain_port_are_given_up() -> None:
    async with LyingSmtp().running() as server:
        for act in (Fault.SILENCE, "220 plain"):
            server.will("banner", act)
            endpoint = _endpoint(server, tls=Tls.IMPLICIT)
            delivery = await SmtpCourier(endpoint).deliver(_envelope())
            assert _told(delivery) == ("Deferred", Phase.CONNECT, Scope.ACCOUNT)


async def test_size_8bit_and_utf8_are_asked_for_where_needed_and_offered() -> None:
    async with LyingSmtp().running() as server:
        courier = SmtpCourier(_endpoint(server))
        await courier.deliver(_envelope())
        eight = "Subject: x\r\n\r\ngrüß\r\n".encode()
        await courier.deliver(_envelope(eight))
        await courier.deliver(_envelope(recipient="jürgen@exämple.org"))
        await courier.deliver(_envelope(recipient="jim+a=b@exämple.org"))
        plain, eight_bit, utf8, tagged = server.taken
        assert plain.mail == (
            f"MAIL FROM:<anna@example.com> SIZE={len(_SMALL)} RET=HDRS ENVID=m1@example.com"
        )
        assert plain.rcpt.endswith("NOTIFY=FAILURE,DELAY ORCPT=rfc822;jim@example.org")
        assert " BODY=8BITMIME" in eight_bit.mail
        assert utf8.mail.endswith(" SMTPUTF8")
        assert utf8.recipient == "jürgen@xn--exmple-cua.org"
        # RFC 3461 section 4: what xtext cannot hold is spelt in hexadecimal.
        assert tagged.rcpt.endswith("ORCPT=rfc822;jim+2Ba+3Db@xn--exmple-cua.org")
        await courier.close()


@pytest.mark.parametrize(
    ("wire", "recipient", "words"),
    [
        (_SMALL, "jürgen@example.org", "no SMTPUTF8"),
        ("Subject: x\r\n\r\nü\r\n".encode(), "jim@example.org", "no 8BITMIME"),
        (_LARGE, "jim@example.org", "the server takes 100"),
    ],
)
async def test_what_the_server_cannot_carry_waits_for_a_person(
    wire: bytes, recipient: str, words: str
) -> None:
    async with LyingSmtp(offer=("SIZE 100", "AUTH PLAIN")).running() as server:
        courier = SmtpCourier(_endpoint(server))
        delivery = await courier.deliver(_envelope(wire, recipient))
        assert _told(delivery) == ("Rejected", Phase.MAIL, Scope.UNKNOWN)
        assert words in delivery.answer.text
        assert not any(each.startswith("MAIL") for each in server.commands)
        await courier.close()


@pytest.mark.parametrize(
    "broken",
    [
        _envelope(b"Subject: x\r\n\r\nbare\nline\r\n"),
        _envelope(b"Subject: x\r\n\r\nbare\rline\r\n"),
        _envelope(b"no end"),
        _envelope(recipient="a@b>\r\nRCPT TO:<c@d"),
        _envelope(recipient="nobody"),
    ],
)
async def test_an_envelope_that_could_smuggle_is_our_own_fault(broken: Envelope) -> None:
    async with LyingSmtp().running() as server:
        courier = SmtpCourier(_endpoint(server))
        with pytest.raises(Broken):
            await courier.deliver(broken)
        assert isinstance(await courier.deliver(_envelope()), Accepted)
        assert len(server.taken) == 1
        await courier.close()


async def test_the_id_the_server_gave_is_kept() -> None:
    async with LyingSmtp().running() as server:
        server.will("dot", "250 2.0.0 OK <AB12@prod.outlook.com> [Hostname=AB12]")
        courier = SmtpCourier(_endpoint(server))
        delivery = await courier.deliver(_envelope())
        assert isinstance(delivery, Accepted)
        assert delivery.server_ids == ("AB12@prod.outlook.com",)
        await courier.close()


def test_a_secret_is_shown_by_no_repr_and_tls_may_be_off_on_loopback_alone() -> None:
    assert "hush" not in repr(SmtpEndpoint("mail.example.com", 465, "anna", "hush"))
    with pytest.raises(Misconfigured, match="loopback only"):
        SmtpEndpoint("mail.example.com", 25, tls=Tls.NONE)


def test_the_answer_to_the_final_dot_is_waited_for_as_long_as_the_rfc_asks() -> None:
    assert Patience().dot >= 600  # RFC 5321 section 4.5.3.2.6
