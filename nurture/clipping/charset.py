"""Which charset a document is in, taken at its word or refused."""

import codecs
import re
from typing import Final

# Only charsets of text that browsers know (WHATWG Encoding); Python has codecs that are none.
_KNOWN: Final = frozenset({
    "utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp866", "koi8-r", "koi8-u", "mac-roman",
    "gb18030", "big5", "euc_jp", "iso2022_jp", "cp932", "cp949",
    *(f"iso8859-{number}" for number in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)),
    *(f"cp{number}" for number in (874, 1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258)),
})  # fmt: skip
# Supersets of what is declared, as the standard has them.
_WIDER: Final = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED: Final = re.compile(
    rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})"""
)
_META: Final = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([A-Za-z0-9._-]{1,40})""", re.IGNORECASE
)
_HEAD: Final = 1024


def text_of(raw: bytes, said: str) -> str:
    """The text, by its byte order mark, else the charset that the server `said`, else its own word.

    Without any of them it is UTF-8 (RFC 7303 3).  Raises ValueError with words where that is no
    charset of the web, or where a byte does not fit: half-guessed words are of no use to anybody.
    """
    for mark, charset in _MARKS:
        if raw.startswith(mark):
            return _decoded(raw[len(mark) :], charset)
    found = _DECLARED.search(raw[:_HEAD]) or _META.search(raw[:_HEAD])
    return _decoded(raw, said or (found[1].decode("ascii") if found else "utf-8"))


def _decoded(raw: bytes, charset: str) -> str:
    try:
        known = codecs.lookup(charset).name
    except (LookupError, ValueError):
        known = ""
    name = _WIDER.get(known, known)
    if name not in _KNOWN:
        raise ValueError(f"its charset {charset[:40]!r} is none of the web's")
    try:
        return raw.decode(name)
    except UnicodeError as error:
        place = error.start if isinstance(error, UnicodeDecodeError) else 0
        raise ValueError(f"it is not in {charset}, as it says: see byte {place:,}") from None
