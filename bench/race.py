"""The same mails sent by several programs in turn, ours among them, to one counting sink."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.row import Missing
from tests.servers.dovecot import Dovecot

ROOT = Path(__file__).resolve().parent.parent
MANY, FEW = 100_000, 20_000
_ROUNDS = 3
_NODE = ROOT / ".tools" / "node" / "node_modules"


@dataclass(frozen=True, slots=True)
class Pace:
    """One program's messages a second, and microseconds of all its CPU a message, round by round.

    From the start of the program until the sink has its last mail: starting up counts.
    """

    rates: tuple[float, ...]
    cpu: tuple[float, ...]

    def rate_to(self, other: "Pace") -> float:
        """The median of the ratios of each round."""
        return median(mine / theirs for mine, theirs in zip(self.rates, other.rates, strict=True))

    def cpu_to(self, other: "Pace") -> float:
        """The median of the ratios of each round."""
        return median(mine / theirs for mine, theirs in zip(self.cpu, other.cpu, strict=True))

    def __str__(self) -> str:
        return f"{median(self.rates):.0f}/s, {median(self.cpu):.0f} us"


@cache
def against_peers() -> Mapping[str, Pace]:
    """`nurture`, `smtp-source` and `nodemailer`, each of them several times in turn."""
    return _raced(MANY, ("smtp-source", "nodemailer"), {})


@cache
def against_the_obvious() -> Mapping[str, Pace]:
    """`nurture` and `obvious`: fewer mails, for it takes its time."""
    templates = _peers() / "templates"
    run = _python("bench.obvious", "run", "{folder}/obvious.db", "{{port}}", templates)
    return _raced(FEW, (), {"obvious": run})


def environment() -> dict[str, str]:
    """The environment of whatever we start: modules compiled once, as where they are installed."""
    not_for_them = ("PYTHONDONTWRITEBYTECODE", "NURTURE_PEERS")
    kept = {name: value for name, value in os.environ.items() if name not in not_for_them}
    return kept | {
        "PYTHONPATH": str(ROOT),
        "PYTHONPYCACHEPREFIX": str(ROOT / ".tools" / "bytecode"),
        "NODE_PATH": os.environ.get("NODE_PATH", str(_NODE)),
        "PATH": f"{os.environ.get('PATH', '')}:/usr/sbin",
    }


def recipients(folder: Path, count: int) -> Path:
    """A file of so many recipients, the same for every program."""
    file = folder / "recipients.jsonl"
    _run([sys.executable, _peers() / "workload.py", count, file])
    return file


def seeded(folder: Path, people: Path, *more: str, database: str = "") -> Path:
    """A folder in which everybody in `people` is due."""
    place = folder / "seed"
    place.mkdir()
    database = database or f"sqlite:///{place}/nurture.db"
    _run([*_words("bench.roster"), place, people, "--database", database, *more])
    return place


def _raced(count: int, peers: tuple[str, ...], ours: Mapping[str, str]) -> Mapping[str, Pace]:
    _require_all()
    with TemporaryDirectory() as name, Dovecot.running({"sam@agency.example": "secret"}) as server:
        folder = Path(name)
        people = recipients(folder, count)
        seed, place = seeded(folder, people), folder / "nurture"
        if ours:
            _run([*_words("bench.obvious"), "seed", folder / "fresh.db", people])
        runs = {"nurture": _python("bench.agency", place)} | {
            each: command.format(folder=folder) for each, command in ours.items()
        }
        fresh = f"rm -rf {place} {folder}/obvious.db*; cp -r {seed} {place}"
        fresh += f"; cp {folder}/fresh.db {folder}/obvious.db" if ours else ""
        told = folder / "told.json"
        commands = [f"--cmd={each}={command}" for each, command in runs.items()]
        setups = [f"--setup={each}={fresh}" for each in runs]
        only = ",".join((*peers, *runs))
        _run(
            [sys.executable, _peers() / "peers.py", "-n", count, "-r", _ROUNDS, "-c", 10,
             "--only", only, "--json", told, *commands, *setups],
            IMAP_PORT=str(server.imap_port),
        )  # fmt: skip
        found = json.loads(told.read_text("utf-8"))
    return {
        each: Pace(
            tuple(count / run["wall"] for run in rounds),
            tuple(run["cpu"] / count * 1e6 for run in rounds),
        )
        for each, rounds in found.items()
    }


def require(program: str, package: str) -> None:
    """Raises Missing where the program is not on the PATH."""
    if shutil.which(program, path=environment()["PATH"]) is None:
        raise Missing(f"{program}: apt-get install {package}")


def _require_all() -> None:
    require("smtp-sink", "postfix")
    require("dovecot", "dovecot-imapd")
    require("node", "nodejs")
    if not Path(environment()["NODE_PATH"]).is_dir():
        raise Missing("nodemailer and nunjucks in NODE_PATH: `make bench` installs them")


def _peers() -> Path:
    folder = Path(os.environ.get("NURTURE_PEERS", str(ROOT.parent / "shared" / "bench")))
    if not folder.joinpath("peers.py").is_file():
        raise Missing(f"no peers.py in {folder}: name its folder in NURTURE_PEERS")
    return folder


def _words(module: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module)


def _python(module: str, *words: object) -> str:
    return " ".join(("exec", *map(shlex.quote, _words(module)), *map(str, words)))


def _run(words: list[object], **more: str) -> None:
    done = subprocess.run(
        [str(each) for each in words],
        env=environment() | more,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    if done.returncode or "failed" in done.stdout:
        raise RuntimeError(f"{words[:4]}: {done.stdout[-1000:]}{done.stderr[-2000:]}")
