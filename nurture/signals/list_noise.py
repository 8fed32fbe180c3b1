"""Posts on mailing lists and notifications of forges."""

import re
from typing import Final

from nurture.core.verdict import Evidence, Meaning, Weight
from nurture.mail.read.daemon import refuses_answers
from nurture.mail.read.heard import Heard
from nurture.mail.read.inbound import Inbound

_LIST_FIELDS: Final = ("list-post", "x-mailman-version", "x-beenthere", "x-mailing-list",
                       "mailing-list", "x-list-id", "x-listname", "x-list", "x-yahoogroups-version",
                       "x-egroups-return", "x-ezmlm", "x-gitlab-project", "x-github-reason",
                       "x-github-sender", "x-bugzilla-reason", "x-gerrit-messagetype",
                       "x-discourse-topic-id", "x-google-group-id", "x-loop-list", "x-ml-name",
                       "list-archive", "list-help", "list-subscribe")  # fmt: skip
_OWNER: Final = re.compile(
    r"^(?:owner-[^@]+|[^@]+-(?:bounces|admin|owner|request|errors|return[^@]*)(?:\+[^@]*)?)@"
)
# Fields that name the list's own address in one form or another.
_NAMING: Final = ("list-id", "list-post", "x-beenthere", "sender", "mailing-list",
                  "x-mailing-list", "list-unsubscribe")  # fmt: skip
_FORGE: Final = re.compile(r"^x-(?:git|bugzilla|gerrit|discourse|jira)")
_LIST_ID: Final = re.compile(r"<([^<>\s]{3,250})>")


def detect(heard: Heard) -> Evidence | None:
    """List fields on a mail that does not answer us (domain.md D8).

    List-Unsubscribe alone is no list: a client's own mailing program may set it on an answer.
    Nor is an answer a post when no list is among those it is sent to: shared mailboxes and
    group addresses set the fields of lists on what their people write to one person.
    """
    inbound = heard.inbound
    if heard.answers_us:
        return None
    listed = inbound.header("list-id") is not None and inbound.header("list-unsubscribe") is None
    for name in ("list-id", *_LIST_FIELDS) if listed else _LIST_FIELDS:
        value = inbound.header(name)
        if value is not None:
            return _found(f"{name}: {value}", is_post=not _answers_one(heard))
    if _is_addressed_to_list(inbound):
        return _found(f"list-id: {inbound.header('list-id')}")
    precedence = (inbound.header("precedence") or "").strip().lower()
    owner = _OWNER.match(inbound.return_path or "") or _OWNER.match(
        (inbound.header("sender") or "").strip("<> ").lower()
    )
    talks = heard.is_answer and heard.is_reply_subject
    if (owner and precedence in {"bulk", "list", "junk"}) or (precedence == "list" and not talks):
        return _found(f"Precedence: {precedence}")
    return None


def _is_addressed_to_list(inbound: Inbound) -> bool:
    """Whether the list named is the one written to: a post, where a newsletter is sent to us."""
    named = _LIST_ID.search((inbound.header("list-id") or "").lower())
    wanted = named[1] if named else ""
    return bool(wanted) and any(each.replace("@", ".") == wanted for each in inbound.recipients)


def _answers_one(heard: Heard) -> bool:
    """Whether it answers, and goes to people only: no list field names any of its addressees."""
    inbound = heard.inbound
    if not (heard.is_answer and heard.is_reply_subject) or _is_of_forge(inbound):
        return False
    named = " ".join(value.lower() for name in _NAMING for value in inbound.all(name))
    return not any(
        each in named or each.replace("@", ".") in named or each.partition("@")[0] in named
        for each in inbound.recipients
    )


def _is_of_forge(inbound: Inbound) -> bool:
    senders = (inbound.sender, inbound.return_path or "", *inbound.to)
    return any(map(refuses_answers, senders)) or any(
        _FORGE.match(name) for name, _ in inbound.headers
    )


def _found(quote: str, *, is_post: bool = True) -> Evidence:
    weight = Weight.CERTAIN if is_post else Weight.HINT
    return Evidence("list_noise", Meaning.LIST_NOISE, weight, quote[:200], is_post)
