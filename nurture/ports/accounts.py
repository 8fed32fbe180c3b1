"""Who may act for an account, how well it hears, and whether it may speak."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from nurture.core.account.allowance import Spending
from nurture.core.account.family import Family
from nurture.core.account.tally import EMPTY, Tally
from nurture.value import frozen


@frozen
class Lease:
    """The right to read and to send for one account; a newer epoch voids an older one."""

    account: str
    worker: str
    epoch: int


@frozen
class AccountState:
    """What is known of an account between two runs.

    `mailbox` is the digest of the servers it is worked on through, `proven_mailbox` that of those
    whose answers were seen to be recognised; only where both are one does mail leave.
    `troubles` are the rests in a row between which nothing was taken.
    """

    account: str
    read_started_at: datetime | None = None
    resting_until: datetime | None = None
    resting_why: str = ""
    worker: str = ""
    epoch: int = 0
    leased_until: datetime | None = None
    mailbox: str = ""
    proven_mailbox: str = ""
    proven_how: str = ""
    proven_at: datetime | None = None
    tally: Tally = EMPTY
    paced_until: datetime | None = None
    first_sent_at: datetime | None = None
    troubles: int = 0

    @property
    def spending(self) -> Spending:
        """What the account has sent, as its caps see it."""
        return Spending(self.tally, self.paced_until, self.first_sent_at)


class Accounts(Protocol):
    """Who may act for an account, how well it hears, and whether it may speak."""

    async def take(self, account: str, worker: str, now: datetime, until: datetime) -> Lease | None:
        """The lease, under a new epoch, if nobody else holds it; commits before returning."""
        ...

    async def renew(self, lease: Lease, now: datetime, until: datetime) -> bool:
        """Whether the lease was still ours and now lasts until `until`."""
        ...

    async def release(self, lease: Lease) -> None:
        """Gives the lease back; harmless when it was lost already."""
        ...

    async def occupy(self, lease: Lease, mailbox: str) -> None:
        """The account is worked on through this mailbox; a lost lease changes nothing."""
        ...

    async def prove(self, account: str, mailbox: str, how: str, now: datetime) -> None:
        """Answers to this mailbox are recognised, or a person answers for it; `how` says which."""
        ...

    async def was_read(self, lease: Lease, started_at: datetime) -> None:
        """Every watched folder was read to its end by a reading begun at `started_at`."""
        ...

    async def rest(self, account: str, until: datetime, why: str) -> None:
        """The account sends nothing until then; `until` in the past ends a rest.

        One more of its `troubles`, until a server takes a mail again.
        """
        ...

    async def state(self, account: str) -> AccountState:
        """What is known now; an account never seen has an empty state."""
        ...

    async def families(self, scopes: Collection[str]) -> tuple[Family, ...]:
        """What is known of these families, in the order of scopes; one never seen is empty."""
        ...

    async def backed_off(self) -> tuple[Family, ...]:
        """Every family whose breaker is open or half open, in the order of scopes."""
        ...
