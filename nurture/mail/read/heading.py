"""The three header fields that tell when two people last wrote to each other."""

from datetime import datetime

from nurture.mail.read.header import addresses, moment, split
from nurture.value import frozen


@frozen
class Heading:
    """Who wrote to whom, and when; empty or None where the fields do not tell."""

    sender: str
    recipients: tuple[str, ...]
    date: datetime | None


def heading_of(block: bytes) -> Heading:
    """The heading of a header section or of an excerpt of it; never raises."""
    fields, _ = split(block)
    senders = [
        address for name, value in fields if name == "from" for _, address in addresses(value)
    ]
    to = (
        address for name, value in fields if name in {"to", "cc"} for _, address in addresses(value)
    )
    date = next((value for name, value in fields if name == "date"), "")
    return Heading(senders[0] if senders else "", tuple(to), moment(date))
