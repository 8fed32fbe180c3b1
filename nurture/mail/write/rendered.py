"""A mail in words: as it is kept, or a shape and what fills its gaps, read only if need be."""

from collections.abc import Sequence
from dataclasses import field

from nurture.mail.write.quoted import in_gaps
from nurture.mail.write.shape import Gaps, Shape
from nurture.value import frozen


@frozen
class Rendered:
    """A mail in words: the subject on one line, the text part, and the same as an HTML fragment.

    `pictures` are paths of the files that the HTML shows.  `quoted` are text and HTML once more in
    quoted-printable, of words that stand below many mails.
    """

    subject: str
    text: str
    html: str
    pictures: tuple[str, ...] = ()
    quoted: tuple[str, str] = field(default=("", ""), compare=False)

    def kept(self) -> "Rendered":
        """The same, to be kept."""
        return self

    def parts(self, _below: "Rendered") -> tuple[str, str]:
        """Nothing: how it travels has to be looked at line by line."""
        return "", ""


@frozen
class Filled:
    """A mail as a template says it, with all that a Rendered has for whoever reads it.

    `printed` are the values, and behind them those that stand in addresses; `escaped` the same as
    HTML has them; `together` holds all of them where they are printable, and is empty elsewhere.
    """

    subject: str
    shape: Shape
    printed: Sequence[str]
    escaped: Sequence[str]
    together: str

    @property
    def text(self) -> str:
        """The text part."""
        return self.shape.text.filled(self.printed)

    @property
    def html(self) -> str:
        """The same as an HTML fragment."""
        return self.shape.html.filled(self.escaped)

    @property
    def pictures(self) -> tuple[str, ...]:
        """Paths of the files that the HTML shows."""
        return self.shape.pictures

    def kept(self) -> Rendered:
        """The words alone, without the shape that they have from a template."""
        return Rendered(self.subject, self.text, self.html, self.pictures)

    def parts(self, below: Rendered) -> tuple[str, str]:
        """Text and HTML with those lines below them, as they travel; each with its head.

        Empty where that has to be looked at line by line.
        """
        try:
            words = in_gaps(self.printed, self.together)
            rich = words if self.escaped is self.printed else in_gaps(self.escaped)
        except UnicodeEncodeError:  # half a character, which is refused as the whole text is
            return "", ""
        (plain_below, rich_below), text, html = below.quoted, self.shape.text, self.shape.html
        return (
            self._part(text, self.printed, words, below.text, plain_below),
            self._part(html, self.escaped, rich, below.html, rich_below),
        )

    def _part(
        self,
        gaps: Gaps,
        contents: Sequence[str],
        quoted: Sequence[str],
        below: str,
        below_quoted: str,
    ) -> str:
        if not gaps.quoted:
            return ""
        is_ascii = bool(self.together) and self.together.isascii()
        is_ascii = is_ascii or "".join(gaps.chosen(contents)).isascii()
        out = list(gaps.as_part(below, below_quoted, is_ascii=is_ascii))
        out[1::2] = gaps.chosen(quoted)
        return "".join(out)
