"""Sums of money as people write them: 4200, 4.200,50 EUR, $4,200, 4k."""

import re
from decimal import Decimal
from typing import Final

from nurture.mail.words.command import Amount
from nurture.mail.words.command_word import currencies, thousands
from nurture.mail.words.date_words import any_of

_GROUPED: Final = r"\d{1,3}(?:(?P<group>[.,' ])\d{3})(?:(?P=group)\d{3}){0,3}"
_FIGURE: Final = (
    rf"(?P<whole>{_GROUPED}|\d{{1,12}})(?:(?!(?P=group))[.,](?P<part>\d{{1,2}}|-{{1,2}}))?"
)
_COIN: Final = any_of(currencies())
_SUM: Final = re.compile(
    rf"(?P<before>{_COIN})?\s?{_FIGURE}\s?(?P<many>{any_of(thousands())})?\s?(?P<behind>{_COIN})?"
)


def read_amount(folded: str) -> Amount | None:
    """The sum that the whole folded text names; None where it names none, or two currencies."""
    found = _SUM.fullmatch(folded.strip())
    if found is None or (found["before"] and found["behind"]):
        return None
    whole = re.sub(r"\D", "", found["whole"])
    part = (found["part"] or "").strip("-")
    number = Decimal(f"{whole}.{part or 0}").normalize()
    if found["many"]:
        number *= 1000
    coin = found["before"] or found["behind"]
    return Amount(Decimal(f"{number:f}"), currencies()[coin] if coin else "")
