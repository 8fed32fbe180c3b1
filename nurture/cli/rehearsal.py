"""What would be sent: on a copy of the database, under a clock that jumps."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import field, replace
from datetime import datetime, timedelta
from os import environ
from pathlib import Path
from tempfile import TemporaryDirectory

from nurture import ports
from nurture.core.contact.address import BadAddress, address_key
from nurture.demo.story_clock import StoryClock
from nurture.errors import Misconfigured
from nurture.flows.send import Voice, send_due
from nurture.mail.delivery import Accepted, Delivery, Envelope
from nurture.mail.read.inbound import read
from nurture.settings import load_settings
from nurture.speech import one_by_one
from nurture.storage.backup import copy_for_trial, url_of
from nurture.transport.clock import SystemClock
from nurture.transport.specimen import FolderCourier, RedirectCourier
from nurture.value import frozen
from nurture.wiring.server import courier_of
from nurture.wiring.world import World, world_of

MOST = 500
"""Mails of one rehearsal at most: beyond that nobody reads them."""

_SECOND = timedelta(seconds=1)
_WORKER = "rehearsal"


@frozen
class Shown:
    """One mail of the rehearsal: when it would leave, to whom, and what became of the specimen."""

    at: datetime
    account: str
    recipient: str
    subject: str
    outcome: str
    is_shown: bool


@frozen
class _Witness:
    """A ports.Courier that remembers what passed through it."""

    account: str
    courier: ports.Courier
    clock: ports.Clock
    shown: list[Shown] = field(default_factory=list)

    async def deliver(self, envelope: Envelope) -> Delivery:
        """As the courier behind it."""
        delivery = await self.courier.deliver(envelope)
        is_shown, subject = isinstance(delivery, Accepted), read(envelope.wire).subject
        self.shown.append(
            Shown(
                self.clock.now(),
                self.account,
                envelope.recipient,
                subject,
                delivery.answer.text,
                is_shown,
            )
        )
        return delivery

    async def carry(self, load: ports.Load) -> None:
        """One after the other, so that they are shown in their order."""
        await one_by_one(load, self.deliver)

    async def close(self) -> None:
        """As the courier behind it."""
        await self.courier.close()


async def into_folder(config: Path | None, folder: Path, stretch: timedelta) -> list[Shown]:
    """Every mail of that stretch as a file of `folder`."""
    async with _copied(config, with_passwords=False) as (world, clock):
        return await _rehearse(world, clock, stretch, lambda _: FolderCourier(folder, clock))


async def to_address(config: Path | None, to: str, stretch: timedelta) -> list[Shown]:
    """Every mail of that stretch, sent to this one address at once."""
    async with _copied(config, with_passwords=True) as (world, clock):
        await own_address(world, to)
        return await _rehearse(
            world, clock, stretch, lambda name: RedirectCourier(courier_of(world, name), to)
        )


async def own_address(world: World, to: str) -> str:
    """The address that specimens may go to; raises Misconfigured for anybody's but one's own.

    Whoever was erased is no contact any more, and still gets nothing (promise P3).
    """
    try:
        key = address_key(to, test_domains=True)
    except BadAddress as error:
        raise Misconfigured(f"{to!r} gets no specimens: {error}") from error
    if await world.store.people.contact(key):
        raise Misconfigured(f"{to} is a contact: name an address of your own")
    if await world.store.people.suppressed([key]):
        raise Misconfigured(f"{to} asked for no mail, or bounced: name an address of your own")
    return key


@asynccontextmanager
async def _copied(
    config: Path | None, *, with_passwords: bool
) -> AsyncIterator[tuple[World, StoryClock]]:
    """The world on a copy of its database, thrown away at the end, on a clock that jumps."""
    settings = load_settings(config, environ, with_passwords=with_passwords)
    clock = StoryClock(SystemClock().now())
    with TemporaryDirectory(prefix="nurture-rehearsal-") as folder:
        copy = Path(folder) / "copy.db"
        copy_for_trial(settings.storage_url, copy)
        trial = replace(settings, storage_url=url_of(copy))
        async with world_of(trial, clock, is_spare=True) as world:
            for halt in await world.store.switch.halts():
                await world.store.switch.lift(halt.kind, _WORKER, clock.now())
            for name in world.accounts:
                state = await world.store.accounts.state(name)
                await world.store.accounts.prove(name, state.mailbox, _WORKER, clock.now())
            yield world, clock


async def _rehearse(
    world: World,
    clock: StoryClock,
    stretch: timedelta,
    courier: Callable[[str], ports.Courier],
) -> list[Shown]:
    until, shown = clock.now() + stretch, list[Shown]()
    witnesses = [_Witness(name, courier(name), clock, shown) for name in world.accounts]
    voices = [await _voice(world, each, until) for each in witnesses]
    try:
        while clock.now() < until and len(shown) < MOST:
            ahead = await _round(world, voices)
            if ahead is None or ahead >= until:
                break
            await clock.advance_to(ahead)
    finally:
        for witness in witnesses:
            await witness.close()
    return shown


async def _voice(world: World, witness: _Witness, until: datetime) -> Voice:
    """A lease of the copy, whoever holds that of the original."""
    store, now, name = world.store, world.clock.now(), witness.account
    state = await store.accounts.state(name)
    await store.accounts.release(ports.Lease(name, state.worker, state.epoch))
    lease = await store.accounts.take(name, _WORKER, now, until + timedelta(days=1))
    if lease is None:
        raise Misconfigured(f"the copy of account {name!r} cannot be leased")
    voice = Voice.over(
        store, world.accounts[name], lease, witness, world.shelf, world.clock, world.key
    )
    return replace(voice, drafts=None)


async def _round(world: World, voices: Sequence[Voice]) -> datetime | None:
    """Every account speaks as if nobody had answered; when to go on, None for never."""
    now, ahead = world.clock.now(), list[datetime]()
    for voice in voices:
        await world.store.accounts.was_read(voice.lease, now)
        spoken = await send_due(voice, now)
        due = spoken.again_at or await world.store.outgoing.next_due(voice.account.name)
        if spoken.sent or spoken.decided:
            due = now
        ahead += [due] if due else []
    return max(min(ahead), now + _SECOND) if ahead else None
