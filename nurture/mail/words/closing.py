"""The ends of a mail nobody typed for it: signature, device line, legal notice."""

import re
from itertools import islice
from typing import Final

from nurture.mail.words.quote_words import DEVICE_OPENERS, DEVICES, DISCLAIMERS

# RFC 3676 4.3 names "-- "; programs lose the blank or draw a dash, people keep it short.
_SEPARATOR: Final = re.compile(r"(?:--|—|––|_{2,40}|-- -)\s*")
_MAX_SIGNATURE_LINES: Final = 12
_MAX_DEVICE_CHARS: Final = 110
_MARKS_OF_NOTICE: Final = 2
_LEAST_NOTICE_CHARS: Final = 60
_WRAPPING: Final = " \t<([*_-~"


def is_separator(line: str) -> bool:
    """Whether a line of its own parts the words from the signature (RFC 3676 section 4.3)."""
    return bool(_SEPARATOR.fullmatch(line[:60]))


def opens_signature(lines: list[str], at: int, *, dashes_only: bool = False) -> bool:
    """Whether the rest of the lines from `at` on is a signature: a separator, then few lines.

    With `dashes_only` the two dashes of RFC 3676 section 4.3 alone count as a separator.
    """
    if not is_separator(lines[at]) or (dashes_only and not lines[at].startswith("--")):
        return False
    filled = (line for line in islice(lines, at + 1, None) if line.strip())
    return sum(1 for _ in islice(filled, _MAX_SIGNATURE_LINES + 1)) <= _MAX_SIGNATURE_LINES


def without_dashes(lines: list[str]) -> list[str]:
    """The lines above a signature set off by the two dashes, if words stand there."""
    for at in range(len(lines)):
        if opens_signature(lines, at, dashes_only=True) and any(x.strip() for x in lines[:at]):
            return lines[:at]
    return lines


def is_device_line(line: str) -> bool:
    """Whether the line is the advertisement a phone or mail app adds ("Sent from my iPhone")."""
    if len(line) > _MAX_DEVICE_CHARS:
        return False
    words = line.strip(_WRAPPING).casefold()
    return words.startswith(DEVICE_OPENERS) and _names_device(words)


def strip(own: list[str]) -> list[str]:
    """The lines without signature, device lines and closing legal notice.

    Only what is certain goes: a separator counts when few lines follow and some precede it.
    """
    lines = _before_signature(own)
    lines = [line for line in lines if not is_device_line(line)]
    return _before_notice(lines)


def _names_device(words: str) -> bool:
    # "Sent from my desk, is easier than my mobile phone" is a sentence: the device comes first.
    head = words.split(",", 1)[0]
    return any(device in head for device in DEVICES)


def _before_signature(lines: list[str]) -> list[str]:
    for at in range(len(lines)):
        if opens_signature(lines, at) and any(above.strip() for above in lines[:at]):
            return lines[:at]
    return lines


def _before_notice(lines: list[str]) -> list[str]:
    end = len(lines)
    while end:
        start = end
        while start and lines[start - 1].strip():
            start -= 1
        paragraph = " ".join(lines[start:end])
        if paragraph and not _is_notice(paragraph):
            return lines[:end]
        end = max(start - 1, 0) if not paragraph else start
    return lines if any(line.strip() for line in lines) else []


def _is_notice(paragraph: str) -> bool:
    words = paragraph.casefold()
    return len(words) >= _LEAST_NOTICE_CHARS and any(
        sum(mark in words for mark in row) >= _MARKS_OF_NOTICE for row in DISCLAIMERS.values()
    )
