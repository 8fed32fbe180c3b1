"""The sender's domain lets the provider send for it: SPF, the key of DKIM, DMARC above both."""

from collections.abc import AsyncIterator

from nurture.core.contact.address import domain_of, is_freemail
from nurture.doctor.finding import Finding, Level, fail, ok, warn
from nurture.doctor.patient import Patient
from nurture.doctor.published import MOST_LOOKUPS, Dmarc, Spf, dkim_key_at, dmarc_of, spf_of
from nurture.errors import Unreachable
from nurture.settings.provider import Profile
from nurture.transport.dns import Resolver

NAME = "domain"
_RESERVED = frozenset({  # RFC 6761
    "example", "test", "invalid", "localhost", "example.com", "example.net", "example.org",
})  # fmt: skip


async def examine(patient: Patient, resolver: Resolver | None = None) -> AsyncIterator[Finding]:
    """Each domain with each of its providers once; what cannot be looked up is no failure."""
    asked = resolver or Resolver()
    pairs = {(domain_of(each.account.address), each.provider.title): each.provider
             for each in patient.accounts}  # fmt: skip
    for (domain, _), profile in sorted(pairs.items(), key=lambda pair: pair[0]):
        if is_freemail(domain):
            yield ok(NAME, domain, "the provider's own domain: SPF, DKIM and DMARC are its work")
        elif _RESERVED & {domain, domain.rpartition(".")[2]}:
            yield warn(NAME, domain, "a domain for examples", "write your own address")
        else:
            async for finding in _examine(domain, profile, asked):
                yield finding


async def _examine(domain: str, profile: Profile, resolver: Resolver) -> AsyncIterator[Finding]:
    selectors = profile.dkim.selectors if profile.dkim else []
    try:
        spf = _spf(domain, await spf_of(domain, resolver), profile)
        key_at = await dkim_key_at(domain, selectors, resolver)
        dmarc = await dmarc_of(domain, resolver)
    except Unreachable as error:
        yield warn(NAME, domain, str(error), "run this again where names can be looked up")
        return
    yield spf
    yield _dmarc(domain, dmarc)
    if not selectors:
        return  # whether it signs, the self-test sees
    dkim = _dkim(domain, profile.title, key_at, f"{selectors[0]}._domainkey.{domain}")
    yield dkim
    policy = dmarc.policy(domain)
    if policy != "none" and spf.level is dkim.level is Level.WARN:
        seen = f"DMARC asks receivers to {policy} mail that neither SPF nor DKIM speaks for: yours"
        yield fail(NAME, domain, seen, f"{spf.remedy}; {dkim.remedy}")


def _spf(domain: str, spf: Spf, profile: Profile) -> Finding:
    if not spf.records:
        remedy = "publish the TXT record that your provider names for SPF (v=spf1 ...)"
        return warn(NAME, domain, "no SPF record", remedy)
    if len(spf.records) > 1:  # RFC 7208 section 4.5: permerror
        return warn(NAME, domain, "several SPF records, so none counts", "join them into one")
    (record,) = spf.records
    if "+all" in record.split() or "all" in record.split():
        seen = f"SPF lets everybody send for it: {record}"
        return warn(NAME, domain, seen, "end it in ~all or -all")
    if spf.lookups > MOST_LOOKUPS:
        seen = f"SPF takes more than {MOST_LOOKUPS} lookups, so it does not count: {record}"
        return warn(NAME, domain, seen, "take out of it who no longer sends for you")
    if profile.spf and profile.spf.include not in spf.included:
        seen = f"SPF does not let {profile.title} send for it: {record}"
        return warn(NAME, domain, seen, f"write include:{profile.spf.include} before its end")
    return ok(NAME, domain, f"SPF: {record}")


def _dkim(domain: str, title: str, key_at: str, usual: str) -> Finding:
    if key_at:
        return ok(NAME, domain, f"DKIM: a key is at {key_at}")
    seen = f"no DKIM key at {usual}, where {title} puts it unless told otherwise"
    return warn(NAME, domain, seen, f"switch DKIM on for {domain} at {title}, and publish its key")


def _dmarc(domain: str, dmarc: Dmarc) -> Finding:
    if len(dmarc.records) != 1:
        seen = "several DMARC records, so none counts" if dmarc.records else "no DMARC record"
        remedy = f"publish one TXT record at _dmarc.{domain}, to begin with v=DMARC1; p=none"
        return warn(NAME, domain, seen, remedy)
    above = "" if dmarc.at == domain else f" of {dmarc.at}"
    return ok(NAME, domain, f"DMARC{above}: {dmarc.records[0]}")
