"""What is due becomes a letter, a task for the owner, or a decision that sends nothing."""

from dataclasses import replace
from datetime import datetime, timedelta

from nurture import ports
from nurture.approval import accepted_letter, answered, approval_asked, submitted
from nurture.core.account import Account
from nurture.core.choice import decide, passed
from nurture.core.choice.pledged import day_promised_before
from nurture.core.decision import Advance, Assign, Decision, Hold, MoveTo, Pick, Send
from nurture.core.draft import Approval
from nurture.core.merge_field import values_for
from nurture.core.override import Overridden
from nurture.core.sequence import Intent as Aim
from nurture.core.sequence import Sequence
from nurture.core.sequence.course import lanes
from nurture.core.sequence.entry import Standing, admission, run_of
from nurture.core.situation import Situation
from nurture.core.task import Task, untitled
from nurture.core.touch import TouchState
from nurture.document.template_text import read_template
from nurture.errors import Misconfigured
from nurture.letter import Letter, write
from nurture.mail.write.template import Hole, Template
from nurture.offer import Offer, offers, requested
from nurture.paper.reflow import reflowed
from nurture.value import frozen

LOOK_AGAIN = timedelta(hours=6)

_Mail = Send | Pick

_REACHED_THEM = frozenset({TouchState.SENT, TouchState.UNCERTAIN, TouchState.BOUNCED})


@frozen
class Pen:
    """Everything it takes to decide and to write for one account; no `drafts`, nobody asked."""

    account: Account
    outgoing: ports.Outgoing
    catalog: ports.Catalog
    clock: ports.Clock
    key: bytes
    drafts: ports.Drafts | None = None


@frozen
class Ready:
    """A letter, and the facts that its outcome will need."""

    due: ports.Due
    situation: Situation
    letter: Letter
    intent: ports.Intent


async def choose(
    pen: Pen, due: ports.Due, now: datetime, *, may_write: bool = True
) -> Ready | ports.Order | Decision:
    """What to do with it: a letter, a task, or a decision that sends nothing.

    Where it may not write now, a decision to send is returned as it is.
    A step that ever had a touch is never repeated, nor is the same time of an occasion (P2).
    """
    walk = due.enrollment
    sequence = await pen.catalog.sequence(walk.sequence, walk.revision)
    if sequence is None:
        return Hold(now + LOOK_AGAIN, f"the text of sequence {walk.sequence!r} is gone")
    situation = _situation(pen, due, sequence, now)
    if (walk.position, walk.occurrence) in [(each.step, each.occurrence) for each in due.thread]:
        return passed(situation, f"{walk.position} had its one touch before")
    promised = day_promised_before(situation, due.thread, _REACHED_THEM)
    situation = replace(situation, promised_on=promised) if promised else situation
    decision = decide(situation)
    try:
        if not isinstance(decision, _Mail):
            return await carry_out(pen, due, situation, decision)
        if not may_write:
            return decision
        approval = approval_asked(situation) if pen.drafts else None
        if pen.drafts and approval:
            return await _with_approval(pen, pen.drafts, approval, due, situation, decision)
        return await carry_out(pen, due, situation, decision)
    except Hole as hole:
        return Hold(now + LOOK_AGAIN, str(hole))


def _situation(pen: Pen, due: ports.Due, sequence: Sequence, now: datetime) -> Situation:
    """All that is known, by place: for each mail, naming fourteen fields costs as much again."""
    sent = frozenset([each.step for each in due.thread if each.state in _REACHED_THEM])
    return Situation(
        now, due.enrollment, due.contact, sequence, pen.account, due.pace, due.is_suppressed,
        due.postponed, pen.catalog.calendar, due.hush, due.owes_parting, due.override, sent,
    )  # fmt: skip


async def _with_approval(
    pen: Pen,
    drafts: ports.Drafts,
    approval: Approval,
    due: ports.Due,
    situation: Situation,
    send: _Mail,
) -> Ready | ports.Order | Decision:
    """What is sent: as its owner accepted it; as it is written where they need not be asked."""
    said = await answered(drafts, situation)
    if isinstance(said, Hold):
        return said
    if said is not None and said.piece and await _was_had(pen, situation, said.piece):
        words = f"they had {said.piece} meanwhile, or a colleague: nurture drafts skip {said.id}"
        return Hold(situation.now + LOOK_AGAIN, words)
    if said is not None:
        letter = accepted_letter(said)
        intent = _intent(pen, due, letter, send.intent, said.why, said.piece)
        return Ready(due, situation, letter, intent)
    found = await carry_out(pen, due, situation, send)
    if isinstance(found, Ready):
        intent = found.intent
        waits = await submitted(drafts, approval, situation, found.letter, intent.why, intent.piece)
        return waits or found
    return found


async def _was_had(pen: Pen, situation: Situation, piece: str) -> bool:
    reader = await pen.outgoing.reader(situation.contact, situation.now)
    return piece in reader.had | reader.company_had


async def carry_out(
    pen: Pen, due: ports.Due, situation: Situation, decision: Decision
) -> Ready | ports.Order | Decision:
    """The letter or the task that a decision asks for; raises Hole where a value is missing."""
    match decision:
        case Send():
            return _letter(pen, due, situation, decision)
        case Pick():
            return await _picked(pen, due, situation, decision)
        case Assign():
            return _order(pen, situation, decision)
        case MoveTo():
            return await _moved(pen, situation, decision)
        case _:
            return decision


