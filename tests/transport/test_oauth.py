"""An OAuth login is kept alive: one refresh for all, nothing lost, and plain words when it ends."""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nurture import log, ports
from nurture.errors import Refused, Unreachable
from nurture.transport.oauth import OAuthTokens
from nurture.transport.oauth_answer import Denial, Grant, advice
from nurture.transport.oauth_client import Flow, OAuthClient
from nurture.transport.token_file import TokenFile
from tests.fakes.leaping_clock import LeapingClock
from tests.servers.authorization import Authorization

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
KEY = b"k" * 64
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
LOGIN = Grant("first", timedelta(hours=1), "refresh-0")


@pytest.fixture
def server() -> Iterator[Authorization]:
    with Authorization(refreshable={"refresh-0"}).running() as running:
        yield running


@pytest.fixture
def clock() -> LeapingClock:
    return LeapingClock(START)


@pytest.fixture
def client(server: Authorization) -> OAuthClient:
    return server.client()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "tokens"


def source(client: OAuthClient, folder: Path, clock: LeapingClock) -> OAuthTokens:
    return OAuthTokens(client, TokenFile(folder, "anna", KEY), clock)


async def logged_in(client: OAuthClient, folder: Path, clock: LeapingClock) -> OAuthTokens:
    tokens = source(client, folder, clock)
    await tokens.adopt(LOGIN)
    return tokens


async def test_a_token_is_used_until_five_minutes_before_its_end(
    server: Authorization, client: OAuthClient, folder: Path, clock: LeapingClock
) -> None:
    tokens = await logged_in(client, folder, clock)
    assert await tokens.fresh() == ports.Token("first", 55 * 60.0)
    clock.at += 54 * MINUTE
    assert await tokens.fresh() == ports.Token("first", 60.0)
    clock.at += MINUTE
    assert await tokens.fresh() == ports.Token("access-1", 55 * 60.0)
    assert server.forms == [
        {
            "grant_type": "refresh_token",
            "refresh_token": "refresh-0",
            "client_id": "nurture-app",
        }
    ]


async def test_twenty_who_ask_at_once_are_one_request(
    server: Authorization, client: OAuthClient, folder: Path, clock: LeapingClock
) -> None:
    tokens = await logged_in(client, folder, clock)
    clock.at += DAY
    found = await asyncio.gather(*(tokens.fresh() for _ in range(20)))
    assert {each.text for each in found} == {"access-1"}
    assert len(server.forms) == 1


async def test_twenty_processes_are_one_request(
    server: Authorization, client: OAuthClient, folder: Path, clock: LeapingClock
) -> None:
    await logged_in(client, folder, clock)
    clock.at += DAY
    sources = [source(client, folder, clock) for _ in range(20)]  # they share the file alone
    found = await asyncio.gather(*(each.fresh() for each in sources))
    assert {each.text for each in found} == {"access-1"}
    assert len(server.forms) == 1


