"""A mail template: a subject and a Markdown body that can be sent whole, or not at all."""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from itertools import islice
from typing import Final, NoReturn
from urllib.parse import quote

from jinja2 import Template as Compiled
from jinja2 import TemplateError, UndefinedError

from nurture.errors import Misconfigured, Place, Problem
from nurture.mail.write.field import CONTROL
from nurture.mail.write.front_matter import FrontMatter, split_front_matter
from nurture.mail.write.shape import SLOTS, Gaps, Shape, shape_of
from nurture.mail.write.template_language import Hole, Saying, compile_source, line_in
from nurture.value import frozen

__all__ = ("LIMIT", "Hole", "Rendered", "Template", "parse_template", "with_body")

LIMIT: Final = 1024 * 1024
"""Characters a rendered mail may have (reliability.md section 8)."""

_AT_ONCE: Final = 256  # pieces of a mail that are put together before its length is looked at
_SHAPES: Final = 64  # branches of one template kept as read Markdown; others are read again
_LEFT_OVER: Final = re.compile(r"\{\{|\{%|\}\}|%\}|\{#")
_UNDEFINED: Final = re.compile(r"^'([^']+)' is undefined|attribute '([^']+)'")

_SAFE_IN_URL: Final = ":/?#[]@!$&'()*+,;=%-._~"
_MARKUP: Final = "&<>\"'"  # what html.escape looks for
_LINKS: Final = ("https://", "http://", "mailto:")


@frozen
class Rendered:
    """A mail in words: the subject on one line, the text part, and the same as an HTML fragment.

    `pictures` are paths of the files that the HTML shows.  `quoted` are text and HTML once more as
    they travel, in quoted-printable, where it is certain that they cannot travel as they are.
    """

    subject: str
    text: str
    html: str
    pictures: tuple[str, ...] = ()
    quoted: tuple[str, str] = field(default=("", ""), compare=False)


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
        self._shapes: dict[str, Shape] = {}

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
        saying = Saying(values, self.file)
        subject = self._said_subject(saying)
        printed: list[str] = []
        saying.printed = printed
        shape = self._shape(self._run(self._body, saying))
        if shape.links:
            printed += [self._link(printed[number], is_start) for number, is_start in shape.links]
        text = self._filled(shape.text, printed)
        if not text.strip():
            raise Hole("", Place(self.file), "the mail has no text")
        self._refuse_left_over(text)
        escaped = _escaped(printed)
        rich = self._filled(shape.html, escaped)
        return Rendered(subject, text, rich, shape.pictures, shape.quoted(printed, escaped))

    def _said_subject(self, saying: Saying) -> str:
        if self._subject is None:
            return ""
        subject = self._run(self._subject, saying).strip()
        if not subject or (not subject.isprintable() and CONTROL.search(subject)):
            why = "holds a line end or another control" if subject else "is empty"
            raise Hole("subject", Place(self.file), why)
        self._refuse_left_over(subject)
        return subject

    def _run(self, compiled: Compiled, saying: Saying) -> str:
        try:
            return self._said(compiled.root_render_func(saying))
        except Hole:
            raise
        except Exception:
            self._fail(compiled)

    def _fail(self, compiled: Compiled) -> NoReturn:
        """Says the error at hand as a Hole, in the line of the template that made it."""
        try:
            compiled.environment.handle_exception()  # Jinja knows its lines
        except UndefinedError as error:
            found = _UNDEFINED.search(str(error))
            name = (found[1] or found[2]) if found else ""
            raise Hole(name, self._place(error), "has no value") from error
        except (TemplateError, TypeError, ArithmeticError, LookupError, AttributeError) as error:
            raise Hole("", self._place(error), f"the template fails: {error}") from error

    def _said(self, said: Iterator[str]) -> str:
        text = ""
        while True:
            pieces = list(islice(said, _AT_ONCE))
            text += "".join(pieces)
            if len(text) > LIMIT:
                raise self._too_long()
            if len(pieces) < _AT_ONCE:
                return text

    def _shape(self, source: str) -> Shape:
        """The parts around the slots: equal for all contacts that take the same branches."""
        known = self._shapes.get(source)
        if known is None:
            known = shape_of(source)
            if len(self._shapes) < _SHAPES:
                self._shapes[source] = known
        return known

    def _filled(self, gaps: Gaps, contents: list[str]) -> str:
        filled = gaps.filled(contents)
        if len(filled) > LIMIT:
            raise self._too_long()
        return filled

    def _link(self, value: str, is_start: bool) -> str:
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
    if SLOTS.search(front.body):
        problems.append(Problem("xQ7T...Qx is a word we use ourselves: change it", Place(file)))
    if problems or body is None:
        raise Misconfigured(sorted(problems, key=lambda each: each.place or Place(file)))
    given = subject if front.subject else None
    return Template(file, front, given, body, in_subject | in_body)


def _escaped(contents: list[str]) -> list[str]:
    # All at once: each is one line.
    written = "\n".join(contents)
    is_markup = any(map(written.__contains__, _MARKUP))
    return html.escape(written).split("\n") if is_markup else contents
