"""What it takes to hear for one account, and what a single mail comes to there."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime
from typing import TypeVar

from nurture import ports
from nurture.core.account import Account
from nurture.core.contact import Contact
from nurture.core.effect import NOTHING, Effect, effect_of
from nurture.core.promise import Promise
from nurture.core.touch import Touch
from nurture.core.verdict import Verdict
from nurture.correlate import Correlator
from nurture.mail.cursor import Fetched, Folder
from nurture.mail.read.inbound import Inbound, read
from nurture.mail.read.trace import first_ids, trace
from nurture.outcome import trouble_told_by
from nurture.pledge import pledges
from nurture.signals import judge_mail, written_text
from nurture.value import frozen

T = TypeVar("T")
_OUR_TOUCH = "our own touch"
_LARGE = 32 * 1024  # bytes from which a mail may take longer to think about than others may wait


Obey = Callable[[Inbound, Fetched], Awaitable[bool]]
"""Whether a mail was written to nurture itself, and is recorded and settled with that."""


SettlesByHand = Callable[[Inbound, Fetched], Awaitable[Touch | None]]
"""The touch of a waiting mail that this one in Sent was, settled with that; None for any other."""


async def nobody_obeys(_inbound: Inbound, _fetched: Fetched) -> bool:
    """Every mail is heard; none is a command."""
    return False


async def nothing_waits(_inbound: Inbound, _fetched: Fetched) -> Touch | None:
    """No mail waits for its owner in the mailbox."""
    return None


@frozen
class Ear:
    """Everything it takes to hear for one account; `own` holds all owners' addresses."""

    account: Account
    own: frozenset[str]
    lease: ports.Lease
    accounts: ports.Accounts
    incoming: ports.Incoming
    people: ports.People
    mailbox: ports.Mailbox
    switch: ports.Switch
    clock: ports.Clock
    key: bytes
    obeys: Obey = nobody_obeys
    settles_by_hand: SettlesByHand = nothing_waits

    @property
    def correlator(self) -> Correlator:
        """Who finds out to whom a mail belongs."""
        return Correlator(self.account.name, self.incoming, self.people)


def rehearse() -> None:
    """Loads every phrase and date list, so that the first mail need not wait for them."""
    rehearsal = b"From: a@b.example\r\n\r\nI will return on 5 March 2026, thank you.\r\n"
    judge_mail(read(rehearsal), known_contact=True, today=date(2026, 1, 1))


async def think(fetched: Fetched, work: Callable[[], T]) -> T:
    """Reading and judging; of a large mail in a thread, so that nobody waits for it (R10)."""
    return await asyncio.to_thread(work) if len(fetched.raw) > _LARGE else work()


def bare(ear: Ear, inbound: Inbound, fetched: Fetched, now: datetime) -> ports.Heard:
    """A mail before anybody asks what it means: nothing comes of it."""
    return ports.Heard(
        account=ear.account.name,
        fetched=fetched,
        at=now,
        message_id=inbound.message_id,
        # The thread it stands in, also where only the mail it answers is named (RFC 5322 3.6.4).
        references=inbound.references or inbound.in_reply_to,
        sender=inbound.sender,
        subject=inbound.subject,
        text="",
        digest=fetched.digest,
        verdict=None,
        match=None,
        effect=NOTHING,
        outcome="",
    )


async def understand(ear: Ear, inbound: Inbound, fetched: Fetched) -> ports.Heard:
    """What the mail means for whoever it belongs to; nothing of that is recorded yet.

    Only what the server made of a mail of ours is learnt at once, when it is read in Sent.
    """
    now = ear.clock.now()
    if fetched.folder is Folder.SENT or inbound.sender in ear.own:
        match, effect, outcome, copy_of = await _from_us(ear, inbound, fetched)
        verdict, spent = None, _spent(inbound, fetched, outcome)
    else:
        match, verdict = await _from_them(ear, inbound, fetched, now)
        copy_of = None
        effect = _effect(ear, inbound, match, verdict, now)
        outcome = str(verdict.meaning) if match else "no contact of ours"
        spent = 0
    return replace(
        bare(ear, inbound, fetched, now),
        text=await think(fetched, lambda: written_text(inbound)) if match or copy_of else "",
        verdict=verdict if match else None,
        match=match,
        effect=effect,
        outcome=outcome,
        to_check=_to_check(match, verdict),
        spent=spent,
        trouble=_trouble(ear, match, verdict),
        promises=await _promised(ear, inbound, fetched, match, effect, now),
        copy_of=copy_of,
    )


