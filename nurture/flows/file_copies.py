"""Files a copy of what was sent into the owner's Sent folder, where the provider does not."""

from nurture import journal, ports
from nurture.core.account import Account
from nurture.core.touch import Touch
from nurture.errors import Unreachable
from nurture.mail.cursor import Folder
from nurture.value import frozen


@frozen
class Cabinet:
    """Everything it takes to file copies for one account."""

    account: Account
    outgoing: ports.Outgoing
    mailbox: ports.Mailbox
    clock: ports.Clock


async def file_copies(cabinet: Cabinet) -> int:
    """Files every copy owed, the same bytes that were sent; returns how many.

    A copy found there already, after a crash between filing and noting it, is not filed again.
    One that the server does not take waits for the next round: hearing and sending go on.
    """
    filed = 0
    for touch, wire in await cabinet.outgoing.copies_owed(cabinet.account.name):
        try:
            filed += await _file(cabinet, touch, wire)
        except Unreachable as error:
            journal.copy_not_filed(cabinet.account.name, str(error))
            break
        await cabinet.outgoing.copy_filed(touch.id)
    return filed


async def _file(cabinet: Cabinet, touch: Touch, wire: bytes) -> bool:
    if await cabinet.mailbox.holds(Folder.SENT, touch.message_id):
        return False
    now = cabinet.clock.now()
    await cabinet.mailbox.file_copy(wire, touch.sent_at or now)
    return True
