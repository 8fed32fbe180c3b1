"""What may be done with an enrollment that is due."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime

from nurture.core.enrollment import FIRST, Enrollment
from nurture.core.sequence import Intent
from nurture.core.task import Channel
from nurture.value import frozen


@frozen
class Send:
    """Render this template and send it now."""

    step: str
    template: str
    intent: Intent
    why: str
    attachments: tuple[str, ...] = ()


@frozen
class Pick:
    """Send the library's best piece on these topics; where there is none, ask the owner.

    Without topics the reader's own decide.  `notes` are the owner's lines around it, each under
    its language, as templates; the language is empty for the owner's own.
    """

    step: str
    topics: tuple[str, ...]
    intent: Intent
    why: str
    notes: tuple[tuple[str, str], ...] = ()
    attachments: tuple[str, ...] = ()


@frozen
class Assign:
    """Give the owner this to do by `due_on`; the text is a template, or names one.

    What `blocks` keeps the walk where it is until it is done, at the longest until `lapses_at`.
    """

    step: str
    channel: Channel
    due_on: date
    why: str
    text: str = ""
    template: str = ""
    blocks: bool = True
    lapses_at: datetime | None = None


@frozen
class Postpone:
    """Nothing is wrong; look again at `until`."""

    until: datetime
    why: str


@frozen
class Rest:
    """A wait that the sequence asks for; nothing to tell.  None: until a day is known."""

    until: datetime | None
    occurrence: str = FIRST


@frozen
class Hold:
    """Something is wrong or missing; a person should see it.  Looked at again at `until`."""

    until: datetime
    why: str


@frozen
class Change:
    """What a step writes on the contact; `values` are custom fields."""

    tags: tuple[str, ...] = ()
    untags: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)


@frozen
class Advance:
    """This step is done; the next one (None: the end) is due at `due_at`.

    `due_at` is None, and `occurrence` empty, for an occasion of which no further day is known.
    `starts` are walks that begin in the same transaction.  What `took_no_time` leaves the anchor
    where it was: the next wait counts from there.
    """

    to: str | None
    due_at: datetime | None
    why: str
    occurrence: str = FIRST
    change: Change | None = None
    starts: tuple[Enrollment, ...] = ()
    took_no_time: bool = False


@frozen
class MoveTo:
    """This walk is over, and the person begins that sequence."""

    sequence: str
    why: str


@frozen
class End:
    """The walk is over before its last step."""

    why: str


Decision = Send | Pick | Assign | Postpone | Rest | Hold | Advance | MoveTo | End
