"""What the domain examination says of SPF and DMARC."""

from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from nurture.core.account import Account, Owner
from nurture.doctor.examination.domain import examine
from nurture.doctor.finding import Level
from nurture.doctor.patient import Patient
from nurture.settings import AccountSettings, Endpoint, Settings
from nurture.transport.clock import SystemClock
from nurture.transport.dns import Resolver
from tests.servers.name_server import name_server

DMARC = ("v=DMARC1; p=none",)
SPF = ("v=spf1 include:_spf.example.net ~all",)


def patient(address: str) -> Patient:
    owner = Owner("Anna", address, "UTC", "12 Mill Lane")
    endpoint = Endpoint("127.0.0.1", 1, "none", address, SecretStr(""))
    account = AccountSettings(Account("anna", address, owner), endpoint, endpoint)
    settings = Settings(
        file=Path("nurture.toml"), storage_url="", key=b"", sequences=Path(), accounts=(account,)
    )
    return replace(Patient(settings, SystemClock()), accounts=(account,))


async def seen(address: str, records: dict[str, tuple[str, ...]]) -> list[tuple[Level, str]]:
    async with name_server(records) as port:
        resolver = Resolver(("127.0.0.1",), port)
        return [(each.level, each.seen) async for each in examine(patient(address), resolver)]


async def test_a_domain_that_says_both_is_good() -> None:
    found = await seen("anna@carter.io", {"carter.io": SPF, "_dmarc.carter.io": DMARC})
    assert [level for level, _ in found] == [Level.OK, Level.OK]


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ((), "no SPF record"),
        ((*SPF, *SPF), "several SPF records"),
        (("v=spf1 +all",), "everybody"),
        (("something else",), "no SPF record"),
    ],
)
async def test_what_is_wrong_with_spf_is_a_warning(texts: tuple[str, ...], words: str) -> None:
    found = await seen("anna@carter.io", {"carter.io": texts, "_dmarc.carter.io": DMARC})
    assert found[0][0] is Level.WARN
    assert words in found[0][1]


async def test_no_dmarc_is_a_warning() -> None:
    found = await seen("anna@carter.io", {"carter.io": SPF})
    assert found[1] == (Level.WARN, "no DMARC record")


async def test_the_domain_of_a_freemail_provider_is_its_own_work() -> None:
    assert [level for level, _ in await seen("anna@gmail.com", {})] == [Level.OK]


async def test_no_name_server_is_said_and_is_no_failure() -> None:
    resolver = Resolver(("127.0.0.1",), 1, patience=0.05)
    found = [each async for each in examine(patient("anna@carter.io"), resolver)]
    assert [each.level for each in found] == [Level.WARN]
    assert "cannot be looked up" in found[0].seen
