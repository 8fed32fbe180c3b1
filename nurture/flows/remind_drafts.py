"""Tells the owner, once a day, that mails wait for their word."""

from nurture import ports
from nurture.core.account import Account
from nurture.core.draft import DraftState

_LISTED = 20


async def remind_drafts(
    account: Account, drafts: ports.Drafts, desk: ports.Desk, clock: ports.Clock
) -> None:
    """One alert a day while any draft of the account waits; what is over is closed before."""
    now = clock.now()
    await drafts.tidy(now)
    waiting = [
        each
        for each in await drafts.open()
        if each.account == account.name and each.state is DraftState.WAITING
    ]
    if not waiting:
        return
    what = "one mail waits" if len(waiting) == 1 else f"{len(waiting)} mails wait"
    lines = [
        f"{each.id}  {each.sheet.recipient.name or each.sheet.recipient.address}: "
        f"{each.sheet.words.subject}"
        for each in waiting[:_LISTED]
    ]
    text = "\n".join((
        *lines,
        *([f"and {len(waiting) - _LISTED} more"] if len(waiting) > _LISTED else []),
        "",
        "  nurture drafts show ID",
        "  nurture drafts accept ID...   (or edit, or skip)",
        *(["", "Or send them from your Drafts folder."] if account.drafts_in_mailbox else []),
        "",
    ))  # fmt: skip
    key = f"drafts/{account.name}/{now:%Y-%m-%d}"
    await desk.tell(account.name, f"{what} for your approval", text, now, key)
