"""What every store promises about leases, readings and rests (ports.Accounts)."""

import asyncio

from nurture.ports import AccountState, Begun, Stopped, Stores
from tests.fakes.story import ACCOUNT, DAY, HOUR, MINUTE, START, Story


async def test_an_account_never_seen_has_an_empty_state(store: Stores) -> None:
    assert await store.accounts.state("nobody") == AccountState("nobody")


async def test_of_two_workers_one_gets_the_lease(store: Stores) -> None:
    until = START + MINUTE
    taken = await asyncio.gather(
        *(store.accounts.take(ACCOUNT, worker, START, until) for worker in ("w1", "w2"))
    )
    assert sorted(lease is None for lease in taken) == [False, True]


async def test_a_lease_that_ran_out_goes_to_the_next_under_a_new_epoch(store: Stores) -> None:
    first = await store.accounts.take(ACCOUNT, "w1", START, START + MINUTE)
    second = await store.accounts.take(ACCOUNT, "w2", START + MINUTE, START + HOUR)
    assert first is not None
    assert second is not None
    assert second.epoch > first.epoch
    assert not await store.accounts.renew(first, START + MINUTE, START + HOUR)


async def test_the_same_worker_started_anew_gets_a_new_epoch(store: Stores) -> None:
    first = await store.accounts.take(ACCOUNT, "w1", START, START + HOUR)
    again = await store.accounts.take(ACCOUNT, "w1", START, START + HOUR)
    assert first is not None
    assert again is not None
    assert again.epoch == first.epoch + 1


async def test_a_renewed_lease_keeps_others_out(store: Stores) -> None:
    lease = await store.accounts.take(ACCOUNT, "w1", START, START + MINUTE)
    assert lease is not None
    assert await store.accounts.renew(lease, START, START + DAY)
    assert await store.accounts.take(ACCOUNT, "w2", START + HOUR, START + DAY) is None


async def test_a_released_lease_is_free_at_once_and_cannot_be_renewed(store: Stores) -> None:
    lease = await store.accounts.take(ACCOUNT, "w1", START, START + HOUR)
    assert lease is not None
    await store.accounts.release(lease)
    assert not await store.accounts.renew(lease, START, START + HOUR)
    assert await store.accounts.take(ACCOUNT, "w2", START, START + HOUR)


async def test_releasing_a_lost_lease_harms_nobody(store: Stores, story: Story) -> None:
    old = await store.accounts.take(ACCOUNT, "w1", START, START + MINUTE)
    new = await story.leased(START + HOUR, "w2")
    assert old is not None
    await store.accounts.release(old)
    assert await store.accounts.renew(new, START + HOUR, START + DAY)


async def test_only_the_holder_vouches_for_a_reading(store: Stores, story: Story) -> None:
    old = await store.accounts.take(ACCOUNT, "w1", START, START + MINUTE)
    await story.leased(START + HOUR, "w2")
    assert old is not None
    await store.accounts.was_read(old, START + DAY)
    assert (await store.accounts.state(ACCOUNT)).read_started_at == START + HOUR


async def test_a_rest_is_remembered_with_its_reason_even_before_any_lease(store: Stores) -> None:
    await store.accounts.rest(ACCOUNT, START + HOUR, "421 too many connections")
    state = await store.accounts.state(ACCOUNT)
    assert (state.resting_until, state.resting_why) == (START + HOUR, "421 too many connections")


async def test_nothing_leaves_through_a_mailbox_whose_answers_nobody_has_seen(
    store: Stores, story: Story
) -> None:
    lease = await story.leased()
    await store.accounts.occupy(lease, "here")
    (before,) = await story.look(story.intent(await story.enrolled()))
    assert isinstance(before, Stopped)
    assert "nurture doctor anna" in before.why
    await store.accounts.prove(ACCOUNT, "here", "self-test", START)
    (after,) = await story.look(story.intent(await story.enrolled("ada@firm.example")))
    assert isinstance(after, Begun)
    state = await store.accounts.state(ACCOUNT)
    assert (state.proven_how, state.proven_at) == ("self-test", START)


async def test_another_host_or_user_needs_a_proof_of_its_own(store: Stores, story: Story) -> None:
    await store.accounts.prove(ACCOUNT, "there", "self-test", START)
    await store.accounts.occupy(await story.leased(), "here")
    (look,) = await story.look(story.intent(await story.enrolled()))
    assert isinstance(look, Stopped)


async def test_only_the_holder_moves_an_account_to_another_mailbox(
    store: Stores, story: Story
) -> None:
    old = await story.leased()
    await story.leased(START + DAY, "w2")
    await store.accounts.occupy(old, "elsewhere")
    assert (await store.accounts.state(ACCOUNT)).mailbox == ""
