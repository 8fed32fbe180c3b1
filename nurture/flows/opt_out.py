"""A no by a link: whoever it names is never written to again, and the owner is told."""

from dataclasses import field
from typing import Final

from nurture import journal, ports
from nurture.core.contact import Contact
from nurture.core.contact.address import address_mark
from nurture.mail.tokens import Leaving, read_leaving
from nurture.value import frozen

_REASON: Final = "opted out"


@frozen
class Exit:
    """What a no by link needs; `account` is told of a no by somebody who is not known any more."""

    people: ports.People
    incoming: ports.Incoming
    desk: ports.Desk
    clock: ports.Clock
    account: str
    key: bytes = field(repr=False)


async def opt_out(way: Exit, token: str) -> bool:
    """Whether the token is one of ours; if so its no is committed before this returns.

    Saying it twice changes nothing.  Raises Unreachable where it cannot be written down: then the
    reader must not be told that it was.
    """
    leaving = read_leaving(way.key, token)
    if leaving is None:
        journal.unsubscribe_strange()
        return False
    now = way.clock.now()
    contact = await _who(way, leaving)
    if contact is None:
        await way.people.suppress_mark(leaving.mark, _REASON, now)
        subject = "Somebody who is no contact any more asked for no more mail"
        text = "They are remembered by a hash of their address, and cannot be written to again."
        await way.desk.tell(way.account, subject, text, now, f"opt-out/{leaving.mark}")
        return True
    await way.people.suppress(contact.address, _REASON, now)
    latest = await way.incoming.last_touch_to(contact.id)
    account = latest.account if latest else contact.account or way.account
    subject = f"{contact.name} asked for no more mail"
    text = f"{subject}, by the link in a mail of yours. Nothing will be sent to them again."
    if await way.desk.tell(account, subject, text, now, f"opt-out/{contact.id}"):
        journal.contact_opted_out(contact.id)
    return True


async def _who(way: Exit, leaving: Leaving) -> Contact | None:
    """The contact of that number, if it is still the one who was written to."""
    contact = await way.people.contact_by_id(leaving.contact_id)
    known = (contact.address, *contact.aliases) if contact else ()
    return contact if leaving.mark in {address_mark(way.key, each) for each in known} else None
