"""One sequence's text on its way to a value, and what is wrong with each part of it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import PurePosixPath
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from nurture.core.calendar.on import On, read_on
from nurture.core.calendar.season import Season, YearDay
from nurture.core.spelling import closest, did_you_mean, listed
from nurture.definition.sequence import SequenceText
from nurture.definition.value import SeasonText, seasons_of
from nurture.document.code import Code
from nurture.document.complaint import NOWHERE, complaints, names_of, unless_said
from nurture.document.template_text import inline_problems, template_problems
from nurture.document.tree import Document, Path, Tree
from nurture.errors import Problem
from nurture.steps import AnyStep, Errand, step_kinds
from nurture.value import frozen

_M = TypeVar("_M", bound=BaseModel)
_ANY_DAY = YearDay(1, 1)
_ON = "on"


@frozen
class Beside:
    """What lies in a sequence's folder; None where it is not to be looked at.

    `templates` are the texts of mails and letters, `files` all paths, both as steps name them;
    `seasons` are those that all sequences share.
    """

    templates: Mapping[str, str] | None = None
    files: Collection[str] | None = None
    seasons: tuple[Season, ...] = ()


@frozen
class Placed:
    """A step that was read, where it stands, and when it comes round if it is an occasion."""

    at: Path
    step: AnyStep
    on: On | None = None


@dataclass(slots=True)
class Reading:
    """What was read of a document so far, and what was found wrong."""

    document: Document
    beside: Beside
    problems: list[Problem] = field(default_factory=list)
    head: SequenceText | None = None
    steps: list[Placed] = field(default_factory=list)
    occasions: list[Placed] = field(default_factory=list)

    def say(self, words: str, at: Path, code: Code) -> None:
        """One more problem, at the value of that path."""
        self.problems.append(Problem(words, self.document.place(at), code))

    def file_beside(self, path: str) -> str:
        """A file of the folder as complaints name it."""
        return str(PurePosixPath(self.document.file).parent / path)


def read_parts(document: Document, beside: Beside) -> Reading:
    """Every part of a document whose root has keys, each read by itself."""
    reading = Reading(document, beside, [*document.problems, *_secrets(document)])
    root = document.root
    if not isinstance(root, dict):
        words = "not a sequence yet: write sequence, why and steps"
        reading.say(words, (), Code.MISSING_KEY)
        return reading
    reading.head = _read_model(reading, SequenceText, root, ())
    # Of several seasons of one name the last counts: the sequence's own.
    seasons = (*beside.seasons, *_own_seasons(root.get("seasons")))
    reading.steps = [*_read_steps(reading, root, "steps", None)]
    reading.occasions = [*_read_steps(reading, root, "occasions", seasons)]
    return reading


def _secrets(document: Document) -> Iterator[Problem]:
    for path, name in document.secrets():
        words = f"{name!r}: a secret does not belong into a sequence, where everybody reads it"
        yield Problem(words, document.key_place(path), Code.UNSAFE)


def _own_seasons(written: Tree) -> tuple[Season, ...]:
    """The sequence's own seasons; a broken one, which is refused anyway, is known by its name."""
    seasons: list[Season] = []
    for name, tree in written.items() if isinstance(written, Mapping) else ():
        try:
            seasons.extend(seasons_of({name: SeasonText.model_validate(tree)}))
        except ValidationError:
            seasons.append(Season(name, _ANY_DAY, _ANY_DAY))
    return tuple(seasons)


def _read_model(
    reading: Reading,
    model: type[_M],
    tree: Tree,
    at: Path,
    elsewhere: Mapping[str, str] = NOWHERE,
) -> _M | None:
    try:
        return model.model_validate(tree)
    except ValidationError as error:
        found = complaints(error, reading.document, model, at, elsewhere)
        reading.problems.extend(unless_said(found, reading.problems))
        return None


def _read_steps(
    reading: Reading, root: Mapping[str, Tree], section: str, seasons: tuple[Season, ...] | None
) -> Iterator[Placed]:
    """The good ones of a section; only occasions have `seasons` that they may count from."""
    written = root.get(section)
    for index, tree in enumerate(written if isinstance(written, list) else []):
        at: Path = (section, index)
        if not isinstance(tree, Mapping):
            kinds = listed(step_kinds(), "and")
            reading.say(f"a step has an id and one of: {kinds}", at, Code.KIND)
            continue
        on = None
        if seasons is not None:
            on = _read_on(reading, tree, at, seasons)
        plain = {key: value for key, value in tree.items() if key != _ON or seasons is None}
        step = _read_step(reading, plain, at, is_occasion=seasons is not None)
        if step and (on or seasons is None):
            yield Placed(at, step, on)


