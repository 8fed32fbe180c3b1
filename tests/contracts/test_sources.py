"""What every store promises about feeds and what they propose (ports.Sources)."""

import asyncio
from dataclasses import replace

from nurture.core.library.proposal import Proposal, ProposalState, Source
from nurture.ports import NO_VERSION, Stores, Version
from tests.fakes.story import DAY, HOUR, START

BLOG = Source(0, "https://blog.example/feed.xml", "Blog", ("cash flow", "tax"), "en")
ITEM = Proposal(0, "https://blog.example/a", "A", "In short.", "Ada", "en", ("tax",), START - DAY)


async def known(store: Stores, source: Source = BLOG) -> Source:
    kept = await store.sources.add(source, START)
    assert kept is not None
    return kept


async def proposed(store: Stores, source: Source, *names: str) -> int:
    found = [replace(ITEM, url=f"https://blog.example/{name}") for name in names]
    return await store.sources.fetched(source, found, NO_VERSION, START + DAY, START)


async def test_a_source_is_kept_once_and_is_due_at_once(store: Stores) -> None:
    kept = await known(store)
    assert kept == replace(BLOG, id=kept.id, due_at=START)
    assert await store.sources.add(BLOG, START) is None
    assert await store.sources.all() == await store.sources.due(START) == (kept,)
    assert await store.sources.due(START - HOUR) == ()


async def test_what_was_fetched_waits_once_with_all_that_is_known_of_it(store: Stores) -> None:
    blog = replace(await known(store), title="Blog 2")
    version = Version('"v1"', "yesterday")
    again = START + DAY
    assert await store.sources.fetched(blog, [ITEM], version, again, START) == 1
    assert await store.sources.fetched(blog, [ITEM], version, again, START + HOUR) == 0
    (waiting,) = await store.sources.proposals()
    expected = replace(ITEM, id=waiting.id, source_id=blog.id, proposed_at=START)
    assert waiting == expected == await store.sources.proposal(waiting.id)
    (source,) = await store.sources.all()
    assert (source.title, source.etag, source.modified) == ("Blog 2", '"v1"', "yesterday")
    assert (source.checked_at, source.due_at) == (START + HOUR, again)


async def test_a_failure_keeps_nothing_but_its_reason_until_the_next_success(
    store: Stores,
) -> None:
    blog = await known(store)
    await store.sources.failed(blog.id, "it is no XML", START + DAY, START)
    await store.sources.failed(blog.id, "it is no XML", START + DAY, START)
    (source,) = await store.sources.all()
    assert (source.failures, source.why, source.due_at) == (2, "it is no XML", START + DAY)
    assert await store.sources.proposals(open_only=False) == ()
    await proposed(store, blog)
    (source,) = await store.sources.all()
    assert (source.failures, source.why) == (0, "")


async def test_of_two_who_settle_one_is_told_no(store: Stores) -> None:
    await proposed(store, await known(store), "a")
    (waiting,) = await store.sources.proposals()
    accepted, rejected = ProposalState.ACCEPTED, ProposalState.REJECTED
    told = await asyncio.gather(
        store.sources.settle(waiting.id, accepted, START, "library/a.md"),
        store.sources.settle(waiting.id, rejected, START),
    )
    assert sorted(told) == [False, True]
    assert not await store.sources.settle(99, accepted, START)
    assert await store.sources.proposals() == ()
    (settled,) = await store.sources.proposals(open_only=False)
    assert settled.settled_at == START


async def test_what_was_rejected_is_not_proposed_again(store: Stores) -> None:
    blog = await known(store)
    await proposed(store, blog, "a")
    (waiting,) = await store.sources.proposals()
    await store.sources.settle(waiting.id, ProposalState.REJECTED, START)
    assert await proposed(store, blog, "a", "b") == 1


async def test_a_source_that_is_removed_takes_along_what_nobody_settled(store: Stores) -> None:
    blog = await known(store)
    await proposed(store, blog, "a", "b")
    kept, _ = await store.sources.proposals()
    await store.sources.settle(kept.id, ProposalState.ACCEPTED, START, "library/a.md")
    assert await store.sources.remove(blog.id)
    assert not await store.sources.remove(blog.id)
    assert await store.sources.all() == ()
    (left,) = await store.sources.proposals(open_only=False)
    assert (left.url, left.path, left.source_id) == (kept.url, "library/a.md", None)
    assert await proposed(store, blog, "c") == 0


async def test_no_source_fills_the_database(store: Stores) -> None:
    blog = await known(store)
    names = [f"n{number}" for number in range(120)]
    assert await proposed(store, blog, *names) == 100
    assert await proposed(store, blog, *names) == 0
    newest = (await store.sources.proposals())[0]
    await store.sources.settle(newest.id, ProposalState.REJECTED, START)
    assert await proposed(store, blog, *names) == 1
