"""`nurture doctor`: looks at everything, proves that answers are heard, and says what to do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import click

from nurture.cli.output import WRONG_INPUT, fail, json_lines, table, warn

if TYPE_CHECKING:
    from nurture.doctor.finding import Finding
    from nurture.doctor.patient import SelfTest
    from nurture.settings import AccountSettings, Settings


@click.command()
@click.argument("accounts", nargs=-1)
@click.option(
    "--self-test/--no-mail",
    "self_test",
    default=None,
    help="Test answers even where that was done, or send no mail at all.",
)
@click.option(
    "--skip",
    "why",
    metavar="WHY",
    help="Let ACCOUNT send without the test, on your word; WHY is kept.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def doctor(
    ctx: click.Context, accounts: tuple[str, ...], self_test: bool | None, why: str | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Examine settings, servers, DNS, clock, disk and database, and whether answers are heard.

    A mailbox that was never tested is sent two mails from itself, which you may delete; until one
    such test has passed, nothing is sent to contacts. Exit code 0 where nothing failed, 1 where
    something did, 75 where only servers were out of reach, 78 for wrong settings.
    """
    from nurture.doctor.finding import exit_code
    from nurture.doctor.patient import SelfTest

    if why is not None:
        asyncio.run(_skip(ctx, accounts, why))
        return
    wish = SelfTest.UNPROVEN
    if self_test is not None:
        wish = SelfTest.ALWAYS if self_test else SelfTest.NEVER
    found = asyncio.run(_examine(ctx, accounts, wish, as_json=as_json))
    ctx.exit(exit_code(found))


async def _examine(
    ctx: click.Context, names: tuple[str, ...], wish: "SelfTest", *, as_json: bool
) -> "list[Finding]":
    found = []
    async for finding in _findings(ctx, names, wish):
        found.append(finding)
        if as_json:
            json_lines([_row(finding)])
    if not as_json:
        _show(found)
    return found


async def _findings(
    ctx: click.Context, names: tuple[str, ...], wish: "SelfTest"
) -> AsyncIterator["Finding"]:
    from os import environ

    from nurture import log
    from nurture.doctor import examine
    from nurture.doctor.finding import from_error
    from nurture.doctor.patient import Patient
    from nurture.errors import Misconfigured, NurtureError
    from nurture.settings import load_settings
    from nurture.transport.clock import SystemClock
    from nurture.wiring.world import world_of

    log.configure("silent")
    clock = SystemClock()
    try:
        settings = load_settings(ctx.obj.config, environ, with_passwords=True)
    except Misconfigured as error:
        for finding in from_error("settings", "", error):
            yield finding
        return
    chosen = _chosen(settings, names)
    async with AsyncExitStack() as stack:
        world = fault = None
        try:
            world = await stack.enter_async_context(world_of(settings, clock))
        except NurtureError as error:
            fault = error
        async for finding in examine(Patient(settings, clock, world, fault, chosen, wish, warn)):
            yield finding


def _chosen(settings: "Settings", names: tuple[str, ...]) -> "tuple[AccountSettings, ...]":
    from nurture.core.spelling import did_you_mean

    known = {each.account.name: each for each in settings.accounts}
    for name in names:
        if name not in known:
            fail(f"no account is called {name!r}{did_you_mean(name, known)}", WRONG_INPUT)
    return tuple(known[name] for name in names or known)


async def _skip(ctx: click.Context, names: tuple[str, ...], why: str) -> None:
    from nurture.wiring.world import opened

    if not names or not why.strip():
        fail("say whom and why: nurture doctor ACCOUNT --skip 'tested by hand on 3 May'")
    async with opened(ctx.obj.config) as world:
        for each in _chosen(world.settings, names):
            how = f"your word: {why.strip()}"
            now = world.clock.now()
            await world.store.accounts.prove(each.account.name, each.place, how, now)
            click.echo(f"{each.account.name} may send, on your word")


def _row(finding: "Finding") -> dict[str, object]:
    return {
        "examination": finding.examination,
        "subject": finding.subject,
        "level": finding.level,
        "seen": finding.seen,
        "remedy": finding.remedy,
    }


def _show(found: "list[Finding]") -> None:
    from nurture.doctor.finding import Level

    rows = [(each.level, each.examination, each.subject, each.seen) for each in found]
    table(("", "what", "where", "seen"), rows)
    wrong = [each for each in found if each.level is not Level.OK]
    if wrong:
        click.echo("\nWhat to do")
        table(("what", "where", "do"), [(e.examination, e.subject, e.remedy) for e in wrong])
