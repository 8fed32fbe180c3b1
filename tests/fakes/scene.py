"""Somebody whose step is due, and whoever wants something of them: what a decision is about."""

from datetime import datetime

from nurture.core.account import Owner
from nurture.core.enrollment import Enrollment, State

OWNER = Owner("Anna Berg", "anna@example.com", "Europe/Vienna", "Street 1, Vienna")


def due_at(step: str, at: datetime) -> Enrollment:
    """A walk that has come to this step of `former` just then."""
    return Enrollment(
        id=7, contact_id=3, account="anna", sequence="former", revision="r1", state=State.ACTIVE,
        position=step, anchor_at=at, due_at=at, enrolled_at=at,
    )  # fmt: skip
