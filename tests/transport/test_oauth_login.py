"""A login by browser answers our own request alone, and a device is asked for with patience."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from nurture.errors import Refused, Unreachable
from nurture.transport.oauth_client import OAuthClient
from nurture.transport.oauth_login import (
    ask_device,
    await_device,
    invite,
    redeem,
    returned_code,
)
from nurture.transport.oauth_redirect import Landing, landing
from tests.fakes.leaping_clock import LeapingClock
from tests.servers.authorization import Authorization

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[Authorization]:
    with Authorization().running() as running:
        yield running


@pytest.fixture
def client(server: Authorization) -> OAuthClient:
    return server.client(scopes=("mail", "offline_access"), extra={"prompt": "consent"})


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


async def test_the_request_is_proven_with_pkce_and_never_twice_the_same(
    server: Authorization, client: OAuthClient
) -> None:
    one, other = invite(client, 4711), invite(client, 4711)
    asked = query(one.url)
    assert asked["redirect_uri"] == "http://127.0.0.1:4711/"
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert (asked["scope"], asked["login_hint"]) == ("mail offline_access", "anna@example.org")
    assert (asked["tenant"], asked["prompt"]) == ("x", "consent")
    assert one.state != other.state
    assert one.verifier != other.verifier
    assert not any(each in repr(one).replace(one.url, "") for each in (one.state, one.verifier))
    code = returned_code(client, one, server.authorize(asked))
    assert code
    grant = await redeem(client, one, code)
    assert (grant.access, grant.refresh) == ("access-2", "refresh-2")


async def test_a_stolen_code_is_worth_nothing_without_the_verifier(
    server: Authorization, client: OAuthClient
) -> None:
    mine, thiefs = invite(client, 1), invite(client, 1)
    code = returned_code(client, mine, server.authorize(query(mine.url)))
    assert code
    with pytest.raises(Refused, match="invalid_grant"):
        await redeem(client, thiefs, code)


@pytest.mark.parametrize("address", ["", "/?code=x", "/?code=x&state=y", "/?state=", "\x00é"])
def test_what_answers_no_request_of_ours_is_nothing(client: OAuthClient, address: str) -> None:
    assert returned_code(client, invite(client, 1), address) is None


def test_a_no_in_the_browser_is_told_with_what_to_do(client: OAuthClient) -> None:
    asked = invite(client, 1)
    address = f"http://127.0.0.1:1/?error=access_denied&state={asked.state}"
    with pytest.raises(Refused, match=r"declined in the browser\. Run `nurture login anna`"):
        returned_code(client, asked, address)


async def test_a_login_that_cannot_be_renewed_is_refused_at_once(
    server: Authorization, client: OAuthClient
) -> None:
    asked = invite(client, 1)
    server.will(200, {"access_token": "short-lived"})
    with pytest.raises(Refused, match=r"no refresh token.*offline_access"):
        await redeem(client, asked, "code")


async def get(port: int, target: str) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"{target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    answer = (await reader.read()).decode()
    writer.close()
    return answer


async def test_the_landing_waits_for_the_one_right_answer(client: OAuthClient) -> None:
    async with landing(0) as spot:
        asked = invite(client, spot.port)
        waiting = asyncio.create_task(
            spot.code(lambda address: returned_code(client, asked, address), 5)
        )
        await asyncio.sleep(0)
        for wrong in ("GET /favicon.ico", "POST /?code=a", "GET /?code=a&state=b", "rubbish", ""):
            assert "404" in await get(spot.port, wrong)
        right = await get(spot.port, f"GET /?code=abc&state={asked.state}")
        assert "nurture has what it needs" in right
        assert "Referrer-Policy: no-referrer" in right
        assert await waiting == "abc"
        assert "404" in await get(spot.port, f"GET /?code=late&state={asked.state}")


async def test_a_no_reaches_the_terminal_through_the_landing(client: OAuthClient) -> None:
    async with landing(0) as spot:
        asked = invite(client, spot.port)
        waiting = asyncio.create_task(
            spot.code(lambda address: returned_code(client, asked, address), 5)
        )
        await asyncio.sleep(0)
        said = await get(spot.port, f"GET /?error=access_denied&state={asked.state}")
        assert "the terminal says why" in said
        with pytest.raises(Refused, match="declined"):
            await waiting


async def test_a_browser_that_never_comes_back_is_not_waited_for_for_ever() -> None:
    with pytest.raises(Refused, match="with --paste"):
        await Landing().code(lambda _: None, 0.01)


async def test_a_device_is_asked_for_in_the_rhythm_the_provider_wants(
    server: Authorization, client: OAuthClient
) -> None:
    clock = LeapingClock(START)
    server.pending = 2
    device = await ask_device(client, clock.now())
    assert (device.user_code, device.url) == ("ABCD-EFGH", server.url("activate"))
    assert device.ends_at == START + timedelta(minutes=15)
    server.will(400, {"error": "slow_down"})
    grant = await await_device(client, device, clock)
    assert (grant.access, grant.refresh) == ("access-1", "refresh-1")
    assert clock.naps == [1, 6, 6, 6]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("authorization_declined", "declined in the browser"),
        ("expired_token", "was not entered in time"),
        ("invalid_client", "client id or the client secret is wrong"),
    ],
)
async def test_a_device_that_fails_says_how(
    server: Authorization, client: OAuthClient, error: str, words: str
) -> None:
    clock = LeapingClock(START)
    device = await ask_device(client, clock.now())
    server.will(400, {"error": error})
    with pytest.raises(Refused, match=words):
        await await_device(client, device, clock)


async def test_nobody_types_the_code_for_ever(server: Authorization, client: OAuthClient) -> None:
    clock = LeapingClock(START)
    server.pending = 10_000
    device = await ask_device(client, clock.now())
    with pytest.raises(Refused, match="was not entered in time"):
        await await_device(client, device, clock)
    assert clock.at <= START + timedelta(minutes=16)


async def test_a_provider_without_devices_is_told_as_that(client: OAuthClient) -> None:
    mistaken = replace(client, device_url=client.token_url)
    with pytest.raises((Refused, Unreachable), match="account anna"):
        await ask_device(mistaken, START)
