"""What a contact's odd values became is read by Dovecot, which owes us nothing, as it was meant."""

import imaplib
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from nurture.mail.write.attachment import Attachment
from nurture.mail.write.compose import Correspondent, Message, compose
from tests.mail.strict import text
from tests.servers.dovecot import HOST, Dovecot

pytestmark = [pytest.mark.real, pytest.mark.slow]

USER, PASSWORD = "owner@example.org", "pass word"
ODD = (
    "", "Jim Poe", "Poe, Jim (friends)", 'Jim "the \\ roof" Poe', "a@b.example",
    "<eve@example.com>", "Jürgen", "名前", "שלום", "\u202eevil", "🙂" * 40,
    "=?utf-8?q?=0D=0ABcc:_e=40x.example?=", "=?", "Bcc: e@x.example", "x" * 10_000, "a b " * 2_000,
    "名" * 3_400, ";:,", "é\u0301 \u2066 end",
)  # fmt: skip
THREAD = tuple(f"{'r' * 100}{number}@mail.example.com" for number in range(20))

Value = str | None | list["Value"]


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with Dovecot.running({USER: PASSWORD}) as running:
        yield running


def message(odd: str, number: int) -> Message:
    """The odd value stands wherever a person's words can get to."""
    return Message(
        sender=Correspondent("anna@example.com", odd),
        recipient=Correspondent("jim@example.org", odd),
        subject=odd,
        text=f"{odd}\n",
        html=f"<p>{odd}</p>\n",
        message_id=f"{'m' * 90}{number}@example.com",
        date=datetime(2026, 5, 6, 22, 30, tzinfo=UTC),
        reply_to=Correspondent("anna+token@example.com", odd),
        in_reply_to=THREAD[-1],
        references=THREAD,
        headers=(("List-Unsubscribe", f"<mailto:u+{'s' * 100}@example.com>"),),
        attachments=(Attachment("files/größe.pdf", b"%PDF-1.7 x"),),
    )


def test_dovecot_finds_one_sender_one_recipient_and_the_very_words(server: Dovecot) -> None:
    for number, odd in enumerate(ODD):
        server.deliver(USER, compose(message(odd, number)))
    with imaplib.IMAP4(HOST, server.imap_port) as imap:
        imap.login(USER, PASSWORD)
        imap.select("INBOX", readonly=True)
        for number, odd in enumerate(ODD):
            check(imap, message(odd, number), str(number + 1))


def check(imap: imaplib.IMAP4, meant: Message, number: str) -> None:
    """ENVELOPE and BODYSTRUCTURE (RFC 3501 section 7.4.2), and each field by its own name."""
    told = fetch(imap, number, "(ENVELOPE BODYSTRUCTURE)")
    _, subject, senders, _, replies, to, *others, reply, own = envelope(told)
    name = " ".join(meant.subject.split())
    assert shown(subject) == meant.subject.strip()
    assert mailboxes(senders) == [(name, "anna@example.com")]
    assert mailboxes(replies) == [(name, "anna+token@example.com")]
    assert mailboxes(to) == [(name, "jim@example.org")]
    assert others == [None, None], "Cc and Bcc"
    assert (reply, own) == (f"<{THREAD[-1]}>", f"<{meant.message_id}>")
    structure = str(told)
    for kind in ("'plain'", "'html'", "'application'", "'pdf'", "'mixed'", "'alternative'"):
        assert structure.count(kind) == 1, structure
    _, head = imap.fetch(number, "(BODY.PEEK[HEADER.FIELDS (REFERENCES LIST-UNSUBSCRIBE)])")
    assert isinstance(head[0], tuple)
    fields = re.sub(rb"\r\n +", b" ", head[0][1]).decode().split("\r\n")
    assert f"References: {' '.join(f'<{each}>' for each in THREAD)}" in fields
    assert f"List-Unsubscribe: {meant.headers[0][1]}" in fields


def shown(value: Value) -> str:
    """Words as a mail program shows them."""
    assert value is None or isinstance(value, str)
    return text(value or "")


def mailboxes(addresses: Value) -> list[tuple[str, str]]:
    """The names and addresses of a field."""
    assert isinstance(addresses, list)
    found = [each for each in addresses if isinstance(each, list)]
    return [(shown(name), f"{local}@{domain}") for name, _, local, domain in found]


def envelope(told: list[Value]) -> list[Value]:
    """Date, Subject, From, Sender, Reply-To, To, Cc, Bcc, In-Reply-To and Message-ID."""
    (inner,) = [each for each in told if isinstance(each, list)]
    found = inner[inner.index("ENVELOPE") + 1]
    assert isinstance(found, list)
    return found


def fetch(imap: imaplib.IMAP4, number: str, what: str) -> list[Value]:
    """The answer as nested lists; None for NIL."""
    _, pieces = imap.fetch(number, what)
    wire = b""
    for piece in pieces:
        wire += (
            b"".join((piece[0], b"\r\n", piece[1])) if isinstance(piece, tuple) else piece or b""
        )
    found, rest = _values(wire)
    assert not rest.strip(), rest
    return found


_ATOM = re.compile(rb"[^ ()\"{\r\n]+")
_STRING = re.compile(rb'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_LITERAL = re.compile(rb"\{(\d+)\}\r\n")


def _values(wire: bytes) -> tuple[list[Value], bytes]:
    """Values up to a closing bracket, and what follows it (RFC 3501 section 9)."""
    found: list[Value] = []
    while wire := wire.lstrip(b" "):
        if wire.startswith(b")"):
            return found, wire[1:]
        if wire.startswith(b"("):
            inner, wire = _values(wire[1:])
            found.append(inner)
        elif string := _STRING.match(wire):
            found.append(re.sub(rb"\\(.)", rb"\1", string[1]).decode())
            wire = wire[string.end() :]
        elif literal := _LITERAL.match(wire):
            end = literal.end() + int(literal[1])
            found.append(wire[literal.end() : end].decode())
            wire = wire[end:]
        else:
            atom = _ATOM.match(wire)
            assert atom, wire
            found.append(None if atom[0] == b"NIL" else atom[0].decode())
            wire = wire[atom.end() :]
    return found, wire
