"""The closing lines no mail goes without: who writes, from where, why, and how to stop it."""

import html
import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from nurture.mail.write.quoted import spelt
from nurture.mail.write.template import Rendered

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


def with_footer(rendered: Rendered, lines: tuple[str, ...]) -> Rendered:
    """The mail with these lines below its text and below its HTML."""
    plain, rich, quoted_plain, quoted_rich = _below(lines)
    text, page = rendered.quoted
    return Rendered(
        rendered.subject,
        rendered.text + plain,
        rendered.html and rendered.html + rich,
        rendered.pictures,
        (text and text + quoted_plain, page and page + quoted_rich),
    )


@lru_cache(maxsize=256)
def _below(lines: tuple[str, ...]) -> tuple[str, str, str, str]:
    """What stands below the text and below the HTML, and both in quoted-printable."""
    plain = "\n".join(("", "", _SEPARATOR, *lines, ""))
    rich = "\n<p>" + "<br>\n".join(map(_rich_line, lines)) + "</p>\n"
    return plain, rich, _quoted(plain), _quoted(rich)


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
