"""How many requests are answered: few for one client, more for all together."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

_MINUTE: Final = timedelta(minutes=1)
_NEIGHBOURS: Final = 64  # bits of an IPv6 address that one customer has


@dataclass(slots=True)
class Throttle:
    """Counts by the minute; nothing is kept of a client for longer.

    One-click requests come from a few machines of large providers, so that a client's share is far
    above what any person needs.
    """

    of_one: int = 120
    of_all: int = 1200
    _since: datetime | None = None
    _seen: dict[str, int] = field(default_factory=dict)
    _all: int = 0

    def admits(self, client: str, now: datetime) -> bool:
        """Whether this request is answered; the refused ones are not counted."""
        if self._since is None or not timedelta(0) <= now - self._since < _MINUTE:
            self._since, self._all = now, 0
            self._seen.clear()
        house = _house(client)
        mine = self._seen.get(house, 0)
        if mine >= self.of_one or self._all >= self.of_all:
            return False
        self._seen[house] = mine + 1
        self._all += 1
        return True


def _house(client: str) -> str:
    try:
        address = ip_address(client)
    except ValueError:
        return ""
    if isinstance(address, IPv6Address) and not address.ipv4_mapped:
        return str(ip_network((address, _NEIGHBOURS), strict=False))
    return str(address)
