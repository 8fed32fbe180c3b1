"""An owner acts by mail alone; nobody else does, whatever they send."""

import asyncio
import random
from email.message import EmailMessage
from pathlib import Path
from time import monotonic

import pytest

from nurture.mail.tokens import plus_address, sign
from tests.system.daemon import OWNER, Home
from tests.system.mail_program import MailProgram, text_of
from tests.system.provider import CONTACTS, Provider, Real, arrived, embedded, reply

pytestmark = pytest.mark.slow

ADA, BOB, CLEO, DAN = CONTACTS
PROMISED = 5.0  # seconds from the command to its deed
HERE = "mx.example.org"
WORK = """\
sequence: work
why: you once asked us for an offer
window: {days: monday to sunday, hours: "00:00 to 23:59"}
steps:
  - {id: ring, call: Ask how it goes.}
  - {id: hello, email: mail/first.md, approval: required}
  - {id: ring-again, call: Ask once more.}
  - {id: hello-again, email: mail/first.md, approval: required}
  - {id: see-them, visit: Drop in.}
  - {id: bring, gift: Bring a book.}
  - {id: last, wait: 4 weeks}
"""


class Desk:
    """What happens at the owner's end, and how long each deed takes."""

    def __init__(self, home: Home, provider: Provider, program: MailProgram) -> None:
        self.home, self.provider, self.program = home, provider, program
        self.took: dict[str, float] = {}

    async def handed(self, person: str, words: str) -> EmailMessage:
        """The brief about what this person writes now."""
        first = await arrived(self.provider, person)
        await self.provider.deliver(reply(person, words, first))
        return await self.program.next_mail(words)

    async def until(self, name: str, statement: str, *values: object, is_: object) -> None:
        """Waits for the state that a command asks for, no longer than is promised."""
        began = monotonic()
        while (found := self.home.query(statement, *values)) != [is_]:
            assert monotonic() - began < PROMISED, (name, found, is_)
            await asyncio.sleep(0.02)
        self.took[f"{len(self.took) + 1} {name}"] = monotonic() - began

    async def handoff(self, name: str, person: str, **facts: object) -> None:
        """The person's newest handoff is like this."""
        columns = ", ".join(facts)
        where = "WHERE contact_id = ? ORDER BY id DESC LIMIT 1"
        statement = f"SELECT {columns} FROM handoffs {where}"
        await self.until(name, statement, self.home.id_of(person), is_=tuple(facts.values()))

    async def walks(self, name: str, person: str, state: str) -> None:
        """The person's walks are all in this state."""
        statement = "SELECT DISTINCT state FROM enrollments WHERE contact_id = ?"
        await self.until(name, statement, self.home.id_of(person), is_=(state,))

    async def task(self, name: str, step: str, **facts: object) -> None:
        """The task of this step is like this."""
        statement = f"SELECT {', '.join(facts)} FROM tasks WHERE step = ?"
        await self.until(name, statement, step, is_=tuple(facts.values()))

    async def draft(self, step: str) -> int:
        """The number of the mail that waits at this step."""
        async with asyncio.timeout(15):
            while not (found := self.home.query("SELECT id FROM drafts WHERE step = ?", step)):
                await asyncio.sleep(0.05)
        number: int = found[0][0]
        return number


def home_at(folder: Path, provider: Provider, **account: str) -> Home:
    """Settings under which commands are heard, and two sequences."""
    seldom = {"sweep_every": "5 minutes", "unheard_after": "10 minutes"}
    home = Home.made(folder, provider.smtp_port, provider.imap_port, seldom)
    home.write_sequence("notes", "first")
    home.write("sequences/work.yaml", WORK)
    written = (folder / "nurture.toml").read_text("utf-8")
    lines = "\n".join(f"{name} = {value}" for name, value in account.items())
    marked = "pauses_colleagues = false"
    home.write("nurture.toml", written.replace(marked, f"{marked}\n{lines}"))
    waits = "  - {id: silence, wait: 3 weeks}\n"
    notes = (folder / "sequences/notes.yaml").read_text("utf-8")
    home.write("sequences/notes.yaml", notes + waits)
    return home


