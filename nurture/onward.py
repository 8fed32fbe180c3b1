"""Where a walk goes once a person has settled its step, and what they let leave."""

from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from nurture import ports
from nurture.core.account import Account
from nurture.core.choice import passed
from nurture.core.contact import Contact
from nurture.core.decision import Advance
from nurture.core.enrollment import Enrollment
from nurture.core.situation import Situation
from nurture.core.task import Task
from nurture.errors import Misconfigured
from nurture.letter import fold
from nurture.mail.write.attachment import Attachment
from nurture.value import frozen


@frozen
class Ways:
    """What it takes to look behind a step."""

    people: ports.People
    outgoing: ports.Outgoing
    catalog: ports.Catalog
    accounts: Mapping[str, Account]


@frozen
class Spot:
    """One step of one person's walk, as a task or a draft names it; some tasks have no walk."""

    contact_id: int
    enrollment_id: int | None
    account: str
    step: str
    occurrence: str


async def way_past(ways: Ways, spot: Spot, why: str, now: datetime) -> Advance | None:
    """What follows the step; None where the walk is not there, or its text or account is gone."""
    walks = (await ways.outgoing.walks([spot.contact_id])).get(spot.contact_id, ())
    walk = next((each for each in walks if each.id == spot.enrollment_id), None)
    contact = await ways.people.contact_by_id(spot.contact_id)
    account = ways.accounts.get(spot.account)
    if walk is None or contact is None or account is None:
        return None
    if (walk.position, walk.occurrence) != (spot.step, spot.occurrence):
        return None
    return await way_on(ways.catalog, walk, contact, account, why, now)


async def way_on(
    catalog: ports.Catalog,
    walk: Enrollment,
    contact: Contact,
    account: Account,
    why: str,
    now: datetime,
) -> Advance | None:
    """What follows the step that the walk stands at; None where the text is gone."""
    sequence = await catalog.sequence(walk.sequence, walk.revision)
    if sequence is None:
        return None
    situation = Situation(now, walk, contact, sequence, account, calendar=catalog.calendar)
    return passed(situation, why)


def spot_of(thing: Task | ports.Draft) -> Spot:
    """Where a task or a draft stands."""
    return Spot(thing.contact_id, thing.enrollment_id, thing.account, thing.step, thing.occurrence)


def accepted_wire(
    catalog: ports.Catalog, account: Account, draft: ports.Draft, now: datetime
) -> bytes:
    """The draft's bytes, dated now; raises Misconfigured where one of its files is missing."""
    date = now.astimezone(ZoneInfo(account.owner.zone))
    return fold(draft.sheet, date, files_of(catalog, draft.id)).envelope.wire


def files_of(catalog: ports.Catalog, draft_id: int) -> Callable[[str], Attachment]:
    """Finds the files that go with a draft; raises Misconfigured for one that is missing."""

    def found(path: str) -> Attachment:
        file = catalog.attachment(path)
        if file is None:
            raise Misconfigured(f"draft {draft_id}: its file {path} is missing or broken")
        return file

    return found
