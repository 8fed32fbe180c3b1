"""The `nurture` command: finds its subcommands by name and loads only the one that is asked for."""

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import click

from nurture import __version__
from nurture.cli.output import CONFIGURATION, TRY_LATER, fail
from nurture.errors import Misconfigured, Unreachable

COMMANDS = {
    "init": "init:init",
    "login": "login:login",
    "run": "run:run",
    "demo": "demo:demo",
    "contacts": "contacts:contacts",
    "enroll": "enroll:enroll",
    "status": "status:status",
    "why": "why:why",
    "handoffs": "handoffs:handoffs",
    "resume": "resume:resume",
    "uncertain": "uncertain:uncertain",
    "classify": "classify:classify",
}
"""Each command, with the module and the name in it."""


@dataclass(frozen=True, slots=True)
class Options:
    """What was said before the subcommand."""

    config: Path | None = None


class LazyGroup(click.Group):
    """A group that imports a subcommand only when it is used, so that `--help` is quick."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Every command, in the order of a first day with nurture."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command = getattr(import_module(f"nurture.cli.{module}"), name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{module}.{name} is no command")
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Turns our errors into words and exit codes; a traceback is a bug."""
        try:
            return super().invoke(ctx)
        except Misconfigured as error:
            fail(error, CONFIGURATION if ctx.invoked_subcommand == "run" else 2)
        except Unreachable as error:
            fail(str(error), TRY_LATER)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="nurture %(version)s")
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The settings file [else NURTURE_CONFIG, ./nurture.toml, /etc/nurture/nurture.toml].",
)
@click.pass_context
def nurture(ctx: click.Context, config: Path | None) -> None:
    """Stay in touch with lost prospects and former clients; hand every answer to a human."""
    ctx.obj = Options(config)
