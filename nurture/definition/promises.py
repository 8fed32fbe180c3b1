"""What is wrong with the promises that the mails of a sequence make."""

from collections.abc import Iterator

from nurture.core.spelling import did_you_mean
from nurture.definition.reading import Placed, Reading
from nurture.document.code import Code
from nurture.errors import Problem
from nurture.steps import HumanStep, Mailing
from nurture.steps.wait import Pause


def promise_problems(reading: Reading) -> Iterator[Problem]:
    """A promise must be of a step of the owner's behind the mail, with nothing but waits between.

    It must block, or what follows would overtake it; and the mail may not wait for a word of the
    owner's, which would let the promised day go by.
    """
    for place, placed in enumerate(reading.steps):
        step = placed.step
        if not isinstance(step, Mailing) or not step.promises:
            continue
        if words := _why_not(reading, place, step):
            at = reading.document.place((*placed.at, "promises"))
            yield Problem(words, at, Code.TARGET)
    for placed in reading.occasions:
        if isinstance(placed.step, Mailing) and placed.step.promises:
            at = reading.document.place((*placed.at, "promises"))
            yield Problem("an occasion promises nothing: no step follows it", at, Code.TARGET)


def _why_not(reading: Reading, place: int, mail: Mailing) -> str:
    behind = reading.steps[place + 1 :]
    names = [each.step.id for each in behind]
    if mail.promises not in names:
        hint = did_you_mean(mail.promises, names)
        return f"no step behind this one is called {mail.promises!r}{hint}"
    between, target = _parted(behind, mail.promises)
    if not isinstance(target, HumanStep) or not target.channel.reaches_them:
        return f"{mail.promises!r} is nothing that you do for them: promise a call or a visit"
    if not target.blocks:
        return f"{mail.promises!r} does not block: what follows could overtake the promise"
    if other := next((each for each in between if not isinstance(each.step, Pause)), None):
        return f"{other.step.id!r} stands between: only waits may, or the day could not be told"
    is_asked = mail.approval or (reading.head and reading.head.approval)
    return "a promise cannot wait for approval: its day would go by" if is_asked else ""


def _parted(behind: list[Placed], name: str) -> tuple[list[Placed], object]:
    place = next(index for index, each in enumerate(behind) if each.step.id == name)
    return behind[:place], behind[place].step
