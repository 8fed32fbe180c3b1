"""What a server's refusal means: whom it speaks about first, then how final it is."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Final

from nurture.mail.delivery import Answer, Deferred, Phase, Rejected, Scope
from nurture.value import frozen

_ENHANCED: Final = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
_CLOSING: Final = 421
_PERMANENT: Final = 500

# Before a recipient is named nothing can be his fault (RFC 5321 section 3.3).
_UNNAMED: Final = frozenset({Phase.CONNECT, Phase.AUTH, Phase.MAIL})
_OPENING: Final = frozenset({Phase.CONNECT, Phase.AUTH})


@frozen
class Row:
    """One line of the table: all it names must hold; what it leaves empty holds always."""

    scope: Scope
    source: str
    code: tuple[int, ...] = ()
    enhanced: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    phase: tuple[str, ...] = ()
    provider: str = ""
    retry: bool = False
    dead: bool = False
    advice: str = ""

    def matches(self, answer: Answer, provider: str) -> bool:
        """Whether the row speaks about this answer of a server of this provider."""
        words = answer.text.casefold()
        return (
            (not self.code or answer.code in self.code)
            and (not self.phase or answer.phase in self.phase)
            and (not self.provider or self.provider == provider)
            and (not self.enhanced or any(_covers(each, answer) for each in self.enhanced))
            and (not self.text or any(each in words for each in self.text))
        )


def classify(answer: Answer, provider: str = "") -> Deferred | Rejected:
    """What a 4xx or 5xx, or a failure before the final dot, comes to (domain.md P20 to P24).

    The enhanced code and the words decide, never three digits alone.  A 5xx nobody knows is
    Rejected with scope UNKNOWN, for a person to read; a 4xx nobody knows waits, at the scope
    its phase allows; trouble before MAIL speaks about the account, whatever its digits.
    """
    row = _row(answer, provider)
    if row is not None:
        return Deferred(answer, row.scope) if row.retry else Rejected(answer, row.scope)
    if answer.phase in _OPENING or answer.code == _CLOSING or not answer.code:
        return Deferred(answer, Scope.ACCOUNT)
    if answer.code >= _PERMANENT:
        return Rejected(answer, Scope.UNKNOWN)
    if answer.phase in _UNNAMED:
        return Deferred(answer, Scope.ACCOUNT)
    return Deferred(answer, Scope.RECIPIENT if answer.phase is Phase.RCPT else Scope.DOMAIN)


def says_address_is_dead(rejected: Rejected) -> bool:
    """Whether the refusal is certain to be about the address and for good (domain.md P22)."""
    if rejected.scope is not Scope.RECIPIENT:
        return False
    row = _row(rejected.answer, "")
    return row is not None and row.dead


def advice_on(answer: Answer) -> str:
    """What a person does about an answer whose words alone leave them helpless, else empty."""
    row = _row(answer, "")
    return row.advice if row else ""


def enhanced_in(text: str) -> str:
    """The enhanced status code with which a reply's words begin or which they hold, else empty."""
    found = _ENHANCED.search(text)
    return found[0] if found else ""


def _row(answer: Answer, provider: str) -> Row | None:
    return next((row for row in _table() if row.matches(answer, provider)), None)


def _covers(pattern: str, answer: Answer) -> bool:
    told = enhanced_in(answer.text)
    if not pattern or not told:
        return pattern == told
    wanted, given = pattern.split("."), told.split(".")
    if wanted[:2] != given[:2]:
        return False
    low, _, high = wanted[2].partition("-")
    return low == "*" or int(low) <= int(given[2]) <= int(high or low)


@cache
def _table() -> tuple[Row, ...]:
    text = files("nurture.mail.write").joinpath("smtp_status.toml").read_text("utf-8")
    return tuple(
        Row(
            scope=Scope(row["scope"]),
            source=row["source"],
            code=tuple(row.get("code", ())),
            enhanced=tuple(row.get("enhanced", ())),
            text=tuple(row.get("text", ())),
            phase=tuple(row.get("phase", ())),
            provider=row.get("provider", ""),
            retry=row.get("retry", False),
            dead=row.get("dead", False),
            advice=row.get("advice", ""),
        )
        for row in tomllib.loads(text)["row"]
    )
