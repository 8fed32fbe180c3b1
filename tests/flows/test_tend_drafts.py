"""What waits lies in the Drafts folder, too; whoever sends it, it leaves once (P1, P2)."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from nurture.core.draft import COPY_SETTLES, CopyState, DraftState
from nurture.core.enrollment import Enrollment, State
from nurture.core.halt import HaltKind
from nurture.errors import Unreachable
from nurture.flows.answer_draft import Bureau, accept_draft, reword_draft, skip_draft
from nurture.flows.tend_drafts import tend_drafts
from nurture.mail.cursor import Folder
from nurture.ports import Copy, Draft
from tests.fakes.small_house import ACCOUNT, SEQUENCE, START, SmallHouse, mail_from, person

ADA, BEA = person("Ada", "Brandt"), person("Bea", "Blum")
ASKED = SEQUENCE.replace("email: first.md", "email: first.md, approval: required")
AT_HAND = replace(ACCOUNT, drafts_in_mailbox=True)
SOON, A_WHILE, DAY = timedelta(minutes=3), timedelta(minutes=16), timedelta(days=1)
THEIRS = "aaaa-bbbb@mail-program.example"


async def asking(*people: object, account: object = AT_HAND) -> SmallHouse:
    house = SmallHouse(account)
    await house.shelve({"tips": ASKED})
    await house.invite(*people)
    await house.round()
    await house.round()
    return house


def bureau(house: SmallHouse) -> Bureau:
    store = house.store
    return Bureau(
        store.drafts, store.people, store.desk, house.shelf, {"anna": house.account}, house.clock
    )


async def later(house: SmallHouse, by: timedelta = SOON) -> datetime:
    """Time passes, and the daemon looks again."""
    await house.clock.advance_to(house.clock.now() + by)
    await house.round()
    return house.clock.now()


def in_drafts(house: SmallHouse) -> list[bytes]:
    return list(house.mailbox.raws(Folder.DRAFTS))


async def the_draft(house: SmallHouse, number: int = 1) -> Draft:
    draft = await house.store.drafts.draft(number)
    assert draft is not None
    return draft


async def copy_of(house: SmallHouse, number: int = 1) -> CopyState | None:
    copy = (await the_draft(house, number)).copy
    return copy.state if copy else None


async def walk_of(house: SmallHouse, number: int = 1) -> Enrollment:
    walks = await house.store.desk.enrollments((await the_draft(house, number)).contact_id)
    return walks[0]


def leave_drafts(house: SmallHouse) -> bytes:
    """The owner's program takes the one draft out of the folder."""
    (uid,), (raw,) = house.mailbox.uids(Folder.DRAFTS), house.mailbox.raws(Folder.DRAFTS)
    house.mailbox.expunge(Folder.DRAFTS, uid)
    return raw


def with_id(raw: bytes, message_id: str) -> bytes:
    return re.sub(rb"(?im)^Message-ID: <[^>]*>", f"Message-ID: <{message_id}>".encode(), raw)


def edit(house: SmallHouse, old: bytes, new: bytes) -> None:
    """The owner saves the draft in other words, as programs do: under another UID."""
    raw = leave_drafts(house)
    assert old in raw
    house.mailbox.deliver(Folder.DRAFTS, raw.replace(old, new))


async def told(house: SmallHouse) -> list[str]:
    return [each.subject for each in await house.store.desk.notices_due(house.clock.now())]


async def test_what_waits_lies_in_drafts_as_it_would_leave() -> None:
    house = await asking(ADA)
    (raw,) = in_drafts(house)
    draft = await the_draft(house)
    assert f"Message-ID: <{draft.sheet.message_id}>".encode() in raw
    assert b"Subject: Hello Ada\r\n" in raw
    assert house.mailbox.flags(Folder.DRAFTS) == (frozenset({"\\Draft", "\\Seen"}),)
    await accept_draft(bureau(house), draft.id)
    assert (await the_draft(house)).wire == raw  # dated in the same instant here
    assert house.courier.tried == []


async def test_it_is_off_unless_the_owner_wants_it() -> None:
    house = await asking(ADA, account=ACCOUNT)
    assert in_drafts(house) == []
    assert await copy_of(house) is None


