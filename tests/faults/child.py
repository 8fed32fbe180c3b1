"""What a process does that is going to be killed; imported once, then forked for each evening."""

import asyncio
from datetime import date, datetime

from nurture.settings import Settings
from nurture.signals import hear
from tests.faults.evening import mail_from, play
from tests.faults.trip import Fault, Trip

# Every table of phrases is loaded here, in front of the fork, and not by each child.
hear(mail_from("ada@example.net", "Back soon."), known_contact=True, today=date(2026, 3, 2))


def live(told: Settings, start: datetime, at: int) -> None:
    """Plays the evening up to the call numbered `at`, and dies there."""
    asyncio.run(play(told, start, Trip(Fault.KILL, at)))
