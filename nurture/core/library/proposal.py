"""What sources name for the library, and what became of it: nothing is sent before a yes."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from nurture.value import frozen

_LONGEST: Final = timedelta(days=7)


class ProposalState(StrEnum):
    """What the owner said to a proposed piece."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@frozen
class Source:
    """A feed that the owner trusts to name pieces; `topics` and `language` are those of its pieces.

    `etag` and `modified` name the version that was read last; `why` says what went wrong since.
    """

    id: int
    url: str
    title: str = ""
    topics: tuple[str, ...] = ()
    language: str = ""
    etag: str = ""
    modified: str = ""
    due_at: datetime | None = None
    checked_at: datetime | None = None
    failures: int = 0
    why: str = ""


@frozen
class Proposal:
    """Something that may become a piece; known for ever by its URL, so that it is proposed once.

    `path` is the piece that it became.
    """

    id: int
    url: str
    title: str
    summary: str = ""
    author: str = ""
    language: str = ""
    topics: tuple[str, ...] = ()
    published_at: datetime | None = None
    proposed_at: datetime | None = None
    state: ProposalState = ProposalState.WAITING
    settled_at: datetime | None = None
    path: str = ""
    source_id: int | None = None


def look_again_at(now: datetime, every: timedelta, failures: int) -> datetime:
    """When to fetch a source next: at its rhythm, and twice as late after each failure, to a week.

    A rhythm slower than a week stays as it is.
    """
    return now + max(every, min(every * (1 << min(failures, 10)), _LONGEST))