async def test_a_rotated_refresh_token_is_on_the_disk_before_anybody_gets_the_token(
    server: Authorization,
    client: OAuthClient,
    folder: Path,
    clock: LeapingClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tokens = await logged_in(client, folder, clock)
    clock.at += DAY
    replaced = Path.replace

    def replace_and_crash(self: Path, target: Path) -> Path:
        replaced(self, target)
        raise SystemError("the power fails")

    with monkeypatch.context() as crash:
        crash.setattr(Path, "replace", replace_and_crash)
        with pytest.raises(SystemError):
            await tokens.fresh()
    clock.at += DAY
    assert (await source(client, folder, clock).fresh()).text == "access-2"
    assert [form["refresh_token"] for form in server.forms] == ["refresh-0", "refresh-1"]


async def test_a_cancelled_refresh_still_keeps_what_was_rotated(
    server: Authorization, client: OAuthClient, folder: Path, clock: LeapingClock
) -> None:
    tokens = await logged_in(client, folder, clock)
    clock.at += DAY
    asking = asyncio.create_task(tokens.fresh())
    while not server.forms:
        await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert (await tokens.fresh()).text == "access-1"
    assert len(server.forms) == 1


async def test_a_token_that_cannot_be_kept_is_not_used(
    client: OAuthClient, folder: Path, clock: LeapingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = await logged_in(client, folder, clock)
    clock.at += DAY

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unreachable, match=r"cannot be written .No space left on device"):
        await tokens.fresh()
    assert sorted(path.name for path in folder.iterdir()) == ["anna.lock", "anna.token"]


async def test_a_server_that_does_not_rotate_leaves_the_refresh_token_as_it_is(
    server: Authorization, client: OAuthClient, folder: Path, clock: LeapingClock
) -> None:
    server.is_rotating = False
    tokens = await logged_in(client, folder, clock)
    for _ in range(3):
        clock.at += DAY
        await tokens.fresh()
    assert {form["refresh_token"] for form in server.forms[1:]} <= {"refresh-0", "refresh-1"}
    assert len(server.forms) == 3


async def test_a_client_that_speaks_for_itself_needs_no_login(
    server: Authorization, client: OAuthClient, folder: Path, clock: LeapingClock
) -> None:
    server.client_secret = "s3cret"
    own = replace(client, flow=Flow.CLIENT_CREDENTIALS, client_secret="s3cret")
    assert (await source(own, folder, clock).fresh()).text == "access-1"
    assert server.forms[0]["grant_type"] == "client_credentials"
    assert server.forms[0]["scope"] == "mail"


async def test_a_new_login_is_seen_by_a_daemon_that_was_refused(
    server: Authorization, client: OAuthClient, folder: Path, clock: LeapingClock
) -> None:
    tokens = source(client, folder, clock)
    with pytest.raises(Refused, match="nobody has logged in yet"):
        await tokens.fresh()
    await logged_in(client, folder, clock)
    assert (await tokens.fresh()).text == "first"


async def test_a_refused_login_is_not_asked_for_again_within_half_an_hour(
    server: Authorization, client: OAuthClient, folder: Path, clock: LeapingClock
) -> None:
    tokens = await logged_in(client, folder, clock)
    server.refreshable.clear()
    clock.at += DAY
    for _ in range(29):
        with pytest.raises(Refused, match="the login was ended"):
            await tokens.fresh()
        clock.at += MINUTE
    assert len(server.forms) == 1
    clock.at += MINUTE
    with pytest.raises(Refused):
        await tokens.fresh()
    assert len(server.forms) == 2
    await source(client, folder, clock).adopt(LOGIN)
    assert (await tokens.fresh()).text == "first"


async def test_a_doubted_token_is_replaced_once_in_ten_minutes(
    server: Authorization, client: OAuthClient, folder: Path, clock: LeapingClock
) -> None:
    tokens = await logged_in(client, folder, clock)
    for _ in range(5):
        tokens.doubt(await tokens.fresh())
        clock.at += MINUTE
    assert (await tokens.fresh()).text == "access-1"
    assert len(server.forms) == 1


async def test_a_login_of_another_client_is_not_tried(
    server: Authorization, client: OAuthClient, folder: Path, clock: LeapingClock
) -> None:
    await logged_in(client, folder, clock)
    with pytest.raises(Refused, match="another client_id"):
        await source(replace(client, client_id="new"), folder, clock).fresh()
    assert server.forms == []


DENIALS = [
    ("custom", "invalid_grant", "", 1, "access withdrawn, password changed, or expired"),
    ("google", "invalid_grant", "Token has been expired or revoked.", 7, "consent screen is in"),
    ("google", "invalid_grant", "Token has been expired or revoked.", 30, "unused for six months"),
    ("google", "invalid_grant", "reauth related error (invalid_rapt)", 1, "Workspace ended the"),
    ("microsoft", "invalid_grant", "AADSTS50173: revoked", 1, "the password was changed or reset"),
    ("microsoft", "invalid_grant", "AADSTS700082: inactive", 1, "unused for 90 days"),
    ("microsoft", "invalid_grant", "AADSTS50076: use MFA", 1, "with your second factor"),
    ("microsoft", "interaction_required", "", 1, "with your second factor"),
    ("microsoft", "invalid_grant", "AADSTS65001: no consent", 1, "has not consented to the app"),
    ("microsoft", "consent_required", "", 1, "has not consented to the app"),
    ("microsoft", "invalid_client", "AADSTS7000222: expired", 1, "the client secret has expired"),
    ("microsoft", "invalid_client", "AADSTS7000215: wrong", 1, "client secret is wrong"),
    ("microsoft", "invalid_client", "AADSTS7000218: body", 1, "registered as a public client"),
    ("microsoft", "unauthorized_client", "AADSTS700016: unknown", 1, "does not know this client"),
    ("microsoft", "invalid_request", "AADSTS50194: multi-tenant", 1, "the tenant is wrong"),
    ("microsoft", "invalid_grant", "AADSTS53003: blocked", 1, "conditional access policy"),
    ("microsoft", "invalid_grant", "AADSTS50057: disabled", 1, "locked, disabled or unknown"),
    ("google", "admin_policy_enforced", "", 1, "has not consented to the app"),
    ("google", "deleted_client", "The OAuth client was deleted.", 1, "deleted or switched off"),
    ("google", "redirect_uri_mismatch", "", 1, "come back to this machine"),
    ("google", "org_internal", "", 1, "for another organisation"),
    ("custom", "unauthorized_client", "", 1, "may not log in this way"),
    ("custom", "invalid_scope", "", 1, "does not grant these scopes"),
    ("custom", "never_heard_of", "", 1, "the authorization server refuses"),
]


@pytest.mark.parametrize(("provider", "error", "words", "days", "expected"), DENIALS)
async def test_every_way_to_fail_has_its_own_words_and_says_what_to_do(
    server: Authorization,
    client: OAuthClient,
    folder: Path,
    clock: LeapingClock,
    provider: str,
    error: str,
    words: str,
    days: int,
    expected: str,
) -> None:
    tokens = await logged_in(replace(client, provider=provider), folder, clock)
    clock.at += days * DAY
    server.will(400, {"error": error, "error_description": words})
    with pytest.raises(Refused, match=expected) as caught:
        await tokens.fresh()
    assert str(caught.value).startswith("account anna: ")
    assert (
        "nurture login anna" in str(caught.value)
        or "[accounts.anna" in str(caught.value)
        or ("restart nurture" in str(caught.value) or "Allow public client" in str(caught.value))
    )
    assert f"{error}: {words}" in str(caught.value) or not words


def test_no_row_of_the_advice_stands_in_anothers_shadow_or_says_what_another_says() -> None:
    for row in advice():
        denial = Denial(row.error[0] if row.error else "", row.words[0] if row.words else "")
        age = timedelta(days=row.age_days[0]) if row.age_days else DAY
        found = next(each for each in advice() if each.matches(denial, row.provider, age))
        assert found is row, row.what
    assert len({row.what for row in advice()}) == len(advice())


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (503, b"<html>busy</html>", "HTTP 503 without JSON"),
        (200, b"[1]", "without JSON"),
        (429, b'{"error": "too_many"}', "is busy .HTTP 429.: too_many"),
        (400, b'{"error": "temporarily_unavailable"}', "is busy"),
        (200, b"{}", "no access token that can be used"),
        (200, b'{"access_token": "a\\u0001b"}', "no access token that can be used"),
        (200, b'{"access_token": "a", "token_type": "mac"}', "unknown kind"),
        (200, b"[" * 100_000, "without JSON"),
        (200, b"x" * 300_000, "the answer has no end"),
    ],
)
async def test_a_server_that_is_busy_or_mad_is_no_refusal(
    server: Authorization,
    client: OAuthClient,
    folder: Path,
    clock: LeapingClock,
    status: int,
    body: bytes,
    expected: str,
) -> None:
    tokens = await logged_in(client, folder, clock)
    clock.at += DAY
    server.will(status, body)
    with pytest.raises(Unreachable, match=expected) as caught:
        await tokens.fresh()
    assert not isinstance(caught.value, Refused)
    assert (await tokens.fresh()).text == "access-1"


