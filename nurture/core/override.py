"""What the owner decided about one future step of one person, whatever the file says."""

from datetime import date
from enum import StrEnum

from nurture.value import frozen


class Overridden(StrEnum):
    """What becomes of the step."""

    SKIPPED = "skipped"
    REWORDED = "reworded"
    MOVED = "moved"
    CHOSEN = "chosen"


@frozen
class Override:
    """One decision; it counts once, for the next time this step comes round.

    `text` is the mail in full, front matter included, where it is reworded, and the path of the
    piece where that was chosen; `to` the day in the contact's zone before which it does not go,
    where it is moved.
    """

    contact_id: int
    sequence: str
    step: str
    what: Overridden
    to: date | None = None
    text: str = ""
    why: str = ""
