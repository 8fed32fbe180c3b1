"""People under way stay on the text they began with, whatever happens to the file."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from threading import Event

import pytest

from nurture.core.library import Library, Thesaurus
from nurture.core.library.piece import Piece
from nurture.definition import read_sequence
from nurture.errors import Place, Problem
from nurture.flows.shelve import complain, restock
from nurture.mail.write.template import parse_template
from tests.fakes.small_house import SEQUENCE, TEMPLATES, SmallHouse, person

ADA, BEN = person("Ada", "Brandt"), person("Ben", "Costa")
TEA = "---\ntitle: On tea\ntopics: [tea]\n---\nHello {{ name }}.\n"
LONGER = SEQUENCE.replace("2 weeks", "8 weeks")


async def test_p9_a_file_that_is_gone_or_broken_leaves_the_last_good_text_running() -> None:
    house = SmallHouse()
    await house.invite(ADA)
    house.shelf.sequences = {}
    await house.live(house.clock.now() + timedelta(days=30))
    assert await house.sent_to(ADA.address) == ["Hello Ada", "One more, Ada"]


async def test_p9_an_edit_reaches_new_people_and_leaves_those_under_way() -> None:
    house = SmallHouse()
    await house.invite(ADA)
    await house.shelve({"tips": LONGER})
    await house.invite(BEN)
    await house.live(house.clock.now() + timedelta(days=30))
    assert await house.sent_to(ADA.address) == ["Hello Ada", "One more, Ada"]
    assert await house.sent_to(BEN.address) == ["Hello Ben"]


async def test_a_text_is_kept_under_its_meaning_not_under_its_layout() -> None:
    house = SmallHouse()
    first = await house.shelve()
    again = await house.shelve({"tips": SEQUENCE + "\n# a comment\n"})
    other = await house.shelve({"tips": LONGER})
    assert first.revision == again.revision
    assert first.revision != other.revision


async def test_p9_what_is_missing_in_a_new_reading_stays_as_it_was() -> None:
    house = SmallHouse()
    await house.invite(ADA)
    second = parse_template("---\nsubject: Reworded\n---\nHello.\n", "second.md")
    tips = house.shelf.sequences
    await restock(house.shelf, tips, {"tips": SEQUENCE}, {"second.md": second}, house.clock.now())
    await house.live(house.clock.now() + timedelta(days=30))
    assert await house.sent_to(ADA.address) == ["Hello Ada", "Reworded"]


async def test_p9_a_mail_is_not_taken_over_while_nothing_that_can_be_read_uses_it() -> None:
    house = SmallHouse()
    await house.invite(ADA)
    slip = parse_template("---\nsubject: Hello {{ given_nmae }}\n---\nHello.\n", "first.md")
    other = parse_template("---\nsubject: Another\n---\nHello.\n", "other.md")
    mails = {"first.md": slip, "other.md": other}
    await restock(house.shelf, {}, {}, mails, house.clock.now())
    assert house.shelf.template("other.md") is other
    await house.live(house.clock.now() + timedelta(days=30))
    assert await house.sent_to(ADA.address) == ["Hello Ada", "One more, Ada"]


async def test_p9_a_new_reading_is_kept_before_it_is_used() -> None:
    house = SmallHouse()
    first = await house.shelve()
    longer = read_sequence(LONGER, "tips.yaml")
    await restock(house.shelf, {"tips": longer}, {"tips": LONGER}, {}, house.clock.now())
    kept = house.store.outgoing.revision_source
    assert await kept("tips", longer.revision) == LONGER
    assert await house.shelf.sequence("tips", longer.revision) == longer
    under_way = await house.shelf.sequence("tips", first.revision)
    assert under_way
    assert under_way.revision == first.revision


async def test_p9_the_owner_is_told_where_the_mistake_stands_and_only_once_a_day() -> None:
    house = SmallHouse()
    problems = [Problem("a wait has a number", Place("tips.yaml", 7, 3))]
    now = house.clock.now()
    for at in (now, now + timedelta(minutes=5), now + timedelta(days=1)):
        await complain(problems, [house.account], house.store.desk, at)
    first, second = await house.store.desk.notices_due(now + timedelta(days=2))
    assert "tips.yaml:7:3: a wait has a number" in first.text
    assert first.text == second.text


async def test_nobody_is_told_of_a_reading_without_mistakes() -> None:
    house = SmallHouse()
    await complain([], [house.account], house.store.desk, house.clock.now())
    assert await house.store.desk.notices_due(house.clock.now()) == ()


async def test_a_piece_whose_file_was_taken_away_is_sent_to_nobody() -> None:
    house = SmallHouse()
    piece = parse_template(TEA, "rye.md")
    await house.shelve(templates={**TEMPLATES, "library/tea.md": TEA})
    assert [each.path for each in (await house.shelf.library()).pieces] == ["library/tea.md"]
    now = house.clock.now()
    await restock(house.shelf, {}, {}, {}, now, pieces=["library/tea.md"])
    assert (await house.shelf.library()).pieces, "a piece that cannot be read is not gone"
    await restock(house.shelf, {}, {}, {"library/rye.md": piece}, now, pieces=["library/rye.md"])
    assert [each.path for each in (await house.shelf.library()).pieces] == ["library/rye.md"]


async def test_while_pieces_are_indexed_all_else_goes_on_and_no_edit_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, may_end = Event(), Event()
    index = Library.of

    def slowly(pieces: Iterable[Piece], thesaurus: Thesaurus) -> Library:
        begun.set()
        assert may_end.wait(20), "the loop stood still"
        return index(pieces, thesaurus)

    monkeypatch.setattr(Library, "of", slowly)
    house = SmallHouse()
    await house.shelve(templates={**TEMPLATES, "library/tea.md": TEA})
    asked = [asyncio.create_task(house.shelf.library()) for _ in range(2)]
    await asyncio.to_thread(begun.wait, 20)
    rye = {"library/rye.md": parse_template(TEA, "rye.md")}
    await restock(house.shelf, {}, {}, rye, house.clock.now(), pieces=[*rye])
    may_end.set()
    first, second = await asyncio.gather(*asked)
    assert [each.path for each in first.pieces] == ["library/rye.md"]
    assert second is first
