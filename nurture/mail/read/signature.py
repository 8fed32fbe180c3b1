"""What the receiving server says of a mail, and what its signatures cover."""

import re
from collections.abc import Iterator

from nurture.mail.read.inbound import Inbound
from nurture.value import frozen

UNSUBSCRIBE = ("list-unsubscribe", "list-unsubscribe-post")
"""The fields that a signature must cover before one-click counts (RFC 8058 section 4)."""

_TAG = re.compile(r"\s*([a-z][a-z0-9_]{0,9})\s*=\s*([^;]{0,4000})", re.IGNORECASE)
_RESULT = re.compile(r"\b(spf|dkim|dmarc)\s*=\s*([a-z]{1,20})", re.IGNORECASE)


@frozen
class Signature:
    """One DKIM signature: who signed, by which key, and which fields (RFC 6376 section 3.5)."""

    domain: str
    selector: str
    fields: frozenset[str]

    @property
    def covers_unsubscribe(self) -> bool:
        """Whether one-click unsubscribing can work under it."""
        return self.fields.issuperset(UNSUBSCRIBE)

    def is_aligned(self, sender_domain: str) -> bool:
        """Whether it speaks for the From domain, relaxed (RFC 7489 section 3.1.1).

        Without the list of public suffixes, one being the parent of the other is what counts.
        """
        ours, theirs = sender_domain.lower(), self.domain
        is_same = ours == theirs
        return is_same or ours.endswith(f".{theirs}") or theirs.endswith(f".{ours}")


def signatures(inbound: Inbound) -> tuple[Signature, ...]:
    """Every DKIM signature of the mail; broken ones are left out."""
    return tuple(_signatures(inbound))


def _signatures(inbound: Inbound) -> Iterator[Signature]:
    for value in inbound.all("dkim-signature"):
        pieces = (_TAG.match(each) for each in value.split(";"))
        tags = {each[1].lower(): "".join(each[2].split()) for each in pieces if each}
        if {"d", "s", "h"} <= tags.keys():
            fields = frozenset(name.lower() for name in tags["h"].split(":"))
            yield Signature(tags["d"].lower(), tags["s"], fields)


def results(inbound: Inbound) -> dict[str, str]:
    """spf, dkim and dmarc by the topmost Authentication-Results; empty where there is none.

    The topmost is the receiving server's own, as long as it writes one (RFC 8601 section 5).
    """
    whole = next(iter(inbound.all("authentication-results")), "")
    found: dict[str, str] = {}
    for each in _RESULT.finditer(whole):
        name, result = each[1].lower(), each[2].lower()
        if result == "pass" or name not in found:  # of several signatures one that holds is enough
            found[name] = result
    return found
