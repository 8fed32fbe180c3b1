"""Posts on mailing lists and notifications of forges."""

import re
from typing import Final

from nurture.core.verdict import Evidence, Meaning, Weight
from nurture.mail.heard import Heard

_LIST_FIELDS: Final = ("list-post", "x-mailman-version", "x-beenthere", "x-mailing-list",
                       "mailing-list", "x-list-id", "x-listname", "x-list", "x-yahoogroups-version",
                       "x-egroups-return", "x-ezmlm", "x-gitlab-project", "x-github-reason",
                       "x-github-sender", "x-google-group-id", "x-loop-list", "x-ml-name",
                       "list-archive", "list-help", "list-subscribe")  # fmt: skip
_OWNER: Final = re.compile(
    r"^(?:owner-[^@]+|[^@]+-(?:bounces|admin|owner|request|errors|return[^@]*)(?:\+[^@]*)?)@"
)


def detect(heard: Heard) -> Evidence | None:
    """List fields on a mail that does not answer us (domain.md D8).

    List-Unsubscribe alone is no list: a client's own mailing program may set it on an answer.
    """
    inbound = heard.inbound
    if heard.answers_us:
        return None
    listed = inbound.header("list-id") is not None and inbound.header("list-unsubscribe") is None
    for name in ("list-id", *_LIST_FIELDS) if listed else _LIST_FIELDS:
        value = inbound.header(name)
        if value is not None:
            return _found(f"{name}: {value}")
    precedence = (inbound.header("precedence") or "").strip().lower()
    owner = _OWNER.match(inbound.return_path or "") or _OWNER.match(
        (inbound.header("sender") or "").strip("<> ").lower()
    )
    if precedence == "list" or (owner and precedence in {"bulk", "list", "junk"}):
        return _found(f"Precedence: {precedence}")
    return None


def _found(quote: str) -> Evidence:
    return Evidence("list_noise", Meaning.LIST_NOISE, Weight.CERTAIN, quote[:200], True)