async def test_it_is_placed_once_however_often_the_daemon_starts() -> None:
    house = await asking(ADA)
    for _ in range(3):
        await later(house)
    assert len(in_drafts(house)) == 1
    leave_drafts(house)  # the owner does not want it there
    for _ in range(3):
        await later(house, A_WHILE)
    assert in_drafts(house) == []
    assert (await the_draft(house)).state is DraftState.WAITING


async def test_p2_sending_it_by_hand_settles_the_touch_and_the_walk_goes_on() -> None:
    house = await asking(ADA)
    at = house.clock.now()
    house.mailbox.deliver(Folder.SENT, leave_drafts(house))
    await later(house)
    draft = await the_draft(house)
    assert draft.state is DraftState.SENT
    touch = await house.store.incoming.touch_of([draft.sheet.message_id])
    assert touch is not None
    assert (touch.state, touch.sent_at, touch.step) == ("sent", at, "first")
    assert (await walk_of(house)).position == "quiet"
    assert await house.store.switch.halts() == ()
    assert (await house.store.accounts.state("anna")).tally.within_day(at) == 1
    lines = await house.store.desk.ledger(draft.contact_id)
    assert [each.why for each in lines if each.event == "touch_sent"] == ["you sent first by hand"]
    for _ in range(20):
        await later(house, DAY)
    assert await house.sent_to(ADA.address) == ["One more, Ada"]
    assert await copy_of(house) is CopyState.OVER


@pytest.mark.parametrize(
    "change",
    [
        (b"a thought", b"another thought indeed"),  # the words; id, subject and all else stay
        (b"Subject: Hello Ada", b"Subject: Something else"),  # the subject, and the id below
    ],
)
async def test_it_is_known_again_when_the_program_gives_it_another_id(
    change: tuple[bytes, bytes],
) -> None:
    house = SmallHouse(replace(AT_HAND, subaddressing=True))
    await house.shelve({"tips": ASKED})
    await house.invite(ADA)
    await house.round()
    await house.round()
    raw = leave_drafts(house)
    assert change[0] in raw
    house.mailbox.deliver(Folder.SENT, with_id(raw.replace(*change), THEIRS))
    await later(house)
    draft = await the_draft(house)
    assert draft.state is DraftState.SENT
    touch = await house.store.incoming.touch_of([THEIRS])
    assert touch is not None
    assert touch.message_id == THEIRS
    house.mailbox.deliver(Folder.INBOX, mail_from("ada@home.example", "Call me.", cites=THEIRS))
    await later(house)
    assert (await walk_of(house)).state is State.HANDED_OFF


async def test_a_later_mail_continues_the_thread_as_it_really_went_out() -> None:
    asked = {"first.md": "---\nsubject: Hello\n---\nHi {{ name }}.\n", "second.md": "More.\n"}
    house = SmallHouse(AT_HAND)
    await house.shelve({"tips": ASKED}, asked)
    await house.invite(ADA)
    await house.round()
    await house.round()
    house.mailbox.deliver(Folder.SENT, with_id(leave_drafts(house), THEIRS))
    for _ in range(20):
        await later(house, DAY)
    (envelope,) = house.courier.delivered
    assert f"In-Reply-To: <{THEIRS}>".encode() in envelope.wire


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Re: Hello Ada", "Shall we have lunch on Friday?"),  # the same thread, other words
        ("Lunch", "Shall we have lunch on Friday?"),
        ("Lunch", "Dear Ada, a thought."),  # the same words alone
    ],
)
async def test_what_the_owner_writes_besides_is_not_taken_for_it(subject: str, text: str) -> None:
    house = await asking(ADA)
    own = mail_from(ACCOUNT.address, text).replace(b"To: anna@carter", b"To: ada@brandt")
    house.mailbox.deliver(
        Folder.SENT, own.replace(b"Subject: Re: Hello", f"Subject: {subject}".encode())
    )
    await later(house)
    assert (await the_draft(house)).state is DraftState.WAITING
    events = [line.event for line in await house.store.desk.ledger(1)]
    assert "owner_spoke" in events


async def test_what_a_robot_of_the_owners_sends_is_not_taken_for_it() -> None:
    house = await asking(ADA)
    raw = leave_drafts(house)
    house.mailbox.deliver(Folder.SENT, b"Auto-Submitted: auto-replied\r\n" + raw)
    await later(house)
    assert (await the_draft(house)).state is DraftState.WAITING


