"""What every store knows of who read what (ports.Readers)."""

from dataclasses import replace

from nurture.core.contact import Contact
from nurture.core.cue import Cue
from nurture.core.decision import Advance
from nurture.core.effect import NOTHING
from nurture.core.library import Reader
from nurture.core.library.echo import Offered
from nurture.core.task import Channel, TaskState
from nurture.core.touch import TouchMove
from nurture.core.verdict import Meaning
from nurture.ports import (
    Asked,
    Begun,
    Intent,
    Stopped,
    Stores,  # fmt: skip
)
from tests.fakes.story import (
    ACCEPTED,
    ACCOUNT,
    ANSWERED,
    DAY,
    HOUR,
    LATER,
    MINUTE,
    OPTED_OUT,
    REPLY,
    START,
    Story,
    order_of,
)

TAX = "library/tax.md"


async def given(story: Story, address: str, piece: str = TAX, sequence: str = "tips") -> Intent:
    """What is about to leave, a piece of the library."""
    walk = await story.enrolled(address, sequence=sequence)
    return replace(story.intent(walk, address), piece=piece)


async def sent(story: Story, address: str, piece: str = TAX, **fields: object) -> None:
    """The piece reached them a minute after START."""
    (look,) = await story.look(await given(story, address, piece))
    assert isinstance(look, Begun)
    await story.settled(look.touch_id, TouchMove.ACCEPTED, ACCEPTED, **fields)


async def colleagues(story: Story) -> tuple[Contact, Contact]:
    return await story.known("ada@firm.example"), await story.known("bob@firm.example")


async def test_what_somebody_had_is_known_in_every_sequence(store: Stores, story: Story) -> None:
    bob = await story.known("bob@firm.example")
    (look,) = await story.look(await given(story, "bob@firm.example"))
    assert isinstance(look, Begun)
    assert (await store.outgoing.reader(bob, START)).had == {TAX}
    await story.settled(look.touch_id, TouchMove.REJECTED, LATER, why="refused")
    assert (await store.outgoing.reader(bob, START)).had == frozenset()


async def test_what_colleagues_had_is_known_for_a_year(store: Stores, story: Story) -> None:
    ada, bob = await colleagues(story)
    zoe = await story.known("zoe@other.example")
    await sent(story, "bob@firm.example")
    reader = await store.outgoing.reader(ada, START + 364 * DAY)
    assert (reader.had, reader.company_had) == (frozenset(), {TAX})
    later = await store.outgoing.reader(ada, START + 366 * DAY)
    assert later.company_had == frozenset()
    assert (await store.outgoing.reader(zoe, START + DAY)).company_had == frozenset()
    assert (await store.outgoing.reader(bob, START + 400 * DAY)).had == {TAX}


async def test_what_a_colleague_is_still_to_get_counts_as_well(store: Stores, story: Story) -> None:
    ada, _ = await colleagues(story)
    (look,) = await story.look(await given(story, "bob@firm.example"))
    assert isinstance(look, Begun)
    await story.settled(look.touch_id, TouchMove.POSTPONED, LATER, retry_at=START + HOUR)
    assert (await store.outgoing.reader(ada, START + HOUR)).company_had == {TAX}


async def test_the_last_look_stops_a_piece_that_they_had_meanwhile(story: Story) -> None:
    await sent(story, "bob@firm.example")
    late = START + 30 * DAY
    await story.leased(late, "w2")
    again = replace(
        await given(story, "bob@firm.example", sequence="news"), last_touch_at=late, due_at=START
    )
    (look,) = await story.look(again, at=late, heard_since=late)
    assert isinstance(look, Stopped)
    assert look.why.startswith(f"they had {TAX} meanwhile")


async def test_the_last_look_stops_a_piece_that_a_colleague_had(story: Story) -> None:
    await colleagues(story)
    await sent(story, "bob@firm.example")
    late = START + 30 * DAY
    await story.leased(late, "w2")
    theirs = replace(await given(story, "ada@firm.example"), company_touch_at=late)
    (look,) = await story.look(theirs, at=late, heard_since=late)
    assert isinstance(look, Stopped)
    assert "or a colleague of theirs" in look.why
    (look,) = await story.look(replace(theirs, piece="library/new.md"), at=late, heard_since=late)
    assert isinstance(look, Begun)


