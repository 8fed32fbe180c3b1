"""`nurture send-test`: one mail to the owner, to see that it arrives and how it looks."""

import asyncio
from typing import TYPE_CHECKING

import click

from nurture.cli.output import FINDINGS, fail, warn
from nurture.errors import Misconfigured
from nurture.value import frozen

if TYPE_CHECKING:
    from nurture.core.account import Account
    from nurture.letter import Letter
    from nurture.mail.delivery import Envelope
    from nurture.wiring.world import World

_TEXT = """\
nurture can send for {address}.

Look at how this mail arrived: in the inbox, not in Junk; its source should say that SPF, DKIM and
DMARC pass.
"""


@frozen
class _Wish:
    """Which step, and as whom it should be read."""

    sequence: str
    step: str
    contact: str


@click.command("send-test")
@click.argument("account")
@click.argument("sequence", required=False)
@click.argument("step", required=False)
@click.option("--contact", metavar="EMAIL", help="Whose facts the step is filled with.")
@click.option("--to", metavar="ADDRESS", help="Another address of your own [default: the owner's].")
@click.pass_context
def send_test(
    ctx: click.Context,
    account: str,
    sequence: str | None,
    step: str | None,
    contact: str | None,
    to: str | None,
) -> None:
    """Send one test mail for ACCOUNT; with SEQUENCE STEP --contact EMAIL, that very mail.

    It goes to you, not to the contact; nothing is recorded and no walk moves.
    """
    if sequence and step and contact:
        asyncio.run(_send(ctx, account, to, _Wish(sequence, step, contact)))
    elif sequence or step or contact:
        fail("say all three: nurture send-test ACCOUNT SEQUENCE STEP --contact EMAIL")
    else:
        asyncio.run(_send(ctx, account, to, None))


async def _send(ctx: click.Context, name: str, to: str | None, wish: _Wish | None) -> None:
    from nurture.cli.rehearsal import own_address
    from nurture.mail.delivery import Accepted
    from nurture.wiring.server import courier_of
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config, with_passwords=True) as world:
        account = world.account(name)
        recipient = await own_address(world, to or account.owner.address)
        if wish:
            envelope = await _specimen(world, account, wish, recipient)
        else:
            envelope = _note(world, account, recipient)
        courier = courier_of(world, account.name)
        try:
            delivery = await courier.deliver(envelope)
        finally:
            await courier.close()
    if isinstance(delivery, Accepted):
        click.echo(f"{account.address} sent a test mail to {recipient}: {delivery.answer}")
        return
    warn(f"{account.address} could not send to {recipient}: {delivery.answer}")
    ctx.exit(FINDINGS)


def _note(world: "World", account: "Account", recipient: str) -> "Envelope":
    from nurture.mail.delivery import Envelope
    from nurture.mail.write.compose import Correspondent, Message, compose

    now = world.clock.now()
    message = Message(
        sender=Correspondent(account.address, account.owner.name),
        recipient=Correspondent(recipient),
        subject=f"A test mail of nurture's for {account.address}",
        text=_TEXT.format(address=account.address),
        message_id=world.clock.mint_id(account.address.rpartition("@")[2]),
        date=now,
        headers=(("Auto-Submitted", "auto-generated"),),
    )
    return Envelope(account.address, recipient, compose(message), message.message_id)


async def _specimen(world: "World", account: "Account", wish: _Wish, recipient: str) -> "Envelope":
    from dataclasses import replace

    from nurture.mail.redirect import redirected

    letter = await _letter(world, account, wish)
    wire = redirected(letter.envelope.wire, letter.envelope.recipient, recipient)
    return replace(letter.envelope, recipient=recipient, wire=wire)


async def _letter(world: "World", account: "Account", wish: _Wish) -> "Letter":
    from nurture.pen import Pen
    from nurture.preview import specimens
    from nurture.steps import Mailing
    from nurture.wiring.known import known_contact

    contact = await known_contact(world, wish.contact)
    sequence = world.shelf.today(wish.sequence)
    if sequence is None:
        known = ", ".join(sorted(world.shelf.sequences)) or "none"
        raise Misconfigured(f"no sequence is called {wish.sequence!r}: there are {known}")
    mails = [each.id for each in sequence.all_steps if isinstance(each, Mailing)]
    if wish.step not in mails:
        there = ", ".join(mails)
        raise Misconfigured(f"{wish.sequence!r} has no mail {wish.step!r}: there are {there}")
    pen = Pen(account, world.store.outgoing, world.shelf, world.clock, world.key)
    found = await specimens(pen, contact, sequence, [wish.step], world.clock.now())
    if found[0].letter is None:
        raise Misconfigured(f"this mail would be held, not sent: {found[0].why}")
    return found[0].letter
