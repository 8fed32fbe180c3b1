"""Where a request of the web goes, read from a URL so that nothing in it surprises anybody."""

from dataclasses import replace
from typing import Final
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from nurture.errors import Refused
from nurture.value import frozen

_LONGEST_URL: Final = 2000
_USUAL_PORT: Final = {"http": 80, "https": 443}
_FIRST_FREE_PORT: Final = 1024


@frozen
class Goal:
    """Where a request goes; `is_own` where it is the host and port that a person wrote."""

    url: str
    scheme: str
    host: str
    port: int
    target: str
    is_own: bool = True

    @property
    def authority(self) -> str:
        """The field Host: the port is named where it is not the usual one (RFC 9110 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _USUAL_PORT[self.scheme] else f"{host}:{self.port}"


def goal_of(url: str) -> Goal:
    """The goal of this URL; raises Refused with what is wrong with it."""
    parts = _parts(url)
    host = (parts.hostname or "").rstrip(".")
    name = _ascii_name(host)
    if not name:
        raise Refused(f"{_shown(url)}: there is no usable host in it")
    port = _port(parts, url)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/?%:@!$&'()*+,;=~-._[]")
    target = f"{path}?{query}" if parts.query else path
    return Goal(parts._replace(fragment="").geturl(), parts.scheme, name, port, target)


def _parts(url: str) -> SplitResult:
    # urlsplit takes some of these out silently, and what was checked would not be what is asked.
    is_odd = any(sign <= " " or sign in "\x7f\\" for sign in url)
    if is_odd or len(url) > _LONGEST_URL:
        raise Refused(f"{_shown(url)}: that is no URL")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise Refused(f"{_shown(url)}: that is no URL") from None
    if parts.scheme not in _USUAL_PORT:
        raise Refused(f"{_shown(url)}: only http and https are fetched")
    if "@" in parts.netloc:
        raise Refused(f"{parts.hostname}: a name or password in a URL is not used")
    return parts


def _ascii_name(host: str) -> str:
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def _port(parts: SplitResult, url: str) -> int:
    try:
        port = parts.port or _USUAL_PORT[parts.scheme]
    except ValueError:
        raise Refused(f"{_shown(url)}: its port is no number up to 65535") from None
    # A server of mail or names must not be talked to in its own words.
    if port < _FIRST_FREE_PORT and port not in _USUAL_PORT.values():
        raise Refused(f"{parts.hostname}: port {port} is none of the web's")
    return port


def _shown(url: str) -> str:
    """A URL for people: short, printable, and without what may be a secret."""
    plain = "".join(sign if sign.isprintable() else "?" for sign in url[:120])
    return plain.partition("?")[0] or "an empty URL"


def goal_moved(goal: Goal, location: str) -> Goal:
    """Where a redirect by this field Location leads; raises Refused where nobody should follow."""
    if not location:
        raise Refused(f"{goal.host}: it redirects to nowhere")
    after = goal_of(_joined(goal.url, location))
    if goal.scheme == "https" and after.scheme == "http":
        raise Refused(f"{goal.host}: it redirects from https to http")
    return replace(after, is_own=goal.is_own and (after.host, after.port) == (goal.host, goal.port))


def _joined(base: str, location: str) -> str:
    try:
        # Fields are bytes; what is not ASCII in them is UTF-8 where it is anything.
        return urljoin(base, location.encode("latin-1").decode("utf-8", "replace"))
    except ValueError:
        return location
