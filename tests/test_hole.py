"""Mails are tried on whoever could get them, before they are due."""

from datetime import date

from nurture.core.account import Account, Owner
from nurture.core.contact import Contact, Relationship
from nurture.definition import Beside, define
from nurture.hole import Holes, Person
from nurture.mail.write.template import parse_template

ACCOUNT = Account("anna", "anna@x.example", Owner("Anna", "a@x.example", "UTC", "Road 1"))
TODAY = date(2026, 11, 22)
TEXTS = {
    "plain.md": "---\nsubject: A\n---\nDear you.\n",
    "firm.md": "---\nsubject: A\n---\nDear {{ company }}.\n",
    "own.md": "---\nsubject: A\n---\nOn {{ dates.visit }}: {{ custom.size }}, {{ colour }}.\n",
}


def holes(text: str) -> Holes:
    text = f"sequence: s\nwhy: you know us\n{text}"
    definition = define(text, "s.yaml", Beside(TEXTS))
    templates = {path: parse_template(each, path) for path, each in TEXTS.items()}
    return Holes(ACCOUNT, {"s": definition}, templates, TEXTS, TODAY)


def told(text: str, *people: Person) -> list[str]:
    found = holes(text)
    for person in people:
        found.try_on(person)
    return [str(problem) for problem in found.problems()]


def client(name: str, company: str = "") -> Person:
    address = f"{name}@x.example"
    return Person(Contact(address, relationship=Relationship.CLIENT, company=company))


FIRM = "entry: {who: client}\nsteps:\n  - {id: a, email: firm.md}\n"


def test_each_hole_is_told_once_with_how_many_fall_into_it() -> None:
    assert told(FIRM, client("a"), client("b", company="B"), client("c"), client("d")) == [
        "firm.md:4:1: company is empty for a@x.example and 2 more"
    ]


def test_whoever_cannot_come_in_is_not_tried_unless_they_are_in_already() -> None:
    other = Contact("o@x.example", relationship=Relationship.LOST_PROSPECT)
    assert told(FIRM, Person(other)) == []
    assert told(FIRM, Person(other, ["s"])) == ["firm.md:4:1: company is empty for o@x.example"]


def test_where_anybody_may_come_in_by_hand_nobody_is_tried_who_is_not_in() -> None:
    anybody = FIRM.replace("entry: {who: client}\n", "")
    assert told(anybody, client("a")) == []
    assert told(anybody, Person(client("a").contact, ["s"])) != []


def test_a_step_that_is_not_for_them_is_not_tried() -> None:
    some = FIRM.replace("firm.md}", "firm.md, when: company is known}")
    assert told(some, client("a")) == []


def test_a_step_that_waits_for_what_may_yet_happen_is_tried() -> None:
    for when in ("they have answered", "silent for 6 months", "b was sent", "b was not sent"):
        some = (
            FIRM.replace("firm.md}", f"firm.md, when: {when}}}") + "  - {id: b, email: plain.md}\n"
        )
        assert len(told(some, client("a"))) == 1, when


def test_the_words_of_a_task_are_tried_too() -> None:
    call = 'entry: {who: client}\nsteps:\n  - {id: a, call: "Ask {{ phone }}."}\n'
    assert told(call, client("a")) == ["s.yaml:5:19: phone is empty for a@x.example"]


def test_samples_know_every_fact_that_the_texts_ask_for() -> None:
    found = holes("steps:\n  - {id: a, email: firm.md}\n  - {id: b, email: own.md}\n")
    found.try_on_samples()
    assert [*found.problems()] == []
