"""The lines above a mail template: YAML between two lines of `---`, of which one is the subject."""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

import yaml

from nurture.errors import Place, Problem

_FENCE: Final = "---"
_KNOWN: Final = ("subject",)


# The first line of a mail whose author forgot the --- above it; it must not become mail.
_FORGOTTEN: Final = re.compile(r"\s*subject\s*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """A template taken apart; lines count from 1 in the whole file.

    An empty subject is that of a mail which continues a conversation.
    """

    subject: str = ""
    subject_line: int = 1
    body: str = ""
    body_line: int = 1


def split_front_matter(text: str, file: str) -> tuple[FrontMatter, list[Problem]]:
    """The parts of a template file, and everything that is wrong with them.

    A text without a `---` at its head is a body alone.
    """
    lines = text.removeprefix("\ufeff").splitlines()
    if not lines or lines[0].rstrip() != _FENCE:
        body = "\n".join(lines)
        wrong = _FORGOTTEN.match(body) or not body.strip()
        message = "a mail begins with a line of ---, then `subject:`, then --- again; a mail that"
        message += " continues a conversation begins with its first words"
        return FrontMatter(body=body), [Problem(message, Place(file, 1, 1))] if wrong else []
    ends = [number for number, line in enumerate(lines[1:], 1) if line.rstrip() == _FENCE]
    if not ends:
        message = "the lines above the mail are not closed: add a line of --- below them"
        return FrontMatter(), [Problem(message, Place(file, 1, 1))]
    subject, line, problems = _subject("\n".join(lines[1 : ends[0]]), file)
    body = "\n".join(lines[ends[0] + 1 :])
    if not body.strip():
        problems.append(Problem("the mail has no text below the ---", Place(file, ends[0] + 1, 1)))
    return FrontMatter(subject, line, body, ends[0] + 2), problems


def _subject(block: str, file: str) -> tuple[str, int, list[Problem]]:
    try:
        root = yaml.compose(block, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        return "", 1, [Problem(_words(error), _place(error.problem_mark, file))]
    except yaml.YAMLError as error:
        return "", 1, [Problem(f"is no YAML: {error}", Place(file, 2, 1))]
    if not isinstance(root, yaml.MappingNode):
        return "", 1, [Problem("above the mail stands no `subject:`", Place(file, 2, 1))]
    problems: list[Problem] = []
    subjects: list[yaml.ScalarNode] = []
    for key, value in root.value:
        problem = _refusal(key, value, is_repeated=bool(subjects))
        if problem:
            problems.append(Problem(problem, _place(key.start_mark, file)))
        else:
            subjects.append(value)
    if not subjects:
        problems.append(Problem("above the mail stands no `subject:`", Place(file, 2, 1)))
        return "", 1, problems
    return str(subjects[0].value), subjects[0].start_mark.line + 2, problems


def _refusal(key: yaml.Node, value: yaml.Node, *, is_repeated: bool) -> str:
    name = str(key.value)
    if name not in _KNOWN:
        near = get_close_matches(name, _KNOWN, n=1)
        return f"unknown key {name!r}" + (f": did you mean {near[0]!r}?" if near else "")
    if is_repeated:
        return f"{name!r} stands here twice"
    if not isinstance(value, yaml.ScalarNode) or not str(value.value).strip():
        return f"{name!r} must be a line of text; put it in quotes if it holds {{{{ }}}} or a colon"
    return ""


def _words(error: yaml.MarkedYAMLError) -> str:
    told = f"{error.problem or 'is no YAML'}"
    return f"{told}; a subject with a colon or {{{{ }}}} needs quotes around it"


def _place(mark: yaml.Mark | None, file: str) -> Place:
    # The block begins in the second line of the file.
    return Place(file, mark.line + 2, mark.column + 1) if mark else Place(file, 2, 1)
