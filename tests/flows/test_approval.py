"""Where a sequence asks for it, nothing leaves before its owner has said so."""

from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from nurture.core.draft import DraftState
from nurture.errors import Misconfigured
from nurture.flows.answer_draft import Bureau, accept_draft, reword_draft, skip_draft
from nurture.flows.remind_drafts import remind_drafts
from nurture.mail.cursor import Folder
from nurture.mail.delivery import Answer, Deferred, Phase, Scope
from nurture.mail.write.attachment import Attachment
from nurture.mail.write.rendered import Rendered
from nurture.ports import Draft
from tests.fakes.small_house import ACCOUNT, SEQUENCE, START, SmallHouse, mail_from, person

ADA, BEA, CORA = person("Ada", "Brandt"), person("Bea", "Blum"), person("Cora", "Cole")
ASKED = SEQUENCE.replace("email: first.md", "email: first.md, approval: required")
DAY = timedelta(days=1)


async def asking(*people: object, text: str = ASKED) -> SmallHouse:
    house = SmallHouse()
    await house.shelve({"tips": text})
    await house.invite(*people)
    await house.round()
    return house


def bureau(house: SmallHouse) -> Bureau:
    store = house.store
    accounts = {"anna": house.account}
    return Bureau(store.drafts, store.people, store.desk, house.shelf, accounts, house.clock)


async def the_draft(house: SmallHouse) -> Draft:
    (draft,) = await house.store.drafts.open()
    return draft


async def later(house: SmallHouse, by: timedelta = timedelta(minutes=5)) -> datetime:
    await house.clock.advance_to(house.clock.now() + by)
    return house.clock.now()


async def test_a_mail_waits_and_its_walk_says_for_what() -> None:
    house = await asking(ADA)
    for _ in range(3):
        await later(house, DAY)
        await house.round()
    assert house.courier.tried == []
    draft = await the_draft(house)
    assert (draft.sheet.words.subject, draft.step) == ("Hello Ada", "first")
    assert draft.sheet.words.text == "Dear Ada, a thought."
    assert isinstance(draft.sheet.words, Rendered)  # what a template makes cannot be kept
    ((walk, _),) = await house.store.desk.held()
    assert walk.held_why == f"waits for your approval: nurture drafts show {draft.id}"


async def test_what_was_accepted_leaves_byte_for_byte() -> None:
    house = await asking(ADA)
    draft = await the_draft(house)
    accepted_at = await later(house)
    await accept_draft(bureau(house), draft.id)
    accepted = await the_draft(house)
    # Whatever is edited afterwards is for others.
    await house.shelve({"tips": ASKED}, {"first.md": "---\nsubject: x\n---\ny\n", "second.md": "z"})
    await later(house)
    assert (await house.round()).sent == 1
    (envelope,) = house.courier.delivered
    assert envelope.wire == accepted.wire
    mail = message_from_bytes(envelope.wire, policy=default)
    assert mail["date"].datetime == accepted_at
    assert mail["message-id"] == f"<{draft.sheet.message_id}>"
    assert mail["subject"] == "Hello Ada"
    assert await house.store.drafts.open() == ()


async def test_files_go_with_a_mail_and_with_its_draft() -> None:
    terms = Attachment("terms.pdf", b"%PDF-1")
    text = ASKED.replace("email: second.md", "email: second.md, attachments: [terms.pdf]")
    house = SmallHouse()
    await house.shelve({"tips": text.replace("required}", "required, attachments: terms.pdf}")})
    house.shelf.attachments = {"terms.pdf": terms}
    await house.invite(ADA)
    await house.round()
    draft = await the_draft(house)
    assert draft.sheet.attachments == ("terms.pdf",)
    house.shelf.attachments = {}
    with pytest.raises(Misconfigured, match=r"its file terms\.pdf is missing"):
        await accept_draft(bureau(house), draft.id)
    house.shelf.attachments = {"terms.pdf": terms}
    await accept_draft(bureau(house), draft.id)
    await house.live(START + 30 * DAY)
    assert len(house.courier.delivered) == 2
    for envelope in house.courier.delivered:
        mail = message_from_bytes(envelope.wire, policy=default)
        assert isinstance(mail, EmailMessage)
        assert [part.get_content() for part in mail.iter_attachments()] == [b"%PDF-1"]


