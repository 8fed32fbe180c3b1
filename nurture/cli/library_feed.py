"""`nurture library feed`: the sources whose feeds propose pieces."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import click

from nurture.cli.library_add import LANGUAGE, TOPIC
from nurture.cli.output import FINDINGS, fail, in_zone, json_lines, table, warn

if TYPE_CHECKING:
    from nurture.core.library.proposal import Source
    from nurture.flows.fetch_sources import Look
    from nurture.house import Newsstand
    from nurture.wiring.world import World


@click.group()
def feed() -> None:
    """Keep the feeds, by RSS or Atom, that propose pieces to you."""


@asynccontextmanager
async def _stand(ctx: click.Context) -> AsyncIterator["tuple[World, Newsstand]"]:
    from nurture.wiring.house import newsstand_of
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        yield world, newsstand_of(world.settings, world.store)


@feed.command("add")
@click.argument("url")
@TOPIC
@LANGUAGE
@click.option("--title", default="", help="What you call it [its own title].")
@click.pass_context
def add(ctx: click.Context, url: str, topics: tuple[str, ...], language: str, title: str) -> None:
    """Keep a feed and look at it now; what it names is proposed under its topics.

    The daemon looks again only where nurture.toml says [library] fetch_every.
    """
    asyncio.run(_add(ctx, url, topics, language, title))


async def _add(
    ctx: click.Context, url: str, topics: tuple[str, ...], language: str, title: str
) -> None:
    from nurture.core.library.proposal import Source
    from nurture.flows.fetch_sources import fetch_source

    async with _stand(ctx) as (world, stand):
        wanted = Source(0, url, title, topics, language)
        source = await stand.sources.add(wanted, world.clock.now())
        if source is None:
            fail(f"{url} is a source already: see `nurture library feed list`", FINDINGS)
        look = await fetch_source(stand, source, world.clock)
        if look.why:
            await stand.sources.remove(source.id)
            fail(f"{url} is not kept: {look.why}", FINDINGS)
    _show([look])
    if not world.settings.fetch_every:
        warn("nurture: the daemon does not fetch it: write fetch_every under [library] for that")


@feed.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def list_sources(ctx: click.Context, as_json: bool) -> None:
    """List the sources, when each was looked at, and what was wrong with it."""
    asyncio.run(_list(ctx, as_json=as_json))


async def _list(ctx: click.Context, *, as_json: bool) -> None:
    async with _stand(ctx) as (world, stand):
        found = await stand.sources.all()
    if as_json:
        json_lines(_plain(each) for each in found)
        return
    table(
        ("id", "title", "topics", "url", "looked at", "wrong"),
        (
            (e.id, e.title, ", ".join(e.topics), e.url, in_zone(e.checked_at, world.zone), e.why)
            for e in found
        ),
        empty="there are no sources: nurture library feed add URL --topic TOPIC",
    )


def _plain(source: "Source") -> dict[str, object]:
    return {
        "source": source.id,
        "title": source.title,
        "url": source.url,
        "topics": list(source.topics),
        "language": source.language,
        "looked_at": source.checked_at,
        "failures": source.failures,
        "why": source.why,
    }


@feed.command("remove")
@click.argument("number", metavar="ID", type=int)
@click.pass_context
def remove(ctx: click.Context, number: int) -> None:
    """Forget a source and what it proposed; pieces that you accepted stay."""
    if not asyncio.run(_remove(ctx, number)):
        fail(f"there is no source {number}: see `nurture library feed list`")
    click.echo(f"source {number} is forgotten")


async def _remove(ctx: click.Context, number: int) -> bool:
    async with _stand(ctx) as (_, stand):
        return await stand.sources.remove(number)


@feed.command("fetch")
@click.argument("numbers", metavar="[ID...]", type=int, nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def fetch(ctx: click.Context, numbers: tuple[int, ...], as_json: bool) -> None:
    """Look at all sources now, or at some; exits with 1 where one could not be used."""
    looks = asyncio.run(_fetch(ctx, numbers))
    if as_json:
        json_lines({"source": e.source.id, "url": e.source.url, "new": e.new, "why": e.why}
                   for e in looks)  # fmt: skip
    else:
        _show(looks)
    if any(look.why for look in looks):
        ctx.exit(FINDINGS)


async def _fetch(ctx: click.Context, numbers: tuple[int, ...]) -> "list[Look]":
    from nurture.flows.fetch_sources import fetch_source

    async with _stand(ctx) as (world, stand):
        known = {each.id: each for each in await stand.sources.all()}
        for number in numbers:
            if number not in known:
                fail(f"there is no source {number}: see `nurture library feed list`")
        chosen = [known[number] for number in numbers or known]
        return [await fetch_source(stand, each, world.clock) for each in chosen]


def _show(looks: "list[Look]") -> None:
    table(
        ("source", "new", "wrong"),
        ((look.source.title or look.source.url, look.new, look.why) for look in looks),
        empty="there are no sources: nurture library feed add URL --topic TOPIC",
    )
