"""What one incoming mail changes for the person who wrote it, and for their colleagues."""

from datetime import datetime, time, timedelta
from typing import assert_never

from nurture.core.account import Account
from nurture.core.calendar import add_business_days, at_wall_time
from nurture.core.contact import Contact
from nurture.core.contact.place import zones_of
from nurture.core.enrollment import Move
from nurture.core.handoff import Opening, Urgency
from nurture.core.touch import TouchMove
from nurture.core.verdict import Meaning, Trait, Verdict
from nurture.value import frozen


@frozen
class Effect:
    """Changes to apply together in one transaction; the empty effect only records.

    `move` goes to every live enrollment of the contact, `colleague_move` to those of people who
    share a company key.  A move into anything but `active` cancels what is queued.  `held_until`
    shifts what is due without spending the wait: the stretch from the mail's arrival to the end
    of the hold is added to the due time.  `suppress` is the reason to suppress the contact's
    addresses, `handoff` the reason to open one (or to reopen a taken one), `alert` what to tell
    the owner; each is empty for no.  `urgency` says how soon a person has to look at the handoff,
    `only_thanks` that they wrote nothing but thanks.  `owner_spoke` counts as contact and answers
    the handoff.
    """

    move: Move | None = None
    colleague_move: Move | None = None
    held_until: datetime | None = None
    held_why: str = ""
    suppress: str = ""
    handoff: str = ""
    alert: str = ""
    touch_move: TouchMove | None = None
    learn_alias: str = ""
    owner_spoke: bool = False
    urgency: Urgency = Urgency.NOW
    only_thanks: bool = False


NOTHING = Effect()

_AWAY_CAP = timedelta(days=60)
_AWAY_UNKNOWN = timedelta(days=7)
_ERASURE_CLOCK = "you have one month from today to do so and to answer (GDPR 12(3), 17)"
_SETTLE_IN = 2  # business days after the return


def effect_of(
    verdict: Verdict,
    contact: Contact,
    account: Account,
    now: datetime,
    *,
    is_certain: bool,
    other_address: str = "",
    doubt: str = "",
) -> Effect:
    """The effect of a verdict about a mail that belongs to this contact (domain.md 3).

    `is_certain` tells whether the mail was matched by an id or token of ours; a guess by sender
    still silences, but never suppresses by a delivery report.  `other_address` is the address it
    came from where the contact is not known by it; a person who answers us from there is.
    `doubt` says why the mail may be somebody else's: then it silences, if anything, and a person
    is asked (domain.md M7), but what it says is never taken for the contact's own word.
    """
    if doubt:
        return _doubted(verdict, account, doubt)
    match verdict.meaning:
        case Meaning.HUMAN_REPLY | Meaning.CALENDAR:
            learnt = other_address if is_certain else ""
            return _answered(verdict, account, learnt)
        case Meaning.AUTO_REPLY:
            return _away(verdict, contact, account, now)
        case Meaning.LEFT_COMPANY:
            return _left(verdict, contact)
        case Meaning.UNSUBSCRIBE | Meaning.COMPLAINT:
            return _said_no(verdict, contact)
        case Meaning.BOUNCE_HARD:
            return _bounced(contact) if is_certain else Effect()
        case Meaning.BOUNCE_SOFT:
            return Effect(touch_move=TouchMove.CAME_BACK) if is_certain else Effect()
        case Meaning.CHALLENGE:
            return Effect(alert=f"{contact.name}'s spam guard asks for a human to confirm you")
        case (
            Meaning.AUTO_ACK
            | Meaning.BOUNCE_DELAYED
            | Meaning.DSN_SUCCESS
            | Meaning.READ_RECEIPT
            | Meaning.LIST_NOISE
            | Meaning.UNRELATED
        ):
            return NOTHING
        case _:
            assert_never(verdict.meaning)


def _answered(verdict: Verdict, account: Account, learnt: str) -> Effect:
    colleagues = Move.COLLEAGUE_ANSWERED if account.pauses_colleagues else None
    reason, urgency = _asks(verdict)
    return Effect(
        move=Move.ANSWERED,
        colleague_move=colleagues,
        handoff=reason,
        learn_alias=learnt,
        urgency=urgency,
        only_thanks=urgency is Urgency.CALM,
    )


def _asks(verdict: Verdict) -> tuple[str, Urgency]:
    """Why a person has to look, and how soon."""
    if verdict.needs_check:
        return f"{Opening.TO_CHECK}: not sure what was said", Urgency.TODAY
    if verdict.later:
        return f"{Opening.LATER}, on {verdict.later} or so", Urgency.TODAY
    if Trait.REFERRAL in verdict.traits:
        named = verdict.new_contact or "somebody else"
        return f"{Opening.REFERRAL} {named} to write to", Urgency.TODAY
    if Trait.ONLY_THANKS in verdict.traits and verdict.meaning is Meaning.HUMAN_REPLY:
        return f"{Opening.THANKS}, and asks for nothing", Urgency.CALM
    return "answered", Urgency.NOW


def _doubted(verdict: Verdict, account: Account, doubt: str) -> Effect:
    is_report = bool(verdict.recipients)
    if is_report or (verdict.meaning.lets_the_talk_go_on and not verdict.needs_check):
        return NOTHING
    colleagues = Move.COLLEAGUE_ANSWERED if account.pauses_colleagues else None
    return Effect(
        move=Move.ANSWERED,
        colleague_move=colleagues,
        handoff=f"{Opening.TO_CHECK}: {doubt}",
        urgency=Urgency.TODAY,
    )


def _away(verdict: Verdict, contact: Contact, account: Account, now: datetime) -> Effect:
    if verdict.return_date is None:
        return Effect(held_until=now + _AWAY_UNKNOWN, held_why="away, no return date given")
    zone = zones_of(contact, account.owner.zone)[0]
    latest = now + _AWAY_CAP
    back = min(verdict.return_date, latest.date())  # whatever year somebody wrote
    day = add_business_days(back, _SETTLE_IN, contact.country)
    until = min(at_wall_time(day, time(0), zone), latest)
    if until <= now:
        why = f"away still, though the return on {verdict.return_date} has passed"
        return Effect(held_until=now + _AWAY_UNKNOWN, held_why=why)
    return Effect(held_until=until, held_why=f"away, back on {verdict.return_date}")


def _left(verdict: Verdict, contact: Contact) -> Effect:
    where = f" {contact.company}" if contact.company else ""
    alert = f"{contact.name} has left{where}"
    if verdict.new_contact:
        alert += f"; they name {verdict.new_contact}, to whom nurture writes nothing by itself"
    return Effect(move=Move.LEFT, alert=alert)


def _said_no(verdict: Verdict, contact: Contact) -> Effect:
    is_complaint = verdict.meaning is Meaning.COMPLAINT
    said = "complained of spam" if is_complaint else "asked for no more mail"
    if Trait.ERASURE in verdict.traits:
        said += f" and to erase what you know of them: {_ERASURE_CLOCK}"
    return Effect(
        move=Move.OPTED_OUT,
        suppress="complaint" if is_complaint else "opted out",
        alert=f"{contact.name} {said}",
    )


def _bounced(contact: Contact) -> Effect:
    return Effect(
        move=Move.BOUNCED,
        suppress="dead",
        touch_move=TouchMove.CAME_BACK,
        alert=f"{contact.address} does not exist any more; {contact.name} may have changed jobs",
    )
