"""The mailbox can be read: login, what the server offers, and which folder is which."""

from collections.abc import AsyncIterator

from nurture import ports
from nurture.doctor.finding import Finding, from_error, ok, warn
from nurture.doctor.patient import Patient, way_in
from nurture.errors import NurtureError, Refused
from nurture.mail.cursor import READ_FOLDERS, Folder
from nurture.settings import AccountSettings
from nurture.transport.imap import ImapMailbox
from nurture.wiring.server import endpoints_of

NAME = "imap"


async def examine(patient: Patient) -> AsyncIterator[Finding]:
    """Each account's mailbox, opened read-only."""
    for each in patient.accounts:
        try:
            async for finding in _examine(patient, each):
                yield finding
        except NurtureError as error:
            remedy = way_in(each, "imap", is_refused=isinstance(error, Refused))
            for finding in from_error(NAME, each.account.name, error, remedy):
                yield finding


async def _examine(patient: Patient, account: AccountSettings) -> AsyncIterator[Finding]:
    name = account.account.name
    endpoint, _ = endpoints_of(patient.settings, account, patient.clock)
    mailbox = ImapMailbox(endpoint)
    try:
        await mailbox.open()
        if "IDLE" in mailbox.capabilities:
            yield ok(NAME, name, f"{endpoint.place} let us in and tells of new mail at once (IDLE)")
        else:
            seen = f"{endpoint.place} let us in, but does not offer IDLE"
            yield warn(NAME, name, seen, "nothing: it is asked every half minute instead")
        missing = [each for each in READ_FOLDERS if await mailbox.position(each) is None]
        for folder in missing:
            remedy = f"name it under [accounts.{name}.imap.folders], or make one"
            yield warn(NAME, name, f"there is no folder for {folder}", remedy)
        if not missing:
            yield ok(NAME, name, "inbox, junk and sent are found")
        if account.account.drafts_in_mailbox:
            yield await _drafts(mailbox, name)
    finally:
        await mailbox.close()


async def _drafts(mailbox: ImapMailbox, name: str) -> Finding:
    """Whether mails that wait can be put into the folder, and taken out again."""
    remedy = (
        f"name one that you may change as [accounts.{name}.imap.folders] drafts, or set "
        "drafts_in_mailbox = false: `nurture drafts` works without it"
    )
    if await mailbox.position(Folder.DRAFTS) is None:
        return warn(NAME, name, "drafts_in_mailbox is on, and there is no folder for it", remedy)
    # Nothing bears this id: the folder is only opened to be changed.
    answer = await mailbox.take_back("no-draft@nurture.invalid", None)
    if isinstance(answer, ports.Declined):
        return warn(NAME, name, f"drafts_in_mailbox is on, but {answer.why}", remedy)
    return ok(NAME, name, "drafts can be put into their folder and taken out again")
