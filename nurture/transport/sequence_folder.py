"""The folder in which sequences and their mails are kept, and the one that nurture ships."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nurture
from nurture.core.sequence import Sequence
from nurture.definition import read_sequence
from nurture.document.template_text import read_template
from nurture.document.tree import decoded, in_order
from nurture.errors import Misconfigured, Place, Problem
from nurture.mail.write.attachment import Attachment
from nurture.mail.write.template import Template
from nurture.transport.attachment_folder import load_attachments

_LARGEST = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Folder:
    """What could be used of a folder, and what is wrong with the rest.

    `sequences` and `sources` (their texts) go by name, `templates` and `attachments` by path below
    the folder.
    """

    sequences: Mapping[str, Sequence]
    sources: Mapping[str, str]
    templates: Mapping[str, Template]
    attachments: Mapping[str, Attachment] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def load_folder(path: Path) -> Folder:
    """Every good sequence of the folder with its mails, and the problems of all others.

    A broken file hides neither its neighbours nor their problems; raises nothing.
    """
    if not path.is_dir():
        problem = Problem(f"there is no folder {path}", Place(str(path)))
        return Folder({}, {}, {}, problems=(problem,))
    problems: list[Problem] = []
    texts = _texts(path, "**/*.md", problems)
    sequences: dict[str, Sequence] = {}
    sources: dict[str, str] = {}
    for name, text in _texts(path, "*.yaml", problems).items():
        try:
            sequence = read_sequence(text, str(path / name), texts)
        except Misconfigured as error:
            problems.extend(error.problems)
        else:
            sequences[sequence.name], sources[sequence.name] = sequence, text
    problems.extend(
        Problem("not read: sequences end in .yaml", Place(str(file)))
        for file in sorted(path.glob("*.yml"))
    )
    attachments, missing = load_attachments(path, sequences, texts)
    for name, found in missing.items():
        problems.extend(found)
        del sequences[name], sources[name]
    templates = _templates(path, texts)
    return Folder(sequences, sources, templates, attachments, tuple(in_order(problems)))


def _texts(folder: Path, pattern: str, problems: list[Problem]) -> dict[str, str]:
    """The texts of the files by their path below the folder; editors' hidden files are skipped."""
    texts: dict[str, str] = {}
    for file in sorted(folder.glob(pattern)):
        name = file.relative_to(folder).as_posix()
        if file.name.startswith(".") or not file.is_file():
            continue
        try:
            if file.stat().st_size > _LARGEST:
                problems.append(Problem("larger than 1 MB", Place(str(file))))
                continue
            texts[name] = decoded(file.read_bytes(), str(file))
        except OSError as error:
            problems.append(Problem(f"cannot be read: {error.strerror}", Place(str(file))))
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
