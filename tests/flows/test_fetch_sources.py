"""Feeds propose; a hostile one is refused in words, nothing of it is kept, and all others go on."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from nurture.core.library.proposal import Source, look_again_at
from nurture.daemon import Daemon
from nurture.demo.story_clock import StoryClock
from nurture.flows.fetch_sources import fetch_due, fetch_source
from nurture.house import Newsstand
from nurture.transport.web import Bounds, SafeWeb
from tests.fakes.memory import Memory
from tests.fakes.small_house import SmallHouse
from tests.servers.lying_web import (
    LyingWeb,
    Talk,
    drip,
    endless_body,
    endless_fields,
    lying_web,
    moved,
    said,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
NARROW = Bounds(silence=0.3, whole=0.6, size=50_000)
EVERY = timedelta(hours=12)


def rss(*names: str, title: str = "Blog") -> bytes:
    items = "".join(
        f"<item><title>{name}</title><link>/{name}</link>"
        f"<pubDate>Mon, {number + 1:02} Feb 2026 10:00:00 GMT</pubDate></item>"
        for number, name in enumerate(names)
    )
    return f"<rss><channel><title>{title}</title>{items}</channel></rss>".encode()


@pytest_asyncio.fixture
async def site() -> AsyncIterator[LyingWeb]:
    async with lying_web() as web:
        yield web


class Office:
    """A newsstand over memory, with the verbs of the tests."""

    def __init__(self, site: LyingWeb) -> None:
        self.store = Memory()
        self.clock = StoryClock(NOW)
        self.site = site
        self.stand = Newsstand(self.store.sources, SafeWeb(frozenset({"localhost"}), NARROW), EVERY)

    async def keeps(self, path: str = "/feed", *topics: str) -> Source:
        url = self.site.url(path)
        source = await self.store.sources.add(Source(0, url, topics=topics), NOW)
        assert source is not None
        return source

    async def looks(self) -> int:
        return await fetch_due(self.stand, self.store.desk, "anna", self.clock)

    async def titles(self) -> list[str]:
        return [each.title for each in await self.store.sources.proposals()]


@pytest.fixture
def office(site: LyingWeb) -> Office:
    return Office(site)


async def test_what_is_new_is_proposed_once_with_its_sources_topics(office: Office) -> None:
    source = await office.keeps("/feed", "tax")
    office.site.answers["/feed"] = said(rss("a", "b"), 'ETag: "v1"')
    assert await office.looks() == 2
    newest, _ = await office.store.sources.proposals()
    assert (newest.title, newest.topics, newest.author) == ("b", ("tax",), "Blog")
    office.site.answers["/feed"] = said(rss("a", "b", "c"))
    await office.clock.advance_to(NOW + EVERY)
    assert await office.looks() == 1
    assert 'If-None-Match: "v1"' in office.site.requests[1]
    assert (await office.store.sources.all())[0].id == source.id


async def test_nothing_is_fetched_before_its_time(office: Office) -> None:
    await office.keeps()
    office.site.answers["/feed"] = said(rss("a"))
    await office.looks()
    await office.clock.advance_to(NOW + EVERY - timedelta(seconds=1))
    await office.looks()
    assert len(office.site.requests) == 1


async def test_what_has_not_changed_keeps_its_version(office: Office) -> None:
    source = replace(await office.keeps(), etag='"v1"')
    office.site.answers["/feed"] = b"HTTP/1.1 304 Not Modified\r\n\r\n"
    look = await fetch_source(office.stand, source, office.clock)
    assert (look.new, look.why) == (0, "")
    (kept,) = await office.store.sources.all()
    assert (kept.etag, kept.failures) == ('"v1"', 0)


async def test_of_an_archive_only_the_newest_are_proposed(office: Office) -> None:
    await office.keeps()
    names = [f"n{number}" for number in range(28)]
    undated = "".join(f"<item><title>u{n}</title><link>/u{n}</link></item>" for n in range(50))
    body = rss(*names).decode().replace("<item>", undated + "<item>", 1)
    office.site.answers["/feed"] = said(body.encode())
    await office.looks()
    assert sorted(await office.titles()) == sorted([*names, "u0", "u1"])


async def test_the_owner_is_told_once_a_week(office: Office) -> None:
    await office.keeps()
    for day, names in enumerate((["a"], ["a", "b"], ["a", "b", "c"])):
        await office.clock.advance_to(NOW + timedelta(days=4 * day))
        office.site.answers["/feed"] = said(rss(*names))
        await office.looks()
    told = await office.store.desk.notices_due(office.clock.now())
    assert [each.subject.split()[0] for each in told] == ["1", "3"]


ENTITIES = b'<!DOCTYPE r [<!ENTITY a "lol"><!ENTITY b "&a;&a;">]><rss><channel>&b;</channel></rss>'
HOSTILE: list[tuple[bytes | Talk, str]] = [
    (said(bytes(60_000)), "larger than 50,000 bytes"),
    (endless_body, "larger than 50,000 bytes"),
    (drip, "within 0.6 seconds"),
    (endless_fields, "more than 100 lines"),
    (moved("/feed"), "redirects more than 5 times"),
    (moved("http://169.254.169.254/latest"), "is link-local"),
    (moved("http://127.0.0.1:9999/"), "is of this machine"),
    (moved("file:///etc/passwd"), "only http and https"),
    (said(ENTITIES), "document type"),
    (said(rss("\xe4").decode().encode("latin-1"), kind="text/xml; charset=utf-8"), "not in utf-8"),
    (said(gzip.compress(bytes(9_000_000)), "Content-Encoding: gzip"), "unpacks to more than"),
    (said(b"<html><title>A page</title></html>"), "no feed"),
    (said(b"", status="410 Gone"), "410 Gone"),
    (b"", "hung up"),
]


@pytest.mark.parametrize(("answer", "words"), HOSTILE)
async def test_a_hostile_feed_is_refused_in_words_and_nothing_of_it_is_kept(
    office: Office, answer: bytes | Talk, words: str
) -> None:
    await office.keeps()
    await office.keeps("/good")
    office.site.answers |= {"/feed": answer, "/good": said(rss("good"))}
    assert await office.looks() == 1
    bad = next(e for e in await office.store.sources.all() if e.url.endswith("/feed"))
    assert words in bad.why
    assert (bad.failures, bad.title, bad.etag) == (1, "", "")
    assert bad.due_at == office.clock.now() + 2 * EVERY
    assert await office.titles() == ["good"]


async def test_a_page_is_no_feed_but_may_name_one(office: Office) -> None:
    await office.keeps("/page")
    link = b'<title>A</title><link rel="alternate" type="application/rss+xml" href="/feed.xml">'
    office.site.answers["/page"] = said(link, kind="text/html")
    await office.looks()
    (source,) = await office.store.sources.all()
    assert source.why == f"it is a page; its feed is {office.site.url('/feed.xml')}"


async def test_a_feed_with_odd_dates_keeps_its_items(office: Office) -> None:
    await office.keeps()
    body = rss("a", "b").decode().replace("01 Feb 2026", "99 Foo 9999")
    office.site.answers["/feed"] = said(body.encode())
    await office.looks()
    dates = {e.title: e.published_at for e in await office.store.sources.proposals()}
    assert dates == {"a": None, "b": datetime(2026, 2, 2, 10, tzinfo=UTC)}


def test_a_source_that_fails_is_asked_ever_more_seldom_to_once_a_week() -> None:
    waits = [look_again_at(NOW, EVERY, failures) - NOW for failures in (0, 1, 2, 9, 99)]
    week = timedelta(days=7)
    assert waits == [EVERY, 2 * EVERY, 4 * EVERY, week, week]
    assert look_again_at(NOW, timedelta(days=30), 3) == NOW + timedelta(days=30)


async def test_the_daemon_looks_only_where_its_owner_said_so_and_outlives_it(
    site: LyingWeb,
) -> None:
    house, office = SmallHouse(), Office(site)
    await office.keeps()
    site.answers["/feed"] = said(ENTITIES)
    for stand in (None, office.stand):
        daemon = Daemon(replace(house.house(), newsstand=stand))
        running = asyncio.create_task(daemon.run())
        while stand and not (await office.store.sources.all())[0].why:
            await asyncio.sleep(0.01)
        assert not running.done()
        assert bool(site.requests) == bool(stand)
        daemon.stop()
        await running
