"""Topics that people care for are missed where somebody has nothing left on them."""

from datetime import date

from nurture.core.contact import Contact
from nurture.core.library import Library, Reader, Thesaurus, Want
from nurture.core.library.gap import Gap, gaps
from nurture.core.library.piece import Piece

WANT = Want(date(2026, 5, 6), "en")
TEA = Piece("library/tea.md", ("tea",), "en")
STALE = Piece("library/rye.md", ("rye",), "en", expires=date(2026, 1, 1))
LIBRARY = Library.of([TEA, STALE], Thesaurus({"tea": ("chai",)}))


def reader(number: int, *interests: str, language: str = "en", had: tuple[str, ...] = ()) -> Reader:
    contact = Contact(f"p{number}@x.example", id=number, interests=interests, language=language)
    return Reader(contact, frozenset(had))


def test_a_topic_with_a_piece_left_for_everybody_is_no_gap() -> None:
    assert gaps(LIBRARY, [reader(1, "Tea"), reader(2, "chai")], WANT) == ()


def test_a_topic_is_missed_by_those_who_had_it_all() -> None:
    people = [reader(1, "tea"), reader(2, "chai", had=(TEA.path,))]
    assert gaps(LIBRARY, people, WANT) == (Gap("tea", "en", 2, 1, 1),)


def test_what_expired_or_is_in_another_language_does_not_help_and_most_lack_comes_first() -> None:
    people = [reader(1, "rye"), reader(2, "rye"), reader(3, "tea", language="de")]
    assert gaps(LIBRARY, people, WANT) == (Gap("rye", "en", 2, 2, 0), Gap("tea", "de", 1, 1, 0))
