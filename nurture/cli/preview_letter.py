"""`nurture preview --into`: a letter on paper as it would be printed."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from nurture.cli.letters_print import shop_of
from nurture.cli.output import warn
from nurture.errors import Misconfigured

if TYPE_CHECKING:
    from nurture.core.contact import Contact
    from nurture.core.task import Task
    from nurture.wiring.world import World


def draw_letters(
    world: "World",
    letters: Iterable[tuple["Contact", "Task"]],
    folder: Path,
    now: datetime,
) -> None:
    """Writes each as PDF, dated today; of one that cannot be printed it says what is missing.

    Raises Misconfigured where the folder cannot be written.
    """
    from nurture.paper.pile import Desk, lay_out
    from nurture.ports import Penned

    shop = shop_of(world)
    if shop.press is None:
        return
    desk = Desk(shop.accounts, shop.letterheads)
    for contact, task in letters:
        (laid,) = lay_out([Penned(task, contact, None)], desk, now)
        why = laid.why
        if laid.letter:
            printed = shop.press.letters([laid.letter], task.title, now.date())
            why = printed.refused.get(task.id, "")
            if not why:
                _keep(printed.pdf, folder / f"{contact.id:06d}-{task.step}.pdf")
        if why:
            warn(f"the letter to {contact.name} cannot be printed: {why}")


def _keep(pdf: bytes, file: Path) -> None:
    try:
        file.write_bytes(pdf)
    except OSError as error:
        raise Misconfigured(f"{file} cannot be written: {error.strerror}") from error
