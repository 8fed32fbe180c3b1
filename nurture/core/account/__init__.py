"""An owner's mailbox: who speaks from it, and how much may leave it how soon."""

from nurture.core.account.mailbox import Account, Limits, Owner, UnsubscribeHeader

__all__ = (
    "Account",
    "Limits",
    "Owner",
    "UnsubscribeHeader",
)
