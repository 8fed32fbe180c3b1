"""Mail can be handed in: login, and what the server offers."""

from collections.abc import AsyncIterator

from nurture.doctor.finding import Fault, Finding, fail, ok
from nurture.doctor.patient import Patient
from nurture.mail.delivery import Answer, Phase
from nurture.mail.write.smtp_status import advice_on
from nurture.transport.smtp_opening import open_dialogue
from nurture.wiring import endpoints_of

NAME = "smtp"


async def examine(patient: Patient) -> AsyncIterator[Finding]:
    """Each account's submission server, left again without a mail."""
    for each in patient.accounts:
        name = each.account.name
        _, endpoint = endpoints_of(patient.settings, each, patient.clock)
        opened = await open_dialogue(endpoint)
        if isinstance(opened, Answer):
            fault = Fault.PERSON if opened.phase is Phase.AUTH else Fault.WORLD
            remedy = advice_on(opened) or "check host, port, tls and user in nurture.toml"
            yield fail(NAME, name, str(opened), remedy, fault)
            continue
        offers = ", ".join(sorted(opened.offers)) or "nothing beyond the minimum"
        opened.leave()
        yield ok(NAME, name, f"{endpoint.place} let us in and offers {offers}")
