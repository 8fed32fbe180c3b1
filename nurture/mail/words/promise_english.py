"""How a clause of English promises something."""

from typing import Final

from nurture.mail.words.date_words import any_of
from nurture.mail.words.promise_cue import Cue, Said
from nurture.mail.words.promise_words import Pattern, table, words


def _any(name: str) -> str:
    return any_of(words("en", name)) + r"(?!\w)"


_I: Final = r"(?<![\w'])(?:i|we)"
_ADVERBS: Final = rf"(?:\s*,?\s*{_any('adverbs')})*"
_FUTURE: Final = any_of(
    word.strip().removeprefix("'m ").removeprefix("'re ")
    for word in words("en", "future")
    if word != "'ll"
)


def _will(verb: str) -> Pattern:
    contracted = rf"{_I}'ll{_ADVERBS}\s+{verb}"
    in_full = rf"{_I}(?:'m|'re)?{_ADVERBS}\s+{_FUTURE}(?!\w){_ADVERBS}\s+{verb}"
    return Pattern(f"{contracted}|{in_full}")


_DEED: Final = _will(_any("deeds"))
_HAVE_READY: Final = _will(rf"have\b.{{0,60}}?(?<!\w){_any('ready')}")
_DATED: Final = _will(_any("dated"))
_ANYTHING: Final = _will(rf"(?!{_any('own_business')})[a-z][a-z-]+\b")
_TOGETHER: Final = _will(rf"(?!{_any('own_business')}){_any('mutual')}")
_WE_TOGETHER: Final = Pattern(rf"(?<!\w)we(?:'ll| will| shall).*?(?<!\w){_any('mutual')}")
_LET_ME: Final = Pattern(rf"(?<!\w)let me{_ADVERBS}\s+{_any('deeds')}")
_BARE: Final = Pattern(
    r"^\W*(?:and |but |so |then |also )*(?:will|shall|going to)"
    rf"{_ADVERBS}\s+(?:do\b|{_any('deeds')}|have\b.{{0,60}}?(?<!\w){_any('ready')})"
)
_GO_ON: Final = Pattern(rf"^\W*(?:and |then |or )*{_ADVERBS}\s*(?:will )?{_any('deeds')}")
_GOING: Final = Pattern(rf"(?:{_I}(?:'m| am|'re| are){_ADVERBS}\s+|^\W*){_any('going')}")
_SIMPLE: Final = Pattern(rf"{_I}(?:\s+(?:then|also|just|gladly))*\s+{_any('simple')}")
_YOU_GET: Final = Pattern(
    r"(?<!\w)(?:you(?:'ll| will| shall| can)|(?:you're|you are) going to)\s+"
    r"(?:then |also |certainly )*(?:have|get|receive|hear (?:back )?from|hear back|expect)\b"
    rf"(?!\s+{_any('idle_gifts')})"
)
_EXPECT: Final = Pattern(r"^\W*(?:please )?expect (?:my|our|to hear|an?|the|it|them|this)\b")
_READY: Final = Pattern(
    r"(?<!\w)(?:(?:my|our|the|your|an?) [\w' -]{2,40}?|payment|delivery|shipment|refund|it|they|"
    r"this|that|these|everything)"
    rf"(?:'ll| will| shall| is going to| are going to)\s+(?:all |also |then )*{_any('becomes')}"
)
_THEIRS: Final = Pattern(
    r"(?<!\w)(?:from (?!(?:me|us|my|our|there|then|now|here)\b)[a-z]+ (?:by|on|until)\b"
    r"|by (?:our|my|an?) (?!end\b))"
)
_FOLLOWS: Final = table("en", "follows")
_BY_DAY: Final = (
    _DATED, _ANYTHING, _TOGETHER, _GOING, _SIMPLE, _YOU_GET, _EXPECT, _READY, _FOLLOWS,
)  # fmt: skip


def cue(said: Said) -> Cue | None:
    """What a clause of English promises, if anything."""
    clause = said.clause
    will = _DEED.search(clause)
    if _WE_TOGETHER.search(clause) or (table("en", "habits").search(clause) and not will):
        return None
    if will or _HAVE_READY.search(clause) or _LET_ME.search(clause):
        return Cue.FIRM
    is_bare = said.may_drop_subject and _BARE.search(clause)
    if is_bare or (said.goes_on and _GO_ON.search(clause)):
        return Cue.FIRM
    if _YOU_GET.search(clause) and table("en", "mine").search(clause):
        return Cue.FIRM
    by_day = not _THEIRS.search(clause) and any(each.search(clause) for each in _BY_DAY)
    return Cue.BY_DAY if by_day else None
