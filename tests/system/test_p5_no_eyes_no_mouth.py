"""P5: an account whose inbox is not read to its end sends nothing, and goes on by itself."""

from pathlib import Path

import pytest

from tests.system.daemon import Home
from tests.system.provider import Real, arrived

ADA, BOB = "ada@example.net", "bob@example.net"


@pytest.mark.real
@pytest.mark.slow
async def test_a_frozen_mailbox_stops_the_mail_until_it_thaws(
    tmp_path: Path, real_provider: Real
) -> None:
    """Dovecot is stopped by SIGSTOP: connections stand, and nobody answers on them."""
    limits = {"unheard_after": "2s"}
    home = Home.made(tmp_path, real_provider.smtp_port, real_provider.imap_port, limits)
    home.write_sequence("notes", "first")
    await home.enroll("notes", ADA)
    async with home.daemon() as daemon:
        await daemon.tells("touch_sent", contact_id=home.id_of(ADA))
        await daemon.tells("account_read", since=len(daemon.events))
        real_provider.dovecot.freeze()
        try:
            await home.enroll("notes", BOB)
            unread = await daemon.tells("account_unreadable", within=60)
            assert "IMAP" in str(unread["why"])
            assert not daemon.told("touch_sent", contact_id=home.id_of(BOB))
        finally:
            real_provider.dovecot.thaw()
        await daemon.tells("touch_sent", contact_id=home.id_of(BOB), within=40)
        await arrived(real_provider, BOB)
        await daemon.stop()
