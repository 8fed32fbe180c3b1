"""The URL of what may be sent on to people: plain, whole, and without marks of who is followed."""

from typing import Final
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

_LONGEST: Final = 1000
_WRITTEN: Final = 4000
_TRACKING: Final = ("utm_", "mc_cid", "mc_eid", "fbclid", "gclid")


def plain_url(written: str, base: str = "") -> str:
    """The URL without fragment and tracking; empty where no reader should be sent to it."""
    if len(written) > _WRITTEN:
        return ""
    try:
        parts = urlsplit(urljoin(base, written.strip()) if base else written.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc:
        return ""
    asked = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value) for name, value in asked if not name.lower().startswith(_TRACKING)]
    query = parts.query if len(kept) == len(asked) else urlencode(kept)
    # Braces would speak to a template, and no URL has them unescaped (RFC 3986 2).
    url = parts._replace(fragment="", query=query).geturl().replace("{", "%7B").replace("}", "%7D")
    is_plain = all(sign > " " and sign.isprintable() and sign not in '<>"\\' for sign in url)
    return url if is_plain and len(url) <= _LONGEST else ""
