"""Whatever valid sequence somebody writes, it is read, kept and read back the same."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import yaml
from hypothesis import given, settings

from nurture.definition import Beside, define, read_sequence
from nurture.document.yaml_text import read_yaml
from nurture.errors import Misconfigured, Problem
from tests.fakes.sequences import NAME, TEMPLATES, Keys, trees, written

FILE = f"{NAME}.yaml"


@settings(max_examples=150)
@given(trees())
def test_every_random_sequence_is_valid_and_reads_back_the_same(tree: Keys) -> None:
    text = written(tree)
    definition = define(text, FILE, Beside(TEMPLATES))
    assert read_sequence(definition.kept, FILE) == definition.sequence


@settings(max_examples=60)
@given(trees())
def test_layout_and_the_order_of_keys_keep_the_revision(tree: Keys) -> None:
    other = yaml.safe_dump(tree, sort_keys=True, default_flow_style=True, width=60)
    assert read_sequence(other, FILE).revision == read_sequence(written(tree), FILE).revision


FULL = """\
sequence: random
why: you know us
title: Everything there is
window: {days: [mon, tue], hours: "08:30 to 17:00"}
entry:
  who: [client]
  when: country is DE
  start: ask
  from: contact's project-end
  again: after 1 year
  alone: yes
  instead of: [other]
  priority: 3
  first: a
exits:
  goal: tags include booked
  no longer matches: yes
  after: 3 silent touches
  on: 2030-12-31
  at the latest after: 3 years
approval: first 20
seasons: {tax season: {from: 15 January, to: 15 April, countries: [US]}}
steps:
  - id: a
    email: mail/first.md
    intent: greet
    when: country is DE
    expires: 3 days
    approval: required
    attachments: [mail/first.md]
  - {id: w, wait: 3 weeks}
  - {id: f, branch: [{when: country is DE, go to: e}, {otherwise: t}]}
  - {id: t, tag: [vip]}
  - {id: u, untag: vip}
  - {id: s, set: {custom.season: 2026}}
  - {id: c, content: [tea]}
  - {id: e, call: Ask them., within: 3 days, blocks: no}
  - {id: l, letter: letters/paper.md}
  - {id: m, move to: other}
occasions:
  - {id: o, on: 3 months after tax season ends, email: mail/first.md}
  - {id: p, on: contact's birthday, gift: A cake}
"""
JUNK: tuple[object, ...] = (None, True, 5, 1.5, "x", "", [], [1], {}, {"id": "x"}, {1: 2})


def holders(tree: object) -> list[Any]:
    """Every mapping and list of a tree that holds something."""
    if isinstance(tree, dict):
        below = [each for value in tree.values() for each in holders(value)]
        return [tree, *below] if tree else []
    if isinstance(tree, list):
        return [tree, *(each for value in tree for each in holders(value))] if tree else []
    return []


def torn() -> Iterator[str]:
    """The full text with each value in turn left out, or with junk in its place."""
    tree = read_yaml(FULL, FILE).root
    for number, holder in enumerate(holders(tree)):
        for key in [*holder] if isinstance(holder, dict) else range(len(holder)):
            for junk in JUNK:
                copy = deepcopy(tree)
                holders(copy)[number][key] = junk
                yield yaml.safe_dump(copy, sort_keys=False)
            copy = deepcopy(tree)
            del holders(copy)[number][key]
            yield yaml.safe_dump(copy, sort_keys=False)


def test_whatever_stands_where_it_does_not_belong_is_a_complaint_with_a_place_and_a_code() -> None:
    beside = Beside(TEMPLATES, frozenset(TEMPLATES))
    assert define(FULL, FILE, beside).sequence.occasions
    refused = 0
    for text in torn():
        problems: tuple[Problem, ...] = ()
        try:
            define(text, FILE, beside)
        except Misconfigured as error:
            problems = error.problems
        refused += bool(problems)
        assert all(each.place and each.place.line and each.code for each in problems), text
    assert refused > 500
