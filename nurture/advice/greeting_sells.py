"""A greeting that sells something is no greeting (domain.md E2)."""

import re

from nurture.advice import Advice, Said, Writing, spoken
from nurture.core.sequence import Intent

_PRICE = re.compile(
    r"[$€£]\s?\d[\d.,]*|\b\d[\d.,]*\s?(?:[$€£]|(?:EUR|USD|GBP|CHF|euros?|dollars?|pounds?)\b)"
    r"|\d\s?% off",
    re.IGNORECASE,
)
_BOOKING = re.compile(
    r"https?://[^\s)>\]]*(?:calendly|cal\.com|booking|book|termin|appointment|shop|buy|order)"
    r"[^\s)>\]]*",
    re.IGNORECASE,
)


def _sells(writing: Writing) -> Said:
    if Intent.GREET not in writing.intents:
        return
    for kind, pattern in (("a price", _PRICE), ("a booking link", _BOOKING)):
        for found in pattern.finditer(writing.text):
            words = f"a greeting with {kind}, {found[0]!r}: greet, and offer another day"
            yield words, writing.place(found.start())
    for phrase, place in spoken("selling", writing):
        yield f"a greeting with a call to act, {phrase!r}: greet, and offer another day", place


ADVICE = Advice(
    "N201",
    "a greeting that sells",
    "A greeting with a price, a booking link or a call to act is taken for advertising.",
    of_text=_sells,
)
