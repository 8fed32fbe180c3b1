"""The library gives everybody what is about their work, never twice, never stale, or nothing."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.core.contact import Contact, Relationship
from nurture.core.library import Library, Reader, Thesaurus, Want
from nurture.core.library.piece import Piece
from nurture.core.library.stem import roots, stem
from nurture.core.sequence import Intent

TODAY = date(2026, 5, 6)
ADA = Contact("ada@firm.example", id=1, language="en", interests=("Cash Flow",))
PRICING = Piece("library/pricing.md", ("pricing",), "en", title="How to say a price")
CASH = Piece("library/cash.md", ("pricing", "cash  flow"), "en", title="Money that comes late")
ROSES = Piece("library/roses.md", ("gardening",), "en", title="Roses", text="Roses want sun.")
SAME = Thesaurus({"cash flow": ("liquidity", "unpaid invoices", "Liquidität")})
WANT = Want(TODAY, "en", ("pricing",))
BARE = Want(TODAY, "en")


def chosen(pieces: list[Piece], who: Contact = ADA, want: Want = WANT, **known: object) -> str:
    """The path of the piece that goes to them, or nothing."""
    found = Library.of(pieces, SAME).best(Reader(who, **known), want)
    return found.piece.path if found else ""


def test_of_two_on_the_topic_their_own_interest_decides() -> None:
    assert chosen([PRICING, CASH]) == CASH.path


def test_nobody_gets_a_piece_twice() -> None:
    assert chosen([PRICING, CASH], had=frozenset({CASH.path})) == PRICING.path
    assert chosen([CASH], had=frozenset({CASH.path})) == ""


def test_nobody_gets_what_a_colleague_had() -> None:
    assert chosen([PRICING, CASH], company_had=frozenset({CASH.path})) == PRICING.path


def test_two_files_about_the_same_page_are_one_piece() -> None:
    page = "https://example.org/cash"
    first, second = replace(CASH, source=page), replace(PRICING, source=page + "/")
    assert chosen([first, second], had=frozenset({first.path})) == ""


def test_nobody_gets_a_language_they_do_not_read() -> None:
    german = replace(ADA, language="de")
    assert chosen([PRICING], german) == ""
    assert chosen([replace(PRICING, language="de")], replace(ADA, language="de-AT"))
    unknown = replace(PRICING, language="")
    assert chosen([unknown], german) == "", "a text without a language is in the owner's"
    assert chosen([unknown]) == PRICING.path


def test_a_piece_lives_from_its_first_day_to_its_last() -> None:
    assert chosen([replace(PRICING, expires=TODAY)])
    assert not chosen([replace(PRICING, expires=TODAY - timedelta(days=1))])
    assert chosen([replace(PRICING, published=TODAY)])
    assert not chosen([replace(PRICING, published=TODAY + timedelta(days=1))])


def test_an_audience_is_a_relationship_or_a_tag() -> None:
    for_clients = replace(PRICING, audience=("former clients", "vip"))
    assert not chosen([for_clients])
    assert chosen([for_clients], replace(ADA, relationship=Relationship.FORMER_CLIENT))
    assert chosen([for_clients], replace(ADA, tags=("VIP",)))


def test_a_step_that_gives_sends_nothing_that_asks() -> None:
    asking = replace(PRICING, intent=Intent.ASK)
    assert not chosen([asking], want=replace(WANT, intent=Intent.GIVE))
    assert chosen([asking], want=replace(WANT, intent=Intent.ASK))


def test_a_piece_that_calls_nobody_by_name_needs_a_note_that_does() -> None:
    bare = replace(PRICING, greets=False)
    assert not chosen([bare])
    assert chosen([bare], want=replace(WANT, introduces=frozenset({"en"})))
    assert not chosen([bare], want=replace(WANT, introduces=frozenset({"de"})))


def test_what_is_about_something_else_is_not_sent() -> None:
    stranger = replace(ADA, interests=())
    assert not chosen([ROSES], stranger)
    assert not chosen([ROSES], replace(ADA, notes="roses"), WANT), "the step wants pricing"


def test_a_topic_they_care_for_goes_before_words_that_are_too_few() -> None:
    on_topic = replace(CASH, path="library/z.md", topics=("tea",), title="Old", text="Old.")
    words = replace(CASH, path="library/a.md", topics=("x",), title="Ledger", text="ledger lamp")
    many = [replace(on_topic, path=f"library/y{number}.md") for number in range(60)]
    who = replace(ADA, interests=("tea",), tags=("ledger", "lamp"))
    library = Library.of([words, on_topic, *many], Thesaurus())
    first, *_ = library.ranked(Reader(who), Want(TODAY, "en"), 1)
    assert first.is_enough
    assert first.piece.topics == ("tea",)


def test_words_that_mean_the_same_meet_by_the_thesaurus() -> None:
    for said in ("liquidity", "Liquidität", "unpaid invoice"):
        who = replace(ADA, interests=(said,))
        assert chosen([CASH, ROSES], who, Want(TODAY, "en")) == CASH.path, said


@pytest.mark.parametrize(
    ("known", "origin"),
    [
        ({"custom": {"field": "commercial gardening"}}, "their field"),
        ({"custom": {"reason": "gardening at the new office"}}, "why you met"),
        ({"notes": "Has a rose nursery. Gardening is all they talk of."}, "your notes"),
        ({"note": "ask how the gardening goes"}, "a note of yours"),
    ],
)
def test_whatever_is_known_of_them_may_speak_for_a_piece(
    known: dict[str, object], origin: str
) -> None:
    who = replace(ADA, interests=(), **known)
    found = Library.of([CASH, ROSES], SAME).best(Reader(who), Want(TODAY, "en"))
    assert found is not None
    assert found.piece == ROSES
    assert origin in found.why


def test_what_they_wrote_speaks_for_a_piece() -> None:
    nobody = replace(ADA, interests=())
    wrote = ("Our gardening season begins, and the roses are late.",)
    assert chosen([CASH, ROSES], nobody, Want(TODAY, "en"), wrote=wrote) == ROSES.path


def test_what_is_noted_on_their_card_speaks_for_a_piece_and_the_reason_says_so() -> None:
    who = replace(ADA, interests=(), note="call about the gardening show, March")
    reader = Reader(who, noted=("call about the gardening show, March", "likes tea"))
    found = Library.of([CASH, ROSES], SAME).best(reader, Want(TODAY, "en"))
    assert found is not None
    assert found.piece == ROSES
    assert found.why == "library/roses.md for gardening (a note of yours)"


def test_a_note_counts_once_though_it_is_also_the_latest() -> None:
    who = replace(ADA, interests=(), note="their gardening show")
    library = Library.of([CASH, ROSES], SAME)
    once, twice = (
        library.ranked(Reader(who, noted=noted), Want(TODAY, "en"), 1)
        for noted in ((), ("their gardening show",))
    )
    assert once
    assert once == twice


def test_the_latest_note_counts_most_and_those_long_gone_by_not_at_all() -> None:
    later = tuple(f"ring them, {number}" for number in range(5))
    library = Library.of([CASH, ROSES], SAME)
    who = replace(ADA, interests=())
    scores = [
        found[0].score
        for count in range(5)
        if (found := library.ranked(Reader(who, noted=(*later[:count], "gardening")), BARE, 1))
    ]
    assert len(scores) == 5
    assert scores == sorted(set(scores), reverse=True)
    assert library.ranked(Reader(who, noted=(*later, "gardening")), BARE, 1) == ()


def test_notes_of_what_to_do_do_not_add_up_to_a_piece_about_none_of_them() -> None:
    noted = ("call after the move", "ring in the morning", "write a letter", "meet for lunch")
    text = "They call, they ring, they write, they meet, and nobody is there."
    desks = Piece("library/desks.md", ("furniture",), "en", title="Desks", text=text)
    reader = Reader(replace(ADA, interests=()), noted=noted)
    (found,) = Library.of([CASH, ROSES, desks], SAME).ranked(reader, BARE, 1)
    assert found.piece == desks
    assert not found.is_enough


def test_of_equals_the_fresher_goes_first_and_what_never_ages_is_fresh() -> None:
    old = replace(PRICING, path="library/a.md", published=date(2019, 1, 1))
    new = replace(PRICING, path="library/b.md", published=date(2026, 4, 1))
    assert chosen([old, new]) == new.path
    assert chosen([replace(old, evergreen=True), new]) == old.path


def test_the_choice_says_why_in_one_line() -> None:
    found = Library.of([CASH], SAME).best(Reader(ADA), WANT)
    assert found is not None
    assert found.why.startswith("library/cash.md for ")
    assert "cash flow (an interest)" in found.why
    assert "pricing (the step)" in found.why
    assert "\n" not in found.why


def test_why_a_piece_goes_to_somebody_under_no_circumstances() -> None:
    over = replace(ROSES, expires=date(2026, 1, 1))
    library = Library.of([CASH, PRICING, over], SAME)
    reader = Reader(ADA, frozenset({CASH.path}), frozenset({PRICING.path}))
    assert library.barred(CASH, reader, WANT) == "they had it already"
    assert "colleague" in library.barred(PRICING, reader, WANT)
    assert "2026-01-01" in library.barred(over, reader, WANT)


@pytest.mark.parametrize(
    "kin",
    [
        "invoice invoices invoicing invoiced", "hire hiring hires hired", "tax taxes",
        "company companies", "plan plans planning", "meeting meetings", "payment payments",
        "employee employees", "Rechnung Rechnungen", "Kunde Kunden", "Steuer Steuern",
        "Zahlung Zahlungen zahlen", "Vertrag Verträge", "Mitarbeiter Mitarbeitern",
    ],
)  # fmt: skip
def test_the_forms_of_a_word_have_one_root(kin: str) -> None:
    assert len(set(roots(kin))) == 1


def test_words_that_differ_keep_apart() -> None:
    apart = ("price", "prize", "staff", "stuff", "tax", "taxi", "plant", "plan", "rose", "rise")
    assert len({stem(word) for word in apart}) == len(apart)


def test_a_better_piece_is_never_hidden_behind_many_that_may_not_go() -> None:
    had = [replace(CASH, path=f"library/{number:03}.md") for number in range(300)]
    fit = replace(CASH, path="library/zz.md", title="Money")
    known = frozenset(each.path for each in had)
    assert chosen([*had, fit], had=known) == fit.path


@given(st.text(), st.lists(st.text(), max_size=3))
def test_any_words_can_be_asked_and_written(text: str, listed: list[str]) -> None:
    piece = Piece("library/a.md", tuple(listed), "en", title=text, text=text)
    who = replace(ADA, interests=tuple(listed), notes=text, custom={"x": text})
    found = Library.of([piece], Thesaurus({text or "a": tuple(listed)})).ranked(
        Reader(who, wrote=(text,)), Want(TODAY, "en"), 3
    )
    assert all(each.score >= 0 for each in found)
