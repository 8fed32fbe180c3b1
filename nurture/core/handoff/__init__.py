"""A conversation that belongs to a person, and what that person is told and may do."""

from nurture.core.handoff.conversation import (
    HANDOFF_TRANSITIONS,
    LEASE,
    Handoff,
    HandoffMove,
    HandoffState,
    Opening,
    Outcome,
    Urgency,
    answered,
    brought_back,
    goes_on_with,
    move_handoff,
    reminder,
    thanked,
    written_again,
)

__all__ = (
    "HANDOFF_TRANSITIONS",
    "LEASE",
    "Handoff",
    "HandoffMove",
    "HandoffState",
    "Opening",
    "Outcome",
    "Urgency",
    "answered",
    "brought_back",
    "goes_on_with",
    "move_handoff",
    "reminder",
    "thanked",
    "written_again",
)
