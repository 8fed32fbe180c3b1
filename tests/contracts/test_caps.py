"""What every store promises about caps, pace and breakers in the last look (promise P6)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from nurture.core.account import Limits
from nurture.core.enrollment import Enrollment
from nurture.core.touch import TouchMove
from nurture.mail.cursor import Fetched, Folder
from nurture.mail.delivery import Answer, Delivery, Phase, Rejected, Scope
from nurture.outcome import NOT_TRIED
from nurture.ports import (
    Begun,
    Settlement,
    Stopped,
    Stores,  # fmt: skip
)
from tests.fakes.story import (
    ACCEPTED,
    ACCOUNT,
    DAY,
    FREELY,
    HOUR,
    LATER,
    MINUTE,
    NEVER,
    NOBODY_KNOWS,
    SLOWLY,
    START,
    Story,
)

GMAIL = "anna.example>gmail"
POLICY = Rejected(Answer(Phase.BODY, 550, "5.7.26 unauthenticated"), Scope.POLICY)


async def people(story: Story, count: int, domain: str = "gmail.com") -> list[Enrollment]:
    return [await story.enrolled(f"p{number}@{domain}") for number in range(count)]


async def ask(
    story: Story,
    walk: Enrollment,
    *,
    at: datetime = START,
    limits: Limits = FREELY,
    domain: str = "gmail.com",
) -> Begun | Stopped:
    """One look for one walk; nobody was touched before, as far as the decision knows."""
    intent = replace(story.intent(walk, f"x@{domain}"), last_touch_at=at)
    (look,) = await story.look(intent, at=at, limits=limits)
    return look


async def settle(
    story: Story, look: Begun | Stopped, move: TouchMove, delivery: Delivery, at: datetime = START
) -> None:
    assert isinstance(look, Begun), look
    again = at + HOUR if move is TouchMove.POSTPONED else None
    await story.store.outgoing.settle(
        [Settlement(look.touch_id, move, at, delivery, retry_at=again)]
    )


def stopped(look: Begun | Stopped, words: str) -> bool:
    assert isinstance(look, Stopped), look
    assert words in look.why
    return True


async def test_p6_the_cap_of_a_day_holds_within_a_batch_and_across_batches(
    story: Story,
) -> None:
    walks = await people(story, 6)
    limits = replace(FREELY, per_day=4)
    looks = await story.look(*(story.intent(walk) for walk in walks[:3]), limits=limits)
    assert [type(look) for look in looks] == [Begun] * 3
    looks = await story.look(*(story.intent(walk) for walk in walks[3:5]), limits=limits)
    assert isinstance(looks[0], Begun)
    assert stopped(looks[1], "4 mails in 24 hours are enough")
    assert await story.counted() == 4
    tomorrow = START + DAY + timedelta(minutes=10)
    assert isinstance(await ask(story, walks[5], at=tomorrow, limits=limits), Begun)


async def test_p6_what_is_stopped_is_not_counted(store: Stores, story: Story) -> None:
    (walk,) = await people(story, 1)
    await story.leased()
    await store.people.suppress("x@gmail.com", "no", START)
    assert stopped(await ask(story, walk), "suppressed")
    assert await story.counted() == 0
    assert await store.accounts.families([GMAIL]) == (
        replace((await store.accounts.families(["a>b"]))[0], scope=GMAIL),
    )


async def test_p6_a_breath_lies_between_two_mails_whoever_asks(store: Stores, story: Story) -> None:
    one, two = await people(story, 2)
    limits = replace(FREELY, gap=10 * MINUTE)
    both = await story.look(story.intent(one), story.intent(two), limits=limits)
    assert isinstance(both[0], Begun)
    assert stopped(both[1], "in a moment")
    pace = (await store.accounts.state(ACCOUNT)).paced_until
    assert pace is not None
    assert 10 * MINUTE <= pace - START < 15 * MINUTE
    assert stopped(await ask(story, two, at=pace - MINUTE, limits=limits), "a breath")
    assert isinstance(await ask(story, two, at=pace, limits=limits), Begun)


async def test_p6_a_family_is_capped_for_all_accounts_of_one_sender(
    store: Stores, story: Story
) -> None:
    walks = await people(story, 2)
    other = await story.enrolled("eve@googlemail.com", account="otto")
    limits = replace(FREELY, per_family=2)
    for walk in walks:
        assert isinstance(await ask(story, walk, limits=limits), Begun)
    lease = await store.accounts.take("otto", "w2", START, START + DAY)
    assert lease is not None
    await store.accounts.was_read(lease, START)
    intent = story.intent(other, "eve@googlemail.com")
    (look,) = await store.outgoing.begin(lease, [intent], START, START, limits)
    assert stopped(look, "2 mails to gmail in 24 hours are enough")
    unbound = replace(intent, family="otto.example>gmail")
    (look,) = await store.outgoing.begin(lease, [unbound], START, START, limits)
    assert isinstance(look, Begun)


async def test_p6_a_domain_of_its_own_has_its_own_cap(story: Story) -> None:
    firm = [await story.enrolled(f"p@{number}.example") for number in range(3)]
    limits = replace(FREELY, per_domain=2)
    looks = [await ask(story, walk, limits=limits, domain="firm.example") for walk in firm]
    assert [type(look) for look in looks] == [Begun, Begun, Stopped]
    elsewhere = await story.enrolled("zoe@other.example")
    assert isinstance(await ask(story, elsewhere, limits=limits, domain="other.example"), Begun)


@pytest.mark.parametrize(
    ("move", "delivery", "counted"),
    [
        (TouchMove.ACCEPTED, ACCEPTED, 1),
        (TouchMove.LOST_SIGHT, NOBODY_KNOWS, 1),
        (TouchMove.POSTPONED, LATER, 0),
        (TouchMove.REJECTED, NEVER, 0),
    ],
)
async def test_only_what_may_have_left_counts(
    store: Stores, story: Story, move: TouchMove, delivery: Delivery, counted: int
) -> None:
    (walk,) = await people(story, 1)
    await settle(story, await ask(story, walk), move, delivery)
    (family,) = await store.accounts.families([GMAIL])
    assert await story.counted() == counted
    assert family.tally.within_day(START) == counted


@pytest.mark.parametrize(
    ("move", "delivery"), [(TouchMove.POSTPONED, SLOWLY), (TouchMove.POSTPONED, POLICY)]
)
async def test_a_family_that_defers_or_refuses_by_policy_is_backed_off(
    store: Stores, story: Story, move: TouchMove, delivery: Delivery
) -> None:
    one, two = await people(story, 2)
    stranger = await story.enrolled("zoe@other.example")
    await settle(story, await ask(story, one), move, delivery)
    (family,) = await store.accounts.backed_off()
    assert (family.scope, family.failures, family.why) == (GMAIL, 1, str(delivery.answer))
    assert family.until is not None
    assert timedelta(minutes=30) <= family.until - START <= HOUR
    assert stopped(await ask(story, two), "gmail is given time until")
    assert isinstance(await ask(story, stranger, domain="other.example"), Begun)


async def tripped(store: Stores, story: Story) -> tuple[list[Enrollment], datetime]:
    """A family that was backed off, and the instant from which one mail may try."""
    walks = await people(story, 4)
    await settle(story, await ask(story, walks[0]), TouchMove.POSTPONED, SLOWLY)
    (family,) = await store.accounts.backed_off()
    assert family.until is not None
    return walks[1:], family.until


async def test_one_mail_tries_and_a_mail_that_is_taken_opens_the_way(
    store: Stores, story: Story
) -> None:
    (one, two, three), then = await tripped(store, story)
    intents = [replace(story.intent(walk, "x@gmail.com")) for walk in (one, two)]
    looks = await story.look(*intents, at=then)
    assert isinstance(looks[0], Begun)
    assert stopped(looks[1], "gmail is given time")
    assert stopped(await ask(story, three, at=then + MINUTE), "gmail is given time")
    await settle(story, looks[0], TouchMove.ACCEPTED, ACCEPTED, then + MINUTE)
    assert await store.accounts.backed_off() == ()
    assert isinstance(await ask(story, three, at=then + MINUTE), Begun)


async def test_a_mail_that_tries_in_vain_keeps_the_family_away_for_longer(
    store: Stores, story: Story
) -> None:
    (one, *_), then = await tripped(store, story)
    await settle(story, await ask(story, one, at=then), TouchMove.POSTPONED, SLOWLY, then)
    (family,) = await store.accounts.backed_off()
    assert family.failures == 2
    assert family.until is not None
    assert family.until > then + timedelta(minutes=30)


@pytest.mark.parametrize("delivery", [NOT_TRIED, LATER])
async def test_a_mail_that_tries_and_learns_nothing_lets_the_next_one_try(
    store: Stores, story: Story, delivery: Delivery
) -> None:
    (one, two, _), then = await tripped(store, story)
    await settle(story, await ask(story, one, at=then), TouchMove.POSTPONED, delivery, then)
    assert isinstance(await ask(story, two, at=then), Begun)


async def test_a_worker_that_dies_with_the_mail_that_tries_blocks_nothing_for_long(
    store: Stores, story: Story
) -> None:
    (one, two, _), then = await tripped(store, story)
    assert isinstance(await ask(story, one, at=then), Begun)
    assert isinstance(await ask(story, two, at=then + timedelta(minutes=16)), Begun)


async def test_rests_in_a_row_are_counted_until_a_mail_is_taken(
    store: Stores, story: Story
) -> None:
    (walk,) = await people(story, 1)
    for _ in range(2):
        await store.accounts.rest(ACCOUNT, START, "421")
    assert (await store.accounts.state(ACCOUNT)).troubles == 2
    await settle(story, await ask(story, walk), TouchMove.ACCEPTED, ACCEPTED)
    assert (await store.accounts.state(ACCOUNT)).troubles == 0


async def test_a_mailbox_is_new_until_weeks_after_its_first_mail(
    store: Stores, story: Story
) -> None:
    walks = await people(story, 4)
    limits = replace(FREELY, ramp=(1, 2))
    await settle(story, await ask(story, walks[0], limits=limits), TouchMove.POSTPONED, LATER)
    assert (await store.accounts.state(ACCOUNT)).first_sent_at is None
    await settle(story, await ask(story, walks[1], limits=limits), TouchMove.ACCEPTED, ACCEPTED)
    assert (await store.accounts.state(ACCOUNT)).first_sent_at == START
    assert stopped(await ask(story, walks[2], limits=limits), "while this mailbox is new")
    week = START + 7 * DAY
    looks = await story.look(*(story.intent(walk) for walk in walks[2:]), at=week, limits=limits)
    assert [type(look) for look in looks] == [Begun, Begun]


async def test_p6_what_the_owner_writes_counts_against_the_day_once(
    store: Stores, story: Story
) -> None:
    def seen(uid: int, ago: timedelta) -> Fetched:
        return Fetched(Folder.SENT, 7, uid, b"Subject: Hi\r\n\r\nHi", 17, arrived_at=START - ago)

    own = story.mail(fetched=seen(1, HOUR), spent=3)
    for heard in (own, own, story.mail(fetched=seen(2, 3 * DAY), spent=5)):
        await store.incoming.record(heard)
    assert await story.counted() == 3
    (walk,) = await people(story, 1)
    assert stopped(await ask(story, walk, limits=replace(FREELY, per_day=3)), "are enough")


async def test_everybody_under_way_is_read_in_pages(store: Stores, story: Story) -> None:
    walks = await people(story, 3)
    await story.enrolled("x@firm.example", account="other")
    first = await store.outgoing.under_way(ACCOUNT, 0, 2)
    rest = await store.outgoing.under_way(ACCOUNT, first[-1].enrollment_id, 2)
    found = [*first, *rest]
    assert [each.enrollment_id for each in found] == [walk.id for walk in walks]
    assert found[0].who.address == "p0@gmail.com"
    assert (found[0].sequence, found[0].position, found[0].due_at) == ("tips", "first", START)
    assert await store.outgoing.under_way(ACCOUNT, walks[-1].id, 2) == ()
