"""How much human work an owner can take on, and what is on their desk."""

from collections.abc import Iterable
from datetime import date, timedelta

from nurture.core.task import Task, TaskState
from nurture.value import frozen

WEEK = timedelta(days=7)


@frozen
class Load:
    """What is to be done within a week, overdue tasks among it, and today; and who began lately.

    `begun` are people who began a sequence with work for the owner in the last week, and
    `begun_today` those of the last day: their tasks are still to come.
    """

    due: int = 0
    due_today: int = 0
    begun: int = 0
    begun_today: int = 0

    @classmethod
    def of(cls, tasks: Iterable[Task], today: date, begun: int, begun_today: int) -> "Load":
        """The load of these tasks, those of other accounts left out before."""
        days = [task.due_on for task in tasks if task.state is TaskState.OPEN]
        soon = sum(day <= today + WEEK for day in days)
        return cls(soon, sum(day <= today for day in days), begun, begun_today)


@frozen
class Capacity:
    """How many tasks an owner does in a week and on a day; 0 is no limit."""

    per_week: int = 25
    per_day: int = 8

    def room(self, load: Load) -> int | None:
        """How many more people may begin what needs the owner; None for any number."""
        rooms = [
            most - taken
            for most, taken in (
                (self.per_week, load.due + load.begun),
                (self.per_day, load.due_today + load.begun_today),
            )
            if most
        ]
        return max(0, min(rooms)) if rooms else None

    def why_full(self, load: Load) -> str:
        """Why nobody may begin, or nothing."""
        if self.room(load) != 0:
            return ""
        if self.per_week and load.due + load.begun >= self.per_week:
            return (
                f"{load.due} tasks of yours are due within a week and {load.begun} people began "
                f"lately; you can do {self.per_week} a week"
            )
        return (
            f"{load.due_today} tasks of yours are due and {load.begun_today} people began today; "
            f"you can do {self.per_day} a day"
        )


CAPACITY = Capacity()
"""What one person does beside their own work."""
