"""Reaches the owner through whatever Apprise knows: ntfy, Matrix, Slack, Telegram and the rest."""

import asyncio
import logging
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import field
from importlib import import_module
from threading import Thread
from typing import Final

from nurture import ports
from nurture.errors import Unreachable
from nurture.value import frozen

_MISSING: Final = (
    "the extra `notify` is not installed: install nurture[notify], which brings Apprise"
)
_LONGEST: Final = 200
_SHORTEST_SECRET: Final = 6


@frozen
class AppriseChannel:
    """A ports.Channel over one URL of Apprise, which is a secret: most hold a token.

    Apprise blocks, so it works in a thread of its own, which nobody waits for at the end.  What is
    taken after `patience` seconds is told again: its services know no key by which to fold it.
    """

    url: str = field(repr=False)
    patience: float = 30

    async def tell(self, telling: ports.Telling) -> None:
        """Returns once the service took it; raises Unreachable with its words otherwise."""
        try:
            async with asyncio.timeout(self.patience):
                failure = await _in_thread(lambda: _speak(self.url, telling))
        except TimeoutError:
            words = f"apprise did not come to an end within {self.patience:g} seconds"
            raise Unreachable(words) from None
        if failure:
            raise Unreachable(_masked(failure, self.url))


def objection(url: str) -> str:
    """Why Apprise cannot use this URL, as far as that is known without asking; else empty."""
    try:
        known = import_module("apprise").Apprise()
    except ImportError:
        return _MISSING
    return "" if known.add(url) else "Apprise does not understand this URL"


def _speak(url: str, telling: ports.Telling) -> str:
    """Tells it, and blocks; why not, or nothing."""
    if words := objection(url):
        return words
    apprise = import_module("apprise")
    service = apprise.Apprise()
    service.add(url)
    with apprise.LogCapture(level=logging.WARNING, fmt="%(message)s") as said:
        is_taken = service.notify(body=telling.text, title=telling.subject, body_format="text")
        words = said.getvalue().strip()
    return "" if is_taken else words.replace("\n", "; ") or "the service did not take it"


async def _in_thread(work: Callable[[], str]) -> str:
    loop = asyncio.get_running_loop()
    done: asyncio.Future[str] = loop.create_future()

    def settle(failure: str) -> None:
        if not done.done():
            done.set_result(failure)

    def run() -> None:
        try:
            failure = work()
        except Exception as error:
            failure = f"apprise broke on it: {error!r}"
        with suppress(RuntimeError):  # the loop is gone, and with it whoever asked
            loop.call_soon_threadsafe(settle, failure)

    Thread(target=run, name="nurture-apprise", daemon=True).start()
    return await done


def _masked(words: str, url: str) -> str:
    """What it said, short, and without any part of the URL that may be a token."""
    for part in re.split(r"[/:@?&=,]+", url):
        if len(part) >= _SHORTEST_SECRET:
            words = words.replace(part, "***")
    return words[:_LONGEST]
