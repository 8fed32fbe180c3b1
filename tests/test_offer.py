"""What a content step sends to whom, and what becomes of it where nothing suits."""

from dataclasses import replace
from datetime import timedelta

import pytest

from nurture import ports
from nurture.core.decision import Advance, Decision, Hold
from nurture.core.enrollment import State
from nurture.core.override import Overridden, Override
from nurture.core.task import TaskMove, TaskState
from nurture.errors import Misconfigured
from nurture.flows.finish_task import Workbench, finish_task
from nurture.mail.read.inbound import read
from nurture.pen import Pen, Ready, choose
from tests.fakes.small_house import KEY, SmallHouse, person

ADA = replace(person("Ada", "Firm"), interests=("tea",))
BOB = replace(person("Bob", "Firm"), interests=("tea",))
HEAD = "sequence: tips\nwhy: you know us\nwindow: {days: monday to sunday, hours: 00:00 to 23:59}\n"
NEWS = f"{HEAD}steps:\n  - {{id: news, content: their interests}}\n"
TEA = "library/tea.md"
FRONT = "---\ntitle: On tea\ntopics: [tea]\nlanguage: en\n---\n"
MAIL = f"{FRONT}Dear {{{{ given_name }}}},\n\n{{{{ note }}}}\n\nWarm the pot.\n"
BARE = f"{FRONT}Warm the pot.\n"
NOTED = NEWS.replace(
    "interests}", 'interests, note: "Dear {{ given_name }} of {{ company }}, look."}'
)


async def house_of(source: str = NEWS, **mails: str) -> SmallHouse:
    house = SmallHouse()
    library = {f"library/{name}.md": text for name, text in mails.items()}
    await house.shelve({"tips": source}, {"first.md": MAIL, **library})
    await house.invite(ADA)
    return house


async def chosen(
    house: SmallHouse, after: timedelta = timedelta(0)
) -> Ready | ports.Order | Decision:
    now = house.clock.now() + after
    due, *_ = await house.store.outgoing.due("anna", now, 10)
    pen = Pen(house.account, house.store.outgoing, house.shelf, house.clock, KEY)
    return await choose(pen, due, now)


def said(choice: Ready | ports.Order | Decision) -> str:
    """The words of a letter above its footer."""
    assert isinstance(choice, Ready), choice
    return read(choice.letter.envelope.wire).plain.partition("\n--")[0]


async def test_the_piece_that_suits_them_goes_with_the_reason_for_the_ledger() -> None:
    choice = await chosen(await house_of(tea=MAIL))
    assert isinstance(choice, Ready)
    assert (choice.letter.subject, choice.intent.piece) == ("On tea", TEA)
    assert choice.intent.why == "step 'news' of 'tips' is due: library/tea.md for tea (an interest)"


async def test_without_a_note_its_place_is_left_out() -> None:
    text = said(await chosen(await house_of(tea=MAIL)))
    assert text.startswith("Dear Ada,\n\nWarm the pot.")


async def test_the_owners_note_stands_where_the_piece_says_so_or_above_it() -> None:
    within = said(await chosen(await house_of(NOTED, tea=MAIL)))
    assert within.startswith("Dear Ada,\n\nDear Ada of Firm, look.\n\nWarm the pot.")
    above = said(await chosen(await house_of(NOTED, tea=BARE)))
    assert above.startswith("Dear Ada of Firm, look.\n\nWarm the pot.")


async def test_a_note_goes_only_with_pieces_in_its_language() -> None:
    german = MAIL.replace("language: en", "language: de")
    house = SmallHouse()
    await house.shelve({"tips": NOTED}, {"library/tee.md": german})
    await house.invite(replace(ADA, language="de"))
    assert "look" not in said(await chosen(house))
    both = NOTED.replace("note: ", "note: {de: Schau, en: ").replace('look."}', 'look."}}')
    house = SmallHouse()
    await house.shelve({"tips": both}, {"library/tee.md": german})
    await house.invite(replace(ADA, language="de"))
    assert "Schau" in said(await chosen(house))


async def test_a_piece_that_greets_nobody_goes_only_with_a_note_that_does() -> None:
    assert isinstance(await chosen(await house_of(tea=BARE)), ports.Order)


async def test_where_the_best_piece_would_have_a_hole_the_next_one_goes() -> None:
    holed = MAIL.replace("pot.", "pot of {{ custom.pot }}.").replace("On tea", "Tea and tea")
    choice = await chosen(await house_of(a=holed, b=MAIL))
    assert isinstance(choice, Ready)
    assert choice.intent.piece == "library/b.md"
    held = await chosen(await house_of(a=holed))
    assert isinstance(held, Hold)
    assert "pot" in held.why


async def test_where_nothing_suits_the_owner_is_asked_and_the_walk_waits_a_day() -> None:
    house = await house_of(roses=MAIL.replace("tea", "roses"))
    choice = await chosen(house)
    assert isinstance(choice, ports.Order)
    assert choice.task.title == "A piece for Ada"
    assert "nurture override ada@firm.example tips news --piece" in choice.task.text
    assert (choice.then, choice.lapses_at) == (None, house.clock.now() + timedelta(days=1))
    await house.round()
    assert house.courier.delivered == []


