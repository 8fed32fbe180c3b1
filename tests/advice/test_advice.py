"""Every advice is given where it is due, and kept where it is not."""

import pytest

from nurture.advice import advices, advise
from nurture.core.account import Limits
from nurture.definition import Beside, define

HEAD = "sequence: s\nwhy: you know us\n"
PLAIN = "---\nsubject: A thought\n---\nDear {{ given_name }}, a thought for you.\n"


def said(text: str, texts: dict[str, str] | None = None, limits: Limits | None = None) -> list[str]:
    mails = {"a.md": PLAIN, "b.md": PLAIN, "c.md": PLAIN, "d.md": PLAIN, **(texts or {})}
    definition = define(HEAD + text, "s.yaml", Beside(mails))
    return [
        f"{each.place} {each.code} {each.message}"
        for each in advise({"s": definition}, mails, limits or Limits())
    ]


def mail(body: str, *, intent: str = "give", who: str = "former client") -> list[str]:
    steps = f"entry: {{who: {who}}}\nsteps:\n  - {{id: a, email: a.md, intent: {intent}}}\n"
    return said(steps, {"a.md": f"---\nsubject: A word\n---\n{body}\n"})


def test_every_advice_has_a_code_of_its_own_and_says_why() -> None:
    codes = [each.code for each in advices()]
    assert len(set(codes)) == len(codes) >= 10
    assert all(code.startswith("N2") for code in codes)
    assert all(each.about and each.why for each in advices())


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("Happy new year! It is 49 EUR.", "a.md:4:23 N201 a greeting with a price, '49 EUR'"),
        ("All for $1,200 now.", "a price, '$1,200'"),
        ("Feliz! https://calendly.com/anna/20", "a booking link"),
        ("Happy Easter.\n\nBook a\ncall with me.", "6:1 N201 a greeting with a call to act"),
        ("Frohes Fest! Vereinbaren Sie jetzt einen Termin.", "call to act, 'Vereinbaren Sie'"),
        ("A discount for you", "'discount'"),
    ],
)  # fmt: skip
def test_a_greeting_that_sells_is_told_where(body: str, words: str) -> None:
    found = mail(body, intent="greet")
    assert any(words in each for each in found)
    assert all(" N201 " in each for each in found)


@pytest.mark.parametrize(
    "body",
    ["Happy 2027, and 365 good days!", "I booked it all in my heart.", "Thank you for 12 years."],
)
def test_a_greeting_that_greets_is_left_alone(body: str) -> None:
    assert mail(body, intent="greet") == []


def test_a_mail_that_is_no_greeting_may_name_a_price() -> None:
    assert mail("It costs 49 EUR; book a call if you like.", intent="ask")[1:] == []


@pytest.mark.parametrize(
    ("body", "phrase"),
    [
        ("I am just\n  Checking in on you.", "just Checking in"),
        ("I hope this email finds you well.", "hope this email finds you"),
        ("Ich wollte kurz nachhaken.", "wollte kurz nachhaken"),
        ("I haven\u2019t heard back from you.", "haven't heard back"),
    ],
)
def test_empty_phrases_are_told_in_both_languages(body: str, phrase: str) -> None:
    assert any(f"N202 {phrase!r}" in each for each in mail(body))


@pytest.mark.parametrize(
    "body", ["We were checking the invoice in detail.", "I followed the path up the hill."]
)
def test_words_that_only_look_empty_are_left_alone(body: str) -> None:
    assert mail(body) == []


@pytest.mark.parametrize(
    ("body", "phrase"),
    [
        ("Why did you not choose us?", "Why did you not choose"),
        ("How is it going with your new provider?", "How is it going with"),
        ("Warum haben Sie sich gegen uns entschieden?", "Warum haben Sie sich gegen"),
    ],
)
def test_a_reproach_to_somebody_who_chose_another_is_told(body: str, phrase: str) -> None:
    assert any(f"N203 {phrase!r}" in each for each in mail(body, who="lost prospect"))
    assert mail(body, who="met at event") == []


