"""Pages of the web, fetched and posted to without ever reaching a private address."""

from collections.abc import Mapping
from typing import Final, Protocol

from nurture.value import frozen


@frozen
class Version:
    """How a server names the version of a page that we have; empty where it does not."""

    etag: str = ""
    modified: str = ""


NO_VERSION: Final = Version()


@frozen
class Page:
    """A page and where it was found in the end; `kind` is its media type without parameters."""

    url: str
    body: bytes
    kind: str = ""
    charset: str = ""
    version: Version = NO_VERSION


@frozen
class Unchanged:
    """The server still has the version that we named."""


class Web(Protocol):
    """The web, at arm's length: only http and https, only public addresses, all bounded."""

    async def fetch(self, url: str, have: Version = NO_VERSION) -> Page | Unchanged:
        """The page, after at most five redirects; Unchanged where it is still what we `have`.

        Raises Refused where a person must look (the address is private, the page is gone, the
        answer is too large), Unreachable where time may help; both in words, with the host.
        """
        ...

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Returns once the server took it (a status of 200 to 299); follows no redirect.

        Raises like `fetch`.  Whether it was taken is not known where the answer never came.
        """
        ...

    async def knock(self, url: str) -> None:
        """Connects as for a request, asks nothing, and leaves; raises like `fetch`."""
        ...
