"""Settles the touch of a waiting mail that its owner sent from their own Drafts folder."""

from datetime import datetime

from nurture import journal, ports
from nurture.byhand import ids_of, sent_as
from nurture.core.account import Account
from nurture.core.choice import behind
from nurture.core.touch import Touch
from nurture.mail.cursor import Fetched
from nurture.mail.read.inbound import Inbound
from nurture.signals import written_text
from nurture.value import frozen


@frozen
class Witness:
    """Everything it takes to know a draft again in Sent."""

    account: Account
    copies: ports.Copies
    desk: ports.Desk
    catalog: ports.Catalog
    clock: ports.Clock
    key: bytes


async def settle_by_hand(witness: Witness, inbound: Inbound, fetched: Fetched) -> Touch | None:
    """The touch that this mail in Sent was, committed before returning; None for any other mail.

    Whatever was decided about the draft meanwhile: it has gone, so the step counts as sent under
    the id it really went out under, and is never sent again (promise P2).
    """
    name, ids = witness.account.name, ids_of(inbound)
    known = await witness.copies.sent_perhaps(name, ids, inbound.recipients)
    if not known or inbound.is_auto_submitted:
        return None
    now = witness.clock.now()
    at = min(fetched.arrived_at or now, now)
    draft = sent_as(inbound, written_text(inbound), at, known, witness.key)
    if draft is None:
        return None
    touch = await witness.copies.sent_by_hand(await _recalled(witness, draft, inbound, at), now)
    journal.draft_sent_by_hand(draft.contact_id, draft.id)
    return touch


async def _recalled(
    witness: Witness, draft: ports.Draft, inbound: Inbound, at: datetime
) -> ports.Recalled:
    walks = await witness.desk.enrollments(draft.contact_id)
    walk = next(each for each in walks if each.id == draft.enrollment_id)
    sequence = await witness.catalog.sequence(walk.sequence, walk.revision)
    why = f"you sent {draft.step} by hand"
    return ports.Recalled(
        enrollment_id=draft.enrollment_id,
        step=draft.step,
        occurrence=draft.occurrence,
        ids=tuple(dict.fromkeys((*ids_of(inbound), draft.sheet.message_id))),
        subject=inbound.subject,
        recipient=draft.sheet.recipient.address,
        sent_at=at,
        next=behind(sequence, draft.step, draft.occurrence, at, why),
        why=why,
        only_here=True,
        piece=draft.piece,
    )
