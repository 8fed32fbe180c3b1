"""Links in pieces that open nothing for a reader."""

import re
from dataclasses import replace

from nurture.advice import Advice, Said, Stock
from nurture.document.tree import place_at

_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(\s*<?([^)\s>]+)")
_OPENS = ("https://", "http://", "mailto:", "{{")


def _opens_nothing(stock: Stock) -> Said:
    for _, template in stock.listed():
        body = template.front.body
        for found in _LINK.finditer(body):
            if not found[1].startswith(_OPENS):
                place = place_at(body, found.start(1), template.file)
                words = f"{found[1]!r} opens nothing for a reader: link to the web, or write "
                words += "`attachment:` above the mail"
                yield words, replace(place, line=place.line + template.front.body_line - 1)


ADVICE = Advice(
    "N214",
    "a link that opens nothing",
    "A path on your machine leads nowhere on that of a reader.",
    of_library=_opens_nothing,
)
