"""Builds the container image of the repository and runs it, with everything in one folder."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

REPOSITORY: Final = Path(__file__).parents[2]
DOCKERFILE: Final = REPOSITORY / "deploy/Dockerfile"
IMAGE: Final = "localhost/nurture"
_TOOLS: Final = ("mmdebstrap", "buildah", "podman", "runc")
_STORAGE: Final = '[storage]\ndriver = "overlay"\nrunroot = "{0}/run"\ngraphroot = "{0}/graph"\n'
_BUNDLE: Final = "/etc/ssl/certs/ca-certificates.crt"
# Where this machine is a container itself, limits may be lowered and not raised.
_LIMITS: Final = ("--ulimit=nofile=1024:1024", "--ulimit=nproc=1000:1000")


class NoWorkshopError(RuntimeError):
    """Here nobody can build or run an image."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """A place of its own for images and containers; the network is this machine's."""

    folder: Path

    @classmethod
    @contextmanager
    def open(cls, folder: Path) -> Iterator[Self]:
        """One with the image built; raises NoWorkshopError where that cannot be tried."""
        missing = [each for each in _TOOLS if shutil.which(each) is None]
        if missing or os.geteuid():
            raise NoWorkshopError(f"it takes root and {', '.join(missing or _TOOLS)}")
        (folder / "storage.conf").write_text(_STORAGE.format(folder))
        workshop = cls(folder)
        try:
            workshop._prepare()
            build = ("--pull-never", "--network=host", "--isolation=chroot", "--format=docker")
            workshop.run("buildah", "bud", *build, "-f", DOCKERFILE, "-t", IMAGE, REPOSITORY)
            yield workshop
        finally:
            workshop.run("podman", "rm", "--all", "--force", "--time=0", check=False)
            workshop.run("buildah", "rm", "--all", check=False)
            shutil.rmtree(folder, ignore_errors=True)

    def run(self, *words: str | Path, check: bool = True) -> "subprocess.CompletedProcess[str]":
        """What a tool says."""
        env = {**os.environ, "CONTAINERS_STORAGE_CONF": str(self.folder / "storage.conf")}
        said = subprocess.run(
            words, check=False, capture_output=True, text=True, env=env, timeout=300
        )
        if check and said.returncode:
            raise AssertionError(
                f"{words} ended with {said.returncode}:\n{said.stdout}{said.stderr}"
            )
        return said

    def start(
        self, service: Mapping[str, Any], settings: Path, *words: str
    ) -> "subprocess.CompletedProcess[str]":
        """What a container of that service says, started as compose would start it."""
        return self._podman("run", *_as_compose(service, settings), *words)

    def within(self, name: str, *words: str) -> "subprocess.CompletedProcess[str]":
        """What a command says in the container of this name."""
        return self._podman("exec", name, *words)

    def _podman(self, *words: str) -> "subprocess.CompletedProcess[str]":
        how = ("podman", "--cgroup-manager=cgroupfs", "--runtime=runc")
        return self.run(*how, *words, check=False)

    def facts(self) -> dict[str, Any]:
        """What the image says of itself."""
        told: list[dict[str, Any]] = json.loads(self.run("podman", "inspect", IMAGE).stdout)
        config: dict[str, Any] = told[0]["Config"]
        return {**config, "Healthcheck": told[0]["Healthcheck"]}

    def _prepare(self) -> None:
        try:
            base = self._make_base()
        except AssertionError as error:
            raise NoWorkshopError(f"not even an empty image can be made: {error}") from error
        tried = self._podman("run", "--rm", "--network=host", *_LIMITS, base, "true")
        if tried.returncode:
            raise NoWorkshopError(f"not even an empty container can be run: {tried.stderr}")

    def _make_base(self) -> str:
        """A stand-in for the image that the Dockerfile begins with: the same Debian, its Python."""
        (name,) = set(re.findall(r"^FROM (\S+)", DOCKERFILE.read_text("utf-8"), re.MULTILINE))
        codename, tar = name.rpartition("-")[2], self.folder / "base.tar"
        parts = "--include=python3-venv,ca-certificates"
        self.run("mmdebstrap", "--quiet", "--variant=minbase", parts, codename, tar)
        made = self.run("buildah", "from", "scratch").stdout.strip()
        self.run("buildah", "add", made, tar, "/")
        self.run("buildah", "copy", made, _BUNDLE, _BUNDLE)  # whom this machine trusts
        link = ("ln", "-s", "python3", "/usr/bin/python")
        self.run("buildah", "run", "--isolation=chroot", made, "--", *link)
        self.run("buildah", "config", f"--env=PIP_CERT={_BUNDLE}", made)
        tar.unlink()
        self.run("buildah", "commit", "--rm", made, base := f"docker.io/library/{name}")
        return base


def _as_compose(service: Mapping[str, Any], settings: Path) -> Sequence[str]:
    """The service's keys as podman has them; the folder of settings is another."""
    source, _, target = next(each for each in service["volumes"] if "/etc/" in each).partition(":")
    volumes = [each for each in service["volumes"] if not each.startswith(source)]
    return (
        *("--network=host", "--no-healthcheck", *_LIMITS),
        f"--read-only={str(service['read_only']).lower()}",
        *(f"--tmpfs={each}" for each in service["tmpfs"]),
        *(f"--volume={each}" for each in (f"{settings}:{target}", *volumes)),
        *(f"--cap-drop={each.lower()}" for each in service["cap_drop"]),
        *(f"--security-opt={each.removesuffix(':true')}" for each in service["security_opt"]),
        f"--memory={service['mem_limit']}",
        f"--pids-limit={service['pids_limit']}",
    )
