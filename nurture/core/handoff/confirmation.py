"""What a deed comes to, in words for whoever asked for it."""

from datetime import datetime

from nurture.core.calendar import zone_info
from nurture.core.handoff.conversation import Outcome
from nurture.core.handoff.deed import Close, Deed, Remind, Resume, Snooze, Stop, Take


def confirmation(deed: Deed, zone: str) -> str:
    """What the handoff is from now on, and what comes next; times in this zone."""
    match deed:
        case Take():
            return f"yours until {_when(deed.until, zone)}"
        case Snooze():
            return f"off your desk until {_when(deed.until, zone)}, or until they write"
        case Close():
            outcome = str(deed.outcome).replace("_", " ")
            amount = deed.note or (str(deed.amount) if deed.amount is not None else "")
            return ", ".join(part for part in (outcome, amount, _next(deed, zone)) if part)
        case _:
            return "done"


def _next(deed: Close, zone: str) -> str:
    match deed.onward:
        case Remind(on):
            return f"you are reminded on {_when(on, zone)}; nothing is sent"
        case Resume(on):
            return f"their sequences go on from {_when(on, zone)}"
        case Stop():
            return "their sequences have ended"
        case _ if deed.outcome is Outcome.WON:
            return "their sequences have ended"
        case _ if deed.outcome is Outcome.OPTED_OUT:
            return "they are never written to again"
        case _:
            return "what was stopped stays stopped"


def _when(at: datetime, zone: str) -> str:
    return f"{at.astimezone(zone_info(zone)):%a %d %b %Y %H:%M}"
