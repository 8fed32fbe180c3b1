"""`nurture contacts`: import people from a table, look at them, add and change them."""

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import NoReturn

import click

from nurture.cli.output import FINDINGS, fail, json_lines, progress, table, warn
from nurture.core.address import BadAddress, address_key
from nurture.core.contact import Contact
from nurture.core.contact_row import FIELDS, Refusal, facts_of, field_of, fields_of, read_row
from nurture.core.spelling import did_you_mean
from nurture.flows.import_contacts import Row, RowOutcome, RowVerdict, import_contacts
from nurture.ports import Merge
from nurture.transport.csv_file import CsvTable, read_csv

_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
_CHANGED = (RowOutcome.ADDED, RowOutcome.UPDATED)


@click.group()
def contacts() -> None:
    """Import, list, show, add and change contacts."""


def _pairs(_ctx: click.Context, _param: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """NAME=TEXT arguments as a mapping; a NAME given twice keeps its last TEXT."""
    for pair in given:
        if "=" not in pair:
            raise click.BadParameter(f"{pair!r} is not of the form NAME=TEXT")
    return dict(pair.split("=", 1) for pair in given)


@contacts.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--map", "mapped", multiple=True, callback=_pairs, metavar="COLUMN=FIELD",
    help="Read this column as that field, also custom.NAME or dates.NAME.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would happen; store nothing.")
@click.option("--encoding", help="Of the file [else UTF-8, or UTF-16 with its mark].")
@click.option("--delimiter", help="Between cells [else the likeliest of , ; tab |].")
@click.option("--account", help="Who writes to people whose row names no account.")
@_JSON
@click.pass_context
def import_(
    ctx: click.Context,
    file: Path,
    mapped: Mapping[str, str],
    dry_run: bool,
    encoding: str | None,
    delimiter: str | None,
    account: str | None,
    as_json: bool,
) -> None:
    """Import people from a CSV file, with a verdict for every row.

    Exits with 1 where a row was refused, with 2 where the file cannot be used at all.
    """
    if delimiter is not None:
        delimiter = {"tab": "\t", "\\t": "\t"}.get(delimiter, delimiter)
        if len(delimiter) != 1:
            fail("--delimiter is a single character, or the word tab")
    csv_table = read_csv(file, encoding, delimiter)
    rows = _rows(csv_table, _fields(csv_table, mapped, file))
    verdicts = asyncio.run(_import(ctx, rows, account, write=not dry_run))
    if as_json:
        json_lines(asdict(verdict) for verdict in verdicts)
    else:
        _show(verdicts, dry_run=dry_run)
    if any(verdict.outcome is RowOutcome.REFUSED for verdict in verdicts):
        ctx.exit(FINDINGS)


def _fields(csv_table: CsvTable, mapped: Mapping[str, str], file: Path) -> dict[str, str]:
    try:
        fields = fields_of(csv_table.columns, mapped)
    except ValueError as error:
        fail(f"{file}: {error}")
    if "email" not in fields.values():
        columns = ", ".join(csv_table.columns) or "none"
        fail(
            f"{file}: no column holds the mail address; its columns are: {columns}. "
            "Name the one by --map COLUMN=email"
        )
    unread = [column for column in csv_table.columns if column and column not in fields]
    if unread:
        names = ", ".join(unread)
        warn(f"{file}: not imported: {names} (keep one by --map COLUMN=custom.NAME)")
    return fields


def _rows(csv_table: CsvTable, fields: Mapping[str, str]) -> list[Row]:
    rows = []
    for row in csv_table.rows:
        cells = {fields[column]: text for column, text in row.cells.items() if column in fields}
        rows.append(Row(row.line, cells, row.fault))
    return rows


async def _import(
    ctx: click.Context, rows: list[Row], account: str | None, *, write: bool
) -> tuple[RowVerdict, ...]:
    from nurture.wiring import opened

    async with opened(ctx.obj.config) as world:
        is_plain = account is None and len(world.accounts) != 1
        with progress("contacts", len(rows)) as moved:
            return await import_contacts(
                rows,
                world.store.people,
                world.clock.now(),
                account="" if is_plain else world.account(account).name,
                accounts=tuple(world.accounts),
                write=write,
                progress=moved,
            )


def _show(verdicts: tuple[RowVerdict, ...], *, dry_run: bool) -> None:
    telling = [verdict for verdict in verdicts if verdict.why]
    if telling:
        table(
            ("line", "verdict", "email", "column", "why"),
            [(each.line, each.outcome, each.email, each.column, each.why) for each in telling],
        )
        click.echo()
    count = Counter(verdict.outcome for verdict in verdicts)
    summary = ", ".join(f"{count[outcome]} {outcome}" for outcome in RowOutcome)
    click.echo(f"{len(verdicts)} rows: {summary}{' (dry run: nothing stored)' if dry_run else ''}")


