"""Words from elsewhere, as one line or as an excerpt, and never more than that."""

import re
from typing import Final

from nurture.mail.words.html_text import to_text

_LONGEST_LINE: Final = 200
_EXCERPT: Final = 600
_END: Final = re.compile(r"[.!?…]['\"”’)]?\s")
_LANGUAGE: Final = re.compile(r"([a-z]{2})(?:[-_].*)?", re.IGNORECASE)


def one_line(written: str, *, is_html: bool = True) -> str:
    """A title or a name: printable, in one line, cut at two hundred characters."""
    return _cut(_printable(to_text(written) if is_html else written), _LONGEST_LINE)


def excerpt(written: str, *, is_html: bool = True) -> str:
    """The beginning, up to the end of a sentence where there is one in good time."""
    whole = _printable(to_text(written) if is_html else written)
    if len(whole) <= _EXCERPT:
        return whole
    ends = [found.end() for found in _END.finditer(whole[:_EXCERPT])]
    if ends and ends[-1] > _EXCERPT // 3:
        return whole[: ends[-1]].strip()
    return _cut(whole, _EXCERPT)


def language_of(written: str) -> str:
    """The two letters of a language tag (RFC 5646); empty for anything else."""
    found = _LANGUAGE.fullmatch(written.strip())
    return found[1].lower() if found else ""


def _printable(text: str) -> str:
    """Without control signs, and without what turns the direction of what follows."""
    return " ".join("".join(s if s.isprintable() else " " for s in text).split())


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rsplit(' ', 1)[0].rstrip(' ,;:')}…"
