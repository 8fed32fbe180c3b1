"""From nurture.toml to settings: found, read, checked as a whole, and joined with its secrets."""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path as FilePath
from typing import cast

from pydantic import SecretStr, ValidationError

from nurture.document.complaint import complaints, spoken, unless_said
from nurture.document.toml_text import read_toml
from nurture.document.tree import Document, Path, Tree, decoded, in_order
from nurture.errors import Misconfigured, Place, Problem
from nurture.settings.account import account_of, profile_at
from nurture.settings.channel_reading import read_channels
from nurture.settings.fault import contradictions, paper_faults
from nurture.settings.letterhead import label_of, letterhead_of
from nurture.settings.oauth import oauth_client
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
_Logins = tuple[Endpoint, Endpoint, OAuthClient | None]
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
        self._folder = self._file.parent
        self._env = env
        self._safe = Safe(env, self._folder)
        self._with_passwords = with_passwords
        self._login = login
        self._problems = list(_secrets(document))

    def settings(self) -> Settings:
        tables = self._tables()
        written = _mapping(self._document.root, "accounts")
        self._problems.extend(unknown_variables(self._env, written))
        if tables is None:
            raise Misconfigured(in_order(self._problems))
        for at, words in (*contradictions(tables), *paper_faults(tables, self._folder)):
            self._say(words, at)
        key = self._key(tables)
        logins = {name: self._logins(name, tables) for name in tables.accounts}
        safe = self._safe if self._with_passwords else None
        channels = tuple(read_channels(tables, self._document, safe, self._problems.append))
        if self._problems:
            raise Misconfigured(in_order(self._problems))
        return Settings(
            file=self._file,
            storage_url=_absolute_url(tables.storage.url, self._folder),
            key=key,
            sequences=self._folder / tables.folders.sequences,
            tokens=self._folder / tables.folders.tokens,
            applies_edits=tables.folders.apply == "automatic",
            accounts=tuple(self._account(name, tables, logins[name]) for name in logins),
            log=Log(tables.log.level, tables.log.format),
            watch=tables.watch.listen,
            channels=channels,
            fetch_every=tables.library.fetch_every,
            private_hosts=tuple(each.lower() for each in tables.library.private_hosts),
            unsubscribe=Unsubscribe(tables.unsubscribe.listen, tables.unsubscribe.url),
            label=label_of(tables.letters.label),
            fonts=self._folder / tables.letters.fonts if tables.letters.fonts else None,
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

    def _account(self, name: str, tables: SettingsFile, logins: _Logins) -> AccountSettings:
        table = tables.accounts[name]
        smtp, imap, client = logins
        return AccountSettings(
            account_of(name, table, tables),
            smtp,
            imap,
            oauth=client,
            provider=profile_at(table),
            letterhead=letterhead_of(tables.owners[table.owner].letterhead, self._folder),
        )

    def _logins(self, name: str, tables: SettingsFile) -> _Logins:
        table = tables.accounts[name]
        smtp = self._endpoint(name, "smtp", table)
        return smtp, self._endpoint(name, "imap", table), self._client(name, tables)

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
        ca_file = self._folder / table.ca_file if table.ca_file else None
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
        return oauth_client(name, account, secret, self._folder, zone)


def _secrets(document: Document) -> Iterator[Problem]:
    for path, _ in document.secrets():
        words = (
            f"{spoken(path)!r}: a secret does not belong into this file. Write it into a file of "
            "its own (chmod 600) and name that by password_file"
        )
        yield Problem(words, document.key_place(path))


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
