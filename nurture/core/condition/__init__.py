"""Conditions in words, such as `country is DE and value is at least 500`."""

from nurture.core.condition.doubt import doubts
from nurture.core.condition.fact import Facts
from nurture.core.condition.text import Condition, negation, read_condition

__all__ = ("Condition", "Facts", "doubts", "negation", "read_condition")
