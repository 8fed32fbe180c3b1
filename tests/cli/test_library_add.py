"""Whoever types `nurture library feed add` and `accept` sees what came and what became of it."""

import asyncio
import json
import threading
from collections.abc import Iterator

import pytest

from tests.cli.conftest import Practice
from tests.servers.lying_web import LyingWeb, lying_web, said

RSS = (
    b"<rss><channel><title>Blog</title><item><title>Six bills</title><link>/five</link>"
    b"<description>Take the oldest.</description></item>"
    b"<item><title>Two keys</title><link>/two</link></item></channel></rss>"
)


@pytest.fixture
def site() -> Iterator[LyingWeb]:
    """A web server in a thread: each command has a loop of its own."""
    ready, over = threading.Event(), threading.Event()
    found: list[LyingWeb] = []

    async def serve() -> None:
        async with lying_web() as web:
            found.append(web)
            ready.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    ready.wait()
    yield found[0]
    over.set()
    thread.join()


def allow(practice: Practice) -> None:
    file = practice.folder / "nurture.toml"
    file.write_text(file.read_text() + '\n[library]\nprivate_hosts = ["localhost"]\n')


def rows(practice: Practice, *words: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in practice.run(*words, "--json").stdout.splitlines()]


def test_a_feed_proposes_and_the_owner_answers(practice: Practice, site: LyingWeb) -> None:
    allow(practice)
    site.answers["/feed"] = said(RSS)
    added = practice.run("library", "feed", "add", site.url("/feed"), "--topic", "tax")
    assert added.exit_code == 0
    assert "fetch_every" in added.stderr
    assert practice.run("library", "feed", "add", site.url("/feed")).exit_code == 1
    five, two = rows(practice, "library", "proposed")
    assert (five["title"], five["topics"], five["summary"]) == (
        "Six bills", ["tax"], "Take the oldest.",
    )  # fmt: skip
    accepted = practice.run("library", "accept", str(five["proposal"]))
    assert "library/six-bills.md" in accepted.stdout
    assert practice.run("library", "reject", str(two["proposal"])).exit_code == 0
    assert rows(practice, "library", "proposed") == []
    assert len(rows(practice, "library", "proposed", "--all")) == 2
    assert "six-bills.md" in practice.run("library", "list").stdout
    assert practice.run("library", "accept", str(two["proposal"])).exit_code == 1


def test_a_feed_that_cannot_be_used_is_not_kept(practice: Practice, site: LyingWeb) -> None:
    site.answers["/feed"] = said(RSS)
    refused = practice.run("library", "feed", "add", site.url("/feed"))
    assert refused.exit_code == 1
    assert "of this machine: not fetched" in refused.stderr
    assert rows(practice, "library", "feed", "list") == []
    assert site.requests == []


def test_sources_are_fetched_listed_and_forgotten(practice: Practice, site: LyingWeb) -> None:
    allow(practice)
    site.answers["/feed"] = said(RSS)
    practice.run("library", "feed", "add", site.url("/feed"), "--topic", "tax")
    site.answers["/feed"] = said(b"<!DOCTYPE x><rss/>")
    fetched = practice.run("library", "feed", "fetch", "--json")
    assert fetched.exit_code == 1
    assert "document type" in json.loads(fetched.stdout)["why"]
    (source,) = rows(practice, "library", "feed", "list")
    assert (source["title"], source["failures"]) == ("Blog", 1)
    assert practice.run("library", "feed", "fetch", "99").exit_code == 2
    assert practice.run("library", "feed", "remove", str(source["source"])).exit_code == 0
    assert practice.run("library", "feed", "remove", str(source["source"])).exit_code == 2
    assert rows(practice, "library", "proposed") == []


def test_a_file_becomes_a_piece_that_the_library_lists(practice: Practice) -> None:
    notes = practice.folder / "notes.md"
    notes.write_text("# Two keys to every door\n\nA simple rule.\n")
    added = practice.run("library", "add", str(notes), "--topic", "risk", "--language", "en")
    assert "library/two-keys-to-every-door.md is written" in added.stdout
    assert "two-keys-to-every-door.md" in practice.run("library", "list").stdout
    assert practice.run("library", "add", "no-such.md").exit_code == 2
    assert practice.run("library", "add", "file:///etc/passwd").exit_code == 75
