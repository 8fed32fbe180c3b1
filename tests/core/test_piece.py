"""The library gives everybody what is about their work, never twice, never stale."""

from dataclasses import replace
from datetime import date

from nurture.core.contact import Contact
from nurture.core.piece import Piece, best

TODAY = date(2026, 5, 6)
ADA = Contact("ada@firm.example", language="en", interests=("Cash Flow",))
PRICING = Piece("library/pricing.md", ("pricing",), "en")
CASH = Piece("library/cash.md", ("pricing", "cash  flow"), "en")


def chosen(pieces: list[Piece], who: Contact = ADA, had: frozenset[str] = frozenset()) -> str:
    found = best(pieces, who, ("pricing",), had, "en", TODAY)
    return found.piece.path if found else ""


def test_of_two_on_the_topic_their_own_interest_decides() -> None:
    assert chosen([PRICING, CASH]) == CASH.path


def test_nobody_gets_a_piece_twice() -> None:
    assert chosen([PRICING, CASH], had=frozenset({CASH.path})) == PRICING.path
    assert chosen([CASH], had=frozenset({CASH.path})) == ""


def test_nobody_gets_a_language_they_do_not_read() -> None:
    assert chosen([PRICING], replace(ADA, language="de")) == ""
    assert chosen([replace(PRICING, language="")], replace(ADA, language="de")) == PRICING.path


def test_a_piece_lives_to_its_last_day() -> None:
    assert chosen([replace(PRICING, expires=TODAY)]) == PRICING.path
    assert chosen([replace(PRICING, expires=date(2026, 5, 5))]) == ""


def test_what_is_about_something_else_is_not_sent() -> None:
    stranger = replace(ADA, interests=())
    assert chosen([replace(PRICING, topics=("tax",))], stranger) == ""


def test_the_choice_says_why() -> None:
    found = best([CASH], ADA, ("pricing",), frozenset(), "en", TODAY)
    assert found is not None
    assert found.why == "library/cash.md on cash flow, pricing"
