"""One line of an owner's answer, read as a command or not at all."""

import re
from datetime import date
from typing import Final

from nurture.mail.words.amount import read_amount
from nurture.mail.words.command import Command, Unread, Verb, Why
from nurture.mail.words.command_day import read_day
from nurture.mail.words.command_word import channels, finished, frame, verbs
from nurture.mail.words.date_words import any_of, fold

_LONGEST: Final = 300
_NUMBER: Final = r"(?:\s*(?:#|nr\.?|no\.?)?\s*(?P<number>\d{1,9}))"
_HASHED: Final = r"(?:\s*#\s?(?P<number>\d{1,9}))"
_TEXT: Final = r"(?:\s*(?::|\s[-–—])\s*(?P<text>.*))"
_DATED: Final = frozenset({Verb.LATER, Verb.SNOOZE})
_MAY_BE_DATED: Final = frozenset({Verb.RESUME})
_DONE: Final = any_of(each for each, verb in verbs().items() if verb is Verb.DONE)
_VERB: Final = any_of(verbs())
_COURTESY: Final = re.compile(rf"(?:{any_of(frame('before'))})[\s,:]+(?=\S)")
_THANKS: Final = re.compile(rf"(?<=\S)[\s,.!]+(?:{any_of(frame('behind'))})[\s.!]*$")

# "call done: voicemail", "call 7 done", "done call 7", "called: voicemail".
_BY_HAND: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<channel>{any_of(channels())}){_NUMBER}?\s+(?:is\s+|ist\s+)?(?:{_DONE}){_TEXT}?",
        rf"(?:{_DONE})\s+(?P<channel>{any_of(channels())}){_NUMBER}?{_TEXT}?",
        rf"(?P<channel>{any_of(finished())}){_NUMBER}?{_TEXT}?",
    )
)
_PLAIN: Final = re.compile(rf"(?P<verb>{_VERB}){_NUMBER}?{_TEXT}?")
_WITH_REST: Final = re.compile(rf"(?P<verb>{_VERB})(?:{_HASHED}(?!\w))?[\s:]+(?P<rest>\S.*)")


def read_lines(written: str, today: date) -> Command | Unread:
    """What `read_command` promises."""
    lines = [" ".join(line.split()) for line in written.split("\n") if line.strip()]
    if not lines:
        return Unread("", Why.EMPTY)
    first = lines[0][: _LONGEST + 1]
    if len(first) > _LONGEST:
        return Unread(f"{first[:60]} ...", Why.UNKNOWN)
    found = _read_line(first, today)
    if isinstance(found, Command) and found.verb is not Verb.NOTE:
        below = (_read_line(line, today) for line in lines[1:] if len(line) <= _LONGEST)
        if any(isinstance(each, Command) for each in below):
            return Unread(first, Why.SEVERAL)
    return found


def _read_line(line: str, today: date) -> Command | Unread:
    bare = _bare(line)
    folded = fold(bare)
    for pattern in _BY_HAND:
        if match := pattern.fullmatch(folded):
            word = match["channel"]
            channel = finished().get(word) or channels()[word]
            text = _own(match, bare)
            return Command(Verb.DONE, line, _number(match), channel=channel, text=text)
    if (match := _PLAIN.fullmatch(folded)) and (plain := _plain(match, line, bare)):
        return plain
    return _with_rest(line, bare, folded, today)


def _plain(match: re.Match[str], line: str, bare: str) -> Command | None:
    verb, number, text = verbs()[_one_blank(match["verb"])], _number(match), _own(match, bare)
    needs_more = verb in _DATED or verb is Verb.NOTE
    is_figure = number is not None and verb in {Verb.WON, Verb.RESUME}
    if needs_more or is_figure or (text and verb not in {Verb.DONE, Verb.NOT_INTERESTED}):
        return None
    return Command(verb, line, number, text=text)


def _with_rest(line: str, bare: str, folded: str, today: date) -> Command | Unread:
    """Where something must stand behind the verb: a sum, a day, words to keep."""
    if verbs().get(_one_blank(folded)) in _DATED:
        return Unread(line, Why.NO_DAY)
    match = _WITH_REST.fullmatch(folded)
    if match is None:
        return Unread(line, Why.UNKNOWN)
    verb, number, rest = verbs()[_one_blank(match["verb"])], _number(match), match["rest"]
    if verb is Verb.NOTE:
        return Command(verb, line, number, text=_own(match, bare, "rest"))
    if verb is Verb.WON:
        amount = read_amount(rest)
        return Command(verb, line, number, amount=amount) if amount else _no(line, Why.NO_AMOUNT)
    if verb in _DATED or verb in _MAY_BE_DATED:
        day = read_day(rest, today)
        return Command(verb, line, number, day=day) if day else _no(line, Why.NO_DAY)
    return Unread(line, Why.UNKNOWN)


def _no(line: str, why: Why) -> Unread:
    return Unread(line, why)


def _bare(line: str) -> str:
    """The line without courtesy at its ends and without its full stop."""
    shown = line.strip(" .!\"'“”„*_`").strip()
    if match := _COURTESY.match(fold(shown)):
        shown = shown[match.end() :]
    if match := _THANKS.search(fold(shown)):
        shown = shown[: match.start()]
    return shown.strip(" .!")


def _number(match: re.Match[str]) -> int | None:
    written = match["number"]
    return int(written) if written else None


def _own(match: re.Match[str], bare: str, name: str = "text") -> str:
    """Their words as they wrote them: folding keeps every place."""
    start, end = match.span(name)
    return bare[start:end].strip() if start >= 0 else ""


def _one_blank(words: str) -> str:
    return " ".join(words.split())
