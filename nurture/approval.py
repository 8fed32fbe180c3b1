"""Between a decision to send and a letter: the owner's word, where a sequence asks for it."""

from dataclasses import replace
from datetime import datetime, timedelta

from nurture import ports
from nurture.core.decision import Hold
from nurture.core.draft import Approval, DraftState, approval_of
from nurture.core.situation import Situation
from nurture.letter import Letter
from nurture.mail.delivery import Envelope

_LOOK_AGAIN = timedelta(days=1)
_COPY_AGAIN = timedelta(seconds=30)


def approval_asked(situation: Situation) -> Approval | None:
    """What this step, or its sequence, asks of the owner before a mail; mostly nothing."""
    asked = str(getattr(situation.step, "approval", ""))
    return approval_of(asked, situation.sequence.approval)


async def answered(drafts: ports.Drafts, situation: Situation) -> ports.Draft | Hold | None:
    """What the owner said to the mail of this step: the draft they accepted, or a hold until then.

    A hold as well while they may still send its copy themself.

    None where nobody was asked yet; then `submitted` knows whether to ask.
    """
    walk = situation.enrollment
    draft = await drafts.open_for(walk.id, walk.position, walk.occurrence)
    if draft is None or draft.state is DraftState.WAITING:
        return _waits(draft, situation.now) if draft else None
    return draft if draft.is_free else _held_by_copy(draft, situation.now)


def accepted_letter(draft: ports.Draft) -> Letter:
    """The very bytes that the owner accepted."""
    sheet = draft.sheet
    envelope = Envelope(sheet.sender.address, sheet.recipient.address, draft.wire, sheet.message_id)
    return Letter(sheet.words.subject, envelope, sheet)


async def submitted(
    drafts: ports.Drafts,
    approval: Approval,
    situation: Situation,
    letter: Letter,
    why: str,
    piece: str = "",
) -> Hold | None:
    """A hold until the owner has decided about this letter; None where it may go without a word."""
    name = situation.sequence.name
    accepted = await drafts.accepted_in(name, approval.first) if approval.first else 0
    if not approval.asks(accepted):
        return None
    walk = situation.enrollment
    draft = ports.Draft(
        id=0,
        enrollment_id=walk.id,
        contact_id=walk.contact_id,
        account=walk.account,
        sequence=walk.sequence,
        step=walk.position,
        occurrence=walk.occurrence,
        sheet=replace(letter.sheet, words=letter.sheet.words.kept()),
        made_at=situation.now,
        why=why,
        piece=piece,
    )
    return _waits(await drafts.keep(draft, situation.now), situation.now)


def _held_by_copy(draft: ports.Draft, now: datetime) -> Hold:
    settles_at = draft.copy.settles_at if draft.copy else None
    until = max(settles_at or now, now + _COPY_AGAIN)
    return Hold(until, "its copy is being taken back from your Drafts folder")


def _waits(draft: ports.Draft, now: datetime) -> Hold:
    return Hold(now + _LOOK_AGAIN, f"waits for your approval: nurture drafts show {draft.id}")
