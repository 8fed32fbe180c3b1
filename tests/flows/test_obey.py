"""An owner acts by one line of mail; nobody else does, and nothing is done twice."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from nurture.core.account import Account
from nurture.core.handoff import Handoff, HandoffState, Outcome
from nurture.core.handoff.ticket import LASTS
from nurture.flows.gather_moved import Pigeonholes, gather_moved
from nurture.flows.hear import listen
from nurture.flows.obey import Audience, Fate, obey
from nurture.flows.tell import Town, tell_owners
from nurture.instruction import Clerk
from nurture.mail.cursor import Cursor, Fetched, Folder
from nurture.mail.read.inbound import Inbound
from nurture.mail.read.ticket import SEAL, command_address
from nurture.ports import Telling
from tests.fakes.small_house import ACCOUNT, KEY, SEQUENCE, SmallHouse, mail_from, person

HERE = "mx.carter.example"
ANNA = replace(ACCOUNT, subaddressing=True, authserv_id=HERE)
ADA, BOB = person("Ada", "Brandt"), person("Bob", "Brandt2")
GOOD = f"Authentication-Results: {HERE}; dmarc=pass header.from=carter.example"
ASKED = SEQUENCE.replace("email: first.md", "email: first.md, approval: required")
CALLED = SEQUENCE.replace("{id: first, email: first.md}", "{id: first, call: Say hello.}")


class Study(SmallHouse):
    """A small house whose owner answers by mail."""

    def __init__(self, account: Account = ANNA) -> None:
        super().__init__(account)
        self.fates: list[Fate] = []
        self.count = 0

    def audience(self) -> Audience:
        store = self.store
        accounts = {"anna": self.account}
        clerk = Clerk(
            self.account,
            self.account.owner,
            accounts,
            store.desk,
            store.tasks,
            store.drafts,
            store.people,
            store.outgoing,
            self.shelf,
        )
        return Audience(clerk, store.instructions, self.clock, KEY)

    async def _obeys(self, inbound: Inbound, fetched: Fetched) -> bool:
        self.fates.append(await obey(self.audience(), inbound, fetched))
        return self.fates[-1] is not Fate.NOT_MEANT

    async def hear(self) -> None:
        """A reading of every folder, with commands obeyed."""
        await listen(replace(await self.ear(), obeys=self._obeys))

    async def told(self) -> list[Telling]:
        """What the owner was told since last asked."""
        store, before = self.store, len(self.channel.told)
        accounts = {"anna": self.account}
        town = Town(accounts, store.desk, [self.route], self.clock, store.instructions, KEY)
        await tell_owners(town)
        return self.channel.told[before:]

    async def brief(self) -> Telling:
        """The brief about an answer of Ada's."""
        await self.invite(ADA)
        await self.round()
        cites = self.courier.delivered[0].message_id
        self.mailbox.deliver(Folder.INBOX, mail_from(ADA.address, "Call me.", cites=cites))
        await self.hear()
        (telling,) = await self.told()
        return telling

    def mail(self, to: Telling, line: str, *fields: str, sender: str = ANNA.address) -> bytes:
        """One line to nurture about this notice."""
        self.count += 1
        address = command_address(ANNA.address, to.token, subaddressing=True)
        rows = [
            *fields,
            f"From: Anna <{sender}>",
            f"To: {address}",
            "Subject: Re: something",
            f"Message-ID: <m{self.count}@carter.example>",
            "Content-Type: text/plain; charset=utf-8",
            "",
            line,
            "",
            "On Mon, nurture wrote:",
            "> stop",
            "",
        ]
        return "\r\n".join(rows).encode()

    async def say(self, to: Telling, line: str) -> Sequence[Telling]:
        """Says it from the owner's program, which files it in Sent; what comes back."""
        self.mailbox.deliver(Folder.SENT, self.mail(to, line))
        await self.hear()
        return await self.told()

    async def gather(self, seen: dict[str, Cursor] | None = None) -> int:
        """A look into the folders that say something."""
        audience, known = self.audience(), {} if seen is None else seen
        found = (audience.clerk, audience.instructions, self.mailbox, self.clock, KEY, known)
        return await gather_moved(Pigeonholes(*found))

    async def handoff(self) -> Handoff:
        """The only one."""
        (found,) = await self.store.desk.handoffs(open_only=False)
        return found

    async def state(self) -> HandoffState:
        """That of the only handoff."""
        return (await self.handoff()).state


