"""A machine with systemd as its first process, over this one's files; what it writes is lost."""

import os
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

OVER: Final = "NURTURE_TEST_SYSTEMD"
"""Names a folder with the files of another systemd, which lie over this machine's own."""

REPOSITORY: Final = Path(__file__).parents[2]
_CGROUPS: Final = Path("/sys/fs/cgroup")
_PATIENCE: Final = 40.0
_ENVIRONMENT: Final = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
# Run in new namespaces: builds the files of the machine below $1, and becomes its first process.
_BOOT: Final = r"""
set -eu
mount --make-rprivate /
mount -t tmpfs tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/root" "$1/over"
[ -z "$5" ] || cp -a "$5/." "$1/over"
mount -t overlay overlay -o lowerdir="$1/over:/",upperdir="$1/upper",workdir="$1/work" "$1/root"
cd "$1/root"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
for folder in run tmp dev; do mount -t tmpfs tmpfs $folder; done
for device in null zero full random urandom tty; do cp -a /dev/$device dev/; done
mkdir dev/pts dev/shm dev/mqueue dev/hugepages
mount -t devpts -o newinstance,ptmxmode=666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
mount -t tmpfs tmpfs sys/fs/cgroup
for name in systemd cpu memory pids; do
    mkdir sys/fs/cgroup/$name
    options=$name; [ $name = systemd ] && options=none,name=systemd
    mount -t cgroup -o $options cgroup sys/fs/cgroup/$name
done
# Nothing of the host starts here: only what a test puts there.
find etc/systemd/system -mindepth 1 -delete
: > etc/fstab
rm -rf opt/nurture opt/python var/lib/nurture etc/nurture
packages=opt/nurture/lib/$4/site-packages
mkdir -p opt/nurture/bin opt/python $packages
mount --bind "$2" opt/python
mount -o remount,bind,ro opt/python
ln -s /opt/python/bin/$4 opt/nurture/bin/python
echo "home = /opt/python/bin" > opt/nurture/pyvenv.cfg
mkdir "$1/packages" "$1/packages/upper" "$1/packages/work"
mount -t overlay overlay \
    -o lowerdir="$3",upperdir="$1/packages/upper",workdir="$1/packages/work" $packages
for unit in systemd-sysctl.service systemd-modules-load.service systemd-udevd.service; do
    ln -s /dev/null etc/systemd/system/$unit
done
printf '[Unit]\nRequires=basic.target\nAfter=basic.target\n' > etc/systemd/system/try.target
mkdir .before
pivot_root . .before
umount -l /.before
# In a container systemd leaves this to whoever made it; credentials travel by it.
mount --make-rshared /
exec env -i container=docker PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    /lib/systemd/systemd --system --unit=try.target --log-target=journal
"""
_PYTHON: Final = f"python{sys.version_info.major}.{sys.version_info.minor}"
_PROGRAM: Final = """\
#!/bin/sh
# An interpreter that was moved looks for its own library where it was built.
LD_LIBRARY_PATH=/opt/python/lib exec /opt/nurture/bin/python -m nurture "$@"
"""


class NoMachineError(RuntimeError):
    """Here nobody may start one: it takes root, and namespaces with cgroups of their own."""


