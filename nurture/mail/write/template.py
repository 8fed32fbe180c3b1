"""A mail template: a subject and a Markdown body that can be sent whole, or not at all."""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Final, NoReturn
from urllib.parse import quote

from jinja2 import Template as Compiled
from jinja2 import TemplateError, UndefinedError

from nurture.errors import Misconfigured, Place, Problem
from nurture.mail.write.field import CONTROL
from nurture.mail.write.front_matter import FrontMatter, split_front_matter
from nurture.mail.write.rendered import Filled
from nurture.mail.write.shape import OURS, Shape, shape_of
from nurture.mail.write.template_language import Hole, Saying, compiled, line_in, read_source

__all__ = ("LIMIT", "Hole", "Template", "parse_template", "with_body")

LIMIT: Final = 1024 * 1024
"""Characters a rendered mail may have (reliability.md section 8)."""

_AT_ONCE: Final = 256  # pieces of a mail that are put together before its length is looked at
_SHAPES: Final = 64  # branches of one template kept as read Markdown; others are read again
_LEFT_OVER: Final = re.compile(r"\{\{|\{%|\}\}|%\}|\{#")
_UNDEFINED: Final = re.compile(r"^'([^']+)' is undefined|attribute '([^']+)'")

_SAFE_IN_URL: Final = ":/?#[]@!$&'()*+,;=%-._~"
_LINKS: Final = ("https://", "http://", "mailto:")


class Template:
    """A template read and compiled once; rendering it is quick and touches nothing outside.

    `variables` are the names it takes from the values, without what stands behind a dot.  One
    without a subject of its own continues the conversation under its first subject.  `front` is
    what stands above the mail.
    """

    __slots__ = ("_code", "_shapes", "file", "front", "variables")

    def __init__(
        self, file: str, front: FrontMatter, code: Compiled, variables: frozenset[str]
    ) -> None:
        self.file = file
        self.front = front
        self.variables = variables
        self._code = code
        self._shapes: dict[tuple[str, ...], Shape] = {}

    @property
    def continues(self) -> bool:
        """Whether the mail has no subject of its own and goes on in the conversation before it."""
        return not self.front.subject

    def render(self, values: Mapping[str, object]) -> Filled:
        """The mail for these values, each printed exactly as it is, and nowhere taken for markup.

        Raises Hole rather than leave a gap: for a value that is missing or empty where it is
        printed, a placeholder left over, an empty or broken subject, or a mail beyond LIMIT
        (domain.md M15).  The subject is empty only where the mail continues a conversation.
        """
        saying = Saying(values, self.file)
        shape = self._shape(self._run(saying))
        printed, together = saying.lines()
        subject = self._subject(shape.subject.filled(printed)) if not self.continues else ""
        if shape.links:
            links = [self._link(printed[number], is_start) for number, is_start in shape.links]
            printed = printed + links
            together = together and together + " ".join(links)
        filled = Filled(subject, shape, printed, _escaped(printed, together), together)
        self._refuse_broken(filled)
        return filled

    def _subject(self, said: str) -> str:
        subject = said.strip()
        if not subject or (not subject.isprintable() and CONTROL.search(subject)):
            why = "holds a line end or another control" if subject else "is empty"
            raise Hole("subject", Place(self.file), why)
        self._refuse_left_over(subject)
        return subject

    def _run(self, saying: Saying) -> tuple[str, ...]:
        """All that it says, piece by piece, with slots for what it prints."""
        try:
            said = self._code.root_render_func(saying)
            pieces = tuple(islice(said, _AT_ONCE))
            return pieces if len(pieces) < _AT_ONCE else (*pieces, *self._further(said))
        except Hole:
            raise
        except Exception:
            saying.lines()  # a gap before it is what a person is told first
            self._fail()

    def _fail(self) -> NoReturn:
        """Says the error at hand as a Hole, in the line of the template that made it."""
        try:
            self._code.environment.handle_exception()  # Jinja knows its lines
        except UndefinedError as error:
            found = _UNDEFINED.search(str(error))
            name = (found[1] or found[2]) if found else ""
            raise Hole(name, self._place(error), "has no value") from error
        except (TemplateError, TypeError, ArithmeticError, LookupError, AttributeError) as error:
            raise Hole("", self._place(error), f"the template fails: {error}") from error

    def _further(self, said: Iterator[str]) -> Iterator[str]:
        """The rest of what is said, as far as a mail may be long."""
        length = 0
        for piece in said:
            length += len(piece)
            if length > LIMIT:
                raise self._too_long()
            yield piece

    def _shape(self, pieces: tuple[str, ...]) -> Shape:
        """The parts around the slots: equal for all contacts that take the same branches."""
        known = self._shapes.get(pieces)
        if known is None:
            source = "".join(pieces)
            if len(source) > LIMIT:
                raise self._too_long()
            known = shape_of(source)
            if len(self._shapes) < _SHAPES:
                self._shapes[pieces] = known
        return known

    def _refuse_broken(self, mail: Filled) -> None:
        """Raises Hole for no text, too much of it, a placeholder left over: read if need be."""
        shape, together = mail.shape, mail.together
        if not shape.has_words:
            raise Hole("", Place(self.file), "the mail has no text")
        is_short = together and shape.is_shorter(LIMIT, together)
        if not is_short and max(map(len, (mail.subject, mail.text, mail.html))) > LIMIT:
            raise self._too_long()
        if not together or shape.has_braces or "{" in together or "}" in together:
            self._refuse_left_over(mail.text)

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
    subject, in_subject, wrong_subject = read_source(front.subject, front.subject_line, file)
    body, in_body, wrong_body = read_source(front.body, front.body_line, file)
    problems = [*problems, *wrong_subject, *wrong_body]
    if OURS.search(front.subject + front.body):
        problems.append(Problem("xQ7T...Qx is a word we use ourselves: change it", Place(file)))
    if problems or subject is None or body is None:
        raise Misconfigured(sorted(problems, key=lambda each: each.place or Place(file)))
    return Template(file, front, compiled(file, subject, body), in_subject | in_body)


def _escaped(contents: list[str], together: str) -> list[str]:
    has_markup = "&" in together or "<" in together or ">" in together
    if together and not has_markup and '"' not in together and "'" not in together:
        return contents
    return html.escape("\n".join(contents)).split("\n")  # all at once: each is one line
