"""The language of sequences: YAML text to values, every mistake at once."""

from collections.abc import Collection, Iterable, Mapping

from nurture.core.calendar.season import Season
from nurture.core.sequence import Sequence
from nurture.definition.calendar import CALENDAR, read_calendar
from nurture.definition.reading import Beside, Reading, read_parts
from nurture.definition.review import review
from nurture.definition.sequence import Parts, parted, with_seasons
from nurture.document.tree import Path, in_order
from nurture.document.yaml_text import read_yaml
from nurture.errors import Misconfigured, Place
from nurture.value import frozen

__all__ = (
    "CALENDAR",
    "Beside",
    "Definition",
    "define",
    "read_calendar",
    "read_sequence",
)


@frozen
class Definition:
    """A sequence that can be used, and how it was read.

    `kept` is the text under which its revision is to be kept: with the shared seasons it uses.
    """

    sequence: Sequence
    reading: Reading
    kept: str

    def path(self, step_id: str) -> Path:
        """The path of a step in the document."""
        placed = (*self.reading.steps, *self.reading.occasions)
        return next(each.at for each in placed if each.step.id == step_id)

    def place(self, step_id: str, key: str = "id") -> Place:
        """Where that key of a step stands, or the step itself where the key is not written."""
        return self.reading.document.place((*self.path(step_id), key))


def define(text: str, file: str, beside: Beside) -> Definition:
    """The definition that a YAML text means; raises Misconfigured with every problem in it."""
    written, kept = parted(text)
    seasons = (*beside.seasons, *kept)  # of one name the last counts
    reading = read_parts(read_yaml(written, file), Beside(beside.templates, beside.files, seasons))
    problems = [*reading.problems, *review(reading)]
    if problems or reading.head is None:
        raise Misconfigured(in_order(problems))
    occasions = tuple((each.on, each.step) for each in reading.occasions if each.on)
    parts = Parts(reading.head, tuple(each.step for each in reading.steps), occasions)
    return Definition(parts.sequence(), reading, with_seasons(written, parts.shared_seasons))


def read_sequence(
    text: str,
    file: str,
    templates: Mapping[str, str] | None = None,
    *,
    files: Collection[str] | None = None,
    seasons: Iterable[Season] = (),
) -> Sequence:
    """The sequence that a YAML text means; raises Misconfigured with every problem in it.

    `templates` are the texts of the mail templates by their path as the steps name it; they are
    checked too, and complained of under the path beside `file`.  None leaves them unchecked, for
    a text that was accepted before.  Likewise `files` are all that can be attached.
    """
    return define(text, file, Beside(templates, files, tuple(seasons))).sequence
