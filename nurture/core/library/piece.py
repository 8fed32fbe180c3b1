"""A piece of the library: a text that can go to whomever it suits."""

from datetime import date
from typing import Final

from nurture.core.contact import Contact, Relationship
from nurture.core.sequence import Intent
from nurture.value import frozen

_HALF_AS_FRESH: Final = 730  # days after which a text that dates is worth half a new one more
_STALE: Final = 0.6


@frozen
class Piece:
    """Something worth reading: a template by its path, what it is about, for whom, and until when.

    `audience` are relationships or tags, and empty for everybody; `source` is where it stands in
    public; `text` are its words.  `greets` says that it speaks to its reader by name.
    """

    path: str
    topics: tuple[str, ...] = ()
    language: str = ""
    expires: date | None = None
    title: str = ""
    audience: tuple[str, ...] = ()
    intent: Intent | None = None
    source: str = ""
    attachment: str = ""
    author: str = ""
    published: date | None = None
    evergreen: bool = False
    text: str = ""
    greets: bool = True

    @property
    def key(self) -> str:
        """What makes two files the same to a reader: where they stand in public, else the path."""
        return self.source.rstrip("/") or self.path

    def has_expired(self, today: date) -> bool:
        """Whether its last day is over."""
        return self.expires is not None and self.expires < today

    def is_out(self, today: date) -> bool:
        """Whether it may be sent on this day: published, and not expired."""
        return not self.has_expired(today) and (self.published is None or self.published <= today)

    def is_for(self, contact: Contact) -> bool:
        """Whether they are among its audience, by relationship or tag."""
        if not self.audience:
            return True
        words = {audience_word(each) for each in self.audience}
        relationship = {str(contact.relationship)} if contact.relationship else set()
        return bool(words & {*relationship, *(audience_word(tag) for tag in contact.tags)})

    def freshness(self, today: date) -> float:
        """Between 0.6 for what is old and 1 for what is new, or never ages."""
        if self.evergreen or self.published is None:
            return 1.0
        age = max(0, (today - self.published).days)
        faded: float = 0.5 ** (age / _HALF_AS_FRESH)
        return _STALE + (1 - _STALE) * faded


def audience_word(written: str) -> str:
    """A relationship or a tag as it is compared: `Former client` is former_client."""
    word = "_".join(written.casefold().replace("-", " ").replace("_", " ").split())
    singular = word.removesuffix("s")
    return singular if singular in set(Relationship) else word


@frozen
class Found:
    """A piece that may go to somebody, why in one line, and how well it suits them.

    `is_enough` says that it suits them so well that it is better than silence.
    """

    piece: Piece
    why: str
    score: float = 0.0
    is_enough: bool = True