async def test_their_own_words_are_known_the_latest_first(store: Stores, story: Story) -> None:
    bob = await story.known("bob@firm.example")
    for number, text in enumerate(("first", "second", "third", "fourth")):
        at = START + number * HOUR
        await story.hears(bob, NOTHING, text=text, at=at)
    away = replace(REPLY, meaning=Meaning.AUTO_REPLY)
    await story.hears(bob, NOTHING, text="I am away", verdict=away, at=START + DAY)
    found = await store.outgoing.reader(bob, START + DAY)
    assert found.wrote == ("fourth", "third", "second")


async def test_the_notes_on_their_card_are_known_the_latest_first(
    store: Stores, story: Story
) -> None:
    bob, zoe = await story.known("bob@firm.example"), await story.known("zoe@other.example")
    for number in range(6):
        await store.cues.add(Cue(0, bob.id, ACCOUNT, f"note {number}", START))
    found = await store.outgoing.reader(bob, START)
    assert found.noted == ("note 5", "note 4", "note 3", "note 2", "note 1")
    assert (await store.outgoing.reader(zoe, START)).noted == ()
    (many,) = await store.outgoing.readers([bob], START)
    assert many.noted == ()


async def test_what_was_sent_is_told_with_the_words_behind_it(store: Stores, story: Story) -> None:
    bob = await story.known("bob@firm.example")
    zoe = await story.known("zoe@other.example")
    ada = await story.known("ada@third.example")
    for who in (bob, zoe, ada):
        await sent(story, who.address)
    await story.hears(bob, ANSWERED)
    no = replace(REPLY, meaning=Meaning.UNSUBSCRIBE)
    await story.hears(zoe, OPTED_OUT, verdict=no)
    at = START + MINUTE
    assert await store.outgoing.offered() == (
        Offered(TAX, bob.id, at, START + HOUR),
        Offered(TAX, zoe.id, at, START + HOUR, said_no=True),
        Offered(TAX, ada.id, at),
    )


async def test_nobody_need_look_for_a_piece_that_was_found(store: Stores, story: Story) -> None:
    intent = await given(story, "bob@firm.example")
    walk = await story.walk(intent.contact_id, intent.enrollment_id)
    order = replace(order_of(walk, channel=Channel.TASK), lapses_at=START)
    assert await store.outgoing.asked(walk) is None
    await store.outgoing.assign([order], START)
    assert await store.outgoing.asked(walk) == Asked(START, is_open=True)
    (look,) = await story.look(intent)
    assert isinstance(look, Begun)
    ((task, _),) = await store.tasks.tasks(open_only=False)
    assert task.state is TaskState.LAPSED
    assert await store.outgoing.asked(walk) == Asked(START, is_open=False)


async def test_many_readers_are_read_at_once(store: Stores, story: Story) -> None:
    ada, bob = await colleagues(story)
    zoe = await story.known("zoe@other.example")
    await sent(story, "bob@firm.example")
    assert await store.outgoing.readers([zoe, ada, bob], START + DAY) == (
        Reader(zoe),
        Reader(ada, company_had=frozenset({TAX})),
        Reader(bob, frozenset({TAX})),
    )


async def test_words_behind_the_next_mail_are_told_as_such(store: Stores, story: Story) -> None:
    bob = await story.known("bob@firm.example")
    await sent(story, "bob@firm.example", next=Advance("second", START, "sent"))
    late = START + 8 * DAY
    await story.leased(late, "w2")
    (walk,) = await store.desk.enrollments(bob.id)
    again = replace(story.intent(walk), last_touch_at=late)
    (look,) = await story.look(again, at=late, heard_since=late)
    assert isinstance(look, Begun), look
    await story.settled(look.touch_id, TouchMove.ACCEPTED, ACCEPTED, at=late)
    await story.hears(bob, ANSWERED, at=late + HOUR)
    (offer,) = await store.outgoing.offered()
    assert (offer.followed_at, offer.answered_at) == (late, late + HOUR)
