"""Why an account, or one intent, must not leave after all, as every store finds alike."""

from datetime import datetime

from nurture.core.contact import Contact
from nurture.core.contact.hush import Hush
from nurture.core.contact.place import zones_of
from nurture.core.enrollment import Enrollment, State
from nurture.core.override import Override
from nurture.core.permission import Denied, latest_date, permission
from nurture.core.touch import Touch, TouchState
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


@frozen
class Look:
    """What the last look sees of one intent besides the account."""

    walk: Enrollment | None
    touch: Touch | None = None
    suppressed: str = ""
    contact: Contact | None = None
    last_touch_at: datetime | None = None
    company_touch_at: datetime | None = None
    has_one_under_way: bool = False
    has_colleague_under_way: bool = False
    id_is_taken: bool = False
    hush: Hush | None = None
    owes_parting: str = ""
    override: Override | None = None
    had_piece: bool = False


def objection(look: Look, intent: Intent, account: AccountState, now: datetime) -> str:
    """Why this intent must not leave, or nothing (promises P1 to P4, P6)."""
    walk, read_at = look.walk, account.read_started_at
    if walk is None or walk.contact_id != intent.contact_id or walk.account != account.account:
        return "there is no such enrollment of this account"
    if why := _misplaced(walk, intent, now):
        return why
    if look.suppressed:
        return f"the address is suppressed: {look.suppressed}"
    if look.contact and (why := _lacks_permission(look.contact, intent, now)):
        return why
    if read_at is None or read_at < intent.due_at:
        return "the mailbox was not read since this step became due"
    return _repeats(look, intent) or _tactless(look, intent) or _crowds(look, intent)


def _lacks_permission(contact: Contact, intent: Intent, now: datetime) -> str:
    """Permission may have lapsed, or been taken back, since the decision (promise P3)."""
    day = latest_date(now, zones_of(contact, "UTC"))
    allowed = permission(contact, intent.aim, day)
    return allowed.why if isinstance(allowed, Denied) else ""


def _misplaced(walk: Enrollment, intent: Intent, now: datetime) -> str:
    if walk.state is not State.ACTIVE:
        return f"the enrollment is {walk.state}: {walk.reason}"
    if walk.position != intent.step:
        return f"the enrollment stands at {walk.position!r}, not at {intent.step!r}"
    if walk.occurrence != intent.occurrence:
        return f"{intent.step!r} comes round at {walk.occurrence!r}, not at {intent.occurrence!r}"
    if walk.held_until and now < walk.held_until:
        return f"held until {walk.held_until:%Y-%m-%d %H:%M}Z: {walk.held_why}"
    return ""


def _repeats(look: Look, intent: Intent) -> str:
    touch = look.touch
    if touch is not None and touch.state is not TouchState.DEFERRED:
        return f"this step was begun before and is {touch.state}"
    if touch is not None and touch.message_id != intent.message_id:
        return "this step was begun before under another Message-ID"
    if touch is None and look.id_is_taken:
        return "this Message-ID was used before"
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
