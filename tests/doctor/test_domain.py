"""What the domain examination says of SPF, DKIM and DMARC."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from nurture.core.account import Account, Owner
from nurture.doctor.examination.domain import examine
from nurture.doctor.finding import Level
from nurture.doctor.patient import Patient
from nurture.settings import AccountSettings, Endpoint, Settings
from nurture.settings.provider import UNKNOWN, Profile, profiles
from nurture.transport.clock import SystemClock
from nurture.transport.dns import Resolver
from tests.servers.name_server import name_server

DMARC = ("v=DMARC1; p=none",)
SPF = ("v=spf1 include:_spf.example.net ~all",)


GOOGLE = {
    "carter.io": ("v=spf1 include:spf.carter.io ~all",),
    "spf.carter.io": ("v=spf1 include:_spf.google.com -all",),
    "_spf.google.com": ("v=spf1 ip4:192.0.2.0/24 ~all",),
    "google._domainkey.carter.io": ("v=DKIM1; k=rsa; p=MIGf",),
    "_dmarc.carter.io": ("v=DMARC1; p=reject",),
}


def patient(address: str, provider: Profile = UNKNOWN) -> Patient:
    owner = Owner("Anna", address, "UTC", "12 Mill Lane")
    endpoint = Endpoint("127.0.0.1", 1, "none", address, SecretStr(""))
    account = AccountSettings(
        Account("anna", address, owner), endpoint, endpoint, provider=provider
    )
    settings = Settings(
        file=Path("nurture.toml"), storage_url="", key=b"", sequences=Path(), accounts=(account,)
    )
    return replace(Patient(settings, SystemClock()), accounts=(account,))


async def seen(
    address: str, records: Mapping[str, tuple[str, ...]], provider: Profile = UNKNOWN
) -> list[tuple[Level, str]]:
    async with name_server(records) as port:
        resolver = Resolver(("127.0.0.1",), port)
        found = [each async for each in examine(patient(address, provider), resolver)]
    assert all(each.remedy for each in found if each.level is not Level.OK)
    return [(each.level, each.seen) for each in found]


async def at_google(changed: Mapping[str, str] | None = None) -> list[tuple[Level, str]]:
    """With these records instead; an empty text is a name that is not there."""
    named = {name: (text,) for name, text in (changed or {}).items()}
    records = {name: texts for name, texts in {**GOOGLE, **named}.items() if texts != ("",)}
    return await seen("anna@carter.io", records, profiles()["workspace"])


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


async def test_a_provider_that_is_known_is_included_and_has_a_key() -> None:
    found = await at_google()
    assert [level for level, _ in found] == [Level.OK] * 3
    assert found[2][1] == "DKIM: a key is at google._domainkey.carter.io"


@pytest.mark.parametrize("without", ["carter.io", "spf.carter.io", "google._domainkey.carter.io"])
async def test_one_of_spf_and_dkim_suffices_for_dmarc_and_the_other_is_missed(without: str) -> None:
    found = await at_google({without: "v=spf1 mx -all" if "_" not in without else ""})
    assert sorted(level for level, _ in found) == [Level.OK, Level.OK, Level.WARN]


@pytest.mark.parametrize(("policy", "is_lost"), [("none", False), ("quarantine", True)])
async def test_without_either_a_strict_dmarc_is_a_failure(policy: str, is_lost: bool) -> None:
    changed = {"carter.io": "v=spf1 mx -all", "google._domainkey.carter.io": "v=DKIM1; p="}
    found = await at_google({**changed, "_dmarc.carter.io": f"v=DMARC1; p={policy}"})
    assert (Level.FAIL in {level for level, _ in found}) is is_lost
    assert "SPF does not let Google Workspace send" in found[0][1]


async def test_the_dmarc_of_the_domain_above_counts_with_what_it_says_of_those_below() -> None:
    records = {
        "news.carter.io": ("v=spf1 mx -all",),
        "_dmarc.carter.io": ("v=DMARC1; p=none; sp=reject",),
    }
    found = await seen("anna@news.carter.io", records, profiles()["workspace"])
    assert found[1] == (Level.OK, "DMARC of carter.io: v=DMARC1; p=none; sp=reject")
    assert found[3][0] is Level.FAIL


async def test_spf_that_goes_round_in_circles_or_costs_too_much_ends() -> None:
    found = await at_google({"_spf.google.com": "v=spf1 include:spf.carter.io ~all"})
    assert found[0][0] is Level.OK
    many = " ".join(f"a:{number}.carter.io" for number in range(11))
    found = await at_google({"carter.io": f"v=spf1 {many} -all"})
    assert "more than 10 lookups" in found[0][1]


async def test_the_domain_of_a_freemail_provider_is_its_own_work() -> None:
    assert [level for level, _ in await seen("anna@gmail.com", {})] == [Level.OK]


async def test_no_name_server_is_said_and_is_no_failure() -> None:
    resolver = Resolver(("127.0.0.1",), 1, patience=0.05)
    found = [each async for each in examine(patient("anna@carter.io"), resolver)]
    assert [each.level for each in found] == [Level.WARN]
    assert "cannot be looked up" in found[0].seen
