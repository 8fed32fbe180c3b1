"""Reaches the owner by mail, from their own account to their own address."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from zoneinfo import ZoneInfo

from nurture import ports
from nurture.core.account import Account
from nurture.errors import Unreachable
from nurture.mail.compose import Correspondent, Message, compose
from nurture.mail.delivery import Accepted, Envelope


@dataclass(frozen=True, slots=True)
class MailChannel:
    """A ports.Channel over the submission server of the account a notice concerns."""

    accounts: Mapping[str, Account]
    couriers: Mapping[str, ports.Courier]
    clock: ports.Clock

    async def tell(self, telling: ports.Telling) -> None:
        """Returns once the server took the mail; raises Unreachable with its words otherwise."""
        account = self.accounts.get(telling.account)
        if account is None:
            raise Unreachable(f"account {telling.account!r} is not configured any more")
        message = self._message(account, telling)
        envelope = Envelope(
            account.address, account.owner.address, compose(message), message.message_id
        )
        delivery = await self.couriers[account.name].deliver(envelope)
        if not isinstance(delivery, Accepted):
            raise Unreachable(f"mail to {account.owner.address}: {delivery.answer}")

    def _message(self, account: Account, telling: ports.Telling) -> Message:
        """`Auto-Submitted` keeps every responder quiet (RFC 3834 5.1, domain.md M9)."""
        owner = account.owner
        return Message(
            sender=Correspondent(account.address, "nurture"),
            recipient=Correspondent(owner.address, owner.name),
            subject=telling.subject,
            text=telling.text,
            message_id=_message_id(account, telling.key),
            date=self.clock.now().astimezone(ZoneInfo(owner.zone)),
            reply_to=Correspondent(telling.reply_to) if telling.reply_to else None,
            in_reply_to=telling.answering[-1] if telling.answering else "",
            references=telling.answering,
            headers=(("Auto-Submitted", "auto-generated"),),
        )


def _message_id(account: Account, key: str) -> str:
    """The same for every attempt, so that mail servers and readers fold a second copy."""
    digest = blake2b(f"{account.address}\x1f{key}".encode(), digest_size=12).hexdigest()
    return f"{digest}.note@{account.address.rpartition('@')[2]}"
