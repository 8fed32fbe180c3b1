"""Whether an account may speak now, and if not, why and what to do."""

from datetime import datetime
from zoneinfo import ZoneInfo

from nurture.core.account import Account
from nurture.ports import AccountState

_START = "start `nurture run`, or see what it says"


def proof_objection(state: AccountState) -> str:
    """Why nothing leaves through this mailbox yet, or nothing.

    Whoever cannot be heard must not be written to, so an answer has to be seen arriving and being
    recognised once, through these very servers; another host or user needs a proof of its own.
    """
    if state.mailbox == state.proven_mailbox:
        return ""
    return (
        "nobody has seen that an answer to this mailbox is recognised: run "
        f"`nurture doctor {state.account}`"
    )


def why_silent(account: Account, state: AccountState, now: datetime) -> str:
    """Why the account sends nothing, and what to do; empty while it may send."""
    if state.read_started_at is None:
        return f"its inbox was never read: {_START}"
    if now - state.read_started_at > account.limits.unheard_after * 2:
        return f"its inbox was not read lately: {_START}"
    if state.leased_until is None or state.leased_until <= now:
        return f"nobody attends it: {_START}"
    if unproven := proof_objection(state):
        return unproven
    if state.resting_until and state.resting_until > now:
        until = state.resting_until.astimezone(ZoneInfo(account.owner.zone))
        return f"it rests until {until:%Y-%m-%d %H:%M}: {state.resting_why}"
    return ""
