"""What the sender wrote, told apart from what the mail program quoted below, above or around it."""

import re
from dataclasses import dataclass
from typing import Final

from nurture.mail.words import closing, html_text, quote_mark
from nurture.mail.words.quote_words import PLACEHOLDERS
from nurture.value import frozen

# A person's answer is far shorter; the caps bound the work on hostile mail (reliability.md R9).
_MAX_CHARS: Final = 64 * 1024
_MAX_LINES: Final = 2000
_PLACEHOLDER_CHARS: Final = 300

_INVISIBLE: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200e\u200f\u2060\ufeff\xad\0"))
_MARKUP: Final = re.compile(
    r"\s{0,200}<(?:!doctype|html|head|body|div|p|table|meta)\b", re.IGNORECASE
)
_RULE_LINE: Final = re.compile(r"[\s>]*[-_=*─—]{5,}\s*")


@frozen
class Written:
    """One mail, taken apart.

    text    what the sender wrote, quotes removed, the signature kept unless two dashes set it
            off (RFC 3676 section 4.3); a quotation without an intro
            that the answer goes on below stays, because the answer makes no sense without it;
            a mail that is nothing but a forwarded one shows that one
    body    the sender's own words alone: no quoted line, no signature, no legal notice; empty
            where nobody can tell who wrote the words. What word signals read
    quoted  everything cut away as quotation, in its order
    """

    text: str
    body: str
    quoted: str


@dataclass(slots=True)
class _Cut:
    """The lines of a mail, sorted into own (with a flag for kept quotes) and quoted."""

    own: list[tuple[str, bool]]
    quoted: list[str]
    tail: list[str]


def visible(plain: str, html: str) -> Written:
    """Take a mail's words apart; never raises, and works in time linear in the (capped) length.

    `plain` and `html` are the decoded bodies, either may be empty. Plain wins unless it is blank,
    a placeholder for the HTML part, or HTML itself.
    """
    lines = quote_mark.part_shared(_lines(_source(plain, html)))
    cut = _sort(lines)
    text = _trim(closing.without_dashes([line for line, _ in cut.own]))
    spoken = "\n".join(closing.strip([line for line, quote in cut.own if not quote]))
    quoted = _trim([*cut.quoted, *cut.tail])
    if not text and cut.tail:
        inner = _sort(quote_mark.below_headers(cut.tail))
        text = _trim([line for line, _ in inner.own]) or _trim(inner.tail)
    return Written(text=text, body=spoken.strip(), quoted=quoted)


def _source(plain: str, html: str) -> str:
    head = plain[:_PLACEHOLDER_CHARS].casefold()
    empty = not plain.translate(_INVISIBLE).strip()
    if _MARKUP.match(plain):
        return html_text.to_text(plain)
    placeholder = len(plain) < _PLACEHOLDER_CHARS and any(words in head for words in PLACEHOLDERS)
    if html and (empty or placeholder):
        return html_text.to_text(html) or plain
    return plain


def _lines(source: str) -> list[str]:
    shown = source[:_MAX_CHARS].translate(_INVISIBLE).replace("\xa0", " ")
    unified = shown.replace("\r\n", "\n").replace("\r", "\n")
    return [line.rstrip() for line in unified.split("\n", _MAX_LINES)[:_MAX_LINES]]


def _sort(lines: list[str]) -> _Cut:
    cut = _Cut([], [], [])
    at, introduced = 0, False
    while at < len(lines):
        intro = _opening(lines, at)
        marked = quote_mark.quoted_after(lines, at + intro) if intro else False
        if marked or quote_mark.is_quoted(lines[at]):
            introduced = introduced or marked or quote_mark.is_introduced(lines, at)
            begin = quote_mark.next_filled(lines, at + intro)
            end = quote_mark.block_end(lines, begin)
            if not introduced and _goes_on(lines, end):
                cut.own.extend((line, True) for line in lines[at:end])
            else:
                end = _with_signature(lines, end)
                cut.quoted.extend(lines[at:end])
            at = end
        elif quote_mark.asks_above(lines[at]) and not any(line.strip() for line, _ in cut.own):
            cut.quoted.append(lines[at])
            at += 1
        elif intro or quote_mark.asks_above(lines[at]):
            cut.tail.extend(lines[at:])
            break
        else:
            cut.own.append((lines[at], False))
            at += 1
    return _without_rule(cut)


def _opening(lines: list[str], at: int) -> int:
    """How many lines from `at` announce a quotation, 0 for none."""
    return quote_mark.intro_length(lines, at) or quote_mark.headers_length(lines, at)


def _with_signature(lines: list[str], end: int) -> int:
    """A signature below a quotation closes the mail, not the words above."""
    at = quote_mark.next_filled(lines, end)
    return len(lines) if at < len(lines) and closing.opens_signature(lines, at) else end


def _goes_on(lines: list[str], end: int) -> bool:
    """Whether own words follow a quotation: then it is an inline answer."""
    for at in range(end, min(len(lines), end + quote_mark.LOOK_AHEAD)):
        if _opening(lines, at):
            return False
        if closing.is_separator(lines[at]) or closing.is_device_line(lines[at]):
            return False
        if lines[at].strip() and not quote_mark.is_quoted(lines[at]):
            return True
    return False


def _without_rule(cut: _Cut) -> _Cut:
    """Drop the drawn line a program puts between answer and quotation."""
    if not cut.tail and not cut.quoted:
        return cut
    while cut.own and (not cut.own[-1][0].strip() or _RULE_LINE.fullmatch(cut.own[-1][0])):
        cut.own.pop()
    return cut


def _trim(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n").rstrip()
