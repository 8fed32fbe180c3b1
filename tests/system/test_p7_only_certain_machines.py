"""P7: only certain evidence of a machine lets a sequence go on."""

from pathlib import Path

import pytest

from tests.system.daemon import Home
from tests.system.provider import arrived, embedded, reply

pytestmark = pytest.mark.slow

ADA, BOB = "ada@example.net", "bob@example.net"
AWAY = "I am out of the office and will be back in two weeks.\n"


async def test_a_responder_by_its_header_holds_and_the_same_words_alone_stop(
    tmp_path: Path,
) -> None:
    """Ada's note says by its header that a machine wrote it; Bob may have typed his."""
    async with embedded() as provider:
        home = Home.made(tmp_path, provider.smtp_port, provider.imap_port)
        home.write_sequence("notes", "first")
        home.write(
            "sequences/notes.yaml",
            (home.folder / "sequences/notes.yaml").read_text()
            + "  - id: silence\n    wait: 1 week\n  - id: again\n    email: mail/first.md\n",
        )
        await home.enroll("notes", ADA, BOB)
        ada, bob = home.id_of(ADA), home.id_of(BOB)
        async with home.daemon() as daemon:
            to_ada, to_bob = await arrived(provider, ADA), await arrived(provider, BOB)
            note = reply(ADA, AWAY, to_ada, Auto_Submitted="auto-replied")
            await provider.deliver(note)
            await provider.deliver(reply(BOB, AWAY, to_bob))
            await daemon.tells("enrollment_held", contact_id=ada)
            await daemon.tells("handoff_opened", contact_id=bob)
            assert not daemon.told("handoff_opened", contact_id=ada)
            await daemon.stop()
        states = dict(home.query("SELECT contact_id, state FROM enrollments"))
        assert states == {ada: "active", bob: "handed_off"}
