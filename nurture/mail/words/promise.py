"""What somebody promised in their own words, in English, German or French, and until when."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from typing import Final

from nurture.mail.words import promise_english, promise_french, promise_german
from nurture.mail.words.date_words import any_of
from nurture.mail.words.due import Stretch, find_stretches, plain
from nurture.mail.words.promise_cue import Cue, Said
from nurture.mail.words.promise_words import opening, rewritten, table, words
from nurture.value import frozen

_MAX_CHARS: Final = 16 * 1024
_MAX_SENTENCE: Final = 600
_MAX_FOUND: Final = 20
_LANGUAGES: Final[dict[str, Callable[[Said], Cue | None]]] = {
    "en": promise_english.cue,
    "de": promise_german.cue,
    "fr": promise_french.cue,
}
_QUOTED: Final = re.compile(
    r"[\u201c\u201e\u00ab\"\u00bb][^\u201c\u201d\u201e\u00ab\u00bb\"\n]{2,400}[\u201d\u201c\u00bb\"\u00ab]"
)
_BULLET: Final = re.compile(r"\s*(?:[-*\u2022]|\d{1,2}[.)])\s+")
# A point behind a short number or an initial ends no sentence, unless one plainly begins.
_SENTENCE: Final = re.compile(
    r"(?<=[!?\u2026])\s+|(?<=\.)(?<!\b\d\.)(?<!\b\d\d\.)(?<!\b[A-Za-z]\.)(?<!\bca\.)(?<!\bDr\.)(?<!\bMr\.)"
    r"(?<!\bFr\.)(?<!\bHr\.)(?<!\bMrs\.)(?<!\bStr\.)(?<!\bNr\.)(?<!\binkl\.)(?<!\bevtl\.)\s+"
    r"|(?<=\.)\s+(?=(?:I|I'll|We|You|The|Ich|Wir|Sie|Du|Je|Nous|Vous|On|Le|La)\b)|\n\s*\n"
)
_PAUSE: Final = r"[,;:()\u2013\u2014]\s+|\s[-\u2013\u2014]+\s|[()]"


@frozen
class Promised:
    """One promise: the sentence as it was written, and the time named for it.

    Kept by `last`, it is kept in time; both days are None where none was named.
    """

    sentence: str
    first: date | None
    last: date | None


def find_promises(text: str, *, today: date) -> tuple[Promised, ...]:
    """What the writer of `text` promised to do, in the order of the text, each sentence once.

    The text is their own words, without quotations (see `quoting.visible`); `today` is the day on
    which they wrote it, where they were.  What is asked, denied, over, wished, tied to a condition,
    cited, or promised for somebody else is none.  A sentence that names two days promises twice.
    Never raises.
    """
    found: list[Promised] = []
    for sentence in _sentences(text[:_MAX_CHARS]):
        for language in _LANGUAGES:
            if read := tuple(_read(sentence, language, today)):
                found += read
                break
    return tuple(dict.fromkeys(found))[:_MAX_FOUND]


def _sentences(text: str) -> Iterator[str]:
    lines = [line for line in text.splitlines() if not line.lstrip().startswith(">")]
    # A wrapped line reads on; a bullet begins anew.
    shown = "\n".join(
        f"\n{_BULLET.sub('', line)}" if _BULLET.match(line) else line for line in lines
    )
    for part in _SENTENCE.split(shown):
        sentence = " ".join(part.split())
        if 0 < len(sentence) <= _MAX_SENTENCE:
            yield sentence


def _read(sentence: str, language: str, today: date) -> Iterator[Promised]:
    said = _QUOTED.sub(" ", sentence)
    spoken = rewritten(_without_tag(said, language), language)
    if not spoken or spoken.rstrip(" \"')").endswith("?"):
        return
    days = find_stretches(spoken, today)
    if not _is_idle(spoken, language, has_day=bool(days)):
        yield from _placed(sentence, tuple(_cues(spoken, language)), days)


def _without_tag(said: str, language: str) -> str:
    body, comma, tag = said.rpartition(",")
    is_tag = plain(tag).strip(" ?!.") in {plain(each) for each in words(language, "tags")}
    return f"{body}." if comma and is_tag else said


def _is_idle(spoken: str, language: str, *, has_day: bool) -> bool:
    """Whether the whole sentence speaks of another time, another person, or of what may be."""
    if table(language, "elsewhere").search(spoken) or table(language, "done").search(spoken):
        return True
    if not has_day and table(language, "waits_for_them").search(spoken):
        return True
    orders = opening(language, "imperatives").match(spoken)
    if orders and table(language, "and_then").search(spoken, orders.end()):
        return True
    return _is_conditional(spoken, language, has_day=has_day)


def _is_conditional(spoken: str, language: str, *, has_day: bool) -> bool:
    for match in table(language, "condition").finditer(spoken):
        before, behind = spoken[: match.start()], spoken[match.end() :].lstrip()
        if any(behind.startswith(own) for own in words(language, "own_when")):
            continue
        if _asks_whether(before, language, has_day=has_day):
            continue
        return True
    return False


def _asks_whether(before: str, language: str, *, has_day: bool) -> bool:
    near = before[-24:]
    if language == "en" and has_day and near.rstrip().endswith("know"):
        return True
    return any(word in near for word in words(language, "whether"))


def _cues(spoken: str, language: str) -> Iterator[tuple[int, int, Cue]]:
    """Where the clauses that promise something stand, and how each does."""
    cue_of, hedged = _LANGUAGES[language], table(language, "hedges")
    goes_on, others = False, False
    for start, end in _clauses(spoken, _joint(language)):
        clause = spoken[start:end]
        said = Said(clause, spoken, may_drop_subject=not others, goes_on=goes_on)
        found = None if hedged.search(clause) else cue_of(said)
        goes_on = found is not None
        others = others or table(language, "others").search(clause) is not None
        if found is not None:
            yield start, end, found


@cache
def _joint(language: str) -> re.Pattern[str]:
    """What parts two clauses: a pause, or a word that joins them."""
    return re.compile(rf"{_PAUSE}|\s(?={any_of(words(language, 'joins'))}\s)")


def _clauses(spoken: str, joint: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    start = 0
    for match in joint.finditer(spoken):
        if spoken[start : match.start()].strip():
            yield start, match.start()
        start = match.end()
    if spoken[start:].strip():
        yield start, len(spoken)


def _placed(
    sentence: str, cues: tuple[tuple[int, int, Cue], ...], days: tuple[Stretch, ...]
) -> Iterator[Promised]:
    """Each promise with the day of its own clause, else with the one nearest behind it."""
    own = [[day for day in days if start <= day.start < end][-1:] for start, end, _ in cues]
    named = [day for found in own for day in found]
    if cues and days and not named:
        behind = [day for day in days if day.start >= cues[0][1]]
        named = (behind or list(days))[:1]
    if named:
        yield from (Promised(sentence, each.first, each.last) for each in named)
    elif any(cue is Cue.FIRM for _, _, cue in cues):
        yield Promised(sentence, None, None)