def _letter(
    pen: Pen, due: ports.Due, situation: Situation, send: Send, offer: Offer | None = None
) -> Ready | Hold:
    now = situation.now
    template = offer.template if offer else _wording(pen, situation, send)
    if template is None:
        return Hold(now + LOOK_AGAIN, f"the template {send.template} is missing or broken")
    kept_id = due.postponed.message_id if due.postponed else ""
    message_id = kept_id or pen.clock.mint_id(pen.account.address.rpartition("@")[2])
    letter = write(
        situation,
        template,
        due.thread,
        message_id=message_id,
        key=pen.key,
        intent=send.intent,
        attachments=send.attachments,
        files=pen.catalog.attachment,
    )
    intent = _intent(pen, due, letter, send.intent, send.why, offer.path if offer else "")
    return Ready(due, situation, letter, intent)


def _intent(
    pen: Pen, due: ports.Due, letter: Letter, aim: Aim, why: str, piece: str
) -> ports.Intent:
    walk, contact = due.enrollment, due.contact
    # By place, as the situation: naming the fields costs as much again.
    return ports.Intent(
        walk.id,
        contact.id,
        walk.position,
        walk.occurrence,
        contact.address,
        letter.envelope.message_id,
        letter.subject,
        walk.due_at or walk.anchor_at,
        why,
        due.pace.last_touch_at,
        due.pace.company_touch_at,
        b"" if pen.account.files_sent_copy else letter.envelope.wire,
        piece,
        pen.account.scope_of(contact.address),
        due.override,
        aim,
    )


def _wording(pen: Pen, situation: Situation, send: Send) -> Template | None:
    """The owner's own words for this person where they wrote some, else the sequence's."""
    override = situation.override
    if override and override.what is Overridden.REWORDED:
        try:
            return read_template(override.text, f"your words for {send.step}")
        except Misconfigured:
            return None
    return pen.catalog.template(send.template)


async def _picked(
    pen: Pen, due: ports.Due, situation: Situation, pick: Pick
) -> Ready | ports.Order | Decision:
    """The best piece that can be written to them, or else a request to the owner for one."""
    if situation.override and situation.override.what is Overridden.REWORDED:
        own = Send(pick.step, "", pick.intent, f"{pick.why}: in your words", pick.attachments)
        return _letter(pen, due, situation, own)
    found = await offers(pen.outgoing, pen.catalog, situation, pick)
    hole: Hole | None = None
    for each in found.best:
        send = Send(pick.step, each.path, pick.intent, f"{pick.why}: {each.why}", each.attachments)
        try:
            return _letter(pen, due, situation, send, each)
        except Hole as gap:
            hole = hole or gap
    if hole:
        raise hole
    return await _asked_for(pen, situation, pick, found.lacking)


async def _asked_for(
    pen: Pen, situation: Situation, pick: Pick, lacking: str
) -> ports.Order | Decision:
    """The walk stands until there is a piece, or the owner was asked for long enough."""
    asked = await pen.outgoing.asked(situation.enrollment)
    wanted = requested(situation, pick, lacking, asked)
    if wanted is None:
        return passed(situation, f"no piece came in time: {lacking}")
    title, text, assign = wanted
    return _task(situation, assign, title, text)


def _order(pen: Pen, situation: Situation, assign: Assign) -> ports.Order | Hold:
    """The task with its words rendered for this person; a hole is shown, never printed."""
    values = values_for(situation.contact, pen.account, situation.sequence)
    if not assign.template:
        where = f"step {assign.step!r} of {situation.sequence.name}"
        text = read_template(assign.text, where).render(values).text.strip()
        return _task(situation, assign, text.partition("\n")[0], text)
    template = pen.catalog.template(assign.template)
    if template is None:
        why = f"the template {assign.template} is missing or broken"
        return Hold(situation.now + LOOK_AGAIN, why)
    rendered = template.render(values)
    title = rendered.subject or untitled(assign.channel, situation.contact.name)
    return _task(situation, assign, title, reflowed(rendered.html))


def _task(situation: Situation, assign: Assign, title: str, text: str) -> ports.Order:
    walk = situation.enrollment
    task = Task(
        id=0,
        enrollment_id=walk.id,
        contact_id=walk.contact_id,
        account=walk.account,
        sequence=walk.sequence,
        step=assign.step,
        occurrence=walk.occurrence,
        channel=assign.channel,
        title=title,
        text=text,
        due_on=assign.due_on,
        created_at=situation.now,
        blocks=assign.blocks,
        why=assign.why,
    )
    then = None if assign.blocks else passed(situation, f"{assign.step} is with you")
    return ports.Order(task, then, assign.lapses_at)


async def _moved(pen: Pen, situation: Situation, move: MoveTo) -> Decision:
    """The end here and the beginning there, in one; where that door is shut, only the end."""
    contact, now = situation.contact, situation.now
    there = pen.catalog.today(move.sequence)
    if there is None:
        return Hold(now + LOOK_AGAIN, f"there is no sequence {move.sequence!r} to move to")
    walks = (await pen.outgoing.walks([contact.id])).get(contact.id, ())
    others = tuple(each for each in walks if each.sequence != situation.sequence.name)
    today = (pen.catalog.today(name) for name in {each.sequence for each in others})
    entries = {each.name: each.entry for each in today if each}
    standing = Standing(others, entries)
    why = admission(there.name, there.entry, standing, situation.zones[0], now)
    if why:
        return Advance(None, now, f"cannot move to {there.name}: {why}")
    starts = lanes(
        there,
        contact,
        situation.enrollment.account,
        now,
        because=move.why,
        run=run_of(there.name, walks),
        zone=pen.account.owner.zone,
    )
    return Advance(None, now, move.why, starts=starts)
