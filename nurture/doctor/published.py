"""What a domain publishes on who may send for it: SPF (RFC 7208), DKIM (6376), DMARC (7489)."""

import re
from typing import Final

from nurture.transport.dns import Resolver
from nurture.value import frozen

MOST_LOOKUPS: Final = 10
"""What an SPF record may cost those who check it (RFC 7208 4.6.4)."""

_ASKS: Final = re.compile(r"(?:a|mx|ptr|exists|include|redirect)(?:[:=/]|$)")
_FURTHER: Final = re.compile(r"(?:include:|redirect=)([^%]+)")
_KEY: Final = re.compile(r"(?:^|;)\s*p\s*=\s*[^;\s]")
_FEWEST_LABELS: Final = 2  # nobody publishes a policy for a top-level domain


@frozen
class Spf:
    """Every SPF record of a domain; of a single one, what it includes and what it costs."""

    records: tuple[str, ...]
    included: frozenset[str] = frozenset()
    lookups: int = 0


@frozen
class Dmarc:
    """The DMARC records that count for a domain, and the domain that publishes them."""

    at: str
    records: tuple[str, ...] = ()

    def policy(self, domain: str) -> str:
        """What a receiver is asked to do with mail of this domain that is not aligned."""
        found = re.finditer(r"(\w+)\s*=\s*([^;\s]+)", ";".join(self.records).lower())
        tags = {each[1]: each[2] for each in found}
        below = tags.get("sp") if domain != self.at else None
        return below or tags.get("p", "none")


async def spf_of(domain: str, resolver: Resolver) -> Spf:
    """Its SPF records, followed as far as a receiver would; raises Unreachable."""
    records = await _spf_records(domain, resolver)
    if len(records) != 1:
        return Spf(records)
    included: set[str] = set()
    waiting, lookups = [*records], 0
    while waiting and lookups <= MOST_LOOKUPS:
        for term in (each.lstrip("+-~?").lower() for each in waiting.pop().split()[1:]):
            lookups += bool(_ASKS.match(term))
            further = _FURTHER.fullmatch(term)
            if further and further[1] not in included:
                included.add(further[1])
                waiting += await _spf_records(further[1], resolver)
    return Spf(records, frozenset(included), lookups)


async def _spf_records(domain: str, resolver: Resolver) -> tuple[str, ...]:
    texts = await resolver.texts(domain)
    return tuple(each for each in texts if re.match(r"v=spf1(?: |$)", each, re.IGNORECASE))


async def dkim_key_at(domain: str, selectors: list[str], resolver: Resolver) -> str:
    """The first of these names with a key that was not withdrawn; empty for none."""
    for selector in selectors:
        name = f"{selector}._domainkey.{domain}"
        if any(_KEY.search(each) for each in await resolver.texts(name)):
            return name
    return ""


async def dmarc_of(domain: str, resolver: Resolver) -> Dmarc:
    """The records of the domain, else of the nearest domain above that has some (6.6.3).

    Without the list of public suffixes every domain above is asked; raises Unreachable.
    """
    labels = domain.split(".")
    for start in range(max(len(labels) - _FEWEST_LABELS, 0) + 1):
        at = ".".join(labels[start:])
        texts = await resolver.texts(f"_dmarc.{at}")
        records = tuple(each for each in texts if each.lower().startswith("v=dmarc1"))
        if records:
            return Dmarc(at, records)
    return Dmarc(domain)
