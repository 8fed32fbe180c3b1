"""What only people can do for a contact."""

from datetime import date, datetime
from typing import Protocol

from nurture.core.contact import Contact
from nurture.core.decision import Advance
from nurture.core.task import Task, TaskMove


class Tasks(Protocol):
    """The owner's tasks; every method is one transaction."""

    async def tasks(
        self, *, open_only: bool = True, limit: int = 500
    ) -> tuple[tuple[Task, Contact], ...]:
        """Tasks with whom they are for, the earliest due first."""
        ...

    async def task(self, task_id: int) -> Task | None:
        """The task of this id."""
        ...

    async def add(self, task: Task) -> int:
        """The id of a task that the owner gave themselves; nobody is told of it."""
        ...

    async def move(self, task_id: int, to: date, why: str, now: datetime) -> bool:
        """Whether the task was open and is due on that day now."""
        ...

    async def finish(
        self, task_id: int, by: TaskMove, note: str, onward: Advance | None, now: datetime
    ) -> bool:
        """Whether the task was open and has moved now.

        One that is done and reaches the person counts as contact.  A walk that still stands at
        the task's step goes `onward`, its next wait counted from now; one that was stopped does
        not get up.  Without `onward` it is looked at anew.
        """
        ...
