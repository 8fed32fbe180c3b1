"""From nurture.toml to settings: found, read, checked as a whole, and joined with its secrets."""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from ipaddress import ip_address
from pathlib import Path as FilePath
from typing import cast

from pydantic import SecretStr, ValidationError

from nurture.core.spelling import did_you_mean
from nurture.document.complaint import complaints, spoken, unless_said
from nurture.document.toml_text import read_toml
from nurture.document.tree import Document, Path, Tree, decoded, in_order
from nurture.errors import Misconfigured, Place, Problem
from nurture.settings.account import account_faults, account_of, profile_at
from nurture.settings.channel_reading import read_channels
from nurture.settings.letterhead import label_of, letterhead_faults, letterhead_of, letters_faults
from nurture.settings.oauth import oauth_client, oauth_faults
from nurture.settings.owner import owner_faults
from nurture.settings.secret import Safe, Which, unknown_variables
from nurture.settings.table import (
    AccountTable,
    EndpointTable,
    ImapTable,
    SettingsFile,
    SmtpTable,
)
from nurture.settings.value import AccountSettings, Endpoint, Log, Settings, Unsubscribe
from nurture.transport.oauth_client import OAuthClient

_PLACES = (FilePath("nurture.toml"), FilePath("/etc/nurture/nurture.toml"))
_PORTS = {
    ("smtp", "implicit"): 465,
    ("smtp", "starttls"): 587,
    ("smtp", "none"): 25,
    ("imap", "implicit"): 993,
    ("imap", "starttls"): 143,
    ("imap", "none"): 143,
}
_URL_PASSWORD = re.compile(r"://[^/@\s:]*:[^/@\s]+@")
_SQLITE_FILE = re.compile(r"sqlite:///(?!/|:memory:)(.+)")


def find_config(path: FilePath | None, env: Mapping[str, str]) -> FilePath:
    """The file to read: --config, NURTURE_CONFIG, ./nurture.toml, then /etc/nurture.

    Raises Misconfigured where there is none.
    """
    named = path or (FilePath(env["NURTURE_CONFIG"]) if env.get("NURTURE_CONFIG") else None)
    candidates = (named,) if named else _PLACES
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    tried = " and ".join(str(candidate) for candidate in candidates)
    raise Misconfigured(f"no settings at {tried}: `nurture init DIR` writes a folder with some")


def load_settings(
    path: FilePath | None,
    env: Mapping[str, str],
    *,
    with_passwords: bool = True,
    login: str = "",
) -> Settings:
    """The settings of the file that `find_config` finds; raises Misconfigured with all problems.

    Without `with_passwords` the endpoints' secrets stay empty and are not asked for: who only
    looks at contacts needs no mailbox.  With `login` the OAuth client's secret of that account is
    asked for all the same.
    """
    file = find_config(path, env)
    try:
        document = read_toml(decoded(file.read_bytes(), str(file)), str(file))
    except OSError as error:
        words = f"cannot be read: {error.strerror}"
        raise Misconfigured([Problem(words, Place(str(file)))]) from error
    return _Reading(document, file, env, with_passwords, login).settings()


