"""Sends what is due for one account: decide, write, last look, deliver, settle."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from nurture import journal, ports
from nurture.approval import answered, submitted
from nurture.core.account import Account
from nurture.core.decision import Advance, Decision, Hold, Postpone, Send, Situation, decide
from nurture.core.halt import objection_of
from nurture.core.pace import DAY, Room, room
from nurture.core.sequence import Sequence
from nurture.errors import Unreachable
from nurture.letter import Letter, write
from nurture.mail.delivery import Accepted, Deferred, Delivery, Rejected, Unknown
from nurture.mail.write.template import Hole
from nurture.outcome import NOT_TRIED, Rest, rest_after, settlement

_OCCURRENCE = "1"
_LOOK_AGAIN = timedelta(hours=6)
_PAGE = 50


@dataclass(frozen=True, slots=True)
class Voice:
    """Everything it takes to speak for one account; without `drafts` no owner is asked."""

    account: Account
    lease: ports.Lease
    accounts: ports.Accounts
    outgoing: ports.Outgoing
    drafts: ports.Drafts | None
    desk: ports.Desk
    switch: ports.Switch
    courier: ports.Courier
    catalog: ports.Catalog
    clock: ports.Clock
    key: bytes
    is_stopping: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True)
class _Ready:
    """A letter, and the facts that its outcome will need."""

    due: ports.Due
    sequence: Sequence
    letter: Letter
    intent: ports.Intent


@dataclass(frozen=True, slots=True)
class Spoken:
    """What one round came to; `again_at` is when to look again, None for the next due time."""

    sent: int = 0
    decided: int = 0
    again_at: datetime | None = None


async def send_due(voice: Voice, heard_since: datetime) -> Spoken:
    """One round: everything due is decided, and as much as the pace allows is sent.

    `heard_since` is when the reading of the folders began that this round relies on; the last
    look refuses whatever an older reading cannot vouch for (promise P5).
    """
    now, name = voice.clock.now(), voice.account.name
    if halted := objection_of(await voice.switch.halts()):
        return await _stand_still(voice, halted, now)
    state = await voice.accounts.state(name)
    if state.resting_until and now < state.resting_until:
        return Spoken(again_at=state.resting_until)
    page = await voice.outgoing.due(name, now, _PAGE)
    if not page:
        return Spoken()
    sent = await voice.outgoing.sent_since(name, now - DAY)
    free = room(name, sent, voice.account.limits, now)
    ready, noted = await _decide_all(voice, page, free, now)
    if noted:
        await voice.outgoing.note(noted, now)
    fresh_since = max(heard_since, now - voice.account.limits.unheard_after)
    gone = await _send_all(voice, ready, now, fresh_since) if ready else 0
    waits_for_room = not free.count and not noted
    return Spoken(gone, len(noted), free.again_at if waits_for_room else None)


async def _stand_still(voice: Voice, why: str, now: datetime) -> Spoken:
    """Nothing is decided and nothing moves; the owner is reminded once a day."""
    account = voice.account
    journal.sending_stands_still(account.name, why)
    subject = f"nurture sends nothing for {account.address}"
    text = f"Answers are still heard and told, but no mail leaves: {why}\n"
    await voice.desk.tell(account.name, subject, text, now, f"halted/{account.name}/{now:%Y-%m-%d}")
    return Spoken(again_at=now + account.limits.sweep_every)


async def _decide_all(
    voice: Voice, page: tuple[ports.Due, ...], free: Room, now: datetime
) -> tuple[list[_Ready], list[tuple[int, Decision]]]:
    """Decides every enrollment of the page; one person gets at most one mail a round (P6)."""
    ready: list[_Ready] = []
    noted: list[tuple[int, Decision]] = []
    written_to: set[int] = set()
    for due in page:
        walk = due.enrollment
        try:
            choice = await _choose(voice, due, now)
        except Unreachable:
            raise
        except Exception as error:
            journal.enrollment_broke(walk.id, str(error))
            choice = Hold(now + _LOOK_AGAIN, f"nurture broke on this step: {error!r}")
        if not isinstance(choice, _Ready):
            _journal_choice(due, choice)
            noted.append((walk.id, choice))
        elif len(ready) < free.count and walk.contact_id not in written_to:
            ready.append(choice)
            written_to.add(walk.contact_id)
    return ready, noted


async def _choose(voice: Voice, due: ports.Due, now: datetime) -> _Ready | Decision:
    walk = due.enrollment
    sequence = await voice.catalog.sequence(walk.sequence, walk.revision)
    if sequence is None:
        return Hold(now + _LOOK_AGAIN, f"the text of sequence {walk.sequence!r} is gone")
    if any(touch.step == walk.position for touch in due.thread):
        return _behind(sequence, walk.position, now, "had its one touch before")
    situation = Situation(
        now=now,
        enrollment=walk,
        contact=due.contact,
        sequence=sequence,
        account=voice.account,
        pace=due.pace,
        is_suppressed=due.is_suppressed,
        postponed=due.postponed,
    )
    decision = decide(situation)
    if not isinstance(decision, Send):
        return decision
    letter = await _letter(voice, due, situation, decision)
    if isinstance(letter, Hold):
        return letter
    return _Ready(due, sequence, letter, _intent(voice, due, decision, letter))


async def _letter(voice: Voice, due: ports.Due, situation: Situation, send: Send) -> Letter | Hold:
    """What will leave: as its owner accepted it, where they are asked, else as it is written."""
    drafts, now = voice.drafts, situation.now
    if drafts and (said := await answered(drafts, situation, send, _OCCURRENCE)):
        return said
    template = voice.catalog.template(send.template)
    if template is None:
        return Hold(now + _LOOK_AGAIN, f"the template {send.template} is missing or broken")
    kept_id = due.postponed.message_id if due.postponed else ""
    message_id = kept_id or voice.clock.mint_id(voice.account.address.rpartition("@")[2])
    try:
        letter = write(
            situation,
            template,
            due.thread,
            message_id=message_id,
            key=voice.key,
            intent=send.intent,
            attachments=send.attachments,
            files=voice.catalog.attachment,
        )
    except Hole as hole:
        return Hold(now + _LOOK_AGAIN, str(hole))
    return await submitted(drafts, situation, send, _OCCURRENCE, letter) if drafts else letter


def _intent(voice: Voice, due: ports.Due, send: Send, letter: Letter) -> ports.Intent:
    return ports.Intent(
        enrollment_id=due.enrollment.id,
        contact_id=due.contact.id,
        step=send.step,
        occurrence=_OCCURRENCE,
        recipient=due.contact.address,
        message_id=letter.envelope.message_id,
        subject=letter.subject,
        due_at=due.enrollment.due_at or due.enrollment.anchor_at,
        why=send.why,
        last_touch_at=due.pace.last_touch_at,
        wire=b"" if voice.account.files_sent_copy else letter.envelope.wire,
        aim=send.intent,
    )


async def _send_all(voice: Voice, ready: list[_Ready], now: datetime, heard_since: datetime) -> int:
    """The last look for the batch, then each dialogue, then the outcomes in one transaction.

    Whatever ends a dialogue, every outcome known by then is committed before it goes further.
    """
    intents = [item.intent for item in ready]
    looks = await voice.outgoing.begin(voice.lease, intents, now, heard_since)
    begun: list[tuple[_Ready, int]] = []
    for item, look in zip(ready, looks, strict=True):
        if isinstance(look, ports.Begun):
            begun.append((item, look.touch_id))
        else:
            walk = item.due.enrollment
            journal.touch_stopped(walk.contact_id, walk.sequence, item.intent.step, look.why)
    settled, rest = await _deliver_all(voice, begun)
    if rest:
        await _fall_silent(voice, rest)
    return sum(isinstance(item.delivery, Accepted) for item in settled)


async def _deliver_all(
    voice: Voice, begun: list[tuple[_Ready, int]]
) -> tuple[list[ports.Settlement], Rest | None]:
    """Each dialogue in turn; what is known is committed even when one of them is cut short.

    The touch in whose dialogue that happens stays `sending`: the next run finds it uncertain.
    """
    settled: list[ports.Settlement] = []
    waiting = list(begun)
    rest: Rest | None = None
    try:
        while waiting and not rest and not await _must_stop(voice):
            item, touch_id = waiting.pop(0)
            delivery = await voice.courier.deliver(item.letter.envelope)
            settled.append(_settle(voice, item, touch_id, delivery))
            rest = rest_after(delivery, voice.clock.now())
    finally:
        settled += [_settle(voice, item, touch_id, NOT_TRIED) for item, touch_id in waiting]
        if settled:
            await voice.outgoing.settle(settled)
    return settled, rest


async def _must_stop(voice: Voice) -> bool:
    return voice.is_stopping() or bool(await voice.switch.halts())


def _settle(voice: Voice, item: _Ready, touch_id: int, delivery: Delivery) -> ports.Settlement:
    now = voice.clock.now()
    onward = _behind(item.sequence, item.intent.step, now, "was sent")
    attempts = item.due.postponed.attempts if item.due.postponed else 0
    _journal_delivery(item, touch_id, delivery)
    return settlement(touch_id, delivery, onward, attempts, now)


def _behind(sequence: Sequence, step: str, now: datetime, what: str) -> Advance:
    """On to the next step: a step that ever had a touch is never repeated (promise P2)."""
    following = sequence.after(step)
    return Advance(following.id if following else None, now, f"{step} {what}")


async def _fall_silent(voice: Voice, rest: Rest) -> None:
    name, now = voice.account.name, voice.clock.now()
    await voice.accounts.rest(name, rest.until, rest.why)
    journal.account_rested(name, rest.until, rest.why)
    if rest.is_alarming:
        subject = f"nurture cannot send for {voice.account.address}"
        advice = f"What to do: {rest.advice}\n" if rest.advice else ""
        again = "Nothing is lost; sending is tried again later."
        text = f"The mail server said: {rest.why}\n{advice}{again}"
        await voice.desk.tell(name, subject, text, now, f"cannot-send/{name}/{now:%Y-%m-%d}")


def _journal_choice(due: ports.Due, choice: Decision) -> None:
    walk = due.enrollment
    if isinstance(choice, Hold):
        journal.touch_held(walk.contact_id, walk.sequence, walk.position, choice.why)
    elif isinstance(choice, Postpone):
        journal.touch_postponed(
            walk.contact_id, walk.sequence, walk.position, until=choice.until, why=choice.why
        )


def _journal_delivery(item: _Ready, touch_id: int, delivery: Delivery) -> None:
    walk, step = item.due.enrollment, item.intent.step
    contact, sequence = walk.contact_id, walk.sequence
    match delivery:
        case Accepted():
            journal.touch_sent(contact, sequence, step, touch=touch_id, why=item.intent.why)
        case Deferred(answer, scope):
            journal.touch_deferred(contact, sequence, step, scope=scope, answer=str(answer))
        case Rejected(answer, scope):
            journal.touch_refused(contact, sequence, step, scope=scope, answer=str(answer))
        case Unknown(answer):
            journal.touch_uncertain(contact, sequence, step, touch=touch_id, why=str(answer))
