"""Letters on paper: those that wait in the store, and the press that sets them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Protocol

from nurture.core.contact import Contact
from nurture.core.enrollment import Enrollment
from nurture.core.post.stationery import Envelope, LabelSheet
from nurture.core.task import Task
from nurture.paper.sheet import PaperLetter
from nurture.value import frozen


@frozen
class Penned:
    """A letter that was written for somebody.

    `walk` is the one that asked for it; `is_handed_off` while a conversation with them is a
    person's.
    """

    task: Task
    contact: Contact
    walk: Enrollment | None
    is_handed_off: bool = False


class Letters(Protocol):
    """The letters among the tasks; every method is one transaction."""

    async def penned(self, since: date) -> tuple[Penned, ...]:
        """Open letters, and settled ones that were due since that day; the earliest due first."""
        ...

    async def date(
        self, numbers: Collection[int], on: date, *, anew: bool = False
    ) -> Mapping[int, date]:
        """The date that each of these bears from now on: that of its first print, else `on`.

        With `anew`, `on` replaces what they bore.  Commits before returning; moves no walk.
        """
        ...


@frozen
class Printed:
    """A PDF, the pages of each letter in it, and why others could not be set."""

    pdf: bytes
    pages: Mapping[int, int]
    refused: Mapping[int, str]


class Press(Protocol):
    """Sets type; the same input gives the same bytes on the same machine.

    What people wrote is shown as it is and never read as markup.  Raises Misconfigured where the
    press or a font that was asked for is not installed.
    """

    def letters(
        self, letters: Sequence[PaperLetter], title: str, on: date, *, duplex: bool = False
    ) -> Printed:
        """One PDF of all that can be set, in this order.

        For `duplex` every letter has an even number of pages, so that each begins a sheet.
        """
        ...

    def labels(
        self,
        addresses: Sequence[tuple[str, ...]],
        sheet: LabelSheet,
        title: str,
        on: date,
        *,
        used: int = 0,
    ) -> bytes:
        """Addresses on sheets of labels, behind so many on the first that are gone."""
        ...

    def envelopes(
        self,
        addresses: Sequence[tuple[tuple[str, ...], tuple[str, ...]]],
        envelope: Envelope,
        title: str,
        on: date,
    ) -> bytes:
        """One page an envelope, of the lines of its sender and its address."""
        ...
