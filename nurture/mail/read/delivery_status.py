"""Reports of mail that did not arrive: RFC 3464 first, then the notices that follow no standard."""

import re
from typing import Final

from nurture.mail.read.daemon import is_daemon
from nurture.mail.read.fate import Fate, fate_of, status_in
from nurture.mail.read.header import addresses, message_ids
from nurture.mail.read.inbound import Inbound
from nurture.value import frozen

_FIELD: Final = re.compile(r"^([A-Za-z][A-Za-z0-9-]{1,60})[ \t]*:[ \t]*(.*)$")
_ORIGINAL_ID: Final = re.compile(
    r"^[>\s]{0,8}(?:original-)?message-id[ \t]{0,8}:"
    r"([^\n]{0,1000}(?:\n[ \t][^\n]{0,1000})?)",
    re.IGNORECASE | re.MULTILINE,
)
_ROUTED: Final = re.compile(r"^@[^:]{1,255}:")

BLOCKS_LIMIT: Final = 100
"""Recipients read from one report."""


@frozen
class Recipient:
    """One recipient of a report; `original` is the address we wrote to, where the report tells."""

    address: str
    original: str
    action: str
    status: str
    fate: Fate
    diagnostic: str

    @property
    def ours(self) -> str:
        """The address to look for among those we wrote to."""
        return self.original or self.address


@frozen
class Report:
    """What one report tells about each recipient, and the message ids it may be about.

    `shape` names how it was read; `quote` holds the words that decided.
    """

    shape: str
    recipients: tuple[Recipient, ...]
    message_ids: tuple[str, ...]
    quote: str

    @property
    def fate(self) -> Fate:
        """The label of the whole: the worst fate among its recipients."""
        fates = {recipient.fate for recipient in self.recipients}
        return next((fate for fate in Fate if fate in fates), Fate.SOFT)


def standard_report(inbound: Inbound) -> Report | None:
    """The report of an RFC 3464 part; None where there is none or it names no recipient's fate."""
    recipients: list[Recipient] = []
    texts = inbound.delivery_status or (inbound.wrapped_status if is_daemon(inbound) else ())
    for text in texts:
        blocks = _blocks(text)
        named = [block for block in blocks if _names_recipient(block)]
        recipients.extend(
            _recipient(block, inbound.plain) for block in named[: BLOCKS_LIMIT - len(recipients)]
        )
    if not recipients:
        return None
    first = recipients[0]
    quote = f"Action: {first.action}; Status: {first.status}; {first.diagnostic}".strip("; ")
    return Report("RFC 3464", tuple(recipients), original_ids(inbound), quote[:300])


def original_ids(inbound: Inbound) -> tuple[str, ...]:
    """Ids of the message a report is about: of the returned part, or of the text that copies it."""
    ids = [each for original in inbound.originals for each in original.message_ids]
    copied = "\n".join((inbound.plain, inbound.original_text, inbound.disposition))
    for match in _ORIGINAL_ID.finditer(copied):
        ids.extend(message_ids(match[1]))
    ids.extend((*inbound.in_reply_to, *inbound.references))
    return tuple(dict.fromkeys(ids))[:50]


def _blocks(text: str) -> list[dict[str, str]]:
    blocks: list[dict[str, str]] = []
    fields: dict[str, str] = {}
    last = ""
    for line in [*text.splitlines(), ""]:
        if not line.strip():
            if fields:
                blocks.append(fields)
            fields, last = {}, ""
        elif line[0] in " \t" and last:
            fields[last] += " " + line.strip()
        elif match := _FIELD.match(line):
            last = match[1].lower()
            if last == "final-recipient" and last in fields:
                blocks.append(fields)
                fields = {}
            fields.setdefault(last, match[2].strip())
        elif last:
            fields[last] += " " + line.strip()
    return _with_stray_fields(blocks)


def _with_stray_fields(blocks: list[dict[str, str]]) -> list[dict[str, str]]:
    """Some systems set a blank line between a recipient and its status: they are put together."""
    joined: list[dict[str, str]] = []
    for block in blocks:
        if joined and _names_recipient(joined[-1]) and not _names_recipient(block):
            joined[-1] = block | joined[-1]
        elif joined and "action" in joined[-1] and not _names_recipient(joined[-1]):
            joined[-1] = joined[-1] | block
        else:
            joined.append(block)
    return joined


def _names_recipient(block: dict[str, str]) -> bool:
    return "final-recipient" in block or "original-recipient" in block


def _recipient(block: dict[str, str], notice: str) -> Recipient:
    final = _address(block.get("final-recipient", ""))
    original = _address(block.get("original-recipient", ""))
    diagnostic = block.get("diagnostic-code", "")
    action = block.get("action", "").split(";")[0].split("(")[0].strip().lower()
    written = status_in(block.get("status", ""))
    said = status_in(diagnostic)
    status = written if written and not written.endswith(".0.0") else (written or said)
    return Recipient(
        address=final or original,
        original=original,
        action=action or "failed",
        status=status,
        fate=fate_of(action, status, diagnostic or notice),
        diagnostic=" ".join(diagnostic.split())[:500],
    )


def _address(value: str) -> str:
    text = value.partition(";")[2] or value
    text = text.strip().split(" (")[0].strip()
    text = _ROUTED.sub("", text.strip("<>"))
    found = addresses(text)
    return found[0][1] if found else text.strip("<> ").lower()[:320]
