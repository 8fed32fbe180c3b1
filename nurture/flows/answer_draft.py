"""Takes the owner's word on a draft: accept, reword or skip it."""

from collections.abc import Mapping

from nurture import journal, ports
from nurture.core.account import Account
from nurture.core.draft import DraftState
from nurture.errors import Misconfigured
from nurture.letter import fold, reworded
from nurture.onward import accepted_wire, files_of, way_on
from nurture.value import frozen


@frozen
class Bureau:
    """Everything it takes to answer drafts."""

    drafts: ports.Drafts
    people: ports.People
    desk: ports.Desk
    catalog: ports.Catalog
    accounts: Mapping[str, Account]
    clock: ports.Clock


async def accept_draft(bureau: Bureau, draft_id: int) -> None:
    """These very bytes may leave, dated now, as soon as manners and the last look allow.

    Raises Misconfigured, with words, for a draft that does not wait.
    """
    draft = await _waiting(bureau, draft_id)
    account, now = bureau.accounts.get(draft.account), bureau.clock.now()
    if account is None:
        raise Misconfigured(f"account {draft.account!r} of draft {draft_id} is not in the settings")
    wire = accepted_wire(bureau.catalog, account, draft, now)
    if not await bureau.drafts.accept(draft_id, wire, now):
        raise _decided(draft_id)
    journal.draft_answered(draft.contact_id, draft_id, "accepted")


async def reword_draft(bureau: Bureau, draft_id: int, subject: str, text: str) -> None:
    """The draft says this from now on, and goes on waiting.

    Raises Misconfigured, with words, for a draft that does not wait or words that cannot be sent.
    """
    draft = await _waiting(bureau, draft_id)
    now = bureau.clock.now()
    try:
        sheet = reworded(draft.sheet, subject, text)
        fold(sheet, now, files_of(bureau.catalog, draft_id))
    except ValueError as error:
        raise Misconfigured(f"draft {draft_id}: {error}") from error
    if not await bureau.drafts.reword(draft_id, sheet, now):
        raise _decided(draft_id)
    journal.draft_answered(draft.contact_id, draft_id, "reworded")


async def skip_draft(bureau: Bureau, draft_id: int) -> None:
    """The sequence goes on as if the step were done, and nothing is sent.

    Raises Misconfigured, with words, for a draft that does not wait, or whose sequence is gone.
    """
    draft = await _waiting(bureau, draft_id)
    now = bureau.clock.now()
    walks = await bureau.desk.enrollments(draft.contact_id)
    walk = next(each for each in walks if each.id == draft.enrollment_id)
    account = bureau.accounts.get(draft.account)
    contact = await bureau.people.contact_by_id(draft.contact_id)
    if account is None or contact is None:
        raise Misconfigured(f"account {draft.account!r} of draft {draft_id} is not in the settings")
    why = f"the owner skipped {draft.step}"
    onward = await way_on(bureau.catalog, walk, contact, account, why, now)
    if onward is None:
        raise Misconfigured(f"the text of sequence {walk.sequence!r} is gone")
    if not await bureau.drafts.skip(draft_id, onward, now):
        raise _decided(draft_id)
    journal.draft_answered(draft.contact_id, draft_id, "skipped")


async def _waiting(bureau: Bureau, draft_id: int) -> ports.Draft:
    draft = await bureau.drafts.draft(draft_id)
    if draft is None:
        raise Misconfigured(f"there is no draft {draft_id}: see `nurture drafts`")
    if draft.state is not DraftState.WAITING:
        stale = ": they answered, or the sequence went on" * (draft.state is DraftState.STALE)
        raise Misconfigured(f"draft {draft_id} is {draft.state} and does not wait any more{stale}")
    return draft


def _decided(draft_id: int) -> Misconfigured:
    return Misconfigured(f"draft {draft_id} was decided meanwhile: see `nurture drafts`")
