"""Letters that are due become pages: what to post, for whom not to, and why."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import field, replace
from datetime import date, datetime, timedelta
from typing import Final

from nurture import ports
from nurture.core.account import Account
from nurture.core.calendar import local_day
from nurture.core.post.letterhead import Letterhead
from nurture.core.post.stationery import Paper
from nurture.paper.pile import Desk, Laid, Standing, lay_out
from nurture.paper.sheet import PaperLetter
from nurture.value import frozen

NAMED_FOR: Final = timedelta(days=14)
"""So long a withdrawn letter is still named: it may lie printed on the desk."""

_EVER: Final = date.min


@frozen
class PrintShop:
    """Everything it takes to print letters; without a `press` they are only listed."""

    letters: ports.Letters
    tact: ports.Tact
    accounts: Mapping[str, Account]
    letterheads: Mapping[str, Letterhead]
    clock: ports.Clock
    press: ports.Press | None = None
    paper: Paper | None = None


@frozen
class Batch:
    """Letters in one PDF, the latest date that one bears, and those left out with their reasons."""

    dated_on: date
    pdf: bytes = b""
    printed: tuple[Laid, ...] = ()
    left_out: tuple[Laid, ...] = ()
    pages: Mapping[int, int] = field(default_factory=dict)


async def pile(shop: PrintShop, since: date | None = None) -> tuple[Laid, ...]:
    """Every open letter and those settled since that day, as each stands now.

    Where there is a press, what it cannot set is incomplete, and says what is missing.
    """
    now = shop.clock.now()
    laid = await _laid(shop, now, since or now.date() - NAMED_FOR)
    letters = _settable(laid)
    if shop.press is None or not letters:
        return laid
    printed = await asyncio.to_thread(shop.press.letters, letters, _title(now.date()), now.date())
    return _judged(laid, printed)


async def print_letters(
    shop: PrintShop,
    press: ports.Press,
    *,
    numbers: Collection[int] = (),
    until: date | None = None,
    on: date | None = None,
    duplex: bool = False,
) -> Batch:
    """One PDF of all letters that are to be posted, or of those named, the earliest due first.

    Each keeps the date of its first print, so that the same letters give the same bytes; `on`
    dates them anew.  Commits the dates before returning; no walk moves.  Posted letters are printed
    again where they are named.
    """
    now = shop.clock.now()
    since = _EVER if numbers else now.date() - NAMED_FOR
    wanted = [each for each in await _laid(shop, now, since) if _is_wanted(each, numbers, until)]
    first = await asyncio.to_thread(press.letters, _settable(wanted), "", now.date())
    judged = _judged(wanted, first)
    good = {each.task.id for each in judged if each.letter and _may_print(each, numbers)}
    left_out = tuple(each for each in judged if each.task.id not in good)
    if not good:
        return Batch(now.date(), left_out=left_out)
    await _date(shop, judged, good, now, on)
    printed = tuple(each for each in await _laid(shop, now, since) if each.task.id in good)
    dated_on = max(each.task.dated_on for each in printed if each.task.dated_on)
    whole = await asyncio.to_thread(
        press.letters, _settable(printed), _title(dated_on), dated_on, duplex=duplex
    )
    return Batch(dated_on, whole.pdf, printed, left_out, whole.pages)


async def _laid(shop: PrintShop, now: datetime, since: date) -> tuple[Laid, ...]:
    desk = Desk(shop.accounts, shop.letterheads, await shop.tact.hushes(now), shop.paper)
    return lay_out(await shop.letters.penned(since), desk, now)


async def _date(
    shop: PrintShop, laid: Collection[Laid], good: Collection[int], now: datetime, on: date | None
) -> None:
    """Dates the letters of each account by the day where its owner is."""
    for name, account in shop.accounts.items():
        theirs = [e.task.id for e in laid if e.task.account == name and e.task.id in good]
        if theirs:
            today = local_day(now, account.owner.zone)
            await shop.letters.date(theirs, on or today, anew=on is not None)


def _settable(laid: Collection[Laid]) -> list[PaperLetter]:
    return [each.letter for each in laid if each.letter]


def _judged(laid: Collection[Laid], printed: ports.Printed) -> tuple[Laid, ...]:
    """The same letters, with what the press could not set among the incomplete."""
    return tuple(
        replace(each, letter=None, why=each.why or why, standing=_fallen(each.standing))
        if (why := printed.refused.get(each.task.id))
        else each
        for each in laid
    )


def _fallen(standing: Standing) -> Standing:
    return Standing.INCOMPLETE if standing.is_for_the_post else standing


def _is_wanted(laid: Laid, numbers: Collection[int], until: date | None) -> bool:
    if numbers:
        return laid.task.id in numbers
    if laid.standing in {Standing.POSTED, Standing.SKIPPED}:
        return False
    return until is None or laid.task.due_on <= until


def _may_print(laid: Laid, numbers: Collection[int]) -> bool:
    is_asked_again = laid.task.id in numbers and laid.standing is Standing.POSTED
    return laid.standing.is_for_the_post or is_asked_again


def _title(day: date) -> str:
    return f"Letters of {day.isoformat()}"
