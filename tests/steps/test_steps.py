"""What each kind of step decides when its turn has come."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from nurture.core.account import Account, Limits, Owner
from nurture.core.calendar import Unit, Wait
from nurture.core.contact import Contact, Relationship
from nurture.core.contact.hush import Hush, Hushed
from nurture.core.decision import Advance, Assign, Change, MoveTo, Pick, Postpone, Rest, Send
from nurture.core.enrollment import Enrollment, State
from nurture.core.sequence import Intent
from nurture.core.situation import Situation
from nurture.core.task import Channel
from nurture.definition import read_sequence
from nurture.steps import AnyStep, Deed, HumanStep, step_kinds
from tests.fakes.story import ALLOWED

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)  # a Wednesday
OWNER = Owner("Anna", "anna@example.org", "Europe/Berlin", "Street 1")
MARA = Contact(
    "mara@example.com",
    consent=ALLOWED,
    id=1,
    zone="Europe/Berlin",
    country="DE",
    relationship=Relationship.CLIENT,
    interests=("tea",),
    tags=("vip",),
)
WHY = "step 'x' of 's' is due"
SET_BACK = (
    "sequence: s\nwhy: you know us\nexits: {at the latest after: 9 years}\n"
    "steps:\n  - {id: x, STEP}\n  - {id: next, task: Wait.}\n"
)


def situation(step: str, **changes: object) -> Situation:
    sequence = read_sequence(SET_BACK.replace("STEP", step), "s.yaml")
    walk = Enrollment(1, 1, "anna", "s", sequence.revision, State.ACTIVE, "x", NOW, NOW, NOW)
    limits = Limits(contact_gap=timedelta(0))
    account = Account("anna", "anna@example.org", OWNER, limits)
    return replace(Situation(NOW, walk, MARA, sequence, account), **changes)


def decided(step: str, **changes: object) -> object:
    facts = situation(step, **changes)
    return facts.sequence.steps[0].decide(facts)


def test_a_mail_is_sent_with_what_goes_with_it() -> None:
    assert decided("email: a.md, intent: ask, attachments: list.pdf") == Send(
        "x", "a.md", Intent.ASK, WHY, ("list.pdf",)
    )


def test_a_mail_waits_for_its_hour() -> None:
    assert isinstance(decided("email: a.md", now=NOW + timedelta(hours=12)), Postpone)


def test_content_is_picked_by_topic_or_by_their_own_interests() -> None:
    assert decided("content: [cash flow, tax]") == Pick("x", ("cash flow", "tax"), Intent.GIVE, WHY)
    assert decided("content: their interests") == Pick("x", (), Intent.GIVE, WHY)


@pytest.mark.parametrize(
    "channel", [each for each in Channel if each not in (Channel.MAIL, Channel.LETTER)]
)
def test_what_a_person_does_becomes_a_task_in_the_words_of_the_file(channel: Channel) -> None:
    assert decided(f"{channel}: Ask them., within: 2 business days") == Assign(
        "x", channel, date(2026, 3, 6), WHY, text="Ask them.", blocks=True
    )


def test_a_letter_becomes_a_task_with_its_template_due_in_a_week_of_work() -> None:
    assert decided("letter: paper.md, blocks: no") == Assign(
        "x", Channel.LETTER, date(2026, 3, 11), WHY, template="paper.md", blocks=False
    )


def test_a_task_is_due_before_it_is_too_late() -> None:
    told = decided("call: Ask them., expires: 2 days, within: 2 weeks")
    assert isinstance(told, Assign)
    assert told.due_on == date(2026, 3, 6)
    assert told.lapses_at == NOW + timedelta(days=2)


def test_the_due_day_is_one_of_the_owners_calendar() -> None:
    late = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)  # past midnight in Berlin
    told = decided("call: Ask them., within: 1 day", now=late)
    assert isinstance(told, Assign)
    assert told.due_on == date(2026, 3, 6)


@pytest.mark.parametrize("kind", ["call", "visit", "gift"])
def test_whom_tact_tells_to_leave_alone_is_not_even_called(kind: str) -> None:
    until = NOW + timedelta(days=30)
    hush = Hush(Hushed.CONTACT, MARA.address, until, "a bereavement")
    told = decided(f"{kind}: Ask them.", hush=hush)
    assert told == Postpone(until, "hushed: a bereavement")
    owed = decided(f"{kind}: Ask them.", owes_parting="former-client")
    assert isinstance(owed, Postpone)


def test_a_task_that_nobody_notices_is_given_all_the_same() -> None:
    hush = Hush(Hushed.CONTACT, MARA.address, NOW + timedelta(days=30), "a bereavement")
    assert isinstance(decided("task: Send the bill., blocks: no", hush=hush), Assign)


def test_a_wait_counts_from_the_anchor() -> None:
    ends = datetime(2026, 3, 25, 10, tzinfo=UTC)
    assert decided("wait: 3 weeks", now=NOW + timedelta(days=2)) == Rest(ends)
    assert decided("wait: 3 weeks", now=ends) == Advance("next", ends, "3 weeks of silence")


def test_tags_and_facts_are_written_on_the_way() -> None:
    assert decided("tag: [vip, warm]") == Advance(
        "next", NOW, "tagged vip and warm", change=Change(tags=("vip", "warm")), took_no_time=True
    )
    assert decided("untag: vip") == Advance(
        "next", NOW, "no longer tagged vip", change=Change(untags=("vip",)), took_no_time=True
    )
    told = decided("set: {custom.season: 2026, custom.size: large}")
    assert isinstance(told, Advance)
    assert told.change == Change(values={"season": "2026", "size": "large"})
    assert told.to == "next"


def test_moving_ends_here_and_begins_there() -> None:
    assert decided("move to: reconnect, when: country is DE") == MoveTo(
        "reconnect", "moved on from s"
    )


BRANCH = "branch: [{when: country is FR, go to: end}, {when: tags include vip, go to: next}WAY]"


def test_the_first_way_that_is_theirs_is_taken() -> None:
    both = BRANCH.replace("WAY", ", {otherwise: end}")
    assert decided(both) == Advance("next", NOW, "tags include vip: on to next", took_no_time=True)
    french = replace(MARA, country="FR")
    assert decided(both, contact=french) == Advance(
        None, NOW, "country is FR: on to end", took_no_time=True
    )
    other = replace(MARA, tags=())
    assert decided(both, contact=other) == Advance(
        None, NOW, "otherwise: on to end", took_no_time=True
    )


def test_without_a_way_of_theirs_they_go_straight_on() -> None:
    told = decided(BRANCH.replace("WAY", ""), contact=replace(MARA, tags=()))
    assert told == Advance("next", NOW, "no way of the branch is theirs", took_no_time=True)


def test_every_kind_says_what_it_is_and_what_its_keys_mean() -> None:
    for kind, model in step_kinds().items():
        assert model.__doc__, kind
        assert all(each.description for name, each in model.model_fields.items()), kind


def test_only_what_somebody_notices_can_be_an_occasion_or_be_too_late() -> None:
    for model in step_kinds().values():
        assert model.fits_occasions is issubclass(model, Deed)
        assert ("lasts" in model.model_fields) is issubclass(model, Deed)
        assert ("blocks" in model.model_fields) is issubclass(model, HumanStep)


def on(step: str, day: str) -> AnyStep:
    text = (
        "sequence: s\nwhy: you know us\nexits: {on: 2030-12-31}\n"
        "seasons: {tax season: {from: 15 January, to: 15 April}}\n"
        f'occasions:\n  - {{id: x, on: "{day}", {step}}}\n'
    )
    step_read = read_sequence(text, "s.yaml").occasions[0].step
    assert isinstance(step_read, Deed)
    return step_read


@pytest.mark.parametrize(
    ("step", "day", "lasts"),
    [
        ("email: a.md, intent: greet", "3 months after tax season ends", Wait(1, Unit.DAYS)),
        ("email: a.md, intent: greet", "Independence Day in US", Wait(1, Unit.DAYS)),
        ("email: a.md", "Independence Day in US", Wait(14, Unit.DAYS)),  # offices are closed
        ("call: Ask., intent: ask", "4 January", Wait(14, Unit.DAYS)),
        ("call: Ask., within: 15 business days", "4 January", Wait(30, Unit.BUSINESS_DAYS)),
        ("gift: Cake., intent: greet, within: 2 days", "4 January", Wait(4, Unit.DAYS)),
        ("call: Ask.", "contact's birthday", Wait(3, Unit.DAYS)),
        ("call: Ask., intent: greet", "contact's birthday", Wait(1, Unit.DAYS)),
        ("call: Ask.", "1 week before contact's birthday", Wait(14, Unit.DAYS)),
        ("email: a.md", "contact's last-visit, every 6 months", Wait(14, Unit.DAYS)),
        ("email: a.md", "2 weeks before 4 January", Wait(14, Unit.DAYS)),
        ("email: a.md, expires: never", "4 January", None),
        ("email: a.md, expires: 3 days", "4 January", Wait(3, Unit.DAYS)),
    ],
)
def test_an_occasion_is_worth_doing_for_as_long_as_it_makes_sense(
    step: str, day: str, lasts: Wait | None
) -> None:
    assert on(step, day).lasts == lasts


def test_a_step_in_the_order_is_never_too_late_by_itself() -> None:
    assert situation("email: a.md, intent: greet").sequence.steps[0].lasts is None
