"""The judge: one ranking, only certain machines, and doubt makes it human."""

import itertools
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.core.verdict import (
    RANKING,
    Evidence,
    FailedRecipient,
    Meaning,
    Trait,
    Verdict,
    Weight,
    judge,
)

GO_ON = [meaning for meaning in Meaning if meaning.lets_the_talk_go_on]


def saw(
    meaning: Meaning | None, weight: Weight = Weight.LIKELY, *, proof: bool = False
) -> Evidence:
    return Evidence("test", meaning, weight, "words", proves_machine=proof)


def judged(*evidence: Evidence, known_contact: bool = True) -> Verdict:
    return judge(evidence, known_contact=known_contact)


MACHINE = saw(None, Weight.CERTAIN, proof=True)
LIKELY_MACHINE = saw(None, Weight.LIKELY, proof=True)
PERSON = saw(Meaning.HUMAN_REPLY)
CERTAIN_PERSON = saw(Meaning.HUMAN_REPLY, Weight.CERTAIN)

evidence = st.builds(
    saw,
    st.one_of(st.none(), st.sampled_from(Meaning)),
    st.sampled_from(Weight),
    proof=st.booleans(),
)


def test_the_ranking_holds_every_meaning_once() -> None:
    assert sorted(RANKING) == sorted(Meaning)


def test_nothing_seen_is_a_person() -> None:
    assert judged().meaning is Meaning.HUMAN_REPLY


@pytest.mark.parametrize("meaning", [*GO_ON, Meaning.LEFT_COMPANY])
def test_without_a_proof_of_a_machine_it_is_a_person_to_check(meaning: Meaning) -> None:
    verdict = judged(saw(meaning, Weight.CERTAIN))
    assert verdict.meaning is Meaning.HUMAN_REPLY
    assert verdict.needs_check


@pytest.mark.parametrize("meaning", GO_ON)
def test_with_a_proof_the_meaning_stands(meaning: Meaning) -> None:
    verdict = judged(saw(meaning), MACHINE)
    assert verdict.meaning is meaning
    assert not verdict.needs_check


def test_a_likely_proof_yields_to_a_likely_person() -> None:
    assert judged(saw(Meaning.AUTO_REPLY), LIKELY_MACHINE).meaning is Meaning.AUTO_REPLY
    assert judged(saw(Meaning.AUTO_REPLY), LIKELY_MACHINE, PERSON).meaning is Meaning.HUMAN_REPLY


def test_a_certain_person_yields_only_to_reports_and_noes() -> None:
    for meaning in (Meaning.AUTO_REPLY, Meaning.LIST_NOISE, Meaning.UNRELATED):
        seen = judged(saw(meaning, Weight.CERTAIN, proof=True), MACHINE, CERTAIN_PERSON)
        assert seen.meaning is Meaning.HUMAN_REPLY
    for meaning in (Meaning.BOUNCE_HARD, Meaning.COMPLAINT, Meaning.UNSUBSCRIBE):
        assert judged(saw(meaning, Weight.CERTAIN), CERTAIN_PERSON).meaning is meaning


def test_a_no_is_heard_in_an_automatic_mail() -> None:
    verdict = judged(saw(Meaning.UNSUBSCRIBE), saw(Meaning.AUTO_REPLY), MACHINE)
    assert verdict.meaning is Meaning.UNSUBSCRIBE


def test_a_machine_of_no_kind_is_an_automatic_reply_unless_a_person_asks() -> None:
    assert judged(MACHINE).meaning is Meaning.AUTO_REPLY
    assert judged(MACHINE, PERSON).meaning is Meaning.HUMAN_REPLY
    assert judged(LIKELY_MACHINE).meaning is Meaning.HUMAN_REPLY


def test_hints_name_nothing_but_lower_the_confidence() -> None:
    verdict = judged(saw(Meaning.AUTO_REPLY, Weight.HINT), PERSON)
    assert verdict.meaning is Meaning.HUMAN_REPLY
    assert verdict.confidence < judged(PERSON).confidence


def test_the_particular_goes_before_the_general() -> None:
    order = [Meaning.LEFT_COMPANY, Meaning.CHALLENGE, Meaning.AUTO_REPLY, Meaning.AUTO_ACK]
    for first, second in itertools.pairwise(order):
        assert judged(saw(second), saw(first), MACHINE).meaning is first


def test_a_stranger_is_unrelated_unless_in_a_thread() -> None:
    assert judged(known_contact=False).meaning is Meaning.UNRELATED
    thread = saw(Meaning.HUMAN_REPLY, Weight.HINT)
    assert judged(thread, known_contact=False).meaning is Meaning.HUMAN_REPLY


def test_facts_are_gathered_from_all_evidence() -> None:
    verdict = judged(
        Evidence("a", Meaning.AUTO_REPLY, Weight.LIKELY, "q", return_date=date(2026, 11, 9)),
        Evidence(
            "b", None, Weight.HINT, "q", new_contact="tom@firm.example", later=date(2027, 1, 4)
        ),
        Evidence("c", None, Weight.HINT, "q", traits=frozenset({Trait.THANKS})),
        Evidence("d", None, Weight.HINT, "q", traits=frozenset({Trait.LATER})),
        Evidence(
            "e", None, Weight.HINT, "q", recipients=(FailedRecipient("k@x.example", "", False),)
        ),
        MACHINE,
    )
    assert verdict.return_date == date(2026, 11, 9)
    assert verdict.later == date(2027, 1, 4)
    assert verdict.new_contact == "tom@firm.example"
    assert verdict.traits == {Trait.THANKS, Trait.LATER}
    assert verdict.recipients[0].address == "k@x.example"


def test_only_an_away_note_has_a_return_date() -> None:
    note = Evidence("a", Meaning.AUTO_REPLY, Weight.HINT, "q", return_date=date(2026, 11, 9))
    assert judged(note, PERSON).return_date is None


@given(st.lists(evidence, max_size=8), st.booleans())
def test_the_talk_goes_on_only_with_a_proof_and_without_a_certain_person(
    seen: list[Evidence], known: bool
) -> None:
    verdict = judge(seen, known_contact=known)
    certain = any(e.meaning is Meaning.HUMAN_REPLY and e.weight is Weight.CERTAIN for e in seen)
    is_report = RANKING.index(verdict.meaning) < RANKING.index(Meaning.UNSUBSCRIBE)
    if known and verdict.meaning.lets_the_talk_go_on:
        assert any(each.proves_machine for each in seen)
        assert is_report or not certain
    assert 0 <= verdict.confidence <= 1


@given(st.lists(evidence, max_size=6))
def test_the_order_of_evidence_does_not_matter(seen: list[Evidence]) -> None:
    turned = list(reversed(seen))
    assert judge(seen, known_contact=True) == judge(turned, known_contact=True)
