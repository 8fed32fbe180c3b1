"""`nurture library add, proposed, accept, reject`: what comes into the library."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nurture.cli.output import FINDINGS, fail, in_zone, json_lines, table
from nurture.errors import Misconfigured

if TYPE_CHECKING:
    from nurture.core.library.proposal import Proposal
    from nurture.transport.piece_folder import StoredPieces
    from nurture.wiring.world import World

_LARGEST = 20_000_000
TOPIC = click.option("--topic", "topics", multiple=True, help="What it is about; repeat it.")
LANGUAGE = click.option("--language", default="", help="Its language, in two letters.")


@asynccontextmanager
async def _pieces(ctx: click.Context) -> AsyncIterator["tuple[World, StoredPieces]"]:
    from nurture.transport.piece_folder import StoredPieces
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        yield world, StoredPieces(world.settings.sequences)


@click.command()
@click.argument("what", metavar="URL|FILE")
@TOPIC
@LANGUAGE
@click.pass_context
def add(ctx: click.Context, what: str, topics: tuple[str, ...], language: str) -> None:
    """Make a piece of a page, or of a Markdown, text or PDF file.

    The file that is written waits for you to complete it: its audience is nobody yet.
    """
    path = asyncio.run(_add(ctx, what, topics, language))
    click.echo(f"{path} is written; read it, complete its lines on top, and take out the audience")


async def _add(ctx: click.Context, what: str, topics: tuple[str, ...], language: str) -> str:
    from nurture.flows.add_piece import add_file, add_page
    from nurture.wiring.house import newsstand_of

    content = None if "://" in what else _content(Path(what))
    async with _pieces(ctx) as (world, folder):
        if content is not None:
            return await add_file(folder, Path(what), content, topics, language)
        web = newsstand_of(world.settings, world.store).web
        return await add_page(web, folder, what, world.clock, topics, language)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(_LARGEST + 1)
    except OSError as error:
        fail(f"{path} cannot be read: {error.strerror}")
    if len(content) > _LARGEST:
        fail(f"{path} is larger than {_LARGEST // 1_000_000} MB: nobody wants that by mail")
    return content


@click.command()
@click.option("--all", "show_all", is_flag=True, help="Those you accepted or rejected, too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def proposed(ctx: click.Context, show_all: bool, as_json: bool) -> None:
    """List what your sources propose, the newest first; nothing of it is sent unasked."""
    asyncio.run(_list(ctx, show_all=show_all, as_json=as_json))


async def _list(ctx: click.Context, *, show_all: bool, as_json: bool) -> None:
    async with _pieces(ctx) as (world, _):
        found = await world.store.sources.proposals(open_only=not show_all)
    if as_json:
        json_lines(_plain(each) for each in found)
        return
    table(
        ("id", "state", "published", "title", "topics", "from", "url"),
        (
            (e.id, e.state, in_zone(e.published_at, world.zone)[:10], e.title,
             ", ".join(e.topics), e.author, e.url)
            for e in found
        ),
        empty="nothing is proposed: see `nurture library feed`",
    )  # fmt: skip


def _plain(proposal: "Proposal") -> dict[str, object]:
    return {
        "proposal": proposal.id,
        "state": str(proposal.state),
        "title": proposal.title,
        "summary": proposal.summary,
        "author": proposal.author,
        "language": proposal.language,
        "topics": list(proposal.topics),
        "published": proposal.published_at,
        "url": proposal.url,
        "piece": proposal.path,
    }


@click.command()
@click.argument("numbers", metavar="ID...", type=int, nargs=-1, required=True)
@TOPIC
@click.pass_context
def accept(ctx: click.Context, numbers: tuple[int, ...], topics: tuple[str, ...]) -> None:
    """Make pieces of proposals: from now on they may be sent to whom they suit.

    Exits with 1 where one of several could not be accepted; the others are.
    """
    asyncio.run(_settle(ctx, numbers, topics))


@click.command()
@click.argument("numbers", metavar="ID...", type=int, nargs=-1, required=True)
@click.pass_context
def reject(ctx: click.Context, numbers: tuple[int, ...]) -> None:
    """Never be asked again about these proposals.

    Exits with 1 where one of several could not be rejected; the others are.
    """
    asyncio.run(_settle(ctx, numbers, None))


async def _settle(
    ctx: click.Context, numbers: tuple[int, ...], topics: tuple[str, ...] | None
) -> None:
    """Accepts, or rejects where there are no topics to speak of; each refusal is said."""
    from nurture.flows.answer_proposal import accept_proposal, reject_proposal

    refused: list[str] = []
    async with _pieces(ctx) as (world, folder):
        sources, clock = world.store.sources, world.clock
        for number in dict.fromkeys(numbers):
            try:
                if topics is None:
                    gone = await reject_proposal(sources, number, clock)
                    click.echo(f"rejected: {gone.title}")
                else:
                    path = await accept_proposal(sources, folder, number, clock, topics)
                    click.echo(f"proposal {number} is the piece {path}: read it once")
            except Misconfigured as error:
                refused.append(str(error))
    if refused:
        fail("; ".join(refused), FINDINGS)
