"""`nurture privacy`: everything that is held on one person, told or erased (GDPR art. 15, 17)."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nurture.cli.output import FINDINGS, fail, json_lines, warn
from nurture.core.contact.address import BadAddress, address_key

if TYPE_CHECKING:
    from nurture.storage.holding import Held, Person
    from nurture.wiring.world import World

_KEPT = timedelta(days=35)  # how long a backup may keep somebody who was erased (domain.md L9)


@click.group()
def privacy() -> None:
    """Tell or erase everything that is held on somebody."""


@privacy.command()
@click.argument("email")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def export(ctx: click.Context, email: str, as_json: bool) -> None:
    """Show everything that is held on EMAIL, as a person may ask for.

    Read it before you hand it out: mails of others that mention them are not in it, your own notes
    are. Exits with 1 where nothing is held.
    """
    held, samples = asyncio.run(_export(ctx, _key(email)))
    rows = list(_rows(held))
    rows += [{"kind": "sample", "file": str(each)} for each in samples]
    if as_json:
        json_lines(rows)
    else:
        _show(rows)
    if not rows:
        ctx.exit(FINDINGS)


@privacy.command()
@click.argument("email")
@click.option("--yes", is_flag=True, help="Do not ask whether you are sure.")
@click.pass_context
def erase(ctx: click.Context, email: str, yes: bool) -> None:
    """Erase everything that is held on EMAIL, and never write to them again.

    What stays is a keyed hash, by which the address is refused for ever, and ids of mails without a
    person. It can be repeated. Exits with 1 where a trace of them is left.
    """
    key = _key(email)
    if not yes:
        click.confirm(f"erase {key} for ever, with every mail and note?", abort=True)
    if asyncio.run(_erase(ctx, key)):
        ctx.exit(FINDINGS)


def _key(email: str) -> str:
    try:
        return address_key(email)
    except BadAddress as error:
        fail(str(error))


async def _export(ctx: click.Context, key: str) -> tuple["Held", tuple[Path, ...]]:
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        person = await world.store.privacy.person(key)
        return await world.store.privacy.held(key), _samples(world, person)


def _samples(world: "World", person: "Person") -> tuple[Path, ...]:
    from nurture.transport.sample_folder import samples_about, samples_of

    return tuple(samples_about(samples_of(world.settings.file), person.knows))


def _rows(held: "Held") -> Iterator[dict[str, object]]:
    for name, rows in held.items():
        for row in rows:
            yield {"kind": name, **{field: _readable(value) for field, value in row.items()}}


def _readable(value: object) -> object:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _show(rows: list[dict[str, object]]) -> None:
    for row in rows:
        click.echo(f"[{row['kind']}]")
        for field, value in row.items():
            if field != "kind" and value not in ("", None, [], {}):
                text = str(value).replace("\n", "\n    ")
                click.echo(f"  {field}: {text}")
    if not rows:
        click.echo("nothing is held on them")


async def _erase(ctx: click.Context, key: str) -> bool:
    """Whether a trace of them is left where we should have erased it."""
    from nurture.storage.wiping import Wiped, is_one_file, wipe
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        url, now = world.settings.storage_url, world.clock.now()
        person = await world.store.privacy.person(key)
        samples = _samples(world, person)
        counted = await world.store.privacy.erase(key, now)
        for sample in samples:
            sample.unlink()
        is_file = is_one_file(url)
        wiped = await asyncio.to_thread(wipe, url, person) if is_file else Wiped((), ())
    _say_erased(counted, len(samples))
    click.echo(f"{key} is never written to again: a keyed hash of the address says so")
    if not is_file:
        click.echo("PostgreSQL keeps dead rows on disk until you run VACUUM FULL in this database")
    for each in wiped.remains:
        warn(f"nurture: {each} still holds them: run this once more")
    _say_copies(wiped.copies, f"{now + _KEPT:%Y-%m-%d}")
    return bool(wiped.remains)


def _say_erased(counted: Mapping[str, int], samples: int) -> None:
    parts = [f"{count} {name}" for name, count in counted.items() if name != "suppressions"]
    if samples:
        parts.append(f"{samples} kept samples")
    click.echo(f"erased: {', '.join(parts) or 'nothing was held'}")


def _say_copies(copies: tuple[Path, ...], until: str) -> None:
    for each in copies:
        click.echo(f"this copy still holds them, delete it by {until}: {each}")
    click.echo(
        "Not reached from here: backups that lie elsewhere (they hold them until you delete them, "
        f"by {until}; after restoring one, erase again), your mailbox with its Sent and Drafts "
        "folders, exported tables, and the journal, which knows ids and what mail servers said."
    )
