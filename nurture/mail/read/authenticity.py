"""Whether the receiving provider vouches for the author of a mail (RFC 8601)."""

import re
from enum import StrEnum
from typing import Final

from nurture.mail.read.header import LIMIT, addresses, split
from nurture.value import frozen

_BLANK_LINE: Final = re.compile(rb"\r?\n\r?\n")
# A quoted text, a word, blanks, the beginning of a comment: what RFC 8601 2.2 is made of.
_TOKEN: Final = re.compile(
    r'"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<word>[^\s;("]+)|\s+|(?P<sign>[;("])', re.DOTALL
)
_QUOTED: Final = "\0"
_VERSION: Final = "1"


class Voucher(StrEnum):
    """What the provider found good."""

    DMARC = "dmarc"
    DKIM = "dkim"
    LOGIN = "auth"  # it was handed in after a login (RFC 8601 section 2.7.4)


@frozen
class _Finding:
    """One method of a field, its result, and what it was found of: header.from, smtp.auth."""

    method: str
    result: str
    of: dict[str, str]


def only_author(raw: bytes) -> str:
    """The one address of the one From field, in lower case; empty where there is not one each.

    Two authors, or two fields, are read differently by different programs: so one of them would
    be vouched for and the other be believed (RFC 7489 section 6.6.1).
    """
    written = [value for name, value in _fields(raw) if name == "from"]
    found = addresses(written[0]) if len(written) == 1 else ()
    is_one = len(found) == 1 and written[0].count("<") <= 1
    return found[0][1] if is_one else ""


def vouched_by(raw: bytes, authserv_id: str) -> Voucher | None:
    """How the provider of this authserv-id vouches for the author; None where it does not.

    Only the topmost Authentication-Results counts, and only under this id: what stands below may
    have come with the mail, and providers take out what bears their own id (RFC 8601 section 5).
    DMARC must have passed for the very domain of From; without a DMARC result a DKIM signature of
    that domain will do, or a login as that address.
    """
    author = only_author(raw)
    domain = author.rpartition("@")[2]
    reported = [value for name, value in _fields(raw) if name == "authentication-results"]
    if not (authserv_id and domain and reported):
        return None
    who, findings = _read(reported[0])
    if who != authserv_id.strip().lower():
        return None
    return _judge(findings, author, domain)


def _judge(findings: list[_Finding], author: str, domain: str) -> Voucher | None:
    aligned = [each for each in findings if each.method == "dmarc"]
    if any(each.result not in {"pass", "none"} for each in aligned):
        return None
    for each in findings:
        if each.result != "pass":
            continue
        if each.method == "dmarc" and each.of.get("header.from") == domain:
            return Voucher.DMARC
        if each.method == "dkim" and _signer(each) == domain:
            return Voucher.DKIM
        if each.method == "auth" and each.of.get("smtp.auth") == author:
            return Voucher.LOGIN
    return None


def _signer(finding: _Finding) -> str:
    """The domain that signed (RFC 6376 d=); where only the agent is told, its domain."""
    return finding.of.get("header.d") or finding.of.get("header.i", "").rpartition("@")[2]


def _fields(raw: bytes) -> tuple[tuple[str, str], ...]:
    """The fields undecoded: an encoded word must not become a result of the provider's."""
    return split(_BLANK_LINE.split(raw[: LIMIT * 2], maxsplit=1)[0])[0]


def _read(value: str) -> tuple[str, list[_Finding]]:
    """The authserv-id of a field and its findings; a version we do not know has none."""
    (head, *pieces) = _pieces(value)
    if not head or head[1:] not in ([], [_VERSION]):
        return "", []
    return head[0], [found for piece in pieces if (found := _finding(piece))]


def _finding(piece: list[str]) -> _Finding | None:
    """`dmarc=pass header.from=example.org`; the first of two like properties counts."""
    pairs = [(name, text.removeprefix(_QUOTED)) for name, _, text in map(_parted, piece)]
    if not pairs:
        return None
    (method, result), *of = pairs
    known: dict[str, str] = {}
    for name, text in of:
        known.setdefault(name, text)
    return _Finding(method.partition("/")[0], result, known)


def _parted(word: str) -> tuple[str, str, str]:
    return word.partition("=")


def _pieces(value: str) -> list[list[str]]:
    """The words between semicolons, in lower case, comments left out.

    A quoted text is part of its word whatever stands in it, and marked, so that a name never
    comes out of one.
    """
    pieces: list[list[str]] = [[]]
    word, at = "", 0
    while found := _TOKEN.match(value, at):
        at = found.end()
        if found["quoted"] is not None:
            word += _QUOTED + found["quoted"].lower()
        elif found["word"]:
            word += found["word"].lower()
        else:
            pieces[-1] += [word] if word else []
            word = ""
            at = _behind_comment(value, at) if found["sign"] == "(" else at
            pieces += [[]] if found["sign"] == ";" else []
    pieces[-1] += [word] if word else []
    return pieces


def _behind_comment(value: str, at: int) -> int:
    """Where a comment that has just begun ends; comments nest (RFC 5322 section 3.2.2)."""
    depth = 1
    while at < len(value) and depth:
        sign = value[at]
        at += 2 if sign == "\\" else 1
        depth += (sign == "(") - (sign == ")")
    return at
