"""`nurture hush`: leave somebody, or a whole region, alone until a day."""

import asyncio
from datetime import datetime, time
from typing import TYPE_CHECKING

import click

from nurture.cli.output import FINDINGS, fail, in_zone, json_lines, table, warn
from nurture.core.calendar import at_wall_time
from nurture.core.contact.hush import Hush, Hushed
from nurture.core.country import read_country

if TYPE_CHECKING:
    from nurture.wiring.world import World

_DAY = click.DateTime(["%Y-%m-%d"])
_WHOM = "say one of: EMAIL, --company NAME, --country CC, --all"


@click.command()
@click.argument("email", required=False)
@click.option("--company", metavar="NAME", help="Everybody of this company: its name, or domain.")
@click.option("--country", metavar="CC", help="Everybody in DE, or in a part of it, as DE-BY.")
@click.option("--all", "everybody", is_flag=True, help="Everybody.")
@click.option("--until", type=_DAY, metavar="DATE", help="The first day on which they may hear.")
@click.option("--why", default="", help="The reason, for the ledger.")
@click.option("--lift", is_flag=True, help="End the hush.")
@click.option("--list", "listing", is_flag=True, help="Show every hush in force.")
@click.option("--json", "as_json", is_flag=True, help="With --list: one JSON object a line.")
@click.pass_context
def hush(
    ctx: click.Context,
    email: str | None,
    company: str | None,
    country: str | None,
    everybody: bool,
    until: datetime | None,
    why: str,
    lift: bool,
    listing: bool,
    as_json: bool,
) -> None:
    """Send nothing to EMAIL, a company, a country or anybody until a day.

    For a death, layoffs, a war or a disaster: it overrides every sequence. Tasks of yours stay.
    """
    if listing:
        asyncio.run(_list(ctx, as_json=as_json))
        return
    if sum((bool(email), bool(company), bool(country), everybody)) != 1:
        fail(f"{_WHOM}; or --list")
    scope, key = _scope(email, company, country)
    if lift:
        asyncio.run(_lift(ctx, scope, key))
        return
    if until is None or not why:
        fail("say until when and why: --until 2026-09-01 --why TEXT")
    asyncio.run(_hush(ctx, scope, key, until, why))


def _scope(email: str | None, company: str | None, country: str | None) -> tuple[Hushed, str]:
    if email:
        return Hushed.CONTACT, email
    if company:
        return Hushed.COMPANY, " ".join(company.casefold().split()).removeprefix("@")
    if not country:
        return Hushed.EVERYBODY, ""
    name, hyphen, part = country.partition("-")
    try:
        return Hushed.COUNTRY, f"{read_country(name)}{hyphen}{part.upper()}"
    except ValueError as error:
        fail(f"--country: {error}")


async def _hush(ctx: click.Context, scope: Hushed, key: str, until: datetime, why: str) -> None:
    from nurture.wiring.known import everybody
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        now, key = world.clock.now(), await _known(world, scope, key)
        at = at_wall_time(until.date(), time(0), world.zone)
        if at <= now:
            fail(f"--until {until:%Y-%m-%d} is not ahead")
        new = Hush(scope, key, at, why)
        await world.store.tact.hush(new, now)
        people = [contact async for contact in everybody(world.store.people)]
    covered = sum(new.covers(contact) for contact in people)
    click.echo(f"{_named(scope, key)}: nothing is sent before {until:%Y-%m-%d}")
    click.echo(f"that is {covered} of your contacts")
    if not covered:
        warn("nurture: it covers nobody: see `nurture contacts list`")
        ctx.exit(FINDINGS)


async def _lift(ctx: click.Context, scope: Hushed, key: str) -> None:
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        key = await _known(world, scope, key)
        was_there = await world.store.tact.lift(scope, key, world.clock.now())
    if not was_there:
        warn(f"nurture: nobody had hushed {_named(scope, key)}: see `nurture hush --list`")
        ctx.exit(FINDINGS)
    click.echo(f"{_named(scope, key)}: the hush is lifted")


async def _known(world: "World", scope: Hushed, key: str) -> str:
    from nurture.wiring.known import known_contact

    return (await known_contact(world, key)).address if scope is Hushed.CONTACT else key


async def _list(ctx: click.Context, *, as_json: bool) -> None:
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        found = await world.store.tact.hushes(world.clock.now())
    if as_json:
        json_lines(
            {"scope": str(each.scope), "key": each.key, "until": each.until, "why": each.why}
            for each in found
        )
        return
    table(
        ("who", "until", "why"),
        (
            (_named(each.scope, each.key), in_zone(each.until, world.zone), each.why)
            for each in found
        ),
        empty="nobody is hushed",
    )


def _named(scope: Hushed, key: str) -> str:
    return key if scope is Hushed.CONTACT else f"{scope} {key}".strip()
