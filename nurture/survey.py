"""Reads when each contact was last spoken with, and what goes on with them now."""

from collections.abc import Callable
from datetime import date, datetime

from nurture.core.calendar import local_day
from nurture.core.contact import Contact
from nurture.core.enrollment import Enrollment, State
from nurture.core.reconnection import Silence, silence_of
from nurture.register import Known, Register
from nurture.value import frozen


@frozen
class Surveyed:
    """One contact; `last_at` is the last contact of any kind in either direction, if known.

    `walks` are all their lanes, those that have ended too; `refused` says why they are suppressed.
    """

    contact: Contact
    last_at: datetime | None
    walks: tuple[Enrollment, ...] = ()
    refused: str = ""

    def last_on(self, zone: str) -> date | None:
        """The day of the last contact, as it was in that zone."""
        return local_day(self.last_at, zone) if self.last_at else None

    def silence(self, now: datetime, zone: str) -> Silence | None:
        """For how long they have been silent; None within six months."""
        return silence_of(self.last_on(zone), local_day(now, zone))

    @property
    def sequences(self) -> tuple[str, ...]:
        """What they are under way in, by name."""
        live = {walk.sequence for walk in self.walks if walk.state is not State.ENDED}
        return tuple(sorted(live))


async def survey_silence(
    register: Register, told: Callable[[int], None] | None = None
) -> tuple[Surveyed, ...]:
    """Everybody there is, in the order of addresses; `told` hears how many were looked at."""
    found: list[Surveyed] = []
    page = await register.people.page()
    while page:
        known = await Known.of(register, page)
        found += [_surveyed(contact, known) for contact in page]
        if told:
            told(len(found))
        page = await register.people.page(after=page[-1].address)
    return tuple(found)


def _surveyed(contact: Contact, known: Known) -> Surveyed:
    pace = known.paces.get(contact.id)
    return Surveyed(
        contact,
        pace.last_contact_at if pace else None,
        known.walks.get(contact.id, ()),
        known.refused.get(contact.address, ""),
    )
