"""An owner is reached through their own account, and about a mute one through another."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from nurture import ports
from nurture.core.account import Account, Owner
from nurture.demo.story_clock import StoryClock
from nurture.errors import Unreachable
from nurture.mail.delivery import Answer, Deferred, Phase, Scope
from nurture.notify.mail import MailChannel
from tests.fakes.courier import FakeCourier

ANNA = Account("anna", "anna@a.example", Owner("Anna", "me@a.example", "UTC", "Street 1"))
BOB = Account("bob", "bob@b.example", Owner("Bob", "bob@b.example", "UTC", "Street 2"))
ALERT = ports.Telling("anna", "notice-1", "nurture cannot read anna@a.example", "Log in.")
BRIEF = replace(ALERT, reply_to="ada@ada.example")
NO_TOKEN = Deferred(Answer(Phase.AUTH, 0, "Run `nurture login anna`"), Scope.ACCOUNT)
GREYLISTED = Deferred(Answer(Phase.RCPT, 451, "4.7.1 greylisted"), Scope.RECIPIENT)


@pytest.fixture
def couriers() -> dict[str, FakeCourier]:
    return {"anna": FakeCourier(), "bob": FakeCourier()}


@pytest.fixture
def channel(couriers: dict[str, FakeCourier]) -> MailChannel:
    clock = StoryClock(datetime(2026, 3, 2, tzinfo=UTC))
    return MailChannel({"anna": ANNA, "bob": BOB}, couriers, clock)


async def test_a_healthy_account_carries_its_own_news(
    channel: MailChannel, couriers: dict[str, FakeCourier]
) -> None:
    await channel.tell(ALERT)
    (envelope,) = couriers["anna"].delivered
    assert (envelope.sender, envelope.recipient) == ("anna@a.example", "me@a.example")
    assert couriers["bob"].tried == []


async def test_an_alert_about_a_mute_account_goes_through_another(
    channel: MailChannel, couriers: dict[str, FakeCourier]
) -> None:
    couriers["anna"].will(NO_TOKEN)
    await channel.tell(ALERT)
    (envelope,) = couriers["bob"].delivered
    assert (envelope.sender, envelope.recipient) == ("bob@b.example", "me@a.example")
    assert b"Log in." in envelope.wire


@pytest.mark.parametrize(
    ("telling", "outcome"), [(BRIEF, NO_TOKEN), (ALERT, GREYLISTED)], ids=["brief", "greylisted"]
)
async def test_a_brief_and_what_is_only_late_wait_for_their_own_account(
    channel: MailChannel,
    couriers: dict[str, FakeCourier],
    telling: ports.Telling,
    outcome: Deferred,
) -> None:
    couriers["anna"].will(outcome)
    with pytest.raises(Unreachable, match=r"mail to me@a\.example"):
        await channel.tell(telling)
    assert couriers["bob"].tried == []


async def test_when_all_are_mute_the_reason_is_that_of_its_own(
    channel: MailChannel, couriers: dict[str, FakeCourier]
) -> None:
    couriers["anna"].will(NO_TOKEN)
    couriers["bob"].will(NO_TOKEN)
    with pytest.raises(Unreachable, match="nurture login anna"):
        await channel.tell(ALERT)
