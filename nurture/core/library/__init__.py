"""The library: its pieces, what sources propose for it, and which piece suits whom, and why."""

from nurture.core.library.collection import Library
from nurture.core.library.reader import Reader, Want
from nurture.core.library.thesaurus import Thesaurus

__all__ = ("Library", "Reader", "Thesaurus", "Want")
