"""An examination that cannot be made is a finding, and the others go on."""

from collections.abc import AsyncIterator

import pytest

import nurture.doctor
from nurture.doctor import examine
from nurture.doctor.finding import Finding, Level, ok
from nurture.doctor.patient import Patient
from nurture.errors import Unreachable
from tests.doctor.test_domain import patient


async def forbidden(_: Patient) -> AsyncIterator[Finding]:
    raise PermissionError(13, "Permission denied", "/var/lib/nurture")
    yield


async def away(_: Patient) -> AsyncIterator[Finding]:
    raise Unreachable("nobody is there")
    yield


async def good(_: Patient) -> AsyncIterator[Finding]:
    yield ok("good", "", "fine")


async def test_what_cannot_be_examined_is_said_and_the_rest_is_examined(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    each = {"forbidden": forbidden, "away": away, "good": good}
    monkeypatch.setattr(nurture.doctor, "examinations", lambda: each)
    found = [finding async for finding in examine(patient("anna@carter.io"))]
    assert [one.level for one in found] == [Level.FAIL, Level.FAIL, Level.OK]
    assert found[0].subject == "/var/lib/nurture"
