"""`nurture contacts import`: people from a table, each row judged, with why we may write."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import click

from nurture.cli.output import FINDINGS, fail, json_lines, progress, table, warn
from nurture.core.contact import NO_CONSENT, Basis, Consent
from nurture.core.contact.column import fields_of
from nurture.core.contact.row import Refusal, read_row
from nurture.flows.import_contacts import Grounds, Row, RowOutcome, RowVerdict, import_contacts
from nurture.transport.csv_file import CsvTable, read_csv


def pairs(_ctx: click.Context, _param: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """NAME=TEXT arguments as a mapping; a NAME given twice keeps its last TEXT."""
    for pair in given:
        if "=" not in pair:
            raise click.BadParameter(f"{pair!r} is not of the form NAME=TEXT")
    return dict(pair.split("=", 1) for pair in given)


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--map", "mapped", multiple=True, callback=pairs, metavar="COLUMN=FIELD",
    help="Read this column as that field, also custom.NAME or dates.NAME.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would happen; store nothing.")
@click.option("--encoding", help="Of the file [else UTF-8, or UTF-16 with its mark].")
@click.option("--delimiter", help="Between cells [else the likeliest of , ; tab |].")
@click.option("--account", help="Who writes to people whose row names no account.")
@click.option(
    "--basis", type=click.Choice([str(each) for each in Basis]),
    help="Why you may write to people whose row gives no consent_basis; needs --evidence.",
)  # fmt: skip
@click.option("--evidence", help="What proves that basis: a folder, a form, a system.")
@click.option("--since", help="The day from which that basis counts, like 2026-03-31.")
@click.option("--notice", is_flag=True, help="They could say no when their address was collected.")
@click.option(
    "--replace-grounds", is_flag=True,
    help="Let the rows change country, legal form and consent of people you know already.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def import_(
    ctx: click.Context,
    file: Path,
    mapped: Mapping[str, str],
    dry_run: bool,
    encoding: str | None,
    delimiter: str | None,
    account: str | None,
    basis: str | None,
    evidence: str | None,
    since: str | None,
    notice: bool,
    replace_grounds: bool,
    as_json: bool,
) -> None:
    """Import people from a CSV file, with a verdict for every row.

    Nobody is written to before it is on record why that is permitted: in the columns
    consent_basis, consent_since, consent_evidence and consent_notice, or by --basis for all
    whose rows say nothing. Exits with 1 where a row was refused, with 2 where the file cannot be
    used at all.
    """
    if delimiter is not None:
        delimiter = {"tab": "\t", "\\t": "\t"}.get(delimiter, delimiter)
        if len(delimiter) != 1:
            fail("--delimiter is a single character, or the word tab")
    csv_table = read_csv(file, encoding, delimiter)
    rows = _rows(csv_table, _fields(csv_table, mapped, file))
    grounds = Grounds(_default(basis, evidence, since, notice=notice), replace_grounds)
    verdicts = asyncio.run(_import(ctx, rows, account, grounds, write=not dry_run))
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


def _default(
    basis: str | None, evidence: str | None, since: str | None, *, notice: bool
) -> Consent:
    """The consent that was stated for all; ends the command where it is half a statement."""
    if basis is None:
        if evidence or since or notice:
            fail("--evidence, --since and --notice belong to a --basis: say why you may write")
        return NO_CONSENT
    if not evidence:
        fail(f"--basis {basis} needs --evidence: what proves it if somebody asks?")
    given = {"consent_basis": basis, "consent_evidence": evidence, "consent_since": since or ""}
    read = read_row({"email": "x@example.com", **given, "consent_notice": "yes" if notice else ""})
    if isinstance(read, Refusal):
        fail(f"--{read.column.removeprefix('consent_')}: {read.why}")
    return read.consent


async def _import(
    ctx: click.Context, rows: list[Row], account: str | None, grounds: Grounds, *, write: bool
) -> tuple[RowVerdict, ...]:
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        is_plain = account is None and len(world.accounts) != 1
        with progress("contacts", len(rows)) as moved:
            return await import_contacts(
                rows,
                world.store.people,
                world.clock.now(),
                account="" if is_plain else world.account(account).name,
                accounts=tuple(world.accounts),
                grounds=grounds,
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
    reasons = Counter(verdict.permission for verdict in verdicts if verdict.permission)
    if reasons:
        table(("people", "permission"), [(times, why) for why, times in reasons.most_common()])
        click.echo()
    count = Counter(verdict.outcome for verdict in verdicts)
    summary = ", ".join(f"{count[outcome]} {outcome}" for outcome in RowOutcome)
    click.echo(f"{len(verdicts)} rows: {summary}{' (dry run: nothing stored)' if dry_run else ''}")
