"""Mails whose verdict a person corrected, kept as samples beside the settings."""

from collections.abc import Callable, Iterator
from pathlib import Path

from nurture.core.verdict import Meaning


def samples_of(settings: Path) -> Path:
    """Where the samples of the installation with these settings lie."""
    return settings.parent / "corrections"


def keep_sample(folder: Path, meaning: Meaning, digest: str, raw: bytes) -> Path:
    """Writes the mail under its right label, and takes it away from any other; says where.

    The folder is readable by its owner alone: it holds what people wrote.
    """
    place = folder / meaning / f"{digest}.eml"
    for label in (folder, place.parent):
        label.mkdir(mode=0o700, parents=True, exist_ok=True)
        label.chmod(0o700)
    place.touch(mode=0o600)
    place.chmod(0o600)
    place.write_bytes(raw)
    for other in Meaning:
        if other is not meaning:
            (folder / other / place.name).unlink(missing_ok=True)
    return place


def samples_about(folder: Path, is_theirs: Callable[[bytes], bool]) -> Iterator[Path]:
    """The samples whose bytes somebody recognises as theirs."""
    for place in sorted(folder.glob("*/*.eml")):
        if is_theirs(place.read_bytes()):
            yield place
