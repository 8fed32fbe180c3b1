"""What ties mails into one conversation: message ids and the subject (RFC 5322 section 3.6.4)."""

import re
from collections.abc import Iterable
from typing import Final

from nurture.mail.read.header import message_ids

CHAIN: Final = 20
"""Ids a References field carries at most: the first, which names the thread, and the latest."""

_LONGEST_ID: Final = 900

# Reply prefixes of mail programs in many languages, with counts such as "Re[2]:".
_REPLY: Final = re.compile(
    r"\s*(?:re|r|ré|res|resp|aw|antw|antwort|sv|vs|rif|odp|odg|ynt|vá|bls|ats|atb|απ|σχετ"
    r"|отв|ответ|回复|回覆|答复|答覆|返信|회신|تره|رد|השב)"
    r"(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3})?\s*[:：]\s*",
    re.IGNORECASE,
)


def is_id(text: str) -> bool:
    """Whether this is a message id without brackets that may stand in a header as it is."""
    is_word = text.isascii() and text.isprintable() and " " not in text
    return is_word and 0 < len(text) <= _LONGEST_ID and "<" not in text and ">" not in text


def ids_in(header: str) -> tuple[str, ...]:
    """The usable ids of In-Reply-To or References, without brackets, each once, in order."""
    return tuple(each for each in message_ids(header) if is_id(each))


def references_for(chain: Iterable[str]) -> tuple[str, ...]:
    """The References of a follow-up, from the ids of its thread in order (domain.md M5).

    Each id once; a long thread keeps its first id and its latest; ids that no header can carry
    are left out, since they came from others.
    """
    ids = tuple(dict.fromkeys(each for each in chain if is_id(each)))
    return ids if len(ids) <= CHAIN else (ids[0], *ids[1 - CHAIN :])


def reply_subject(first_subject: str) -> str:
    """`Re: ` before the subject that opened the thread, never doubled, in whatever language."""
    return f"Re: {bare_subject(first_subject)}".rstrip()


def bare_subject(subject: str) -> str:
    """The subject without its reply prefixes, blanks made one."""
    bare = " ".join(subject.split())
    while prefix := _REPLY.match(bare):
        bare = bare[prefix.end() :]
    return bare