async def test_as_soon_as_there_is_a_piece_it_goes_and_the_task_lapses() -> None:
    house = await house_of(roses=MAIL.replace("tea", "roses"))
    await house.round()
    shelf = house.shelf
    await house.shelve({"tips": NEWS}, {TEA: MAIL})
    assert house.shelf is not shelf
    await house.clock.advance_to(house.clock.now() + timedelta(days=1, minutes=1))
    await house.round()
    assert [each.recipient for each in house.courier.delivered] == ["ada@firm.example"]
    ((task, _),) = await house.store.tasks.tasks(open_only=False)
    assert task.state is TaskState.LAPSED


async def test_when_no_piece_comes_for_four_weeks_the_walk_goes_on_without() -> None:
    house = await house_of(roses=MAIL.replace("tea", "roses"))
    assert isinstance(await chosen(house, timedelta(days=90)), ports.Order), "nobody was asked yet"
    await house.round()
    assert isinstance(await chosen(house, timedelta(days=27)), ports.Order)
    choice = await chosen(house, timedelta(days=28))
    assert isinstance(choice, Advance)
    assert choice.why.startswith("no piece came in time: nothing on what they care for")


async def test_who_says_that_it_is_done_lets_the_walk_look_again_at_once() -> None:
    house = await house_of(roses=MAIL.replace("tea", "roses"))
    await house.round()
    await done(house, TaskMove.FINISHED)
    await house.shelve({"tips": NEWS}, {TEA: MAIL})
    await house.round()
    assert len(house.courier.delivered) == 1


async def test_who_says_that_it_is_done_and_nothing_suits_is_not_asked_again() -> None:
    house = await house_of(roses=MAIL.replace("tea", "roses"))
    await house.round()
    await done(house, TaskMove.FINISHED)
    assert isinstance(await chosen(house), Advance)


async def test_who_skips_the_task_lets_the_walk_go_on_without() -> None:
    house = await house_of(roses=MAIL.replace("tea", "roses"))
    await house.round()
    await done(house, TaskMove.PASSED_OVER)
    (walk,) = (await house.store.outgoing.walks([1]))[1]
    assert walk.state is State.ENDED


async def test_a_choice_outlives_the_task_that_asked_for_it() -> None:
    house = await house_of(roses=MAIL.replace("tea", "roses"))
    await house.round()
    override = Override(1, "tips", "news", Overridden.CHOSEN, text="library/roses.md")
    await house.store.tact.override(override, house.clock.now())
    await done(house, TaskMove.FINISHED)
    await house.round()
    assert len(house.courier.delivered) == 1


async def done(house: SmallHouse, by: TaskMove) -> None:
    """The owner settles the only task there is."""
    store = house.store
    ((task, _),) = await store.tasks.tasks()
    accounts = {"anna": house.account}
    bench = Workbench(store.tasks, store.people, store.outgoing, house.shelf, accounts, house.clock)
    await finish_task(bench, task.id, by, "")


async def test_the_owner_may_choose_a_piece_for_one_person() -> None:
    house = await house_of(tea=MAIL, roses=MAIL.replace("tea", "roses"))
    override = Override(1, "tips", "news", Overridden.CHOSEN, text="library/roses.md")
    await house.store.tact.override(override, house.clock.now())
    choice = await chosen(house)
    assert isinstance(choice, Ready)
    assert choice.intent.piece == "library/roses.md"
    assert "which you chose" in choice.intent.why


async def test_not_even_the_owner_sends_what_they_had() -> None:
    house = await house_of(tea=MAIL)
    await house.round()
    assert len(house.courier.delivered) == 1
    await house.shelve({"more": NEWS.replace("tips", "more")}, {TEA: MAIL})
    await house.invite(ADA, sequence="more")
    override = Override(1, "more", "news", Overridden.CHOSEN, text=TEA)
    await house.store.tact.override(override, house.clock.now())
    choice = await chosen(house, timedelta(days=60))
    assert isinstance(choice, ports.Order)
    assert "but they had it already" in choice.task.text


async def test_a_colleague_gets_another_piece_or_none_for_a_year() -> None:
    house = await house_of(tea=MAIL)
    await house.round()
    await house.invite(BOB)
    choice = await chosen(house, timedelta(days=60))
    assert isinstance(choice, ports.Order)
    assert choice.task.contact_id == 2


async def test_words_of_ones_own_are_no_piece_that_they_had() -> None:
    house = await house_of(tea=MAIL)
    text = "---\nsubject: Yours\n---\nDear {{ given_name }}, a word.\n"
    override = Override(1, "tips", "news", Overridden.REWORDED, text=text)
    await house.store.tact.override(override, house.clock.now())
    choice = await chosen(house)
    assert isinstance(choice, Ready)
    assert (choice.letter.subject, choice.intent.piece) == ("Yours", "")


@pytest.mark.parametrize("note", ["[a]", "{}", "{en: ''}", "'Dear {{ given_nam }}'"])
async def test_a_note_that_is_none_is_refused_with_words(note: str) -> None:
    with pytest.raises(Misconfigured, match=r"note|given_name|lines|text"):
        await house_of(NEWS.replace("interests}", f"interests, note: {note}}}"))
