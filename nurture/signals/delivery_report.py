"""Delivery reports of RFC 3464, and the notices of systems that follow no standard."""

from nurture.core.verdict import Evidence, FailedRecipient, Meaning, Weight
from nurture.mail.read.daemon import is_daemon
from nurture.mail.read.delivery_status import Report, standard_report
from nurture.mail.read.failure_notice import notice_report
from nurture.mail.read.fate import Fate
from nurture.mail.read.heard import Heard
from nurture.mail.read.inbound import Inbound

_MEANINGS = {
    Fate.HARD: Meaning.BOUNCE_HARD,
    Fate.SOFT: Meaning.BOUNCE_SOFT,
    Fate.DELAYED: Meaning.BOUNCE_DELAYED,
    Fate.DELIVERED: Meaning.DSN_SUCCESS,
}


def detect(heard: Heard) -> Evidence | None:
    """Certain evidence with every recipient's fate, those reached last.

    A report that a person forwards is none.
    """
    report = _standard(heard.inbound) or notice_report(heard.inbound)
    if report is None:
        return None
    return Evidence(
        signal="delivery_report",
        meaning=_MEANINGS[report.fate],
        weight=Weight.CERTAIN,
        quote=report.quote,
        proves_machine=True,
        recipients=tuple(
            FailedRecipient(each.ours, each.status, each.fate is Fate.HARD)
            for each in sorted(report.recipients, key=lambda one: one.fate is Fate.DELIVERED)
        ),
    )


def _standard(inbound: Inbound) -> Report | None:
    is_report = (
        inbound.content_type == "multipart/report"
        or inbound.return_path == ""
        or is_daemon(inbound)
    )
    return standard_report(inbound) if is_report else None
