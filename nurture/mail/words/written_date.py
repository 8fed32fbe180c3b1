"""The day a person says they can be written to again, read from an absence note or an answer."""

import re
from datetime import date, timedelta
from enum import IntEnum
from typing import Final

from nurture.mail.words.date_mention import Grain, Mention
from nurture.mail.words.date_place import Place, find_places
from nurture.mail.words.date_words import any_of, flat, speakers, words
from nurture.value import frozen

_QUOTE_AROUND: Final = 48
_FARTHEST: Final = timedelta(days=366)
# Without a year, a day over half a year ahead is more likely one gone by in a stale note.
_FARTHEST_UNDATED: Final = timedelta(days=200)
_SATURDAY: Final = 5
# Grains that name a day, or the week that begins with it; a month or a season leaves room.
_EXACT: Final = frozenset(Grain) - {Grain.PERIOD, Grain.VAGUE}


@frozen
class FoundDate:
    """A day found in words or figures.

    day      the first day it makes sense to write again
    quote    the words it was read from, for the owner's eyes
    certain  False where the words leave room (a season, a month alone, two dates that disagree);
             a person should look before the machine acts on it
    """

    day: date
    quote: str
    certain: bool

    @property
    def first_day_back(self) -> date:
        """The same day, by the name it has in an absence note."""
        return self.day


class _Rank(IntEnum):
    """How firmly the words bind a date to the end of an absence; the greatest wins."""

    UNTIL = 1
    THROUGH = 2
    RETURN = 3


@frozen
class _Claim:
    day: date
    rank: _Rank
    certain: bool
    mention: Mention


def _ending(*tables: str) -> re.Pattern[str]:
    phrases = [words for table in tables for words in flat(table)]
    fill = any_of(words("fillers"))
    return re.compile(rf"(?<![^\W_])(?P<cue>{any_of(phrases)})(?:[\s,(:]+{fill})*[\s,(:]*$")


def _stems(table: str) -> re.Pattern[str]:
    spaced = [words for words in flat(table) if words[0] < "\u2e80"]
    joined = [words for words in flat(table) if words[0] >= "\u2e80"]
    unspaced = f"|{any_of(joined)}" if joined else ""
    return re.compile(rf"(?<![^\W_]){any_of(spaced)}{unspaced}")


def _behind(table: str) -> re.Pattern[str]:
    return re.compile(rf"\s?[.,(]?\s?r?\.?\s?г?\.?\s?{any_of(flat(table))}(?![^\W\d_])")


_UNTIL: Final = _ending("until")
_INCLUSIVE: Final = _ending("inclusive")
_START: Final = _ending("start")
_AFTER: Final = _ending("after")
_AFTER_SPEAKERS: Final = speakers("after")
_NAMES: Final = {**speakers("seasons"), **speakers("weekdays"), **speakers("months")}
_DEADLINE: Final = _ending("deadline")
_NEGATION: Final = re.compile(rf"(?<!\w){any_of(flat('negation'))}(?![^\W\d_])")
_SENT: Final = _ending("sent")
_UNTIL_BEHIND: Final = re.compile(
    rf"\s?(?:{any_of(flat('until_behind'))})(?![^\W\d_])|まで|为止|까지"
)
# "5月20日まで" and "5월 20일까지" name the last day of the absence.
_INCLUSIVE_BEHIND: Final = re.compile(_behind("inclusive_behind").pattern + "|まで|까지")
_RETURN: Final = _stems("return")
_DEFERRAL: Final = _stems("deferral")
_PAST: Final = re.compile(rf"(?<![^\W_]){any_of(words('past'))}\s*$")
_BETWEEN: Final = frozenset(words("between"))


def find_return(text: str, *, today: date) -> FoundDate | None:
    """The first day the absent writer of `text` can be written to again; None where not sure.

    Bare "until the 16th of March" names the day itself, as the notes of Exchange users do; a bare
    day ("until the 12th"), "through", "bis einschließlich", "jusqu'au ... inclus" and the end of
    a range are still absent days: the day after is found. Never more than a year ahead, never
    before `today`. A slash date that could be two days needs another mention, a weekday, another
    slash date or a language without month-first dates to decide it. Never raises.
    """
    shown, places = find_places(text, today)
    claims = [claim for place in places if (claim := _claim(place, today)) is not None]
    if not claims:
        return None
    best = max(claim.rank for claim in claims)
    firm = [claim for claim in claims if claim.rank == best]
    exact = [claim for claim in firm if claim.certain] or firm
    chosen = max(exact, key=lambda claim: claim.day)
    agreed = len({claim.day for claim in exact}) == 1
    if chosen.day < today:
        return None
    return FoundDate(chosen.day, _quote(shown, chosen.mention), chosen.certain and agreed)