async def test_only_a_mail_that_lies_in_sent_settles_anything() -> None:
    house = await asking(ADA)
    (raw,) = in_drafts(house)
    house.mailbox.deliver(Folder.INBOX, raw)
    await later(house)
    assert (await the_draft(house)).state is DraftState.WAITING


async def test_p2_an_accepted_one_is_taken_back_then_sent_is_read_then_it_leaves() -> None:
    house = await asking(ADA)
    await accept_draft(bureau(house), 1)
    assert (await house.round()).sent == 0
    assert in_drafts(house) == []
    assert await copy_of(house) is CopyState.TAKEN_BACK
    assert (await house.round()).sent == 0
    ((walk, _),) = await house.store.desk.held()
    assert walk.held_why == "its copy is being taken back from your Drafts folder"
    assert walk.due_at == house.clock.now() + COPY_SETTLES[CopyState.TAKEN_BACK]
    await later(house)
    assert await house.sent_to(ADA.address) == ["Hello Ada"]


@pytest.mark.parametrize("has_new_id", [False, True])
@pytest.mark.parametrize("is_filed_late", [False, True])
@pytest.mark.parametrize("is_deleted_first", [False, True])
async def test_p2_the_owner_sends_it_by_hand_while_accepting_it(
    has_new_id: bool, is_filed_late: bool, is_deleted_first: bool
) -> None:
    house = await asking(ADA)
    (raw,) = in_drafts(house)
    sent = with_id(raw, THEIRS) if has_new_id else raw
    await accept_draft(bureau(house), 1)
    if is_deleted_first:
        leave_drafts(house)
    if is_filed_late:
        await house.round()  # it has left by their program, and is not in Sent yet
        await house.clock.advance_to(house.clock.now() + timedelta(seconds=90))
    house.mailbox.deliver(Folder.SENT, sent)
    for _ in range(4):
        await later(house, A_WHILE)
    assert house.courier.tried == []
    assert (await the_draft(house)).state is DraftState.SENT
    assert in_drafts(house) == []


async def test_p2_one_that_somebody_took_away_before_us_asks_the_owner_again() -> None:
    house = await asking(ADA)
    leave_drafts(house)
    await accept_draft(bureau(house), 1)
    await house.round()
    assert await copy_of(house) is CopyState.MISSED
    for _ in range(4):
        await later(house)
    assert (await the_draft(house)).state is DraftState.ACCEPTED
    await later(house, A_WHILE)
    assert house.courier.tried == []
    assert (await the_draft(house)).state is DraftState.WAITING
    assert "Did you send the mail to Ada?" in await told(house)
    await accept_draft(bureau(house), 1)
    await house.round()
    assert await house.sent_to(ADA.address) == ["Hello Ada"]


async def test_a_skipped_one_is_taken_back() -> None:
    house = await asking(ADA)
    await skip_draft(bureau(house), 1)
    await later(house)
    assert in_drafts(house) == []
    await later(house)
    assert await copy_of(house) is CopyState.OVER


async def test_p2_a_skipped_one_that_was_sent_by_hand_was_sent_and_halts_nothing() -> None:
    house = await asking(ADA)
    raw = leave_drafts(house)
    await skip_draft(bureau(house), 1)
    await later(house)
    skipped = await walk_of(house)
    house.mailbox.deliver(Folder.SENT, raw)
    await later(house)
    draft = await the_draft(house)
    assert await house.store.incoming.touch_of([draft.sheet.message_id])
    assert await walk_of(house) == skipped
    assert await house.store.switch.halts() == ()


async def test_p1_an_answer_takes_the_copy_away_so_that_nobody_sends_it() -> None:
    house = await asking(ADA)
    house.mailbox.deliver(Folder.INBOX, mail_from(ADA.address, "Please call me."))
    await house.round()
    assert in_drafts(house) == []
    assert (await the_draft(house)).state is DraftState.STALE


async def test_p3_a_no_takes_the_copy_away() -> None:
    house = await asking(ADA)
    await house.store.people.suppress(ADA.address, "said so on the phone", house.clock.now())
    await house.round()
    assert in_drafts(house) == []


