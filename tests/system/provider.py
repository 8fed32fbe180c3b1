"""The owner's mail provider, embedded or real, behind the few verbs that a test needs."""

import asyncio
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path
from typing import Protocol

from nurture.demo.sandbox import Sandbox
from tests.servers.dovecot import HOST, JUNK, SENT, Dovecot
from tests.servers.postfix import Postfix
from tests.system.daemon import OWNER, PASSWORD

CONTACTS = ("ada@example.net", "bob@example.net", "cleo@example.net", "dan@example.net")
BOUNCING = "example.com"


class Provider(Protocol):
    """Where the owner's mail leaves and arrives."""

    @property
    def smtp_port(self) -> int:
        """Where mail is submitted."""
        ...

    @property
    def imap_port(self) -> int:
        """Where mail is read."""
        ...

    async def deliver(self, raw: bytes) -> None:
        """Puts a mail into the owner's inbox."""
        ...

    def mails_to(self, address: str) -> list[bytes]:
        """What reached this person."""
        ...


@dataclass(slots=True)
class Embedded:
    """The sandbox of the demo."""

    sandbox: Sandbox

    @property
    def smtp_port(self) -> int:
        """See Provider."""
        return self.sandbox.smtp_port

    @property
    def imap_port(self) -> int:
        """See Provider."""
        return self.sandbox.imap_port

    async def deliver(self, raw: bytes) -> None:
        """See Provider."""
        await self.sandbox.deliver(OWNER, raw)

    def mails_to(self, address: str) -> list[bytes]:
        """See Provider."""
        return [each.raw for each in self.sandbox.received if each.recipient == address]


@asynccontextmanager
async def embedded() -> AsyncIterator[Embedded]:
    """A sandbox with the owner's mailbox, for the length of a `with`."""
    sandbox = Sandbox(lambda: datetime.now(UTC))
    await sandbox.start({OWNER: PASSWORD})
    try:
        yield Embedded(sandbox)
    finally:
        await sandbox.close()


@dataclass(slots=True)
class Real:
    """Postfix that submits, Dovecot that stores; the contacts are at home there too."""

    postfix: Postfix
    dovecot: Dovecot

    @property
    def smtp_port(self) -> int:
        """See Provider."""
        return self.postfix.port

    @property
    def imap_port(self) -> int:
        """See Provider."""
        return self.dovecot.imap_port

    async def deliver(self, raw: bytes) -> None:
        """By LMTP, as Postfix does."""
        await asyncio.to_thread(self.dovecot.deliver_by_lmtp, CONTACTS[0], OWNER, raw)

    def mails_to(self, address: str) -> list[bytes]:
        """See Provider."""
        return self.in_folder(address, "INBOX")

    def sent_copies(self) -> list[bytes]:
        """What lies in the owner's Sent folder."""
        return self.in_folder(OWNER, SENT)

    def empty(self) -> None:
        """Every mailbox without a mail, and nobody away."""
        for address in (OWNER, *CONTACTS):
            for folder in ("INBOX", SENT, JUNK):
                for file in self._files(address, folder):
                    file.unlink(missing_ok=True)
            (self.dovecot.root / "mail" / address / ".dovecot.sieve").unlink(missing_ok=True)

    def in_folder(self, address: str, folder: str) -> list[bytes]:
        """The mails of a folder, whatever their flags, without what LMTP puts on top."""
        return [_as_sent(path.read_bytes()) for path in self._files(address, folder)]

    def flags(self, address: str, folder: str = "INBOX") -> set[str]:
        """Every flag that any mail of the folder bears."""
        names = [path.name for path in self._files(address, folder)]
        return {flag for name in names for flag in name.partition(":2,")[2]}

    def _files(self, address: str, folder: str) -> list[Path]:
        home = self.dovecot.maildir(address, folder)
        return sorted(path for part in ("new", "cur") for path in (home / part).iterdir())


def _as_sent(stored: bytes) -> bytes:
    """CRLF at the ends of lines, and nothing of what was added on the way."""
    rows = stored.replace(b"\r\n", b"\n").split(b"\n")
    trace = (b"Return-Path:", b"Delivered-To:", b"Received:", b"X-Original-To:")
    at = 0
    while rows[at].startswith((*trace, b"\t", b" ")):
        at += 1
    return b"\r\n".join(rows[at:])


_JOINED = """
submission_host = {host}:{smtp}
service auth {{
  inet_listener {{
    address = {host}
    port = {auth}
  }}
}}
"""


@contextmanager
def real() -> Iterator[Real]:
    """Postfix and Dovecot that know each other: logins, deliveries and vacation notes."""
    users = dict.fromkeys((OWNER, *CONTACTS), PASSWORD)
    with Dovecot.running(users) as dovecot:
        with Postfix.running(users, dovecot.lmtp_port, later=BOUNCING) as postfix:
            auth = _free_port()
            joined = _JOINED.format(host=HOST, smtp=postfix.port, auth=auth)
            config = dovecot.root / "dovecot.conf"
            with config.open("a", encoding="utf-8") as file:
                file.write(joined)
            _run("doveadm", "-c", str(config), "reload")
            etc = str(postfix.root / "etc")
            knobs = (
                "smtpd_sasl_auth_enable=yes",
                "smtpd_sasl_type=dovecot",
                f"smtpd_sasl_path=inet:{HOST}:{auth}",
                "smtpd_recipient_restrictions=permit_mynetworks,reject",
            )
            _run("postconf", "-c", etc, "-e", *knobs)
            _run("postfix", "-c", etc, "reload")
            yield Real(postfix, dovecot)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=30)


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind((HOST, 0))
        port: int = sock.getsockname()[1]
        return port


async def arrived(provider: Provider, address: str, part: bytes = b"") -> bytes:
    """The first mail to this person that has this part, as soon as it is there."""
    async with asyncio.timeout(15):
        while True:
            for raw in provider.mails_to(address):
                if part in raw:
                    return raw
            await asyncio.sleep(0.02)


def reply(sender: str, words: str, to: bytes = b"", **headers: str) -> bytes:
    """A mail to the owner from this person, an answer to `to` where that is given."""
    message = EmailMessage()
    message["From"], message["To"] = sender, OWNER
    message["Message-ID"] = make_msgid(domain=sender.partition("@")[2])
    message["Date"] = datetime.now(UTC)
    message["Subject"] = headers.pop("subject", "Re: The first note")
    if to:
        message["In-Reply-To"] = header(to, "Message-ID")
    for name, text in headers.items():
        message[name.replace("_", "-")] = text
    message.set_content(words)
    return message.as_bytes().replace(b"\n", b"\r\n")


def header(raw: bytes, name: str) -> str:
    """The unfolded text of a header field, empty where there is none."""
    head = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode()
    for row in head.replace("\n ", " ").replace("\n\t", " ").split("\n"):
        field, _, text = row.partition(":")
        if field.lower() == name.lower():
            return text.strip()
    return ""
