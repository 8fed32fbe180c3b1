"""The pile of letters on the desk: which are to be printed, and why others are not."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from nurture.core.account import Account
from nurture.core.calendar import local_day
from nurture.core.contact import Contact
from nurture.core.contact.hush import Hush
from nurture.core.enrollment import Move, State
from nurture.core.post.letterhead import PLAIN, Letterhead
from nurture.core.post.postal import MOST_LINES, Postal, postal_of
from nurture.core.post.stationery import Paper
from nurture.core.spelling import listed
from nurture.core.task import Task, TaskState
from nurture.paper.sheet import PaperLetter, home_of, paper_letter
from nurture.ports import Penned
from nurture.value import frozen

_WHY: Final = {
    Move.OPTED_OUT: "they asked to be left alone",
    Move.BOUNCED: "their mail came back",
    Move.LEFT: "they left the company",
    Move.WON: "they came back to you",
    Move.COLLEAGUE_ANSWERED: "a colleague of theirs answered",
}


class Standing(StrEnum):
    """Where a letter on paper stands."""

    READY = "ready"  # to be printed
    PRINTED = "printed"  # and to be posted
    INCOMPLETE = "incomplete"  # something is missing to print it
    HELD = "held"  # they are to be left alone until a day
    WITHDRAWN = "withdrawn"  # not to be posted any more
    POSTED = "posted"
    SKIPPED = "skipped"

    @property
    def is_for_the_post(self) -> bool:
        """Whether it is to be printed and posted."""
        return self in {Standing.READY, Standing.PRINTED}


@frozen
class Laid:
    """A letter on the desk; `letter` is there where it can be set, `why` says why it shall not."""

    task: Task
    contact: Contact
    postal: Postal
    standing: Standing
    why: str = ""
    letter: PaperLetter | None = None


@frozen
class Desk:
    """What letters are written with; `paper`, where given, is the only one there is."""

    accounts: Mapping[str, Account]
    letterheads: Mapping[str, Letterhead]
    hushes: tuple[Hush, ...] = ()
    paper: Paper | None = None


def lay_out(penned: Iterable[Penned], desk: Desk, now: datetime) -> tuple[Laid, ...]:
    """Each of these letters as it stands now; one that bears no date yet is dated today."""
    return tuple(_laid(each, desk, now) for each in penned)


def _laid(penned: Penned, desk: Desk, now: datetime) -> Laid:
    task, contact = penned.task, penned.contact
    account = desk.accounts.get(task.account)
    postal = postal_of(contact, home_of(account) if account else "")
    standing, why = _standing(penned, postal, account, desk.hushes)
    if account is None or postal.missing:
        return Laid(task, contact, postal, standing, why)
    today = local_day(now, account.owner.zone)
    head = desk.letterheads.get(account.name, PLAIN)
    on = task.dated_on or today
    letter = paper_letter(task, contact, postal, account, head, on, paper=desk.paper)
    return Laid(task, contact, postal, standing, why, letter)


def _standing(
    penned: Penned, postal: Postal, account: Account | None, hushes: tuple[Hush, ...]
) -> tuple[Standing, str]:
    task, contact = penned.task, penned.contact
    if task.state is not TaskState.OPEN:
        return _settled(penned)
    if penned.is_handed_off:
        return Standing.WITHDRAWN, "they answered: the conversation is yours"
    walk = penned.walk
    # One that came to its own end has left the letter to the owner.
    if walk and walk.state is not State.ACTIVE and walk.reason != Move.FINISHED:
        return Standing.WITHDRAWN, _words(walk.reason or walk.state)
    hush = next((each for each in hushes if each.covers(contact)), None)
    if hush:
        zone = ZoneInfo(account.owner.zone if account else "UTC")
        until = f"hushed until {hush.until.astimezone(zone):%Y-%m-%d}"
        return Standing.HELD, f"{until}: {hush.why}" if hush.why else until
    if account is None:
        return Standing.INCOMPLETE, f"there is no account {task.account!r} any more"
    if postal.missing:
        return Standing.INCOMPLETE, _asked_for(postal, contact)
    if len(postal.lines) > MOST_LINES:
        return Standing.INCOMPLETE, f"an address of more than {MOST_LINES} lines fits no window"
    return (Standing.PRINTED if task.dated_on else Standing.READY), ""


def _settled(penned: Penned) -> tuple[Standing, str]:
    task = penned.task
    match task.state:
        case TaskState.DONE:
            return Standing.POSTED, task.note
        case TaskState.SKIPPED:
            return Standing.SKIPPED, task.note
        case TaskState.LAPSED:
            return Standing.WITHDRAWN, "its time went by"
        case _:
            return Standing.WITHDRAWN, _words(penned.walk.reason if penned.walk else "called off")


def _words(reason: str) -> str:
    return next((words for move, words in _WHY.items() if move == reason), str(reason))


def _asked_for(postal: Postal, contact: Contact) -> str:
    wanted = " ".join(f'{name}="..."' for name in postal.missing)
    return (
        f"no whole postal address ({listed(postal.missing, 'and')} unknown): "
        f"nurture contacts set {contact.address} {wanted}"
    )


def week_of(day: date) -> str:
    """The ISO 8601 week of that day, like 2026-W48."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def last_day_of(week: str) -> date:
    """The Sunday of a week like 2026-W48; raises ValueError with words."""
    try:
        return date.fromisoformat(f"{week}-7")
    except ValueError as error:
        raise ValueError(f"{week!r} is no week: write one like 2026-W48") from error
