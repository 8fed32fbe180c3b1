"""Obeys the folders that an owner moves notices into: each says the line that the settings name."""

from collections.abc import MutableMapping
from dataclasses import field, replace

from nurture import journal, ports
from nurture.core.calendar import local_day
from nurture.core.handoff.ticket import Ticket
from nurture.instruction import Clerk, Unclear, understand
from nurture.mail.cursor import Cursor
from nurture.mail.read.ticket import SEAL, nonce_from, nonce_sealed
from nurture.mail.words.command import Unread, read_command
from nurture.value import frozen


@frozen
class Pigeonholes:
    """Everything it takes to look into an account's folders; `seen` is how far each was looked.

    After a restart they are looked through anew: a ticket is good for once all the same.
    """

    clerk: Clerk
    instructions: ports.Instructions
    mailbox: ports.Mailbox
    clock: ports.Clock
    key: bytes
    seen: MutableMapping[str, Cursor] = field(default_factory=dict)


async def gather_moved(holes: Pigeonholes) -> int:
    """How many notices said something by where they were moved; each is answered.

    Only the owner moves mail inside their mailbox, and only the notice itself bears its seal: a
    mail that is delivered into such a folder, with a ticket that was quoted to it, says nothing.
    """
    obeyed = 0
    for path, line in holes.clerk.account.commands:
        cursor, seals = await holes.mailbox.fields_in(path, SEAL, holes.seen.get(path))
        for seal in seals:
            nonce = nonce_sealed(holes.key, seal)
            ticket = await holes.instructions.ticket(nonce) if nonce else None
            if ticket and ticket.used_at is None and holes.clerk.is_own(ticket.account):
                obeyed += await _obey(holes, ticket, path, line)
        if cursor:
            holes.seen[path] = cursor
    return obeyed


async def _obey(holes: Pigeonholes, ticket: Ticket, path: str, line: str) -> bool:
    now = holes.clock.now()
    said = read_command(line, today=local_day(now, holes.clerk.speaker.zone))
    if isinstance(said, Unread) or ticket.is_over(now):
        return False
    meant = await understand(holes.clerk, ticket, said, now)
    nonce = nonce_from(holes.clock.mint_id("ticket"))
    fresh = replace(ticket, nonce=nonce, issued_at=now)
    words = f"Nothing was done: {meant.words}" if isinstance(meant, Unclear) else meant.words
    text = f"{words}.\n\nYou moved its mail to {path}, which says: {line}\n"
    reply = ports.Reply(
        ticket.account, f"You moved a mail to {path}", text, f"moved/{ticket.nonce}", now, (), fresh
    )
    if isinstance(meant, Unclear):
        await holes.instructions.answer(None, reply)
        return False
    done = await holes.instructions.obey(ticket, meant.instruction, reply, None, f"moved to {path}")
    if done.is_done:
        journal.command_obeyed(ticket.account, said.verb)
    return done.is_done
