"""`nurture check`: what is wrong with sequences, and what could be better."""

import asyncio
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from os import environ
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nurture import __version__
from nurture.cli.output import FINDINGS, WRONG_INPUT, counting, json_lines
from nurture.core.account import Account, Limits, Owner
from nurture.core.spelling import listed
from nurture.document.code import Code
from nurture.errors import Misconfigured, Place, Problem
from nurture.finding import is_error, line, row
from nurture.finding import sarif as sarif_log

if TYPE_CHECKING:
    from nurture.advice import Stock
    from nurture.hole import Holes
    from nurture.settings import Settings
    from nurture.transport.sequence_folder import Folder

_NOBODY = Account("sample", "you@example.org", Owner("You", "you@example.org", "UTC", "Road 1"))
_EXAMPLE = "Example Street"  # as `nurture init` writes it
_CALENDAR_SCHEMA, _SEQUENCE_SCHEMA = "calendar.schema.json", "sequence.schema.json"


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--sarif", is_flag=True, help="SARIF 2.1.0, as code hosts and editors read it.")
@click.option("--schema", is_flag=True, help="Write the JSON Schemas for editors.")
@click.option("--no-people", is_flag=True, help="Leave out whether mails suit your real contacts.")
@click.pass_context
def check(
    ctx: click.Context,
    paths: tuple[Path, ...],
    as_json: bool,
    sarif: bool,
    schema: bool,
    no_people: bool,
) -> None:
    """Show what is wrong with your sequences and what could be better, with file and line.

    PATHS are folders or single files [else the folder of the settings]. Exits with 0 where there
    is nothing to say, with 1 where there is only advice, with 2 where something cannot be used.
    """
    settings = _settings(ctx)
    asked = paths or (_usual(settings),)
    if schema:
        _write_schemas(asked)
        return
    found: dict[Problem, None] = {}
    for path in asked:
        found.update(dict.fromkeys(_check(ctx, path, settings, with_people=not no_people)))
    problems = sorted(found, key=lambda each: (each.place or Place(""), each.message))
    if sarif:
        click.echo(json.dumps(sarif_log(problems, __version__), ensure_ascii=False, indent=2))
    elif as_json:
        json_lines(map(row, problems))
    else:
        _show(problems)
    if problems:
        ctx.exit(WRONG_INPUT if any(map(is_error, problems)) else FINDINGS)


def _settings(ctx: click.Context) -> "Settings | None":
    """The settings where there are any: sequences can be checked without."""
    from nurture.settings import find_config, load_settings

    try:
        find_config(ctx.obj.config, environ)
    except Misconfigured:
        if ctx.obj.config:
            raise
        return None
    return load_settings(ctx.obj.config, environ, with_passwords=False)


def _usual(settings: "Settings | None") -> Path:
    here = settings.sequences if settings else Path("sequences")
    if not here.is_dir():
        raise Misconfigured(f"there is no folder {here}: name one, or a file in one")
    return _near(here)


