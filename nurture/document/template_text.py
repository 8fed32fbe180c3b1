"""What a mail template asks for that nobody can give it, found before a mail depends on it."""

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import lru_cache

from nurture.core.merge_field import KNOWN, MEANT, PARTS
from nurture.core.spelling import closest, listed
from nurture.document.code import Code
from nurture.document.tree import place_at
from nurture.errors import Misconfigured, Place, Problem
from nurture.mail.write.template import Template, parse_template

_SPOKEN = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)

read_template = lru_cache(maxsize=512)(parse_template)
"""`parse_template`, compiling the same text of the same file once."""


def template_problems(text: str, file: str, besides: Collection[str] = ()) -> Iterator[Problem]:
    """Everything wrong with a template: its own grammar, then names that are not known.

    `besides` are names that this kind of template may use.
    """
    try:
        template = read_template(text, file)
    except Misconfigured as error:
        yield from (replace(problem, code=Code.TEMPLATE) for problem in error.problems)
    else:
        yield from _unknown_names(template, text, file, besides)


def inline_problems(text: str, place: Place) -> Iterator[Problem]:
    """Everything wrong with a template that stands in another text, shown where it begins."""
    problems = template_problems(text, place.file)
    return (replace(problem, place=place) for problem in problems)


def continues(text: str, file: str) -> bool:
    """Whether this is a good template without a subject of its own."""
    try:
        return read_template(text, file).continues
    except Misconfigured:
        return False


def _unknown_names(
    template: Template, text: str, file: str, besides: Collection[str]
) -> Iterator[Problem]:
    """Names that nobody has; a bare name that is like none of ours may be a custom field."""
    for name in sorted(template.variables - KNOWN - {*besides}):
        if meant := MEANT.get(name) or closest(name, KNOWN):
            words = f"{name!r} is not known; did you mean {meant!r}? (Yours is custom.{name})"
            place = _place_of(rf"(?<![\w.])({name})\b", text, file)
            yield Problem(words, place, Code.UNKNOWN_FACT)
    for holder, parts in PARTS.items():
        if parts is None or holder not in template.variables:
            continue
        for part in sorted(_parts_named(holder, text) - parts):
            words = f"{holder} has {listed(sorted(parts), 'and')}, not {part!r}"
            place = _place_of(rf"\b{holder}\.({part})\b", text, file)
            yield Problem(words, place, Code.UNKNOWN_FACT)


def _parts_named(holder: str, text: str) -> set[str]:
    spans = " ".join(_SPOKEN.findall(text))
    return set(re.findall(rf"\b{holder}\.(\w+)", spans))


def _place_of(pattern: str, text: str, file: str) -> Place:
    for span in _SPOKEN.finditer(text):
        if found := re.search(pattern, span[0]):
            return place_at(text, span.start() + found.start(1), file)
    return Place(file)
