"""How a clause of French promises something."""

import re
from functools import cache
from typing import Final

from nurture.mail.words.date_words import any_of
from nurture.mail.words.promise_cue import Cue, Said
from nurture.mail.words.promise_words import Pattern, Verb, fits, table, verbs, words

_I: Final = r"(?:je\s+|j'\s?)"
_CLITICS: Final = r"(?:(?:me|te|vous|nous|le|la|les|lui|leur|y|en|se)\s+|(?:m'|t'|l'|s'|n')\s?)*"
_ADVERBS: Final = rf"(?:{any_of(words('fr', 'adverbs'))}\s+)*"
_NONE: Final = "zz"  # a form that would be no promise


def _any(name: str) -> str:
    return any_of(words("fr", name))


@cache
def _spoken(name: str) -> tuple[Verb, ...]:
    """Of I, of we, and of "on", whose future is that of "je" without its last letter."""
    return tuple(
        (
            Pattern(
                rf"(?<!\w)(?:{_I}{_CLITICS}(?:{now}|{later})|nous\s+{_CLITICS}(?:{we}|{we_later})"
                rf"|on\s+{_CLITICS}(?:{now}|{later.removesuffix('i')}))(?!\w)"
            ),
            beside,
        )
        for (_, now, later, we, we_later), beside in verbs("fr", name)
    )


@cache
def _shared(name: str) -> tuple[Verb, ...]:
    """The verb of a clause that shares the subject of the one before."""
    return tuple(
        (
            Pattern(
                rf"^\W*(?:et |puis |ensuite )*{_CLITICS}"
                rf"{any_of(form for form in forms if form != _NONE)}(?!\w)"
            ),
            beside,
        )
        for forms, beside in verbs("fr", name)
    )


@cache
def _tried(name: str) -> tuple[Verb, ...]:
    before = rf"(?<!\w){_any('try')}(?:\s+(?:de|d'))?\s*{_ADVERBS}{_CLITICS}{_ADVERBS}"
    return tuple(
        (Pattern(rf"{before}{re.escape(forms[0])}(?!\w)"), beside)
        for forms, beside in verbs("fr", name)
    )


_NO: Final = Pattern(r"(?<!\w)(?:ne\s|n')")
_RECEIVE: Final = Pattern(rf"(?<!\w)(?:vous|tu)\s+(?:l'|le |la |les |en )?{_any('receive')}(?!\w)")
_FOLLOWS: Final = Pattern(rf"(?<!\w){_any('things')}(?!\w).*?(?<!\w){_any('follows')}(?!\w)")
_THEIRS: Final = Pattern(
    r"(?<!\w)(?:de|par) (?:mon|ma|notre|nos|mes) (?!part\b|cote\b|reponse\b|nouvelles\b)"
)
_WILL_ANYTHING: Final = Pattern(
    rf"(?<!\w){_I}(?:vous|te|t'|leur|lui)\s?{_CLITICS}"
    rf"(?!{_any('own_business')}(?!\w))\w+(?:e|s|rai)(?!\w)"
    rf"|(?<!\w)nous\s+(?:vous|te|leur|lui)\s{_CLITICS}\w+rons(?!\w)"
)


def cue(said: Said) -> Cue | None:
    """What a clause of French promises, if anything."""
    clause = said.clause
    if _NO.search(clause) and table("fr", "never").search(clause):
        return None
    if _says("deeds", said):
        return Cue.FIRM
    if _THEIRS.search(clause):
        return None
    if _RECEIVE.search(clause) and table("fr", "mine").search(clause):
        return Cue.FIRM
    by_day = (_RECEIVE, _FOLLOWS, _WILL_ANYTHING)
    if _says("dated", said) or any(each.search(clause) for each in by_day):
        return Cue.BY_DAY
    return None


def _says(name: str, said: Said) -> bool:
    known = (*_spoken(name), *_tried(name), *(_shared(name) if said.goes_on else ()))
    return any(fits(verb, said.clause) for verb in known)
