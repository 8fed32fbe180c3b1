"""What stands behind one key of nurture.toml, read as what it means."""

import re
from datetime import timedelta
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field

from nurture.core.calendar.season import Away
from nurture.core.contact.address import BadAddress, address_key
from nurture.core.spelling import did_you_mean
from nurture.definition.value import read_date

_DURATION = re.compile(r"(\d{1,6}) *([a-z]+)")
_UNITS = {
    "s": 1,
    "second": 1,
    "seconds": 1,
    "min": 60,
    "minute": 60,
    "minutes": 60,
    "h": 3600,
    "hour": 3600,
    "hours": 3600,
    "day": 86400,
    "days": 86400,
    "week": 604800,
    "weeks": 604800,
}
_ACCOUNT = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_PORTS = 65536


def read_duration(written: object) -> timedelta:
    """The stretch that "30s" or "5 minutes" means; raises ValueError with words."""
    found = _DURATION.fullmatch(written.strip().lower()) if isinstance(written, str) else None
    if not found:
        raise ValueError(f'write a number and a unit, like "5 minutes", not {written!r}')
    if found[2] not in _UNITS:
        hint = did_you_mean(found[2], _UNITS)
        raise ValueError(f"{found[2]!r} is no unit: seconds, minutes, hours, days or weeks{hint}")
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]])


def read_away(written: object) -> Away:
    """The days that "2027-07-10 to 2027-07-24" means, or a single one; raises ValueError."""
    first, _, last = written.partition(" to ") if isinstance(written, str) else ("", "", "")
    begins, ends = read_date(first.strip()), read_date((last or first).strip())
    if ends < begins:
        raise ValueError(f"{written!r} ends before it begins")
    return Away(begins, ends)


def read_address(written: str) -> str:
    """The key of a mailbox; raises ValueError with words."""
    # Our own address may be one of a laboratory: it is never imported and never guessed.
    try:
        return address_key(written, test_domains=True)
    except BadAddress as error:
        raise ValueError(str(error)) from error


def read_language(written: str) -> str:
    """A language by its two letters; raises ValueError with words."""
    if not re.fullmatch("[a-z]{2}", written):
        raise ValueError(f"two letters, like en or de, not {written!r}")
    return written


def read_account_name(written: str) -> str:
    """The name of an account, which file names and command lines can hold; raises ValueError."""
    if not _ACCOUNT.fullmatch(written):
        raise ValueError(f"name accounts in lower-case words joined by hyphens, not {written!r}")
    return written


Duration = Annotated[timedelta, BeforeValidator(read_duration)]
Address = Annotated[str, AfterValidator(read_address)]
Filled = Annotated[str, Field(min_length=1)]


def read_loopback(written: str) -> str:
    """A host and port of this machine, or nothing; raises ValueError with words."""
    host, _, port = written.rpartition(":")
    if not written:
        return written
    try:
        is_near = ip_address(host.strip("[]")).is_loopback
    except ValueError:
        is_near = False
    if not is_near or not port.isdecimal() or not int(port) < _PORTS:
        raise ValueError(
            f"write a port of this machine, like 127.0.0.1:9478, not {written!r}: whoever is "
            "elsewhere comes through a proxy"
        )
    return written


def read_public_url(written: str) -> str:
    """Where the page of a link to unsubscribe is reached; raises ValueError with words."""
    parts = urlsplit(written)
    is_plain = not (parts.query or parts.fragment or parts.username)
    if parts.scheme != "https" or not parts.hostname or not is_plain or not written.isascii():
        raise ValueError(
            f"write the address that the proxy answers, like https://anna.example/leave, "
            f"not {written!r} (RFC 8058 wants https)"
        )
    return written.rstrip("/")
