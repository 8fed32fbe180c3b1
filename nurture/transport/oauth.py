"""An account's login by OAuth 2: one token for everybody who asks, renewed before it ends."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeVar

from nurture import journal, ports
from nurture.core.account.expiry import Expiry
from nurture.errors import NurtureError, Refused, Unreachable
from nurture.transport.form_post import Haste, post_form
from nurture.transport.oauth_answer import Denial, Grant, grant_of, read_reply, refusal
from nurture.transport.oauth_client import Flow, OAuthClient
from nurture.transport.token_file import TokenFile, Tokens
from nurture.value import frozen

_MARGIN = timedelta(minutes=5)  # Exchange ends a session whose token expires (domain.md P29)
_QUIET = timedelta(minutes=30)  # a refusal is final: who asks at every poll gets blocked
_DOUBT = timedelta(minutes=10)
_T = TypeVar("_T")
_SECRET_FIELDS: Final = ("client_secret", "refresh_token", "code", "code_verifier", "device_code")


@frozen
class _Refusal:
    """What was refused, and until when asking again with the same would be rude."""

    words: str
    refresh: str = field(repr=False)
    until: datetime


class OAuthTokens:
    """The port TokenSource over a token file and an authorization server.

    Refreshing runs in a thread from the lock to the disk: nothing that cancels us can lose a
    refresh token that the server has just rotated.  The thread is the account's own, for the
    loop's few look up names, and a provider that is silent must not make others deaf.
    """

    def __init__(
        self, client: OAuthClient, file: TokenFile, clock: ports.Clock, haste: Haste | None = None
    ) -> None:
        self._client = client
        self._file = file
        self._clock = clock
        self._haste = haste
        self._turn = asyncio.Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="nurture-token")
        self._kept: Tokens | None = None
        self._refusal: _Refusal | None = None
        self._doubted = ""
        self._doubted_at: datetime | None = None

    async def fresh(self) -> ports.Token:
        """See the port."""
        async with self._turn:
            kept = self._kept
            if kept is None or not self._is_usable(kept):
                kept = self._kept = await self._apart(self._renewed)
        lasts = _renew_at(kept) - self._clock.now()
        return ports.Token(kept.access, lasts.total_seconds())

    def doubt(self, token: ports.Token) -> None:
        """See the port."""
        now = self._clock.now()
        if self._doubted_at is None or now - self._doubted_at >= _DOUBT:
            self._doubted, self._doubted_at = token.text, now

    async def expiries(self) -> tuple[Expiry, ...]:
        """See the port."""
        kept = self._kept
        if kept is None:
            try:
                kept = await self._apart(self._file.read)
            except NurtureError:
                kept = None
        return tuple(_expiries(self._client, kept))

    async def adopt(self, grant: Grant) -> None:
        """Keeps what a login has given, in the place of all that was before."""
        self._kept = await self._apart(partial(self._stored, grant, None))

    async def _apart(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _is_usable(self, kept: Tokens) -> bool:
        is_ours = kept.client_id == self._client.client_id
        return is_ours and kept.access != self._doubted and self._clock.now() < _renew_at(kept)

    def _renewed(self) -> Tokens:
        with self._file.held():
            kept = self._file.read()
            if kept is not None and self._is_usable(kept):
                return kept
            grant = self._asked(kept)
            renewed = self._written(grant, kept)
        journal.token_renewed(self._client.account, until=renewed.expires_at)
        return renewed

    def _asked(self, kept: Tokens | None) -> Grant:
        fields = _request(self._client, kept)
        refresh, now = fields.get("refresh_token", ""), self._clock.now()
        past = self._refusal
        if past is not None and past.refresh == refresh and now < past.until:
            raise Refused(past.words)
        age = now - kept.logged_in_at if kept else None
        try:
            return ask_grant(self._client, fields, self._haste, age)
        except Refused as fault:
            self._refusal = _Refusal(str(fault), refresh, now + _QUIET)
            raise

    def _stored(self, grant: Grant, kept: Tokens | None) -> Tokens:
        with self._file.held():
            return self._written(grant, kept)

    def _written(self, grant: Grant, kept: Tokens | None) -> Tokens:
        """Commits the new refresh token before anybody sees the access token (domain.md P38)."""
        now = self._clock.now()
        fresh = Tokens(
            client_id=self._client.client_id,
            access=grant.access,
            refresh=grant.refresh,
            expires_at=now + grant.lifetime,
            lifetime=grant.lifetime,
            logged_in_at=kept.logged_in_at if kept else now,
            refresh_ends_at=now + grant.refresh_lifetime if grant.refresh_lifetime else None,
        )
        if kept and grant.refresh in ("", kept.refresh):
            # The same refresh token ends when it did, whatever is counted from today.
            ends = [each.refresh_ends_at for each in (kept, fresh) if each.refresh_ends_at]
            end = min(ends, default=None)
            fresh = replace(fresh, refresh=kept.refresh, refresh_ends_at=end)
        self._file.write(fresh)
        return fresh


def ask_grant(
    client: OAuthClient,
    fields: Mapping[str, str],
    haste: Haste | None = None,
    age: timedelta | None = None,
) -> Grant:
    """What the token endpoint gives; blocks.  Raises Refused or Unreachable, with words."""
    answer = ask(client, client.token_url, fields, haste)
    if isinstance(answer, Denial):
        raise refusal(answer, client.account, client.provider, age)
    try:
        return grant_of(answer)
    except Unreachable as error:
        raise Unreachable(f"account {client.account}: {error}") from None


def ask_own_grant(client: OAuthClient) -> Grant:
    """What a client gets that speaks for itself (RFC 6749 4.4); blocks; raises as `ask_grant`."""
    return ask_grant(client, _own_request(client))


def ask(
    client: OAuthClient, url: str, fields: Mapping[str, str], haste: Haste | None = None
) -> Mapping[str, object] | Denial:
    """What the authorization server answers to this form; blocks.  Raises Unreachable."""
    form = client.identified(fields)
    secrets = [form[name] for name in _SECRET_FIELDS if form.get(name)]
    try:
        return read_reply(post_form(url, form, haste, client.ca_file), secrets)
    except Unreachable as error:
        words = f"account {client.account}: no token for now: {error}"
        raise Unreachable(words) from None


def _request(client: OAuthClient, kept: Tokens | None) -> dict[str, str]:
    """The form that gives the next token; raises Refused where nobody has logged in."""
    if client.flow is Flow.CLIENT_CREDENTIALS:
        return _own_request(client)
    login = f"Run `nurture login {client.account}`"
    if kept is None:
        raise Refused(f"account {client.account}: nobody has logged in yet. {login}")
    if kept.client_id != client.client_id:
        words = "the login was made for another client_id than the settings name"
        raise Refused(f"account {client.account}: {words}. {login}")
    if not kept.refresh:
        words = "the login cannot be renewed, for the provider gave no refresh token"
        raise Refused(f"account {client.account}: {words}. {login}")
    return {"grant_type": "refresh_token", "refresh_token": kept.refresh}


def _own_request(client: OAuthClient) -> dict[str, str]:
    return {"grant_type": "client_credentials", "scope": " ".join(client.scopes)}


def _renew_at(kept: Tokens) -> datetime:
    """Five minutes before the end, or a fifth of a short life."""
    return kept.expires_at - min(_MARGIN, kept.lifetime / 5)


def _expiries(client: OAuthClient, kept: Tokens | None) -> list[Expiry]:
    found = []
    if kept is not None and kept.refresh_ends_at is not None:
        login = f"run `nurture login {client.account}`."
        if client.provider == "google":
            login += " If it ends after 7 days each time, publish the app: it is in 'Testing'."
        found.append(Expiry("the login", kept.refresh_ends_at, login))
    if client.secret_ends_at is not None:
        renew = (
            "make a new client secret in the provider's console, write it into the file named by "
            f"client_secret_file, move client_secret_expires in [accounts.{client.account}.oauth], "
            "and restart nurture."
        )
        found.append(Expiry("the client secret", client.secret_ends_at, renew))
    return found
