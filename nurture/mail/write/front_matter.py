"""The lines above a mail template: YAML between two lines of `---`, the subject among them."""

import re
from collections.abc import Mapping
from dataclasses import field
from datetime import date
from difflib import get_close_matches
from typing import Final

import yaml

from nurture.errors import Place, Problem
from nurture.value import frozen

_FENCE: Final = "---"
_LISTS: Final = ("topics", "audience")
_DAYS: Final = ("published", "expires")
_LINES: Final = (
    "subject",
    "title",
    "language",
    "intent",
    "source",
    "attachment",
    "author",
    "evergreen",
)
_KNOWN: Final = (*_LINES, *_LISTS, *_DAYS)
_YES_NO: Final = ("yes", "no", "true", "false")
_WEB: Final = ("https://", "http://")

# The first line of a mail whose author forgot the --- above it; it must not become mail.
_FORGOTTEN: Final = re.compile(r"\s*subject\s*:", re.IGNORECASE)


@frozen
class FrontMatter:
    """A template taken apart; lines count from 1 in the whole file.

    An empty subject is that of a mail which continues a conversation.  `said` is what stands
    under every key, and `places` where.
    """

    subject: str = ""
    subject_line: int = 1
    said: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    body: str = ""
    body_line: int = 1

    @property
    def topics(self) -> tuple[str, ...]:
        """What a piece of the library is about."""
        return self.said.get("topics", ())

    @property
    def audience(self) -> tuple[str, ...]:
        """For whom a piece is; nobody named is everybody."""
        return self.said.get("audience", ())

    @property
    def is_evergreen(self) -> bool:
        """Whether it never ages."""
        return self.line("evergreen").lower() in {"yes", "true"}

    def line(self, key: str) -> str:
        """What stands under a key that has one line; empty where it is not there."""
        return " ".join(self.said.get(key, ()))

    def day(self, key: str) -> date | None:
        """The day under `published` or `expires`."""
        written = self.line(key)
        return date.fromisoformat(written) if written else None


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
    subject = values.get("subject") or values.get("title")
    if subject is None:
        problems.append(Problem("above the mail stands no `subject:`", Place(file, 2, 1)))
    front = FrontMatter(
        subject=str(subject.value) if subject else "",
        subject_line=subject.start_mark.line + 2 if subject else 1,
        said={name: tuple(_texts(value)) for name, value in values.items()},
        places={name: _place(value.start_mark, file) for name, value in values.items()},
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
    if name in _LISTS and isinstance(value, yaml.SequenceNode):
        is_plain = all(isinstance(child, yaml.ScalarNode) and child.value for child in value.value)
        return "" if is_plain else f"{name!r} is a list of words, like [cash flow, pricing]"
    if not isinstance(value, yaml.ScalarNode) or not str(value.value).strip():
        return f"{name!r} must be a line of text; put it in quotes if it holds {{{{ }}}} or a colon"
    return _wrong(name, str(value.value).strip())


def _wrong(name: str, written: str) -> str:
    """What is wrong with a line of text under its key, or nothing."""
    if name in _DAYS and not _is_date(written):
        return f"{name!r} is a day like 2027-03-31, not {written!r}"
    if name == "evergreen" and written.lower() not in _YES_NO:
        return f"'evergreen' is yes or no, not {written!r}"
    if name == "source" and not written.startswith(_WEB):
        return f"'source' is an address like https://example.org/article, not {written!r}"
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