async def _promised(
    ear: Ear,
    inbound: Inbound,
    fetched: Fetched,
    match: ports.Match | None,
    effect: Effect,
    now: datetime,
) -> tuple[Promise, ...]:
    if match is None or not effect.owner_spoke:
        return ()
    return await think(fetched, lambda: pledges(inbound, ear.account, match.contact, now))


def _trouble(
    ear: Ear, match: ports.Match | None, verdict: Verdict | None
) -> tuple[str, str] | None:
    """What a report about a mail that is certainly ours says of the recipient's family."""
    if match is None or verdict is None or not (match.is_certain and match.touch):
        return None
    status = trouble_told_by(verdict.recipients)
    why = f"a delivery report said {status}"
    return (ear.account.scope_of(match.contact.address), why) if status else None


def _spent(inbound: Inbound, fetched: Fetched, outcome: str) -> int:
    """How much of the account's day the owner's own mail took: providers count recipients."""
    is_theirs = fetched.folder is Folder.SENT and outcome != _OUR_TOUCH
    return max(1, len({*inbound.recipients})) if is_theirs else 0


def _to_check(match: ports.Match | None, verdict: Verdict | None) -> str:
    if match is None or verdict is None:
        return ""
    if match.is_guess:
        return match.how
    return "not sure what was said" if verdict.needs_check else ""


async def _from_us(
    ear: Ear, inbound: Inbound, fetched: Fetched
) -> tuple[ports.Match | None, Effect, str, int | None]:
    """Mail from an own address is never a reply; by hand to a contact it counts as contact.

    A touch of ours that is read back from Sent tells under which id and in which conversation
    the server sent it; elsewhere anybody can write our address into From.
    """
    ids = [inbound.message_id]
    if fetched.folder is Folder.SENT:
        ids += first_ids(inbound)
    touch = await ear.incoming.touch_of(ids)
    if touch is None and fetched.folder is Folder.SENT:
        touch = await ear.settles_by_hand(inbound, fetched)
    if touch:
        if fetched.folder is Folder.SENT:
            await ear.incoming.learn_id(touch.id, inbound.message_id)
            await ear.incoming.learn_thread(touch.id, fetched.thread)
            return None, NOTHING, _OUR_TOUCH, touch.id
        return None, NOTHING, _OUR_TOUCH, None
    by_hand = inbound.recipients if fetched.folder is Folder.SENT else ()
    for address in by_hand:
        contact = await ear.people.contact(address)
        if contact and not inbound.is_auto_submitted:
            match = ports.Match(contact, None, "the owner wrote to them", is_certain=True)
            return match, Effect(owner_spoke=True), "owner wrote", None
    return None, NOTHING, "from an own address", None


async def _from_them(
    ear: Ear, inbound: Inbound, fetched: Fetched, now: datetime
) -> tuple[ports.Match | None, Verdict]:
    lead = await think(fetched, lambda: trace(inbound, ear.key))
    match = await ear.correlator.match(lead, fetched.thread, now)
    verdict = await think(
        fetched,
        lambda: judge_mail(
            inbound,
            known_contact=match is not None,
            today=now.date(),
            answers_us=match is not None and match.is_certain,
        ),
    )
    if verdict.recipients and (match is None or match.is_guess):
        match = await ear.correlator.reported(verdict, lead, now)
    return match, verdict


def _effect(
    ear: Ear, inbound: Inbound, match: ports.Match | None, verdict: Verdict | None, now: datetime
) -> Effect:
    if match is None or verdict is None:
        return NOTHING
    return effect_of(
        verdict,
        match.contact,
        ear.account,
        now,
        is_certain=match.is_certain and match.touch is not None,
        other_address=_other_address(inbound, match.contact),
        doubt=match.how if match.is_guess else "",
    )


def _other_address(inbound: Inbound, contact: Contact) -> str:
    known = (contact.address, *contact.aliases)
    return "" if inbound.sender in known else inbound.sender
