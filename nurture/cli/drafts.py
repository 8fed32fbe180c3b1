"""`nurture drafts`: mails that wait for their owner's word."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nurture.cli.output import FINDINGS, fail, in_zone, json_lines, table
from nurture.core.draft import DraftState
from nurture.errors import Misconfigured

if TYPE_CHECKING:
    from nurture.flows.answer_draft import Bureau
    from nurture.ports import Draft
    from nurture.wiring.world import World

_SUBJECT = "Subject: "


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def drafts(ctx: click.Context, as_json: bool) -> None:
    """List mails that wait for your word, and those you accepted that have not left yet."""
    if ctx.invoked_subcommand is None:
        asyncio.run(_list(ctx, as_json=as_json))


@drafts.command()
@click.argument("number", metavar="ID", type=int)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def show(ctx: click.Context, number: int, as_json: bool) -> None:
    """Show one draft as it would leave."""
    asyncio.run(_show(ctx, number, as_json=as_json))


@drafts.command()
@click.argument("numbers", metavar="ID...", type=int, nargs=-1)
@click.option("--all", "every", is_flag=True, help="All that wait now.")
@click.pass_context
def accept(ctx: click.Context, numbers: tuple[int, ...], every: bool) -> None:
    """Let drafts go as they are; each leaves in its window, if nobody answers before.

    A copy in your Drafts folder is taken back first, and Sent is read: what you sent from there by
    hand does not leave once more.

    Exits with 1 where one of several could not be accepted; the others are.
    """
    from nurture.flows.answer_draft import accept_draft

    if bool(numbers) == every:
        fail("name either the drafts or --all")
    asyncio.run(_each(ctx, numbers, accept_draft, "accepted"))


@drafts.command()
@click.argument("numbers", metavar="ID...", type=int, nargs=-1, required=True)
@click.pass_context
def skip(ctx: click.Context, numbers: tuple[int, ...]) -> None:
    """Let the sequences go on without these mails.

    Exits with 1 where one of several could not be skipped; the others are.
    """
    from nurture.flows.answer_draft import skip_draft

    asyncio.run(_each(ctx, numbers, skip_draft, "skipped"))


@drafts.command()
@click.argument("number", metavar="ID", type=int)
@click.option("--subject", help="Its subject from now on.")
@click.option(
    "--body-file", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A Markdown text that stands in for its own.",
)  # fmt: skip
@click.pass_context
def edit(ctx: click.Context, number: int, subject: str | None, body_file: Path | None) -> None:
    """Change the words of a draft, in your editor or by options; it goes on waiting.

    The text is Markdown, as in templates. The lines below it (who writes, why, how to stop) stay.
    """
    from nurture.document.tree import decoded

    body = decoded(body_file.read_bytes(), str(body_file)) if body_file else None
    asyncio.run(_edit(ctx, number, subject, body))


@asynccontextmanager
async def _bureau(ctx: click.Context) -> AsyncIterator[tuple["World", "Bureau"]]:
    from nurture.flows.answer_draft import Bureau
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        store = world.store
        yield (
            world,
            Bureau(
                store.drafts, store.people, store.desk, world.shelf, world.accounts, world.clock
            ),
        )


async def _list(ctx: click.Context, *, as_json: bool) -> None:
    async with _bureau(ctx) as (world, bureau):
        found = await bureau.drafts.open()
    if as_json:
        json_lines(_plain(each) for each in found)
        return
    has_copies = any(each.copy for each in found)
    rows = [
        (e.id, e.state, e.sheet.recipient.address, e.sequence, e.step, e.sheet.words.subject,
         in_zone(e.made_at, world.zone), *([_copy_words(e)] if has_copies else []))
        for e in found
    ]  # fmt: skip
    where = ["in Drafts"] if has_copies else []
    headers = ("id", "state", "contact", "sequence", "step", "subject", "since", *where)
    table(headers, rows, empty="no mail waits for your word")


async def _show(ctx: click.Context, number: int, *, as_json: bool) -> None:
    async with _bureau(ctx) as (world, bureau):
        draft = await _known(bureau, number)
    if as_json:
        json_lines([_plain(draft)])
        return
    sheet = draft.sheet
    who = sheet.recipient
    click.echo(f"draft {draft.id} is {draft.state}, since {in_zone(draft.made_at, world.zone)}")
    if where := _copy_words(draft):
        click.echo(f"its copy in your Drafts folder: {where}")
    click.echo(f"step {draft.step!r} of {draft.sequence}: {draft.why}\n")
    click.echo(f"From: {sheet.sender.name} <{sheet.sender.address}>")
    click.echo(f"To: {who.name} <{who.address}>".replace(":  <", ": <"))
    click.echo(f"{_SUBJECT}{sheet.words.subject}")
    for path in sheet.attachments:
        click.echo(f"Attached: {path}")
    for path in sheet.words.pictures:
        click.echo(f"Shown: {path}")
    click.echo("\n" + "\n".join((sheet.words.text, "", "--", *sheet.foot)))


async def _known(bureau: "Bureau", number: int) -> "Draft":
    draft = await bureau.drafts.draft(number)
    if draft is None:
        fail(f"there is no draft {number}: see `nurture drafts`")
    return draft


async def _each(
    ctx: click.Context,
    numbers: tuple[int, ...],
    act: Callable[["Bureau", int], Awaitable[None]],
    done: str,
) -> None:
    """Does it to one after another; of several that cannot be, each says why."""
    refused: list[str] = []
    async with _bureau(ctx) as (_, bureau):
        waiting = [e.id for e in await bureau.drafts.open() if e.state is DraftState.WAITING]
        for number in dict.fromkeys(numbers or waiting):
            try:
                await act(bureau, number)
            except Misconfigured as error:
                refused.append(str(error))
            else:
                click.echo(f"draft {number} is {done}{await _copy_goes(bureau, number)}")
        if not numbers and not waiting:
            click.echo("no mail waits for your word")
    if refused:
        fail("; ".join(refused), FINDINGS)


async def _copy_goes(bureau: "Bureau", number: int) -> str:
    draft = await bureau.drafts.draft(number)
    return "" if draft is None or draft.is_free else "; its copy leaves your Drafts folder first"


async def _edit(ctx: click.Context, number: int, subject: str | None, body: str | None) -> None:
    from nurture.flows.answer_draft import reword_draft

    async with _bureau(ctx) as (_, bureau):
        words = (await _known(bureau, number)).sheet.words
        if subject is None and body is None:
            subject, body = _in_editor(words.subject, words.text)
        new_subject = words.subject if subject is None else subject
        await reword_draft(bureau, number, new_subject, words.text if body is None else body)
    click.echo(f"draft {number} is changed and waits: nurture drafts show {number}")


def _in_editor(subject: str, text: str) -> tuple[str, str]:
    written = click.edit(f"{_SUBJECT}{subject}\n\n{text}\n", extension=".md")
    if written is None:
        fail("nothing was changed")
    first, _, rest = written.partition("\n")
    if not first.startswith(_SUBJECT):
        fail(f"the first line must begin with {_SUBJECT!r}; nothing was changed")
    return first.removeprefix(_SUBJECT), rest


def _copy_words(draft: "Draft") -> str:
    return str(draft.copy.state).replace("_", " ") if draft.copy else ""


def _plain(draft: "Draft") -> dict[str, object]:
    words = draft.sheet.words
    return {
        "draft": draft.id,
        "state": str(draft.state),
        "account": draft.account,
        "contact": draft.sheet.recipient.address,
        "sequence": draft.sequence,
        "step": draft.step,
        "since": draft.made_at,
        "why": draft.why,
        "subject": words.subject,
        "text": words.text,
        "footer": list(draft.sheet.foot),
        "attachments": list(draft.sheet.attachments),
        "message_id": draft.sheet.message_id,
        "copy": str(draft.copy.state) if draft.copy else "",
    }
