"""One account's tokens at rest: encrypted, replaced as a whole, and under one lock."""

import fcntl
import hmac
import json
import os
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from nurture.belonging import hand_over
from nurture.errors import Refused, Unreachable
from nurture.value import frozen


@frozen
class Tokens:
    """What is kept of a login; `refresh` is empty for a client that speaks for itself."""

    client_id: str
    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime
    lifetime: timedelta
    logged_in_at: datetime
    refresh_ends_at: datetime | None = None


class TokenFile:
    """`ACCOUNT.token` in a folder for the owner alone.

    Its key is made from the installation's key and the account's name, so that one account's file
    put in the place of another's opens nothing.  Every call blocks: use it in a thread.
    """

    def __init__(self, folder: Path, account: str, key: bytes) -> None:
        self._account = account
        self._path = folder / f"{account}.token"
        self._lock = folder / f"{account}.lock"
        from cryptography.fernet import Fernet

        label = f"nurture oauth token {account}".encode()
        self._cipher = Fernet(urlsafe_b64encode(hmac.digest(key, label, "sha256")))

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else, in any process, holds it meanwhile; raises Unreachable."""
        try:
            if not self._lock.parent.is_dir():
                self._lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                hand_over(self._lock.parent)
            descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            hand_over(self._lock)
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def read(self) -> Tokens | None:
        """What was written last, None for nothing; raises Refused where it cannot be opened."""
        try:
            sealed = self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unreachable(f"{self._path} cannot be read: {error.strerror}") from error
        from cryptography.fernet import InvalidToken

        try:
            return _opened(json.loads(self._cipher.decrypt(sealed)))
        except (InvalidToken, ValueError, KeyError, TypeError):
            raise Refused(
                f"account {self._account}: {self._path} does not open with this installation's "
                f"key. Run `nurture login {self._account}`"
            ) from None

    def write(self, tokens: Tokens) -> None:
        """On the disk before it returns, whole or not at all; to be `held`; raises Unreachable."""
        sealed = self._cipher.encrypt(json.dumps(_closed(tokens)).encode())
        beside = self._path.with_suffix(".new")
        try:
            beside.unlink(missing_ok=True)
            _write_through(beside, sealed)
            hand_over(beside)
            beside.replace(self._path)
            _sync_folder(self._path.parent)
        except OSError as error:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> Unreachable:
        return Unreachable(
            f"account {self._account}: {self._path} cannot be written ({error.strerror}), and no "
            "token is used that is not kept. Make room, or the folder writable"
        )


def _write_through(path: Path, sealed: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _closed(tokens: Tokens) -> dict[str, object]:
    ends = tokens.refresh_ends_at
    return {
        "client_id": tokens.client_id,
        "access": tokens.access,
        "refresh": tokens.refresh,
        "expires_at": tokens.expires_at.isoformat(),
        "lifetime": tokens.lifetime.total_seconds(),
        "logged_in_at": tokens.logged_in_at.isoformat(),
        "refresh_ends_at": ends.isoformat() if ends else None,
    }


def _opened(members: dict[str, str]) -> Tokens:
    ends = members["refresh_ends_at"]
    return Tokens(
        client_id=members["client_id"],
        access=members["access"],
        refresh=members["refresh"],
        expires_at=_instant(members["expires_at"]),
        lifetime=timedelta(seconds=float(members["lifetime"])),
        logged_in_at=_instant(members["logged_in_at"]),
        refresh_ends_at=_instant(ends) if ends else None,
    )


def _instant(written: str) -> datetime:
    return datetime.fromisoformat(written).astimezone(UTC)
