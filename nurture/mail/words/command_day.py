"""The one day that the rest of a command names: monday, October, in two weeks, 4.1."""

import re
from datetime import date, timedelta
from typing import Final

from nurture.mail.words.command_word import day_words
from nurture.mail.words.date_place import find_places
from nurture.mail.words.date_words import any_of, fold

_FILLERS: Final = re.compile(rf"(?:{any_of(day_words('fillers'))}|[\s,.:()])*")
_TOMORROW: Final = frozenset(day_words("tomorrow"))
_AFTER_TOMORROW: Final = frozenset(day_words("after_tomorrow"))
_WEEKDAYS: Final = {
    short: place for place, names in enumerate(day_words("weekdays")) for short in names.split("|")
}
# In running text a bare "October" or "3 days" may be anything; here it can only be a day.
_LEADS: Final = ("", "in ", "im ")


def read_day(text: str, today: date) -> date | None:
    """The first day of the time that the whole text names, from tomorrow on; None for no day.

    Two days, a day gone by, a bare number, and a slash date that could be two, are none.
    """
    bare = fold(text).strip(" .,:!")
    if bare.isdecimal():
        return None
    if day := _near(_stripped(bare), today):
        return day
    for lead in _LEADS:
        # A German date ends in a full stop: 4.1.
        found = _only_day(f"{lead}{bare}", today) or _only_day(f"{lead}{bare}.", today)
        if found and found > today:
            return found
    return None


def _near(bare: str, today: date) -> date | None:
    if bare in _TOMORROW:
        return today + timedelta(days=1)
    if bare in _AFTER_TOMORROW:
        return today + timedelta(days=2)
    if bare in _WEEKDAYS:
        return today + timedelta(days=(_WEEKDAYS[bare] - today.weekday() - 1) % 7 + 1)
    return None


def _stripped(bare: str) -> str:
    """The words behind the first fillers: "until fri" is fri."""
    words = bare.split()
    while len(words) > 1 and _FILLERS.fullmatch(words[0]):
        words = words[1:]
    return " ".join(words)


def _only_day(text: str, today: date) -> date | None:
    shown, places = find_places(text, today)
    if len({place.mention.first for place in places}) != 1:
        return None
    rest, at = [], 0
    for place in places:
        rest.append(shown[at : place.mention.start])
        at = place.mention.end
    rest.append(shown[at:])
    is_whole = all(_FILLERS.fullmatch(fold(each)) for each in rest)
    return places[0].mention.first if is_whole else None
