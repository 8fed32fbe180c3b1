"""Mail systems that write for themselves: how they call themselves."""

import re
from typing import Final

from nurture.mail.phrase import fold
from nurture.mail.read.inbound import Inbound

_DAEMON: Final = re.compile(
    r"^(?:mailer[-_.]?daemon|postmaster|mail[-_.]?daemon|mdaemon|mail[-_.]?delivery[-\w.]*|"
    r"delivery[-_.]?(?:subsystem|system|status|failure|notification)[-\w.]*|bounces?|mailerdaemon|"
    r"microsoftexchange[0-9a-f]+|null|symantec_antivirus[-\w]*)(?:[+\-][^@]*)?(?:@|$)"
)
_DAEMON_NAME: Final = re.compile(
    r"mail delivery|mailer-?daemon|postmaster|delivery subsystem|system administrator|"
    r"delivery system|mail administrator|mail system|systemadministrator|mail router|"
    r"administrateur systeme|administrador del sistema|internet mail delivery"
)


def is_daemon_address(address: str) -> bool:
    """Whether a local part belongs to a mail system (mailer-daemon, postmaster; domain.md D3)."""
    return bool(_DAEMON.match(address))


_NO_REPLY: Final = re.compile(
    r"^(?:no[-_.]?repl[yi]|do[-_.]?not[-_.]?reply|donotreply|nicht[-_.]?antworten|ne[-_.]?pas[-_.]?"
    r"repondre|nepasrepondre|no[-_.]?responder|nao[-_.]?responda|non[-_.]?rispondere|autorespond\w*|"
    r"auto[-_.]?reply|notifications?)[^@]{0,40}@|^[^@]{1,60}[-_.]no-?reply@"
)


def refuses_answers(address: str) -> bool:
    """Whether the address says that nobody reads what is sent to it (no-reply and its like)."""
    return bool(_NO_REPLY.match(address))


def is_daemon(inbound: Inbound) -> bool:
    """Whether the mail calls itself a mail system: by address, name, or an empty From."""
    written = (inbound.header("from") or "").lower()
    return bool(
        _DAEMON.match(inbound.sender)
        or _DAEMON_NAME.search(fold(inbound.sender_name))
        or (not inbound.sender and "<>" in written)
        or _DAEMON.match(written.strip(' "<'))
    )
