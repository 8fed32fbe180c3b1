"""What one line of an owner's answer asks for, and the reading of it."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from nurture.value import frozen


class Verb(StrEnum):
    """What an owner can ask for in one line."""

    DONE = "done"
    WON = "won"
    LATER = "later"
    RESUME = "resume"
    STOP = "stop"
    MINE = "mine"
    APPROVE = "approve"
    SKIP = "skip"
    SNOOZE = "snooze"
    NOT_INTERESTED = "not_interested"
    WRONG_PERSON = "wrong_person"
    OPTED_OUT = "opted_out"
    NOTE = "note"
    HELP = "help"


class Why(StrEnum):
    """Why a line is no command."""

    EMPTY = "empty"
    UNKNOWN = "unknown"
    NO_DAY = "no_day"
    NO_AMOUNT = "no_amount"
    SEVERAL = "several"


@frozen
class Amount:
    """A sum; `currency` is empty where none was named."""

    sum: Decimal
    currency: str = ""

    def __str__(self) -> str:
        """As a person reads it: 4200 EUR."""
        return f"{self.sum:f} {self.currency}".rstrip()


@frozen
class Command:
    """What the owner asked for; `number` names a thing of a list, `channel` how it was done.

    `text` are their own words behind it, for a note.
    """

    verb: Verb
    line: str
    number: int | None = None
    amount: Amount | None = None
    day: date | None = None
    channel: str = ""
    text: str = ""


@frozen
class Unread:
    """A line that asks for nothing we know, and why."""

    line: str
    why: Why


def read_command(written: str, *, today: date) -> Command | Unread:
    """The command in the first line of what somebody wrote above the quotation.

    The whole line must be one; a second command below it makes both none, for only one line is
    obeyed and nobody shall think that two were.  Never raises, and guesses nothing: "done, but
    call Bob" is no command, "done: he will call" is one with a note.
    """
    # Only here: its patterns take a while to make, and a daemon is to be ready before.
    from nurture.mail.words.command_line import read_lines

    return read_lines(written, today)