def _near(path: Path) -> Path:
    """The path as seen from here, where it lies below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_absolute() and path.is_relative_to(here) else path


def _check(
    ctx: click.Context, path: Path, settings: "Settings | None", *, with_people: bool
) -> list[Problem]:
    """Everything about a folder, or what of it concerns a single file."""
    from nurture.advice import advise
    from nurture.hole import Holes
    from nurture.transport.clock import SystemClock
    from nurture.transport.sequence_folder import load_folder

    folder = load_folder(_folder_of(path))
    accounts = [each.account for each in settings.accounts] if settings else []
    holes = Holes(
        accounts[0] if accounts else _NOBODY,
        folder.definitions,
        folder.templates,
        folder.texts,
        SystemClock().now().date(),
    )
    holes.try_on_samples()
    interests: set[str] = set()
    if with_people and settings and folder.path.resolve() == settings.sequences.resolve():
        interests = asyncio.run(_try_on_people(ctx, holes))
    stock = _stock(folder, holes.today, interests)
    advice = advise(folder.definitions, folder.texts, _strictest(accounts), stock)
    found = [*folder.problems, *holes.problems(), *advice, *_footers(settings)]
    if path == folder.path:
        return found
    return [each for each in found if _concerns(each, path, folder)]


def _stock(folder: "Folder", today: date, interests: Iterable[str]) -> "Stock":
    from nurture.advice import Stock
    from nurture.core.library import Thesaurus
    from nurture.document.piece_text import is_piece

    pieces = {path: each for path, each in folder.templates.items() if is_piece(path)}
    known = folder.thesaurus or Thesaurus()
    return Stock(pieces, known, folder.definitions, today, frozenset(interests))


def _folder_of(path: Path) -> Path:
    """The folder of a single file: for a mail the nearest above it that has sequences."""
    if path.is_dir():
        return path.parent if path.name == "library" and not _has_sequences(path) else path
    above = [each for each in path.parents if _has_sequences(each)]
    return above[0] if above else path.parent


def _has_sequences(folder: Path) -> bool:
    from nurture.document.piece_text import THESAURUS

    return any(each.name != Path(THESAURUS).name for each in folder.glob("*.yaml"))


def _concerns(problem: Problem, path: Path, folder: "Folder") -> bool:
    if path.is_dir():
        return problem.place is not None and Path(problem.place.file).is_relative_to(path)
    definition = folder.definitions.get(path.stem)
    steps = definition.sequence.all_steps if definition and path.suffix == ".yaml" else ()
    mails = {str(folder.path / getattr(step, "template", "")) for step in steps}
    return problem.place is not None and problem.place.file in {str(path), *mails}


def _strictest(accounts: Iterable[Account]) -> Limits:
    """The limits under which a sequence fits every account."""
    known = [account.limits for account in accounts] or [Limits()]
    return replace(
        known[0],
        contact_gap=max(each.contact_gap for each in known),
        per_contact_month=min(each.per_contact_month for each in known),
        per_contact_year=min(each.per_contact_year for each in known),
    )


async def _try_on_people(ctx: click.Context, holes: "Holes") -> set[str]:
    """Writes every mail for everybody known who could get it; what they all care for."""
    from nurture.core.enrollment import State
    from nurture.hole import Person
    from nurture.wiring.world import opened

    interests: set[str] = set()
    async with opened(ctx.obj.config) as world:
        people, outgoing = world.store.people, world.store.outgoing
        with counting("people tried") as seen:
            count, page = 0, await people.page()
            while page:
                walks = await outgoing.walks([contact.id for contact in page])
                for contact in page:
                    live = (w for w in walks.get(contact.id, ()) if w.state is not State.ENDED)
                    holes.try_on(Person(contact, {walk.sequence for walk in live}))
                    interests.update(contact.interests)
                    seen(count := count + 1)
                page = await people.page(page[-1].address)
    return interests


def _footers(settings: "Settings | None") -> Iterator[Problem]:
    """What the law asks for in every mail, and an owner has not (domain.md L3, L11)."""
    from nurture.mail.write.footer import languages

    if settings is None:
        return
    place = Place(str(_near(settings.file)))
    for owner in {each.account.owner: None for each in settings.accounts}:
        written = owner.postal_address
        if _EXAMPLE in written or not any(sign.isdigit() for sign in written):
            words = f"{written!r} is no postal address of {owner.name}: it stands in every mail"
            yield Problem(words, place, Code.FOOTER)
        if owner.language not in languages():
            known = listed(sorted(languages()))
            words = f"no opt-out sentence is known in {owner.language!r}, the language of"
            yield Problem(f"{words} {owner.name}: choose {known}", place, Code.FOOTER)


def _show(problems: Sequence[Problem]) -> None:
    for problem in problems:
        click.echo(line(problem))
    errors = sum(map(is_error, problems))
    advice = len(problems) - errors
    click.echo(f"errors: {errors}, advice: {advice}" if problems else "nothing to say: all is well")


def _write_schemas(asked: Iterable[Path]) -> None:
    from nurture.definition.schema import calendar_schema, sequence_schema

    for path in asked:
        folder = _folder_of(path)
        for name, schema in (
            (_SEQUENCE_SCHEMA, sequence_schema()),
            (_CALENDAR_SCHEMA, calendar_schema()),
        ):
            text = json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
            (folder / name).write_text(text, "utf-8")
            click.echo(f"{folder / name}")
