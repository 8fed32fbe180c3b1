"""The marks of a quotation: `>` lines, "X wrote:" intros, header blocks and drawn dividers."""

import re
from functools import cache
from typing import Final

from nurture.mail.words.quote_words import DIVIDERS, FIELDS, MARKS, OPENERS, REPLY_ABOVE, WROTE

LOOK_AHEAD: Final = 40
_MAX_LINE: Final = 300
_INTRO_LINES: Final = 4
_HEADER_LINES: Final = 14
_HEADER_GAP: Final = 2
_LEAST_FIELDS: Final = 3
_MAX_ABOVE_CHARS: Final = 120


def _alternation(phrases: list[str]) -> str:
    return "|".join(re.escape(words) for words in sorted(set(phrases), key=len, reverse=True))


# "JD> words" is how The Bat! quotes, "|words" how s-nail does, while a table's row also ends in
# "|"; ">From " is an mbox escape, not a quotation.
_QUOTED: Final = re.compile(
    r"\s{0,8}(?:>(?!From )|[A-Z][A-Za-z]{0,2}>(?:\s|$)|\|(?!.{0,300}\|\s*$))"
)
# "Thanks! On Mon, 9 Mar 2026, Ann wrote:" where a phone forgot the line end.
_SHARED: Final = re.compile(r"([^<>@\d:]{1,120}?)\s((?:On|Am|Le|El|Il|Op|Em|Den|Dnia|Dne)\s.*)")
_QUOTE_MARKS: Final = re.compile(r"[ \t]{0,8}(?:>[ \t]?){1,20}")
_TIME: Final = re.compile(r"(?<!\d)\d{1,2}[.:h]\d\d(?!\d)")
_ADDRESS: Final = re.compile(r"[^\s<>@]@[\w-]{1,63}\.\w|\[at\]")
_DATE: Final = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d(?!\d)|\d{1,2}[./-]\d{1,2}[./-]\d{2}|\d{1,2}[.:h]\d\d(?!\d))"
)
_BARE: Final = re.compile(r"\d{4}[/-]\d{1,2}[/-]\d{1,2}\b.{0,200}<[^<>\s]{1,150}@[^<>\s]{1,150}>")
_DASHED: Final = re.compile(r"-{3,20} ?.{1,80} ?-{3,20}")
_FORWARDED_BY: Final = re.compile(r"-{3,60} ?forwarded by .{1,120}")
_FIELD: Final = re.compile(r"([^:：<>@]{1,30})[:：]")
_KINDS: Final = {name: kind for kind, names in FIELDS.items() for name in names}
_LINK: Final = re.compile(r"\s{0,8}[(<]?\s?https?://\S{1,250}(?:\s.{0,40})?")
_WRAPPED_END: Final = re.compile(r">\s{0,2}[^>]{0,40}[:：]$")


# These two take a while to make, and a daemon is to be ready before it reads its first mail.
@cache
def _verb() -> re.Pattern[str]:
    verbs = [verb for row in WROTE.values() for verb in row]
    # Scripts from Hebrew on put no blank between name and verb: no word boundary is asked there.
    spaced = _alternation([verb for verb in verbs if verb[0] < "\u0590"])
    unspaced = _alternation([verb for verb in verbs if verb[0] >= "\u0590"])
    return re.compile(rf"(?<!\w)(?:{spaced})(?!\w)|(?:{unspaced})")


@cache
def _divider() -> re.Pattern[str]:
    return re.compile(
        rf"[*_\s]{{0,3}}[-_=—‐]{{2,60}}\s{{0,3}}(?:{_alternation(list(DIVIDERS))})(?: .{{0,80}})?"
        r"\s{0,3}:?[-_=—‐]{2,60}[*_\s]{0,3}"
    )


def is_quoted(line: str) -> bool:
    """Whether the line carries a quotation mark."""
    return bool(_QUOTED.match(line))


def next_filled(lines: list[str], at: int) -> int:
    """Index of the first line from `at` on that is not blank; the length if there is none."""
    while at < len(lines) and not lines[at].strip():
        at += 1
    return at


def quoted_after(lines: list[str], at: int) -> bool:
    """Whether the next words are a marked quotation."""
    following = next_filled(lines, at)
    return following < len(lines) and is_quoted(lines[following])


def block_end(lines: list[str], at: int) -> int:
    """Index after the quotation that begins at `at`, blank and wrapped lines inside included."""
    end = at
    while at < len(lines):
        if is_quoted(lines[at]):
            at += 1
            end = at
        elif not lines[at].strip():
            at = next_filled(lines, at)
            if at < len(lines) and not is_quoted(lines[at]):
                break
        elif _is_wrapped(lines, at):
            at += 1
        else:
            break
    return end


def _is_wrapped(lines: list[str], at: int) -> bool:
    """Whether an unmarked line inside a quotation was torn off the marked one above."""
    if not quoted_after(lines, at + 1):
        return False
    above = lines[at - 1][:_MAX_LINE]
    return (
        above.count("(") > above.count(")")
        or above.count("<") > above.count(">") - 1 > 0
        or bool(_LINK.fullmatch(lines[at][:_MAX_LINE]))
    )


def part_shared(lines: list[str]) -> list[str]:
    """The lines, with an answer and an intro that share a line put on two."""
    parted: list[str] = []
    for line in lines:
        shared = _SHARED.fullmatch(line) if line.endswith(":") and len(line) < _MAX_LINE else None
        if shared is not None and _is_own(shared[1]) and _is_intro(shared[2], marked=False):
            parted.extend(shared.groups())
        else:
            parted.append(line)
    return parted


