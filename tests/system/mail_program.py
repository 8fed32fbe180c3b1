"""The owner's mail program, scripted: it knows nothing but SMTP and IMAP."""

import asyncio
import imaplib
import re
import smtplib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import make_msgid, parseaddr
from time import monotonic
from urllib.parse import unquote

from tests.system.daemon import OWNER, PASSWORD

_HOST = "127.0.0.1"
_PACE = 0.3
_LISTED = re.compile(r'\([^)]*\\Sent[^)]*\) "." (.+)')
_TAP = re.compile(r"mailto:([^?\s]+)\?subject=([^&\s]+)&body=(\S+)")


@dataclass(slots=True)
class MailProgram:
    """Reads INBOX, replies, and files what it sent, as every program does."""

    smtp_port: int
    imap_port: int
    sent: list[bytes] = field(default_factory=list)
    _read: int = 0
    _looked_at: float = 0.0
    _mails: list[EmailMessage] = field(default_factory=list)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def next_mail(self, words: str, within: float = 30) -> EmailMessage:
        """The first mail of nurture's with these words that nobody has asked for yet."""
        async with asyncio.timeout(within):
            while True:
                await self._fetch()
                for mail in self._mails:
                    told = mail["Auto-Submitted"] and f"{mail['Subject']}\n{text_of(mail)}"
                    if told and words in told:
                        self._mails.remove(mail)
                        return mail
                await asyncio.sleep(0.1)

    async def _fetch(self) -> None:
        """Looks at most three times a second, whoever asks: the embedded server shares our loop."""
        async with self._turn:
            if monotonic() - self._looked_at < _PACE:
                return
            self._looked_at = monotonic()
            for raw in await asyncio.to_thread(self._inbox, self._read):
                mail = message_from_bytes(raw, policy=default)
                assert isinstance(mail, EmailMessage)
                self._mails.append(mail)
                self._read += 1

    async def reply(self, mail: EmailMessage, line: str) -> None:
        """What the Reply button does: to Reply-To, below the thread, above the quotation."""
        quoted = "".join(f"> {row}\n" for row in text_of(mail).splitlines())
        answer = self._new(str(mail["Reply-To"] or mail["From"]), f"Re: {mail['Subject']}")
        answer["In-Reply-To"] = mail["Message-ID"]
        answer["References"] = f"{mail['References'] or ''} {mail['Message-ID']}".strip()
        answer.set_content(f"{line}\n\nOn Monday nurture wrote:\n{quoted}")
        await self.send(answer)

    async def tap(self, brief: EmailMessage, line: str) -> None:
        """Opens one of the links of a brief and sends the mail; another line may be typed."""
        taps = [[unquote(part) for part in tap] for tap in _TAP.findall(text_of(brief))]
        assert taps, text_of(brief)
        to, subject, _ = next((tap for tap in taps if tap[2] == line), taps[0])
        written = self._new(to, subject)
        written.set_content(f"{line}\n\n-- \nAnna Carter\nsent from my phone\n")
        await self.send(written)

    async def write(self, brief: EmailMessage, line: str) -> None:
        """A mail to the same address with nothing but a subject of their own."""
        to, tag, _ = _TAP.findall(text_of(brief))[0]
        written = self._new(unquote(to), unquote(tag).replace("nurture", line))
        written.set_content("")
        await self.send(written)

    async def move(self, mail: EmailMessage, folder: str) -> None:
        """Drags it from INBOX into a folder, which is made for it."""
        await asyncio.to_thread(self._move, str(mail["Message-ID"]), folder)
        self._read -= 1

    async def send(self, mail: EmailMessage) -> None:
        """Over SMTP, then into Sent over IMAP."""
        raw = mail.as_bytes().replace(b"\n", b"\r\n")
        self.sent.append(raw)
        await asyncio.to_thread(self._send, parseaddr(str(mail["To"]))[1], raw)

    def _new(self, to: str, subject: str) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = f"Anna Carter <{OWNER}>", to, subject
        mail["Message-ID"] = make_msgid(domain="example.org")
        mail["Date"] = datetime.now(UTC)
        return mail

    def _send(self, to: str, raw: bytes) -> None:
        with smtplib.SMTP(_HOST, self.smtp_port, local_hostname="localhost") as smtp:
            smtp.login(OWNER, PASSWORD)
            smtp.sendmail(OWNER, [to], raw)
        with imaplib.IMAP4(_HOST, self.imap_port) as imap:
            imap.login(OWNER, PASSWORD)
            assert imap.append(_sent_folder(imap), "(\\Seen)", "", raw)[0] == "OK"

    def _move(self, message_id: str, folder: str) -> None:
        with imaplib.IMAP4(_HOST, self.imap_port) as imap:
            imap.login(OWNER, PASSWORD)
            imap.create(folder)
            imap.select("INBOX")
            _, (numbers, *_) = imap.search(None, "HEADER", "Message-ID", f'"{message_id}"')
            assert imap.copy(numbers.decode(), folder)[0] == "OK"
            imap.store(numbers.decode(), "+FLAGS", "(\\Deleted)")
            imap.expunge()

    def _inbox(self, known: int) -> list[bytes]:
        with imaplib.IMAP4(_HOST, self.imap_port) as imap:
            imap.login(OWNER, PASSWORD)
            imap.select("INBOX", readonly=True)
            _, (numbers, *_) = imap.search(None, "ALL")
            return [_body(imap, number) for number in numbers.split()[known:]]


def _sent_folder(imap: imaplib.IMAP4) -> str:
    """The one that the server marks so (RFC 6154), else the one that programs make."""
    _, rows = imap.list()
    marked = (_LISTED.match(row.decode()) for row in rows if isinstance(row, bytes))
    return next((row[1] for row in marked if row), "Sent")


def _body(imap: imaplib.IMAP4, number: bytes) -> bytes:
    _, parts = imap.fetch(number.decode(), "(BODY.PEEK[])")
    return next(part[1] for part in parts if isinstance(part, tuple))


def text_of(mail: EmailMessage) -> str:
    """What is read of it."""
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body else ""
