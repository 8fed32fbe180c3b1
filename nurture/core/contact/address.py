"""One spelling per mailbox: the key under which an address is known, suppressed and matched."""

import hashlib
import hmac
import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

_WORD: Final = "[A-Za-z0-9_+-]+"
_LABEL: Final = "[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*"
_PLAIN: Final = re.compile(rf"{_WORD}(?:\.{_WORD})*@(?:{_LABEL}\.)+[A-Za-z]{{2,}}")
_LOCAL, _WHOLE, _LONGEST_LABEL = 64, 254, 63  # RFC 5321 section 4.5.3.1, RFC 1035 section 2.3.4
_NOBODYS: Final = frozenset(("arpa", "invalid", "local", "localhost", "onion", "test"))


class BadAddress(ValueError):
    """The text is no mail address; the message says why, in words for the person who wrote it."""


@lru_cache(maxsize=4096)
def address_key(written: str, *, test_domains: bool = False) -> str:
    """The normalised key of an address: lower-case, domain as A-labels, plus tags and dots kept.

    Conservative on purpose (domain.md L9): two keys that differ are two people.  `test_domains`
    admits `.test`, for the demo and for tests.  Raises BadAddress.
    """
    text = written.strip().strip("<>").strip()
    if _is_plain(text):
        return text.lower()
    # Loaded for the few that need it: its tables cost every start of a program 20 ms.
    from email_validator import EmailNotValidError, validate_email

    try:
        known = validate_email(
            text,
            check_deliverability=False,
            test_environment=test_domains,
            allow_quoted_local=True,
            strict=True,  # RFC 5321 4.5.3.1.1: 64 octets before the @
        )
    except EmailNotValidError as error:
        raise BadAddress(f"{written!r} is not a mail address: {error}") from error
    return f"{known.local_part.lower()}@{(known.ascii_domain or known.domain).lower()}"


def _is_plain(text: str) -> bool:
    """Whether nothing about this address could be disputed; email-validator decides the others."""
    local, _, domain = text.rpartition("@")
    labels = domain.split(".")
    return (
        len(local) <= _LOCAL
        and len(text) <= _WHOLE
        and max(map(len, labels)) <= _LONGEST_LABEL
        and labels[-1].lower() not in _NOBODYS
        and _PLAIN.fullmatch(text) is not None
    )


@lru_cache(maxsize=1024)
def address_mark(key: bytes, address: str) -> str:
    """What stands for an address key where nobody may learn it: a keyed hash (domain.md L9)."""
    mark = _keyed(key).copy()
    mark.update(address.encode())
    return mark.hexdigest()


@lru_cache(maxsize=8)
def _keyed(key: bytes) -> hmac.HMAC:
    """What depends on the key alone is done once (RFC 2104 section 4)."""
    return hmac.new(key, digestmod=hashlib.sha256)


def domain_of(address: str) -> str:
    """What stands right of the last @, lower-case; empty where there is none."""
    return address.rpartition("@")[2].lower() if "@" in address else ""


@cache
def _freemail() -> frozenset[str]:
    text = files(__package__).joinpath("freemail.txt").read_text("utf-8")
    rows = (line.partition("#")[0].strip() for line in text.splitlines())
    return frozenset(row for row in rows if row)


def is_freemail(domain: str) -> bool:
    """Whether strangers share this domain, so that it names no company (domain.md D17)."""
    return domain.lower() in _freemail()