def _is_own(words: str) -> bool:
    head = words.casefold().split(maxsplit=1)[:1]
    return bool(head) and head[0] not in OPENERS and head[0][0].isalpha()


def is_introduced(lines: list[str], at: int) -> bool:
    """Whether the quotation at `at` names its author in its own first lines."""
    inner = [_QUOTE_MARKS.sub("", line[:_MAX_LINE], count=1) for line in lines[at : at + 20]]
    start = next_filled(inner, 0)
    return start < len(inner) and (
        intro_length(inner, start) > 0 or headers_length(inner, start) > 0
    )


def intro_length(lines: list[str], at: int) -> int:
    """How many lines (0 for none) from `at` are an intro such as "On ..., X wrote:" or a divider.

    An intro followed by unmarked words needs an address or a date beside its verb; one followed
    by `>` lines needs less. One that is wrapped is joined over up to four lines.
    """
    first = lines[at][:_MAX_LINE].strip(" \t*_")
    if not first or is_quoted(lines[at]):
        return 0
    if _is_divider(first):
        return 1
    joined = first
    for length in range(1, (_INTRO_LINES if _may_wrap(first) else 1) + 1):
        if length > 1:
            piece = _continuation(lines, at + length - 1, joined)
            if piece is None:
                return 0
            joined = f"{joined} {piece}"
        if _is_intro(joined, marked=quoted_after(lines, at + length)):
            return length
    return 0


def asks_above(line: str) -> bool:
    """Whether a help desk asks here to be answered above this line."""
    words = line[:_MAX_LINE].casefold()
    return len(line) <= _MAX_ABOVE_CHARS and any(mark in words for mark in REPLY_ABOVE)


def _is_divider(line: str) -> bool:
    words = line.casefold()
    if words in MARKS or _divider().fullmatch(words) or _FORWARDED_BY.fullmatch(words):
        return True
    return bool(_DASHED.fullmatch(words)) and words.strip("- :").endswith(WROTE["en"])


def _continuation(lines: list[str], at: int, joined: str) -> str | None:
    if at >= len(lines):
        return None
    piece = lines[at][:_MAX_LINE].strip(" \t*_")
    torn = joined.count("<") > joined.count(">") and bool(_WRAPPED_END.match(piece))
    return piece if piece and (torn or not is_quoted(lines[at])) else None


def _may_wrap(first: str) -> bool:
    """Whether an intro can have begun on this line; a finished sentence has not."""
    if first.endswith(("!", "?")) or (first.endswith(".") and not first[-2:-1].isdigit()):
        return False
    return _opens(first) or bool(_ADDRESS.search(first)) or first.endswith(("<", "wrote in"))


def _opens(words: str) -> bool:
    head = words.split(maxsplit=1)[0].casefold().rstrip(".,")
    return head[:1].isdigit() or (head in OPENERS and any(sign.isdigit() for sign in words))


def _is_intro(joined: str, *, marked: bool) -> bool:
    words = joined.rstrip(" *_\u200e\u200f").casefold()
    if _BARE.match(words) and words.endswith((">", ">:")):
        return True
    stem = words.rstrip(" :：")
    colon = stem != words.rstrip()
    verb = max(_verb().finditer(stem), key=re.Match.end, default=None)
    at_end = verb is not None and verb.end() == len(stem)
    if not colon and not (at_end and marked):
        return False
    address, date = bool(_ADDRESS.search(words)), bool(_DATE.search(words))
    stamped = date and bool(_TIME.search(words)) and len(_DATE.findall(words)) > 1
    if marked:
        return verb is not None or address or stamped or (date and _opens(words))
    if verb is None:
        return stamped and stem.endswith(">")
    return address or (stamped and stem[-1:].isdigit()) or (date and (at_end or _opens(words)))


def headers_length(lines: list[str], at: int) -> int:
    """How many lines (0 for none) from `at` are a quoted mail's headers, as Outlook writes them."""
    end = _header_end(lines, at)
    return end - at if end else 0


def _header_end(lines: list[str], at: int) -> int:
    """Index after the header block at `at`, 0 where there is none."""
    if _kind(lines[at]) is None:
        return 0
    kinds: set[str] = set()
    end, gap, address = at, 0, False
    for index in range(at, min(len(lines), at + _HEADER_LINES)):
        kind = _kind(lines[index])
        gap = gap + 1 if kind is None else 0
        if gap > _HEADER_GAP:
            break
        address = address or "@" in lines[index][:_MAX_LINE]
        if kind is not None:
            kinds.add(kind)
            end = index + 1
    if {"date", "to", "subject"} <= kinds:
        return end
    if "from" not in kinds:
        return 0
    named = "subject" in kinds and (address or len(kinds) >= _LEAST_FIELDS)
    return end if named or ("date" in kinds and address) else 0


def _kind(line: str) -> str | None:
    found = _FIELD.match(line[:_MAX_LINE].strip(" \t>*_"))
    return _KINDS.get(found[1].strip(" *_").casefold()) if found else None


def below_headers(tail: list[str]) -> list[str]:
    """The quoted mail's own words: what stands below its divider, intro and headers."""
    at = next_filled(tail, 0)
    while at < len(tail):
        length = intro_length(tail, at)
        end = _header_end(tail, at)
        if not length and not end:
            break
        if end:
            while end < len(tail) and tail[end].strip():
                end += 1
        at = next_filled(tail, end or at + length)
    return tail[at:]
