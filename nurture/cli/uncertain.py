"""`nurture uncertain`: mails of which nobody knows whether they left."""

import asyncio

import click

from nurture.cli.output import fail, in_zone, json_lines, table
from nurture.core.choice import behind
from nurture.core.touch import TouchMove

_SAID = {"sent": TouchMove.PROVEN_SENT, "unsent": TouchMove.PROVEN_UNSENT}


@click.command()
@click.argument("touch", type=int, required=False)
@click.argument("found", type=click.Choice(list(_SAID)), required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def uncertain(ctx: click.Context, touch: int | None, found: str | None, as_json: bool) -> None:
    """List uncertain mails, or say of one TOUCH what you FOUND in your Sent folder.

    Either way it is never sent again; the sequence goes on behind it.
    """
    if (touch is None) != (found is None):
        fail("say both: nurture uncertain TOUCH sent|unsent")
    asyncio.run(_settle(ctx, touch, found) if touch and found else _list(ctx, as_json=as_json))


async def _list(ctx: click.Context, *, as_json: bool) -> None:
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        found = [
            (touch, await world.store.people.contact_by_id(touch.contact_id))
            for name in world.accounts
            for touch in await world.store.outgoing.uncertain(name)
        ]
    if as_json:
        json_lines(
            {"touch": touch.id, "contact": who.address if who else "", "sequence": touch.sequence,
             "step": touch.step, "subject": touch.subject, "begun_at": touch.begun_at,
             "reply": touch.reply}
            for touch, who in found
        )  # fmt: skip
        return
    table(
        ("touch", "since", "contact", "sequence", "step", "subject", "what was heard"),
        (
            (touch.id, in_zone(touch.begun_at, world.zone), who.address if who else "",
             touch.sequence, touch.step, touch.subject, touch.reply)
            for touch, who in found
        ),
        empty="nothing is uncertain",
    )  # fmt: skip
    if found:
        click.echo("\nLook into your Sent folder, then: nurture uncertain TOUCH sent|unsent")


async def _settle(ctx: click.Context, touch_id: int, found: str) -> None:
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        known = {
            each.id: each
            for name in world.accounts
            for each in await world.store.outgoing.uncertain(name)
        }
        if touch_id not in known:
            fail(f"touch {touch_id} is not uncertain: see `nurture uncertain`")
        touch, now = known[touch_id], world.clock.now()
        sequence = await world.shelf.sequence(touch.sequence, touch.revision)
        onward = behind(sequence, touch.step, touch.occurrence, now, "the owner looked")
        await world.store.outgoing.resolve(
            touch_id, _SAID[found], onward, now, f"the owner found it {found}"
        )
    click.echo(f"touch {touch_id} counts as {found}; the sequence goes on behind it")
