"""Follow-ups stay in their conversation (domain.md M5)."""

import pytest

from nurture.mail.thread import CHAIN, ids_in, is_id, references_for, reply_subject


@pytest.mark.parametrize(
    ("first", "reply"),
    [
        ("Your roof", "Re: Your roof"),
        ("Re: Your roof", "Re: Your roof"),
        ("RE: re:AW: Your roof", "Re: Your roof"),
        ("SV: Antw: Réf", "Re: Réf"),
        ("Re[2]: Your roof", "Re: Your roof"),
        ("回复：您的屋顶", "Re: 您的屋顶"),
        ("Re : Votre toit", "Re: Votre toit"),
        ("Réunion: mardi", "Re: Réunion: mardi"),
        ("Rest: a thought", "Re: Rest: a thought"),
        ("Fwd: Your roof", "Re: Fwd: Your roof"),
        ("  Your\n roof ", "Re: Your roof"),
        ("Re:", "Re:"),
    ],
)
def test_a_reply_prefix_stands_once_in_whatever_language(first: str, reply: str) -> None:
    assert reply_subject(first) == reply
    assert reply_subject(reply) == reply


def test_a_long_thread_keeps_its_first_and_its_latest_ids() -> None:
    chain = [f"m{number}@example.com" for number in range(50)]
    kept = references_for([*chain, chain[3]])
    assert kept == (chain[0], *chain[-(CHAIN - 1) :])


def test_a_chain_names_each_id_once_and_only_what_a_header_can_carry() -> None:
    chain = ["a@x", "b@x", "a@x", "c d@x", "ü@x", "", "e\r\nBcc: f@x", "<g@x>", "x" * 901]
    assert references_for(chain) == ("a@x", "b@x")


def test_ids_are_read_from_a_field_however_it_was_folded() -> None:
    assert ids_in("<a@x>\r\n\t<b@x> <a@x> words <c@ü>") == ("a@x", "b@x")
    assert ids_in("") == ()


@pytest.mark.parametrize("text", ["a b", "<a>", "a>b", "", "ü@x", "a\n", "x" * 901])
def test_an_id_is_printable_without_blanks_or_brackets(text: str) -> None:
    assert not is_id(text)
