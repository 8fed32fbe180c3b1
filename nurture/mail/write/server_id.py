"""The ids under which servers send our mail on, told only in their 250 (domain.md M6)."""

import re
from functools import lru_cache
from typing import Final

from nurture.mail.thread import is_id
from nurture.value import frozen

# Outlook.com, Exchange Online and Brevo name the new Message-ID in angle brackets.
_BRACKETED: Final = re.compile(r"<([^<>\s@]{1,400}@[^<>\s@]{1,200})>")
# SES answers "Ok 0102018f...-...-000000" and sends <0102018f...@eu-west-1.amazonses.com>.
_SES_HOST: Final = re.compile(r"email-smtp(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com", re.IGNORECASE)
_SES_ID: Final = re.compile(r"\bOk ([0-9a-f]{12,}(?:-[0-9a-f]+){4,7})\s*$", re.IGNORECASE)
_SES_FIRST_REGION: Final = "us-east-1"  # kept its older domain when other regions were added
# Postmark answers "OK: queued as <uuid>" without brackets and sends <uuid@mtasv.net>.
_POSTMARK_HOST: Final = re.compile(r"(?:^|\.)postmarkapp\.com$", re.IGNORECASE)
_POSTMARK_ID: Final = re.compile(
    r"\b([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b", re.IGNORECASE
)


@frozen
class _HalfId:
    """The half of an id that a server tells, and the domains that make it whole."""

    shape: re.Pattern[str]
    domains: tuple[str, ...]


def server_ids(text: str, host: str) -> tuple[str, ...]:
    """Ids without brackets by which answers may cite the mail that this 250 accepted.

    `host` is the submission server: some tell half an id, and the other half is their region.
    """
    found: list[str] = _BRACKETED.findall(text) if "<" in text else []
    half = _half_id(host)
    if half is not None and (told := half.shape.search(text)):
        found += [f"{told[1]}@{domain}" for domain in half.domains]
    return tuple(dict.fromkeys(each for each in found if is_id(each))) if found else ()


@lru_cache(maxsize=64)
def _half_id(host: str) -> _HalfId | None:
    if region := _SES_HOST.fullmatch(host):
        by_region = f"{region[1].lower()}.amazonses.com"
        is_first = region[1].lower() == _SES_FIRST_REGION
        return _HalfId(_SES_ID, ("email.amazonses.com", by_region) if is_first else (by_region,))
    return _HalfId(_POSTMARK_ID, ("mtasv.net",)) if _POSTMARK_HOST.search(host) else None
