"""What a check found, in the shapes that people, scripts and code hosts read."""

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from urllib.parse import quote

from nurture.advice import advices
from nurture.document.code import MEANING, Code
from nurture.errors import Place, Problem

_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
_CODES = frozenset(Code)


def is_error(problem: Problem) -> bool:
    """Whether something cannot be used; anything else is advice."""
    return not problem.code or problem.code in _CODES


def level(problem: Problem) -> str:
    """ "error" or "advice"."""
    return "error" if is_error(problem) else "advice"


def line(problem: Problem) -> str:
    """As compilers say it: FILE:LINE:COLUMN: LEVEL CODE: WORDS."""
    what = f"{level(problem)} {problem.code}".strip()
    return f"{problem.place or '-'}: {what}: {problem.message}"


def row(problem: Problem) -> Mapping[str, object]:
    """For a JSON line; line and column are 0 where the whole file is meant."""
    place = problem.place or Place("")
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "code": problem.code,
        "level": level(problem),
        "message": problem.message,
    }


def sarif(problems: Sequence[Problem], version: str) -> Mapping[str, object]:
    """A log of SARIF 2.1.0 with one run; the rules are all that could have been found."""
    rules = [_rule(code, MEANING[code], "") for code in Code]
    rules += [_rule(each.code, each.about, each.why) for each in advices()]
    driver = {"name": "nurture", "version": version, "rules": rules}
    run = {"tool": {"driver": driver}, "results": [_result(each) for each in problems]}
    return {"$schema": _SARIF, "version": "2.1.0", "runs": [run]}


def _rule(code: str, about: str, why: str) -> Mapping[str, object]:
    rule: dict[str, object] = {"id": str(code), "shortDescription": {"text": about}}
    return {**rule, "fullDescription": {"text": why}} if why else rule


def _result(problem: Problem) -> Mapping[str, object]:
    place = problem.place or Place("")
    physical: dict[str, object] = {
        "artifactLocation": {"uri": quote(PurePath(place.file).as_posix())}
    }
    if place.line:
        physical["region"] = {"startLine": place.line, "startColumn": max(place.column, 1)}
    return {
        "ruleId": str(problem.code or Code.FILE),
        "level": "error" if is_error(problem) else "note",
        "message": {"text": problem.message},
        "locations": [{"physicalLocation": physical}],
    }
