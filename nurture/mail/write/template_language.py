"""The small part of Jinja that a mail template may use: print, if, for, set, and a few filters."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from jinja2 import StrictUndefined, TemplateSyntaxError, Undefined, meta, nodes
from jinja2 import Template as Compiled
from jinja2.compiler import CodeGenerator, Frame
from jinja2.filters import FILTERS
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing

from nurture.errors import Place, Problem

SLOT: Final = "xQ7TQx"
"""Stands in what is rendered for the next value printed: a word to every rule of Markdown."""

BREAK: Final = "xQ7SQx"
"""Stands between subject and body."""

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
    """What a template works with: the values, and all that it has printed so far, in order.

    Beside each value stands how, and in which line, it was written.
    """

    def __init__(self, values: Mapping[str, object], file: str) -> None:
        # Jinja's own beginning copies all values twice, and makes ready for blocks and macros.
        self.parent = _Values(values)
        self.name = file
        self.printed: list[Any] = []
        self.written: list[tuple[str, int]] = []

    @property
    def resolve_or_missing(self) -> Callable[[str], object]:
        """Gives the value that came from outside; what the template sets, it keeps itself."""
        return self.parent.__getitem__

    def lines(self) -> tuple[list[str], str]:
        """What was printed, each value a line: it can open no paragraph, list or quotation.

        Beside them all of them in one, where all are printable.  Raises Hole for the first that is
        missing or empty.
        """
        values = self.printed
        try:
            together = f" {' '.join(values)} " if values else " "
        except TypeError:
            together = "  "
        # Of all blanks the common one alone is printable, and where none of them stands beside
        # another, no value is empty or has one at its end.
        if "  " not in together and together.isprintable():
            return values, together
        return list(map(self._on_one_line, values, self.written)), ""

    def _on_one_line(self, value: object, written: tuple[str, int]) -> str:
        gap = "" if type(value) is str else _gap(value)
        text = "" if gap else " ".join(str(value).split())
        if not text:
            name, line = written
            raise Hole(name, Place(self.name or "", line, 1), gap or "is empty")
        return text


class _Values(dict[str, object]):
    """The values by name; a name that has none gives Jinja's sign for that."""

    def __missing__(self, name: str) -> object:
        return missing


class _Telling(CodeGenerator):
    """Has a template say slots, and keep what it prints in its Saying, which Jinja would write."""

    def write_commons(self) -> None:
        """What each template begins with: looked up once, and not for each run."""
        super().write_commons()
        self.writeline("printed, written = context.printed, context.written")

    def visit_Output(self, node: nodes.Output, frame: Frame) -> None:
        """Runs as `_noted` made them: first the values, each of which may fail, then the words."""
        for run in node.nodes:
            values, written, words = run.iter_child_nodes()
            self.writeline("printed += ", run)
            self.visit(values, frame)
            self.writeline("written += ")
            self.visit(written, frame)
            self.writeline("yield ")
            self.visit(words, frame)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Where templates run: what stands behind a dot is looked up in a mapping first."""

    code_generator_class = _Telling

    def getattr(self, obj: object, attribute: str) -> object:
        """A custom field may be called `items` or `values`, and means itself."""
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


def read_source(
    source: str, line: int, file: str
) -> tuple[nodes.Template | None, frozenset[str], list[Problem]]:
    """What a source says, the names it takes from outside, and everything wrong with it.

    `line` is where the source begins in its file, so that every complaint names the right line.
    """
    padded = "\n" * (line - 1) + source
    try:
        tree = _ENVIRONMENT.parse(padded, name=file, filename=file)
    except TemplateSyntaxError as error:
        place = Place(file, error.lineno, 1)
        return None, frozenset(), [Problem(error.message or "is no template", place)]
    problems = [Problem(message, Place(file, number, 1)) for number, message in _refusals(tree)]
    names = frozenset[str]() if problems else frozenset(meta.find_undeclared_variables(tree))
    return tree, names, problems


def compiled(file: str, subject: nodes.Template, body: nodes.Template) -> Compiled:
    """Both as one that says the subject, BREAK, and the body; neither knows what the other sets."""
    between = nodes.Output([nodes.TemplateData(BREAK)], lineno=1)
    scopes = [nodes.Scope(each.body, lineno=1) for each in (subject, body)]
    both = nodes.Template([scopes[0], between, scopes[1]], lineno=1)
    both.set_environment(_ENVIRONMENT)
    _note_prints(both)
    code = _ENVIRONMENT.compile(both, name=file, filename=file)
    return Compiled.from_code(_ENVIRONMENT, code, {})


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


def _note_prints(tree: nodes.Template) -> None:
    """Has whatever is printed stand beside its run, with how it was written, and a slot instead."""
    for output in tree.find_all(nodes.Output):
        output.nodes = [_noted(run) for run in _runs(output.nodes) if run]


def _runs(written: list[nodes.Expr]) -> Iterator[list[nodes.Expr]]:
    """What may be noted at once: whatever could fail stands alone, so that its line is known."""
    run: list[nodes.Expr] = []
    for each in written:
        if not isinstance(each, nodes.TemplateData | nodes.Name):
            yield run
            yield [each]
            run = []
        else:
            run.append(each)
    yield run


def _noted(run: list[nodes.Expr]) -> nodes.Expr:
    literal = "".join([each.data if isinstance(each, nodes.TemplateData) else SLOT for each in run])
    printed = [each for each in run if not isinstance(each, nodes.TemplateData)]
    written = nodes.Const(tuple((_name(each), each.lineno) for each in printed))
    told: list[nodes.Expr] = [nodes.Tuple(printed, "load"), written, nodes.Const(literal)]
    return nodes.Tuple(told, "load", lineno=(printed or run)[0].lineno)


def _name(written: nodes.Node) -> str:
    match written:
        case nodes.Name():
            return written.name
        case nodes.Getattr():
            return f"{_name(written.node)}.{written.attr}"
        case _:
            return next((_name(child) for child in written.iter_child_nodes()), "")


def _gap(value: object) -> str:
    """What keeps a value that is no plain text from being printed."""
    if isinstance(value, Undefined) or value is None:
        return "has no value"
    if isinstance(value, (Mapping, list, tuple, set, frozenset)):
        return "is a list, not a word: print it with | join(', ')"
    return ""


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
    environment.filters |= {"default": _default, "d": _default}
    return environment


_ENVIRONMENT: Final = _environment()
# The same for all of them: what a template sets, it sets within a scope, and keeps there.
Saying.environment, Saying.eval_ctx = _ENVIRONMENT, EvalContext(_ENVIRONMENT)
Saying.vars, Saying.exported_vars = {}, set()
