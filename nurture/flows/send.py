"""Sends what is due for one account: decide, write, last look, deliver, settle."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Self

from nurture import journal, ports
from nurture.core.account import Account
from nurture.core.account.allowance import Allowance, cap_of
from nurture.core.choice import reached
from nurture.core.halt import objection_of
from nurture.core.touch import TouchMove
from nurture.mail.delivery import Accepted, Deferred, Delivery, Rejected, Unknown
from nurture.outcome import Rest, lengthened, settlement, undelivered
from nurture.pen import Pen, Ready
from nurture.sift import Choices, decide_some
from nurture.speech import Speech, Utterance, together
from nurture.standing import proof_objection
from nurture.value import frozen

_PAGE = 50
_BATCHES = 3  # that are looked up at once where whole batches may leave one after the other
_ROUND = timedelta(seconds=2)  # after which nothing more begins before the folders are read again


@frozen
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

    @classmethod
    def over(
        cls,
        store: ports.Stores,
        account: Account,
        lease: ports.Lease,
        courier: ports.Courier,
        catalog: ports.Catalog,
        clock: ports.Clock,
        key: bytes,
    ) -> Self:
        """One that keeps everything in this store."""
        return cls(
            account,
            lease,
            store.accounts,
            store.outgoing,
            store.drafts,
            store.desk,
            store.switch,
            courier,
            catalog,
            clock,
            key,
        )

    @property
    def pen(self) -> Pen:
        """What deciding and writing take of it."""
        return Pen(self.account, self.outgoing, self.catalog, self.clock, self.key, self.drafts)


@frozen
class Spoken:
    """What one round came to; `again_at` is when to look again, None for the next due time.

    `is_full` where nothing leaves before then, whatever else becomes due; `is_midway` where more
    is due and may leave at once.
    """

    sent: int = 0
    decided: int = 0
    again_at: datetime | None = None
    is_full: bool = False
    is_midway: bool = False


async def send_due(voice: Voice, heard_since: datetime) -> Spoken:
    """One round: everything due is decided, and as much as the pace allows is sent.

    `heard_since` is when the reading of the folders began that this round relies on; the last
    look refuses whatever an older reading cannot vouch for (promise P5).  A mailbox without a pace
    of its own goes from page to page for two seconds; then its folders are read again.
    """
    until = voice.clock.now() + _ROUND
    spoken = await _send_page(voice, heard_since, until)
    while spoken.is_midway and voice.clock.now() < until and not voice.is_stopping():
        more = await _send_page(voice, heard_since, until)
        sent, decided = spoken.sent + more.sent, spoken.decided + more.decided
        spoken = replace(more, sent=sent, decided=decided)
    return spoken


async def _send_page(voice: Voice, heard_since: datetime, until: datetime) -> Spoken:
    now, name = voice.clock.now(), voice.account.name
    if halted := objection_of(await voice.switch.halts()):
        return await _stand_still(voice, halted, now)
    state = await voice.accounts.state(name)
    if unproven := proof_objection(state):
        return await _stand_still(voice, unproven, now)
    if state.resting_until and now < state.resting_until:
        return Spoken(again_at=state.resting_until)
    flows = _flows(voice.account, state, now)
    size = max(_PAGE, voice.account.limits.batch * (_BATCHES if flows else 1))
    page = await voice.outgoing.due(name, now, size)
    if not page:
        return Spoken()
    allowance = await _allowance(voice, state, page, now)
    free = allowance.room()
    round_ = _Round(voice, heard_since, deque(page), allowance, free.count > 0, until)
    # Two hands: while one batch is on the wire, the next one is written and begun.
    await together(_work(round_) for _ in range(2 if free.count > 1 else 1))
    if round_.speech.rest:
        await _fall_silent(voice, round_.speech.rest)
    is_full = not (free.count or round_.decided)
    is_midway = flows and len(page) == size and round_.gone > 0 and not round_.speech.is_over
    again_at = free.again_at if is_full else None
    return Spoken(round_.gone, round_.decided, again_at, is_full, is_midway)


def _flows(account: Account, state: ports.AccountState, now: datetime) -> bool:
    """Whether whole batches may leave, one after the other."""
    room = Allowance.of(account.name, account.limits, state.spending, (), now).room()
    return room.count == account.limits.batch


async def _allowance(
    voice: Voice, state: ports.AccountState, page: tuple[ports.Due, ...], now: datetime
) -> Allowance:
    """What is worth writing; the last look asks again, under lock."""
    account = voice.account
    scopes = {account.scope_of(due.contact.address) for due in page}
    capped = {scope for scope in scopes if cap_of(scope, account.limits)}
    # Of a family without a cap, nothing counts but trouble with it.
    families = (*await voice.accounts.families(capped), *await voice.accounts.backed_off())
    return Allowance.of(account.name, account.limits, state.spending, families, now)


@dataclass(slots=True)
class _Round:
    """One page on its way, within what the account and the families may be sent.

    `promised` are mails for which there is room, and of which the allowance does not know yet.
    """

    voice: Voice
    heard_since: datetime
    waiting: deque[ports.Due]
    allowance: Allowance
    has_room: bool
    until: datetime
    speech: Speech = field(init=False)
    promised: int = 0
    written_to: set[int | str] = field(default_factory=set)
    under_way: dict[int, Ready] = field(default_factory=dict)
    gone: int = 0
    decided: int = 0

    def __post_init__(self) -> None:
        voice = self.voice
        self.speech = Speech(
            voice.courier, voice.outgoing, voice.switch, voice.clock, voice.is_stopping
        )

    def tell(self, settled: Iterable[ports.Settlement]) -> None:
        """Outcomes that were committed go into the journal, all of a step that was sent at once."""
        sent = defaultdict[tuple[str, str, str], list[tuple[int, int]]](list)
        for each in settled:
            item = self.under_way.pop(each.touch_id)
            if isinstance(each.delivery, Accepted):
                step = (item.due.enrollment.sequence, item.intent.step, item.intent.why)
                sent[step].append((item.intent.contact_id, each.touch_id))
                self.gone += 1
            else:
                _journal_trouble(item, each, each.delivery)
        for step, them in sent.items():
            journal.touches_sent(*step, them)

    def room(self, now: datetime) -> int:
        """How many mails may be begun now; two commits together make a batch."""
        self.allowance.now = now
        free = self.allowance.room().count - self.promised
        return max(0, min(free, max(1, self.voice.account.limits.batch // 2)))


async def _work(round_: _Round) -> None:
    """Batch after batch, each decided at its own instant and committed before its dialogues."""
    try:
        while round_.waiting and not round_.speech.is_over:
            now = round_.voice.clock.now()
            if now >= round_.until:
                return
            free = round_.room(now)
            if round_.has_room and not free:
                return
            round_.promised += free
            try:
                begun = await _begin_some(round_, free, now)
            finally:
                round_.promised -= free
            await round_.speech.deliver(begun, round_.tell)
    except BaseException:
        round_.speech.is_over = True
        raise


async def _begin_some(round_: _Round, free: int, now: datetime) -> list[Utterance]:
    """Decides on until so many letters are written, and lets through what the last look passes."""
    voice, choices = round_.voice, Choices(round_.written_to)
    await decide_some(voice.pen, choices, round_.waiting, round_.allowance, free, now)
    if choices.noted and not await voice.outgoing.note(voice.lease, choices.noted, now):
        round_.speech.is_over = True  # another worker speaks for this account now
        return []
    if choices.orders:
        await voice.outgoing.assign(choices.orders, now)
    round_.decided += len(choices.noted) + len(choices.orders)
    return await _begin(round_, choices.ready, now) if choices.ready else []


async def _stand_still(voice: Voice, why: str, now: datetime) -> Spoken:
    """Nothing is decided and nothing moves; the owner is reminded once a day."""
    account = voice.account
    journal.sending_stands_still(account.name, why)
    subject = f"nurture sends nothing for {account.address}"
    text = f"Answers are still heard and told, but no mail leaves: {why}\n"
    await voice.desk.tell(account.name, subject, text, now, f"halted/{account.name}/{now:%Y-%m-%d}")
    return Spoken(again_at=now + account.limits.sweep_every)


async def _begin(round_: _Round, ready: list[Ready], now: datetime) -> list[Utterance]:
    """The last look for the batch, and what passed it."""
    voice = round_.voice
    limits = voice.account.limits
    fresh_since = max(round_.heard_since, now - limits.unheard_after)
    intents = [item.intent for item in ready]
    looks = await voice.outgoing.begin(voice.lease, intents, now, fresh_since, limits)
    begun = []
    for item, look in zip(ready, looks, strict=True):
        if isinstance(look, ports.Begun):
            settled = partial(_settle, item, look.touch_id)
            begun.append(Utterance(item.letter.envelope, settled))
            round_.under_way[look.touch_id] = item
            round_.allowance.take(item.intent.family)
        else:
            walk = item.due.enrollment
            journal.touch_stopped(walk.contact_id, walk.sequence, item.intent.step, look.why)
    round_.allowance.commit()
    return begun


def _settle(item: Ready, touch_id: int, delivery: Delivery, now: datetime) -> ports.Settlement:
    why = f"{item.intent.step} was sent"
    onward = reached(item.situation, now, why, item.due.overridden)
    due, before = item.due, item.due.postponed
    attempts, since = (before.attempts, before.tried_since) if before else (0, None)
    settled = settlement(touch_id, delivery, onward, attempts, now, since)
    alert = undelivered(settled, due.contact, item.intent.subject, due.enrollment.sequence)
    return replace(settled, alert=alert) if alert else settled


async def _fall_silent(voice: Voice, rest: Rest) -> None:
    name, now = voice.account.name, voice.clock.now()
    rest = lengthened(rest, (await voice.accounts.state(name)).troubles, now)
    await voice.accounts.rest(name, rest.until, rest.why)
    journal.account_rested(name, rest.until, rest.why)
    if rest.is_alarming:
        subject = f"nurture cannot send for {voice.account.address}"
        advice = f"What to do: {rest.advice}\n" if rest.advice else ""
        again = "Nothing is lost; sending is tried again later."
        text = f"The mail server said: {rest.why}\n{advice}{again}"
        await voice.desk.tell(name, subject, text, now, f"cannot-send/{name}/{now:%Y-%m-%d}")


def _journal_trouble(
    item: Ready, settled: ports.Settlement, trouble: Deferred | Rejected | Unknown
) -> None:
    contact, step = item.intent.contact_id, item.intent.step
    sequence, answer = item.due.enrollment.sequence, str(trouble.answer)
    if isinstance(trouble, Unknown):
        journal.touch_uncertain(contact, sequence, step, touch=settled.touch_id, why=answer)
    elif isinstance(trouble, Rejected) or settled.move is TouchMove.REJECTED:
        journal.touch_refused(contact, sequence, step, scope=trouble.scope, answer=answer)
    else:
        journal.touch_deferred(contact, sequence, step, scope=trouble.scope, answer=answer)
