"""Which notices go where: a channel under its name, and what it is wanted for."""

from collections.abc import Mapping
from typing import Final

from nurture.ports.desk import NoticeKind
from nurture.ports.world import Channel
from nurture.value import frozen

MAIL: Final = "mail"
"""The name of the channel that everybody has."""


@frozen
class Route:
    """A channel, and the kinds of notices that it carries for each account.

    Two routes of one account never share a name: the outbox knows them by it.
    """

    name: str
    channel: Channel
    kinds: Mapping[str, frozenset[NoticeKind]]

    def wants(self, account: str, kind: NoticeKind) -> bool:
        """Whether such a notice about this account goes there."""
        return kind in self.kinds.get(account, ())
