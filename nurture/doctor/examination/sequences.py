"""Every sequence and every mail of the folder can be used."""

import asyncio
from collections.abc import AsyncIterator

from nurture.doctor.finding import Fault, Finding, fail, ok
from nurture.doctor.patient import Patient
from nurture.transport.sequence_folder import load_folder

NAME = "sequences"


async def examine(patient: Patient) -> AsyncIterator[Finding]:
    """The folder as the daemon would read it."""
    folder = await asyncio.to_thread(load_folder, patient.settings.sequences)
    for problem in folder.problems:
        place = str(problem.place or patient.settings.sequences)
        remedy = "correct the file; until then its last good text runs on"
        yield fail(NAME, place, problem.message, remedy, Fault.SETTINGS)
    if folder.sequences and not folder.problems:
        names = ", ".join(folder.sequences)
        yield ok(NAME, str(patient.settings.sequences), f"{len(folder.sequences)} good: {names}")
