"""The doctor sees which channels would take an alert, and tells nothing by them."""

from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from nurture.core.account import Account, Owner
from nurture.doctor.examination.channels import examine
from nurture.doctor.finding import Finding, Level
from nurture.doctor.patient import Patient
from nurture.ports import NoticeKind
from nurture.settings import AccountSettings, Endpoint, Settings
from nurture.settings.channel import ChannelSettings
from nurture.transport.clock import SystemClock
from tests.servers.lying_web import lying_web

ANNA = Account("anna", "anna@a.example", Owner("Anna", "me@a.example", "UTC", "Street 1"))
HOOK = ChannelSettings("anna", "desk", "webhook", ("anna",), is_private=True)
PHONE = ChannelSettings("anna", "phone", "apprise", ("anna",), secret=SecretStr("json://localhost"))
ALERT_BY_MAIL = "alerts come by mail alone"
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


async def findings(*channels: ChannelSettings, accounts: int = 1) -> list[Finding]:
    server = Endpoint("h.example", 1, "implicit", "anna", SecretStr(""))
    known = [AccountSettings(ANNA, server, server)] * accounts
    settings = Settings(
        Path("nurture.toml"), "sqlite:///x", b"k" * 32, Path(), tuple(known), channels=channels
    )
    return [each async for each in examine(Patient(settings, SystemClock()))]


async def test_mail_alone_is_not_enough_for_one_mailbox() -> None:
    (alone,) = await findings()
    assert alone.level is Level.WARN
    assert ALERT_BY_MAIL in alone.seen
    assert await findings(accounts=2) == []


async def test_a_webhook_is_connected_to_and_told_nothing() -> None:
    async with lying_web() as site:
        hook = replace(HOOK, url=site.url("/hook"))
        (found,) = await findings(hook)
        (refused,) = await findings(replace(hook, is_private=False))
    assert (found.level, site.requests) == (Level.OK, [])
    assert refused.level is Level.WARN
    assert "of this machine" in refused.seen


async def test_a_channel_that_alerts_do_not_go_to_does_not_count() -> None:
    briefs = ChannelSettings(
        "anna", "phone", "apprise", ("anna",), frozenset({NoticeKind.BRIEF}),
        secret=SecretStr("bogus://"),
    )  # fmt: skip
    broken, alone = await findings(briefs)
    assert "does not understand" in broken.seen
    assert ALERT_BY_MAIL in alone.seen
    (fine,) = await findings(PHONE)
    assert fine.level is Level.OK
