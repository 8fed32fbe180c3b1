"""The `nurture` command: finds its subcommands by name and loads only the one that is asked for."""

from importlib import import_module
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from nurture import SCHEMA, __version__
from nurture.cli.output import CONFIGURATION, OUR_FAULT, TRY_LATER, fail
from nurture.core.spelling import did_you_mean
from nurture.errors import Broken, Misconfigured, Unreachable
from nurture.value import frozen

COMMANDS = {
    "init": "Write a folder to start from: settings, sequences, contacts.",
    "login": "Let nurture into a mailbox by OAuth.",
    "doctor": "Examine everything, and prove that answers are heard.",
    "run": "Run the daemon: hear, send, tell the owner.",
    "demo": "Watch 90 days with twelve people, in seconds.",
    "check": "Show what is wrong with sequences, and what could be better.",
    "contacts": "Import, list, show, add and change contacts.",
    "enroll": "Start contacts on a sequence.",
    "preview": "Show the very mail that would go to somebody.",
    "reload": "Ask the daemon to read the sequences anew.",
    "plan": "Show what an edit would change for people under way.",
    "apply": "Accept what plan showed.",
    "simulate": "Show who would get what, and when, on a clock that jumps.",
    "forecast": "Tell by when everything will have left within the caps.",
    "silence": "List who has not heard from you for six months.",
    "reconnect": "Work off the silence: so many letters a week.",
    "status": "Show accounts, what is due, what is held and why.",
    "why": "Tell why mail was or was not sent to somebody.",
    "handoffs": "List who waits for your answer; take, put off, close.",
    "notify": "List the ways in which you are told, and test them.",
    "note": "Note why to get in touch with somebody, and when.",
    "tasks": "List what only you can do; say that it is done.",
    "letters": "List, print and post letters on paper.",
    "hush": "Leave somebody, or a whole region, alone until a day.",
    "library": "List the pieces to send; see what is missing.",
    "override": "Skip, move or reword one step for one person.",
    "verdict": "List mails to check, or say what one means.",
    "resume": "Let the stopped sequences of somebody go on.",
    "stop-all": "Stop all sending, on every worker.",
    "drafts": "List mails that wait for your word; accept, edit, skip.",
    "uncertain": "List mails of which nobody knows whether they left.",
    "history": "Read past headers for when each contact last wrote.",
    "classify": "Tell what saved mails are, and why.",
    "send-test": "Send one mail to yourself, to see how it arrives.",
    "privacy": "Tell or erase everything that is held on somebody.",
    "backup": "Copy the database, checked.",
    "export": "Write everything in open formats.",
    "restore": "Put a backup in its place; nothing is sent until you say so.",
    "install": "Set up a systemd service on this machine.",
    "uninstall": "Take the service away; your data stays.",
    "completion": "Print what your shell needs to complete commands.",
    "manual": "Print the man page.",
}
"""Each command with its line in `--help`; it stands under its name in the module of its name."""


@frozen
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
        name = cmd_name.replace("-", "_")
        command = getattr(import_module(f"nurture.cli.{name}"), name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{cmd_name} is no command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, but a slip of the pen is answered with the nearest command."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            ctx.fail(f"there is no command {args[0]!r}{did_you_mean(args[0], COMMANDS)}")
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Commands with their lines and our own options, without loading a single command."""
        names = [name for name in COMMANDS if name.startswith(incomplete)]
        items = [CompletionItem(name, help=COMMANDS[name]) for name in names]
        return items + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Whole sentences, without loading a single command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> object:
        """Turns our errors into words and exit codes; a traceback is a bug."""
        try:
            return super().invoke(ctx)
        except Misconfigured as error:
            fail(error, CONFIGURATION if ctx.invoked_subcommand == "run" else 2)
        except Unreachable as error:
            fail(str(error), TRY_LATER)
        except Broken as error:
            fail(f"{error}; this is a mistake in nurture, please report it", OUR_FAULT)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message=f"nurture %(version)s (schema {SCHEMA})")
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The settings file [else NURTURE_CONFIG, ./nurture.toml, /etc/nurture/nurture.toml].",
)
@click.pass_context
def nurture(ctx: click.Context, config: Path | None) -> None:
    """Stay in touch with lost prospects and former clients; hand every answer to a human."""
    ctx.obj = Options(config)
