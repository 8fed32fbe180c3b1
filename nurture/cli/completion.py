"""`nurture completion`: what a shell needs to complete commands and options."""

import click
from click.shell_completion import get_completion_class

from nurture.cli.output import fail

_WHERE = {
    "bash": "~/.local/share/bash-completion/completions/nurture",
    "zsh": "a folder of your $fpath, as _nurture",
    "fish": "~/.config/fish/completions/nurture.fish",
}


@click.command()
@click.argument("shell", type=click.Choice(list(_WHERE)))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the completion script of SHELL; each begins with where to put it."""
    found = get_completion_class(shell)
    root = ctx.find_root()
    if found is None:
        fail(f"this click knows no {shell}")
    script = found(root.command, {}, "nurture", "_NURTURE_COMPLETE").source()
    if shell == "zsh":  # its first line must stay the first
        click.echo(script)
        return
    click.echo(f"# Put this into {_WHERE[shell]}\n{script}")