@contacts.command("list")
@_JSON
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """List everybody, in the order of their addresses."""
    known = asyncio.run(_everybody(ctx))
    if as_json:
        json_lines(facts_of(contact) for contact in known)
        return
    columns = ("email", "name", "company", "relationship", "country", "account")
    table(columns, map(_line, known), empty="nobody yet: nurture contacts import FILE")


async def _everybody(ctx: click.Context) -> list[Contact]:
    from nurture.wiring import everybody, opened

    async with opened(ctx.obj.config) as world:
        return [contact async for contact in everybody(world.store.people)]


def _line(contact: Contact) -> tuple[str, ...]:
    name = contact.name if contact.name != contact.address else ""
    relationship = str(contact.relationship or "")
    return (
        contact.address, name, contact.company, relationship, contact.country, contact.account
    )  # fmt: skip


@contacts.command()
@click.argument("email")
@_JSON
@click.pass_context
def show(ctx: click.Context, email: str, as_json: bool) -> None:
    """Show everything that is known of one person."""
    contact = asyncio.run(_find(ctx, _key(email)))
    if contact is None:
        _nobody(email)
    _tell(contact, as_json=as_json)


@contacts.command()
@click.argument("email")
@click.option(
    "--set", "given", multiple=True, callback=_pairs, metavar="FIELD=TEXT",
    help="A fact of theirs, such as given_name=Ada or custom.project=...; may be repeated.",
)  # fmt: skip
@_JSON
@click.pass_context
def add(ctx: click.Context, email: str, given: Mapping[str, str], as_json: bool) -> None:
    """Add one person; the fields are those of an import."""
    contact, empty = _contact(email, given)
    if empty:
        fail(f"{empty[0]!r} is empty: leave out what is not known")
    if asyncio.run(_find(ctx, contact.address)):
        fail(f"{contact.address} is known already: try `nurture contacts set {email} FIELD=TEXT`")
    _tell(asyncio.run(_store(ctx, contact, is_new=True)), as_json=as_json)


@contacts.command("set")
@click.argument("email")
@click.argument("given", nargs=-1, required=True, callback=_pairs, metavar="FIELD=TEXT...")
@_JSON
@click.pass_context
def set_(ctx: click.Context, email: str, given: Mapping[str, str], as_json: bool) -> None:
    """Change what is known of one person; FIELD= makes it unknown.

    Lists such as tags grow by what is set: empty them first to begin anew.
    """
    contact, empty = _contact(email, given)
    known = asyncio.run(_find(ctx, contact.address))
    if known is None:
        _nobody(email)
    changed = replace(contact, address=known.address)
    _tell(asyncio.run(_store(ctx, changed, empty=empty)), as_json=as_json)


def _key(email: str) -> str:
    try:
        return address_key(email)
    except BadAddress as error:
        fail(str(error))


def _nobody(email: str) -> NoReturn:
    fail(f"nobody is known as {email}: see `nurture contacts list`")


def _contact(email: str, given: Mapping[str, str]) -> tuple[Contact, list[str]]:
    """The contact with what is said of them, and the fields that are said to be empty."""
    cells, empty = {"email": email}, list[str]()
    for name, text in given.items():
        field = field_of(name)
        if field is None or field == "email":
            hint = did_you_mean(name, FIELDS[1:])
            fail(f"{name!r} is no field to set{hint or '.'} Fields of your own are custom.NAME")
        if text.strip():
            cells[field] = text
        else:
            empty.append(field)
    known = read_row(cells)
    if isinstance(known, Refusal):
        fail(f"{known.column}: {known.why}")
    return known, empty


async def _find(ctx: click.Context, key: str) -> Contact | None:
    from nurture.wiring import opened

    async with opened(ctx.obj.config) as world:
        known: Contact | None = await world.store.people.contact(key)
        return known


async def _store(
    ctx: click.Context, contact: Contact, *, is_new: bool = False, empty: Collection[str] = ()
) -> Contact:
    """The contact as it stands afterwards; ends the command for an unknown account or a no."""
    from nurture.wiring import opened

    async with opened(ctx.obj.config) as world:
        account = contact.account
        if account or (is_new and len(world.accounts) == 1):
            account = world.account(account or None).name
        now = world.clock.now()
        (merge,) = await world.store.people.merge([replace(contact, account=account)], now)
        if merge is Merge.SUPPRESSED:
            fail(f"{contact.address} asked for no mail, or bounced: nothing was changed")
        kept = await world.store.people.contact(contact.address) or contact
        if not empty:
            return kept
        await world.store.people.clear(kept.id, empty, now)
        return await world.store.people.contact_by_id(kept.id) or kept


def _tell(contact: Contact, *, as_json: bool) -> None:
    facts = facts_of(contact)
    if as_json:
        json_lines([facts])
        return
    known = [(field, value) for field, value in facts.items() if value not in ("", 0, [])]
    shown = [
        (field, ", ".join(value) if isinstance(value, list) else value) for field, value in known
    ]
    table(("field", "value"), shown)