def _read_on(
    reading: Reading, tree: Mapping[str, Tree], at: Path, seasons: tuple[Season, ...]
) -> On | None:
    written = tree.get(_ON)
    if _ON not in tree:
        words = "'on' is missing: say when it comes round, like on: 4 January"
        reading.say(words, at, Code.MISSING_KEY)
        return None
    try:
        return read_on(written if isinstance(written, str) else repr(written), seasons)
    except ValueError as error:
        reading.say(f"'on': {error}", (*at, _ON), Code.WRONG_VALUE)
        return None


def _read_step(
    reading: Reading, tree: Mapping[str, Tree], at: Path, *, is_occasion: bool
) -> AnyStep | None:
    kinds = [key for key in tree if key in step_kinds()]
    if len(kinds) != 1:
        reading.problems.append(_kind_problem(reading, tree, kinds, at))
        return None
    kind, model = kinds[0], step_kinds()[kinds[0]]
    if is_occasion and not model.fits_occasions:
        able = listed([name for name, each in step_kinds().items() if each.fits_occasions])
        words = f"an occasion cannot be a {kind}: it is one of {able}"
        reading.problems.append(Problem(words, reading.document.key_place((*at, kind)), Code.KIND))
        return None
    step = _read_model(reading, model, tree, at, _keys_of_kinds())
    _check_files(reading, model, tree, at)
    return step


def _kind_problem(
    reading: Reading, tree: Mapping[str, Tree], kinds: list[str], at: Path
) -> Problem:
    document = reading.document
    if kinds:
        words = f"one step cannot be {listed(kinds, 'and')} at once: make each a step of its own"
        return Problem(words, document.key_place((*at, kinds[1])), Code.KIND)
    known = {name for model in step_kinds().values() for name in names_of(model)}
    for key in tree:
        if key not in known and (meant := closest(key, step_kinds())):
            words = f"no kind of step is called {key!r}; did you mean {meant!r}?"
            return Problem(words, document.key_place((*at, key)), Code.KIND)
    words = f"this step does nothing: give it one of {listed(step_kinds(), 'and')}"
    return Problem(words, document.place(at), Code.KIND)


@cache
def _keys_of_kinds() -> Mapping[str, str]:
    """Of each key of a step which kinds have it."""
    kinds: dict[str, list[str]] = {}
    for kind, model in step_kinds().items():
        for key in names_of(model):
            kinds.setdefault(key, []).append(kind)
    told = {key: f"only {listed(having, 'and')} can have it" for key, having in kinds.items()}
    return {**told, _ON: "only occasions come round; steps follow one another"}


def _check_files(
    reading: Reading, model: type[AnyStep], tree: Mapping[str, Tree], at: Path
) -> None:
    """The template, the inline text and the attachments of a step, as far as they are written."""
    kind = model.kind
    path = tree.get(kind)
    if issubclass(model, Errand) and isinstance(path, str):
        place = reading.document.place((*at, kind))
        reading.problems.extend(inline_problems(path, place))
    if "template" in model.model_fields and path and isinstance(path, str):
        _check_template(reading, path, (*at, kind))
    if "note" in model.model_fields:
        _check_notes(reading, tree.get("note"), (*at, "note"))
    _check_attachments(reading, tree.get("attachments"), (*at, "attachments"))


def _check_notes(reading: Reading, written: Tree, at: Path) -> None:
    notes = written if isinstance(written, Mapping) else {None: written}
    for language, text in notes.items():
        if isinstance(text, str):
            place = reading.document.place(at if language is None else (*at, language))
            reading.problems.extend(inline_problems(text, place))


def _check_template(reading: Reading, path: str, at: Path) -> None:
    templates = reading.beside.templates
    if templates is None:
        return
    if path in templates:
        reading.problems.extend(template_problems(templates[path], reading.file_beside(path)))
    else:
        hint = did_you_mean(path, templates)
        reading.say(f"there is no file {path!r}{hint}", at, Code.NO_FILE)


def _check_attachments(reading: Reading, written: Tree, at: Path) -> None:
    files = reading.beside.files
    if files is None:
        return
    if isinstance(written, str):
        named: list[tuple[Path, Tree]] = [(at, written)]
    else:
        parts = written if isinstance(written, list) else []
        named = [((*at, index), part) for index, part in enumerate(parts)]
    for path, name in named:
        if isinstance(name, str) and name and name not in files:
            reading.say(f"there is no file {name!r}{did_you_mean(name, files)}", path, Code.NO_FILE)
