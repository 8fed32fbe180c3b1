"""Reads what is under way, and tells by when all of it will have left."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, time

from nurture import ports
from nurture.core.account import Account
from nurture.core.account.allowance import cap_of
from nurture.core.account.family import is_known
from nurture.core.account.forecast import Crowd, Forecast, Market, Purse, forecast
from nurture.core.account.hours import Hours
from nurture.core.calendar import Wait, at_wall_time, local_day
from nurture.core.contact.place import zones_of
from nurture.core.sequence import Sequence, greets
from nurture.steps.content import Content
from nurture.steps.email import Email
from nurture.steps.wait import Pause
from nurture.value import frozen

_PAGE = 5_000
_NOON = time(12)


@frozen
class Glass:
    """Everything it takes to look ahead; `told` hears how many enrollments were read."""

    ours: Mapping[str, Account]
    accounts: ports.Accounts
    outgoing: ports.Outgoing
    people: ports.People
    catalog: ports.Catalog
    clock: ports.Clock
    zone: str
    told: Callable[[int], None]


@frozen
class Newcomers:
    """People who might be enrolled; of which families, everybody known today tells.

    Without a number, as many as are known.
    """

    sequence: Sequence
    account: Account
    people: int | None = None


@frozen
class Foreseen:
    """The forecast, and how many people it is about; `unread` stand in texts that are gone."""

    forecast: Forecast
    under_way: int
    newcomers: int
    unread: int


@frozen
class _Crowded:
    """So many people of one family, ready on the same day."""

    account: str
    scope: str
    people: int
    ready_on: date
    zones: tuple[str, ...]
    place: str


@frozen
class _Place:
    """What people have in common whom a forecast need not tell apart."""

    account: str
    scope: str
    sequence: str
    revision: str
    position: str
    ready_on: date
    zones: tuple[str, ...]
    place: str


_Kind = tuple[str, tuple[str, ...], str]
"""What newcomers have in common: their family, their zones, and where they are."""


async def foresee(glass: Glass, newcomers: Newcomers | None = None) -> Foreseen:
    """By when everything under way has left, and what the newcomers come to behind it."""
    places = await _places(glass)
    fresh = await _mix(glass, newcomers) if newcomers else Counter[_Kind]()
    crowds, unread = list[Crowd](), 0
    for place, people in places.items():
        sequence = await glass.catalog.sequence(place.sequence, place.revision)
        if sequence is None:
            unread += people
            continue
        at = _Crowded(place.account, place.scope, people, place.ready_on, place.zones, place.place)
        crowds += _crowd(glass, at, sequence, place.position)
    scopes = {crowd.scope for crowd in crowds} | {scope for scope, *_ in fresh}
    market = await _market(glass, scopes)
    if newcomers:
        first = newcomers.sequence.steps[0].id
        for (scope, zones, where), people in fresh.items():
            at = _Crowded(newcomers.account.name, scope, people, market.today, zones, where)
            found = _crowd(glass, at, newcomers.sequence, first)
            crowds += [replace(crowd, is_new=True) for crowd in found]
    told = forecast(market, _loosened(glass, crowds))
    return Foreseen(told, places.total(), fresh.total(), unread)


async def _market(glass: Glass, scopes: set[str]) -> Market:
    families = await glass.accounts.families(scopes)
    purses = {
        name: Purse(
            account.limits, (await glass.accounts.state(name)).spending, account.owner.country
        )
        for name, account in glass.ours.items()
    }
    by_scope, calendar = {each.scope: each for each in families}, glass.catalog.calendar
    return Market(glass.clock.now(), glass.zone, purses, by_scope, calendar.quiet, calendar.away)


async def _places(glass: Glass) -> Counter[_Place]:
    """How many people stand where; read a page at a time."""
    now = glass.clock.now()
    found = Counter[_Place]()
    for name, account in glass.ours.items():
        page = await glass.outgoing.under_way(name, 0, _PAGE)
        while page:
            for each in page:
                ready_on = local_day(max(each.due_at, now), glass.zone)
                scope, zones = account.scope_of(each.who.address), zones_of(each.who, glass.zone)
                at = (each.sequence, each.revision, each.position, ready_on)
                found[_Place(name, scope, *at, zones, each.who.place)] += 1
            glass.told(found.total())
            page = await glass.outgoing.under_way(name, page[-1].enrollment_id, _PAGE)
    return found


async def _mix(glass: Glass, newcomers: Newcomers) -> Counter[_Kind]:
    """The newcomers by family and place, in the proportions of everybody who is known."""
    known, page = Counter[_Kind](), await glass.people.page()
    while page:
        known.update(
            (newcomers.account.scope_of(each.address), zones_of(each, glass.zone), each.place)
            for each in page
        )
        page = await glass.people.page(after=page[-1].address)
    if newcomers.people is None:
        return known
    if not known:
        return Counter({("", (), ""): newcomers.people})
    whole = {kind: newcomers.people * n // known.total() for kind, n in known.items()}
    rest = newcomers.people - sum(whole.values())
    return Counter(whole) + Counter([kind for kind, _ in known.most_common()][:rest])


def _crowd(glass: Glass, at: _Crowded, sequence: Sequence, position: str) -> Iterator[Crowd]:
    """The crowd at this step of the sequence; none where no mail is still to come."""
    mails = list(_mails_from(sequence, position))
    if mails:
        noon = at_wall_time(at.ready_on, _NOON, glass.zone)
        for wait in mails[0][0]:
            noon = wait.after(noon, glass.zone)
        yield Crowd(
            at.account,
            at.scope,
            at.people,
            local_day(noon, glass.zone),
            waits=tuple(waits for waits, _ in mails[1:]),
            hours=Hours(sequence.window, at.zones, at.place),
            greets=tuple(is_greeting for _, is_greeting in mails),
        )


def _mails_from(sequence: Sequence, position: str) -> Iterator[tuple[tuple[Wait, ...], bool]]:
    """What is waited before each mail at this step or behind it, and whether it is a greeting."""
    ids = [step.id for step in sequence.steps]
    waits: tuple[Wait, ...] = ()
    for step in sequence.steps[ids.index(position) :] if position in ids else ():
        if isinstance(step, Pause):
            waits = (*waits, step.wait)
        elif isinstance(step, Email | Content):
            yield waits, greets(step)
            waits = ()


def _loosened(glass: Glass, crowds: list[Crowd]) -> list[Crowd]:
    """Domains with fewer people than their cap need no watching: they become one crowd."""
    people = Counter[str]()
    for crowd in crowds:
        people[crowd.scope] += crowd.people
    merged = Counter[Crowd]()
    for crowd in crowds:
        cap = cap_of(crowd.scope, glass.ours[crowd.account].limits)
        is_loose = not is_known(crowd.scope) and people[crowd.scope] <= cap
        scope = "" if is_loose or not cap else crowd.scope
        merged[replace(crowd, scope=scope, people=0)] += crowd.people
    return [replace(crowd, people=people) for crowd, people in merged.items()]
