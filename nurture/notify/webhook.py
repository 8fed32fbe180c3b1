"""Reaches the owner through a service of their own: one signed POST of JSON for each notice."""

import base64
import hashlib
import hmac
import json
from dataclasses import field

from nurture import ports
from nurture.value import frozen


@frozen
class WebhookChannel:
    """A ports.Channel by the conventions of Standard Webhooks (version 1.0.0).

    The signature is HMAC-SHA256 over `id.timestamp.body`.  Every attempt to tell one thing bears
    the same id, also as Idempotency-Key, so that a receiver drops what it has taken already.
    """

    url: str
    secret: bytes = field(repr=False)
    web: ports.Web
    clock: ports.Clock

    async def tell(self, telling: ports.Telling) -> None:
        """Returns once it answered 200 to 299; raises Unreachable with its words otherwise."""
        number = self._id(telling)
        body = _body(number, telling)
        stamp = str(int(self.clock.now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": number,
            "webhook-id": number,
            "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{signature(self.secret, number, stamp, body)}",
        }
        await self.web.post(self.url, body, headers)

    def _id(self, telling: ports.Telling) -> str:
        """The same for every attempt, and another one in every installation."""
        told = f"{telling.account}\x1f{telling.key}".encode()
        return f"msg_{hmac.new(self.secret, told, hashlib.sha256).hexdigest()[:32]}"


def signature(secret: bytes, number: str, stamp: str, body: bytes) -> str:
    """What a receiver computes as well, in base64."""
    signed = b".".join((number.encode(), stamp.encode(), body))
    return base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def _body(number: str, telling: ports.Telling) -> bytes:
    told = {
        "id": number,
        "kind": str(telling.kind),
        "account": telling.account,
        "to": telling.to.address if telling.to else "",
        "subject": telling.subject,
        "text": telling.text,
        "reply_to": telling.reply_to,
    }
    return json.dumps(told, ensure_ascii=False).encode()
