"""P8: a reply reaches its owner at once, with all they need to answer it."""

from pathlib import Path
from time import monotonic

import pytest

from tests.system.daemon import OWNER, Home
from tests.system.provider import arrived, embedded, header, reply

pytestmark = pytest.mark.slow

ADA = "ada@example.net"
WORDS = "That sounds good, could you call me on Monday?"


async def test_the_brief_is_there_within_seconds_and_its_reply_goes_to_the_contact(
    tmp_path: Path,
) -> None:
    """Their words on top; the owner's Reply lands in the contact's own thread."""
    async with embedded() as provider:
        home = Home.made(tmp_path, provider.smtp_port, provider.imap_port)
        home.write_sequence("notes", "first")
        await home.enroll("notes", ADA)
        async with home.daemon() as daemon:
            first = await arrived(provider, ADA)
            answer = reply(ADA, WORDS, first)
            await provider.deliver(answer)
            delivered_at = monotonic()
            brief = await arrived(provider, OWNER, WORDS.encode())
            assert monotonic() - delivered_at < 10
            await daemon.tells("owner_told", kind="brief")
            await daemon.stop()
    assert ADA in header(brief, "Reply-To")
    assert header(brief, "In-Reply-To") == header(answer, "Message-ID")
    assert header(first, "Message-ID") in header(brief, "References")
    assert header(brief, "Auto-Submitted") == "auto-generated"
    body = brief.partition(b"\r\n\r\n")[2].decode()
    assert body.index(WORDS) < body.index("No further mail leaves for them")
