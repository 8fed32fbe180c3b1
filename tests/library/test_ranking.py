"""Of 300 pieces the right one for each of 200 people, who are known in words of their own."""

from datetime import date

from nurture.core.library import Library, Want
from nurture.document.piece_text import THESAURUS, read_thesaurus
from nurture.transport.sequence_folder import shipped_sequences
from tests.library.people import Labelled, people, pieces

PIECES, PEOPLE = pieces(), [*people()]
SHIPPED = read_thesaurus((shipped_sequences() / THESAURUS).read_text("utf-8"), THESAURUS)
WANT = Want(date(2026, 5, 6), "en")


def by_tags(who: Labelled) -> list[str]:
    """The first three as sharing tags alone would choose them, of equals by path."""
    own = {each.casefold() for each in who.reader.contact.interests}
    ranked = sorted(
        (-len(own & {topic.casefold() for topic in each.topics}), each.path)
        for each in PIECES
        if each.language == who.reader.contact.language
        and own & {topic.casefold() for topic in each.topics}
    )
    return [path for _, path in ranked[:3]]


def by_library(who: Labelled, library: Library) -> list[str]:
    return [each.piece.path for each in library.ranked(who.reader, WANT, 3)]


def test_the_right_piece_is_among_three_far_more_often_than_by_tags() -> None:
    assert (len(PIECES), len(PEOPLE)) == (300, 200)
    library = Library.of(PIECES, SHIPPED)
    found = sum(who.right in by_library(who, library) for who in PEOPLE) / len(PEOPLE)
    by_tag = sum(who.right in by_tags(who) for who in PEOPLE) / len(PEOPLE)
    assert found >= 0.70
    assert found >= by_tag + 0.20


def test_what_is_sent_is_nearly_always_about_their_subject_and_silence_is_rare() -> None:
    library = Library.of(PIECES, SHIPPED)
    sent = [(who, library.best(who.reader, WANT)) for who in PEOPLE]
    told = [(who.right, found.piece.path) for who, found in sent if found]
    about = sum(right[:10] == path[:10] for right, path in told)
    assert len(told) >= 0.80 * len(PEOPLE)
    assert about >= 0.88 * len(told)
