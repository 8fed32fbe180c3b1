"""A mail template: a subject and a Markdown body that can be sent whole, or not at all."""

import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Final
from urllib.parse import quote

from jinja2 import Template as Compiled
from jinja2 import TemplateError, UndefinedError

from nurture.errors import Misconfigured, Place, Problem
from nurture.mail.write.field import CONTROL
from nurture.mail.write.front_matter import FrontMatter, split_front_matter
from nurture.mail.write.markdown import read
from nurture.mail.write.template_language import PRINT, Hole, Printed, compile_source, line_in
from nurture.value import frozen

__all__ = ("LIMIT", "Hole", "Rendered", "Template", "parse_template", "with_body")

LIMIT: Final = 1024 * 1024
"""Characters a rendered mail may have (reliability.md section 8)."""

_AT_ONCE: Final = 256  # pieces of a mail that are put together before its length is looked at
_SHAPES: Final = 64  # branches of one template kept as read Markdown; others are read again
_LEFT_OVER: Final = re.compile(r"\{\{|\{%|\}\}|%\}|\{#")
_UNDEFINED: Final = re.compile(r"^'([^']+)' is undefined|attribute '([^']+)'")

# T: among words, U: inside the address of a link, S: at its very start.
_SLOT: Final = re.compile(r"xQ7([TUS])(\d+)Qx")
_SAFE_IN_URL: Final = ":/?#[]@!$&'()*+,;=%-._~"
_LINKS: Final = ("https://", "http://", "mailto:")

# What is the same for everybody, with a gap behind each; and per slot its gap, kind and value.
_Pieces = tuple[tuple[str, ...], tuple[tuple[int, str, int], ...]]


@frozen
class Rendered:
    """A mail in words: the subject on one line, the text part, and the same as an HTML fragment.

    `pictures` are paths of the files that the HTML shows.
    """

    subject: str
    text: str
    html: str
    pictures: tuple[str, ...] = ()


