"""`nurture library` shows what there is to send."""

from tests.cli.conftest import Practice

STALE = (
    "---\nsubject: Rates of 2019\ntopics: [tax]\nlanguage: en\nexpires: 2019-12-31\n---\nHello.\n"
)


def test_every_piece_is_listed_with_what_it_is_about_and_the_expired_ones_are_marked(
    practice: Practice,
) -> None:
    (practice.folder / "sequences/library/rates.md").write_text(STALE)
    rows = {row["piece"]: row for row in practice.rows("library", "list")}
    assert rows["library/rates.md"]["is_expired"]
    assert rows["library/two-keys.md"]["topics"] == ["safety", "IT", "risk"]
    assert not rows["library/two-keys.md"]["is_expired"]
    line = next(
        line for line in practice.run("library", "list").stdout.splitlines() if "rates" in line
    )
    assert line.split() == ["library/rates.md", "en", "tax", "2019-12-31", "expired"]
