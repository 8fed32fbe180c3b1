"""Between a decision to send and a letter: the owner's word, where a sequence asks for it."""

from datetime import datetime, timedelta

from nurture import ports
from nurture.core.decision import Hold, Send, Situation
from nurture.core.draft import DraftState, approval_of
from nurture.letter import Letter
from nurture.mail.delivery import Envelope

_LOOK_AGAIN = timedelta(days=1)


async def answered(
    drafts: ports.Drafts, situation: Situation, send: Send, occurrence: str
) -> Letter | Hold | None:
    """What the owner said to this mail: the very bytes they accepted, or that they have to decide.

    None where nobody was asked yet; then `submitted` knows whether to ask.
    """
    if not _is_asked_for(situation, send):
        return None
    draft = await drafts.open_for(situation.enrollment.id, send.step, occurrence)
    if draft is None:
        return None
    if draft.state is not DraftState.ACCEPTED:
        return _waits(draft, situation.now)
    sheet = draft.sheet
    envelope = Envelope(sheet.sender.address, sheet.recipient.address, draft.wire, sheet.message_id)
    return Letter(sheet.words.subject, envelope, sheet)


async def submitted(
    drafts: ports.Drafts, situation: Situation, send: Send, occurrence: str, letter: Letter
) -> Letter | Hold:
    """The letter itself where it may go without a word, else a hold until the owner has decided."""
    approval = approval_of(_of_step(situation, send), situation.sequence.approval)
    if approval is None:
        return letter
    name = situation.sequence.name
    accepted = await drafts.accepted_in(name, approval.first) if approval.first else 0
    if not approval.asks(accepted):
        return letter
    walk = situation.enrollment
    draft = ports.Draft(
        id=0,
        enrollment_id=walk.id,
        contact_id=walk.contact_id,
        account=walk.account,
        sequence=walk.sequence,
        step=send.step,
        occurrence=occurrence,
        sheet=letter.sheet,
        made_at=situation.now,
        why=send.why,
    )
    return _waits(await drafts.keep(draft, situation.now), situation.now)


def _is_asked_for(situation: Situation, send: Send) -> bool:
    return approval_of(_of_step(situation, send), situation.sequence.approval) is not None


def _of_step(situation: Situation, send: Send) -> str:
    step = situation.sequence.step(send.step)
    return str(getattr(step, "approval", ""))


def _waits(draft: ports.Draft, now: datetime) -> Hold:
    return Hold(now + _LOOK_AGAIN, f"waits for your approval: nurture drafts show {draft.id}")
