"""The demo's world: a provider in a box, a settings value, and a folder that is thrown away."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import SecretStr

from nurture.core.account import Account, Limits, Owner
from nurture.demo.persona import OWNER, PERSONAS
from nurture.demo.sandbox import Received, Sandbox
from nurture.demo.story_clock import StoryClock
from nurture.settings import AccountSettings, Endpoint, Settings
from nurture.transport.sequence_folder import shipped_sequences
from nurture.value import frozen

_PASSWORD = "only-on-loopback"  # noqa: S105 - of a mailbox that lives as long as the demo
_KEY = b"the demo's installation key: 32+"

ACCOUNT = Account(
    name="anna",
    address=OWNER,
    owner=Owner(
        name="Anna Carter",
        address=OWNER,
        zone="Europe/London",
        postal_address="Anna Carter Advice, 12 Mill Lane, York YO1 7AB, United Kingdom",
    ),
    limits=Limits(sweep_every=timedelta(hours=12)),
)


@frozen
class Stage:
    """What the story plays on."""

    sandbox: Sandbox
    settings: Settings

    @property
    def received(self) -> Sequence[Received]:
        """Every mail that the provider took, in order: the truth."""
        return self.sandbox.received

    async def blindfold(self) -> None:
        """The mailbox goes away, in the middle of whatever is said."""
        await self.sandbox.hide_mailboxes()

    async def unveil(self) -> None:
        """The mailbox is back, where it was."""
        await self.sandbox.show_mailboxes()


@asynccontextmanager
async def built(clock: StoryClock, on_mail: Callable[[Received], None]) -> AsyncIterator[Stage]:
    """Servers that listen and settings that point to them; all of it is gone at the end."""
    refuse: Mapping[str, str] = {each.address: each.refusal for each in PERSONAS if each.refusal}
    sandbox = Sandbox(clock.now, on_mail, refuse)
    await sandbox.start({OWNER: _PASSWORD})
    try:
        with TemporaryDirectory(prefix="nurture-demo-") as folder:
            yield Stage(sandbox, _settings(sandbox, Path(folder)))
    finally:
        await sandbox.close()


def _settings(sandbox: Sandbox, folder: Path) -> Settings:
    def endpoint(port: int) -> Endpoint:
        return Endpoint("127.0.0.1", port, "none", OWNER, SecretStr(_PASSWORD))

    return Settings(
        file=folder / "nurture.toml",
        storage_url=f"sqlite:///{folder / 'nurture.db'}",
        key=_KEY,
        sequences=shipped_sequences(),
        accounts=(
            AccountSettings(ACCOUNT, endpoint(sandbox.smtp_port), endpoint(sandbox.imap_port)),
        ),
    )