async def test_thirty_actions_over_smtp_and_imap_only_are_done_within_five_seconds_each(
    tmp_path: Path, provider: Provider
) -> None:
    """Four people's affairs at the same time, in English and German."""
    home = home_at(tmp_path, provider, subaddressing="true")
    program = MailProgram(provider.smtp_port, provider.imap_port)
    desk = Desk(home, provider, program)
    await home.enroll("notes", ADA, BOB, DAN)
    await home.enroll("work", CLEO)
    async with home.daemon() as daemon:
        await asyncio.gather(_work(desk), _ada(desk), _bob(desk), _dan(desk))
        await daemon.stop()
    print("\n".join(f"{seconds:5.2f} s  {name}" for name, seconds in desk.took.items()))
    assert len(program.sent) >= 30
    for person in CONTACTS:
        letters = provider.mails_to(person)
        assert not [raw for raw in letters if b"nurture wrote" in raw or b"To nurture" in raw]


async def _work(desk: Desk) -> None:
    """Calls, visits, gifts and mails that wait, in one conversation with nurture."""
    program = desk.program
    notice = await program.next_mail("Ask how it goes.")
    await program.reply(notice, "help")
    kind = await program.next_mail("these are the lines I know")
    await desk.task("help", "ring", state="open")
    await program.reply(kind, "note: likes tea")
    kind = await program.next_mail("Noted about Cleo")
    await program.reply(kind, "call done: voicemail")
    await desk.task("call done", "ring", state="done", note="voicemail")
    done = await program.next_mail("is done: voicemail")
    number = await desk.draft("hello")
    await program.reply(done, f"approve {number}")
    accepted = "SELECT decided_at IS NOT NULL FROM drafts WHERE id = ?"
    await desk.until("approve", accepted, number, is_=(1,))
    notice = await program.next_mail("Ask once more.")
    await program.reply(notice, "Anruf erledigt: Mailbox")
    await desk.task("Anruf erledigt", "ring-again", state="done", note="Mailbox")
    done = await program.next_mail("is done: Mailbox")
    number = await desk.draft("hello-again")
    await program.reply(done, f"überspringen {number}")
    await desk.until(
        "überspringen", "SELECT state FROM drafts WHERE id = ?", number, is_=("skipped",)
    )
    notice = await program.next_mail("Drop in.")
    await program.reply(notice, "snooze in 3 weeks")
    moved = await program.next_mail("is due on")
    await desk.until(
        "snooze a task",
        "SELECT due_on > date('now', '+15 days') FROM tasks WHERE step = 'see-them'",
        is_=(1,),
    )
    await program.reply(moved, "visited: they liked it")
    await desk.task("visited", "see-them", state="done", note="they liked it")
    notice = await program.next_mail("Bring a book.")
    await program.reply(notice, "skip")
    await desk.task("skip a gift", "bring", state="skipped")
    over = await program.next_mail("will not be done")
    await program.reply(over, "stop")
    await desk.walks("stop", CLEO, "ended")


async def _ada(desk: Desk) -> None:
    program = desk.program
    brief = await desk.handed(ADA, "Can you call me at four?")
    await program.tap(brief, "mine")
    await desk.handoff("mine", ADA, state="taken", taken_by="Anna Carter")
    mail = await program.next_mail("Ada: yours until")
    await program.reply(mail, "note she sails")
    await desk.until(
        "note", "SELECT notes LIKE '%she sails' FROM contacts WHERE address = ?", ADA, is_=(1,)
    )
    mail = await program.next_mail("Noted about Ada")
    await program.reply(mail, "snooze until friday")
    await desk.handoff("snooze", ADA, state="snoozed")
    mail = await program.next_mail("Ada: off your desk until")
    await program.reply(mail, "what do you think of her?")
    mail = await program.next_mail("none of the lines I know")
    await desk.handoff("not a command", ADA, state="snoozed")
    await program.reply(mail, "done: sent the offer")
    await desk.handoff("done", ADA, state="closed", outcome="done", note="sent the offer")
    brief = await desk.handed(ADA, "One more question, please.")
    await program.tap(brief, "won 4200")
    await desk.handoff("won", ADA, state="closed", outcome="won", amount=4200)
    await desk.walks("won ends the walks", ADA, "ended")
    brief = await desk.handed(ADA, "And what about the next house?")
    await program.tap(brief, "later October")
    await desk.handoff("later", ADA, state="closed", outcome="later")
    brief = await desk.handed(ADA, "No, we have decided against it, and will not build.")
    await program.tap(brief, "not interested")
    await desk.handoff("not interested", ADA, state="closed", outcome="not_interested")