class Template:
    """A template read and compiled once; rendering it is quick and touches nothing outside.

    `variables` are the names it takes from the values, without what stands behind a dot.  One
    without a subject of its own continues the conversation under its first subject.  `front` is
    what stands above the mail.
    """

    __slots__ = ("_body", "_shapes", "_subject", "file", "front", "variables")

    def __init__(
        self,
        file: str,
        front: FrontMatter,
        subject: Compiled | None,
        body: Compiled,
        variables: frozenset[str],
    ) -> None:
        self.file = file
        self.front = front
        self.variables = variables
        self._subject = subject
        self._body = body
        self._shapes: dict[str, tuple[_Pieces, _Pieces, tuple[str, ...]]] = {}

    @property
    def continues(self) -> bool:
        """Whether the mail has no subject of its own and goes on in the conversation before it."""
        return self._subject is None

    def render(self, values: Mapping[str, object]) -> Rendered:
        """The mail for these values, each printed exactly as it is, and nowhere taken for markup.

        Raises Hole rather than leave a gap: for a value that is missing or empty where it is
        printed, a placeholder left over, an empty or broken subject, or a mail beyond LIMIT
        (domain.md M15).  The subject is empty only where the mail continues a conversation.
        """
        subject = self._said_subject(values)
        printed = Printed()
        text_pieces, html_pieces, pictures = self._shape(
            self._run(self._body, {**values, PRINT: printed})
        )
        text = self._filled(text_pieces, printed.values, str)
        if not text.strip():
            raise Hole("", Place(self.file), "the mail has no text")
        self._refuse_left_over(text)
        rich = self._filled(html_pieces, printed.values, _escaped)
        return Rendered(subject, text, rich, pictures)

    def _said_subject(self, values: Mapping[str, object]) -> str:
        if self._subject is None:
            return ""
        subject = self._run(self._subject, values).strip()
        if not subject or CONTROL.search(subject):
            why = "holds a line end or another control" if subject else "is empty"
            raise Hole("subject", Place(self.file), why)
        self._refuse_left_over(subject)
        return subject

    def _run(self, compiled: Compiled, values: Mapping[str, object]) -> str:
        try:
            return self._joined(compiled.root_render_func(compiled.new_context(dict(values))))
        except Hole:
            raise
        except Exception:  # said again, by way of Jinja, which knows the line
            return self._run_slowly(compiled, values)

    def _run_slowly(self, compiled: Compiled, values: Mapping[str, object]) -> str:
        try:
            return self._joined(compiled.generate(values))
        except UndefinedError as error:
            found = _UNDEFINED.search(str(error))
            name = (found[1] or found[2]) if found else ""
            raise Hole(name, self._place(error), "has no value") from error
        except (TemplateError, TypeError, ArithmeticError, LookupError, AttributeError) as error:
            raise Hole("", self._place(error), f"the template fails: {error}") from error

    def _joined(self, said: Iterator[str]) -> str:
        text = ""
        while pieces := list(islice(said, _AT_ONCE)):
            text += "".join(pieces)
            if len(text) > LIMIT:
                raise self._too_long()
        return text

    def _shape(self, source: str) -> tuple[_Pieces, _Pieces, tuple[str, ...]]:
        """The parts around the slots: equal for all contacts that take the same branches."""
        known = self._shapes.get(source)
        if known is None:
            parts = read(source.strip("\n"), _address)
            known = _pieces(parts.text), _pieces(parts.html), parts.pictures
            if len(self._shapes) < _SHAPES:
                self._shapes[source] = known
        return known

    def _filled(self, pieces: _Pieces, values: list[str], spell: Callable[[str], str]) -> str:
        spelt = [spell(value) for value in values]
        literals, slots = pieces
        out = list(literals)
        for place, kind, index in slots:
            if kind == "T":
                out[place] = spelt[index]
            else:
                out[place] = spell(self._link(values[index], is_start=kind == "S"))
        filled = "".join(out)
        if len(filled) > LIMIT:
            raise self._too_long()
        return filled

    def _link(self, value: str, *, is_start: bool) -> str:
        if is_start and not value.lower().startswith(_LINKS):
            raise Hole("", Place(self.file), f"{value[:60]!r} is no address that a link may open")
        return value if value.isascii() and value.isalnum() else quote(value, safe=_SAFE_IN_URL)

    def _refuse_left_over(self, text: str) -> None:
        found = _LEFT_OVER.search(text) if "{" in text or "}" in text else None
        if found:
            near = text[max(0, found.start() - 20) : found.end() + 20]
            raise Hole("", Place(self.file), f"a placeholder is left over near {near!r}")

    def _too_long(self) -> Hole:
        return Hole("", Place(self.file), f"the mail is longer than {LIMIT} characters")

    def _place(self, error: BaseException) -> Place:
        line = line_in(error, self.file)
        return Place(self.file, line, 1) if line else Place(self.file)


def parse_template(text: str, file: str) -> Template:
    """The template in this text; `file` names it in every complaint.

    Raises Misconfigured with all problems found: the lines above the mail, Jinja's syntax, and
    whatever a mail template may not do, each with its line in the file.  A text without lines
    above the mail has no subject: it continues a conversation.
    """
    front, problems = split_front_matter(text, file)
    return _compiled(front, problems, file)


def with_body(template: Template, body: str) -> Template:
    """The template under its own subject, with another body; raises Misconfigured as parsing it."""
    return _compiled(replace(template.front, body=body), [], template.file)


def _compiled(front: FrontMatter, problems: list[Problem], file: str) -> Template:
    subject, in_subject, wrong_subject = compile_source(front.subject, front.subject_line, file)
    body, in_body, wrong_body = compile_source(front.body, front.body_line, file)
    problems = [*problems, *wrong_subject, *wrong_body]
    if _SLOT.search(front.body):
        problems.append(Problem("xQ7T...Qx is a word we use ourselves: change it", Place(file)))
    if problems or body is None:
        raise Misconfigured(sorted(problems, key=lambda each: each.place or Place(file)))
    given = subject if front.subject else None
    return Template(file, front, given, body, in_subject | in_body)


def _escaped(value: str) -> str:
    return value if value.isalnum() else html.escape(value)


def _address(written: str) -> str:
    """A link's address with its slots told apart from those among words."""
    return _SLOT.sub(lambda slot: f"xQ7{'U' if slot.start() else 'S'}{slot[2]}Qx", written)


def _pieces(text: str) -> _Pieces:
    cut = _SLOT.split(text)
    literals = [each for literal in cut[::3] for each in (literal, "")]
    slots = zip(range(1, len(literals), 2), cut[1::3], map(int, cut[2::3]), strict=False)
    return tuple(literals), tuple(slots)
