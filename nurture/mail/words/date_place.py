"""The dates of a text, each with the words around it that tell what it is the date of."""

import re
from dataclasses import replace
from datetime import date
from typing import Final

from nurture.mail.words.date_mention import Grain, Mention, find_dates, order_shown
from nurture.mail.words.date_period import find_periods
from nurture.mail.words.date_words import any_of, fold, rows
from nurture.value import frozen

_MAX_CHARS: Final = 6000
_LOOK_BACK: Final = 90
_LOOK_AHEAD: Final = 70
_LEAST_STEM: Final = 5
# A forged Date header can name any year; beyond these the calendar's own arithmetic ends.
_FIRST_YEAR, _LAST_YEAR = 1970, 9000
_SENTENCE_END: Final = re.compile(r"[.!?;。！？]\s|\n\n|[。！？]")
_NOT_ENGLISH: Final = re.compile(
    r"(?<![^\W_])"
    + any_of([
        stem for language, row in rows("return").items() if language != "en"
        for stem in row if len(stem) >= _LEAST_STEM and not stem.startswith("respond")
    ])
)  # fmt: skip
_ENGLISH: Final = re.compile(r"(?<!\w)(?:the|and|will|you|your|out of office|i am|i'm)(?!\w)")


@frozen
class Place:
    """A mention with the words around it, all folded.

    `before` runs back over other mentions, `clause` only to the neighbour or the sentence's
    beginning, `after` to the neighbour or the sentence's end; `alone` says that no other mention
    follows in the sentence, `between` holds the words since the mention before it.
    """

    mention: Mention
    before: str
    clause: str
    after: str
    words: str
    alone: bool
    between: str


def find_places(text: str, today: date) -> tuple[str, list[Place]]:
    """The text as it may be quoted, and the dates in it that can be read in one way only.

    Reads a bounded beginning of the text. A slash date that could be two days is left out unless
    another mention, another slash date or a language without month-first dates decides it.
    """
    if not _FIRST_YEAR <= today.year <= _LAST_YEAR:
        return "", []
    cut = text[: _MAX_CHARS * 2].replace("\xa0", " ").replace("\u202f", " ")
    shown = re.sub(r"[^\S\n]+", " ", cut)
    shown = re.sub(r" ?\n ?(?:\n ?)+", "\n\n", shown)[:_MAX_CHARS]
    folded = fold(shown)
    dates, spans = find_dates(folded, today)
    periods = find_periods(folded, today, spans)
    mentions = sorted([*dates, *periods], key=lambda mention: mention.start)
    return shown, _place_all(folded, _settle(folded, mentions), mentions)


def _settle(folded: str, mentions: list[Mention]) -> list[Mention]:
    """Mentions with one reading each; a slash date nothing decides is left out."""
    clear = {m.first for m in mentions if m.grain is Grain.DATE and len(m.readings) == 1}
    order = order_shown(mentions, folded)
    if order is None and _NOT_ENGLISH.search(folded) and not _ENGLISH.search(folded):
        order = 0
    settled: list[Mention] = []
    for mention in mentions:
        agreeing = [day for day in mention.readings if day in clear]
        if len(mention.readings) == 1:
            settled.append(mention)
        elif len(agreeing) == 1:
            settled.append(_with_reading(mention, agreeing[0]))
        elif order is not None:
            settled.append(_with_reading(mention, mention.readings[order]))
    return settled


def _with_reading(mention: Mention, day: date) -> Mention:
    return replace(mention, readings=(day,), last=day)


def _place_all(folded: str, settled: list[Mention], mentions: list[Mention]) -> list[Place]:
    """The settled mentions with the words up to their neighbours, the unsettled ones included."""
    starts = sorted(each.start for each in mentions)
    ends = sorted(each.end for each in mentions)
    places: list[Place] = []
    for mention in settled:
        floor = max((end for end in ends if end <= mention.start), default=0)
        ceiling = min((start for start in starts if start >= mention.end), default=len(folded))
        before = folded[max(0, mention.start - _LOOK_BACK) : mention.start]
        own = folded[max(floor, mention.start - _LOOK_BACK) : mention.start]
        behind = folded[mention.end : min(ceiling, mention.end + _LOOK_AHEAD)]
        sentence = _SENTENCE_END.split(behind, maxsplit=1)[0]
        places.append(
            Place(
                mention=mention,
                before=before,
                clause=_SENTENCE_END.split(own)[-1],
                after=sentence,
                words=folded[mention.start : mention.end],
                alone=ceiling == len(folded) or len(sentence) < len(behind),
                between=folded[floor : mention.start].strip(" ,") if floor else "",
            )
        )
    return places
