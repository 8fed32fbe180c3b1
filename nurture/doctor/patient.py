"""What is examined: the settings, the world as far as it could be opened, and what is wished."""

from collections.abc import Callable, Sequence
from enum import StrEnum

from nurture import ports
from nurture.errors import NurtureError
from nurture.settings import AccountSettings, Settings
from nurture.value import frozen
from nurture.wiring import World


class SelfTest(StrEnum):
    """When a probe is sent to the mailbox itself."""

    UNPROVEN = "unproven"
    ALWAYS = "always"
    NEVER = "never"


def _silent(_words: str) -> None:
    """Nobody waits for progress."""


@frozen
class Patient:
    """One installation; `world` is None where the database cannot be opened, for `fault`."""

    settings: Settings
    clock: ports.Clock
    world: World | None = None
    fault: NurtureError | None = None
    accounts: Sequence[AccountSettings] = ()
    self_test: SelfTest = SelfTest.UNPROVEN
    tell: Callable[[str], None] = _silent
