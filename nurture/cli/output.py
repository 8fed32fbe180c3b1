"""What a command shows: aligned tables for people, JSON lines for machines, errors to stderr."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import NoReturn, Protocol
from zoneinfo import ZoneInfo

import click

from nurture.errors import Misconfigured

FINDINGS, WRONG_INPUT, OUR_FAULT, TRY_LATER, CONFIGURATION = 1, 2, 70, 75, 78
"""Exit codes besides 0: findings; wrong usage or input; then as sysexits.h has them."""


def table(headers: Sequence[str], rows: Iterable[Sequence[object]], empty: str = "") -> None:
    """An aligned table on stdout; `empty` is what to say where there are no rows.

    Coloured only on a terminal; piped, no line is ever cut or wrapped.
    """
    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Table

    filled = [["" if cell is None else " ".join(str(cell).split()) for cell in row] for row in rows]
    if not filled:
        click.echo(empty or "nothing to show")
        return
    columns = zip(headers, *filled, strict=True)
    whole = sum(max(map(cell_len, column)) + 2 for column in columns)
    is_terminal = sys.stdout.isatty()
    console = Console(width=None if is_terminal else whole, markup=False, emoji=False)
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for header in headers:
        shown.add_column(header, overflow="fold")
    for row in filled:
        shown.add_row(*row)
    if is_terminal:
        console.print(shown, highlight=False)
        return
    with console.capture() as captured:
        console.print(shown)
    for line in captured.get().splitlines():
        click.echo(line.rstrip())


def json_lines(objects: Iterable[Mapping[str, object]]) -> None:
    """One JSON object a line on stdout; instants in ISO 8601, with their offset."""
    for each in objects:
        click.echo(json.dumps(each, ensure_ascii=False, default=_plain))


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def warn(message: str) -> None:
    """One line on stderr."""
    click.echo(message, err=True)


def fail(message: str | Misconfigured, code: int = WRONG_INPUT) -> NoReturn:
    """Says what is wrong and what to do, on stderr, and ends with the exit code."""
    problems = message.problems if isinstance(message, Misconfigured) else (message,)
    for problem in problems:
        warn(f"nurture: {problem}")
    raise SystemExit(code)


def in_zone(at: datetime | None, zone: str) -> str:
    """An instant on the owner's wall clock, to the minute; empty for none."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" if at else ""


class Counter(Protocol):
    """Moves a progress bar."""

    def __call__(self, done: int) -> None:
        """So many are done, of all."""
        ...


@contextmanager
def progress(label: str, total: int) -> Iterator[Counter]:
    """A progress bar on stderr where that is a terminal; silent elsewhere."""
    if not sys.stderr.isatty() or total <= 0:
        yield lambda _done: None
        return
    with click.progressbar(length=total, label=label, file=sys.stderr) as bar:
        seen = 0

        def show(done: int) -> None:
            nonlocal seen
            bar.update(done - seen)
            seen = done

        yield show


@contextmanager
def counting(label: str) -> Iterator[Counter]:
    """A growing number on stderr where that is a terminal and the end is not known."""
    if not sys.stderr.isatty():
        yield lambda _done: None
        return

    def show(done: int) -> None:
        if done % 200 == 0:
            click.echo(f"\r{done} {label}", err=True, nl=False)

    yield show
    click.echo("\r\033[K", err=True, nl=False)
