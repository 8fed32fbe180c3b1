"""A contact's address as it stands on an envelope, in the order that the country's post reads."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from textwrap import wrap
from typing import Final

from nurture.core.contact import Contact
from nurture.core.country import countries
from nurture.value import frozen

MOST_LINES: Final = 9
"""More are too small to be read in a window."""

_WIDEST: Final = 42  # signs that fit into the 72 mm of a window at a size that machines read
_BETWEEN: Final = re.compile(r"^[ ,-]+|[ ,-]+$")


@frozen
class Postal:
    """The lines of an address from the name to the country; `missing` are facts not known yet.

    With anything missing it is not to be printed.  `country` is where it goes.
    """

    lines: tuple[str, ...]
    country: str
    missing: tuple[str, ...] = ()


def postal_of(contact: Contact, home: str) -> Postal:
    """The address of this person, for mail from `home` (a country or a part of one, or empty).

    A contact without a country is taken to live at home.  Abroad the last line names the country,
    in capitals and in English, which the sorting there can read (UPU S42; Universal Postal
    Convention, Regulations 17-108).  The name stands above the company: what is personal is
    opened by the person.
    """
    own = home[:2]
    country = contact.country or own
    missing = tuple(_missing(contact, country))
    form = _forms()
    city = contact.city.upper() if country in form.capitals else contact.city
    facts = {"city": city, "part": contact.subdivision, "postal_code": contact.postal_code}
    below: list[str] = []
    for line in form.lines.get(country, form.default):
        below += contact.street.splitlines() if line == "{street}" else [line.format(**facts)]
    name = contact.name if contact.name != contact.address else ""
    abroad = [country_line(country)] if country and country != own else []
    # What a fact left out leaves behind at either end of its line.
    lines = (_BETWEEN.sub("", line) for line in (name, contact.company, *below, *abroad))
    folded = (part for line in lines if line for part in _folded(line))
    return Postal(tuple(folded), country, missing)


def _folded(line: str) -> list[str]:
    return wrap(line, _WIDEST) if len(line) > _WIDEST else [line]


def country_line(country: str) -> str:
    """The country in capitals, as it stands on mail from elsewhere."""
    return (_forms().names.get(country) or countries().get(country, country)).upper()


def _missing(contact: Contact, country: str) -> Iterator[str]:
    form = _forms()
    if contact.name == contact.address and not contact.company:
        yield "family_name"
    for name in ("street", "city"):
        if not getattr(contact, name):
            yield name
    if not contact.postal_code and country not in form.without_code:
        yield "postal_code"
    if not contact.subdivision and country in form.with_part:
        yield "subdivision"
    if not country:
        yield "country"


@frozen
class _Forms:
    default: tuple[str, ...]
    lines: dict[str, tuple[str, ...]]
    names: dict[str, str]
    without_code: frozenset[str]
    capitals: frozenset[str]
    with_part: frozenset[str]


@cache
def _forms() -> _Forms:
    table = tomllib.loads(files(__package__).joinpath("postal.toml").read_text("utf-8"))
    return _Forms(
        default=tuple(table["default"]),
        lines={
            country: tuple(form["lines"]) for form in table["form"] for country in form["countries"]
        },
        names=table["names"],
        without_code=frozenset(table["without_code"]),
        capitals=frozenset(table["capitals"]),
        with_part=frozenset(table["with_part"]),
    )
