"""Cells of a table as spreadsheets take them, which run what begins like a formula."""

# OWASP, "CSV Injection".
_BEGINNINGS = frozenset("=+-@\t\r")


def guarded(text: str) -> str:
    """The text as a cell that no spreadsheet runs: by an apostrophe in front it is but text."""
    return f"'{text}" if text[:1] in _BEGINNINGS else text


def unguarded(cell: str) -> str:
    """The text of a cell, without an apostrophe that only guards it."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _BEGINNINGS else cell
