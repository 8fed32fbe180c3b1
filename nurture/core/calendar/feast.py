"""Our own table of the days that people keep, and what the name of such a day tells about it."""

import re
import tomllib
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from itertools import chain
from unicodedata import combining, normalize

from dateutil.easter import EASTER_ORTHODOX, EASTER_WESTERN, easter
from dateutil.relativedelta import relativedelta, weekday

from nurture.value import frozen

MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_RULE = re.compile(r"(?P<base>.+?)(?: (?P<sign>[+-]) (?P<days>\d+))?")
_NTH = re.compile(r"(\d)(?:st|nd|rd|th) (\w+) of (\w+)|last (\w+) of (\w+)")
_FROM = re.compile(r"(\w+) from (\d+ \w+)")


@frozen
class Feast:
    """One line of `holidays.toml`; what is empty there is empty here."""

    name: str
    also: tuple[str, ...] = ()
    places: frozenset[str] = frozenset()
    library: tuple[str, ...] = ()
    rule: str = ""
    like: str = ""
    tradition: str = ""
    is_solemn: bool = False

    @property
    def keys(self) -> frozenset[str]:
        """Everything it may be called, as `key_of` has it."""
        return frozenset(key_of(name) for name in (self.name, *self.also))

    @property
    def library_keys(self) -> frozenset[str]:
        """What the library may call it."""
        return frozenset(key_of(name) for name in (self.library or (self.name,)))

    def is_kept_in(self, place: str) -> bool:
        """Whether this line covers a country, or a part of one like GB-SCT."""
        return not self.places or bool(self.places & {place, place[:2]})


@cache
def key_of(name: str) -> str:
    """A name without what people write differently: case, accents, apostrophes, Saint and St."""
    letters = name.casefold()
    if not letters.isascii():
        letters = "".join([each for each in normalize("NFKD", letters) if not combining(each)])
    words = re.sub(r"[^\w\s-]", "", letters).replace("-", " ").split()
    return " ".join("saint" if word == "st" else word for word in words)


def day_of_year(text: str) -> tuple[int, int] | None:
    """Month and day of "4 January" or "January 4"; None for anything else."""
    match sorted(text.casefold().split()):  # digits sort before letters
        case [day, name] if day.isdecimal() and name in MONTHS:
            month, number = MONTHS.index(name) + 1, int(day)
        case _:
            return None
    # A leap year, so that 29 February is a day.
    longest = (date(2000, month, 1) + relativedelta(day=31)).day
    return (month, number) if 1 <= number <= longest else None


def day_by_rule(rule: str, year: int, country: str = "") -> date:
    """The day that a rule of `holidays.toml` gives in this year; the head of that file lists them.

    Easter is that of the country.  Raises ValueError for what is no rule.
    """
    found = _RULE.fullmatch(rule)
    if found is None:
        raise ValueError(f"{rule!r} is no rule for a day")
    days = int(found["days"] or 0)
    base = found["base"]
    if base == "Easter" and country in _table().orthodox:
        base = "Orthodox Easter"
    return _base_of(base, year) + timedelta(days=-days if found["sign"] == "-" else days)


def _base_of(base: str, year: int) -> date:
    if base == "Easter":
        return easter(year, EASTER_WESTERN)
    if base == "Orthodox Easter":
        return easter(year, EASTER_ORTHODOX)
    if nth := _NTH.fullmatch(base):
        count, name, month = (int(nth[1]), nth[2], nth[3]) if nth[1] else (-1, nth[4], nth[5])
        first = date(year, MONTHS.index(month.casefold()) + 1, 1)
        begin = first if count > 0 else first + relativedelta(day=31)
        return begin + relativedelta(weekday=_named(name)(count))
    if later := _FROM.fullmatch(base):
        return _base_of(later[2], year) + relativedelta(weekday=_named(later[1])(1))
    if fixed := day_of_year(base):
        return date(year, *fixed)
    raise ValueError(f"{base!r} is no rule for a day")


def _named(name: str) -> weekday:
    return weekday(_WEEKDAYS.index(name.casefold()))


@frozen
class _Faith:
    name: str
    also: frozenset[str]
    sounds: tuple[str, ...]


@frozen
class _Table:
    feasts: tuple[Feast, ...]
    faiths: tuple[_Faith, ...]
    solemn: tuple[str, ...]
    orthodox: frozenset[str]


@cache
def _sounds(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(key_of(word) for word in words)})s?\b")


@cache
def _table() -> _Table:
    written = tomllib.loads(files(__package__).joinpath("holidays.toml").read_text("utf-8"))
    feasts = tuple(
        Feast(
            name=row["name"],
            also=tuple(row.get("also", ())),
            places=frozenset(row.get("in", ())),
            library=tuple(row.get("library", ())),
            rule=row.get("on", ""),
            like=row.get("like", ""),
            tradition=row.get("tradition", ""),
            is_solemn=row.get("solemn", False),
        )
        for row in written["holiday"]
    )
    faiths = tuple(
        _Faith(row["name"], frozenset((row["name"], *row["also"])), tuple(row["sounds"]))
        for row in written["faith"]
    )
    solemn = tuple(written["solemn"]["sounds"])
    return _Table(feasts, faiths, solemn, frozenset(written["orthodox"]))


@cache
def feasts_called(name: str) -> tuple[Feast, ...]:
    """The lines of our table that bear this name, in its order."""
    return tuple(feast for feast in _table().feasts if key_of(name) in feast.keys)


def keys_of(name: str) -> frozenset[str]:
    """Every key under which a day of that name goes."""
    return frozenset((key_of(name),)).union(*(feast.keys for feast in feasts_called(name)))


def solemn_feasts() -> tuple[Feast, ...]:
    """The lines of our table on which nobody is greeted."""
    return tuple(feast for feast in _table().feasts if feast.is_solemn)


@cache
def feast_names() -> tuple[str, ...]:
    """Every name our table knows, the other ways of writing it included."""
    names = chain.from_iterable((feast.name, *feast.also) for feast in _table().feasts)
    return tuple(dict.fromkeys(names))


@cache
def tradition_of(name: str) -> str:
    """The faith that a name sounds of, or nothing."""
    key = key_of(name)
    return next((faith.name for faith in _table().faiths if _sounds(faith.sounds).search(key)), "")


@cache
def sounds_solemn(name: str) -> bool:
    """Whether a name is one of mourning or of remembrance."""
    return bool(_sounds(_table().solemn).search(key_of(name)))


def keeps(observes: Iterable[str], tradition: str, name: str) -> bool:
    """Whether somebody who observes these is known to keep this day: by its name, or its faith."""
    ways = keys_of(name) | {key_of(word) for word in _faith_words(tradition)}
    return any(key_of(word) in ways for word in observes)


def _faith_words(tradition: str) -> frozenset[str]:
    named = (faith.also for faith in _table().faiths if faith.name == tradition)
    return next(named, frozenset((tradition,) if tradition else ()))
