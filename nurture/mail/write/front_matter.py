"""The lines above a mail template: YAML between two lines of `---`, the subject among them."""

import re
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Final

import yaml

from nurture.errors import Place, Problem

_FENCE: Final = "---"
_KNOWN: Final = ("subject", "topics", "language", "expires")


# The first line of a mail whose author forgot the --- above it; it must not become mail.
_FORGOTTEN: Final = re.compile(r"\s*subject\s*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """A template taken apart; lines count from 1 in the whole file.

    An empty subject is that of a mail which continues a conversation.
    """

    subject: str = ""
    subject_line: int = 1
    topics: tuple[str, ...] = ()
    language: str = ""
    expires: str = ""
    body: str = ""
    body_line: int = 1

    @property
    def last_day(self) -> date | None:
        """The day behind which the piece is not sent any more."""
        return date.fromisoformat(self.expires) if self.expires else None


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
    values, problems = _values("\n".join(lines[1 : ends[0]]), file)
    body = "\n".join(lines[ends[0] + 1 :])
    if not body.strip():
        problems.append(Problem("the mail has no text below the ---", Place(file, ends[0] + 1, 1)))
    if not values:
        return FrontMatter(body=body, body_line=ends[0] + 2), problems
    subject = values.get("subject")
    if subject is None:
        problems.append(Problem("above the mail stands no `subject:`", Place(file, 2, 1)))
    front = FrontMatter(
        subject=str(subject.value) if subject else "",
        subject_line=subject.start_mark.line + 2 if subject else 1,
        topics=tuple(_texts(values["topics"])) if "topics" in values else (),
        language=str(values["language"].value) if "language" in values else "",
        expires=str(values["expires"].value) if "expires" in values else "",
        body=body,
        body_line=ends[0] + 2,
    )
    return front, problems


def _values(block: str, file: str) -> tuple[dict[str, yaml.Node], list[Problem]]:
    try:
        root = yaml.compose(block, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        return {}, [Problem(_words(error), _place(error.problem_mark, file))]
    except yaml.YAMLError as error:
        return {}, [Problem(f"is no YAML: {error}", Place(file, 2, 1))]
    if not isinstance(root, yaml.MappingNode):
        return {}, [Problem("above the mail stands no `subject:`", Place(file, 2, 1))]
    problems: list[Problem] = []
    values: dict[str, yaml.Node] = {}
    for key, value in root.value:
        name = str(key.value)
        if problem := _refusal(name, value, is_repeated=name in values):
            problems.append(Problem(problem, _place(key.start_mark, file)))
        else:
            values[name] = value
    return values, problems


def _texts(node: yaml.Node) -> list[str]:
    """The words of a list, or the one word that stands instead of it."""
    children = node.value if isinstance(node, yaml.SequenceNode) else [node]
    return [str(child.value) for child in children]


def _refusal(name: str, value: yaml.Node, *, is_repeated: bool) -> str:
    if name not in _KNOWN:
        near = get_close_matches(name, _KNOWN, n=1)
        return f"unknown key {name!r}" + (f": did you mean {near[0]!r}?" if near else "")
    if is_repeated:
        return f"{name!r} stands here twice"
    if name == "topics" and isinstance(value, yaml.SequenceNode):
        is_plain = all(isinstance(child, yaml.ScalarNode) and child.value for child in value.value)
        return "" if is_plain else "'topics' is a list of words, like [cash flow, pricing]"
    if not isinstance(value, yaml.ScalarNode) or not str(value.value).strip():
        return f"{name!r} must be a line of text; put it in quotes if it holds {{{{ }}}} or a colon"
    if name == "expires" and not _is_date(str(value.value)):
        return f"'expires' is a day like 2027-03-31, not {value.value!r}"
    return ""


def _is_date(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _words(error: yaml.MarkedYAMLError) -> str:
    told = f"{error.problem or 'is no YAML'}"
    return f"{told}; a subject with a colon or {{{{ }}}} needs quotes around it"


def _place(mark: yaml.Mark | None, file: str) -> Place:
    # The block begins in the second line of the file.
    return Place(file, mark.line + 2, mark.column + 1) if mark else Place(file, 2, 1)
