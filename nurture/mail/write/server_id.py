"""The ids under which servers send our mail on, told only in their 250 (domain.md M6)."""

import re
from typing import Final

from nurture.mail.thread import is_id

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


def server_ids(text: str, host: str) -> tuple[str, ...]:
    """Ids without brackets by which answers may cite the mail that this 250 accepted.

    `host` is the submission server: some tell half an id, and the other half is their region.
    """
    found = [*_BRACKETED.findall(text), *_ses(text, host), *_postmark(text, host)]
    return tuple(dict.fromkeys(each for each in found if is_id(each)))


def _ses(text: str, host: str) -> tuple[str, ...]:
    region, told = _SES_HOST.fullmatch(host), _SES_ID.search(text)
    if not region or not told:
        return ()
    by_region = f"{told[1]}@{region[1].lower()}.amazonses.com"
    if region[1].lower() != _SES_FIRST_REGION:
        return (by_region,)
    return (f"{told[1]}@email.amazonses.com", by_region)


def _postmark(text: str, host: str) -> tuple[str, ...]:
    told = _POSTMARK_ID.search(text)
    return (f"{told[1]}@mtasv.net",) if told and _POSTMARK_HOST.search(host) else ()
