"""Does the steps of a plan, below a root, and tells of each what became of it."""

import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import assert_never

from nurture.errors import Unreachable
from nurture.install.plan import Keep, Remove, Run, Step, Write

_REAL_ROOT = Path("/")


def carry_out(steps: Iterable[Step], root: Path, *, is_dry: bool) -> Iterator[str]:
    """One line for each step, after it was done; a dry run only says what would be.

    Below another root than `/` no command is run: they speak to the running system.  Raises
    Unreachable where a step fails; what was done stays done, and doing it again is harmless.
    """
    for step in steps:
        try:
            yield _done(step, root, is_dry=is_dry)
        except OSError as error:
            raise Unreachable(
                f"{error.filename or root}: {error.strerror} (are you root?)"
            ) from error


def _done(step: Step, root: Path, *, is_dry: bool) -> str:
    match step:
        case Write(path, text, mode):
            return _write(root / path, text, mode, is_dry=is_dry)
        case Keep(path, text, mode):
            if (root / path).exists():
                return f"kept       {root / path}"
            return _write(root / path, text, mode, is_dry=is_dry)
        case Remove(path):
            return _remove(root / path, is_dry=is_dry)
        case Run():
            return _run(step, root, is_dry=is_dry)
        case _:
            assert_never(step)


def _write(path: Path, text: str, mode: int, *, is_dry: bool) -> str:
    if path.is_file() and path.read_text("utf-8") == text:
        return f"unchanged  {path}"
    if is_dry:
        return f"would write {path}"
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.new")
    draft.touch(mode=0o600)
    draft.write_text(text, "utf-8")
    draft.chmod(mode)
    draft.replace(path)
    return f"written    {path}"


def _remove(path: Path, *, is_dry: bool) -> str:
    if not path.exists():
        return f"not there  {path}"
    if is_dry:
        return f"would remove {path}"
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    return f"removed    {path}"


def _run(step: Run, root: Path, *, is_dry: bool) -> str:
    words = " ".join(step.words)
    if is_dry:
        return f"would run  {words}"
    if root != _REAL_ROOT:
        return f"not run    {words} (another root)"
    try:
        said = subprocess.run(step.words, check=False, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise Unreachable(
            f"{step.words[0]} is missing: this is for machines with systemd"
        ) from error
    if said.returncode and not step.may_fail:
        raise Unreachable(f"{words} failed: {said.stderr.strip()}")
    return f"ran        {words}"