async def test_a_missing_file_holds_the_mail_and_says_which() -> None:
    house = SmallHouse()
    await house.shelve({"tips": SEQUENCE.replace("first.md}", "first.md, attachments: gone.pdf}")})
    await house.invite(ADA)
    assert (await house.round()).sent == 0
    ((walk, _),) = await house.store.desk.held()
    assert walk.held_why == "gone.pdf: is missing or cannot go with a mail"


async def test_a_retry_sends_the_same_accepted_bytes() -> None:
    house = await asking(ADA)
    await accept_draft(bureau(house), (await the_draft(house)).id)
    busy = Deferred(Answer(Phase.RCPT, 450, "4.2.1 busy"), Scope.RECIPIENT)
    house.courier.will(busy)
    await later(house)
    await house.round()
    await later(house, timedelta(hours=2))
    assert (await house.round()).sent == 1
    first, second = house.courier.tried
    assert first == second


async def test_p1_an_answer_in_between_stops_what_was_accepted() -> None:
    house = await asking(ADA)
    draft = await the_draft(house)
    await accept_draft(bureau(house), draft.id)
    await later(house)
    house.mailbox.deliver(Folder.INBOX, mail_from(ADA.address, "Please call me."))
    assert (await house.round()).sent == 0
    assert house.courier.tried == []
    assert await house.store.drafts.open() == ()


async def test_p3_a_no_in_between_stops_what_was_accepted() -> None:
    house = await asking(ADA)
    await accept_draft(bureau(house), (await the_draft(house)).id)
    await later(house)
    await house.store.people.suppress(ADA.address, "said so on the phone", house.clock.now())
    assert (await house.round()).sent == 0


async def test_other_words_leave_with_the_same_footer() -> None:
    house = await asking(ADA)
    draft = await the_draft(house)
    await reword_draft(bureau(house), draft.id, "Hi Ada", "An *other* thought.\n")
    await accept_draft(bureau(house), draft.id)
    await later(house)
    await house.round()
    mail = message_from_bytes(house.courier.delivered[0].wire, policy=default)
    plain, rich = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert rich is not None
    assert mail["subject"] == "Hi Ada"
    text = plain.get_content().replace("\r\n", "\n")
    assert text.startswith("An other thought.\n\n-- \nAnna Carter\n12 Mill Lane")
    assert "<em>other</em>" in rich.get_content()
    assert "reply STOP" in rich.get_content()


@pytest.mark.parametrize(
    ("subject", "text", "words"),
    [
        ("", "x", "needs a subject and a text"),
        ("x", " \n", "needs a subject and a text"),
        ("x", "Dear {{ name }}", "is left of a template"),
        ("a\r\nBcc: x@y.example", "x", "holds a control character"),
    ],
)
async def test_words_that_cannot_be_sent_are_refused(subject: str, text: str, words: str) -> None:
    house = await asking(ADA)
    draft = await the_draft(house)
    with pytest.raises(Misconfigured, match=words):
        await reword_draft(bureau(house), draft.id, subject, text)
    assert await the_draft(house) == draft


async def test_a_skipped_mail_is_not_sent_and_the_walk_goes_on() -> None:
    house = await asking(ADA)
    draft = await the_draft(house)
    await skip_draft(bureau(house), draft.id)
    ((walk, _),) = await house.store.desk.upcoming()
    assert walk.position == "quiet"
    with pytest.raises(Misconfigured, match="is skipped and does not wait"):
        await accept_draft(bureau(house), draft.id)
    await house.live(START + 30 * DAY)
    assert await house.sent_to(ADA.address) == ["One more, Ada"]


