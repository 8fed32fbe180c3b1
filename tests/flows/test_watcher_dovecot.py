"""The main faults of the watcher on a real server: nothing lost, nothing twice, nothing blind."""

import random
import shutil
from collections import Counter
from collections.abc import Iterator

import pytest

from nurture.errors import Unreachable
from nurture.transport.imap import Deadlines, ImapEndpoint, ImapMailbox
from nurture.transport.security import Tls
from tests.fakes.small_house import SmallHouse, mail_from, person
from tests.servers.dovecot import HOST, JUNK, Dovecot

pytestmark = [pytest.mark.real, pytest.mark.slow]

USER, PASSWORD = "anna@carter.example", "secret"
DEADLINES = Deadlines(connect=1, login=5, command=0.5, fetch=1, acknowledge=0.5, leave=0.2)
STEPS = 12


@pytest.fixture
def server() -> Iterator[Dovecot]:
    with Dovecot.running({USER: PASSWORD}) as running:
        yield running


class Trouble:
    """What others do to the mailbox and to the server, each thing undone before the end."""

    def __init__(self, server: Dovecot, seed: int) -> None:
        self.server = server
        self.dice = random.Random(seed)
        self.replies: dict[str, bytes] = {}
        self.answered: set[str] = set()
        self.is_frozen = False

    def reply(self, sender: str) -> None:
        text = f"Number {len(self.replies)}: call me."
        self.replies[text] = mail_from(sender, text)
        self.answered.add(sender)
        self.deliver(self.replies[text])

    def again(self) -> None:
        if self.replies:
            self.deliver(self.dice.choice(list(self.replies.values())))

    def deliver(self, raw: bytes) -> None:
        self.server.deliver(USER, raw, self.dice.choice(("INBOX", JUNK)))

    def freeze(self) -> None:
        self.server.freeze()
        self.is_frozen = True

    def thaw(self) -> None:
        if self.is_frozen:
            self.server.thaw()
            self.is_frozen = False

    def hang_up(self) -> None:
        self.server.kill_sessions()

    def renumber(self) -> None:
        self.thaw()
        self.server.renumber(USER, self.dice.choice(("INBOX", JUNK)))

    def lose_junk(self) -> None:
        folder, inbox = self.server.maildir(USER, JUNK), self.server.maildir(USER)
        for file in [*(folder / "cur").iterdir(), *(folder / "new").iterdir()]:
            name = file.name.partition(":")[0]  # moved by a rule of the owner's, folder and all
            shutil.move(file, inbox / "cur" / f"{name}:2,")
        shutil.rmtree(folder)


@pytest.mark.parametrize("seed", range(5))
async def test_p4_p5_on_a_real_server(server: Dovecot, seed: int) -> None:
    house, trouble = SmallHouse(), Trouble(server, seed)
    house.mailbox = ImapMailbox(  # type: ignore[assignment]
        ImapEndpoint(HOST, server.imap_port, USER, PASSWORD, Tls.NONE, deadlines=DEADLINES)
    )
    people: list[str] = []
    acts = (trouble.again, trouble.freeze, trouble.thaw, trouble.hang_up, trouble.renumber)
    await house.listen()

    async def speak() -> bool:
        answered, before = set(trouble.answered), len(house.courier.tried)
        try:
            heard_since = await house.listen()
        except Unreachable:
            assert len(house.courier.tried) == before
            return False
        await house.speak(heard_since)
        assert not {each.recipient for each in house.courier.tried[before:]} & answered
        return True

    try:
        for step in range(STEPS):
            (contact,) = await house.invite(person(f"P{step}", f"Firm{step}"))
            people.append(contact.address)
            if trouble.dice.random() < 0.6:
                trouble.reply(trouble.dice.choice(people))
            trouble.dice.choice(acts)()
            await speak()
        trouble.thaw()
        trouble.lose_junk()
        while not await speak():
            pass
    finally:
        trouble.thaw()
        await house.mailbox.close()
    heard = Counter(mail.heard.text for mail in house.store.world.mails)
    assert {text: heard[text] for text in trouble.replies} == dict.fromkeys(trouble.replies, 1)
    reached = Counter(each.recipient for each in house.courier.delivered)
    assert set(reached.values()) == {1}
