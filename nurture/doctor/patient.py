"""What is examined: the settings, the world as far as it could be opened, and what is wished."""

from collections.abc import Callable, Sequence
from enum import StrEnum

from nurture import ports
from nurture.errors import NurtureError
from nurture.settings import AccountSettings, Settings
from nurture.value import frozen
from nurture.wiring.world import World


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


def way_in(account: AccountSettings, server: str, *, is_refused: bool) -> str:
    """What to do where this server (smtp, imap) cannot be reached, or does not let us in.

    Its table in nurture.toml is named, since that is where a person looks first.
    """
    name = account.account.name
    if not is_refused:
        return f"check host, port and tls of [accounts.{name}.{server}], or try again later"
    if account.oauth:
        return f"run `nurture login {name}`"
    return (
        f"check user, password and tls of [accounts.{name}.{server}]; "
        f"many providers want an app password, or OAuth ([accounts.{name}.oauth])"
    )
