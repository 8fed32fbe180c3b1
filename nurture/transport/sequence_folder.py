"""The folder in which sequences and their mails are kept, and the one that nurture ships."""

from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import Path

import nurture
from nurture.core.calendar.season import Calendar
from nurture.core.library import Thesaurus
from nurture.core.sequence import Sequence
from nurture.definition import CALENDAR, Beside, Definition, define, read_calendar
from nurture.definition.neighbour import between
from nurture.document.code import Code
from nurture.document.piece_text import THESAURUS, is_piece, piece_problems, read_thesaurus
from nurture.document.template_text import read_template
from nurture.document.tree import decoded, in_order
from nurture.errors import Misconfigured, Place, Problem
from nurture.mail.write.attachment import Attachment
from nurture.mail.write.template import Template
from nurture.transport.attachment_folder import load_attachments, load_piece_files
from nurture.value import frozen

_LARGEST = 1024 * 1024


@frozen
class Folder:
    """What could be used of a folder, and what is wrong with the rest.

    `definitions` go by name, `templates` and `texts` (of mails, letters and pieces) and the
    `attachments` of mails by path below the folder.  Calendar and thesaurus are None where they
    cannot be read, and empty where there are none.
    """

    path: Path
    definitions: Mapping[str, Definition]
    templates: Mapping[str, Template]
    texts: Mapping[str, str]
    calendar: Calendar | None
    problems: tuple[Problem, ...] = ()
    attachments: Mapping[str, Attachment] = field(default_factory=dict)
    thesaurus: Thesaurus | None = None

    @property
    def sequences(self) -> Mapping[str, Sequence]:
        """Every usable sequence by its name."""
        return {name: each.sequence for name, each in self.definitions.items()}

    @property
    def sources(self) -> Mapping[str, str]:
        """The texts under which their revisions are kept."""
        return {name: each.kept for name, each in self.definitions.items()}


def load_folder(path: Path) -> Folder:
    """Every good sequence of the folder with its mails, and the problems of all others.

    A broken file hides neither its neighbours nor their problems; raises nothing.
    """
    if not path.is_dir():
        problem = Problem(f"there is no folder {path}", Place(str(path)), Code.FILE)
        return Folder(path, {}, {}, {}, None, (problem,))
    problems = [
        Problem("not read: sequences end in .yaml", Place(str(file)), Code.FILE)
        for file in sorted(path.glob("*.yml"))
    ]
    texts = _texts(path, "**/*.md", problems)
    written = _texts(path, "*.yaml", problems)
    calendar = _calendar(path, written.pop(CALENDAR, None), problems)
    beside = Beside(texts, _files(path), calendar.seasons if calendar else ())
    definitions = _definitions(path, written, beside, problems)
    thesaurus = _thesaurus(path, problems)
    unusable = [*_library_problems(path, texts)]
    attachments, missing = load_attachments(path, _sequences_of(definitions), texts)
    for name, found in missing.items():
        problems.extend(found)
        del definitions[name]
    templates = _templates(path, texts)
    pieces = {name: each for name, each in templates.items() if is_piece(name)}
    along, lacking = load_piece_files(path, pieces)
    unusable += lacking
    problems.extend(unusable)
    broken = {each.place.file for each in unusable if each.place}
    return Folder(
        path,
        definitions,
        {name: each for name, each in templates.items() if each.file not in broken},
        texts,
        calendar,
        tuple(in_order(problems)),
        {**along, **attachments},
        thesaurus,
    )


def _definitions(
    path: Path, written: Mapping[str, str], beside: Beside, problems: list[Problem]
) -> dict[str, Definition]:
    """Those that are good, by themselves and among each other."""
    definitions: dict[str, Definition] = {}
    for name, text in written.items():
        try:
            definition = define(text, str(path / name), beside)
        except Misconfigured as error:
            problems.extend(error.problems)
        else:
            definitions[definition.sequence.name] = definition
    for name, problem in [*between(definitions, {Path(name).stem for name in written})]:
        problems.append(problem)
        definitions.pop(name, None)
    return definitions


def _sequences_of(definitions: Mapping[str, Definition]) -> Mapping[str, Sequence]:
    return {name: each.sequence for name, each in definitions.items()}


def _calendar(folder: Path, text: str | None, problems: list[Problem]) -> Calendar | None:
    try:
        return read_calendar(text or "", str(folder / CALENDAR))
    except Misconfigured as error:
        problems.extend(error.problems)
        return None


def _thesaurus(folder: Path, problems: list[Problem]) -> Thesaurus | None:
    written = _texts(folder, THESAURUS, problems)
    try:
        return read_thesaurus(written.get(THESAURUS, ""), str(folder / THESAURUS))
    except Misconfigured as error:
        problems.extend(error.problems)
        return None


def _library_problems(folder: Path, texts: Mapping[str, str]) -> Iterator[Problem]:
    """What is wrong with pieces that any content step may choose, first mail or not."""
    for name, text in texts.items():
        if is_piece(name):
            yield from piece_problems(text, str(folder / name))


def _files(folder: Path) -> frozenset[str]:
    """The paths of all files below the folder that can go with a mail."""
    return frozenset(
        file.relative_to(folder).as_posix()
        for file in folder.rglob("*")
        if file.is_file() and not file.name.startswith(".")
    )


def _texts(folder: Path, pattern: str, problems: list[Problem]) -> dict[str, str]:
    """The texts of the files by their path below the folder; editors' hidden files are skipped."""
    texts: dict[str, str] = {}
    for file in sorted(folder.glob(pattern)):
        name = file.relative_to(folder).as_posix()
        if file.name.startswith(".") or not file.is_file():
            continue
        try:
            if file.stat().st_size > _LARGEST:
                problems.append(Problem("larger than 1 MB", Place(str(file)), Code.FILE))
                continue
            texts[name] = decoded(file.read_bytes(), str(file))
        except OSError as error:
            words = f"cannot be read: {error.strerror}"
            problems.append(Problem(words, Place(str(file)), Code.FILE))
        except Misconfigured as error:
            problems.extend(error.problems)
    return texts


def _templates(folder: Path, texts: Mapping[str, str]) -> dict[str, Template]:
    templates: dict[str, Template] = {}
    for name, text in texts.items():
        try:
            templates[name] = read_template(text, str(folder / name))
        except Misconfigured:
            continue  # complained of by the sequence that uses it; a stray text is nobody's mail
    return templates


def shipped_sequences() -> Path:
    """The folder of the sequences that come with nurture: inside a wheel, or in a checkout."""
    package = Path(nurture.__file__).parent
    inside = package / "shipped"
    return inside if inside.is_dir() else package.parent / "sequences"
