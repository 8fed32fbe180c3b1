"""Failure notices that follow no standard: who failed, in whose words, and why."""

import re
from collections.abc import Iterator
from typing import Final

from nurture.mail.phrase import fold, phrases
from nurture.mail.read.daemon import is_daemon, is_daemon_address
from nurture.mail.read.delivery_status import Recipient, Report, original_ids
from nurture.mail.read.fate import Fate, fate_of, status_in
from nurture.mail.read.inbound import Inbound
from nurture.value import frozen

_LINES: Final = 200
_MARKER: Final = 100
_REASON_LINES: Final = 12
_REPLY_PREFIX: Final = re.compile(
    r"^(?:re|aw|sv|vs|antw|odp|ynt|tr|fwd?|wg|rv|r|i|回复|答复)\s?(?:\[\d+\])?:", re.IGNORECASE
)
_EMAIL: Final = (
    r"[^\s<>,;:：，；（）【】\"'()\[\]*]{1,128}@[^\s<>,;:：，；（）【】\"'()\[\]*]{1,255}"
)
# "<a@b>:" of qmail and Postfix, "  a@b" of Exim and Gmail, "* [a@b]: reason", "a@b: reason".
_LINE: Final = re.compile(
    rf"^[\s>*|-]{{0,16}}(?:smtp:|mailto:)?[\"'<\[(]{{0,2}}({_EMAIL}?)[\"'>\])]{{0,2}}[.,;]?"
    r"(?:\s{0,4}:|\s*$|\s{1,8}(?=[(:<-])|\s(?=on\s))",
    re.IGNORECASE,
)
_ANYWHERE: Final = re.compile(rf"({_EMAIL})")
_NAMED: Final = re.compile(
    r"(?:error-for|undeliverable address|original address|addressed(?: to)?,?|undeliverable to|"
    r"could not be delivered:|intended recipient|failed \d{1,5} attempts|recipients?|"
    r"deliver(?:ed)? (?:your |the )?(?:message |mail )?to|smtp=|rfc822=|rcpt to|\bto)"
    rf"\s?:?[\s<'\"]{{0,6}}({_EMAIL})",
    re.IGNORECASE,
)
# A failure stated after somebody else's subject: "RE: your offer : non remis (delivery failed)".
_STATED: Final = re.compile(r" : [^:]{0,60}\([^()]{4,40}\)$")
# Words of somebody who tells about a bounce, not of the system that made it.
_PERSONAL: Final = re.compile(
    r"\?|\b(?:my (?:last |first |e-?)?mails?|i (?:got|wrote|sent|tried|have)|meine (?:e-?)?mails?|"
    r"ich (?:habe|bekam)|mon (?:e-?)?mail|j'ai|mi correo|la mia mail|meu e-?mail|mijn mail)\b"
)
_SELF: Final = re.compile(
    r"^(?:mailer-daemon|postmaster|abuse|support|helpdesk|bounces?)[@+-]", re.IGNORECASE
)
# Tags, but not the "<a@b>" of a notice in plain words.
_TAGS: Final = re.compile(r"<[a-zA-Z/!][^<>@]{0,2000}>")
_REACHED: Final = re.compile(r"did not reach the following|following recipient", re.IGNORECASE)


@frozen
class _Notice:
    lines: tuple[str, ...]
    folded: str


def notice_report(inbound: Inbound) -> Report | None:
    """The report read from a notice in words; None unless sender and words together are certain.

    A person who writes about a bounce, forwards one, or answers one is not taken for a machine:
    a reply prefix or typed thread counts against, a null sender, a daemon's name, a failure's
    subject and the notice's own sentences count for it.
    """
    notice = _notice(inbound)
    groups = phrases("nurture.mail.read", "delivery")
    words = groups["body"].find(notice.folded) or groups["address_surely"].find(notice.folded)
    named = failed_recipients_field(inbound)
    if _weight(inbound, bool(words)) < _ENOUGH:
        return None
    recipients = _recipients(inbound, notice, named)
    if not words and not named and not recipients[0].address:
        return None
    quote = (inbound.subject + " | " + words).strip(" |")
    return Report("notice", recipients, original_ids(inbound), quote[:300])


_ENOUGH: Final = 4


