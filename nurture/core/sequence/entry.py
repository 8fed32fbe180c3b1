"""Who may begin a sequence, how, and how often."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum

from nurture.core.calendar import Wait
from nurture.core.condition import Condition, Facts
from nurture.core.contact import Contact, Relationship
from nurture.core.enrollment import Enrollment, State
from nurture.core.spelling import listed
from nurture.value import frozen

_INACTIVE = timedelta(days=183)


class Start(StrEnum):
    """Who enrolls the people that match."""

    BY_HAND = "by hand"
    ASK = "ask"  # the owner is told who matches, and enrolls them
    AUTOMATIC = "automatic"


class Again(StrEnum):
    """Whether somebody who has been through it may begin anew."""

    NEVER = "never"
    AFTER = "after"  # some time after the last run ended
    IF_INACTIVE = "if inactive"  # nothing of any kind has passed between us for half a year


@frozen
class Entry:
    """The door of a sequence; nobody is refused by one that says nothing.

    `anchor` names the contact's own date from which the first wait counts.  `first` is the step
    that must be done before anything else of ours goes to the person.
    """

    who: frozenset[Relationship] = frozenset()
    when: Condition | None = None
    start: Start = Start.BY_HAND
    anchor: str = ""
    again: Again = Again.NEVER
    after: Wait | None = None
    is_alone: bool = False
    instead_of: tuple[str, ...] = ()
    priority: int = 5
    first: str = ""

    def suits(self, contact: Contact, facts: Facts) -> str:
        """Why this person cannot begin here, or nothing."""
        if why := self.matches(contact, facts):
            return why
        if self.anchor and self.anchor not in contact.dates:
            return f"has no date {self.anchor!r} to count from"
        return ""

    def is_for(self, contact: Contact) -> bool:
        """Whether this is the audience as far as their relationship tells."""
        return not self.who or contact.relationship in self.who

    def matches(self, contact: Contact, facts: Facts) -> str:
        """Why this is not the audience, or nothing; a date to count from matters only once."""
        if not self.is_for(contact):
            words = listed(sorted(each.replace("_", " ") for each in self.who), "or")
            return f"is no {words}"
        if self.when and not self.when.holds(contact, facts):
            return f"does not match: {self.when}"
        return ""


@frozen
class Standing:
    """What has been between a person and us when they come to a sequence's door.

    `walks` are all their enrollments, `entries` the doors of the sequences among them, by name,
    as today's texts have them.
    """

    walks: tuple[Enrollment, ...] = ()
    entries: Mapping[str, Entry] = field(default_factory=dict)
    last_contact_at: datetime | None = None


def run_of(name: str, walks: Iterable[Enrollment]) -> int:
    """Which run of this sequence the next one would be."""
    return max((walk.run for walk in walks if walk.sequence == name), default=0) + 1


def admission(name: str, entry: Entry, standing: Standing, zone: str, now: datetime) -> str:
    """Why this person may not begin this sequence now, or nothing; the audience is not asked.

    Nobody is taken out of a walk under way: of two that exclude one another, the one that began
    goes on, whatever their priorities.
    """
    live = {walk.sequence for walk in standing.walks if walk.state is not State.ENDED}
    if name in live:
        return f"is in {name} already"
    for other in sorted(live):
        theirs = standing.entries.get(other, Entry())
        if other in entry.instead_of or name in theirs.instead_of:
            return f"is in {other}, which excludes {name}"
        if entry.is_alone and theirs.is_alone:
            return f"is in {other}, which wants to be alone"
    return _again(name, entry, standing, zone, now)


def _again(name: str, entry: Entry, standing: Standing, zone: str, now: datetime) -> str:
    past = [walk for walk in standing.walks if walk.sequence == name]
    if not past:
        return ""
    match entry.again:
        case Again.NEVER:
            return f"was in {name} already"
        case Again.AFTER:
            # The latest trace of the run: its last touch moved the anchor.
            since = max(walk.anchor_at for walk in past)
            free_at = entry.after.after(since, zone) if entry.after else since
            return "" if now >= free_at else f"was in {name}; again from {free_at:%Y-%m-%d}"
        case Again.IF_INACTIVE:
            last = standing.last_contact_at
            is_quiet = last is None or now - last > _INACTIVE
            return "" if is_quiet else f"was in {name}, and heard from us or wrote lately"
