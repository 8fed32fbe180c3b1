"""P1: whoever answers hears only a human from then on."""

from pathlib import Path

import pytest

from tests.system.daemon import Home
from tests.system.provider import Provider, arrived, reply

pytestmark = pytest.mark.slow

ADA, BOB = "ada@example.net", "bob@example.net"


async def test_an_answer_stops_the_second_mail_and_a_silent_one_gets_it(
    tmp_path: Path, provider: Provider
) -> None:
    """Bob's second mail proves that Ada's, due before his, was due and did not leave."""
    limits = {"contact_gap": "4s"}
    home = Home.made(tmp_path, provider.smtp_port, provider.imap_port, limits)
    home.write_sequence("notes", "first", "second")
    await home.enroll("notes", ADA, BOB)
    ada, bob = home.id_of(ADA), home.id_of(BOB)
    async with home.daemon() as daemon:
        await daemon.tells("touch_sent", contact_id=ada, step="first")
        await daemon.tells("touch_sent", contact_id=bob, step="first")
        first = await arrived(provider, ADA)
        await provider.deliver(reply(ADA, "Yes please, call me on Monday.", first))
        await daemon.tells("enrollment_handed_off", contact_id=ada)
        await daemon.tells("touch_sent", contact_id=bob, step="second")
        await daemon.stop()
    assert len(provider.mails_to(ADA)) == 1
    assert len(provider.mails_to(BOB)) == 2