def test_a_subject_that_pretends_a_conversation_is_told() -> None:
    steps = "steps:\n  - {id: a, email: a.md}\n"
    (told,) = said(steps, {"a.md": "---\nsubject: 'Re: our talk'\n---\nDear you.\n"})
    assert told.startswith("a.md:2:11 N205 Re: pretends a conversation")
    assert said(steps, {"a.md": "---\nsubject: Repairs\n---\nRe: is only in the text.\n"}) == []


def test_a_solemn_day_is_not_greeted() -> None:
    told = said(
        "exits: {at the latest after: 3 years}\n"
        "occasions:\n"
        "  - {id: a, on: Good Friday in GB, email: a.md, intent: greet}\n"
        "  - {id: b, on: 3 days after Good Friday in GB, email: b.md, intent: greet}\n"
        "  - {id: c, on: Good Friday in GB, task: Leave them alone., intent: give}\n"
    )
    assert [each.partition(" is ")[0] for each in told] == ["s.yaml:5:17 N204 Good Friday"]


def test_words_of_joy_on_a_solemn_day_are_told_where_they_stand() -> None:
    occasions = (
        "exits: {at the latest after: 3 years}\n"
        "occasions:\n  - {id: a, on: Good Friday in GB, email: a.md}\n"
    )
    happy = {"a.md": "---\nsubject: Happy Easter\n---\nDear you.\n"}
    assert said(occasions, happy) == [
        "a.md:2:10 N204 'Happy' on Good Friday, a solemn day: find quieter words"
    ]
    assert said(occasions.replace("Good Friday", "Easter Monday"), happy) == []


def test_three_gives_carry_one_ask() -> None:
    steps = "steps:\n" + "".join(
        f"  - {{id: g{n}, email: {n}.md}}\n  - {{id: w{n}, wait: 2 months}}\n" for n in "abc"
    )
    ask = "  - {id: ask, email: d.md, intent: ask}\n"
    assert said(steps + ask) == []
    (told,) = said(steps.replace("a.md}", "a.md, intent: greet}") + ask)
    assert told.startswith("s.yaml:10:36 N206 gives: 2, asks: 1")


def test_two_asks_in_a_row_are_told_whatever_waits_between_them() -> None:
    told = said(
        "steps:\n"
        "  - {id: a, email: a.md, intent: ask}\n"
        "  - {id: w, wait: 2 months}\n"
        "  - {id: between, email: b.md, when: country is DE}\n"
        "  - {id: x, wait: 2 months}\n"
        "  - {id: c, call: Ask them., intent: ask}\n"
    )
    assert "s.yaml:8:38 N207 asks again right behind 'a': give something in between" in told


def test_a_gap_under_the_cap_is_told_by_the_shortest_way() -> None:
    steps = (
        "steps:\n"
        "  - {id: a, email: a.md}\n"
        "  - id: fork\n    branch: [{when: country is DE, go to: b}]\n"
        "  - {id: w, wait: 2 months}\n"
        "  - {id: b, email: b.md}\n"
        "  - {id: v, wait: 10 days}\n"
        "  - {id: c, task: Look at their site.}\n"
        "  - {id: d, email: c.md}\n"
    )
    (told,) = said(steps, limits=Limits(per_contact_month=5))
    assert told.startswith("s.yaml:8:10 N208 0 days behind 'a', and 7 must lie between")
    exact = (
        "steps:\n  - {id: a, email: a.md}\n  - {id: w, wait: 7 days}\n  - {id: b, email: b.md}\n"
    )
    assert said(exact) == []


