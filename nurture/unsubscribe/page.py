"""What the public page says; it shows nothing of anybody, and loads nothing from anywhere."""

import html
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from nurture.transport.http_page import Page

_KIND: Final = "text/html; charset=utf-8"
_FALLBACK: Final = "en"
_CLOSED: Final = (
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
    ),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Robots-Tag", "noindex"),
    ("Vary", "Accept-Language"),
)
_LAYOUT: Final = """\
<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>body {{ font: 1.1em/1.5 sans-serif; max-width: 32em; margin: 3em auto; padding: 0 1em }}
button {{ font: inherit; padding: .5em 1em }}</style>
<h1>{title}</h1>
<p>{text}</p>
{rest}</html>
"""
# Without an action a form goes to where its page came from: no address stands in it.
_FORM: Final = '<form method="post"><button>{button}</button></form>\n'


def asking(languages: str) -> Page:
    """The page that a link opens: one button, which says no."""
    return _page(200, languages, "ask", with_button=True)


def done(languages: str) -> Page:
    """What follows the button; it does not tell whether the link was ever ours."""
    return _page(200, languages, "done")


def failing(languages: str) -> Page:
    """The no could not be written down."""
    return _page(503, languages, "later", fields=(("Retry-After", "600"),))


def busy(languages: str) -> Page:
    """Too much at once."""
    return _page(429, languages, "later", fields=(("Retry-After", "60"),))


def _page(
    status: int,
    languages: str,
    name: str,
    *,
    with_button: bool = False,
    fields: tuple[tuple[str, str], ...] = (),
) -> Page:
    language = _preferred(languages)
    words = {key: html.escape(text) for key, text in _words()[language].items()}
    rest = _FORM.format(button=words["button"]) if with_button else ""
    text = _LAYOUT.format(language=language, title=words["title"], text=words[name], rest=rest)
    return Page(status, text, _KIND, (*_CLOSED, *fields))


def _preferred(languages: str) -> str:
    """The first of Accept-Language that there are words in; weights keep that order in practice."""
    wished = (each.partition(";")[0].partition("-")[0].strip() for each in languages.split(","))
    return next((each for each in map(str.lower, wished) if each in _words()), _FALLBACK)


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    text = files("nurture.unsubscribe").joinpath("page.toml").read_text("utf-8")
    return tomllib.loads(text)
