"""The small part of Jinja that a mail template may use: print, if, for, set, and a few filters."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from jinja2 import StrictUndefined, TemplateSyntaxError, Undefined, meta, nodes, pass_context
from jinja2 import Template as Compiled
from jinja2.filters import FILTERS
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing

from nurture.errors import Place, Problem

SLOT: Final = "xQ7T{}Qx"
"""Stands in the rendered body for the value of this number: a word to every rule of Markdown."""

_GUARD: Final = "printed"
_EMPTY: Final = "is empty"
_HOW_FEW: Final = 64
_FEW: Final = tuple(SLOT.format(number) for number in range(_HOW_FEW))

# A closed set: no calls, macros, includes or arithmetic that multiplies, so that every loop runs
# over a value of the contact and ends (reliability.md section 8).
_ALLOWED: Final = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr,
    nodes.Getitem, nodes.Filter, nodes.Test, nodes.If, nodes.For, nodes.Assign, nodes.Compare,
    nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.CondExpr, nodes.Concat, nodes.Tuple,
    nodes.List, nodes.Keyword, nodes.Add, nodes.Sub, nodes.Neg,
)  # fmt: skip
_FILTERS: Final = (
    "capitalize", "title", "upper", "lower", "trim", "first", "last", "join", "length", "round",
    "int", "replace", "sort", "unique", "list",
)  # fmt: skip
_KNOWN: Final = frozenset({*_FILTERS, "default", "d"})


class Hole(ValueError):
    """A mail that would go out with a gap: what is missing, where, and why; it is never sent."""

    def __init__(self, name: str, place: Place, why: str) -> None:
        self.name = name
        self.place = place
        self.why = why
        super().__init__(f"{place}: {name} {why}" if name else f"{place}: {why}")


class Saying(Context):
    """What a template works with: the values, and those it has printed so far, in order.

    While `printed` is None a value is said itself; else a slot stands for it.
    """

    def __init__(self, values: Mapping[str, object], file: str) -> None:
        # Jinja's own beginning copies all values twice, and makes ready for blocks and macros.
        self.parent = _Values(values)
        self.vars = {}
        self.exported_vars = set()
        self.environment = _ENVIRONMENT
        self.eval_ctx = _NEVER_ESCAPED
        self.name = file
        self.printed: list[str] | None = None

    @property
    def resolve_or_missing(self) -> Callable[[str], object]:
        """Gives the value that came from outside; what the template sets, it keeps itself."""
        return self.parent.__getitem__


class _Values(dict[str, object]):
    """The values by name; a name that has none gives Jinja's sign for that."""

    def __missing__(self, name: str) -> object:
        return missing


class _Sandbox(ImmutableSandboxedEnvironment):
    """Where templates run: what stands behind a dot is looked up in a mapping first."""

    def getattr(self, obj: object, attribute: str) -> object:
        """A custom field may be called `items` or `values`, and means itself."""
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


def compile_source(
    source: str, line: int, file: str
) -> tuple[Compiled | None, frozenset[str], list[Problem]]:
    """The compiled template, the names it takes from outside, and everything wrong with it.

    `line` is where the source begins in its file, so that every complaint names the right line.
    """
    padded = "\n" * (line - 1) + source
    try:
        tree = _ENVIRONMENT.parse(padded, name=file, filename=file)
    except TemplateSyntaxError as error:
        place = Place(file, error.lineno, 1)
        return None, frozenset(), [Problem(error.message or "is no template", place)]
    problems = [Problem(message, Place(file, number, 1)) for number, message in _refusals(tree)]
    if problems:
        return None, frozenset(), problems
    names = frozenset(meta.find_undeclared_variables(tree))
    _guard_prints(tree)
    code = _ENVIRONMENT.compile(tree, name=file, filename=file)
    return Compiled.from_code(_ENVIRONMENT, code, {}), names, []


def line_in(error: BaseException, file: str) -> int:
    """The line of the template at which an error arose; 0 where it does not tell."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _refusals(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    pending: list[nodes.Node] = [tree]
    while pending:
        node = pending.pop()
        pending.extend(node.iter_child_nodes())
        if isinstance(node, nodes.Call):
            yield node.lineno, "a mail template calls no functions"
        elif not isinstance(node, _ALLOWED):
            kind = type(node).__name__.lower()
            yield node.lineno, f"{kind!r} has no place in a mail template: print, if, for, set"
        elif isinstance(node, nodes.Filter) and node.name not in _KNOWN:
            known = ", ".join(sorted(_KNOWN))
            yield node.lineno, f"there is no filter {node.name!r}; there are {known}"
        elif isinstance(node, nodes.For) and any(_inner_loops(node)):
            yield node.lineno, "a loop inside a loop has no place in a mail template"
        elif isinstance(node, nodes.Name) and node.name.startswith("_"):
            yield node.lineno, f"there is no value {node.name!r}"


def _inner_loops(loop: nodes.For) -> Iterator[nodes.Node]:
    return (each for each in loop.find_all(nodes.For) if each is not loop)


def _guard_prints(tree: nodes.Template) -> None:
    """Sends whatever is printed through the guard, with the words in which it was written."""
    for output in tree.find_all(nodes.Output):
        output.nodes = [
            each if isinstance(each, nodes.TemplateData) else _guarded(each)
            for each in output.nodes
        ]


def _guarded(written: nodes.Expr) -> nodes.Expr:
    told: list[nodes.Expr] = [nodes.Const(_name(written)), nodes.Const(written.lineno)]
    guard = nodes.Filter(written, _GUARD, told, [], None, None, lineno=written.lineno)
    guard.set_environment(_ENVIRONMENT)
    return guard


def _name(written: nodes.Node) -> str:
    match written:
        case nodes.Name():
            return written.name
        case nodes.Getattr():
            return f"{_name(written.node)}.{written.attr}"
        case _:
            return next((_name(child) for child in written.iter_child_nodes()), "")


@pass_context
def _printed(saying: Saying, value: object, name: str, line: int) -> str:
    # One line: a value can open no paragraph, list or quotation of its own.
    if type(value) is not str:
        text = _told(value)
    else:
        text = value if value.isalnum() else " ".join(value.split())
    if not text:
        raise Hole(name, Place(saying.name or "", line, 1), _gap(value))
    printed = saying.printed
    if printed is None:
        return text
    number = len(printed)
    printed.append(text)
    return _FEW[number] if number < _HOW_FEW else SLOT.format(number)


def _told(value: object) -> str:
    return "" if _gap(value) != _EMPTY else " ".join(str(value).split())


def _gap(value: object) -> str:
    """What keeps a value that is no plain text from being printed."""
    if isinstance(value, Undefined) or value is None:
        return "has no value"
    if isinstance(value, (Mapping, list, tuple, set, frozenset)):
        return "is a list, not a word: print it with | join(', ')"
    return _EMPTY


def _default(value: object, instead: object = "") -> object:
    """What stands in for a missing value; unlike Jinja's own, for an empty one too."""
    is_blank = isinstance(value, Undefined) or value is None or not str(value).strip()
    return instead if is_blank else value


def _environment() -> _Sandbox:
    environment = _Sandbox(
        undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.clear()
    environment.filters = {name: FILTERS[name] for name in _FILTERS}
    environment.filters |= {"default": _default, "d": _default, _GUARD: _printed}
    return environment


_ENVIRONMENT: Final = _environment()
_NEVER_ESCAPED: Final = EvalContext(_ENVIRONMENT)
