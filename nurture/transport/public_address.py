"""Which addresses belong to the public internet, and what the others are instead."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

# The special-purpose registries of IANA (RFC 6890), and multicast (RFC 5771).
_SPECIAL_4: Final = tuple(
    (ip_network(block), words)
    for block, words in (
        ("0.0.0.0/8", "of this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "of a provider's inner network"),
        ("127.0.0.0/8", "of this machine"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "for documentation"),
        ("192.88.99.0/24", "of a 6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "for benchmarks"),
        ("198.51.100.0/24", "for documentation"),
        ("203.0.113.0/24", "for documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
# Global unicast is 2000::/3 alone (RFC 4291 2.4); mapped, NAT64, local and multicast lie outside.
_GLOBAL_6: Final = ip_network("2000::/3")
_SPECIAL_6: Final = tuple(
    (ip_network(block), words)
    for block, words in (
        ("2001::/23", "reserved, or a tunnel"),
        ("2001:db8::/32", "for documentation"),
        ("2002::/16", "a tunnel to an IPv4 address"),
        ("3fff::/20", "for documentation"),
    )
)


def what_is_not_public(address: str) -> str:
    """What this address is, where it is not one of the public internet; empty where it is.

    An IPv6 address that carries an IPv4 address inside is never public here, whatever it carries.
    """
    try:
        known = ip_address(address)
    except ValueError:
        return "no address"
    return _of_4(known) if isinstance(known, IPv4Address) else _of_6(known)


def _of_4(address: IPv4Address) -> str:
    return next((words for block, words in _SPECIAL_4 if address in block), "")


def _of_6(address: IPv6Address) -> str:
    if address.scope_id or address not in _GLOBAL_6:
        return "not of the public internet"
    return next((words for block, words in _SPECIAL_6 if address in block), "")
