"""What the rest of nurture gets to see of the settings: plain values, all of them usable."""

import hashlib
from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import SecretStr

from nurture.core.account import Account
from nurture.core.post.letterhead import PLAIN, Letterhead
from nurture.core.post.stationery import LabelSheet
from nurture.settings.channel import ChannelSettings
from nurture.settings.provider import UNKNOWN, Profile
from nurture.transport.oauth_client import OAuthClient
from nurture.value import frozen

Tls = Literal["implicit", "starttls", "none"]


@frozen
class Endpoint:
    """One server of an account; `folders` names those that SPECIAL-USE cannot tell (IMAP only).

    Where `is_by_token`, the secret is empty: the account's OAuth login gives a token.
    """

    host: str
    port: int
    tls: Tls
    user: str
    secret: SecretStr
    is_by_token: bool = False
    ca_file: Path | None = None
    folders: Mapping[str, str] = field(default_factory=dict)


@frozen
class AccountSettings:
    """An account, where it submits its mail and where it reads the answers."""

    account: Account
    smtp: Endpoint
    imap: Endpoint
    oauth: OAuthClient | None = None
    provider: Profile = UNKNOWN
    letterhead: Letterhead = PLAIN

    @property
    def place(self) -> str:
        """A digest of hosts, users and address: what a proof of hearing is good for."""
        servers = [f"{each.host}/{each.user}" for each in (self.smtp, self.imap)]
        whole = "\n".join([self.account.address, *servers])
        return hashlib.sha256(whole.encode()).hexdigest()[:16]


@frozen
class Log:
    """What is told on stderr, and how."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "console", "json"] = "auto"


@frozen
class Unsubscribe:
    """Where the page to say no is served on this machine, and where the world finds it."""

    listen: str = ""
    url: str = ""


@frozen
class Settings:
    """Everything that was decided; paths are absolute, `key` is that of hashes and tokens.

    Where it `applies_edits`, people under way follow an edited sequence without being asked for.
    Without `fetch_every` no feed is ever fetched but by a person's command.
    """

    file: Path
    storage_url: str
    key: bytes = field(repr=False)
    sequences: Path
    accounts: tuple[AccountSettings, ...]
    log: Log = Log()
    watch: str = ""
    unsubscribe: Unsubscribe = Unsubscribe()
    tokens: Path = Path("tokens")
    applies_edits: bool = False
    channels: tuple[ChannelSettings, ...] = ()
    fonts: Path | None = None
    label: LabelSheet | None = None
    fetch_every: timedelta | None = None
    private_hosts: tuple[str, ...] = ()

    def account(self, name: str) -> AccountSettings | None:
        """The account of that name with its servers."""
        return next((one for one in self.accounts if one.account.name == name), None)
