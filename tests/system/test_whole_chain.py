"""The whole chain: the daemon, Postfix, Dovecot, and people who answer, are away or are gone."""

import asyncio
import smtplib
from pathlib import Path

import pytest

from tests.system.daemon import OWNER, PASSWORD, Daemon, Home
from tests.system.provider import BOUNCING, CONTACTS, Real, arrived, header, reply

ADA, _BOB, CLEO, DAN = CONTACTS
GONE = f"nobody@{BOUNCING}"
WORDS = "Gladly, can you call me tomorrow?"
VACATION = """\
require ["vacation"];
vacation :subject "Out of office" "I am out of the office and will be back in two weeks.";
"""


@pytest.mark.real
@pytest.mark.slow
async def test_real_servers_carry_the_mail_and_every_kind_of_answer(
    tmp_path: Path, real_provider: Real
) -> None:
    """Ada answers, Cleo is away by Sieve, Dan is silent, and nobody bounces by a real DSN."""
    home = Home.made(tmp_path, real_provider.smtp_port, real_provider.imap_port)
    home.write_sequence("notes", "first")
    waits = "  - id: silence\n    wait: 1 week\n  - id: again\n    email: mail/first.md\n"
    written = (home.folder / "sequences/notes.yaml").read_text()
    home.write("sequences/notes.yaml", written + waits)
    real_provider.dovecot.install_sieve(CLEO, VACATION)
    await home.enroll("notes", ADA, CLEO, DAN, GONE)
    async with home.daemon() as daemon:
        await _answered(home, daemon, real_provider)
        await _away_and_gone(home, daemon)
        await daemon.stop()
    _check_mailbox(real_provider)


async def _answered(home: Home, daemon: Daemon, servers: Real) -> None:
    """Ada answers by her own program; the owner reads the brief and replies to it."""
    first = await arrived(servers, ADA)
    answer = reply(ADA, WORDS, first)
    await asyncio.to_thread(_submit, servers, ADA, answer)
    await daemon.tells("enrollment_handed_off", contact_id=home.id_of(ADA))
    brief = await arrived(servers, OWNER, b"nurture handoffs close")
    assert ADA in header(brief, "Reply-To")
    assert header(brief, "In-Reply-To") == header(answer, "Message-ID")
    assert header(first, "Message-ID") in header(brief, "References")


async def _away_and_gone(home: Home, daemon: Daemon) -> None:
    cleo, gone = home.id_of(CLEO), home.id_of(GONE)
    away = await daemon.tells("reply_heard", contact_id=cleo)
    assert away["verdict"] == "auto_reply"
    await daemon.tells("enrollment_held", contact_id=cleo)
    bounced = await daemon.tells("reply_heard", contact_id=gone)
    assert bounced["verdict"] == "bounce_hard"
    await daemon.tells("enrollment_ended", contact_id=gone)
    states = dict(home.query("SELECT contact_id, state FROM enrollments"))
    assert states[cleo] == states[home.id_of(DAN)] == "active"
    assert home.query("SELECT state FROM touches WHERE contact_id = ?", gone) == [("bounced",)]
    again = await home.run("enroll", "notes", GONE, "--json")
    assert "suppressed" in str(again.rows[0]["why"])


def _submit(servers: Real, sender: str, raw: bytes) -> None:
    with smtplib.SMTP("127.0.0.1", servers.smtp_port, local_hostname="localhost") as smtp:
        smtp.login(sender, PASSWORD)
        smtp.sendmail(sender, [OWNER], raw)


def _check_mailbox(servers: Real) -> None:
    """Nothing was marked or moved, and Sent holds the very bytes that travelled."""
    assert servers.flags(OWNER) == set()
    copies = servers.sent_copies()
    assert len(copies) == 4
    for person in (ADA, CLEO, DAN):
        assert servers.mails_to(person)[0] in copies
