"""Sends what is due for one account: decide, write, last look, deliver, settle."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from nurture import journal, ports
from nurture.core.account import Account
from nurture.core.choice import passed
from nurture.core.decision import Decision, Hold, Pick, Postpone, Send
from nurture.core.halt import objection_of
from nurture.core.pace import DAY, Room, room
from nurture.errors import Unreachable
from nurture.mail.delivery import Accepted, Deferred, Delivery, Rejected, Unknown
from nurture.outcome import NOT_TRIED, Rest, rest_after, settlement
from nurture.pen import LOOK_AGAIN, Pen, Ready, choose

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

    @property
    def pen(self) -> Pen:
        """What deciding and writing take of it."""
        return Pen(self.account, self.outgoing, self.catalog, self.clock, self.key, self.drafts)


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
    choices = await _decide_all(voice, page, free, now)
    if choices.noted:
        await voice.outgoing.note(choices.noted, now)
    if choices.orders:
        await voice.outgoing.assign(choices.orders, now)
    fresh_since = max(heard_since, now - voice.account.limits.unheard_after)
    gone = await _send_all(voice, choices.ready, now, fresh_since) if choices.ready else 0
    decided = len(choices.noted) + len(choices.orders)
    return Spoken(gone, decided, free.again_at if not free.count and not decided else None)


async def _stand_still(voice: Voice, why: str, now: datetime) -> Spoken:
    """Nothing is decided and nothing moves; the owner is reminded once a day."""
    account = voice.account
    journal.sending_stands_still(account.name, why)
    subject = f"nurture sends nothing for {account.address}"
    text = f"Answers are still heard and told, but no mail leaves: {why}\n"
    await voice.desk.tell(account.name, subject, text, now, f"halted/{account.name}/{now:%Y-%m-%d}")
    return Spoken(again_at=now + account.limits.sweep_every)


@dataclass(slots=True)
class _Choices:
    """What came of a page: letters within the room there is, tasks, and all that sends nothing."""

    ready: list[Ready] = field(default_factory=list)
    orders: list[ports.Order] = field(default_factory=list)
    noted: list[tuple[int, Decision]] = field(default_factory=list)
    written_to: set[int | str] = field(default_factory=set)

    def take(self, letter: Ready) -> None:
        """Keeps the letter; a person, and a company, get one a round (P6)."""
        contact = letter.due.contact
        keys: set[int | str] = {contact.id, *filter(None, contact.company_keys)}
        if not keys & self.written_to:
            self.ready.append(letter)
            self.written_to |= keys


async def _decide_all(
    voice: Voice, page: tuple[ports.Due, ...], free: Room, now: datetime
) -> _Choices:
    """Decides every enrollment of the page; one that breaks us waits for a person."""
    choices = _Choices()
    for due in page:
        walk = due.enrollment
        try:
            has_room = len(choices.ready) < free.count
            choice = await choose(voice.pen, due, now, may_write=has_room)
        except Unreachable:
            raise
        except Exception as error:
            journal.enrollment_broke(walk.id, str(error))
            choice = Hold(now + LOOK_AGAIN, f"nurture broke on this step: {error!r}")
        match choice:
            case Ready():
                choices.take(choice)
            case ports.Order():
                choices.orders.append(choice)
            case Send() | Pick():
                pass  # its turn comes when there is room
            case _:
                _journal_choice(due, choice)
                choices.noted.append((walk.id, choice))
    return choices


async def _send_all(voice: Voice, ready: list[Ready], now: datetime, heard_since: datetime) -> int:
    """The last look for the batch, then each dialogue, then the outcomes in one transaction.

    Whatever ends a dialogue, every outcome known by then is committed before it goes further.
    """
    intents = [item.intent for item in ready]
    looks = await voice.outgoing.begin(voice.lease, intents, now, heard_since)
    begun: list[tuple[Ready, int]] = []
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
    voice: Voice, begun: list[tuple[Ready, int]]
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


def _settle(voice: Voice, item: Ready, touch_id: int, delivery: Delivery) -> ports.Settlement:
    now = voice.clock.now()
    onward = passed(replace(item.situation, now=now), f"{item.intent.step} was sent")
    attempts = item.due.postponed.attempts if item.due.postponed else 0
    _journal_delivery(item, touch_id, delivery)
    return settlement(touch_id, delivery, onward, attempts, now)


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


def _journal_delivery(item: Ready, touch_id: int, delivery: Delivery) -> None:
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
