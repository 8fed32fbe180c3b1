"""Counts what the journal tells, so that no loop need know that it is counted."""

from collections import Counter
from collections.abc import Mapping

Labels = tuple[tuple[str, str], ...]
Event = Mapping[str, object]

_SENT = "nurture_messages_sent_total"
_SMTP = "nurture_smtp_replies_total"
_HEARD = "nurture_inbound_messages_total"
_CONSENT = "nurture_consent_refusals_total"
_FAILED = "nurture_loop_failures_total"
_TOLD = "nurture_notices_total"

COUNTERS = {
    _SENT: "Mails by what became of them.",
    _SMTP: "Answers of submission servers, by their first digit.",
    _HEARD: "Incoming mails by what they mean.",
    _CONSENT: "Mails that a consent which ran out, or was never given, kept back.",
    _FAILED: "Loops that met something unforeseen and started over.",
    _TOLD: "Notices to the owner, told or not.",
}
"""Every counter that there is, with its meaning; names are never changed."""

_OUTCOMES = {
    "touch_sent": "sent",
    "touch_deferred": "deferred",
    "touch_refused": "refused",
    "touch_uncertain": "uncertain",
    "touch_stopped": "stopped",
    "touch_held": "held",
}
_PLAIN_HEARD = {
    "mail_ignored": "no_contact",
    "mail_quarantined": "quarantined",
    "owner_wrote": "owner_wrote",
}


class Tally:
    """A journal listener; `counts` may be read at any time."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter[Labels]] = {name: Counter() for name in COUNTERS}

    def __call__(self, event: Event) -> None:
        """Counts one event."""
        name = str(event["event"])
        account = ("account", str(event.get("account", "")))
        if outcome := _OUTCOMES.get(name):
            self.counts[_SENT][(account, ("outcome", outcome))] += 1
            self._count_words(name, event)
        elif name == "reply_heard":
            self.counts[_HEARD][(account, ("class", str(event["verdict"])))] += 1
        elif meaning := _PLAIN_HEARD.get(name):
            self.counts[_HEARD][(account, ("class", meaning))] += 1
        elif name == "loop_failed":
            self.counts[_FAILED][(("loop", str(event["loop"])),)] += 1
        elif name in {"owner_told", "owner_not_told"}:
            self.counts[_TOLD][(account, ("outcome", name.removeprefix("owner_")))] += 1

    def _count_words(self, name: str, event: Event) -> None:
        answer = str(event.get("answer", ""))
        if name == "touch_sent":
            self.counts[_SMTP][(("class", "2xx"),)] += 1
        elif name in {"touch_deferred", "touch_refused", "touch_uncertain"}:
            digit = answer[:1]
            kind = f"{digit}xx" if digit in {"4", "5"} else "none"
            self.counts[_SMTP][(("class", kind),)] += 1
        elif "consent" in (why := str(event.get("why", ""))):
            reason = "ran_out" if "ran out" in why else "missing"
            self.counts[_CONSENT][(("reason", reason),)] += 1
