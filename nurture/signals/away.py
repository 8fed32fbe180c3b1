"""Away notes: somebody is absent and comes back, said by a machine."""

import re
from datetime import date
from typing import Final

from nurture.core.verdict import Evidence, Meaning, Weight
from nurture.mail.phrase import by_language
from nurture.mail.read.heard import Heard
from nurture.mail.words.written_date import find_return

# Behind the words of absence a responder sets a colon, the old subject, or nothing.
_RESPONDER_TAIL: Final = re.compile(r"^\W{0,3}(?:$|[:：(\[-]|re\b|aw\b|auto|antw|antwort)")
_TALK: Final = re.compile(r"\?|let's|call me|but yes|yes,|\bja,|\boui\b|sounds good")
_WORDS_LIMIT: Final = 250
_FORMULAS: Final = 2


def detect(heard: Heard) -> Evidence | None:
    """Two cues in the new words, absence and return (domain.md D11), or a subject and one cue.

    Gives the return date where the words name one for certain.  Words alone never prove a
    machine: "I'm out until Monday but yes, let's talk" is a person.
    """
    groups = by_language("nurture.signals")
    text = heard.body or heard.text
    absences = groups["absence"].languages(text)
    returns = groups["back"].languages(text)
    both = next((lang for lang in absences if lang in returns), "")
    subject, names_absence = _subject(heard)
    one_cue = absences or (names_absence and (returns or not text))
    if not both and not (subject and one_cue):
        return _dated(heard)
    if heard.word_count > _WORDS_LIMIT and not subject:
        return None
    cues = (subject, absences.get(both) or next(iter(absences.values()), ""), returns.get(both, ""))
    doubted = bool(_TALK.search(text)) and not subject
    found = _return_date(heard)
    return Evidence(
        signal="away",
        meaning=Meaning.AUTO_REPLY,
        weight=_weight(bool(subject), both=bool(both), doubted=doubted),
        quote=" ... ".join(cue for cue in cues if cue),
        proves_machine=bool(subject and absences)
        or (bool(both) and not doubted and (_is_bulk(heard) or _is_form(heard))),
        return_date=found,
    )


def _dated(heard: Heard) -> Evidence | None:
    """A day of return alone: a fact, should headers prove that a responder wrote."""
    found = _return_date(heard) if heard.word_count <= _WORDS_LIMIT else None
    if found is None:
        return None
    return Evidence("away", None, Weight.HINT, f"back {found.isoformat()}", return_date=found)


def _is_form(heard: Heard) -> bool:
    """Two formulas that a note to anybody is made of, above no quotation and with no question.

    Gateways strip the headers of responders; a person's program quotes what it answers.
    """
    if heard.written.quoted or "?" in heard.body or not heard.is_answer:
        return False
    said = by_language("nurture.signals")["responder"].several(heard.body, _FORMULAS)
    return len(said) >= _FORMULAS


def _is_bulk(heard: Heard) -> bool:
    """The mark of the oldest vacation programs, which answer with "Re:" and nothing else."""
    return (heard.inbound.header("precedence") or "").strip().lower() in {"bulk", "junk"}


def _weight(subject: bool, *, both: bool, doubted: bool) -> Weight:
    if subject and both:
        return Weight.CERTAIN
    return Weight.HINT if doubted else Weight.LIKELY


def _subject(heard: Heard) -> tuple[str, bool]:
    """A responder's subject, and whether it names an absence by itself."""
    if heard.is_reply_subject:
        return "", False
    groups = by_language("nurture.signals")
    words = groups["away_subject"].opens(heard.opening)
    if words and _RESPONDER_TAIL.match(heard.opening[len(words) :]):
        return words, True
    return groups["auto_subject"].opens(heard.opening), False


def _return_date(heard: Heard) -> date | None:
    """The first day back; None where the words leave two readings open (R15: none wrong)."""
    if heard.today is None:
        return None
    for text in (heard.written.text, heard.inbound.subject):
        found = find_return(text, today=heard.today)
        if found and found.certain:
            return found.first_day_back
    return None