async def test_one_line_of_the_owners_takes_the_handoff_and_is_confirmed_in_the_thread() -> None:
    study = Study()
    brief = await study.brief()
    (answer,) = await study.say(brief, "mine")
    assert await study.state() is HandoffState.TAKEN
    assert answer.text.startswith("Ada: yours until Mon 02 Mar 2026 13:00.")
    assert answer.answering[-1] == "m1@carter.example"
    assert answer.token not in {"", brief.token}


async def test_the_conversation_goes_on_below_its_confirmation() -> None:
    study = Study()
    (answer,) = await study.say(await study.brief(), "mine")
    (closed,) = await study.say(answer, "won 4200")
    handoff = await study.handoff()
    assert (handoff.outcome, handoff.amount) == (Outcome.WON, 4200)
    assert "won, 4200, their sequences have ended" in closed.text


@pytest.mark.parametrize(
    ("line", "outcome", "words"),
    [
        ("erledigt", Outcome.DONE, "what was stopped stays stopped"),
        ("later October", Outcome.LATER, "you are reminded on Thu 01 Oct 2026"),
        ("kein Interesse", Outcome.NOT_INTERESTED, "their sequences have ended"),
        ("wrong person", Outcome.WRONG_PERSON, "their sequences have ended"),
        ("opted out", Outcome.OPTED_OUT, "never written to again"),
        ("resume monday", Outcome.DONE, "their sequences go on from Mon 09 Mar 2026"),
        ("stop", Outcome.DONE, "their sequences have ended"),
        ("won 4.200,50 €", Outcome.WON, "won, 4200.5 EUR"),
    ],
)
async def test_a_line_closes_the_handoff_and_says_what_comes_next(
    line: str, outcome: Outcome, words: str
) -> None:
    study = Study()
    (answer,) = await study.say(await study.brief(), line)
    assert (await study.handoff()).outcome is outcome
    assert words in answer.text


async def test_what_arrives_counts_where_the_provider_vouches_for_it() -> None:
    study = Study()
    brief = await study.brief()
    study.mailbox.deliver(Folder.INBOX, study.mail(brief, "mine", GOOD))
    await study.hear()
    assert await study.state() is HandoffState.TAKEN


async def test_without_proof_nothing_is_done_until_the_copy_in_sent_comes() -> None:
    study = Study()
    raw = study.mail(await study.brief(), "mine")
    study.mailbox.deliver(Folder.INBOX, raw)
    await study.hear()
    assert study.fates[-1] is Fate.UNPROVEN
    assert await study.state() is HandoffState.OPEN
    study.mailbox.deliver(Folder.SENT, raw)
    await study.hear()
    assert await study.state() is HandoffState.TAKEN
    await study.clock.advance_to(study.clock.now() + timedelta(hours=1))
    assert [each.text[:10] for each in await study.told()] == ["Ada: yours"]


async def test_where_no_proof_comes_the_owner_is_told_once() -> None:
    study = Study()
    brief = await study.brief()
    for line in ("mine", "stop", "done"):
        study.mailbox.deliver(Folder.INBOX, study.mail(brief, line))
    await study.hear()
    assert await study.told() == []
    await study.clock.advance_to(study.clock.now() + timedelta(hours=1))
    (warning,) = await study.told()
    assert "could not be proven" in warning.subject
    assert brief.token not in warning.text
    assert await study.state() is HandoffState.OPEN


async def test_the_copy_of_a_command_that_was_obeyed_is_no_second_one() -> None:
    study = Study()
    raw = study.mail(await study.brief(), "mine")
    for folder in (Folder.SENT, Folder.INBOX, Folder.INBOX):
        study.mailbox.deliver(folder, raw)
        await study.hear()
    assert len(await study.told()) == 1


async def test_a_ticket_is_good_for_once() -> None:
    study = Study()
    brief = await study.brief()
    await study.say(brief, "mine")
    (answer,) = await study.say(brief, "won 1")
    assert "was answered before" in answer.text
    assert await study.state() is HandoffState.TAKEN
    await study.say(answer, "won 1")
    assert (await study.handoff()).outcome is Outcome.WON


async def test_a_ticket_runs_out() -> None:
    study = Study()
    brief = await study.brief()
    await study.clock.advance_to(study.clock.now() + LASTS + timedelta(hours=1))
    (answer,) = await study.say(brief, "mine")
    assert "too old" in answer.text
    assert await study.state() is HandoffState.OPEN


@pytest.mark.parametrize(
    "line", ["Can you call him?", "later", "done\nwon 4200", "", "approve 7", "help", "skip"]
)
async def test_what_is_not_understood_is_answered_kindly_and_changes_nothing(line: str) -> None:
    study = Study()
    brief = await study.brief()
    (answer,) = await study.say(brief, line)
    assert answer.text.startswith("Nothing was done: ")
    assert "mine" in answer.sayings
    assert await study.state() is HandoffState.OPEN
    await study.say(brief, "mine")
    assert await study.state() is HandoffState.TAKEN