async def test_a_stale_one_that_was_sent_all_the_same_counts_and_wakes_nobody() -> None:
    house = await asking(ADA)
    raw = leave_drafts(house)
    house.mailbox.deliver(Folder.INBOX, mail_from(ADA.address, "Please call me."))
    await house.round()
    house.mailbox.deliver(Folder.SENT, raw)
    await later(house)
    walk = await walk_of(house)
    assert (walk.state, walk.position) == (State.HANDED_OFF, "quiet")
    assert await house.store.switch.halts() == ()


async def test_other_words_stand_in_for_the_copy_with_the_old_ones() -> None:
    house = await asking(ADA)
    await reword_draft(bureau(house), 1, "Hi Ada", "Quite another thing.\n")
    await house.round()
    assert in_drafts(house) == []
    await later(house)
    await later(house)
    (raw,) = in_drafts(house)
    assert b"Quite another thing." in raw
    assert await copy_of(house) is CopyState.PLACED


async def test_what_the_owner_wrote_in_drafts_is_theirs_and_goes_before_an_accepted_one() -> None:
    house = await asking(ADA)
    edit(house, b"a thought", b"a longer thought")
    await accept_draft(bureau(house), 1)
    await house.round()
    (raw,) = in_drafts(house)
    assert b"a longer thought" in raw
    assert (await the_draft(house)).state is DraftState.WAITING
    assert await told(house) == ["Which mail to Ada do you want?"]
    await accept_draft(bureau(house), 1)
    for _ in range(3):
        await later(house, A_WHILE)
    assert in_drafts(house) == [raw]
    assert house.courier.tried == []
    house.mailbox.deliver(Folder.SENT, leave_drafts(house))
    await later(house)
    assert (await the_draft(house)).state is DraftState.SENT


async def test_what_the_owner_wrote_stays_when_it_is_out_of_date_and_they_are_told() -> None:
    house = await asking(ADA)
    edit(house, b"a thought", b"a longer thought")
    house.mailbox.deliver(Folder.INBOX, mail_from(ADA.address, "Please call me."))
    await house.round()
    await later(house)
    assert len(in_drafts(house)) == 1
    assert (await told(house)).count("A mail to Ada is out of date") == 1


async def test_two_that_the_owner_changed_in_both_places_wait_both() -> None:
    house = await asking(ADA)
    edit(house, b"a thought", b"a longer thought")
    await reword_draft(bureau(house), 1, "Hi Ada", "Quite another thing.\n")
    for _ in range(3):
        await later(house)
    (raw,) = in_drafts(house)
    assert b"a longer thought" in raw
    assert await told(house) == ["There are two mails to Ada"]
    assert await copy_of(house) is CopyState.CHANGED


async def test_a_crash_between_filing_and_writing_it_down_leaves_one_copy() -> None:
    house = await asking(ADA)
    draft = await the_draft(house)
    placing = Copy(CopyState.PLACING, house.clock.now())
    await house.store.copies.move(draft.id, CopyState.PLACED, placing, house.clock.now())
    await later(house)
    assert len(in_drafts(house)) == 1
    assert (await the_draft(house)).copy == replace(
        placing, state=CopyState.PLACED, since=house.clock.now(), place=draft.copy.place
    )


async def test_a_crash_before_filing_places_it_after_all() -> None:
    house = await asking(ADA)
    leave_drafts(house)
    placing = Copy(CopyState.PLACING, house.clock.now())
    await house.store.copies.move(1, CopyState.PLACED, placing, house.clock.now())
    await later(house)
    assert len(in_drafts(house)) == 1


async def test_p2_one_accepted_in_such_a_crash_is_taken_back_first() -> None:
    house = await asking(ADA)
    placing = Copy(CopyState.PLACING, house.clock.now())
    await house.store.copies.move(1, CopyState.PLACED, placing, house.clock.now())
    await accept_draft(bureau(house), 1)
    assert (await house.round()).sent == 0
    assert in_drafts(house) == []
    await later(house)
    assert await house.sent_to(ADA.address) == ["Hello Ada"]


async def test_a_crash_after_taking_back_asks_the_owner_rather_than_send_twice() -> None:
    house = await asking(ADA)
    await accept_draft(bureau(house), 1)
    leave_drafts(house)  # taken out by us, and not written down
    for _ in range(2):
        await later(house, A_WHILE)
    assert house.courier.tried == []
    assert (await the_draft(house)).state is DraftState.WAITING