async def test_nobody_at_home_is_told_as_that(
    client: OAuthClient, folder: Path, clock: LeapingClock
) -> None:
    tokens = await logged_in(replace(client, token_url="http://127.0.0.1:1/"), folder, clock)
    clock.at += DAY
    with pytest.raises(Unreachable, match=r"for now: 127.*: nobody listens there"):
        await tokens.fresh()


async def test_no_secret_stands_in_words_in_the_journal_or_in_what_is_printed(
    server: Authorization, client: OAuthClient, folder: Path, clock: LeapingClock
) -> None:
    server.client_secret = "s3cret"
    tokens = await logged_in(replace(client, client_secret="s3cret"), folder, clock)
    told: list[dict[str, object]] = []
    clock.at += DAY
    server.will(400, {"error": "x", "error_description": "bad refresh-0 of s3cret"})
    with pytest.raises(Refused, match=r"bad \*\*\* of \*\*\*"):
        await tokens.fresh()
    clock.at += DAY
    log.configure("silent", "debug")
    with log.listening(told.append):
        token = await tokens.fresh()
    assert [event["event"] for event in told] == ["token_renewed"]
    shown = f"{told} {token!r} {client!r} {LOGIN!r}"
    assert not any(each in shown for each in ("s3cret", "refresh-", "access-", "first"))


async def test_what_will_end_is_known(
    server: Authorization, client: OAuthClient, folder: Path, clock: LeapingClock
) -> None:
    ends = START + 100 * DAY
    tokens = await logged_in(replace(client, secret_ends_at=ends), folder, clock)
    assert [(each.what, each.at) for each in await tokens.expiries()] == [
        ("the client secret", ends)
    ]
    server.given["refresh_token_expires_in"] = 604_800
    clock.at += DAY
    await tokens.fresh()
    ends = clock.at + 7 * DAY
    server.is_rotating = False  # the same refresh token does not live longer by being used
    clock.at += DAY
    await tokens.fresh()
    another = source(client, folder, clock)  # such as a daemon that has just started
    assert [(each.what, each.at) for each in await another.expiries()] == [("the login", ends)]
