"""`nurture send-test`: one mail to the owner, to see that it arrives and how it looks."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from nurture.cli.output import FINDINGS, fail, warn
from nurture.errors import Misconfigured

if TYPE_CHECKING:
    from nurture.core.account import Account
    from nurture.core.decision import Situation
    from nurture.core.touch import Touch
    from nurture.letter import Letter
    from nurture.mail.delivery import Envelope
    from nurture.wiring import World

_TEXT = """\
nurture can send for {address}.

Look at how this mail arrived: in the inbox, not in Junk; its source should say that SPF, DKIM and
DMARC pass.
"""


@dataclass(frozen=True, slots=True)
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
    from nurture.core.address import BadAddress, address_key
    from nurture.mail.delivery import Accepted
    from nurture.wiring import courier_of, opened

    async with opened(ctx.obj.config, with_passwords=True) as world:
        account = world.account(name)
        try:
            recipient = address_key(to, test_domains=True) if to else account.owner.address
        except BadAddress as error:
            raise Misconfigured(f"--to: {error}") from error
        if await world.store.people.contact(recipient):
            raise Misconfigured(f"{recipient} is a contact: name an address of your own")
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
    from nurture.mail.write.template import Hole

    try:
        letter = await _letter(world, account, wish)
    except Hole as hole:
        raise Misconfigured(f"this mail would be held, not sent: {hole}") from hole
    wire = redirected(letter.envelope.wire, letter.envelope.recipient, recipient)
    return replace(letter.envelope, recipient=recipient, wire=wire)


async def _letter(world: "World", account: "Account", wish: _Wish) -> "Letter":
    from nurture.core.decision import Situation
    from nurture.core.enrollment import Enrollment, State
    from nurture.letter import write
    from nurture.steps.email import Email
    from nurture.wiring import known_contact

    contact, now = await known_contact(world, wish.contact), world.clock.now()
    sequence = world.shelf.sequences.get(wish.sequence)
    if sequence is None:
        known = ", ".join(world.shelf.sequences) or "none"
        raise Misconfigured(f"no sequence is called {wish.sequence!r}: there are {known}")
    mails = [each for each in sequence.steps if isinstance(each, Email)]
    step = next((each for each in mails if each.id == wish.step), None)
    template = world.shelf.template(step.template) if step else None
    if step is None or template is None:
        ids = ", ".join(each.id for each in mails)
        raise Misconfigured(f"{wish.sequence!r} has no mail {wish.step!r}: there are {ids}")
    walk = Enrollment(
        0, contact.id, account.name, sequence.name, sequence.revision, State.ACTIVE,
        step.id, now, now, now,
    )  # fmt: skip
    situation = Situation(now, walk, contact, sequence, account)
    earlier = mails[: mails.index(step)]
    thread = _pretended(world, situation, [each.template for each in earlier])
    mint = world.clock.mint_id(account.address.rpartition("@")[2])
    return write(
        situation,
        template,
        thread,
        message_id=mint,
        key=world.key,
        intent=step.intent,
        attachments=step.attachments,
        files=world.shelf.attachment,
    )


def _pretended(world: "World", situation: "Situation", templates: list[str]) -> tuple["Touch", ...]:
    """The mails that would have gone before, so that one without a subject has what to continue."""
    from nurture.core.merge_field import values_for
    from nurture.core.touch import Touch, TouchState

    values = values_for(situation.contact, situation.account, situation.sequence)
    found = (world.shelf.template(path) for path in templates)
    subjects = (each.render(values).subject for each in found if each)
    walk, now = situation.enrollment, situation.now
    return tuple(
        Touch(
            0, 0, walk.contact_id, walk.account, walk.sequence, walk.revision, "", "",
            TouchState.SENT, f"{number}.pretended@nurture.invalid", now, subject, now,
        )
        for number, subject in enumerate(subjects)
        if subject
    )  # fmt: skip
