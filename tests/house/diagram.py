"""Draws the state diagrams of ARCHITECTURE.md from the transition tables of `core`.

`python -m tests.house.diagram` prints them.
"""

from collections.abc import Mapping
from enum import StrEnum

from nurture.core.draft import DRAFT_TRANSITIONS
from nurture.core.enrollment import TRANSITIONS
from nurture.core.handoff import HANDOFF_TRANSITIONS
from nurture.core.task import TASK_TRANSITIONS
from nurture.core.touch import TOUCH_TRANSITIONS

TABLES: dict[str, Mapping[tuple[StrEnum, StrEnum], StrEnum]] = {
    "Enrollment": TRANSITIONS,
    "Touch": TOUCH_TRANSITIONS,
    "Handoff": HANDOFF_TRANSITIONS,
    "Task": TASK_TRANSITIONS,
    "Draft": DRAFT_TRANSITIONS,
}


def diagram(table: Mapping[tuple[StrEnum, StrEnum], StrEnum]) -> str:
    """A Mermaid state diagram; moves between the same two states share an arrow."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for (state, move), target in table.items():
        if state != target:
            arrows.setdefault((str(state), str(target)), []).append(str(move))
    rows = [f"    {a} --> {b}: {', '.join(moves)}" for (a, b), moves in arrows.items()]
    return "\n".join(["```mermaid", "stateDiagram-v2", *rows, "```"])


def main() -> None:
    """Prints every diagram under its name."""
    for name, table in TABLES.items():
        print(f"**{name}**\n\n{diagram(table)}\n")


if __name__ == "__main__":
    main()