async def _bob(desk: Desk) -> None:
    program = desk.program
    brief = await desk.handed(BOB, "Shall we meet next week?")
    await program.tap(brief, "ich übernehme")
    await desk.handoff("ich übernehme", BOB, state="taken")
    mail = await program.next_mail("Bob: yours until")
    await program.reply(mail, "zurückstellen bis übermorgen")
    await desk.handoff("zurückstellen", BOB, state="snoozed")
    mail = await program.next_mail("Bob: off your desk until")
    await program.reply(mail, "weiter")
    await desk.handoff("weiter", BOB, state="closed", outcome="done")
    await desk.walks("weiter resumes", BOB, "active")
    brief = await desk.handed(BOB, "It was good to see you there.")
    await program.tap(brief, "gewonnen 1.250,50 €")
    await desk.handoff("gewonnen", BOB, state="closed", outcome="won", amount=1250)
    brief = await desk.handed(BOB, "Who does the paint for us?")
    await program.tap(brief, "erledigt")
    await desk.handoff("erledigt", BOB, state="closed", outcome="done")
    brief = await desk.handed(BOB, "Please tell my colleague instead of me.")
    await program.tap(brief, "falsche Person")
    await desk.handoff("falsche Person", BOB, state="closed", outcome="wrong_person")


async def _dan(desk: Desk) -> None:
    program = desk.program
    brief = await desk.handed(DAN, "How long would it take?")
    await program.write(brief, "mine")
    await desk.handoff("mine as a subject", DAN, state="taken")
    mail = await program.next_mail("Dan: yours until")
    await program.reply(mail, "snooze monday")
    await desk.handoff("snooze monday", DAN, state="snoozed")
    mail = await program.next_mail("Dan: off your desk until")
    await program.reply(mail, "Notiz: mag Kaffee")
    noted = "SELECT notes LIKE '%mag Kaffee' FROM contacts WHERE address = ?"
    await desk.until("Notiz", noted, DAN, is_=(1,))
    mail = await program.next_mail("Noted about Dan")
    await program.reply(mail, "stop")
    await desk.walks("stop ends the walks", DAN, "ended")
    brief = await desk.handed(DAN, "Well, perhaps another time then.")
    await program.tap(brief, "später im März")
    await desk.handoff("später", DAN, state="closed", outcome="later")
    brief = await desk.handed(DAN, "I do have a question about the bill.")
    await program.tap(brief, "opted out")
    await desk.handoff("opted out", DAN, state="closed", outcome="opted_out")
    await desk.until("suppressed", "SELECT count(*) FROM suppressions", is_=(1,))


async def test_where_no_plus_address_is_known_ids_and_subjects_carry_the_ticket(
    tmp_path: Path,
) -> None:
    """The commands of a brief go to the plain address, under a subject that its links give."""
    async with embedded() as provider:
        home = home_at(tmp_path, provider, subaddressing="false")
        program = MailProgram(provider.smtp_port, provider.imap_port)
        desk = Desk(home, provider, program)
        await home.enroll("notes", ADA)
        async with home.daemon() as daemon:
            brief = await desk.handed(ADA, "Can you call me at four?")
            await program.tap(brief, "mine")
            await desk.handoff("mine", ADA, state="taken")
            mail = await program.next_mail("Ada: yours until")
            await program.reply(mail, "won 4200")
            await desk.handoff("won", ADA, state="closed", amount=4200)
            brief = await desk.handed(ADA, "One more question, please.")
            await program.write(brief, "done")
            await desk.handoff("done", ADA, state="closed", outcome="done")
            await daemon.stop()


async def test_a_brief_that_is_moved_to_a_folder_is_obeyed_within_five_seconds(
    tmp_path: Path, provider: Provider
) -> None:
    """The inbox tells that something left it, and so nobody waits for the next sweep."""
    home = home_at(tmp_path, provider)
    written = (tmp_path / "nurture.toml").read_text("utf-8")
    home.write("nurture.toml", f'{written}\n[accounts.anna.commands]\nErledigt = "done"\n')
    program = MailProgram(provider.smtp_port, provider.imap_port)
    desk = Desk(home, provider, program)
    await home.enroll("notes", ADA)
    async with home.daemon() as daemon:
        brief = await desk.handed(ADA, "Can you call me at four?")
        await program.move(brief, "Erledigt")
        await desk.handoff("moved", ADA, state="closed", outcome="done")
        await program.next_mail("which says: done")
        await daemon.stop()


