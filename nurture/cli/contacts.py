"""`nurture contacts`: look at people, add and change them."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import NoReturn

import click

from nurture.cli.contacts_import import import_, pairs
from nurture.cli.output import fail, json_lines, table
from nurture.core.contact import Contact
from nurture.core.contact.address import BadAddress, address_key
from nurture.core.contact.column import FIELDS, field_of
from nurture.core.contact.row import Refusal, facts_of, read_row
from nurture.core.permission import permission
from nurture.core.sequence import Intent
from nurture.core.spelling import did_you_mean
from nurture.ports import Merge

_TOLD_YOU = "said no to you"
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")


@click.group()
def contacts() -> None:
    """Import, list, show, add and change contacts."""


contacts.add_command(import_)


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
    from nurture.wiring.known import everybody
    from nurture.wiring.world import opened

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
    "--set", "given", multiple=True, callback=pairs, metavar="FIELD=TEXT",
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
@click.argument("given", nargs=-1, required=True, callback=pairs, metavar="FIELD=TEXT...")
@_JSON
@click.pass_context
def set_(ctx: click.Context, email: str, given: Mapping[str, str], as_json: bool) -> None:
    """Change what is known of one person; FIELD= makes it unknown.

    Lists such as tags grow by what is set: empty them first to begin anew.
    """
    _contact(email, given)  # a slip is answered before anybody is looked for
    known = asyncio.run(_find(ctx, _key(email)))
    if known is None:
        _nobody(email)
    contact, empty = _contact(email, {**_consent_of(known, given), **given})
    changed = replace(contact, address=known.address)
    _tell(asyncio.run(_store(ctx, changed, empty=empty)), as_json=as_json)


@contacts.command()
@click.argument("emails", nargs=-1, required=True, metavar="EMAIL...")
@click.pass_context
def suppress(ctx: click.Context, emails: tuple[str, ...]) -> None:
    """Never write to somebody again, who said no to you.

    Whoever answers STOP, or uses the link, needs this not. What is kept is a hash of the address:
    no import and no deletion undoes it.
    """
    keys = tuple(dict.fromkeys(map(_key, emails)))
    for key, was_known in asyncio.run(_silence(ctx, keys)):
        click.echo(
            f"{key} is never written to again{'' if was_known else ' (no contact of yours)'}"
        )


def _consent_of(known: Contact, given: Mapping[str, str]) -> dict[str, str]:
    """What is known of a consent that is completed; a new basis begins from nothing."""
    names = [field_of(name) or "" for name in given]
    if "consent_basis" in names or not any(name.startswith("consent_") for name in names):
        return {}
    if known.consent.basis is None:
        fail("name the consent_basis as well: without one the rest of a consent proves nothing")
    facts = {name: str(fact) for name, fact in facts_of(known).items() if fact}
    return {
        name: fact
        for name, fact in facts.items()
        if name.startswith("consent_") and name not in names
    }


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
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        known: Contact | None = await world.store.people.contact(key)
        return known


async def _store(
    ctx: click.Context, contact: Contact, *, is_new: bool = False, empty: Collection[str] = ()
) -> Contact:
    """The contact as it stands afterwards; ends the command for an unknown account or a no."""
    from nurture.wiring.world import opened

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


async def _silence(ctx: click.Context, keys: tuple[str, ...]) -> list[tuple[str, bool]]:
    """Each address, and whether it is a contact's; all of them are suppressed by then."""
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        found = [(key, bool(await world.store.people.contact(key))) for key in keys]
        for key in keys:
            await world.store.people.suppress(key, _TOLD_YOU, world.clock.now())
        return found


def _tell(contact: Contact, *, as_json: bool) -> None:
    from nurture.transport.clock import SystemClock

    allowed = permission(contact, Intent.GIVE, SystemClock().now().date())
    facts = facts_of(contact) | {"permission": str(allowed)}
    if as_json:
        json_lines([facts])
        return
    known = [(field, value) for field, value in facts.items() if value not in ("", 0, [])]
    shown = [
        (field, ", ".join(value) if isinstance(value, list) else value) for field, value in known
    ]
    table(("field", "value"), shown)