def _weight(inbound: Inbound, has_words: bool) -> int:
    subject = fold(inbound.subject)
    told = bool(phrases("nurture.mail.read", "delivery")["subject"].find(subject))
    daemon = is_daemon(inbound)
    is_system = daemon or inbound.return_path == ""
    personal = bool(_PERSONAL.search(subject) or _PERSONAL.search(fold(inbound.plain[:2000])))
    answers = bool(inbound.in_reply_to) and bool(_REPLY_PREFIX.match(inbound.subject))
    return (
        3 * bool(failed_recipients_field(inbound))
        + 3 * daemon
        + 2 * (inbound.return_path == "" or is_daemon_address(inbound.return_path or ""))
        + 2 * told
        + 2 * has_words
        + 3 * (inbound.report_type == "delivery-status")
        - 3
        * (
            bool(_REPLY_PREFIX.match(inbound.subject))
            and not daemon
            and not _STATED.search(subject)
        )
        - 4 * (answers and not daemon)
        - 2 * (bool(inbound.in_reply_to) and not daemon)
        - 2 * (personal and not is_system)
    )


def failed_recipients_field(inbound: Inbound) -> tuple[str, ...]:
    """Addresses of X-Failed-Recipients (Exim, Gmail; domain.md D3)."""
    value = ", ".join(inbound.all("x-failed-recipients"))
    return tuple(dict.fromkeys(each.lower() for each in re.findall(_EMAIL, value[:4000])))


def _notice(inbound: Inbound) -> _Notice:
    text = inbound.plain if inbound.plain.strip() else _TAGS.sub("\n", inbound.html[:65536])
    if "<br" in text[:4096].lower() or "</p>" in text[:4096].lower():
        text = _TAGS.sub("\n", text[:65536])
    original = phrases("nurture.mail.read", "delivery")["original"]
    kept: list[str] = []
    for line in text.splitlines()[:_LINES]:
        stripped = line.strip()
        if (
            len(stripped) < _MARKER
            and kept
            and original.find(fold(stripped))
            and _is_marker(stripped)
        ):
            break
        kept.append(line[:1000])
    return _Notice(tuple(kept), fold("\n".join(kept)))


def _is_marker(line: str) -> bool:
    return line[:1] in "-=*_#" or line[-1:] in ":-=." or len(line) < len("Original message headers")


def _recipients(inbound: Inbound, notice: _Notice, named: tuple[str, ...]) -> tuple[Recipient, ...]:
    found = dict(_by_line(notice, _own(inbound)))
    whole = "\n".join(notice.lines)
    after = _REACHED.search(whole)
    if after and not found:
        whole = whole[after.end() :]
    wanted = named or tuple(found) or tuple(_elsewhere(inbound, whole, _own(inbound)))
    delayed = _is_delayed(inbound, notice)
    return tuple(
        _read(address, found.get(address, whole), whole, delayed=delayed)
        for address in (wanted or ("",))[:100]
    )


def _own(inbound: Inbound) -> frozenset[str]:
    return frozenset((inbound.sender, inbound.return_path or "", *inbound.to, inbound.reply_to))


def _by_line(notice: _Notice, own: frozenset[str]) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for number, line in enumerate(notice.lines):
        match = _LINE.match(line)
        if match is None:
            continue
        address = match[1].lower().strip(".'=")
        if address in own or address in seen or _SELF.match(address):
            continue
        seen.add(address)
        yield address, _reason(notice.lines, number)


def _reason(lines: tuple[str, ...], start: int) -> str:
    """The lines that belong to an address: up to the next address, a few at most."""
    taken = [lines[start]]
    for line in lines[start + 1 : start + _REASON_LINES]:
        if _LINE.match(line):
            break
        taken.append(line)
    reason = "\n".join(taken)
    return reason if len(reason.split()) > 1 else "\n".join(lines)


def _elsewhere(inbound: Inbound, whole: str, own: frozenset[str]) -> Iterator[str]:
    sent_to = (
        value for original in inbound.originals for key, value in original.fields if key == "to"
    )
    sources = (
        (_NAMED, whole), (_ANYWHERE, whole), (_ANYWHERE, inbound.subject),
        (_ANYWHERE, ", ".join(sent_to)), (_NAMED, inbound.plain[:16384]),
    )  # fmt: skip
    for pattern, text in sources:
        for match in pattern.finditer(text[:16384]):
            address = match[1].lower().strip(".'=")
            if address not in own and not _SELF.match(address):
                yield address
                return


def _is_delayed(inbound: Inbound, notice: _Notice) -> bool:
    groups = phrases("nurture.mail.read", "delivery")
    if groups["gave_up"].find(notice.folded):
        return False
    text = fold(inbound.subject) + "\n" + notice.folded
    return bool(groups["delayed"].find(text))


def _read(address: str, reason: str, whole: str, *, delayed: bool) -> Recipient:
    status = status_in(reason) or status_in(whole)
    fate = Fate.DELAYED if delayed else fate_of("", status, reason)
    return Recipient(
        address=address,
        original="",
        action="delayed" if delayed else "failed",
        status=status,
        fate=fate,
        diagnostic=" ".join(reason.split())[:500],
    )
