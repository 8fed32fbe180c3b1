"""`nurture verdict`: mails that wait for a person's verdict, and the word that settles one."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nurture.cli.output import fail, in_zone, json_lines, table
from nurture.core.verdict import Meaning

if TYPE_CHECKING:
    from nurture.ports import Doubtful
    from nurture.wiring.world import World


@click.command()
@click.argument("mail", metavar="ID", required=False)
@click.option(
    "--set", "label", type=click.Choice([str(each) for each in Meaning]), metavar="LABEL",
    help="What the mail means: " + ", ".join(Meaning) + ".",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def verdict(ctx: click.Context, mail: str | None, label: str | None, as_json: bool) -> None:
    """List mails to check, show one with its evidence, or say what it means.

    Saying so does everything at once: what the mail alone had stopped goes on, or is stopped now.
    The mail is kept in `corrections`, by label: `nurture classify corrections` tells what the
    reader makes of it.
    """
    if label and mail is None:
        fail("say which: nurture verdict ID --set LABEL")
    if label and mail:
        asyncio.run(_set(ctx, mail, Meaning(label), as_json=as_json))
    elif mail:
        asyncio.run(_show(ctx, mail, as_json=as_json))
    else:
        asyncio.run(_list(ctx, as_json=as_json))


async def _list(ctx: click.Context, *, as_json: bool) -> None:
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        waiting = await world.store.desk.to_check()
    if as_json:
        json_lines(_plain(each) for each in waiting)
        return
    table(
        ("id", "since", "contact", "verdict", "sure", "why", "subject"),
        (
            (e.id, in_zone(e.heard.at, world.zone), _who(e), e.verdict, _sure(e),
             e.heard.to_check, e.heard.subject)
            for e in waiting
        ),
        empty="nothing to check",
    )  # fmt: skip


async def _show(ctx: click.Context, mail: str, *, as_json: bool) -> None:
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        found = await world.store.desk.doubtful(mail)
    if found is None:
        fail(f"there is no mail {mail}: see `nurture verdict`")
    if as_json:
        json_lines([_plain(found)])
        return
    rows = [
        f"{_who(found)}, {in_zone(found.heard.at, world.zone)}: {found.heard.subject}",
        f"read as {found.verdict or 'nothing'} {_sure(found)}".rstrip(),
        *(f"  because {each}" for each in found.evidence),
    ]
    if found.heard.match:
        rows.append(f"  matched: {found.heard.match.how}")
    if found.heard.to_check:
        rows.append(f"to check: {found.heard.to_check}")
    if found.corrected:
        rows.append(f"a person said: {found.corrected}")
    click.echo("\n".join([*rows, "", _text(found)]))


async def _set(ctx: click.Context, mail: str, meaning: Meaning, *, as_json: bool) -> None:
    from nurture.flows.correct_verdict import Court, correct_verdict
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        store = world.store
        court = Court(world.accounts, store.desk, store.incoming, world.clock)
        done = await correct_verdict(court, mail, meaning)
        sample = _keep(world, done.before, meaning)
    moved = [f"enrollment {each.enrollment_id} {each.state}" for each in done.recorded.moved]
    if as_json:
        facts = {"mail": mail, "verdict": str(meaning), "changed": done.recorded.is_new}
        json_lines([{**facts, "moved": moved, "sample": str(sample or "")}])
        return
    if not done.recorded.is_new:
        click.echo(f"mail {mail} was called {meaning} before; nothing changed")
        return
    click.echo(f"mail {mail} is {meaning} from now on" + "".join(f"; {each}" for each in moved))
    if sample:
        click.echo(f"kept as {sample}")


def _keep(world: "World", mail: "Doubtful", meaning: Meaning) -> Path | None:
    from nurture.transport.sample_folder import keep_sample, samples_of

    raw = mail.heard.fetched.raw
    if not raw:
        return None
    folder = samples_of(world.settings.file)
    try:
        return keep_sample(folder, meaning, mail.heard.digest, raw)
    except OSError as error:
        fail(f"the verdict stands, but {folder} cannot be written: {error.strerror or error}")


def _plain(mail: "Doubtful") -> dict[str, object]:
    heard = mail.heard
    return {
        "mail": mail.id,
        "at": heard.at,
        "contact": mail.contact.address if mail.contact else "",
        "sender": heard.sender,
        "subject": heard.subject,
        "verdict": mail.verdict,
        "confidence": mail.confidence,
        "evidence": list(mail.evidence),
        "why": heard.to_check,
        "visible_text": _text(mail),
        "corrected": mail.corrected,
    }


def _who(mail: "Doubtful") -> str:
    return mail.contact.address if mail.contact else mail.heard.sender or "(unknown)"


def _sure(mail: "Doubtful") -> str:
    return "" if mail.confidence is None else f"{mail.confidence:.0%}"


def _text(mail: "Doubtful") -> str:
    from nurture.mail.read.inbound import read

    if mail.heard.text or not mail.heard.fetched.raw:
        return mail.heard.text
    return read(mail.heard.fetched.raw).plain
