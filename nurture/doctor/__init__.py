"""Looks at an installation from its settings to a recognised answer, and says what to do."""

import pkgutil
from collections.abc import AsyncIterator, Callable
from functools import cache
from importlib import import_module

from nurture.doctor import examination
from nurture.doctor.finding import Finding, fail, from_error
from nurture.doctor.patient import Patient
from nurture.errors import NurtureError

Examine = Callable[[Patient], AsyncIterator[Finding]]


@cache
def examinations() -> dict[str, Examine]:
    """Every examination by name: the modules of the folder `examination`, in order of names."""
    names = sorted(module.name for module in pkgutil.iter_modules(examination.__path__))
    return {name: import_module(f"{examination.__name__}.{name}").examine for name in names}


async def examine(patient: Patient) -> AsyncIterator[Finding]:
    """Every finding as soon as it is known; an examination that fails is a finding itself."""
    for name, each in examinations().items():
        try:
            async for finding in each(patient):
                yield finding
        except NurtureError as error:
            for finding in from_error(name, "", error):
                yield finding
        except OSError as error:
            where = str(error.filename or "")
            remedy = "run it as the user of the service, or as root"
            yield fail(name, where, f"cannot be examined: {error.strerror}", remedy)
