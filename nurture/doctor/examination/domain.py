"""The sender's domain says who may send for it: SPF, DKIM's key, DMARC."""

from collections.abc import AsyncIterator

from nurture.core.contact.address import domain_of, is_freemail
from nurture.doctor.finding import Finding, ok, warn
from nurture.doctor.patient import Patient
from nurture.errors import Unreachable
from nurture.transport.dns import Resolver

NAME = "domain"
_RESERVED = frozenset({  # RFC 6761
    "example", "test", "invalid", "localhost", "example.com", "example.net", "example.org",
})  # fmt: skip


async def examine(patient: Patient, resolver: Resolver | None = None) -> AsyncIterator[Finding]:
    """Each domain once; what cannot be looked up is said and is no failure."""
    asked = resolver or Resolver()
    for domain in sorted({domain_of(each.account.address) for each in patient.accounts}):
        if is_freemail(domain):
            yield ok(NAME, domain, "the provider's own domain: SPF, DKIM and DMARC are its work")
        elif _RESERVED & {domain, domain.rpartition(".")[2]}:
            yield warn(NAME, domain, "a domain for examples", "write your own address")
        else:
            async for finding in _examine(domain, asked):
                yield finding


async def _examine(domain: str, resolver: Resolver) -> AsyncIterator[Finding]:
    try:
        texts = await resolver.texts(domain)
        policy = await resolver.texts(f"_dmarc.{domain}")
    except Unreachable as error:
        yield warn(NAME, domain, str(error), "run this again where names can be looked up")
        return
    yield _spf(domain, [each for each in texts if each.lower().startswith("v=spf1")])
    yield _dmarc(domain, [each for each in policy if each.lower().startswith("v=dmarc1")])


def _spf(domain: str, records: list[str]) -> Finding:
    if not records:
        remedy = "publish the TXT record that your provider names for SPF (v=spf1 ...)"
        return warn(NAME, domain, "no SPF record", remedy)
    if len(records) > 1:  # RFC 7208 section 4.5: permerror
        return warn(NAME, domain, "several SPF records, so none counts", "join them into one")
    if "+all" in records[0].split() or "all" in records[0].split():
        seen = f"SPF lets everybody send for it: {records[0]}"
        return warn(NAME, domain, seen, "end it in ~all or -all")
    return ok(NAME, domain, f"SPF: {records[0]}")


def _dmarc(domain: str, records: list[str]) -> Finding:
    if len(records) != 1:
        seen = "several DMARC records, so none counts" if records else "no DMARC record"
        remedy = f"publish one TXT record at _dmarc.{domain}, to begin with v=DMARC1; p=none"
        return warn(NAME, domain, seen, remedy)
    return ok(NAME, domain, f"DMARC: {records[0]}")
