"""Looks at feeds and keeps what is new in them as proposals, which nobody gets unasked."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from nurture import journal, ports
from nurture.clipping.feed import Feed, Item, read_feed
from nurture.clipping.page import read_page
from nurture.core.library.proposal import Proposal, Source, look_again_at
from nurture.errors import Unreachable
from nurture.house import Newsstand
from nurture.value import frozen

_NEWEST = 30  # of a feed at one look: an archive is no news


@frozen
class Look:
    """What came of one source; `why` where it could not be used, and then nothing is new."""

    source: Source
    new: int = 0
    why: str = ""


async def fetch_due(stand: Newsstand, desk: ports.Desk, account: str, clock: ports.Clock) -> int:
    """How many proposals are new, over every source whose time has come, one after another.

    The owner of the account is told of them once a week.
    """
    new = 0
    for source in await stand.sources.due(clock.now()):
        new += (await fetch_source(stand, source, clock)).new
    if new:
        now = clock.now()
        waiting = len(await stand.sources.proposals())
        await desk.tell(
            account,
            f"{waiting} proposed pieces wait for your word",
            "Your sources named what may be worth sending. Nothing of it is sent before you say so."
            "\nWhat to do: nurture library proposed; then nurture library accept ID, or reject ID.",
            now,
            f"proposals/{now:%G-%V}",
        )
    return new


async def fetch_source(stand: Newsstand, source: Source, clock: ports.Clock) -> Look:
    """Looks at one source now; what cannot be used is written down in words, and nothing kept.

    A hostile feed costs a bounded time and room (ports.Web), and never raises from here.
    """
    try:
        new = await _look(stand, source, clock)
    except (Unreachable, ValueError) as error:
        now = clock.now()
        again = look_again_at(now, stand.every, source.failures + 1)
        await stand.sources.failed(source.id, str(error), again, now)
        journal.source_refused(source.id, str(error))
        return Look(source, why=str(error))
    journal.source_read(source.id, new=new)
    return Look(source, new)


async def _look(stand: Newsstand, source: Source, clock: ports.Clock) -> int:
    have = ports.Version(source.etag, source.modified)
    page = await stand.web.fetch(source.url, have)
    now = clock.now()
    again = look_again_at(now, stand.every, 0)
    if isinstance(page, ports.Unchanged):
        return await stand.sources.fetched(source, (), have, again, now)
    # In a thread: megabytes take longer than other loops may wait.
    feed = await asyncio.to_thread(_feed, page, now)
    found = [_proposal(each, source, feed) for each in _newest(feed)]
    titled = replace(source, title=source.title or feed.title)
    return await stand.sources.fetched(titled, found, page.version, again, now)


def _feed(page: ports.Page, now: datetime) -> Feed:
    """Raises ValueError with words; of a page that names its feed, with that."""
    try:
        return read_feed(page.body, page.url, page.charset, now)
    except ValueError as error:
        if named := _named(page, now):
            raise ValueError(f"it is a page; its feed is {named}") from error
        raise


def _named(page: ports.Page, now: datetime) -> str:
    with suppress(ValueError):
        return next(iter(read_page(page.body, page.url, page.charset, now).feeds), "")
    return ""


def _newest(feed: Feed) -> list[Item]:
    """The newest by their dates; what has none keeps its place in the feed, behind them."""

    def age(item: Item) -> tuple[bool, float]:
        at = item.published
        return at is None, -at.timestamp() if at else 0

    return sorted(feed.items, key=age)[:_NEWEST]


def _proposal(item: Item, source: Source, feed: Feed) -> Proposal:
    return Proposal(
        id=0,
        url=item.url,
        title=item.title,
        summary=item.summary,
        author=item.author or source.title or feed.title,
        language=source.language or item.language,
        topics=source.topics,
        published_at=item.published,
    )
