"""What Sent proves counts as sent; what nobody explains pauses its contact (F21, R18)."""

import copy
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from nurture.core.enrollment import State
from nurture.core.halt import HaltKind
from nurture.core.touch import TouchState
from nurture.errors import Misconfigured, Unreachable
from nurture.flows.reconcile import Archive, Reconciled, reconcile
from nurture.mail.cursor import Folder
from tests.fakes.mailbox import FakeMailbox
from tests.fakes.memory_world import World
from tests.fakes.small_house import ACCOUNT, KEY, START, SmallHouse, person

ADA, BEN = person("Ada"), person("Ben")
LATER = START + timedelta(days=22)


class Restored(SmallHouse):
    """A small house whose memory can be put back to an earlier moment."""

    def copied(self) -> World:
        """Everything remembered, as a backup keeps it."""
        return copy.deepcopy(self.store.world)

    def put_back(self, kept: World) -> None:
        """The memory of then; mailbox and courier stay as they are now."""
        for name in World.__slots__:
            setattr(self.store.world, name, getattr(kept, name))
        self.lease = None

    async def speaks(self) -> None:
        """Rounds until nothing is due, each copy filed into Sent as the daemon does."""
        before = len(self.courier.delivered)
        for _ in range(9):
            await self.round()
        for envelope in self.courier.delivered[before:]:
            self.mailbox.deliver(Folder.SENT, envelope.wire)

    async def reconcile(self, halted_at: datetime = LATER) -> Reconciled:
        """Reads Sent as `nurture resume --reconcile` does."""
        return await reconcile(
            Archive(
                account=self.account,
                own=self.account.own_addresses,
                halted_at=halted_at,
                recovery=self.store.recovery,
                incoming=self.store.incoming,
                people=self.store.people,
                desk=self.store.desk,
                mailbox=self.mailbox,
                catalog=self.shelf,
                clock=self.clock,
                key=KEY,
            )
        )

    async def state_of(self, address: str) -> State:
        """Where the only walk of this person stands."""
        contact = await self.store.people.contact(address)
        assert contact is not None
        (walk,) = await self.store.desk.enrollments(contact.id)
        return walk.state


@pytest.fixture
async def house() -> Restored:
    """Ada got her first mail, then a backup was taken and put back after all that followed."""
    house = Restored()
    await house.invite(ADA, BEN)
    return house


def by_hand(subject: str = "Lunch?", to: str = ADA.address, **fields: str) -> bytes:
    rows = [
        f"From: {ACCOUNT.address}", f"To: {to}", f"Subject: {subject}",
        "Date: Thu, 05 Mar 2026 10:00:00 +0000", "Message-ID: <A1B2-C3@phone.example>",
        *(f"{name.replace('_', '-')}: {text}" for name, text in fields.items()),
        "", "Anna",
    ]  # fmt: skip
    return "\r\n".join(rows).encode()


async def test_steps_sent_since_the_backup_are_not_sent_again(house: Restored) -> None:
    kept = house.copied()
    await house.speaks()
    await house.clock.advance_to(LATER)
    await house.speaks()
    assert len(house.courier.delivered) == 4
    house.put_back(kept)
    told = await house.reconcile()
    assert sorted(told.recalled) == sorted([ADA.address, BEN.address] * 2)
    assert (told.doubted, told.unknown) == ((), ())
    await house.speaks()
    assert len(house.courier.delivered) == 4
    assert await house.state_of(ADA.address) is State.ENDED


async def test_the_wait_behind_a_recalled_mail_counts_from_that_mail(house: Restored) -> None:
    kept = house.copied()
    await house.speaks()
    house.put_back(kept)
    await house.clock.advance_to(START + timedelta(days=13))
    await house.reconcile()
    await house.speaks()
    assert len(house.courier.delivered) == 2
    await house.clock.advance_to(START + timedelta(days=15))
    await house.speaks()
    assert await house.sent_to(ADA.address) == ["Hello Ada", "One more, Ada"]


async def test_reconciling_twice_changes_nothing_more(house: Restored) -> None:
    kept = house.copied()
    await house.speaks()
    house.put_back(kept)
    await house.reconcile()
    again = await house.reconcile()
    assert (again.read, again.recalled, again.doubted) == (2, (), ())


async def test_a_mail_that_no_step_explains_pauses_its_reader(house: Restored) -> None:
    house.mailbox.deliver(Folder.SENT, by_hand())
    told = await house.reconcile()
    assert told.doubted == (ADA.address,)
    assert await house.state_of(ADA.address) is State.PAUSED
    assert await house.state_of(BEN.address) is State.ACTIVE


async def test_a_subject_alone_proves_nothing(house: Restored) -> None:
    house.mailbox.deliver(Folder.SENT, by_hand("Hello Ada"))
    assert (await house.reconcile()).recalled == ()
    assert await house.state_of(ADA.address) is State.PAUSED


async def test_an_id_of_ours_under_another_subject_proves_no_step(house: Restored) -> None:
    kept = house.copied()
    await house.speaks()
    house.put_back(kept)
    await house.shelve(
        templates={
            "first.md": "---\nsubject: A new one\n---\nDear {{ given_name }}.\n",
            "second.md": "---\nsubject: One more, {{ given_name }}\n---\nOne for {{ company }}.\n",
        }
    )
    told = await house.reconcile()
    assert set(told.doubted) == {ADA.address, BEN.address}


