"""Conditions that no contact can meet, or that every contact meets: somebody slipped."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import product
from math import ceil, floor, inf

from nurture.core.condition import term as terms
from nurture.core.condition.fact import NUMBERS, plain
from nurture.core.condition.term import Atom, Compares, Dated, Includes, Is, Not, Term, Than
from nurture.core.condition.text import Condition

_MOST_WAYS = 300
_NEAR = 1e-6

_Said = tuple[Atom, bool]
"""A statement, and whether it is to hold."""
_Way = tuple[_Said, ...]


def doubts(*conditions: Condition) -> str:
    """Why these can never hold together, or hold for everybody; empty where they decide something.

    Only what follows from the words alone; what is too branched to follow is not doubted.
    """
    term: Term = terms.All(tuple(condition.term for condition in conditions))
    ways, counter = _ways(term, wanted=True), _ways(term, wanted=False)
    if ways and (clashes := [_clash(way) for way in ways]) and all(clashes):
        return f"never holds: {clashes[0]}"
    if counter and all(map(_clash, counter)):
        return "holds for everybody"
    return ""


def _ways(term: Term, *, wanted: bool) -> list[_Way]:
    """All ways in which the term comes out as wanted; none at all where there are too many."""
    match term:
        case Not():
            return _ways(term.part, wanted=not wanted)
        case terms.All() | terms.Either():
            parts = [_ways(part, wanted=wanted) for part in term.parts]
            if not all(parts):
                return []
            if isinstance(term, terms.All) is not wanted:
                return _few([way for ways in parts for way in ways])
            together: list[_Way] = [()]
            for ways in parts:
                together = _few([(*one, *other) for one, other in product(together, ways)])
            return together
        case _:
            return [((term, wanted),)]


def _few(ways: list[_Way]) -> list[_Way]:
    return ways if len(ways) <= _MOST_WAYS else []


def _clash(way: _Way) -> str:
    """The statements of a way that cannot hold together, as a person would say them."""
    for atom, wanted in way:
        if (atom, not wanted) in way:
            return _spoken([(atom, wanted), (atom, not wanted)])
    names = dict.fromkeys(_name(atom) for atom, _ in way)
    for name in names:
        about = [said for said in way if _name(said[0]) == name]
        if name and _is_impossible(name, about):
            return _spoken(about)
    return ""


def _name(atom: Atom) -> str:
    return str(getattr(atom, "name", ""))


def _spoken(said: Iterable[_Said]) -> str:
    return " and ".join(str(atom if wanted else Not(atom)) for atom, wanted in said)


def _is_impossible(name: str, about: Sequence[_Said]) -> bool:
    wanted = [atom for atom, is_wanted in about if is_wanted]
    unwanted = [atom for atom, is_wanted in about if not is_wanted]
    if not wanted:
        return False  # a fact that is not known meets every denial
    if any(isinstance(atom, terms.Known) for atom in unwanted):
        return True
    if any(isinstance(atom, Includes) for atom in wanted):
        held = {plain(atom.value) for atom in wanted if isinstance(atom, Includes)}
        return any(isinstance(atom, Includes) and plain(atom.value) in held for atom in unwanted)
    return _has_no_value(name, wanted, unwanted)


def _has_no_value(name: str, wanted: Sequence[Atom], unwanted: Sequence[Atom]) -> bool:
    low, high = -inf, inf
    for atom, is_wanted in [(a, True) for a in wanted] + [(a, False) for a in unwanted]:
        least, most = _bounds(name, atom, is_wanted=is_wanted)
        low, high = max(low, least), min(high, most)
    if low > high:
        return True
    choices = [{plain(value) for value in atom.values} for atom in wanted if isinstance(atom, Is)]
    if not choices:
        return False
    refused = {plain(value) for atom in unwanted if isinstance(atom, Is) for value in atom.values}
    left = set.intersection(*choices) - refused
    return not any(low <= _number(name, value) <= high for value in left)


def _bounds(name: str, atom: Atom, *, is_wanted: bool) -> tuple[float, float]:
    """The least and the most that the fact may be; of strict bounds the nearest that is allowed."""
    match atom:
        case Compares():
            return _side(name, atom, is_wanted=is_wanted)
        case Dated():
            day = float(atom.day.toordinal())
            inside = (-inf, day - 1) if atom.is_before else (day + 1, inf)
            outside = (day, inf) if atom.is_before else (-inf, day)
            return inside if is_wanted else outside
        case _:
            return -inf, inf


def _side(name: str, atom: Compares, *, is_wanted: bool) -> tuple[float, float]:
    number = atom.number
    is_whole = name in NUMBERS
    below = ceil(number) - 1.0 if is_whole else number - _NEAR
    above = floor(number) + 1.0 if is_whole else number + _NEAR
    up_to, under = (-inf, number), (-inf, below)
    from_on, over = (number, inf), (above, inf)
    sides = {
        Than.AT_LEAST: (from_on, under),
        Than.AT_MOST: (up_to, over),
        Than.MORE: (over, up_to),
        Than.LESS: (under, from_on),
    }
    return sides[atom.than][not is_wanted]


def _number(name: str, text: str) -> float:
    if name.startswith("dates."):
        return float(date.fromisoformat(text).toordinal())
    try:
        return float(text)
    except ValueError:
        return 0.0
