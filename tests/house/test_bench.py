"""Nobody runs all measurements each day; that they can still begin is seen here."""

import pkgutil
from importlib import import_module

import pytest

from bench import figures

FIGURES = [each.name for each in pkgutil.iter_modules(figures.__path__)]


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_has_a_name_a_goal_and_a_way_to_measure_it(name: str) -> None:
    figure = import_module(f"{figures.__name__}.{name}")
    assert figure.NAME
    assert figure.GOAL
    assert callable(figure.measure)
