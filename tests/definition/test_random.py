"""Whatever valid sequence somebody writes, it is read, kept and read back the same."""

import yaml
from hypothesis import given, settings

from nurture.definition import Beside, define, read_sequence
from tests.fakes.sequences import NAME, TEMPLATES, Keys, trees, written

FILE = f"{NAME}.yaml"


@settings(max_examples=150, deadline=None)
@given(trees())
def test_every_random_sequence_is_valid_and_reads_back_the_same(tree: Keys) -> None:
    text = written(tree)
    definition = define(text, FILE, Beside(TEMPLATES))
    assert read_sequence(definition.kept, FILE) == definition.sequence


@settings(max_examples=60, deadline=None)
@given(trees())
def test_layout_and_the_order_of_keys_keep_the_revision(tree: Keys) -> None:
    other = yaml.safe_dump(tree, sort_keys=True, default_flow_style=True, width=60)
    assert read_sequence(other, FILE).revision == read_sequence(written(tree), FILE).revision
