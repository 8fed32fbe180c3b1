"""Which piece of the library suits a person, and why, from what is known of both."""

from nurture.core.library.collection import Library
from nurture.core.library.reader import Reader, Want
from nurture.core.library.thesaurus import Thesaurus

__all__ = ("Library", "Reader", "Thesaurus", "Want")
