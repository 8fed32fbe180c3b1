"""A clock that is set while we run is doubted, unless somebody keeps it or it comes back (O14)."""

from dataclasses import dataclass

import pytest

from nurture.transport.clock import ClockGuard, SystemClock

HOUR, DAY = 3600.0, 86400.0


@dataclass
class Machine:
    """A machine whose time is set by hand; time since the boot cannot be."""

    boot: float = 0.0
    shift: float = 1e9
    is_kept: bool | None = False

    def guard(self) -> ClockGuard:
        return ClockGuard(lambda: self.boot + self.shift, lambda: self.boot, lambda: self.is_kept)


@pytest.mark.parametrize(("step", "way"), [(30 * DAY, "forward by 30 days"), (-HOUR, "back by 1")])
def test_o14_a_step_of_the_clock_is_doubted_until_it_is_undone(step: float, way: str) -> None:
    machine = Machine()
    guard = machine.guard()
    machine.boot += DAY
    assert guard.doubt() == ""
    machine.shift += step
    assert way in guard.doubt()
    machine.boot += DAY
    assert way in guard.doubt()
    machine.shift -= step
    assert guard.doubt() == ""


@pytest.mark.parametrize("is_kept", [False, None])
def test_a_clock_that_nobody_vouches_for_is_doubted(is_kept: bool | None) -> None:
    machine = Machine(is_kept=is_kept)
    guard = machine.guard()
    machine.shift += HOUR
    assert guard.doubt()


def test_a_kept_clock_is_believed_and_is_the_measure_from_then_on() -> None:
    machine = Machine()
    guard = machine.guard()
    machine.shift += HOUR
    assert guard.doubt()
    machine.is_kept = True
    assert guard.doubt() == ""
    machine.is_kept = False
    assert guard.doubt() == ""


def test_small_steps_are_followed() -> None:
    machine = Machine()
    guard = machine.guard()
    for _ in range(100):
        machine.shift += 60
        assert guard.doubt() == ""


def test_sleep_of_the_machine_is_no_step() -> None:
    """CLOCK_BOOTTIME goes on while the machine is suspended; this one was not set since."""
    guard = ClockGuard()
    assert SystemClock().now().year > 2025
    assert guard.doubt() == ""
