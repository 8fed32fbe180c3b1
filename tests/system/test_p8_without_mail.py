"""P8: that the mailbox is mute is learned by a channel that needs no mailbox, and learned once."""

import asyncio
import json
import socket
from pathlib import Path

import pytest

from tests.servers.lying_web import LyingWeb, lying_web, said
from tests.system.daemon import Home

pytestmark = pytest.mark.slow

HOOK = """
[owners.anna.channels.desk]
kind = "webhook"
url = "{url}"
secret_file = "secrets/desk"
private = true
"""
FEED = """
[library]
fetch_every = "15 minutes"
private_hosts = ["localhost"]
"""


def closed_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


def home_of(folder: Path, more: str) -> Home:
    home = Home.made(folder, closed_port(), closed_port())
    home.write("nurture.toml", (folder / "nurture.toml").read_text() + more)
    home.write("secrets/desk", "s" * 24)
    home.write_sequence("notes", "first")
    return home


def told(site: LyingWeb) -> list[str]:
    """The ids of what was posted, in order."""
    return [json.loads(each.partition("\r\n\r\n")[2])["id"] for each in site.requests]


async def test_an_alert_about_a_mute_mailbox_comes_by_webhook_and_once_after_kill_9(
    tmp_path: Path,
) -> None:
    """What was posted and not yet answered when it died is posted again, under the same id."""
    async with lying_web() as site:
        reached = asyncio.Event()

        async def dies(_: asyncio.StreamWriter) -> None:
            reached.set()
            await asyncio.sleep(60)

        site.answers["/hook"] = dies
        home = home_of(tmp_path, HOOK.format(url=site.url("/hook")))
        async with home.daemon() as daemon:
            await asyncio.wait_for(reached.wait(), 30)
            assert daemon.told("owner_not_told", channel="mail")
            await daemon.kill()
        site.answers["/hook"] = said(b"")
        home.end_leases()
        async with home.daemon() as daemon:
            await daemon.tells("owner_told", channel="desk", within=30)
            await daemon.kill()
        posted = told(site)
        assert posted[0] == posted[1]
        assert "nobody listens there" in site.requests[0]
        home.end_leases()
        async with home.daemon() as daemon:
            await daemon.tells("account_unreadable", within=30)
            await daemon.stop()
        assert told(site).count(posted[0]) == 2


async def test_a_hostile_feed_leaves_the_daemon_as_it_was(tmp_path: Path) -> None:
    async with lying_web() as site:
        rss = b"<rss><channel><title>B</title><item><title>A</title><link>/a</link></item>"
        site.answers["/feed"] = said(rss + b"</channel></rss>")
        home = home_of(tmp_path, FEED)
        kept = await home.run("library", "feed", "add", site.url("/feed"), "--topic", "tax")
        assert kept.code == 0, kept
        home.query("UPDATE sources SET due_at = checked_at, etag = ''")
        site.answers["/feed"] = said(b'<!DOCTYPE r [<!ENTITY a "lol">]><rss>&a;</rss>')
        async with home.daemon() as daemon:
            refused = await daemon.tells("source_refused", within=30)
            assert "document type" in str(refused["why"])
            await daemon.stop()
        proposed = await home.run("library", "proposed", "--json")
        assert [row["title"] for row in proposed.rows] == ["A"]
