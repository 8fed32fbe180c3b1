"""People under way stay on the text they began with, whatever happens to the file."""

from datetime import timedelta

from tests.fakes.small_house import SEQUENCE, SmallHouse, person

ADA, BEN = person("Ada", "Brandt"), person("Ben", "Costa")
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
