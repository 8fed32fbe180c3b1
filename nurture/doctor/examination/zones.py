"""The rules of the world's clocks are there, and not years old."""

from collections.abc import AsyncIterator
from datetime import timedelta
from importlib.metadata import version

from nurture.doctor.finding import Finding, ok, warn
from nurture.doctor.patient import Patient

NAME = "zones"
_OLD = timedelta(days=2 * 365)


async def examine(patient: Patient) -> AsyncIterator[Finding]:
    """The year of the time zone data; owners' zones were proven when the settings were read."""
    found = version("tzdata")
    now = patient.clock.now()
    year = int(found.partition(".")[0])
    owners = ", ".join(sorted({each.account.owner.zone for each in patient.accounts}))
    seen = f"tzdata {found}; owners live in {owners}"
    if (now - _OLD).year > year:
        yield warn(NAME, "", seen, "upgrade tzdata: some country changed its clocks since then")
    else:
        yield ok(NAME, "", seen)