@dataclass(frozen=True, slots=True)
class Machine:
    """A running one; it shares this one's network."""

    first: int

    @classmethod
    @contextmanager
    def running(cls, folder: Path, *, with_nurture: bool = True) -> Iterator[Self]:
        """One with nurture under /opt/nurture; raises NoMachineError where that cannot be."""
        if os.geteuid() or not (_CGROUPS / "systemd").is_dir() or not shutil.which("unshare"):
            raise NoMachineError
        name = f"nurture-test-{os.getpid()}"
        nests = [each / name for each in _CGROUPS.iterdir() if each.is_dir()]
        script = folder / "boot.sh"
        script.write_text(_BOOT)
        place = folder / "machine"
        place.mkdir()
        enter = "".join(f"mkdir -p {each}; echo $$ > {each}/cgroup.procs; " for each in nests)
        apart = "--pid --fork --mount --uts --ipc --cgroup --kill-child"
        begin = f'{{ {enter} }} 2>/dev/null; exec unshare {apart} sh "$@"'
        over = os.environ.get(OVER, "")
        given = (script, place, sys.base_prefix, sysconfig.get_path("purelib"), _PYTHON, over)
        boot = subprocess.Popen(
            ["sh", "-c", begin, "sh", *given],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        try:
            machine = cls(_child_of(boot))
            machine._await_start()
            if with_nurture:
                machine._install_nurture()
            else:
                machine.run("umount", f"/opt/nurture/lib/{_PYTHON}/site-packages")
                machine.run("rm", "-rf", "/opt/nurture")
            yield machine
        finally:
            boot.kill()
            boot.wait(10)
            if boot.stderr:
                boot.stderr.close()
            _clear(nests)

    def run(self, *words: str, check: bool = True, text: str = "") -> str:
        """What the command says inside, on both streams."""
        enter = ("nsenter", "-t", str(self.first), "-m", "-p", "-u", "-i", "-C", "-r", "-w", "--")
        said = subprocess.run(
            [*enter, *words], check=False, capture_output=True, text=True, input=text, timeout=120,
            env=_ENVIRONMENT,
        )  # fmt: skip
        if check and said.returncode:
            raise AssertionError(
                f"{words} ended with {said.returncode}:\n{said.stdout}{said.stderr}"
            )
        return said.stdout + said.stderr

    def write(self, path: str, text: str, mode: str = "640") -> None:
        """A file inside, root's and the group's."""
        self.run("install", "-D", "-m", mode, "-g", "nurture", "/dev/stdin", path, text=text)

    def fact(self, unit: str, name: str) -> str:
        """One property of a unit."""
        return self.run("systemctl", "show", unit, "--property", name, "--value").strip()

    def await_fact(self, unit: str, name: str, wanted: str, within: float = _PATIENCE) -> None:
        """Returns once the property holds these words."""
        until = time.monotonic() + within
        while wanted not in (now := self.fact(unit, name)):
            if time.monotonic() > until:
                raise AssertionError(f"{unit}: {name} is {now!r}\n{self.journal(unit)}")
            time.sleep(0.1)

    def journal(self, unit: str) -> str:
        """The last lines that the unit wrote."""
        return self.run(
            "journalctl", "-u", unit, "-n", "40", "-o", "cat", "--no-pager", check=False
        )

    def _await_start(self) -> None:
        until = time.monotonic() + _PATIENCE
        state = ""
        while state not in {"running", "degraded"}:
            if time.monotonic() > until:
                raise NoMachineError(f"systemd is {state!r}")
            state = self.run("systemctl", "is-system-running", check=False).strip()
            time.sleep(0.1)

    def _install_nurture(self) -> None:
        """As a wheel lays it out: the package with its units and sequences inside."""
        inside = Path("/proc", str(self.first), "root", "opt", "nurture")
        packages = inside / "lib" / _PYTHON / "site-packages"
        for name, source in (
            ("nurture", "nurture"), ("nurture/deployed", "deploy"), ("nurture/shipped", "sequences")
        ):  # fmt: skip
            shutil.copytree(
                REPOSITORY / source, packages / name, dirs_exist_ok=True,
                ignore=shutil.ignore_patterns("__pycache__"),
            )  # fmt: skip
        program = inside / "bin/nurture"
        program.write_text(_PROGRAM)
        program.chmod(0o755)


def _child_of(boot: "subprocess.Popen[bytes]") -> int:
    """The first process of the machine, once unshare has made it."""
    children = Path(f"/proc/{boot.pid}/task/{boot.pid}/children")
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and boot.poll() is None:
        found = children.read_text().split()
        if found and Path(f"/proc/{found[0]}/comm").read_text().strip() == "systemd":
            return int(found[0])
        time.sleep(0.05)
    boot.kill()
    said = boot.stderr.read().decode() if boot.stderr else ""
    raise NoMachineError(said)


def _clear(nests: list[Path]) -> None:
    for nest in nests:
        for folder in sorted(nest.rglob("*/"), reverse=True) if nest.is_dir() else ():
            _remove(folder)
        _remove(nest)


def _remove(nest: Path) -> None:
    until = time.monotonic() + 5
    while nest.is_dir() and time.monotonic() < until:
        try:
            nest.rmdir()
        except OSError:
            time.sleep(0.05)
