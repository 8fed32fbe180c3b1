"""Whether a person may be written to by mail on a day, by dated rules of where they are."""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from dateutil.relativedelta import relativedelta

from nurture.core.calendar import local_day
from nurture.core.contact import Basis, Consent, Contact, LegalForm
from nurture.core.sequence import Intent
from nurture.value import frozen

_AHEAD: Final = (30, 60)  # days (domain.md L1)
_MISSING: Final[Mapping[str, str]] = {
    "since": "with its day (consent_since)",
    "evidence": "with what proves it (consent_evidence)",
    "notice": "where they could say no when their address was collected (consent_notice=yes)",
}
UNKNOWN: Final = "why we may write to them is not recorded (consent_basis)"


_InFields = tuple[Basis | None, date | None, str, date | None, str, bool]
"""A consent by its fields, which are told from others in a fraction of the time it takes itself."""


@frozen
class Granted:
    """They may be written to, up to and with the day `until`; None where no clock runs."""

    why: str
    until: date | None = None

    def __str__(self) -> str:
        return f"{self.why}, until {self.until}" if self.until else self.why


@frozen
class Denied:
    """They may not be written to; `until` is the day a permission ended that once held."""

    why: str
    until: date | None = None

    def __str__(self) -> str:
        return f"no mail: {self.why}"


@frozen
class Rule:
    """One row of the law: which bases permit, for how long, and what must be on record."""

    bases: frozenset[Basis]
    since: date
    months: int | None = None
    needs: tuple[str, ...] = ()
    legal_form: LegalForm | None = None
    intents: frozenset[Intent] = frozenset(Intent)

    def covers(self, contact: Contact, on: date) -> bool:
        """Whether it is in force, and about this basis and legal form."""
        is_theirs = self.legal_form in {None, contact.legal_form}
        return contact.consent.basis in self.bases and is_theirs and self.since <= on


@frozen
class Regime:
    """The law of some countries; the one without any is for wherever else."""

    name: str
    countries: frozenset[str]
    rules: tuple[Rule, ...]


def permission(
    contact: Contact, intent: Intent, on: date, law: Iterable[Regime] = ()
) -> Granted | Denied:
    """Whether a mail of this intent may be sent to this person on this day.

    Where they are is the consent's jurisdiction, else their country; a place without rules, or
    none, falls under the strictest ones (domain.md L1).  An expiry on record shortens what the
    law grants and never lengthens it.  `law` stands in for the shipped table.
    """
    if not law:
        # Asked for each mail twice: by the decision, and by the last look.
        given = contact.consent
        consent = (
            given.basis, given.since, given.evidence, given.expires, given.jurisdiction,
            given.notice,
        )  # fmt: skip
        return _by_law(contact.country, consent, contact.legal_form, intent, on)
    return _judged(contact, intent, on, tuple(law))


@lru_cache(maxsize=1024)
def _by_law(
    country: str, consent: _InFields, legal_form: LegalForm | None, intent: Intent, on: date
) -> Granted | Denied:
    """Nothing else of a contact counts, so that the rest of this one is nobody's."""
    anybody = Contact("", country=country, consent=Consent(*consent), legal_form=legal_form)
    return _judged(anybody, intent, on, regimes())


def _judged(
    contact: Contact, intent: Intent, on: date, law: tuple[Regime, ...]
) -> Granted | Denied:
    consent = contact.consent
    regime = _regime(law, consent.jurisdiction or contact.country)
    if consent.basis is None:
        return Denied(f"{UNKNOWN}; {regime.name}")
    if consent.expires and consent.expires < on:
        return Denied(f"the consent ran out on {consent.expires}", consent.expires)
    verdicts = [
        _by(rule, consent, consent.basis, regime.name, on)
        for rule in _in_force(regime, contact, on)
        if intent in rule.intents
    ]
    granted = [each for each in verdicts if isinstance(each, Granted)]
    if granted:
        return max(granted, key=lambda each: each.until or date.max)
    return next(iter(verdicts), None) or _no_rule(regime, contact, consent.basis, on)


@lru_cache(maxsize=256)
def latest_date(now: datetime, zones: tuple[str, ...]) -> date:
    """The furthest that today's date may have come, so that no permission outlives its day."""
    return max(now.date(), *(local_day(now, zone) for zone in zones))


def lapse_stage(until: date | None, today: date) -> int | None:
    """The smaller of 30 and 60 days within which a permission ends; None while it is further."""
    if until is None or until < today:
        return None
    return next((days for days in _AHEAD if (until - today).days <= days), None)


@cache
def regimes() -> tuple[Regime, ...]:
    """The shipped law, in the order of its file."""
    text = files("nurture.core").joinpath("permission.toml").read_text("utf-8")
    return read_law(text)


def read_law(text: str) -> tuple[Regime, ...]:
    """The regimes of a TOML text like the shipped one; raises ValueError or KeyError."""
    return tuple(
        Regime(
            each["name"],
            frozenset(each["countries"]),
            tuple(
                Rule(
                    bases=frozenset(Basis(word) for word in row["basis"]),
                    since=row["from"],
                    months=row.get("months"),
                    needs=tuple(row.get("needs", ())),
                    legal_form=LegalForm(row["legal_form"]) if "legal_form" in row else None,
                    intents=frozenset(Intent(word) for word in row.get("intents", Intent)),
                )
                for row in each["rule"]
            ),
        )
        for each in tomllib.loads(text)["regime"]
    )


def _regime(law: tuple[Regime, ...], place: str) -> Regime:
    elsewhere = next(each for each in law if not each.countries)
    return next((each for each in law if place in each.countries), elsewhere)


def _in_force(regime: Regime, contact: Contact, on: date) -> tuple[Rule, ...]:
    """The rules about this person; of several about the same case only the latest."""
    latest: dict[tuple[LegalForm | None, frozenset[Intent]], Rule] = {}
    for rule in sorted(regime.rules, key=lambda each: each.since):
        if rule.covers(contact, on):
            latest[rule.legal_form, rule.intents] = rule
    return tuple(latest.values())


def _by(rule: Rule, consent: Consent, basis: Basis, name: str, on: date) -> Granted | Denied:
    lacking = [need for need in rule.needs if not getattr(consent, need)]
    if rule.months and not consent.since:
        lacking = ["since", *(need for need in lacking if need != "since")]
    if lacking:
        wanted = " and ".join(_MISSING[need] for need in lacking)
        return Denied(f"{name} permits {basis.words} only {wanted}")
    if consent.since and consent.since > on and basis is not Basis.CONTRACT:
        return Denied(f"the consent begins on {consent.since}")
    ends = [consent.expires] if consent.expires else []
    if rule.months and consent.since:
        ends.append(consent.since + relativedelta(months=rule.months))
    until = min(ends, default=None)
    dated = f" of {consent.since}" if consent.since else ""
    if until and until < on:
        return Denied(f"{basis.words}{dated} permitted mail until {until}; {name}", until)
    return Granted(f"{basis.words}{dated}; {name}", until)


def _no_rule(regime: Regime, contact: Contact, basis: Basis, on: date) -> Denied:
    if _in_force(regime, contact, on):
        return Denied(f"{regime.name}: {basis.words} permits only mail that gives something")
    return Denied(f"{regime.name}: {basis.words} gives no permission for mail")
