"""Mail can be handed in: login, and what the server offers."""

from collections.abc import AsyncIterator

from nurture.doctor.finding import Fault, Finding, fail, ok
from nurture.doctor.patient import Patient, way_in
from nurture.mail.delivery import Answer, Phase
from nurture.mail.write.smtp_status import advice_on
from nurture.transport.smtp_opening import open_dialogue
from nurture.wiring.server import endpoints_of

NAME = "smtp"
_LATER = 4  # what RFC 5321 4.2.1 calls a transient negative reply


async def examine(patient: Patient) -> AsyncIterator[Finding]:
    """Each account's submission server, left again without a mail."""
    for each in patient.accounts:
        name = each.account.name
        _, endpoint = endpoints_of(patient.settings, each, patient.clock)
        opened = await open_dialogue(endpoint)
        if isinstance(opened, Answer):
            is_refused = opened.phase is Phase.AUTH and opened.code // 100 != _LATER
            fault = Fault.PERSON if is_refused else Fault.WORLD
            remedy = advice_on(opened) or way_in(each, "smtp", is_refused=is_refused)
            yield fail(NAME, name, str(opened), remedy, fault)
            continue
        offers = ", ".join(sorted(opened.offers)) or "nothing beyond the minimum"
        opened.leave()
        yield ok(NAME, name, f"{endpoint.place} let us in and offers {offers}")
