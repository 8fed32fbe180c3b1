"""Handoffs whose lease, patience or snooze is over come back onto the desk."""

from nurture import journal, ports


async def bring_back(desk: ports.Desk, clock: ports.Clock) -> int:
    """Opens them again, with a brief for each; reminders of closed ones open new ones; how many."""
    back = await desk.run_out(clock.now())
    for handoff in back:
        journal.handoff_worked(handoff.contact_id, handoff.id, handoff.state)
    return len(back)
