"""Which day and hour it is where somebody lives, and which days are kept there."""

from nurture.core.calendar.wall_clock import (
    MONDAY_TO_FRIDAY,
    OFFICE_HOURS,
    Unit,
    Wait,
    Window,
    add_business_days,
    at_wall_time,
    is_business_day,
    local_day,
    spread,
    stretch_of,
    zone_info,
)

__all__ = (
    "MONDAY_TO_FRIDAY",
    "OFFICE_HOURS",
    "Unit",
    "Wait",
    "Window",
    "add_business_days",
    "at_wall_time",
    "is_business_day",
    "local_day",
    "spread",
    "stretch_of",
    "zone_info",
)
