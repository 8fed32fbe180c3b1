"""Why an account, or one intent, must not leave after all, as every store finds alike."""

from datetime import datetime
from typing import Final

from nurture.core.contact import Contact
from nurture.core.contact.hush import Hush
from nurture.core.contact.place import zones_of
from nurture.core.enrollment import State
from nurture.core.override import Override
from nurture.core.permission import Denied, latest_date, permission
from nurture.core.sequence import Intent as Aim
from nurture.core.touch import TouchState
from nurture.ports import AccountState, Intent, Lease
from nurture.standing import proof_objection
from nurture.value import frozen


def holds_lease(account: AccountState, lease: Lease) -> bool:
    """Whether nobody took the account over since this lease was given."""
    return (account.epoch, account.worker) == (lease.epoch, lease.worker)


def account_objection(
    account: AccountState, lease: Lease, now: datetime, heard_since: datetime
) -> str:
    """Why the whole account may not speak now, or nothing (promise P5)."""
    if not holds_lease(account, lease):
        return "another worker has taken the account over"
    if unproven := proof_objection(account):
        return unproven
    if account.resting_until and now < account.resting_until:
        return f"the account rests until {account.resting_until:%Y-%m-%d %H:%M}Z"
    if account.read_started_at is None:
        return "the mailbox was never read to its end"
    if account.read_started_at < heard_since:
        return f"the mailbox was last read to its end at {account.read_started_at:%H:%M:%S}Z"
    return ""


_ACTIVE: Final = State.ACTIVE  # to find it in its class each time is a sixth of an objection


@frozen
class Look:
    """What the last look sees of one intent besides the account.

    The walk as it stands, when the person and their colleagues were last touched, the touch of
    this very step that was begun before, and why no mail is permitted now, if so.
    """

    state: State
    reason: str
    position: str
    occurrence: str
    held_until: datetime | None
    held_why: str
    last_touch_at: datetime | None = None
    company_touch_at: datetime | None = None
    touch_state: TouchState | None = None
    touch_message_id: str | None = None
    denied: str = ""
    suppressed: str = ""
    has_one_under_way: bool = False
    has_colleague_under_way: bool = False
    id_is_taken: bool = False
    hush: Hush | None = None
    owes_parting: str = ""
    override: Override | None = None
    had_piece: bool = False


def objection(look: Look | None, intent: Intent, account: AccountState, now: datetime) -> str:
    """Why this intent must not leave, or nothing (promises P1 to P4, P6).

    There is no look where the account has no such walk of this person.
    """
    if look is None:
        return "there is no such enrollment of this account"
    if why := _misplaced(look, intent, now):
        return why
    if look.suppressed:
        return f"the address is suppressed: {look.suppressed}"
    if look.denied:
        return look.denied
    if account.read_started_at is None or account.read_started_at < intent.due_at:
        return "the mailbox was not read since this step became due"
    return _repeats(look, intent) or _tactless(look, intent) or _crowds(look, intent)


def denial(contact: Contact, aim: Aim, now: datetime) -> str:
    """Permission may have lapsed, or been taken back, since the decision (promise P3).

    Of the contact counts where they are, what the law takes them for, and their consent.
    """
    allowed = permission(contact, aim, latest_date(now, zones_of(contact, "UTC")))
    return allowed.why if isinstance(allowed, Denied) else ""


def _misplaced(look: Look, intent: Intent, now: datetime) -> str:
    if look.state is not _ACTIVE:
        return f"the enrollment is {look.state}: {look.reason}"
    if look.position != intent.step:
        return f"the enrollment stands at {look.position!r}, not at {intent.step!r}"
    if look.occurrence != intent.occurrence:
        return f"{intent.step!r} comes round at {look.occurrence!r}, not at {intent.occurrence!r}"
    if look.held_until and now < look.held_until:
        return f"held until {look.held_until:%Y-%m-%d %H:%M}Z: {look.held_why}"
    return ""


def _repeats(look: Look, intent: Intent) -> str:
    if look.touch_state is None:
        if look.id_is_taken:
            return "this Message-ID was used before"
    elif look.touch_state is not TouchState.DEFERRED:
        return f"this step was begun before and is {look.touch_state}"
    elif look.touch_message_id != intent.message_id:
        return "this step was begun before under another Message-ID"
    if look.had_piece:
        return f"they had {intent.piece} meanwhile, or a colleague of theirs within a year"
    return ""


def _tactless(look: Look, intent: Intent) -> str:
    if look.hush:
        return f"silence until {look.hush.until:%Y-%m-%d %H:%M}Z: {look.hush.why}"
    if look.owes_parting:
        return f"the parting note of {look.owes_parting!r} goes first"
    if look.override != intent.override:
        return "you decided something else about this step meanwhile"
    return ""


def _crowds(look: Look, intent: Intent) -> str:
    if look.has_one_under_way:
        return "another mail to this person is on its way"
    if look.has_colleague_under_way:
        return "another mail to their company is on its way"
    if _is_news(look.last_touch_at, intent.last_touch_at):
        return f"they were touched meanwhile, at {look.last_touch_at:%Y-%m-%d %H:%M}Z"
    if _is_news(look.company_touch_at, intent.company_touch_at):
        return f"a colleague was touched meanwhile, at {look.company_touch_at:%Y-%m-%d %H:%M}Z"
    return ""


def _is_news(now: datetime | None, then: datetime | None) -> bool:
    return now is not None and (then is None or now > then)