@pytest.mark.parametrize(
    "fields",
    [
        ("Auto-Submitted: auto-replied", GOOD),
        ("Authentication-Results: evil.example; dmarc=pass header.from=carter.example", GOOD),
        (f"Authentication-Results: {HERE}; dmarc=fail header.from=carter.example", GOOD),
        (GOOD, "From: Eve <eve@evil.example>"),
        (GOOD, "Cc: Ada <ada@brandt.example>"),
        ("Return-Path: <>", GOOD),
    ],
)
async def test_a_machine_a_stranger_and_a_letter_to_a_contact_command_nothing(
    fields: tuple[str, ...],
) -> None:
    study = Study()
    brief = await study.brief()
    study.mailbox.deliver(Folder.INBOX, study.mail(brief, "mine", *fields))
    await study.hear()
    assert await study.state() is HandoffState.OPEN


async def test_the_junk_folder_proves_nothing() -> None:
    study = Study()
    brief = await study.brief()
    study.mailbox.deliver(Folder.JUNK, study.mail(brief, "mine", GOOD))
    await study.hear()
    assert await study.state() is HandoffState.OPEN


async def test_a_forwarded_ticket_is_refused_and_told_once_a_day_without_it() -> None:
    study = Study()
    brief = await study.brief()
    for line in ("mine", "stop"):
        raw = study.mail(brief, line, sender="eve@evil.example")
        study.mailbox.deliver(Folder.INBOX, raw)
    await study.hear()
    (warning,) = await study.told()
    assert "refused" in warning.subject
    assert brief.token not in warning.text
    assert await study.state() is HandoffState.OPEN


async def test_a_contact_who_was_shown_a_ticket_is_heard_all_the_same() -> None:
    """Promise P1 stands above everything that a mail may carry."""
    study = Study()
    brief = await study.brief()
    await study.say(brief, "resume")
    raw = study.mail(brief, "Please stop.", sender=ADA.address)
    study.mailbox.deliver(Folder.INBOX, raw)
    await study.hear()
    known = await study.store.people.contact(ADA.address)
    assert known
    (walk,) = await study.store.desk.enrollments(known.id)
    assert str(walk.state) != "active"


async def test_another_owners_ticket_is_refused() -> None:
    study = Study()
    brief = await study.brief()
    other = replace(ANNA.owner, name="Bob", address="bob@carter.example")
    study.account = replace(ANNA, name="bob", address="bob@carter.example", owner=other)
    audience = study.audience()
    accounts = {"anna": ANNA, "bob": study.account}
    theirs = replace(audience, clerk=replace(audience.clerk, accounts=accounts))
    raw = study.mail(brief, "mine", GOOD, sender="bob@carter.example")
    study.mailbox.deliver(Folder.SENT, raw)
    hears = partial(obey, theirs)

    async def obeys(inbound: Inbound, fetched: Fetched) -> bool:
        study.fates.append(await hears(inbound, fetched))
        return study.fates[-1] is not Fate.NOT_MEANT

    await listen(replace(await study.ear(), obeys=obeys))
    assert study.fates[-1] is Fate.NOT_MEANT
    assert await study.state() is HandoffState.OPEN


async def test_a_reply_to_the_brief_that_is_only_a_command_is_noticed_and_not_obeyed() -> None:
    """It went to the contact: that is past mending, but the owner learns it at once."""
    study = Study()
    await study.brief()
    raw = mail_from(ANNA.address, "done", cites="0123.note@carter.example")
    raw = raw.replace(b"To: anna@carter.example", b"To: ada@brandt.example")
    study.mailbox.deliver(Folder.SENT, raw)
    await study.hear()
    (warning,) = await study.told()
    assert "went to the contact" in warning.text
    assert not (await study.handoff()).is_finished
    (done,) = await study.say(warning, "done")
    assert "Ada: done" in done.text
    assert (await study.handoff()).outcome is Outcome.DONE


async def test_a_mail_that_waits_is_approved_by_its_number() -> None:
    study = Study()
    await study.shelve({"tips": ASKED})
    await study.invite(ADA)
    await study.round()
    await study.store.desk.tell("anna", "Good morning", "A digest.", study.clock.now(), "digest")
    (digest,) = await study.told()
    (draft,) = await study.store.drafts.open()
    (answer,) = await study.say(digest, f"approve {draft.id}")
    assert answer.text.startswith(f"Mail {draft.id} to Ada may leave")
    await study.round()
    assert await study.sent_to(ADA.address) == ["Hello Ada"]


