"""Which mailboxes of our recipients are one house: one cap, one throttle, one memory of us."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from nurture.core.account.pace import retry_at
from nurture.core.account.tally import DAY, EMPTY, Tally
from nurture.core.contact.address import domain_of, is_freemail
from nurture.value import frozen

_JOINT: Final = ">"
_PROBE: Final = timedelta(minutes=15)
_MEMORY: Final = 2 * DAY


def family_of(address: str) -> str:
    """The name of a known family of mailboxes, else the domain itself (domain.md P1)."""
    domain = domain_of(address)
    return _families().get(domain, domain)


def known_families() -> tuple[str, ...]:
    """Every family that has a name."""
    return tuple(sorted(set(_families().values())))


def sender_of(address: str, siblings: Iterable[str] = ()) -> str:
    """What receivers count as one sender: the organisation's domain, subdomains included.

    The shortest domain of the installation's own addresses that this one lies under stands for
    the organisation.  Whoever shares a domain with strangers is a sender of their own.
    """
    domain = domain_of(address)
    if is_freemail(domain):
        return address
    above = (domain_of(each) for each in siblings)
    return min([domain, *(each for each in above if domain.endswith(f".{each}"))], key=len)


@lru_cache(maxsize=1024)
def scope_of(sender: str, address: str) -> str:
    """The key under which is kept what this sender sent to that recipient's family."""
    return f"{sender}{_JOINT}{family_of(address)}"


def scopes_of(sender: str) -> tuple[str, ...]:
    """The key of every family that has a name, as this sender sees it."""
    return tuple(f"{sender}{_JOINT}{family}" for family in known_families())


def is_known(scope: str) -> bool:
    """Whether the scope is about a family that has a name, not about a single domain."""
    return "." not in scope.rpartition(_JOINT)[2]


@frozen
class Family:
    """What is known of one family as receivers of one sender: a tally, and a circuit breaker.

    Closed while `until` is empty.  Open until then: nothing leaves.  Afterwards half open: one
    mail tries, and until `probing_until` no other does.  `failures` grow while troubles come
    within two days of each other, whatever was taken in between: a submission server takes
    everything, and its report comes later.
    """

    scope: str
    tally: Tally = EMPTY
    failures: int = 0
    tripped_at: datetime | None = None
    until: datetime | None = None
    probing_until: datetime | None = None
    why: str = ""

    @property
    def name(self) -> str:
        """The family as a person calls it."""
        return self.scope.rpartition(_JOINT)[2]

    @property
    def sender(self) -> str:
        """Whose mail this is about."""
        return self.scope.rpartition(_JOINT)[0]

    def backed_off_until(self, now: datetime) -> datetime | None:
        """Until when nothing may leave; None where one mail, or any, may try."""
        waits = [each for each in (self.until, self.probing_until) if each and now < each]
        return max(waits) if self.until and waits else None

    def let_out(self, now: datetime) -> "Family":
        """One more mail leaves; where the breaker is half open, it is the one that tries."""
        probing = now + _PROBE if self.until else None
        return replace(self, tally=self.tally.plus(1, now), probing_until=probing)

    def tripped(self, why: str, now: datetime) -> "Family":
        """Backed off: half an hour and more, doubling to a day, with jitter (domain.md P21, P25).

        What else comes in while it is open is the same trouble.
        """
        if self.until and now < self.until:
            return self
        is_again = self.tripped_at is not None and now - self.tripped_at < _MEMORY
        failures = self.failures + 1 if is_again else 1
        until = retry_at(now, failures - 1, self.scope)
        return replace(
            self, failures=failures, tripped_at=now, until=until, probing_until=None, why=why
        )

    def recovered(self, now: datetime) -> "Family":
        """Mail was taken again; what had left before the trouble proves nothing."""
        if self.until is None or now < self.until:
            return self
        return replace(self, until=None, probing_until=None, why="")

    def released(self) -> "Family":
        """The mail that tried told nothing about the family: another one may."""
        return replace(self, probing_until=None)


@cache
def _families() -> Mapping[str, str]:
    text = files(__package__).joinpath("family.toml").read_text("utf-8")
    rows = tomllib.loads(text)
    return {domain: name for name, domains in rows.items() for domain in domains}
