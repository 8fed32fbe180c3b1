"""What contradicts itself in nurture.toml though each of its values can be read."""

import re
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path as FilePath

from nurture.core.spelling import did_you_mean
from nurture.document.tree import Path
from nurture.settings.account import account_faults
from nurture.settings.letterhead import letterhead_faults, letters_faults
from nurture.settings.oauth import oauth_faults
from nurture.settings.owner import owner_faults
from nurture.settings.table import SettingsFile, SmtpTable

_URL_PASSWORD = re.compile(r"://[^/@\s:]*:[^/@\s]+@")


def contradictions(tables: SettingsFile) -> Iterator[tuple[Path, str]]:
    """Where each of them stands, and what is wrong, in the order of the file's tables."""
    if not tables.accounts:
        yield (), "no account yet: write a table [accounts.NAME]"
    yield from _storage_faults(tables.storage.url)
    yield from owner_faults(tables)
    yield from _unsubscribe_faults(tables)
    seen: dict[str, str] = {}
    for name, account in tables.accounts.items():
        at: Path = ("accounts", name)
        if account.owner not in tables.owners:
            hint = did_you_mean(account.owner, tables.owners)
            yield (*at, "owner"), f"there is no table [owners.{account.owner}]{hint}"
        if account.address in seen:
            yield (*at, "address"), f"{account.address} is the address of {seen[account.address]}"
        seen.setdefault(account.address, name)
        for which, endpoint in (("smtp", account.smtp), ("imap", account.imap)):
            if endpoint.tls == "none" and not _is_loopback(endpoint.host):
                is_secret = not isinstance(endpoint, SmtpTable) or endpoint.login != "none"
                what = "password" if is_secret else "mail"
                words = f"without TLS the {what} travels in the open: {endpoint.host} is far away"
                yield (*at, which, "tls"), f'{words}; write "implicit" or "starttls"'
        for where, words in account_faults(account):
            yield (*at, *where), words
        for key, words in oauth_faults(account.oauth) if account.oauth else ():
            yield (*at, "oauth", key), words


def paper_faults(tables: SettingsFile, folder: FilePath) -> Iterator[tuple[Path, str]]:
    """What letters on paper are said to need, and the disk does not have."""
    for name, owner in tables.owners.items():
        for at, words in letterhead_faults(owner.letterhead, folder):
            yield ("owners", name, "letterhead", *at), words
    for at, words in letters_faults(tables.letters, folder):
        yield ("letters", *at), words


def _storage_faults(url: str) -> Iterator[tuple[Path, str]]:
    if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        yield ("storage", "url"), "write sqlite:///FILE or postgresql://USER@HOST/DATABASE"
    if _URL_PASSWORD.search(url):
        words = "a password does not belong into this file: keep it in ~/.pgpass (or PGPASSFILE)"
        yield ("storage", "url"), words


def _unsubscribe_faults(tables: SettingsFile) -> Iterator[tuple[Path, str]]:
    if bool(tables.unsubscribe.url) != bool(tables.unsubscribe.listen):
        yield ("unsubscribe",), "write both listen and url, or neither"
    for name, account in tables.accounts.items():
        if account.one_click and not tables.unsubscribe.url:
            words = "one click needs a page: write listen and url of [unsubscribe]"
            yield ("accounts", name, "one_click"), words


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
