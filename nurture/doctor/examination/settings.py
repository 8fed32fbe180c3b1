"""The settings could be read, and who sends in whose name."""

from collections.abc import AsyncIterator

from nurture.doctor.finding import Finding, ok
from nurture.doctor.patient import Patient

NAME = "settings"


async def examine(patient: Patient) -> AsyncIterator[Finding]:
    """One line for each account: whoever gets here has settings that hold together."""
    for each in patient.accounts:
        smtp, imap = each.smtp, each.imap
        seen = f"{each.account.address} through {smtp.host}:{smtp.port} and {imap.host}:{imap.port}"
        yield ok(NAME, each.account.name, seen)
