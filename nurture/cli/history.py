"""`nurture history`: when each contact was last spoken to, from the headers of past mail."""

import asyncio
from typing import TYPE_CHECKING

import click

from nurture.cli.output import counting, json_lines

if TYPE_CHECKING:
    from nurture.flows.read_history import History


@click.command()
@click.argument("account", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def history(ctx: click.Context, account: str | None, as_json: bool) -> None:
    """Read the headers of INBOX and Sent for when each contact last wrote or was written to.

    Nothing is judged, marked or sent; a date that is known already is never set back.
    """
    found = asyncio.run(read_headers(ctx, account))
    if as_json:
        json_lines([{"mails": found.mails, "contacts": found.contacts, "changed": found.changed}])
        return
    click.echo(
        f"{found.mails} mails read, {found.contacts} contacts found, {found.changed} dates are news"
    )


async def read_headers(ctx: click.Context, name: str | None) -> "History":
    """Reads them now, with progress on stderr."""
    from nurture.flows.read_history import Archive, read_history
    from nurture.wiring.server import mailbox_of
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config, with_passwords=True) as world:
        account = world.account(name)
        mine = next(each for each in world.settings.accounts if each.account == account)
        mailbox = mailbox_of(world, mine)
        own = frozenset[str]().union(*(each.own_addresses for each in world.accounts.values()))
        archive = Archive(own, world.store.people, world.store.incoming, mailbox, world.clock)
        try:
            with counting("mails read") as show:
                return await read_history(archive, show)
        finally:
            await mailbox.close()
