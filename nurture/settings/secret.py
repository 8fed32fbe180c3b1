"""Where secrets come from: systemd credentials, a file, or the environment; never the TOML."""

import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

from pydantic import SecretStr

from nurture.core.spelling import did_you_mean
from nurture.errors import Misconfigured, Place, Problem
from nurture.settings.oauth import needs_client_secret
from nurture.settings.table import OAuthTable
from nurture.value import frozen

Which = Literal["smtp", "imap"]

_OTHER_NAMES = (
    "NURTURE_CONFIG",
    "NURTURE_CORPUS",
    "NURTURE_REQUIRE_REAL",
    "NURTURE_FUZZ",
    "NURTURE_CRASHES",
)
_TESTS = "NURTURE_TEST_"
_SHORTEST_KEY = 32


def environment_names(account: str) -> tuple[str, ...]:
    """The variables that may hold this account's passwords."""
    return tuple(
        f"{_stem(account)}_{name}" for name in ("SMTP_PASSWORD", "IMAP_PASSWORD", "PASSWORD")
    )


def _stem(account: str) -> str:
    return f"NURTURE_{account.upper().replace('-', '_')}"


def unknown_variables(env: Mapping[str, str], accounts: Iterable[str]) -> Iterator[Problem]:
    """Every NURTURE_ variable that nobody reads: most are slips of the finger."""
    names = list(accounts)
    secrets = [name for account in names for name in environment_names(account)]
    secrets += [f"{_stem(account)}_CLIENT_SECRET" for account in names]
    known = {*_OTHER_NAMES, *secrets}
    for name in sorted(env):
        if name.startswith("NURTURE_") and name not in known and not name.startswith(_TESTS):
            hint = did_you_mean(name, known)
            yield Problem(f"the environment variable {name} is not known{hint}")


@frozen
class Safe:
    """The places in which secrets are looked for, in this order: credentials, file, environment."""

    env: Mapping[str, str]
    folder: Path

    def password(self, account: str, which: Which, file: str, place: Place) -> SecretStr:
        """The password of one endpoint; raises Misconfigured naming every way to give it."""
        own, other, shared = environment_names(account)
        variable = own if which == "smtp" else other
        credential = self._credential(f"{account}.{which}_password", f"{account}.password")
        if credential:
            return SecretStr(_read(credential))
        if file:
            return SecretStr(self._read_private(file, place))
        if given := self.env.get(variable) or self.env.get(shared):
            return SecretStr(given)
        words = (
            f"no {which} password for {account!r}: write it into a file and name that by "
            f"password_file, or give the systemd credential {account}.password, or set {shared}"
        )
        raise Misconfigured([Problem(words, place)])

    def client_secret(self, account: str, table: OAuthTable, place: Place) -> str:
        """The OAuth client's secret, empty for a public client; raises Misconfigured."""
        variable = f"{_stem(account)}_CLIENT_SECRET"
        if credential := self._credential(f"{account}.client_secret"):
            return _read(credential)
        if table.client_secret_file:
            return self._read_private(table.client_secret_file, place)
        if (given := self.env.get(variable, "")) or not needs_client_secret(table):
            return given
        words = (
            f"no client secret for {account!r}: write it into a file and name that by "
            f"client_secret_file, or give the systemd credential {account}.client_secret, "
            f"or set {variable}"
        )
        raise Misconfigured([Problem(words, place)])

    def channel_secret(self, owner: str, name: str, file: str, place: Place) -> str:
        """What only a channel of this owner may know; raises Misconfigured."""
        if credential := self._credential(f"{owner}.{name}"):
            return _read(credential)
        return self._read_private(file, place)

    def key(self, file: str, place: Place) -> bytes:
        """The installation's key of at least 32 characters; raises Misconfigured."""
        credential = self._credential("nurture.key")
        text = _read(credential) if credential else self._read_private(file, place)
        if len(text) < _SHORTEST_KEY:
            words = (
                f"{file}: a key has at least {_SHORTEST_KEY} characters; `nurture init` makes one"
            )
            raise Misconfigured([Problem(words, place)])
        return text.encode()

    def _credential(self, *names: str) -> Path | None:
        folder = self.env.get("CREDENTIALS_DIRECTORY")
        paths = [Path(folder, name) for name in names] if folder else []
        return next((path for path in paths if path.is_file()), None)

    def _read_private(self, file: str, place: Place) -> str:
        path = self.folder / file
        try:
            mode = path.stat().st_mode
        except OSError as error:
            words = f"the secret file {path} cannot be read: {error.strerror}"
            raise Misconfigured([Problem(words, place)]) from error
        if mode & (stat.S_IROTH | stat.S_IWOTH):
            words = f"everybody on this machine can read {path}: chmod 600 {path}"
            raise Misconfigured([Problem(words, place)])
        return _read(path)


def _read(path: Path) -> str:
    try:
        text = path.read_text("utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured([Problem(f"cannot be read: {error}", Place(str(path)))]) from error
    if not text:
        raise Misconfigured([Problem("the secret file is empty", Place(str(path)))])
    return text
