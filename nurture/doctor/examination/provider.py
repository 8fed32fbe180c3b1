"""What is known of each account's provider, and whether the settings keep within it."""

from collections.abc import AsyncIterator, Iterator

from nurture.core.contact.address import domain_of
from nurture.doctor.finding import Finding, fail, ok, warn
from nurture.doctor.patient import Patient
from nurture.settings import AccountSettings
from nurture.settings.provider import UNKNOWN, Profile, profiles

NAME = "provider"


async def examine(patient: Patient) -> AsyncIterator[Finding]:
    """The profile of each account, and how far the account may go of what it lets through."""
    for each in patient.accounts:
        for finding in (*_forged(each), *_known(each)):
            yield finding


def _known(account: AccountSettings) -> Iterator[Finding]:
    profile, name, limits = account.provider, account.account.name, account.account.limits
    if profile == UNKNOWN:
        seen = f"{account.smtp.host} is no provider that nurture knows: {limits.per_day} a day"
        remedy = f'if it is one of {", ".join(profiles())}, write provider = "..." in {_at(name)}'
        yield warn(NAME, name, seen, f"{remedy}; else look up its limits and write them there")
        return
    most = f" of {profile.per_day.number}" if profile.per_day else ""
    yield ok(NAME, name, f"{profile.title}: {limits.per_day}{most} mails a day are nurture's")
    yield from _crowded(profile, name, limits.connections)
    yield from _contrary(profile, account)


def _crowded(profile: Profile, name: str, connections: int) -> Iterator[Finding]:
    most = profile.connections
    if most and connections >= most.number:
        seen = f"{connections} connections at once, and {profile.title} lets {most.number} in"
        yield warn(
            NAME, name, seen, f"your own programs need one: lower connections in {_at(name)}"
        )


def _contrary(profile: Profile, account: AccountSettings) -> Iterator[Finding]:
    name = account.account.name
    features = [("files_sent_copy", profile.files_sent, account.account.files_sent_copy)]
    if not account.account.subaddressing:  # where it is on, the self-test proves it
        features.append(("subaddressing", profile.plus, False))
    for key, known, written in features:
        if known is not None and known.is_there is not written:
            usual, ours = (str(each).lower() for each in (known.is_there, written))
            seen = f"{key} is {ours}, and {profile.title} is known for {usual}"
            remedy = f"take {key} out of {_at(name)}, unless you know better"
            yield warn(NAME, name, seen, remedy)


def _forged(account: AccountSettings) -> Iterator[Finding]:
    """An address of one provider through the server of another breaks DMARC (domain.md P7)."""
    domain, profile = domain_of(account.account.address), account.provider
    owners = [each for each in profiles().values() if domain in each.domains]
    if owners and profile not in owners:
        seen = f"{domain} belongs to {owners[0].title}, and {account.smtp.host} does not"
        remedy = f"send through {owners[0].hosts[0]}: receivers refuse the mail as forged"
        yield fail(NAME, account.account.name, seen, remedy)


def _at(name: str) -> str:
    return f"[accounts.{name}]"
