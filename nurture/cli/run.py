"""`nurture run`: the daemon."""

import asyncio
import signal
import sys

import click

from nurture import journal
from nurture.cli.output import CONFIGURATION, fail, warn


@click.command()
@click.pass_context
def run(ctx: click.Context) -> None:
    """Run the daemon: hear every answer, send what is due, tell the owner."""
    asyncio.run(_run(ctx))


async def _run(ctx: click.Context) -> None:
    from nurture.wiring import house_of, opened

    async with opened(ctx.obj.config, with_passwords=True) as world:
        journal.configure(world.settings.log.format, world.settings.log.level)
        if not world.accounts:
            fail("no account is configured: add [accounts.NAME] to nurture.toml", CONFIGURATION)
        for remark in world.store.remarks:
            warn(f"nurture: {remark}")
        for problem in world.problems:
            warn(f"nurture: {problem}")
        if world.problems:
            warn("nurture: who walks through a sequence that cannot be read stays on its last text")
        from nurture.daemon import Daemon

        daemon = Daemon(house_of(world))
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, daemon.stop)
        # To a program in a terminal SIGHUP says that the terminal is gone, to a daemon: reload.
        on_hangup = daemon.stop if sys.stdin.isatty() else daemon.reread
        loop.add_signal_handler(signal.SIGHUP, on_hangup)
        await daemon.run()
