"""The one public thing of nurture: a page to say no, behind a proxy of this machine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from nurture.errors import Unreachable
from nurture.flows.opt_out import Exit, opt_out
from nurture.transport.http_page import Page, Request, serving
from nurture.unsubscribe.page import asking, busy, done, failing
from nurture.unsubscribe.throttle import Throttle
from nurture.value import frozen
from nurture.wiring.world import World


@asynccontextmanager
async def parting(world: World) -> AsyncIterator[int]:
    """Answers where the settings say so, for the while; the port, 0 for nowhere."""
    listen = world.settings.unsubscribe.listen
    if not listen:
        yield 0
        return
    accounts = list(world.accounts)
    store = world.store
    way = Exit(store.people, store.incoming, store.desk, world.clock, accounts[0], world.key)
    public = Public(way, Throttle())
    async with serving(listen, public.answer, "unsubscribe.listen", is_shared=True) as port:
        yield port


@frozen
class Public:
    """The page: looking changes nothing, since scanners follow links; only a POST says no.

    RFC 8058 section 3.2 and domain.md P12: no cookie, no redirect, any body, the same answer to a
    link that is ours and to one that is not, and the same however often.
    """

    way: Exit
    throttle: Throttle

    async def answer(self, request: Request) -> Page:
        """One request; never raises for what a stranger may send."""
        languages = request.fields.get("accept-language", "")
        if not self.throttle.admits(_client(request), self.way.clock.now()):
            return busy(languages)
        if request.method in {"GET", "HEAD"}:
            return asking(languages)
        if request.method != "POST":
            return Page(405, "only GET and POST\n", fields=(("Allow", "GET, HEAD, POST"),))
        try:
            await opt_out(self.way, request.path.rpartition("/")[2])
        except Unreachable:
            return failing(languages)
        return done(languages)


def _client(request: Request) -> str:
    """Who came to the proxy: the last name in X-Forwarded-For is the one that it wrote itself."""
    return request.fields.get("x-forwarded-for", "").rpartition(",")[2].strip()
