"""YAML 1.2 as people mean it: `no` is a word, 12:30 is not 750, and nothing is silently dropped."""

import re

import yaml
from yaml.error import Mark
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from nurture.document.code import Code
from nurture.document.tree import Document, Path, Scalar, Tree, place_at
from nurture.errors import Misconfigured, Place, Problem

_MOST_VALUES = 20_000
_DEEPEST = 30
_LONGEST = 512 * 1024
_MOST_NESTED = 500
_CORE = "tag:yaml.org,2002:"
_TOO_DEEP = "nested too deep"
_QUOTE = "put the text in quotes"
# What PyYAML says, what a person should read, and whether it stands where the thing was opened.
_COLONS = f"a colon too many, or none in the line above: {_QUOTE} if it has `: ` in it"
_WORDS = (
    (r"character '\\t' that", "a tab: indent with spaces", False),
    (r"character (.+) that cannot", rf"a value cannot start with \1: {_QUOTE}", False),
    (r"mapping values are not allowed", _COLONS, False),
    (r"could not find expected ':'", "a line without a colon among keys", False),
    (r"unknown escape", r"\\ means something else in double quotes: use single quotes", False),
    (r"quoted scalar", "a quote is opened here and never closed", True),
    (r"expected <block end>", "indented differently from the lines around it", False),
    (r"',' or '\]'", "a list is opened here by [ and never closed", True),
    (r"',' or '\}'", "a mapping is opened here by { and never closed", True),
    (r"single document", "a second document starts here: one file holds one", False),
    (r"undefined alias", f"*name stands for nothing: {_QUOTE}", False),
)


class _Core(yaml.SafeLoader):
    """The core schema of YAML 1.2, without its octals, infinities and dates."""


_Core.yaml_implicit_resolvers = {}
for _kind, _pattern, _first in (
    ("bool", "true|false", "tf"),
    ("int", r"[-+]?(?:0|[1-9]\d*)", "-+0123456789"),
    ("float", r"[-+]?\d+\.\d+", "-+0123456789"),
    ("null", "~|null|", ["~", "n", ""]),
):
    _Core.add_implicit_resolver(_CORE + _kind, re.compile(rf"(?:{_pattern})\Z"), list(_first))
# The same in C where it was built: ten times as fast, with poorer words for mistakes.
_QUICK = type(
    "_Quick",
    (getattr(yaml, "CSafeLoader", yaml.SafeLoader),),
    {"yaml_implicit_resolvers": _Core.yaml_implicit_resolvers},
)
_KINDS = frozenset(_CORE + kind for kind in ("bool", "int", "float", "null", "str", "map", "seq"))


def read_yaml(text: str, file: str) -> Document:
    """The document of a YAML text; duplicate keys, tags and odd keys are among its problems.

    Raises Misconfigured where the text is no YAML, or larger, deeper or wider than any person
    writes by hand (bombs of aliases included).
    """
    if len(text) > _LONGEST:
        raise Misconfigured([_wrong(f"longer than {_LONGEST // 1024} KB", Place(file))])
    node = _composed(text, file)
    builder = _Builder(file)
    root = builder.build(node, (), ()) if node else None
    problems = tuple(builder.problems)
    return Document(file, root, builder.values, builder.keys, problems, builder.inline)


def _composed(text: str, file: str) -> Node | None:
    stumbled = None
    if _is_shallow(text):
        try:
            quick: Node | None = _QUICK(text).get_single_node()
        except yaml.MarkedYAMLError as error:
            stumbled = error
        except yaml.YAMLError:
            pass  # read once more below, by the one who knows what to say
        else:
            return quick
    try:
        return _Core(text).get_single_node()
    except yaml.MarkedYAMLError as error:
        # The one in C also reads a question mark among the words within { }: it may come further.
        told = stumbled if stumbled and _line(stumbled) > _line(error) else error
        raise Misconfigured([_syntax_problem(told, file)]) from error
    except yaml.reader.ReaderError as error:
        words = f"a control character (U+{_code_point(error):04X}): remove it"
        raise Misconfigured([_wrong(words, place_at(text, error.position, file))]) from error
    except RecursionError as error:
        raise Misconfigured([_wrong(_TOO_DEEP, Place(file))]) from error


