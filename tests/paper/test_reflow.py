"""Rendered letters as plain text that paper breaks anew (paper/reflow)."""

import pytest

from nurture.mail.write.template import parse_template
from nurture.paper.reflow import reflowed


def words(markdown: str, **values: object) -> str:
    return reflowed(parse_template(markdown, "letter.md").render(values).html)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("One\nline.\n\nTwo.", "One line.\n\nTwo."),
        ("Yours,  \nAnna", "Yours,\nAnna"),
        ("Yours,\\\nAnna", "Yours,\nAnna"),
        ("*very* **much** `so`", "very much so"),
        ("- one\n- two\n  more\n\nend", "- one\n- two more\n\nend"),
        ("- one\n\n- two", "- one\n- two"),
        ("3. three\n4. four", "3. three\n4. four"),
        ("- one\n  1. inner\n- two", "- one\n\n1. inner\n\n- two"),
        ("> said\n> she\n\nend", "> said she\n\nend"),
        ("# Head\nwords", "Head\n\nwords"),
        ("see [our page](https://x.example/a)", "see our page (https://x.example/a)"),
        ("<https://x.example/a>", "https://x.example/a"),
        ("write to <anna@x.example>", "write to anna@x.example"),
        ("a < b & c <b>d</b>", "a < b & c <b>d</b>"),
    ],
)
def test_only_the_writers_own_line_ends_are_kept(written: str, said: str) -> None:
    assert words(written) == said


def test_a_value_is_never_markup() -> None:
    assert words("Dear {{ name }}, hello.", name="*Mara* <br> & [x](y)") == (
        "Dear *Mara* <br> & [x](y), hello."
    )
