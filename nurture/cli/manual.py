"""`nurture manual`: the man page, made from the commands themselves."""

from collections.abc import Iterator

import click

from nurture import __version__

_EXIT = (
    ("0", "All is well."),
    ("1", "Something was found that needs a person."),
    ("2", "Wrong usage or input."),
    ("70", "A mistake in nurture."),
    ("75", "The world did not answer: try later."),
    ("78", "Wrong settings (run, doctor)."),
)
_FILES = (
    ("./nurture.toml, /etc/nurture/nurture.toml", "The settings, in this order."),
    ("/var/lib/nurture", "The database and tokens of a service."),
)
_ENVIRONMENT = (
    ("NURTURE_CONFIG", "The settings file, where --config is not given."),
    ("NURTURE_ACCOUNT_PASSWORD", "The password of ACCOUNT; a file or credential is better."),
)


@click.command()
@click.pass_context
def manual(ctx: click.Context) -> None:
    """Print the man page: nurture manual | man -l -"""
    click.echo(man_page(ctx.find_root()), nl=False)


def man_page(root: click.Context) -> str:
    """The whole of nurture(1) in roff, the same for the same commands."""
    return "\n".join([*_page(root), ""])


def _page(root: click.Context) -> Iterator[str]:
    group = root.command
    yield f'.TH NURTURE 1 "" "nurture {__version__}" "User Commands"'
    yield from (".SH NAME", "nurture \\- keeps in touch by mail, and hands every answer to a human")
    yield from (".SH SYNOPSIS", ".B nurture", "[\\-\\-config FILE] COMMAND [ARGUMENTS]")
    yield from (".SH DESCRIPTION", _text(group.help or ""))
    yield from (".SH OPTIONS", *_options(root))
    yield ".SH COMMANDS"
    for name, command in _below(root):
        yield from _command(root, command, name)
    for title, rows in (("EXIT STATUS", _EXIT), ("FILES", _FILES), ("ENVIRONMENT", _ENVIRONMENT)):
        yield f".SH {title}"
        for term, words in rows:
            yield from (".TP", f".B {_text(term)}", _text(words))


def _command(parent: click.Context, command: click.Command, title: str) -> Iterator[str]:
    """A command and, behind it, the commands below it."""
    ctx = click.Context(command, info_name=title.rpartition(" ")[2], parent=parent)
    pieces = " ".join(command.collect_usage_pieces(ctx))
    yield from (f".SS nurture {title} {_text(pieces)}", *_paragraphs(command.help or ""))
    yield from _options(ctx)
    for name, below in _below(ctx):
        yield from _command(ctx, below, f"{title} {name}")


def _below(ctx: click.Context) -> Iterator[tuple[str, click.Command]]:
    group = ctx.command
    for name in group.list_commands(ctx) if isinstance(group, click.Group) else ():
        found = group.get_command(ctx, name) if isinstance(group, click.Group) else None
        if found is not None:
            yield name, found


def _paragraphs(help_text: str) -> Iterator[str]:
    for number, each in enumerate(help_text.split("\n\n")):
        if number:
            yield ".PP"
        yield _text(" ".join(each.split()))


def _options(ctx: click.Context) -> Iterator[str]:
    for param in ctx.command.get_params(ctx):
        # Every command has --help; under which names, click remembers from whoever asked first.
        is_told = isinstance(param, click.Option) and "--help" not in param.opts
        record = param.get_help_record(ctx) if is_told else None
        if record is not None:
            yield from (".TP", f".B {_text(record[0])}", _text(record[1]))


def _text(words: str) -> str:
    """Words as roff prints them: no escape, no request, a hyphen that can be copied."""
    plain = " ".join(words.split()).replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{plain}" if plain[:1] in {".", "'"} else plain
