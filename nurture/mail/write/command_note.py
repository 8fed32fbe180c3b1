"""The lines of a notice that say how to answer it, so that no command reaches a contact."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

_WIDTH: Final = 72
_TAPPED: Final = frozenset({"mine", "done", "not interested", "stop", "approve", "skip"})


def answer_lines(sayings: Sequence[str]) -> str:
    """Below a notice whose reply comes to us."""
    if not sayings:
        return ""
    return "\n".join(("", "Answer this mail with one line:", *_listed(sayings), ""))


def aside_lines(sayings: Sequence[str], address: str, token: str) -> str:
    """Below a brief, whose reply goes to the contact: commands have an address of their own.

    Where that is the plain address of the account, the subject must carry the token.
    """
    if not sayings:
        return ""
    subject = "nurture" if token in address else f"nurture [{token}]"
    first = (
        "",
        "To nurture: never by a reply, which they would read, but by one line to",
        f"  {address}" + ("" if token in address else f" with the subject {subject}"),
        *_listed(sayings),
        "or by one tap:",
    )
    taps = [
        f"  mailto:{quote(address, safe='@+')}?subject={quote(subject)}&body={quote(each)}"
        for each in sayings
        if each in _TAPPED
    ]
    return "\n".join((*first, *taps, ""))


def _listed(sayings: Sequence[str]) -> list[str]:
    """Side by side, so far as a line goes."""
    lines: list[str] = []
    for each in sayings:
        if lines and len(lines[-1]) + len(each) + 3 <= _WIDTH:
            lines[-1] += f" | {each}"
        else:
            lines.append(f"  {each}")
    return lines
