"""Tells the owner when half of what one family of mailboxes may get in a day has gone there."""

from datetime import datetime
from typing import Final

from nurture import ports
from nurture.core.account import Account
from nurture.core.account.family import scopes_of

_ADVICE: Final = """
Above the cap they wait (per_family, in the limits of the account). Gmail counts whoever sends it
close to 5,000 mails in a day as a bulk sender, for good, and asks more of those: SPF, DKIM and
DMARC that agree with the sender, and List-Unsubscribe with one click. `nurture doctor`
examines that.
"""


async def warn_crowd(
    account: Account, accounts: ports.Accounts, desk: ports.Desk, now: datetime
) -> None:
    """One alert a month for each family, however often this is called (domain.md P1).

    All accounts of one organisation count together: whoever sees it first speaks for the others.
    """
    cap = account.limits.per_family
    for family in await accounts.families(scopes_of(account.sends_as)) if cap else ():
        sent = family.tally.within_day(now)
        if 2 * sent < cap:
            continue
        await desk.tell(
            account.name,
            f"{sent} mails to {family.name} in 24 hours: the cap is {cap}",
            f"So much left from {account.sends_as} in the last 24 hours.\n{_ADVICE}",
            now,
            f"crowd/{family.scope}/{now:%Y-%m}",
        )
