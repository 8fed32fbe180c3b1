"""The tables of nurture.toml, each a model that refuses what it does not know."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from nurture.core.account import Limits, UnsubscribeHeader
from nurture.core.calendar import MONDAY_TO_FRIDAY, OFFICE_HOURS
from nurture.core.calendar.on import read_place
from nurture.core.calendar.season import Away
from nurture.core.capacity import CAPACITY
from nurture.core.contact.cell import read_zone
from nurture.definition.value import read_days, read_hours
from nurture.settings.channel import ChannelTable
from nurture.settings.letterhead import LetterheadTable, LettersTable
from nurture.settings.scalar import (
    Address,
    Duration,
    Filled,
    read_account_name,
    read_away,
    read_language,
    read_loopback,
    read_public_url,
)
from nurture.settings.value import Tls

_DEFAULT = Limits()
_HEADER = UnsubscribeHeader.GREETINGS


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", defer_build=True)


class StorageTable(_Table):
    """Where nurture remembers, and the key under which it hashes addresses and signs tokens."""

    url: Filled = "sqlite:///nurture.db"
    key_file: Filled = "secrets/nurture.key"


class FoldersTable(_Table):
    """Where texts are kept, and whether an edit of them needs a word of the owner's."""

    sequences: Filled = "sequences"
    tokens: Filled = "secrets/tokens"
    apply: Literal["by plan", "automatic"] = "by plan"


class OwnerTable(_Table):
    """A human in whose name mail leaves; the postal address is the law's wish (domain.md L3).

    On the days on which they are `away`, the `substitute`, another owner, gets the answers.
    """

    name: Filled
    address: Address
    zone: Annotated[str, AfterValidator(read_zone)]
    postal_address: Filled
    language: Annotated[str, AfterValidator(read_language)] = "en"
    also_mine: list[Address] = []
    country: Annotated[str, AfterValidator(read_place)] = ""
    channels: dict[str, ChannelTable] = {}
    days: Annotated[frozenset[int], BeforeValidator(read_days)] = MONDAY_TO_FRIDAY
    hours: Annotated[tuple[time, time], BeforeValidator(read_hours)] = (
        OFFICE_HOURS.opens,
        OFFICE_HOURS.closes,
    )
    away: list[Annotated[Away, BeforeValidator(read_away)]] = []
    substitute: str = ""
    tasks_per_week: Annotated[int, Field(ge=0, le=1_000)] = CAPACITY.per_week
    tasks_per_day: Annotated[int, Field(ge=0, le=1_000)] = CAPACITY.per_day
    letterhead: LetterheadTable = LetterheadTable()


class EndpointTable(_Table):
    """A server; without a port that of its kind and TLS mode, without a user the address."""

    host: Filled
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    tls: Tls = "implicit"
    user: str = ""
    password_file: str = ""
    ca_file: str = ""


class SmtpTable(EndpointTable):
    """The server that takes our mail; without login only what trusts this machine by itself."""

    login: Literal["password", "none"] = "password"


class FolderNames(_Table):
    """Names of folders, only where the server does not tell what they are for."""

    inbox: str = ""
    junk: str = ""
    sent: str = ""
    drafts: str = ""


class ImapTable(EndpointTable):
    """The server where answers arrive."""

    folders: FolderNames = FolderNames()


class OAuthTable(_Table):
    """The account's login by OAuth 2; `client_secret_expires` is a day of the owner's calendar."""

    provider: Literal["google", "microsoft", "custom"]
    client_id: Filled
    client_secret_file: str = ""
    client_secret_expires: date | None = None
    tenant: Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]*$")] = ""
    flow: Literal["authorization_code", "device_code", "client_credentials"] = "authorization_code"
    scopes: list[Filled] = []
    authorization_url: str = ""
    token_url: str = ""
    device_url: str = ""
    redirect_port: Annotated[int, Field(ge=0, le=65535)] = 0
    ca_file: str = ""


class LimitsTable(_Table):
    """How far an account may go; what is left out depends on the provider.

    The ramp is that of domain.md P18, doubled on from there.
    """

    per_day: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    per_minute: Annotated[int, Field(ge=0, le=10_000)] | None = None
    per_family: Annotated[int, Field(ge=1, le=1_000_000)] = _DEFAULT.per_family
    per_domain: Annotated[int, Field(ge=0, le=1_000_000)] = 50
    gap: Duration = _DEFAULT.gap
    spread: Duration = timedelta(hours=6)
    ramp: list[Annotated[int, Field(ge=1)]] = [20, 50, 100, 200, 400]
    contact_gap: Duration = _DEFAULT.contact_gap
    per_contact_month: Annotated[int, Field(ge=1, le=100)] = _DEFAULT.per_contact_month
    per_contact_year: Annotated[int, Field(ge=1, le=366)] = _DEFAULT.per_contact_year
    company_gap: Duration = _DEFAULT.company_gap
    per_company_year: Annotated[int, Field(ge=1, le=10_000)] = _DEFAULT.per_company_year
    unheard_after: Duration = _DEFAULT.unheard_after
    sweep_every: Duration = _DEFAULT.sweep_every
    batch: Annotated[int, Field(ge=1, le=1_000)] = _DEFAULT.batch
    connections: Annotated[int, Field(ge=1, le=50)] = _DEFAULT.connections
    daily_bytes: Annotated[int, Field(ge=1_000_000)] = _DEFAULT.daily_bytes


class AccountTable(_Table):
    """A mailbox of an owner."""

    owner: Filled
    address: Address
    provider: str = ""
    smtp: SmtpTable
    imap: ImapTable
    oauth: OAuthTable | None = None
    files_sent_copy: bool | None = None
    subaddressing: bool | None = None
    pauses_colleagues: bool = True
    one_click: bool = False
    unsubscribe_header: Annotated[UnsubscribeHeader, Field(strict=False)] = _HEADER
    format_flowed: bool = False
    since: datetime | date | None = None
    commands: dict[Filled, str] = {}
    drafts_in_mailbox: bool = False
    authserv_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]*$")] = ""
    limits: LimitsTable = LimitsTable()


class LibraryTable(_Table):
    """Whether sources are looked at by themselves; `private_hosts` may be of the own network."""

    fetch_every: Annotated[Duration, Field(ge=timedelta(minutes=15))] | None = None
    private_hosts: list[Filled] = []


class LogTable(_Table):
    """What is told on stderr, and how."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "console", "json"] = "auto"


class UnsubscribeTable(_Table):
    """Where a link in each mail leads, and where its page is served; nowhere by default."""

    listen: Annotated[str, AfterValidator(read_loopback)] = ""
    url: Annotated[str, AfterValidator(read_public_url)] = ""


class WatchTable(_Table):
    """Where metrics and health can be asked for; nowhere by default."""

    listen: Annotated[str, AfterValidator(read_loopback)] = ""


class SettingsFile(BaseSettings):
    """The whole of nurture.toml; the environment gives secrets only, never a knob."""

    model_config = SettingsConfigDict(frozen=True, strict=True, extra="forbid", defer_build=True)

    storage: StorageTable = StorageTable()
    folders: FoldersTable = FoldersTable()
    owners: dict[str, OwnerTable] = {}
    accounts: dict[Annotated[str, AfterValidator(read_account_name)], AccountTable] = {}
    library: LibraryTable = LibraryTable()
    log: LogTable = LogTable()
    watch: WatchTable = WatchTable()
    unsubscribe: UnsubscribeTable = UnsubscribeTable()
    letters: LettersTable = LettersTable()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only the file: a knob that hides in the environment is found by nobody."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)
