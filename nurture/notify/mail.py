"""Reaches the owner by mail, from their own account, or from another when that one is mute."""

from collections.abc import Mapping
from hashlib import blake2b
from zoneinfo import ZoneInfo

from nurture import ports
from nurture.core.account import Account, Owner
from nurture.errors import Unreachable
from nurture.mail.delivery import Accepted, Delivery, Envelope, Phase
from nurture.mail.read.ticket import SEAL, command_address, note_id
from nurture.mail.write.command_note import answer_lines, aside_lines
from nurture.mail.write.compose import Correspondent, Message, compose
from nurture.value import frozen


@frozen
class MailChannel:
    """A ports.Channel over the submission server of the account a notice concerns.

    An alert about an account whose server lets nobody in, such as one whose login has ended, goes
    through the other accounts; a brief, with a contact's words in it, waits for its own.
    """

    accounts: Mapping[str, Account]
    couriers: Mapping[str, ports.Courier]
    clock: ports.Clock

    async def tell(self, telling: ports.Telling) -> None:
        """Returns once the server took the mail; raises Unreachable with its words otherwise."""
        account = self.accounts.get(telling.account)
        if account is None:
            raise Unreachable(f"account {telling.account!r} is not configured any more")
        owner = telling.to or account.owner
        delivery = await self._carry(account, owner, telling)
        if isinstance(delivery, Accepted):
            return
        is_mute = delivery.answer.phase in (Phase.CONNECT, Phase.AUTH)
        others = [each for each in self.accounts.values() if each is not account]
        for other in others if is_mute and not telling.reply_to else ():
            if isinstance(await self._carry(other, owner, telling), Accepted):
                return
        raise Unreachable(f"mail to {owner.address}: {delivery.answer}")

    async def _carry(self, carrier: Account, owner: Owner, telling: ports.Telling) -> Delivery:
        message = self._message(carrier, owner, telling)
        wire = compose(message)
        envelope = Envelope(carrier.address, owner.address, wire, message.message_id)
        return await self.couriers[carrier.name].deliver(envelope)

    def _message(self, carrier: Account, owner: Owner, telling: ports.Telling) -> Message:
        """`Auto-Submitted` keeps every responder quiet (RFC 3834 5.1, domain.md M9)."""
        return Message(
            sender=Correspondent(carrier.address, "nurture"),
            recipient=Correspondent(owner.address, owner.name),
            subject=telling.subject,
            text=telling.text + self._lines(telling),
            message_id=_message_id(carrier, telling),
            date=self.clock.now().astimezone(ZoneInfo(owner.zone)),
            reply_to=self._reply_to(telling),
            in_reply_to=telling.answering[-1] if telling.answering else "",
            references=telling.answering,
            headers=(
                ("Auto-Submitted", "auto-generated"),
                *(((SEAL, telling.seal),) if telling.seal else ()),
            ),
        )

    def _reply_to(self, telling: ports.Telling) -> Correspondent | None:
        """The contact, for a brief; else whoever takes commands, if anybody does."""
        if telling.reply_to:
            return Correspondent(telling.reply_to)
        return Correspondent(self._command_address(telling), "nurture") if telling.token else None

    def _lines(self, telling: ports.Telling) -> str:
        """How to answer; a brief says where else to write, since its reply reaches the contact."""
        if not telling.token:
            return ""
        if not telling.reply_to:
            return answer_lines(telling.sayings)
        return aside_lines(telling.sayings, self._command_address(telling), telling.token)

    def _command_address(self, telling: ports.Telling) -> str:
        account = self.accounts[telling.account]
        return command_address(account.address, telling.token, subaddressing=account.subaddressing)


def _message_id(carrier: Account, telling: ports.Telling) -> str:
    """The same for every attempt, so that mail servers and readers fold a second copy.

    A reply cites it, and so brings the token back where a plus-address does not.  That of a brief
    holds none: its reply goes to the contact.
    """
    domain = carrier.address.rpartition("@")[2]
    if telling.token and not telling.reply_to:
        return note_id(telling.token, domain)
    digest = blake2b(f"{carrier.address}\x1f{telling.key}".encode(), digest_size=12).hexdigest()
    return note_id(digest, domain)
