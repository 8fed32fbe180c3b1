"""The kinds of mistakes in texts that people write, each under a code that stays."""

from enum import StrEnum
from typing import Final


class Code(StrEnum):
    """What keeps a text from being used."""

    FILE = "N100"
    SYNTAX = "N101"
    UNKNOWN_KEY = "N102"
    MISSING_KEY = "N103"
    WRONG_VALUE = "N104"
    UNSAFE = "N105"
    ODD_KEY = "N106"
    KIND = "N107"
    DUPLICATE_ID = "N108"
    UNREACHABLE = "N109"
    TARGET = "N110"
    NO_FILE = "N111"
    TEMPLATE = "N112"
    UNKNOWN_FACT = "N113"
    ENDLESS = "N114"
    NO_SEQUENCE = "N115"
    NAME = "N116"
    NO_SUBJECT = "N117"
    ORDER = "N118"
    HOLE = "N119"
    FOOTER = "N120"


MEANING: Final = {
    Code.FILE: "a file that cannot be read",
    Code.SYNTAX: "not YAML",
    Code.UNKNOWN_KEY: "a key that nothing reads",
    Code.MISSING_KEY: "a key that is missing",
    Code.WRONG_VALUE: "a value that is not understood",
    Code.UNSAFE: "a secret in a file that everybody reads",
    Code.ODD_KEY: "a key that stands twice or is no plain text",
    Code.KIND: "a step of no kind, or of several",
    Code.DUPLICATE_ID: "two steps of one name",
    Code.UNREACHABLE: "a step that nobody can come to",
    Code.TARGET: "a step that is named and not there, or not behind",
    Code.NO_FILE: "a template or an attachment that is missing",
    Code.TEMPLATE: "a template that cannot be read",
    Code.UNKNOWN_FACT: "a template that asks for what nobody has",
    Code.ENDLESS: "a sequence that can never end",
    Code.NO_SEQUENCE: "another sequence that is named and not there",
    Code.NAME: "a sequence that is not named like its file",
    Code.NO_SUBJECT: "a mail that continues no conversation and has no subject",
    Code.ORDER: "steps that make no sense one after the other",
    Code.HOLE: "a mail that would have a hole for somebody",
    Code.FOOTER: "a footer without a true postal address, or without an opt-out sentence",
}
"""Each kind in words."""