def _line(error: yaml.MarkedYAMLError) -> int:
    return error.problem_mark.line if error.problem_mark else 0


def _is_shallow(text: str) -> bool:
    """Whether nothing in it is nested so deep that a reader in C would run out of stack."""
    brackets = text.count("[") + text.count("{")
    return brackets < _MOST_NESTED and all(len(line) < _MOST_NESTED for line in text.splitlines())


def _code_point(error: yaml.reader.ReaderError) -> int:
    return error.character if isinstance(error.character, int) else ord(error.character)


def _syntax_problem(error: yaml.MarkedYAMLError, file: str) -> Problem:
    said = f"{error.context or ''} {error.problem or ''}".strip()
    mark, words = error.problem_mark or error.context_mark, f"not YAML: {said}"
    for pattern, advice, is_where_opened in _WORDS:
        if found := re.search(pattern, said):
            words = found.expand(advice)
            mark = (error.context_mark if is_where_opened else None) or mark
            break
    return _wrong(words, _place(mark, file) if mark else Place(file))


def _wrong(words: str, place: Place) -> Problem:
    return Problem(words, place, Code.SYNTAX)


def _place(mark: Mark, file: str) -> Place:
    return Place(file, mark.line + 1, mark.column + 1)


class _Builder:
    """Turns composed nodes into plain values, noting where each came from."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._count = 0
        self._scalars = _Core("")
        self.values: dict[Path, Place] = {}
        self.keys: dict[Path, Place] = {}
        self.problems: list[Problem] = []
        self.inline: dict[Path, int] = {}

    def build(self, node: Node, path: Path, above: tuple[Node, ...]) -> Tree:
        place = _place(node.start_mark, self._file)
        self._count += 1
        if self._count > _MOST_VALUES or node in above:
            words = f"an alias that contains itself, or more than {_MOST_VALUES} values"
            raise Misconfigured([_wrong(words, place)])
        if len(path) > _DEEPEST:
            raise Misconfigured([_wrong(_TOO_DEEP, place)])
        self.values[path] = place
        if node.tag not in _KINDS:
            self.problems.append(_wrong(f"the tag {_spoken(node.tag)} is not allowed", place))
            return None
        if isinstance(node, MappingNode):
            return self._mapping(node, path, (*above, node))
        if isinstance(node, SequenceNode):
            return [
                self.build(item, (*path, i), (*above, node)) for i, item in enumerate(node.value)
            ]
        if node.start_mark.line == node.end_mark.line:
            self.inline[path] = 1 if getattr(node, "style", None) in ("'", '"') else 0
        return self._scalar(node, place)

    def _mapping(self, node: MappingNode, path: Path, above: tuple[Node, ...]) -> Tree:
        mapping: dict[str, Tree] = {}
        for key, value in node.value:
            place = _place(key.start_mark, self._file)
            if not isinstance(key, ScalarNode) or key.tag != f"{_CORE}str":
                words = f"the key {_shown(key)} must be plain text"
                self.problems.append(Problem(words, place, Code.ODD_KEY))
                continue
            name = str(key.value)
            if name in mapping:
                first = self.keys[*path, name].line
                words = f"{name!r} stands in line {first} already"
                self.problems.append(Problem(words, place, Code.ODD_KEY))
                continue
            self.keys[*path, name] = place
            mapping[name] = self.build(value, (*path, name), above)
        return mapping

    def _scalar(self, node: Node, place: Place) -> Scalar:
        try:
            value: Scalar = self._scalars.construct_object(node)
        except (ValueError, yaml.YAMLError):
            self.problems.append(_wrong(f"{node.value!r} cannot be read", place))
            return None
        return value


def _spoken(tag: str) -> str:
    return tag.replace(_CORE, "!!")


def _shown(key: Node) -> str:
    return repr(key.value) if isinstance(key, ScalarNode) else "in [ ] or { }"
