"""What a sequence sends along is there, small and harmless, or the sequence is refused."""

from pathlib import Path

import pytest

from nurture.transport.sequence_folder import Folder, load_folder

SEQUENCE = """sequence: notes
why: you asked
steps:
  - id: first
    email: mail/first.md
    attachments: {files}
"""


def loaded(tmp_path: Path, files: str) -> Folder:
    (tmp_path / "mail").mkdir(exist_ok=True)
    (tmp_path / "mail/first.md").write_text("---\nsubject: Hi\n---\nHello.\n")
    (tmp_path / "notes.yaml").write_text(SEQUENCE.format(files=files))
    return load_folder(tmp_path)


def test_a_file_beside_the_sequence_is_read(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files/terms.pdf").write_bytes(b"%PDF-1")
    folder = loaded(tmp_path, "files/terms.pdf")
    assert folder.problems == ()
    assert folder.attachments["files/terms.pdf"].content == b"%PDF-1"
    assert list(folder.sequences) == ["notes"]


def test_a_picture_that_a_mail_shows_is_read_or_missed(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1")
    loaded(tmp_path, "a.pdf")
    (tmp_path / "mail/first.md").write_text("---\nsubject: Hi\n---\nSee ![us](mail/us.png).\n")
    (problem,) = load_folder(tmp_path).problems
    assert "step 'first' sends 'mail/us.png', which is not there" in str(problem)
    (tmp_path / "mail/us.png").write_bytes(b"\x89PNG")
    assert set(load_folder(tmp_path).attachments) == {"a.pdf", "mail/us.png"}


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ("files/none.pdf", ":6:18: there is no file 'files/none.pdf'"),
        ("run.exe", "'run.exe', which is a program or can hold one (.exe)"),
        ("big.pdf", "'big.pdf', which has 5.0 MB, more than 5 MB"),
        ("[one.pdf, two.pdf, three.pdf]", "sends 12.0 MB along: at most 10 MB go with one mail"),
        ("../outside.pdf", ":6:18: there is no file '../outside.pdf'"),
        ("link.pdf", "'link.pdf', which lies outside the sequences folder"),
    ],
)
def test_a_sequence_with_a_file_that_cannot_go_is_refused(
    tmp_path: Path, files: str, words: str
) -> None:
    inside = tmp_path / "sequences"
    inside.mkdir()
    (tmp_path / "outside.pdf").write_bytes(b"x")
    (inside / "link.pdf").symlink_to(tmp_path / "outside.pdf")
    (inside / "run.exe").write_bytes(b"x")
    (inside / "big.pdf").write_bytes(b"x" * (5 * 2**20 + 1))
    for name in ("one", "two", "three"):
        (inside / f"{name}.pdf").write_bytes(b"x" * (4 * 2**20))
    folder = loaded(inside, files)
    (problem,) = folder.problems
    assert words in str(problem)
    assert "step 'first'" in str(problem) or ":6:18:" in str(problem)
    assert (folder.sequences, folder.sources) == ({}, {})