def test_the_same_mail_in_two_languages_is_one_touch() -> None:
    steps = (
        "steps:\n"
        "  - {id: de, email: a.md, intent: ask, when: language is de}\n"
        "  - {id: en, email: b.md, intent: ask, when: language is not de}\n"
        "  - {id: w, wait: 2 months}\n"
    )
    gives = "".join(
        f"  - {{id: g{n}, email: c.md}}\n  - {{id: w{n}, wait: 2 months}}\n" for n in "xyz"
    )
    assert said(steps + gives) == []
    both = said(steps.replace(", when: language is not de", "") + gives)
    assert {each.split()[1] for each in both} == {"N206", "N207", "N208"}


def test_more_touches_than_a_month_or_a_year_allow_are_told() -> None:
    weekly = "steps:\n" + "".join(
        f"  - {{id: s{n}, email: a.md}}\n  - {{id: w{n}, wait: 10 days}}\n" for n in range(14)
    )
    month, year = said(weekly, limits=Limits(per_contact_month=2))
    assert month.startswith("s.yaml:8:10 N209 3 touches within 30 days, and 2 are allowed")
    assert " N209 14 touches within a year, and 12 are allowed" in year
    assert said(weekly, limits=Limits(per_contact_month=3, per_contact_year=14)) == []


def test_occasions_count_for_the_year() -> None:
    days = "".join(
        f"  - {{id: o{n}, on: {n} March, email: a.md, intent: greet}}\n" for n in range(1, 13)
    )
    often = "  - {id: often, on: 'contact''s visit, every 6 months', email: a.md}\n"
    head = "exits: {at the latest after: 3 years}\noccasions:\n"
    assert said(head + days) == []
    (told,) = said(head + days + often)
    assert " N209 14 touches within a year" in told


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("steps:\n  - {id: a, email: a.md, when: country is DE and country is FR}\n",
         "4:32 N210 this never holds: country is DE and country is FR: mend it"),
        ("steps:\n  - {id: a, email: a.md, when: country is DE or country is not DE}\n",
         "4:32 N210 this holds for everybody: leave it out"),
        ("entry: {when: country is DE}\nsteps:\n  - {id: a, email: a.md, when: country is FR}\n",
         "5:32 N210 nobody who comes in meets this; it never holds"),
        (("entry: {who: client}\nsteps:\n"
          "  - {id: a, email: a.md, when: relationship is former client}\n"),
         "5:32 N210 nobody who comes in meets this"),
        (("entry: {who: client, when: relationship is former client}\nsteps:\n"
          "  - {id: a, email: a.md, when: country is FR}\n"),
         "3:28 N210 this never holds"),
        (("exits: {goal: value is at least 5 and value is less than 3}\n"
          "steps:\n  - {id: a, email: a.md}\n"),
         "3:15 N210 this never holds"),
        (("steps:\n  - id: f\n    branch:\n      - {when: value is at least 5, go to: a}\n"
          "      - {when: value is at least 9, go to: end}\n  - {id: a, email: a.md}\n"),
         "7:16 N210 nobody comes here: an earlier way of the branch takes them all"),
    ],
)  # fmt: skip
def test_a_condition_that_decides_nothing_is_told(text: str, words: str) -> None:
    (told,) = said(text)
    assert told.startswith(f"s.yaml:{words}")


def test_conditions_that_decide_are_left_alone() -> None:
    text = (
        "entry: {who: [client, former client], when: country is known}\n"
        "steps:\n"
        "  - id: f\n    branch:\n"
        "      - {when: value is at least 9, go to: a}\n"
        "      - {when: value is at least 5, go to: end}\n"
        "  - {id: a, email: a.md, when: relationship is client and country is not DE}\n"
    )
    assert said(text) == []


def test_the_library_is_read_where_a_step_chooses_from_it() -> None:
    piece = {"library/p.md": "---\nsubject: P\n---\nJust checking in.\n"}
    assert said("steps:\n  - {id: a, email: a.md}\n", piece) == []
    (told,) = said("steps:\n  - {id: a, content: [tea]}\n", piece)
    assert told.startswith("library/p.md:4:1 N202")
