"""`nurture notify`: the ways in which you are told, and a test of them."""

import asyncio
from typing import TYPE_CHECKING

import click

from nurture.cli.output import FINDINGS, WRONG_INPUT, fail, json_lines, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nurture.ports import Clock, Route, Telling
    from nurture.settings import Settings


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def notify(ctx: click.Context, as_json: bool) -> None:
    """List the channels by which you are told, and what goes by each of them."""
    if ctx.invoked_subcommand is None:
        _list(ctx, as_json=as_json)


@notify.command("test")
@click.option("--channel", "name", help="Only the one of that name.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def test(ctx: click.Context, name: str | None, as_json: bool) -> None:
    """Send a test alert by every channel, whatever it is wanted for.

    Exits with 1 where one of them did not take it; the others did.
    """
    if not asyncio.run(_test(ctx, name, as_json=as_json)):
        ctx.exit(FINDINGS)


def _opened(ctx: click.Context, *, with_passwords: bool) -> "tuple[Settings, Clock]":
    from os import environ

    from nurture import log
    from nurture.settings import load_settings
    from nurture.transport.clock import SystemClock

    log.configure("silent")
    return load_settings(ctx.obj.config, environ, with_passwords=with_passwords), SystemClock()


def _list(ctx: click.Context, *, as_json: bool) -> None:
    from nurture.wiring.channel import told_by_mail

    settings, _ = _opened(ctx, with_passwords=False)
    rows = [
        {"channel": "mail", "kind": "mail", "accounts": [account], "tells": sorted(tells)}
        for account, tells in told_by_mail(settings).items()
    ]
    rows += [
        {"channel": e.name, "kind": e.kind, "accounts": list(e.accounts), "tells": sorted(e.tells)}
        for e in settings.channels
        if e.kind != "mail"
    ]
    if as_json:
        json_lines(rows)
        return
    table(
        ("channel", "kind", "accounts", "tells"),
        ((e["channel"], e["kind"], ", ".join(e["accounts"]), ", ".join(e["tells"])) for e in rows),
    )


async def _test(ctx: click.Context, name: str | None, *, as_json: bool) -> bool:
    from nurture.errors import Unreachable
    from nurture.wiring.channel import routes_of

    settings, clock = _opened(ctx, with_passwords=True)
    results = []
    for route, telling in _tests(routes_of(settings, clock), name, clock):
        try:
            await route.channel.tell(telling)
        except Unreachable as error:
            results.append((route.name, telling.account, "failed", str(error)))
        else:
            results.append((route.name, telling.account, "taken", ""))
    headers = ("channel", "account", "outcome", "why")
    if as_json:
        json_lines(dict(zip(headers, each, strict=True)) for each in results)
    else:
        table(headers, results)
    return all(outcome == "taken" for _, _, outcome, _ in results)


def _tests(
    routes: "list[Route]", name: str | None, clock: "Clock"
) -> "Iterator[tuple[Route, Telling]]":
    from nurture.core.spelling import did_you_mean
    from nurture.ports import Telling

    known = {each.name for each in routes}
    if name is not None and name not in known:
        fail(f"no channel is called {name!r}{did_you_mean(name, known)}", WRONG_INPUT)
    for route in routes:
        for account in route.kinds if name in {None, route.name} else ():
            yield (
                route,
                Telling(
                    account,
                    f"test/{clock.now():%Y-%m-%dT%H:%M:%S.%f}",
                    "nurture: this is a test",
                    f"By this channel, {route.name}, you learn what concerns {account}.\n"
                    "Nothing is to be done.",
                ),
            )