@pytest.mark.parametrize("method", ["file_draft", "take_back", "position"])
async def test_an_unreachable_folder_lets_everything_else_go_on(method: str) -> None:
    house = await asking(ADA)
    await house.invite(BEA)
    await house.round()
    await skip_draft(bureau(house), 1)
    kit = await house.kit()
    house.mailbox.fail_next(method, Unreachable("gone"))
    await tend_drafts(kit.tray(), house.clock.now())
    await later(house)
    await later(house)
    (raw,) = in_drafts(house)
    assert b"Hello Bea" in raw


async def test_a_folder_that_takes_nothing_is_told_once_a_day_and_left_alone_for_an_hour() -> None:
    house = SmallHouse(AT_HAND)
    house.mailbox.declines = "the server does not take it: NO [OVERQUOTA] Quota exceeded"
    await house.shelve({"tips": ASKED})
    await house.invite(ADA, BEA)
    for _ in range(4):
        await later(house)
    (subject,) = await told(house)
    assert subject == "nurture cannot use the Drafts folder of anna@carter.example"
    (notice,) = await house.store.desk.notices_due(house.clock.now())
    assert "[OVERQUOTA] Quota exceeded" in notice.text
    assert "drafts_in_mailbox = false" in notice.text
    assert await copy_of(house) is CopyState.REFUSED
    assert await copy_of(house, 2) is None
    await accept_draft(bureau(house), 1)
    await house.round()
    assert await house.sent_to(ADA.address) == ["Hello Ada"]
    house.mailbox.declines = ""
    await later(house, timedelta(hours=1))
    (raw,) = in_drafts(house)
    assert b"Hello Bea" in raw


async def test_p2_an_accepted_one_waits_while_its_copy_cannot_be_taken_back() -> None:
    house = await asking(ADA)
    house.mailbox.declines = "the Drafts folder cannot be changed: OK [READ-ONLY]"
    await accept_draft(bureau(house), 1)
    for _ in range(4):
        await later(house, A_WHILE)
    assert house.courier.tried == []
    assert "nurture cannot use the Drafts folder of anna@carter.example" in await told(house)
    house.mailbox.declines = ""
    await later(house)
    await later(house)
    assert await house.sent_to(ADA.address) == ["Hello Ada"]


async def test_without_a_sent_folder_nothing_is_placed_for_nobody_would_notice() -> None:
    house = SmallHouse(AT_HAND)
    house.mailbox._folders.pop(Folder.SENT)
    await house.shelve({"tips": ASKED})
    await house.invite(ADA)
    for _ in range(2):
        await later(house)
    assert in_drafts(house) == []
    (notice,) = await house.store.desk.notices_due(house.clock.now())
    assert "there is no Sent folder" in notice.text


async def test_while_all_is_halted_nothing_new_is_placed() -> None:
    house = await asking(ADA)
    await house.store.switch.halt(HaltKind.STOPPED, "by hand", house.clock.now())
    await house.invite(BEA)
    await house.store.copies.move(1, CopyState.PLACED, None, house.clock.now())
    leave_drafts(house)
    await later(house)
    assert in_drafts(house) == []


async def test_a_folder_without_anything_of_ours_is_not_even_looked_at() -> None:
    house = SmallHouse(AT_HAND)
    await house.invite(ADA)
    await house.round()
    house.mailbox.fail_next("file_draft")
    house.mailbox.fail_next("take_back")
    await tend_drafts((await house.kit()).tray(), house.clock.now())
    assert house.mailbox.is_open


async def test_switched_off_it_still_takes_back_what_it_placed() -> None:
    house = await asking(ADA)
    house.account = ACCOUNT
    await skip_draft(bureau(house), 1)
    await later(house)
    assert in_drafts(house) == []


async def test_the_daemon_does_all_of_it() -> None:
    house = SmallHouse(AT_HAND)
    await house.shelve({"tips": ASKED})
    await house.invite(ADA, BEA)
    await house.live(START + timedelta(hours=8))
    assert len(in_drafts(house)) == 2
    await accept_draft(bureau(house), 1)
    await house.live(START + DAY + timedelta(hours=3))
    assert await house.sent_to(ADA.address) == ["Hello Ada"]
    house.mailbox.deliver(Folder.SENT, leave_drafts(house))
    await house.live(START + 2 * DAY)
    assert (await the_draft(house, 2)).state is DraftState.SENT
    assert await house.sent_to(BEA.address) == []
