"""The machine's clock is kept right by somebody, and has not run backwards."""

from collections.abc import AsyncIterator
from datetime import timedelta

from nurture.doctor.finding import Finding, fail, ok, warn
from nurture.doctor.patient import Patient
from nurture.transport.host import clock_is_kept

NAME = "clock"
_JUMP = timedelta(minutes=10)  # domain.md O14


async def examine(patient: Patient) -> AsyncIterator[Finding]:
    """What the kernel says of its clock, and whether the database remembers a later time."""
    is_kept = clock_is_kept()
    if is_kept is None:
        yield ok(NAME, "kernel", "this kernel does not tell who keeps its clock")
    elif is_kept:
        yield ok(NAME, "kernel", "the clock is synchronised")
    else:
        remedy = "start systemd-timesyncd or chrony: mail may leave at night else"
        yield warn(NAME, "kernel", "nobody keeps this clock right", remedy)
    if patient.world is None:
        return
    now = patient.clock.now()
    for name in patient.world.accounts:
        state = await patient.world.store.accounts.state(name)
        read_at = state.read_started_at
        if read_at and read_at > now + _JUMP:
            seen = f"it is {now:%Y-%m-%d %H:%M} UTC, but the mailbox was read at {read_at:%H:%M}"
            yield fail(NAME, name, seen, "set the clock, then restart `nurture run`")
