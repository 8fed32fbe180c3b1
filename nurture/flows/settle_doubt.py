"""Looks into Sent for touches whose fate nobody knows; what is found there was sent."""

from datetime import datetime, timedelta

from nurture import journal, ports
from nurture.core.account import Account
from nurture.core.choice import behind
from nurture.core.decision import Advance
from nurture.core.touch import Touch, TouchMove
from nurture.mail.cursor import Folder
from nurture.value import frozen

_TIME_TO_FILE = timedelta(minutes=15)


@frozen
class Doubt:
    """Everything it takes to find out what became of an account's touches."""

    account: Account
    lease: ports.Lease
    outgoing: ports.Outgoing
    desk: ports.Desk
    mailbox: ports.Mailbox
    catalog: ports.Catalog
    clock: ports.Clock


async def lose_sight(doubt: Doubt) -> int:
    """Whatever an earlier run left under way is uncertain now; `settle_doubts` sees to each."""
    lost = await doubt.outgoing.lose_sight(doubt.lease, doubt.clock.now())
    for touch in lost:
        why = "nurture stopped while it was under way"
        journal.touch_uncertain(
            touch.contact_id, touch.sequence, touch.step, touch=touch.id, why=why
        )
    return len(lost)


async def settle_doubts(doubt: Doubt) -> int:
    """Proves uncertain touches sent by their Message-ID in Sent; returns how many remain.

    Only a copy that the provider files itself proves anything; the rest is shown to the owner
    once and waits for their word.  Nothing is ever sent again (promise P2).
    """
    unproven = 0
    for touch in await doubt.outgoing.uncertain(doubt.account.name):
        if doubt.account.files_sent_copy and await _is_in_sent(doubt, touch):
            onward = await _onward(doubt, touch)
            now = doubt.clock.now()
            await doubt.outgoing.resolve(
                touch.id, TouchMove.PROVEN_SENT, onward, now, "found in Sent"
            )
            journal.touch_proven(touch.contact_id, touch.sequence, touch.step, touch=touch.id)
            continue
        unproven += 1
        if not doubt.account.files_sent_copy or _is_overdue(touch, doubt.clock.now()):
            await _ask_owner(doubt, touch)
    return unproven


def _is_overdue(touch: Touch, now: datetime) -> bool:
    """Whether a provider that files copies itself has had the time to do it."""
    return now - touch.begun_at > _TIME_TO_FILE


async def _is_in_sent(doubt: Doubt, touch: Touch) -> bool:
    return await doubt.mailbox.holds(Folder.SENT, touch.message_id, or_replaced=True)


async def _onward(doubt: Doubt, touch: Touch) -> Advance | None:
    sequence = await doubt.catalog.sequence(touch.sequence, touch.revision)
    now = doubt.clock.now()
    return behind(sequence, touch.step, touch.occurrence, now, "found in Sent")


async def _ask_owner(doubt: Doubt, touch: Touch) -> None:
    """Once per touch: the outbox knows the key."""
    text = (
        f"nurture does not know whether this mail left: {touch.subject!r}, step "
        f"{touch.step!r} of {touch.sequence}.\n`nurture uncertain` says to whom. It counts as "
        f"sent and is not repeated. Look into your Sent folder, then say what you found:\n"
        f"  nurture uncertain {touch.id} sent\n  nurture uncertain {touch.id} unsent\n"
    )
    subject = f"Was this mail sent? {touch.subject}"
    key = f"uncertain/{touch.id}"
    await doubt.desk.tell(doubt.account.name, subject, text, doubt.clock.now(), key)
