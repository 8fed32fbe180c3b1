"""Hears one mail of 50 MB in this process and prints what that cost; run by test_heavy_mail."""

import asyncio
import json
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from nurture import log
from nurture.core.account import Account, Owner
from nurture.core.contact import Contact
from nurture.ear import Ear, rehearse
from nurture.flows.hear import listen
from nurture.mail.cursor import Cursor, Folder
from nurture.transport.clock import SystemClock
from nurture.transport.imap import ImapEndpoint, ImapMailbox
from nurture.transport.security import Tls
from tests.fakes.memory import Memory

ACCOUNT = Account("anna", "anna@x.example", Owner("Anna", "anna@x.example", "UTC", "Lane 1"))
_TICK = 0.002


def memory() -> int:
    """The most that this process ever held, in KiB; getrusage would tell our parent's, too."""
    (line,) = (
        each for each in Path("/proc/self/status").read_text().split("\n") if "VmHWM" in each
    )
    return int(line.split()[1])


async def main(port: int) -> None:
    """Listens to everything behind UID 0, a small mail first."""
    log.configure("silent")
    rehearse()
    store, clock, now = Memory(), SystemClock(), datetime.now(UTC)
    await store.people.merge([Contact("ada@x.example")], now)
    lease = await store.accounts.take("anna", "w", now, now + timedelta(hours=1))
    assert lease
    await store.incoming.set_cursor("anna", Folder.INBOX, Cursor(7, 0))
    mailbox = ImapMailbox(ImapEndpoint("127.0.0.1", port, "me", "secret", Tls.NONE))
    ear = Ear(ACCOUNT, ACCOUNT.own_addresses, lease, store.accounts, store.incoming, store.people,
              mailbox, store.switch, clock, b"key")  # fmt: skip
    await mailbox.open()
    before, longest = memory(), 0.0
    listening = asyncio.create_task(listen(ear))
    while not listening.done():
        began = time.perf_counter()
        await asyncio.sleep(_TICK)
        longest = max(longest, time.perf_counter() - began - _TICK)
    await listening
    await mailbox.close()
    (mail,) = store.world.mails
    facts = {"grew_kib": memory() - before, "blocked_ms": longest * 1000}
    print(json.dumps({**facts, "text": mail.heard.text[:60], "outcome": mail.heard.outcome}))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
