"""What an account is to its authorization server: who we are, and where and how to ask."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from nurture.value import frozen


class Flow(StrEnum):
    """How a login comes about (RFC 6749 4.1, RFC 8628, RFC 6749 4.4)."""

    AUTHORIZATION_CODE = "authorization_code"
    DEVICE_CODE = "device_code"
    CLIENT_CREDENTIALS = "client_credentials"


@frozen
class OAuthClient:
    """One account's client at one provider; an empty `client_secret` is that of a public client.

    `extra` goes into the authorization request beside what RFC 6749 asks for.
    """

    account: str
    address: str
    provider: str
    flow: Flow
    client_id: str
    token_url: str
    scopes: tuple[str, ...]
    client_secret: str = field(default="", repr=False)
    authorization_url: str = ""
    device_url: str = ""
    redirect_host: str = "127.0.0.1"
    redirect_port: int = 0
    extra: Mapping[str, str] = field(default_factory=dict)
    secret_ends_at: datetime | None = None
    ca_file: Path | None = None

    def identified(self, fields: Mapping[str, str]) -> dict[str, str]:
        """The fields with who asks; the secret in the body, as Google and Microsoft have it."""
        ours = {"client_id": self.client_id}
        if self.client_secret:
            ours["client_secret"] = self.client_secret
        return {**fields, **ours}