async def test_of_five_hundred_forged_or_replayed_commands_none_is_obeyed(
    tmp_path: Path, provider: Provider
) -> None:
    """The provider reports who wrote; forgers know everything but the key and the mailbox."""
    account = {"subaddressing": "true", "authserv_id": f'"{HERE}"'}
    home = home_at(tmp_path, provider, **account)
    program = MailProgram(provider.smtp_port, provider.imap_port)
    desk = Desk(home, provider, program)
    await home.enroll("notes", ADA, BOB)
    async with home.daemon() as daemon:
        brief = await desk.handed(ADA, "Can you call me at four?")
        await program.tap(brief, "mine")
        await desk.handoff("mine", ADA, state="taken")
        mail = await program.next_mail("yours until")
        await program.reply(mail, "snooze until friday")
        await desk.handoff("snooze", ADA, state="snoozed")
        await program.next_mail("off your desk until")
        live = await desk.handed(BOB, "How much is it?")
        before = _state(home)
        forged = _forgeries(program.sent, text_of(live))
        assert len(forged) == 500
        for raw in forged:
            await _forge(provider, raw)
        await _forge(provider, reply("eve@evil.example", "That is all.", subject="the end"))
        await _heard_to_the_end(home)
        assert daemon.told("command_obeyed") == daemon.told("command_obeyed")[:2]
        assert _state(home) == before
        await program.tap(live, "mine")
        await desk.handoff("the owner is heard all the same", BOB, state="taken")
        await daemon.stop()
    told = home.query(
        "SELECT key, text FROM notices WHERE key LIKE 'refused/%' OR key LIKE 'unproven/%'"
    )
    assert len(told) <= 1


async def _forge(provider: Provider, raw: bytes) -> None:
    """From an address of nobody's: whoever is a contact is heard, whatever else they bring."""
    if isinstance(provider, Real):
        deliver = provider.dovecot.deliver_by_lmtp
        await asyncio.to_thread(deliver, "eve@evil.example", OWNER, raw)
    else:
        await provider.deliver(raw)


async def _heard_to_the_end(home: Home) -> None:
    async with asyncio.timeout(120):
        while not home.query("SELECT 1 FROM inbound WHERE subject = 'the end'"):
            await asyncio.sleep(0.2)


def _state(home: Home) -> list[object]:
    """All that a command could change."""
    statements = (
        "SELECT id, state, taken_by, until, outcome FROM handoffs ORDER BY id",
        "SELECT id, state, due_at FROM enrollments ORDER BY id",
        "SELECT id, notes FROM contacts ORDER BY id",
        "SELECT nonce, used_at FROM tickets WHERE used_at IS NOT NULL ORDER BY nonce",
        "SELECT count(*) FROM suppressions",
    )
    return [home.query(each) for each in statements]


def _forgeries(sent: list[bytes], brief: str) -> list[bytes]:
    """Replays, stolen and invented tickets, and reports that nobody made."""
    dice = random.Random(7)
    token = brief.partition(f"{OWNER.partition('@')[0]}+")[2].partition("@")[0]
    words = ("done", "stop", "won 9", "opted out", "resume", "mine")
    good = f"Authentication-Results: {HERE}; dmarc=pass header.from=example.org"
    bad = f"Authentication-Results: {HERE}; dmarc=fail header.from=example.org"
    other = "Authentication-Results: mx.evil.example; dmarc=pass header.from=example.org"
    found: list[bytes] = []
    for number in range(500):
        kind, word = number % 10, words[number % len(words)]
        if kind == 0:
            found.append(b"X-Again: %d\r\n" % number + sent[number % len(sent)])
            continue
        if kind == 1:
            again = sent[number % len(sent)].replace(b"Message-ID: <", b"Message-ID: <%d" % number)
            found.append(again)
            continue
        ticket = token
        if kind in {2, 3, 4}:
            ticket = "".join(dice.choice("abcdefghijklmnopqrstuvwxyz234567") for _ in token)
        if kind == 5:
            ticket = sign(b"another key", f"c{'a' * 10}")
        report = {3: good, 6: f"{bad}\r\n{good}", 7: f"{other}\r\n{good}", 8: good}.get(kind, bad)
        author = {8: "eve@example.net", 9: "anna@evil.example"}.get(kind, OWNER)
        found.append(_mail(number, author, plus_address(OWNER, ticket), word, report))
    return found


def _mail(number: int, author: str, to: str, word: str, report: str) -> bytes:
    fields = {
        "From": author,
        "To": to,
        "Subject": "Re: nurture",
        "Message-ID": f"<forged{number}@evil.example>",
        "Content-Type": "text/plain",
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"{report}\r\n{head}\r\n{word}\r\n".encode()
