"""What a sequence would send to one person, step by step, in the very bytes."""

from collections.abc import Collection
from datetime import datetime

from nurture import ports
from nurture.core.contact import Contact
from nurture.core.decision import Decision
from nurture.core.enrollment import FIRST, Enrollment, State
from nurture.core.sequence import Sequence
from nurture.core.situation import Pace, Situation
from nurture.core.touch import Touch, TouchState
from nurture.letter import Letter
from nurture.mail.write.template import Hole
from nurture.pen import Pen, Ready, carry_out
from nurture.steps import Deed
from nurture.value import frozen


@frozen
class Specimen:
    """One step as this person would get it: a letter, a task, or why there is none.

    `because` is the reason under which the letter would stand in the ledger.
    """

    step: str
    letter: Letter | None = None
    order: ports.Order | None = None
    why: str = ""
    because: str = ""


async def specimens(
    pen: Pen, contact: Contact, sequence: Sequence, steps: Collection[str], now: datetime
) -> tuple[Specimen, ...]:
    """Each of these steps (all where none is named), in the order of the file; nothing is stored.

    The hour, manners and conditions are left out; a mail that continues a conversation continues
    the one that the steps before it would have begun.
    """
    shown: list[Specimen] = []
    thread: tuple[Touch, ...] = ()
    for step in sequence.all_steps:
        if not isinstance(step, Deed):
            continue
        situation = _situation(pen, contact, sequence, step.id, now)
        due = ports.Due(situation.enrollment, contact, Pace(), is_suppressed=False, thread=thread)
        specimen = await _specimen(pen, due, situation, step)
        if specimen.letter:
            thread = (*thread, _as_sent(situation, specimen.letter))
        if not steps or step.id in steps:
            shown.append(specimen)
    return tuple(shown)


def _situation(
    pen: Pen, contact: Contact, sequence: Sequence, step: str, now: datetime
) -> Situation:
    is_occasion = sequence.occasion(step) is not None
    walk = Enrollment(
        id=0,
        contact_id=contact.id,
        account=pen.account.name,
        sequence=sequence.name,
        revision=sequence.revision,
        state=State.ACTIVE,
        position=step,
        anchor_at=now,
        due_at=now,
        enrolled_at=now,
        lane=step if is_occasion else "",
        occurrence=now.date().isoformat() if is_occasion else FIRST,
    )
    return Situation(now, walk, contact, sequence, pen.account, calendar=pen.catalog.calendar)


async def _specimen(pen: Pen, due: ports.Due, situation: Situation, step: Deed) -> Specimen:
    try:
        found = await carry_out(pen, due, situation, step.asked(situation))
    except Hole as hole:
        return Specimen(step.id, why=str(hole))
    match found:
        case Ready():
            return Specimen(step.id, letter=found.letter, because=found.intent.why)
        case ports.Order():
            return Specimen(step.id, order=found)
        case _:
            return Specimen(step.id, why=_why(found))


def _why(decision: Decision) -> str:
    return getattr(decision, "why", "")


def _as_sent(situation: Situation, letter: Letter) -> Touch:
    walk = situation.enrollment
    return Touch(
        id=0,
        enrollment_id=0,
        contact_id=walk.contact_id,
        account=walk.account,
        sequence=walk.sequence,
        revision=walk.revision,
        step=walk.position,
        occurrence=walk.occurrence,
        state=TouchState.SENT,
        message_id=letter.envelope.message_id,
        begun_at=situation.now,
        subject=letter.subject,
        sent_at=situation.now,
    )
