"""The files that sequences send along, read and looked at when the sequences are."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from nurture.core.sequence import Sequence
from nurture.document.code import Code
from nurture.document.piece_text import files_named
from nurture.errors import Place, Problem
from nurture.mail.write.attachment import MOST_EACH, MOST_TOGETHER, Attachment, objection
from nurture.mail.write.markdown import read
from nurture.mail.write.template import Template


def load_attachments(
    folder: Path, sequences: Mapping[str, Sequence], texts: Mapping[str, str]
) -> tuple[dict[str, Attachment], dict[str, list[Problem]]]:
    """Every file that a step or its mail names, by its path below the folder, and what is wrong.

    `texts` are those of the mails by their path; the problems go by the name of the sequence.

    A file is read once, however many steps name it; raises nothing.
    """
    known: dict[str, Attachment | str] = {}
    problems: dict[str, list[Problem]] = {}
    for name, sequence in sequences.items():
        found = [*_faults(folder, name, sequence, known, texts)]
        if found:
            problems[name] = found
    return {path: each for path, each in known.items() if isinstance(each, Attachment)}, problems


def load_piece_files(
    folder: Path, pieces: Mapping[str, Template]
) -> tuple[dict[str, Attachment], list[Problem]]:
    """Every file that a piece sends along or shows, by its path, and which cannot go.

    Raises nothing.
    """
    known: dict[str, Attachment | str] = {}
    problems: list[Problem] = []
    for template in pieces.values():
        for path, place in files_named(template):
            file = known.setdefault(path, _read(folder, path))
            if isinstance(file, str):
                problems.append(Problem(f"it sends {path!r}, which {file}", place, Code.NO_FILE))
    return {path: each for path, each in known.items() if isinstance(each, Attachment)}, problems


def _faults(
    folder: Path,
    name: str,
    sequence: Sequence,
    known: dict[str, Attachment | str],
    texts: Mapping[str, str],
) -> Iterator[Problem]:
    for step in sequence.all_steps:
        shown = read(texts.get(getattr(step, "template", ""), "")).pictures
        paths: tuple[str, ...] = (*getattr(step, "attachments", ()), *shown)
        size = 0
        for path in paths:
            file = known.setdefault(path, _read(folder, path))
            if isinstance(file, Attachment):
                size += len(file.content)
            else:
                words = f"step {step.id!r} sends {path!r}, which {file}"
                yield Problem(words, Place(str(folder / f"{name}.yaml")), Code.NO_FILE)
        if size > MOST_TOGETHER:
            words = f"step {step.id!r} sends {size / 2**20:.1f} MB along: at most "
            words += f"{MOST_TOGETHER // 2**20} MB go with one mail"
            yield Problem(words, Place(str(folder / f"{name}.yaml")), Code.NO_FILE)


def _read(folder: Path, path: str) -> Attachment | str:
    """The file, or what is wrong with it."""
    file = folder / path
    try:
        if not file.resolve().is_relative_to(folder.resolve()):
            return "lies outside the sequences folder"
        if not file.is_file():
            return "is not there: write the path beside the sequence's file"
        with file.open("rb") as stream:
            content = stream.read(MOST_EACH + 1)
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return objection(path, content) or Attachment(path, content)
