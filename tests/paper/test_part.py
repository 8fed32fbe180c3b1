"""The parts of a letter's text (paper/part)."""

from nurture.paper.part import Kind, Part, text_of


def test_the_name_at_the_end_is_what_the_signature_stands_above() -> None:
    found = text_of(
        "Dear Mara,\n\nwords\n\nYours sincerely,\n\nAnna Example\nCarter & Sons", "Anna Example"
    )
    assert [part.lines for part in found.parts] == [("Dear Mara,",), ("words",)]
    assert [part.lines for part in found.closing] == [("Yours sincerely,",)]
    assert found.name == ("Anna Example", "Carter & Sons")


def test_a_name_right_below_the_closing_words_is_found_as_well() -> None:
    found = text_of("Dear Mara,\n\nYours,\nAnna Example", "Anna Example")
    assert found.closing == (Part(Kind.PARAGRAPH, ("Yours,",)),)
    assert found.name == ("Anna Example",)


def test_a_first_name_is_a_name_and_other_words_are_not() -> None:
    assert text_of("Dear Mara,\n\nYours,\n\nAnna", "Anna Example").name == ("Anna",)
    assert text_of("Dear Mara,\n\nYours,\n\nAnna and all", "Anna Example").name == ()


def test_a_long_last_paragraph_is_no_closing() -> None:
    found = text_of("Dear Mara,\n\n" + "words " * 30 + "\n\nAnna Example", "Anna Example")
    assert len(found.parts) == 2
    assert found.closing == ()


def test_without_the_name_all_of_it_is_text() -> None:
    found = text_of("Dear Mara,\n\nYours", "Anna Example")
    assert (len(found.parts), found.closing, found.name) == (2, (), ())
    assert text_of("", "Anna") == text_of("\n\n", "Anna")


def test_lists_and_quotations_are_parts_of_their_own() -> None:
    found = text_of("- one\n- two\n\n7. seven\n8. eight\n\n> said\n\n- no\nend", "Anna").parts
    assert [part.kind for part in found] == [
        Kind.BULLETS, Kind.NUMBERS, Kind.QUOTATION, Kind.BULLETS,
    ]  # fmt: skip
    assert found[0].items == (("one",), ("two",))
    assert (found[1].items, found[1].start) == ((("seven",), ("eight",)), 7)
    assert found[2].lines == ("said",)
    assert found[3].items == (("no", "end"),)