async def test_only_the_first_of_a_sequence_are_asked_about() -> None:
    text = SEQUENCE.replace("why: you asked", "approval: first 2\nwhy: you asked")
    house = await asking(ADA, BEA, CORA, text=text)
    first, second, third = await house.store.drafts.open()
    for draft in (first, second):
        await accept_draft(bureau(house), draft.id)
    await house.live(START + 40 * DAY)
    assert len(await house.sent_to(ADA.address)) == 2
    assert len(await house.sent_to(BEA.address)) == 2
    assert [each.id for each in await house.store.drafts.open()] == [third.id]


async def test_a_rehearsal_asks_nobody() -> None:
    house = SmallHouse()
    await house.shelve({"tips": ASKED})
    await house.invite(ADA)
    heard_since = await house.listen()
    voice = replace(await house.voice(), drafts=None)
    from nurture.flows.send import send_due

    assert (await send_due(voice, heard_since)).sent == 1


async def test_the_owner_is_reminded_once_a_day_while_any_waits() -> None:
    house = await asking(ADA, BEA)
    told = []
    for hour in range(0, 72, 8):
        await house.clock.advance_to(START + timedelta(hours=hour))
        store = house.store
        await remind_drafts(ACCOUNT, store.drafts, store.desk, house.clock)
        for notice in await store.desk.notices_due(house.clock.now()):
            told.append((hour, notice.subject))
            await store.desk.notice_told(notice.id, house.clock.now())
        if hour == 24:
            for draft in await store.drafts.open():
                await skip_draft(bureau(house), draft.id)
    assert told == [(0, "2 mails wait for your approval"), (16, "2 mails wait for your approval")]


@pytest.mark.parametrize("is_wanted", [True, False])
async def test_the_reminder_names_the_drafts_folder_where_they_lie_there(is_wanted: bool) -> None:
    house = await asking(ADA)
    account = replace(ACCOUNT, drafts_in_mailbox=is_wanted)
    await remind_drafts(account, house.store.drafts, house.store.desk, house.clock)
    (notice,) = await house.store.desk.notices_due(house.clock.now())
    assert ("send them from your Drafts folder" in notice.text) is is_wanted


async def test_the_daemon_asks_and_sends_once_it_may() -> None:
    house = SmallHouse()
    await house.shelve({"tips": ASKED})
    await house.invite(ADA)
    await house.live(START + DAY)
    assert "one mail waits for your approval" in [each.subject for each in house.channel.told]
    draft = await the_draft(house)
    assert draft.state is DraftState.WAITING
    await accept_draft(bureau(house), draft.id)
    await house.live(START + 2 * DAY)
    assert await house.sent_to(ADA.address) == ["Hello Ada"]


async def test_an_accepted_piece_that_they_had_meanwhile_is_held() -> None:
    house = SmallHouse()
    head = "why: you know us\nwindow: {days: monday to sunday, hours: 00:00 to 23:59}\n"
    asked = f"sequence: tips\n{head}steps:\n  - {{id: a, content: [tea], approval: required}}\n"
    other = f"sequence: more\n{head}steps:\n  - {{id: b, content: [tea]}}\n"
    tea = "---\ntitle: On tea\ntopics: [tea]\n---\nDear {{ name }}, warm the pot.\n"
    await house.shelve({"tips": asked, "more": other}, {"library/tea.md": tea})
    await house.invite(ADA)
    await house.round()
    await house.invite(ADA, sequence="more")
    await house.round()
    (sent,) = house.courier.delivered
    assert b"pot" in sent.wire
    await accept_draft(bureau(house), (await the_draft(house)).id)
    for _ in range(3):
        await later(house, 10 * DAY)
        await house.round()
    assert len(house.courier.delivered) == 1
    held = {walk.sequence: walk.held_why for walk, _ in await house.store.desk.held()}
    assert "they had library/tea.md meanwhile" in str(held)