async def test_a_mail_that_waits_is_skipped_without_a_number_where_it_is_the_only_one() -> None:
    study = Study()
    await study.shelve({"tips": ASKED})
    await study.invite(ADA)
    await study.round()
    await study.store.desk.tell("anna", "Good morning", "A digest.", study.clock.now(), "digest")
    (digest,) = await study.told()
    await study.say(digest, "überspringen")
    assert await study.store.drafts.open() == ()


async def test_a_call_is_done_with_its_note_and_the_walk_goes_on() -> None:
    study = Study()
    await study.shelve({"tips": CALLED})
    await study.invite(ADA)
    await study.round()
    (notice,) = await study.told()
    (answer,) = await study.say(notice, "call done: left a voicemail")
    assert "is done: left a voicemail" in answer.text
    ((task, contact),) = await study.store.tasks.tasks(open_only=False)
    assert (str(task.state), task.note) == ("done", "left a voicemail")
    (walk,) = await study.store.desk.enrollments(contact.id)
    assert walk.position != "first"


async def test_a_note_is_kept_about_the_person() -> None:
    study = Study()
    await study.say(await study.brief(), "note: sails on Sundays")
    known = await study.store.people.contact(ADA.address)
    assert known
    assert known.notes == "2026-03-02: sails on Sundays"


async def test_the_daemon_obeys_and_looks_again_soon_for_the_copy_that_proves_it() -> None:
    study = Study()
    brief = await study.brief()
    await study.store.accounts.release(await study.take_lease())
    raw = study.mail(brief, "mine")
    start = study.clock.now()
    arrives = start + timedelta(hours=7)
    running = asyncio.create_task(study.live(start + timedelta(hours=8), [(arrives, raw)]))
    while study.clock.now() < arrives + timedelta(seconds=1):
        await asyncio.sleep(0)
    study.mailbox.deliver(Folder.SENT, raw)
    heard_at = study.clock.now()
    while await study.state() is HandoffState.OPEN and not running.done():
        await asyncio.sleep(0)
    assert study.clock.now() - heard_at < timedelta(seconds=5)
    assert await study.state() is HandoffState.TAKEN
    await running


async def test_who_stands_in_for_the_owner_may_say_it_and_gets_the_answer() -> None:
    other = replace(ANNA.owner, name="Bea", address="bea@carter.example")
    study = Study(replace(ANNA, owner=replace(ANNA.owner, substitute=other)))
    brief = await study.brief()
    raw = study.mail(brief, "mine", GOOD, sender=other.address)
    study.mailbox.deliver(Folder.INBOX, raw)
    await study.hear()
    (answer,) = await study.told()
    assert (await study.handoff()).taken_by == "Bea"
    assert answer.to == other


async def test_commands_take_nothing_of_the_accounts_day() -> None:
    study = Study()
    await study.say(await study.brief(), "mine")
    state = await study.store.accounts.state("anna")
    assert state.tally.within_day(study.clock.now()) == 1


FILED = replace(ANNA, commands=(("nurture/Mine", "mine"), ("nurture/Later", "later in 3 months")))


def moved(brief: Telling, seal: str) -> bytes:
    """The notice as it lies where the owner moved it."""
    return f"{SEAL}: {seal}\r\nSubject: {brief.subject}\r\n\r\n{brief.text}".encode()


async def test_a_brief_that_is_moved_says_what_its_folder_says_once_and_is_answered() -> None:
    study, seen = Study(FILED), dict[str, Cursor]()
    brief = await study.brief()
    study.mailbox.move_in("nurture/Mine", moved(brief, brief.seal))
    assert [await study.gather(seen) for _ in range(2)] == [1, 0]
    assert await study.state() is HandoffState.TAKEN
    assert await study.gather() == 0  # a daemon that began anew looks through it once more
    (answer,) = await study.told()
    assert answer.text.startswith("Ada: yours until")
    study.mailbox.move_in("nurture/Later", moved(answer, answer.seal))
    assert await study.gather(seen) == 1
    assert (await study.handoff()).outcome is Outcome.LATER


async def test_only_the_notice_itself_speaks_where_it_is_moved() -> None:
    """A mail that is delivered there (anna+folder@) has at most the token that was quoted to it."""
    study = Study(FILED)
    brief = await study.brief()
    for seal in (brief.token, "", brief.seal[:-1] + "x"):
        study.mailbox.move_in("nurture/Mine", moved(brief, seal))
    study.mailbox.move_in("elsewhere", moved(brief, brief.seal))
    assert await study.gather() == 0
    assert await study.state() is HandoffState.OPEN
