"""A piece of the library, and which of them suits a person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from nurture.core.contact import Contact


@dataclass(frozen=True, slots=True)
class Piece:
    """Something worth reading: a template by its path, what it is about, and until when."""

    path: str
    topics: tuple[str, ...]
    language: str = ""
    expires: date | None = None

    def has_expired(self, today: date) -> bool:
        """Whether its last day is over."""
        return self.expires is not None and self.expires < today


@dataclass(frozen=True, slots=True)
class Found:
    """The piece that was chosen, and why in one line."""

    piece: Piece
    why: str


def best(
    pieces: Iterable[Piece],
    contact: Contact,
    topics: tuple[str, ...],
    had: frozenset[str],
    language: str,
    today: date,
) -> Found | None:
    """The piece that shares most of the wanted topics, then of the person's own interests.

    None where no piece shares a topic.  Never one they `had`, one in another language than theirs
    (`language` where it is not known), or one that has expired; of equals the first by its path.
    """
    wanted, own = _words(topics), _words(contact.interests)
    reads = contact.language or language
    open_to_them = [
        each
        for each in pieces
        if each.path not in had and each.language in {"", reads} and not each.has_expired(today)
    ]
    ranked = sorted(
        (-len(_words(each.topics) & wanted), -len(_words(each.topics) & own), each.path, each)
        for each in open_to_them
        if _words(each.topics) & (wanted or own)
    )
    if not ranked:
        return None
    piece = ranked[0][-1]
    shared = sorted(_words(piece.topics) & (wanted | own))
    return Found(piece, f"{piece.path} on {', '.join(shared)}")


def _words(topics: Iterable[str]) -> frozenset[str]:
    return frozenset(" ".join(each.casefold().split()) for each in topics)
