"""When something was published, from the many ways in which feeds and pages write it."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

_OLDEST: Final = 1990
_AHEAD: Final = timedelta(days=1)  # clocks and zones go wrong by less
_LONGEST: Final = 60
_PARTIAL: Final = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
_FRACTION: Final = re.compile(r"\.(\d{1,12})")


def read_instant(written: str, now: datetime) -> datetime | None:
    """The instant, in UTC; None where it cannot be read, or cannot be true.

    Read are RFC 5322 with the zones of RFC 822, RFC 3339, and the partial dates of W3C's note;
    what says no zone is taken for UTC.  Nothing was published before the web, or tomorrow.
    """
    text = " ".join(written.split())
    if not text or len(text) > _LONGEST:
        return None
    found = _of_iso(text) or _of_mail(text)
    try:
        at = found.astimezone(UTC) if found else None
    except (OverflowError, ValueError):
        return None
    return at if at and at.year >= _OLDEST and at <= now + _AHEAD else None


def _of_iso(text: str) -> datetime | None:
    if partial := _PARTIAL.fullmatch(text):
        year, month, day = (int(part or 1) for part in partial.groups())
        try:
            return datetime(year, month, day, tzinfo=UTC)
        except ValueError:
            return None
    # Python reads three or six digits of a second, feeds write any number.
    even = _FRACTION.sub(lambda found: f".{found[1][:6]:<06}", text, count=1)
    try:
        at = datetime.fromisoformat(even)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _of_mail(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
