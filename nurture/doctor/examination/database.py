"""The database opens under this program's schema, is whole, and is no copy."""

from collections.abc import AsyncIterator

from nurture import SCHEMA
from nurture.core.halt import WORD
from nurture.doctor.finding import Finding, fail, from_error, ok, warn
from nurture.doctor.patient import Patient
from nurture.storage.schema import integrity

NAME = "database"


async def examine(patient: Patient) -> AsyncIterator[Finding]:
    """Schema, integrity, that it can be written, and what keeps mail from leaving."""
    if patient.world is None:
        if patient.fault is not None:
            for finding in from_error(NAME, "", patient.fault):
                yield finding
        return
    store = patient.world.store
    await store.database.probe_writing()
    said = await store.database.read(integrity)
    if said:
        remedy = "stop nurture, then `nurture restore` the newest good backup"
        yield fail(NAME, "", f"damaged: {said}", remedy)
    else:
        yield ok(NAME, "", f"schema {SCHEMA}, whole, and can be written")
    for remark in store.remarks:
        yield ok(NAME, "upgrade", remark)
    for halt in await store.switch.halts():
        yield warn(NAME, "halt", f"nothing is sent: {halt.why}", f"to go on: {WORD[halt.kind]}")
