"""What the provider examination says of an account's settings."""

from dataclasses import replace

import pytest

from nurture.core.account import Limits
from nurture.doctor.examination.provider import examine
from nurture.doctor.finding import Level
from nurture.settings.provider import profile_of
from tests.doctor.test_domain import patient


async def seen(
    address: str, host: str, *, connections: int = 1, files: bool = True
) -> list[tuple[Level, str]]:
    whole = patient(address)
    (account,) = whole.accounts
    own = replace(
        account.account,
        limits=Limits(connections=connections),
        files_sent_copy=files,
        subaddressing=True,
    )
    profile = profile_of("", host, address)
    account = replace(account, account=own, smtp=replace(account.smtp, host=host), provider=profile)
    found = [each async for each in examine(replace(whole, accounts=(account,)))]
    assert all(each.remedy for each in found if each.level is not Level.OK)
    return [(each.level, each.seen) for each in found]


async def test_a_known_provider_says_how_much_of_its_day_is_ours() -> None:
    assert await seen("anna@gmail.com", "smtp.gmail.com") == [
        (Level.OK, "Gmail: 100 of 500 mails a day are nurture's")
    ]


async def test_a_server_that_nobody_knows_is_said() -> None:
    ((level, words),) = await seen("anna@carter.io", "mail.carter.io")
    assert level is Level.WARN
    assert "mail.carter.io" in words


async def test_an_address_of_one_provider_through_another_is_a_failure() -> None:
    (first, *_) = await seen("anna@gmail.com", "smtp.fastmail.com")
    assert first[0] is Level.FAIL
    assert "gmail.com belongs to Gmail" in first[1]


async def test_subaddressing_that_somebody_switched_on_is_left_to_the_self_test() -> None:
    ((level, _),) = await seen("anna@carter.io", "localhost", files=False)
    assert level is Level.OK


@pytest.mark.parametrize(
    ("host", "connections", "files", "words"),
    [
        ("smtp.office365.com", 3, True, "3 connections at once"),
        ("smtp.gmail.com", 1, False, "files_sent_copy is false"),
    ],
)
async def test_settings_against_what_is_known_are_warned_of(
    host: str, connections: int, files: bool, words: str
) -> None:
    found = await seen("anna@carter.io", host, connections=connections, files=files)
    assert any(words in each and level is Level.WARN for level, each in found)
