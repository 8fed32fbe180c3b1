"""The closing lines no mail goes without: who writes, from where, why, and how to stop it."""

import html
import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from nurture.mail.write.quoted import spelt
from nurture.mail.write.rendered import Rendered

_SEPARATOR: Final = "-- "  # RFC 3676 section 4.3; mail programs fold away what stands below it
_FALLBACK: Final = "en"


@lru_cache(maxsize=256)
def footer(
    name: str, postal_address: str, why: str, language: str, own_language: str = _FALLBACK
) -> tuple[str, ...]:
    """Name, postal address, why-line and opt-out sentence, one line each (domain.md L3, L11).

    The sentences stand in the contact's `language`, else in the owner's own, else in English.
    `why` is in the owner's own language and finishes "you receive this because ..."; a contact of
    another language gets a general reason instead of a mixed sentence.  Raises ValueError without
    a name or a postal address.
    """
    who, where = _line(name), _line(postal_address)
    if not who or not where:
        raise ValueError("a mail needs the sender's name and postal address in its footer")
    own = _known(own_language) or _FALLBACK
    spoken = _known(language) or own
    sentences = _sentences()[spoken]
    reason = _line(why).rstrip(".")
    told = sentences["why"].format(why=reason) if reason and spoken == own else sentences["known"]
    return who, where, told, sentences["opt_out"]


def languages() -> frozenset[str]:
    """The languages a footer can be written in, as two letters (ISO 639-1)."""
    return frozenset(_sentences())


@lru_cache(maxsize=256)
def closing(lines: tuple[str, ...]) -> Rendered:
    """What these lines are below the text of a mail and below its HTML."""
    plain = "\n".join(("", "", _SEPARATOR, *lines, ""))
    rich = "\n<p>" + "<br>\n".join(map(_rich_line, lines)) + "</p>\n"
    return Rendered("", plain, rich, quoted=(_quoted(plain), _quoted(rich)))


def _quoted(text: str) -> str:
    return "\r\n".join([spelt(line)[1] for line in text.split("\n")])


def _rich_line(line: str) -> str:
    told = html.escape(line)
    return f'<a href="{told}">{told}</a>' if line.startswith("https://") else told


def _line(text: str) -> str:
    """One line of possibly several: an address is often written over three."""
    return ", ".join(part.strip().rstrip(",") for part in text.splitlines() if part.strip())


def _known(language: str) -> str:
    short = language.strip().lower().replace("_", "-").partition("-")[0]
    return short if short in _sentences() else ""


@cache
def _sentences() -> dict[str, dict[str, str]]:
    text = files("nurture.mail.write").joinpath("footer.toml").read_text("utf-8")
    return tomllib.loads(text)
