"""A webhook is told once, signed, and never inside the owner's own network unasked."""

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from nurture import ports
from nurture.demo.story_clock import StoryClock
from nurture.errors import Refused, Unreachable
from nurture.notify.webhook import WebhookChannel
from nurture.transport.web import Bounds, SafeWeb
from tests.servers.lying_web import LyingWeb, lying_web, moved, said, silence

SECRET = b"a secret of at least 24 bytes"
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
ALERT = ports.Telling("anna", "notice-7-1", "The mailbox is mute", "Log in, Zoë.")
QUICK = Bounds(silence=0.2, whole=0.4)


def hook(site: LyingWeb, *private: str) -> WebhookChannel:
    web = SafeWeb(frozenset(private), QUICK)
    return WebhookChannel(site.url("/hook"), SECRET, web, StoryClock(NOW))


def fields_of(request: str) -> dict[str, str]:
    head = request.partition("\r\n\r\n")[0].split("\r\n")[1:]
    return dict(line.split(": ", 1) for line in head)


async def test_the_receiver_can_prove_what_it_is_told() -> None:
    async with lying_web() as site:
        site.answers["/hook"] = said(b"", status="204 No Content")
        await hook(site, "localhost").tell(replace(ALERT, kind=ports.NoticeKind.BRIEF))
    (request,) = site.requests
    fields, body = fields_of(request), request.partition("\r\n\r\n")[2].encode()
    signed = f"{fields['webhook-id']}.{fields['webhook-timestamp']}.".encode() + body
    proof = base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
    assert fields["webhook-signature"] == f"v1,{proof}"
    assert fields["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert fields["Idempotency-Key"] == fields["webhook-id"]
    told = json.loads(body)
    assert (told["kind"], told["subject"]) == ("brief", "The mailbox is mute")
    assert told["text"] == "Log in, Zoë."


async def test_every_attempt_bears_the_same_key_and_another_notice_another() -> None:
    async with lying_web() as site:
        site.answers["/hook"] = said(b"")
        channel = hook(site, "localhost")
        for telling in (ALERT, ALERT, replace(ALERT, key="notice-8-1")):
            await channel.tell(telling)
            await channel.clock.sleep_until(NOW - timedelta(seconds=1))
    first, again, other = (fields_of(each)["Idempotency-Key"] for each in site.requests)
    assert first == again != other


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (said(b"", status="500 Broken"), "500 Internal Server Error"),
        (said(b"", status="401 No"), "401 Unauthorized"),
        (moved("http://127.0.0.1/"), "redirects"),
        (silence, "silent"),
        (b"", "hung up"),
    ],
)
async def test_what_is_not_taken_says_why(answer: bytes, words: str) -> None:
    async with lying_web() as site:
        site.answers["/hook"] = answer
        with pytest.raises(Unreachable, match=words):
            await hook(site, "localhost").tell(ALERT)


async def test_no_notice_reaches_a_private_address_unless_the_owner_says_so() -> None:
    async with lying_web() as site:
        with pytest.raises(Refused, match="of this machine"):
            await hook(site).tell(ALERT)
    assert site.requests == []