class Forgetful:
    """A catalog in which something is gone."""

    def __init__(self, catalog: object, gone: str) -> None:
        self._catalog = catalog
        self._gone = gone

    def __getattr__(self, name: str) -> Any:
        return getattr(self._catalog, name)

    def template(self, path: str) -> Any:
        """None, or what there is."""
        return None if self._gone == "texts" else cast("Any", self._catalog).template(path)

    async def sequence(self, name: str, revision: str) -> Any:
        """None, or what there is."""
        if self._gone == "revisions":
            return None
        return await cast("Any", self._catalog).sequence(name, revision)


@pytest.mark.parametrize("gone", ["texts", "revisions"])
async def test_what_cannot_be_compared_any_more_is_left_to_a_person(
    house: Restored, gone: str
) -> None:
    kept = house.copied()
    await house.speaks()
    house.put_back(kept)
    house.shelf = cast("Any", Forgetful(house.shelf, gone))
    told = await house.reconcile()
    assert (told.recalled, set(told.doubted)) == ((), {ADA.address, BEN.address})


async def test_a_waiting_touch_of_a_text_that_is_gone_is_left_to_a_person(house: Restored) -> None:
    (walk,) = await house.store.desk.enrollments(1)
    await house.speaks()
    (touch,) = await house.store.recovery.touches(walk.id)
    waiting = replace(touch, state=TouchState.DEFERRED, sent_at=None)
    house.store.world.touches[touch.id] = waiting
    house.store.world.walks[walk.id] = walk
    house.shelf = cast("Any", Forgetful(house.shelf, "revisions"))
    assert ADA.address in (await house.reconcile()).doubted
    assert await house.state_of(ADA.address) is State.PAUSED


async def test_what_was_heard_before_the_backup_is_no_news(house: Restored) -> None:
    await house.listen()
    house.mailbox.deliver(Folder.SENT, by_hand())
    await house.listen()
    assert (await house.reconcile(halted_at=START + timedelta(days=1))).doubted == ()


async def test_what_a_halted_daemon_heard_since_is_no_excuse(house: Restored) -> None:
    await house.listen()
    house.mailbox.deliver(Folder.SENT, by_hand())
    await house.listen()
    assert (await house.reconcile(halted_at=START)).doubted == (ADA.address,)


async def test_responders_and_mail_to_oneself_are_passed_over(house: Restored) -> None:
    house.mailbox.deliver(Folder.SENT, by_hand(Auto_Submitted="auto-replied"))
    house.mailbox.deliver(Folder.SENT, by_hand(to=ACCOUNT.address))
    assert await house.reconcile() == Reconciled()


async def test_people_unknown_to_the_backup_are_named(house: Restored) -> None:
    kept = house.copied()
    await house.invite(person("Zoe"))
    await house.speaks()
    house.put_back(kept)
    assert (await house.reconcile()).unknown == ("zoe@zoe.example",)


async def test_a_touch_that_was_still_waiting_in_the_backup_was_sent(house: Restored) -> None:
    (walk,) = await house.store.desk.enrollments(1)
    await house.speaks()
    (touch,) = await house.store.recovery.touches(walk.id)
    waiting = replace(touch, state=TouchState.DEFERRED, sent_at=None)
    house.store.world.touches[touch.id] = waiting
    house.store.world.walks[walk.id] = walk
    assert (await house.reconcile()).recalled == (ADA.address,)
    await house.speaks()
    assert await house.sent_to(ADA.address) == ["Hello Ada"]


async def test_without_sent_or_its_server_nothing_is_proven(house: Restored) -> None:
    house.mailbox.freeze()
    with pytest.raises(Unreachable):
        await house.reconcile()
    house.mailbox = FakeMailbox(house.clock, folders=[Folder.INBOX])
    with pytest.raises(Misconfigured, match="has no Sent folder"):
        await house.reconcile()


async def test_a_database_without_walks_has_nothing_to_remember() -> None:
    assert await Restored().reconcile() == Reconciled()


async def test_a_rollback_that_nothing_else_betrays_is_noticed_in_sent(house: Restored) -> None:
    """The whole machine was put back, its token included: only the mailbox remembers."""
    await house.listen()
    kept = house.copied()
    await house.speaks()
    house.put_back(kept)
    await house.speaks()
    assert len(house.courier.delivered) == 2
    (halt,) = await house.store.switch.halts()
    assert halt.kind is HaltKind.RESTORED
    assert sorted((await house.reconcile(halt.since)).recalled) == [ADA.address, BEN.address]
    await house.store.switch.lift(HaltKind.RESTORED, "compared", house.clock.now())
    await house.speaks()
    assert len(house.courier.delivered) == 2
    assert await house.store.switch.halts() == ()


async def test_what_was_reconciled_is_not_noticed_again(house: Restored) -> None:
    await house.listen()
    kept = house.copied()
    await house.speaks()
    house.put_back(kept)
    await house.store.switch.halt(HaltKind.RESTORED, "a backup", house.clock.now())
    await house.store.switch.lift(HaltKind.RESTORED, "looked at by hand", house.clock.now())
    await house.listen()
    assert await house.store.switch.halts() == ()


async def test_the_owners_own_mail_is_no_rollback(house: Restored) -> None:
    await house.listen()
    house.mailbox.deliver(Folder.SENT, by_hand())
    await house.listen()
    assert await house.store.switch.halts() == ()
