"""`nurture run`: the daemon, or a rehearsal of what it would send."""

import asyncio
import gc
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nurture import log
from nurture.cli.output import CONFIGURATION, FINDINGS, fail, in_zone, table, warn
from nurture.errors import Misconfigured

if TYPE_CHECKING:
    from nurture.cli.rehearsal import Shown
    from nurture.daemon import Daemon
    from nurture.wiring.world import World

_REHEARSE_AFTER = 1.0  # seconds
_SELDOM = (10_000, 20, 20)  # new objects, and younger collections, before garbage is looked for


@click.command()
@click.option(
    "--dry-run", "folder", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
    help="Only write what would be sent into FOLDER, as .eml; nothing leaves.",
)  # fmt: skip
@click.option(
    "--redirect-to", "address", metavar="ADDRESS",
    help="Only send what would be sent to ADDRESS, an own one; no contact gets anything.",
)  # fmt: skip
@click.option(
    "--for", "stretch", default="1 day", show_default=True,
    help="How far a rehearsal looks ahead, such as '2 weeks'; nobody answers meanwhile.",
)  # fmt: skip
@click.option(
    "--worker", type=click.IntRange(1, 64), default=1, metavar="N",
    help="The Nth of several on this machine: it is watched N-1 ports further on.",
)  # fmt: skip
@click.pass_context
def run(
    ctx: click.Context, folder: Path | None, address: str | None, stretch: str, worker: int
) -> None:
    """Run the daemon: hear every answer, send what is due, tell the owner.

    With --dry-run or --redirect-to it rehearses instead, on a copy of the database that is thrown
    away: no walk advances, no contact is written to, and the daemon may run beside it.
    """
    if folder and address:
        fail("say --dry-run or --redirect-to, not both")
    if folder:
        _make_empty(folder)
    if folder or address:
        asyncio.run(_rehearse(ctx, folder, address or "", _stretch(stretch)))
    else:
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            runner.run(_run(ctx, worker))


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's where the extra `fast` is installed, else the standard library's."""
    try:
        from uvloop import new_event_loop
    except ModuleNotFoundError:
        return None
    return new_event_loop


async def _run(ctx: click.Context, worker: int) -> None:
    from nurture.transport.host import share_one_arena
    from nurture.wiring.house import house_of

    share_one_arena()
    async with _opened_at_last(ctx.obj.config) as world:
        for remark in world.store.remarks:
            warn(f"nurture: {remark}")
        for problem in world.problems:
            warn(f"nurture: {problem}")
        if world.problems:
            warn("nurture: who walks through a sequence that cannot be read stays on its last text")
        from nurture.daemon import Daemon
        from nurture.ear import rehearse

        daemon = Daemon(house_of(world))
        loop = asyncio.get_running_loop()
        # Behind the start: the first answer needs what this loads, readiness does not.
        loop.call_later(_REHEARSE_AFTER, loop.run_in_executor, None, _make_ready, rehearse)
        _keep_for_good()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, daemon.stop)
        # To a program in a terminal SIGHUP says that the terminal is gone, to a daemon: reload.
        on_hangup = daemon.stop if sys.stdin.isatty() else daemon.reread
        loop.add_signal_handler(signal.SIGHUP, on_hangup)
        async with _watched(world, daemon, worker), _parting(world):
            await daemon.run()


def _parting(world: "World") -> AbstractAsyncContextManager[int]:
    if not world.settings.unsubscribe.listen:
        return nullcontext(0)
    from nurture.unsubscribe import parting

    return parting(world)


def _watched(world: "World", daemon: "Daemon", worker: int) -> AbstractAsyncContextManager[int]:
    if not world.settings.watch:
        return nullcontext(0)
    from nurture.watch import watched

    return watched(world, daemon, worker)


def _make_ready(rehearse: Callable[[], None]) -> None:
    from nurture.transport.host import give_back

    # What loading left behind makes room for what the rehearsal loads.
    gc.unfreeze()
    gc.collect()
    rehearse()
    give_back()
    _keep_for_good()


def _keep_for_good() -> None:
    """Whatever there is by now stays: no search for garbage goes through it again.

    A daemon makes many values that live for a moment, so garbage is looked for less often, too.
    """
    gc.freeze()
    gc.set_threshold(*_SELDOM)


@asynccontextmanager
async def _opened_at_last(config: Path | None) -> AsyncIterator["World"]:
    """The world, as soon as its database can be opened; the owners are told meanwhile."""
    from os import environ

    from nurture.flows.sound_alarm import Alarm, outlast
    from nurture.settings import load_settings
    from nurture.transport.clock import SystemClock
    from nurture.transport.systemd import Notifier
    from nurture.wiring.channel import routes_of
    from nurture.wiring.world import world_of

    log.configure("silent")
    settings = load_settings(config, environ, with_passwords=True)
    log.configure(settings.log.format, settings.log.level)
    if not settings.accounts:
        fail("no account is configured: add [accounts.NAME] to nurture.toml", CONFIGURATION)
    clock, supervisor = SystemClock(), Notifier(environ.get("NOTIFY_SOCKET", ""))
    accounts = {each.account.name: each.account for each in settings.accounts}
    alarm = Alarm(accounts, routes_of(settings, clock))
    async with AsyncExitStack() as stack:
        opening = partial(_entered, stack, partial(world_of, settings, clock, supervisor))
        world = await outlast(opening, alarm, clock, supervisor)
        if world is not None:
            yield world


async def _entered(
    stack: AsyncExitStack, make: "Callable[[], AbstractAsyncContextManager[World]]"
) -> "World":
    return await stack.enter_async_context(make())


def _make_empty(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise Misconfigured(f"{folder} is not empty: name a new folder for --dry-run")
    except OSError as error:
        raise Misconfigured(f"{folder} cannot be used: {error.strerror}") from error


def _stretch(written: str) -> timedelta:
    from nurture.settings.scalar import read_duration

    try:
        return read_duration(written)
    except ValueError as error:
        raise Misconfigured(f"--for: {error}") from error


async def _rehearse(
    ctx: click.Context, folder: Path | None, address: str, stretch: timedelta
) -> None:
    from nurture.cli.rehearsal import MOST, into_folder, to_address

    log.configure("silent")
    config = ctx.obj.config
    shown = await (
        into_folder(config, folder, stretch) if folder else to_address(config, address, stretch)
    )
    table(("would leave", "account", "to", "subject", "specimen"), map(_row, shown),
          empty="nothing would be sent")  # fmt: skip
    warn("nurture: a rehearsal on a copy: no contact was written to, and no walk has moved")
    if len(shown) >= MOST:
        warn(f"nurture: it ended after {MOST} mails")
    if not all(each.is_shown for each in shown):
        ctx.exit(FINDINGS)


def _row(each: "Shown") -> tuple[str, ...]:
    return in_zone(each.at, "UTC"), each.account, each.recipient, each.subject, each.outcome
