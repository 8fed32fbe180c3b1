"""How a clause of German promises something."""

from collections.abc import Iterable
from functools import cache
from typing import Final

from nurture.mail.words.date_words import any_of
from nurture.mail.words.promise_cue import Cue, Said
from nurture.mail.words.promise_words import Pattern, Verb, fits, table, verbs, words

_REFLEXIVE: Final = frozenset({"melde", "kummere"})
_LISTS: Final = ("deeds", "dated")


def _any(name: str) -> str:
    return any_of(words("de", name))


def _found(pattern: str) -> Pattern:
    return Pattern(rf"(?<!\w)(?:{pattern})(?!\w)")


def _between(one: str, many: str) -> str:
    """The pair in either order: "ich rufe", "rufe ich", "wir rufen", "rufen wir"."""
    return f"ich {one}|{one} ich|wir {many}|{many} wir"


@cache
def _present(name: str) -> tuple[Verb, ...]:
    return tuple((_found(_between(one, many)), with_) for (one, many), with_ in verbs("de", name))


@cache
def _bare(name: str) -> tuple[Verb, ...]:
    """ "Melde mich Montag", where "ich" goes without saying; "schicke mir" is an order."""
    return tuple(
        (Pattern(rf"^\W*(?:und |aber |dann )*{one}(?!\w){_no_order(one)}"), with_)
        for (one, _), with_ in verbs("de", name)
        if one.endswith("e")
    )


def _no_order(one: str) -> str:
    mine = _any("never_after") if one in _REFLEXIVE else f"(?:mich|{_any('never_after')})"
    return rf"(?!\s+{mine}\b)"


def _forms(place: int) -> Iterable[str]:
    return {forms[place] for name in _LISTS for forms, _ in verbs("de", name)}


_PREFIX: Final = f"(?:{_any('prefixes')})?(?:zu)?"
_INFINITIVE: Final = Pattern(
    rf"(?<!\w){_PREFIX}{any_of([*_forms(1), *words('de', 'future_only')])}(?!\w)"
)
_YOU: Final = r"(?:du|sie|ihr)"
_THAT: Final = Pattern(
    r"^\W*(?:dass|damit) "
    rf"(?:ich\b.*{_PREFIX}{any_of(_forms(0))}|wir\b.*{_PREFIX}{any_of(_forms(1))}|"
    rf"{_YOU}\b.*(?:{_any('receive')}|{_any('have')}))\W*$"
)
_WERDE: Final = _found("ich werde?|werde? ich|wir werden|werden wir")
_BARE_WERDE: Final = Pattern(r"^\W*(?:und |aber |dann )*werden? ")
_I: Final = _found("ich|wir")
_RECEIVE: Final = _found(f"{_YOU} {_any('receive')}|{_any('receive')} {_YOU}")
_WILL_RECEIVE: Final = _found(
    r"(?:werden sie|wirst du|werdet ihr|sie werden|du wirst|ihr werdet)\b"
    r".*\b(?:horen|bekommen|erhalten|haben|vorfinden)"
)
_HAVE: Final = _found(f"{_YOU} {_any('have')}|{_any('have')} {_YOU}")
_I_HAVE: Final = _found(rf"(?:{_between('habe', 'haben')})\b.*\b{_any('for_them')}")
_PAPERS: Final = rf"(?:{_any('papers')}|{_any('mine')} \w+)"
_FOLLOWS: Final = _found(
    rf"{_PAPERS}\b.*?\b{_any('follows')}|{_any('follows')}\b.*?\b{_PAPERS}"
    rf"|(?:wird|werden|ist|sind|liegt|liegen)\b.*\b{_any('becomes')}"
)
_FOR_THEM: Final = _found("dir|ihnen|euch")
_ANYTHING: Final = _found(_between(r"\w+e", r"\w+en"))
_WILL_ANYTHING: Final = Pattern(rf"{_WERDE.source}.*\b(?:dir|ihnen|euch|dich|sie)\b.*\w+e?n\W*$")


def cue(said: Said) -> Cue | None:
    """What a clause of German promises, if anything."""
    clause = said.clause
    if table("de", "never").search(clause):
        return None
    if _speaks("deeds", said) or _with_infinitive(said):
        return Cue.FIRM
    if table("de", "vows").search(said.sentence) and _THAT.search(clause):
        return Cue.FIRM
    receives = _RECEIVE.search(clause) or _WILL_RECEIVE.search(clause)
    if receives and table("de", "mine").search(clause):
        return Cue.FIRM
    if _speaks("dated", said) or receives or _FOLLOWS.search(clause):
        return Cue.BY_DAY
    return Cue.BY_DAY if _by_day(clause) else None


def _speaks(name: str, said: Said) -> bool:
    is_alone = said.may_drop_subject or said.goes_on
    known = (*_present(name), *(_bare(name) if is_alone else ()))
    return any(fits(verb, said.clause) for verb in known)


def _with_infinitive(said: Said) -> bool:
    """ "Ich werde ... schicken", "ich versuche, ... zu schicken"."""
    clause = said.clause
    if _INFINITIVE.search(clause) is None:
        return False
    if _WERDE.search(clause) or (said.may_drop_subject and _BARE_WERDE.search(clause)):
        return True
    tries = table("de", "try").search(said.sentence) and _I.search(said.sentence)
    return tries is not None and "zu" in clause


def _by_day(clause: str) -> bool:
    """What a day makes a promise: something done for the reader, or theirs by then."""
    if table("de", "busy").search(clause):
        return False
    if _I_HAVE.search(clause) or (_HAVE.search(clause) and table("de", "by_then").search(clause)):
        return True
    if table("de", "own_business").search(clause):
        return False
    is_for_them = _FOR_THEM.search(clause) and _ANYTHING.search(clause)
    return bool(is_for_them or _WILL_ANYTHING.search(clause))
