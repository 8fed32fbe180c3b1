"""A person logs in: the authorization code with PKCE (RFC 7636), or a device code (RFC 8628)."""

import asyncio
import secrets
from base64 import urlsafe_b64encode
from dataclasses import field
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from urllib.parse import parse_qs, urlencode, urlsplit

from nurture import ports
from nurture.errors import Refused, Unreachable
from nurture.transport.oauth import ask, ask_grant
from nurture.transport.oauth_answer import Denial, Grant, grant_of, refusal
from nurture.transport.oauth_client import OAuthClient
from nurture.value import frozen

_DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_PATIENCE, _SLOWER = timedelta(seconds=5), timedelta(seconds=5)
_SHORTEST, _LONGEST = 1, 60  # seconds between two questions
_LONGEST_LIFE = 1800


@frozen
class Invitation:
    """An authorization request on its way: the address to open, and what its answer must match."""

    url: str
    redirect_uri: str
    state: str = field(repr=False)
    verifier: str = field(repr=False)


@frozen
class Device:
    """What to type where, and until when."""

    user_code: str
    url: str
    code: str = field(repr=False)
    pause: timedelta
    ends_at: datetime


def invite(client: OAuthClient, port: int) -> Invitation:
    """An authorization request (RFC 6749 4.1.1) that comes back to this port of loopback."""
    verifier, state = secrets.token_urlsafe(64), secrets.token_urlsafe(32)
    challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
    redirect_uri = f"http://{client.redirect_host}:{port}/"
    query = {
        **client.extra,
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(client.scopes),
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "login_hint": client.address,
    }
    join = "&" if urlsplit(client.authorization_url).query else "?"
    url = f"{client.authorization_url}{join}{urlencode(query)}"
    return Invitation(url, redirect_uri, state, verifier)


def returned_code(client: OAuthClient, invitation: Invitation, address: str) -> str | None:
    """The code in the address the browser came back to; None where it answers another request.

    Raises Refused where the provider or the person said no.
    """
    query = parse_qs(urlsplit(address.strip()).query, max_num_fields=30)
    given = {name: values[0] for name, values in query.items()}
    if not compare_digest(given.get("state", "").encode(), invitation.state.encode()):
        return None
    if error := given.get("error"):
        words = " ".join(given.get("error_description", "").split())[:300]
        raise refusal(Denial(error[:80], words), client.account, client.provider)
    return given.get("code") or None


async def redeem(client: OAuthClient, invitation: Invitation, code: str) -> Grant:
    """The grant for a code (RFC 6749 4.1.3), proven with the verifier; one try, with words."""
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": invitation.redirect_uri,
        "code_verifier": invitation.verifier,
    }
    return _lasting(client, await asyncio.to_thread(ask_grant, client, fields))


async def ask_device(client: OAuthClient, now: datetime) -> Device:
    """A code for a person to type in any browser; raises Refused or Unreachable, with words."""
    fields = {"scope": " ".join(client.scopes)}
    answer = await asyncio.to_thread(ask, client, client.device_url, fields)
    if isinstance(answer, Denial):
        raise refusal(answer, client.account, client.provider)
    url = answer.get("verification_uri") or answer.get("verification_url")
    code, user_code = answer.get("device_code"), answer.get("user_code")
    if not (isinstance(url, str) and isinstance(code, str) and isinstance(user_code, str)):
        raise Unreachable(f"account {client.account}: the provider gave no device code")
    pause = min(max(_seconds(answer.get("interval"), 5), _SHORTEST), _LONGEST)
    life = min(_seconds(answer.get("expires_in"), 900), _LONGEST_LIFE)
    return Device(user_code, url, code, timedelta(seconds=pause), now + timedelta(seconds=life))


async def await_device(client: OAuthClient, device: Device, clock: ports.Clock) -> Grant:
    """The grant, once the person is done; raises Refused when they said no or took too long."""
    fields = {"grant_type": _DEVICE_GRANT, "device_code": device.code}
    pause = device.pause
    while clock.now() < device.ends_at:
        await clock.sleep_until(clock.now() + pause)
        try:
            answer = await asyncio.to_thread(ask, client, client.token_url, fields)
        except Unreachable as error:
            # RFC 8628 3.5: slow down, and stay patient with a connection that fails.
            pause += _SLOWER
            if clock.now() + pause >= device.ends_at:
                raise Unreachable(str(error)) from None
            continue
        if not isinstance(answer, Denial):
            return _lasting(client, grant_of(answer))
        if answer.error != "authorization_pending":
            raise refusal(answer, client.account, client.provider)
    raise refusal(Denial("expired_token", ""), client.account, client.provider)


def _lasting(client: OAuthClient, grant: Grant) -> Grant:
    if grant.refresh:
        return grant
    raise Refused(
        f"account {client.account}: the provider gave no refresh token, so the login would end "
        "within the hour. Add what asks for one to scopes (`offline_access` in most places)"
    )


def _seconds(written: object, usual: int) -> int:
    return written if isinstance(written, int) and written > 0 else usual
