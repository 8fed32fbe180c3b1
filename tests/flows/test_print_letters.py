"""Letters are printed, posted, or withdrawn (flows/print_letters)."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest_asyncio

from nurture.core.account import Account
from nurture.core.contact import Contact
from nurture.core.contact.hush import Hush, Hushed
from nurture.core.effect import Effect
from nurture.core.task import Task, TaskMove
from nurture.flows.finish_task import Workbench, finish_task
from nurture.flows.print_letters import Batch, PrintShop, pile, print_letters
from nurture.flows.shelve import shelve
from nurture.paper.pile import Laid, Standing
from nurture.transport.press import TypstPress
from nurture.transport.sequence_folder import load_folder, shipped_sequences
from tests.fakes.paper import OWNER
from tests.fakes.pdf import pages, text
from tests.fakes.small_house import ACCOUNT, SmallHouse, person
from tests.fakes.story import ANSWERED, OPTED_OUT, Story

DAY = timedelta(days=1)
HOME: Account = replace(ACCOUNT, owner=OWNER)
SEQUENCE = """
sequence: tips
why: we worked together
steps:
  - {id: on-paper, letter: letters/hello.md, within: 2 business days}
  - {id: quiet, wait: 2 weeks}
  - {id: promised-call, call: "Ring {{ given_name }}."}
