"""What the settings say about a provider reaches the dialogue with its server."""

from pathlib import Path

from nurture.mail.delivery import Accepted, Deferred, Envelope, Scope
from nurture.settings import load_settings
from nurture.transport.clock import SystemClock
from nurture.wiring.server import courier_of
from nurture.wiring.world import world_of
from tests.fakes.settings_text import OWNER
from tests.servers.lying_smtp import LyingSmtp

ACCOUNT = """
[accounts.anna]
owner = "anna"
address = "anna@example.org"
provider = "gmail"

[accounts.anna.smtp]
host = "127.0.0.1"
port = {port}
tls = "none"
login = "none"

[accounts.anna.imap]
host = "127.0.0.1"
tls = "none"
password_file = "secrets/nurture.key"
"""


async def test_no_login_and_the_rows_of_the_provider(tmp_path: Path) -> None:
    key = tmp_path / "secrets" / "nurture.key"
    key.parent.mkdir()
    key.write_text("k" * 64)
    key.chmod(0o600)
    (tmp_path / "sequences").mkdir()
    mail = Envelope("anna@example.org", "jim@example.org", b"Subject: x\r\n\r\nHi\r\n", "m@x")
    async with LyingSmtp().running() as server:
        (tmp_path / "nurture.toml").write_text(OWNER + ACCOUNT.format(port=server.port))
        settings = load_settings(tmp_path / "nurture.toml", {})
        async with world_of(settings, SystemClock()) as world:
            courier = courier_of(world, "anna")
            assert isinstance(await courier.deliver(mail), Accepted)
            server.will("dot", "450 4.7.0 Try again later")
            deferred = await courier.deliver(mail)
            await courier.close()
    assert not [each for each in server.commands if each.startswith("AUTH")]
    assert isinstance(deferred, Deferred)
    assert deferred.scope is Scope.ACCOUNT