def find_later(text: str, *, today: date) -> FoundDate | None:
    """The first working day of the time a person puts the talk off to; None where none is named.

    Finds the time only: whether the sender does put off is for the signal that asks. `certain`
    needs a deferral ("ask me", "wieder melden") in the same sentence and a time more exact than
    a season. "After" a day or a season is the first working day past its end; seasons are those of
    the northern hemisphere; "next year" is when offices are open again. Never raises.
    """
    shown, places = find_places(text, today)
    found: list[tuple[bool, FoundDate]] = []
    for place in places:
        mention = place.mention
        passed = mention.grain is not Grain.DATE and _PAST.search(place.before)
        if passed or _SENT.search(place.before):
            continue
        after = _is_after(place) and mention.first != today
        day = _working(mention.last + timedelta(days=1) if after else mention.first)
        if not today < day <= today + _FARTHEST or not _counts(place):
            continue
        put_off = _DEFERRAL.search(f"{place.clause} {place.after}") is not None
        exact = mention.grain in {*_EXACT, Grain.PERIOD}
        found.append((put_off, FoundDate(day, _quote(shown, mention), put_off and exact)))
    return max(found, key=lambda each: each[0])[1] if found else None


def _counts(place: Place) -> bool:
    if place.mention.grain is Grain.DAY_OF_MONTH:
        return bool(_UNTIL.search(place.before) or _AFTER.search(place.before))
    return place.mention.grain is not Grain.LOOSE_DATE or bool(_START.search(place.before))


def _working(day: date) -> date:
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= _SATURDAY else 0)


def _claim(place: Place, today: date) -> _Claim | None:
    """What the words around a mention say about the end of the absence, if anything."""
    mention = place.mention
    found = _rank(place)
    due = _DEADLINE.search(place.before) and not _NEGATION.search(place.clause)
    if found is None or due or _SENT.search(place.before):
        return None
    rank, inclusive = found
    day = mention.last + timedelta(days=1) if inclusive else mention.first
    limit = _FARTHEST if mention.dated else _FARTHEST_UNDATED
    if day > today + limit or (mention.grain is not Grain.DATE and day <= today):
        return None
    return _Claim(day, rank, mention.grain in _EXACT, mention)


def _rank(place: Place) -> tuple[_Rank, bool] | None:
    """How firmly, and whether the day named is itself an absent one."""
    grain = place.mention.grain
    bare = grain in {Grain.DAY_OF_MONTH, Grain.LOOSE_DATE}
    if _INCLUSIVE_BEHIND.match(place.after) or _INCLUSIVE.search(place.before):
        return _Rank.THROUGH, True
    if (place.between in _BETWEEN or place.mention.ranged) and grain is not Grain.WEEKDAY:
        return (_Rank.THROUGH, True) if not bare else None
    if _UNTIL.search(place.before) or _UNTIL_BEHIND.match(place.after):
        return _Rank.UNTIL, grain is Grain.DAY_OF_MONTH
    back = _RETURN.search(place.clause) is not None
    back_after = place.alone and _RETURN.search(place.after) is not None
    if not back and not back_after:
        return None
    if (
        bare
        and not _START.search(place.before)
        and not re.search(r"\b(?:the|den|le|el|il)\s$", place.before)
    ):
        return None
    return _Rank.RETURN, grain is Grain.DATE and _is_after(place)


def _is_after(place: Place) -> bool:
    """Whether "after" stands before the date, in the language of its month or season.

    Dutch "na 3 maart" is after it, Portuguese "na segunda-feira" is on it.
    """
    cue = _AFTER.search(place.before)
    if cue is None:
        return False
    spoken = [_NAMES[word] for word in re.findall(r"[^\W\d_]+", place.words) if word in _NAMES]
    languages = _AFTER_SPEAKERS[" ".join(cue["cue"].split())]
    return not spoken or any(languages & each for each in spoken)


def _quote(shown: str, mention: Mention) -> str:
    """The words of the line up to and with the date."""
    line = max(shown.rfind("\n", 0, mention.start) + 1, mention.start - _QUOTE_AROUND)
    if line and shown[line - 1 : line].isalnum():
        line = shown.find(" ", line, mention.start) + 1 or mention.start
    return " ".join(shown[line : mention.end].split())