"""
LETTER = "Dear {{ given_name }},\n\n{{ custom.line }}\n\nYours,\n\n{{ owner.name }}\n"
THERE = {"street": "Road 1", "postal_code": "10115", "city": "Berlin", "country": "DE"}


def somebody(given: str, **fields: object) -> Contact:
    known = THERE | {"custom": {"line": "It has been long."}} | fields
    return replace(person(given, given), **known)


@dataclass
class Office:
    """A house whose letters can be printed."""

    house: SmallHouse
    press: TypstPress = field(default_factory=lambda: TypstPress(system_fonts=False))

    @property
    def shop(self) -> PrintShop:
        store, clock = self.house.store, self.house.clock
        return PrintShop(store.letters, store.tact, {"anna": HOME}, {}, clock, self.press)

    async def write_to(self, *people: Contact) -> None:
        await self.house.invite(*people)
        await self.house.round()

    async def print(self, *numbers: int, **wishes: object) -> Batch:
        return await print_letters(self.shop, self.press, numbers=numbers, **wishes)

    async def standings(self) -> dict[str, Standing]:
        return {each.contact.given_name: each.standing for each in await pile(self.shop)}

    async def post(self, number: int, at: datetime | None = None) -> Task | None:
        store, house = self.house.store, self.house
        bench = Workbench(
            store.tasks, store.people, store.outgoing, house.shelf, {"anna": HOME}, house.clock
        )
        return await finish_task(bench, number, TaskMove.FINISHED, "", at)

    async def hears(self, *said: tuple[int, Effect]) -> None:
        story = Story(self.house.store, await self.house.take_lease())
        for contact_id, effect in said:
            contact = await self.house.store.people.contact_by_id(contact_id)
            assert contact is not None
            await story.hears(contact, effect)


@pytest_asyncio.fixture
async def office() -> Office:
    house = SmallHouse(HOME)
    await house.shelve({"tips": SEQUENCE}, {"letters/hello.md": LETTER})
    return Office(house)


def names(laid: tuple[Laid, ...]) -> list[str]:
    return [each.contact.given_name for each in laid]


async def test_a_letter_step_becomes_a_page(office: Office) -> None:
    await office.write_to(somebody("Mara"))
    batch = await office.print()
    (page,) = pages(batch.pdf)
    assert "Dear Mara," in text(page)
    assert "It has been long." in text(page)
    assert (names(batch.printed), batch.left_out, batch.pages) == (["Mara"], (), {1: 1})


async def test_printing_moves_nothing_and_posting_starts_the_clock_of_the_call(
    office: Office,
) -> None:
    await office.write_to(somebody("Mara"))
    store, clock = office.house.store, office.house.clock
    await office.print()
    ((walk,),) = (await store.outgoing.walks([1])).values()
    assert (walk.position, walk.due_at) == ("on-paper", None)
    assert (await store.outgoing.paces([1], clock.now()))[1].touched == ()
    await clock.advance_to(clock.now() + 20 * DAY)
    await office.house.round()
    assert [task.channel for task, _ in await store.tasks.tasks()] == ["letter"]
    posted_at = clock.now() - 3 * DAY
    assert await office.post(1, posted_at)
    ((walk,),) = (await store.outgoing.walks([1])).values()
    assert (walk.position, walk.anchor_at) == ("quiet", posted_at)
    assert (await store.outgoing.paces([1], clock.now()))[1].touched == (posted_at,)
    await office.house.round()
    await clock.advance_to(posted_at + 14 * DAY - timedelta(hours=1))
    await office.house.round()
    assert await store.tasks.tasks() == ()
    await clock.advance_to(posted_at + 15 * DAY)
    await office.house.round()
    assert [task.text for task, _ in await store.tasks.tasks()] == ["Ring Mara."]


async def test_the_same_letters_are_the_same_bytes_days_later(office: Office) -> None:
    await office.write_to(somebody("Mara"), somebody("Zoe"))
    first = await office.print()
    await office.house.clock.advance_to(office.house.clock.now() + 3 * DAY)
    again = await office.print()
    assert again.pdf == first.pdf
    assert again.dated_on == first.dated_on == date(2026, 3, 2)
    anew = await office.print(on=date(2026, 3, 9))
    assert "9 March 2026" in text(pages(anew.pdf)[0])
    assert (await office.print()).pdf == anew.pdf


async def test_p1_who_answered_or_objected_meanwhile_is_named_and_left_out(
    office: Office,
) -> None:
    await office.write_to(somebody("Mara"), somebody("Zoe"), somebody("Tom"))
    await office.print()
    await office.hears((1, ANSWERED), (2, OPTED_OUT))
    batch = await office.print()
    assert names(batch.printed) == ["Tom"]
    assert {each.contact.given_name: each.why for each in batch.left_out} == {
        "Mara": "they answered: the conversation is yours",
        "Zoe": "they asked to be left alone",
    }
    assert len(pages(batch.pdf)) == 1
    # Not even where they are asked for by number.
    named = await office.print(1, 2)
    assert (named.pdf, names(named.left_out)) == (b"", ["Mara", "Zoe"])
    # A letter that lay printed on the desk is named for two weeks.
    await office.house.clock.advance_to(office.house.clock.now() + 30 * DAY)
    assert await office.standings() == {"Mara": Standing.WITHDRAWN, "Tom": Standing.PRINTED}


async def test_what_cannot_be_printed_is_named_and_the_others_go_on(office: Office) -> None:
    await office.write_to(
        somebody("Mara"),
        somebody("Zoe", street="", city=""),
        somebody("Kenji", custom={"line": "お元気ですか"}),
        somebody("Tom"),
    )
    await office.house.store.tact.hush(
        Hush(Hushed.CONTACT, "tom@tom.example", datetime(2030, 1, 1, tzinfo=UTC), ""),
        office.house.clock.now(),
    )
    batch = await office.print()
    assert names(batch.printed) == ["Mara"]
    why = {each.contact.given_name: (each.standing, each.why) for each in batch.left_out}
    assert why["Zoe"][0] is why["Kenji"][0] is Standing.INCOMPLETE
    assert "street and city unknown" in why["Zoe"][1]
    assert "fonts-noto-cjk" in why["Kenji"][1]
    assert why["Tom"][0] is Standing.HELD
    undated = [task.id for task, _ in await office.house.store.tasks.tasks() if not task.dated_on]
    assert undated == [2, 3, 4]


async def test_only_what_is_due_by_the_end_of_a_week(office: Office) -> None:
    await office.write_to(somebody("Mara"))
    assert (await office.print(until=date(2026, 3, 3))).printed == ()
    assert names((await office.print(until=date(2026, 3, 8))).printed) == ["Mara"]


async def test_a_posted_letter_is_printed_again_only_by_its_number(office: Office) -> None:
    await office.write_to(somebody("Mara"))
    first = await office.print()
    await office.post(1)
    assert (await office.print()).printed == ()
    assert (await office.print(1)).pdf == first.pdf


async def test_without_a_press_letters_are_listed_all_the_same(office: Office) -> None:
    await office.write_to(somebody("Kenji", custom={"line": "お元気ですか"}))
    (with_press,) = await pile(office.shop)
    assert with_press.standing is Standing.INCOMPLETE
    (without,) = await pile(replace(office.shop, press=None))
    assert without.standing is Standing.READY


async def test_the_shipped_letter_goes_from_its_step_to_the_call_that_it_promised() -> None:
    folder = load_folder(shipped_sequences())
    house = SmallHouse(HOME)
    outgoing, now = house.store.outgoing, house.clock.now()
    house.shelf = await shelve(folder.sequences, folder.sources, folder.templates, outgoing, now)
    office, story = Office(house), Story(house.store)
    told = {"why_you": "how you ran the move", "request": "what would you change?"}
    mara = somebody("Mara", family_name="Lind", custom=told, phone="+49 30 1")
    await house.store.people.merge([mara], now)
    revision = folder.sequences["reconnect"].revision
    await story.enrolled(mara.address, "reconnect", revision=revision, position="letter")
    await house.round()
    batch = await office.print()
    (page,) = pages(batch.pdf)
    assert "I often think of how you ran the move." in text(page)
    assert "With warm regards," in text(page)
    assert await office.post(1)
    for _ in range(40):
        await house.round()
        await house.clock.advance_to(house.clock.now() + DAY)
    assert house.courier.delivered == []  # not the same by mail as well
    ((call, _),) = await house.store.tasks.tasks()
    assert call.channel == "call"
    assert "as your letter or mail promised" in " ".join(call.text.split())
    assert call.created_at - now >= 21 * DAY