class _Reading:
    """One file on its way to settings, and what was found wrong so far."""

    def __init__(
        self,
        document: Document,
        file: FilePath,
        env: Mapping[str, str],
        with_passwords: bool,
        login: str,
    ) -> None:
        self._document = document
        self._file = file.absolute()
        self._env = env
        self._safe = Safe(env, self._file.parent)
        self._with_passwords = with_passwords
        self._login = login
        self._problems = list(_secrets(document))

    def settings(self) -> Settings:
        tables = self._tables()
        accounts = _mapping(self._document.root, "accounts")
        self._problems.extend(unknown_variables(self._env, accounts))
        if tables is None:
            raise Misconfigured(in_order(self._problems))
        for at, words in _contradictions(tables):
            self._say(words, at)
        for at, words in _paper_faults(tables, self._file.parent):
            self._say(words, at)
        key = self._key(tables)
        endpoints = {
            name: (self._endpoint(name, "smtp", table), self._endpoint(name, "imap", table))
            for name, table in tables.accounts.items()
        }
        clients = {name: self._client(name, tables) for name in tables.accounts}
        safe = self._safe if self._with_passwords else None
        channels = tuple(read_channels(tables, self._document, safe, self._problems.append))
        if self._problems:
            raise Misconfigured(in_order(self._problems))
        return Settings(
            file=self._file,
            storage_url=_absolute_url(tables.storage.url, self._file.parent),
            key=key,
            sequences=self._file.parent / tables.folders.sequences,
            tokens=self._file.parent / tables.folders.tokens,
            applies_edits=tables.folders.apply == "automatic",
            accounts=tuple(
                AccountSettings(
                    account_of(name, table, tables),
                    *endpoints[name],
                    oauth=clients[name],
                    provider=profile_at(table),
                    letterhead=letterhead_of(
                        tables.owners[table.owner].letterhead, self._file.parent
                    ),
                )
                for name, table in tables.accounts.items()
            ),
            log=Log(tables.log.level, tables.log.format),
            watch=tables.watch.listen,
            channels=channels,
            fetch_every=tables.library.fetch_every,
            private_hosts=tuple(each.lower() for each in tables.library.private_hosts),
            unsubscribe=Unsubscribe(tables.unsubscribe.listen, tables.unsubscribe.url),
            label=label_of(tables.letters.label),
            fonts=self._file.parent / tables.letters.fonts if tables.letters.fonts else None,
        )

    def _say(self, words: str, at: Path) -> None:
        self._problems.append(Problem(words, self._document.place(at)))

    def _tables(self) -> SettingsFile | None:
        """The tables; what is refused is left out once, so that the rest is checked as well."""
        root = cast("dict[str, Tree]", self._document.root)
        try:
            return SettingsFile.model_validate(root)
        except ValidationError as error:
            found = complaints(error, self._document, SettingsFile)
            self._problems.extend(unless_said(found, self._problems))
            rest = deepcopy(root)
            for details in error.errors(include_url=False):
                _drop(rest, details["loc"])
            try:
                return SettingsFile.model_validate(rest)
            except ValidationError:
                return None

    def _key(self, tables: SettingsFile) -> bytes:
        at = ("storage", "key_file")
        try:
            return self._safe.key(tables.storage.key_file, self._document.place(at))
        except Misconfigured as error:
            self._problems.extend(error.problems)
            return b""

    def _endpoint(self, name: str, which: Which, account: AccountTable) -> Endpoint:
        table: EndpointTable = account.smtp if which == "smtp" else account.imap
        at: Path = ("accounts", name, which)
        secret = SecretStr("")
        place = self._document.place((*at, "password_file"))
        # Who wrote it into the file has been told where it belongs: once is enough.
        is_told = any(path[:3] == at for path, _ in self._document.secrets())
        is_by_token = account.oauth is not None and not table.password_file
        is_open = isinstance(table, SmtpTable) and table.login == "none"
        if self._with_passwords and not (is_told or is_by_token or is_open):
            try:
                secret = self._safe.password(name, which, table.password_file, place)
            except Misconfigured as error:
                self._problems.extend(error.problems)
        ca_file = self._file.parent / table.ca_file if table.ca_file else None
        if ca_file and not ca_file.is_file():
            self._say(f"there is no file {ca_file}", (*at, "ca_file"))
        folders = table.folders.model_dump() if isinstance(table, ImapTable) else {}
        return Endpoint(
            host=table.host,
            port=table.port or _PORTS[which, table.tls],
            tls=table.tls,
            user="" if is_open else table.user or account.address,
            secret=secret,
            is_by_token=is_by_token and not is_open,
            ca_file=ca_file,
            folders={purpose: folder for purpose, folder in folders.items() if folder},
        )

    def _client(self, name: str, tables: SettingsFile) -> OAuthClient | None:
        account, secret = tables.accounts[name], ""
        if account.oauth and (self._with_passwords or self._login == name):
            place = self._document.place(("accounts", name, "oauth", "client_secret_file"))
            try:
                secret = self._safe.client_secret(name, account.oauth, place)
            except Misconfigured as error:
                self._problems.extend(error.problems)
        zone = tables.owners[account.owner].zone if account.owner in tables.owners else "UTC"
        return oauth_client(name, account, secret, self._file.parent, zone)


def _secrets(document: Document) -> Iterator[Problem]:
    for path, _ in document.secrets():
        words = (
            f"{spoken(path)!r}: a secret does not belong into this file. Write it into a file of "
            "its own (chmod 600) and name that by password_file"
        )
        yield Problem(words, document.key_place(path))


def _contradictions(tables: SettingsFile) -> Iterator[tuple[Path, str]]:
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


def _paper_faults(tables: SettingsFile, folder: FilePath) -> Iterator[tuple[Path, str]]:
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


def _absolute_url(url: str, folder: FilePath) -> str:
    found = _SQLITE_FILE.fullmatch(url)
    return f"sqlite:///{folder / found[1]}" if found else url


def _mapping(tree: Tree, name: str) -> Mapping[str, Tree]:
    part = tree.get(name) if isinstance(tree, Mapping) else None
    return part if isinstance(part, Mapping) else {}


def _drop(tree: object, path: Path) -> None:
    for part in path[:-1]:
        if isinstance(tree, dict) and part in tree:
            tree = tree[part]
    if isinstance(tree, dict):
        tree.pop(path[-1], None)
