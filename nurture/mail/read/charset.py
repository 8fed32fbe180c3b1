"""Bytes to text whatever charset they claim."""

import codecs
import re
from typing import Final

# Codecs of Python that are no charsets of mail: slow on hostile bytes, or reading escapes as code.
_REFUSED: Final = frozenset({"punycode", "idna", "undefined", "unicode_escape",
                             "raw_unicode_escape", "mbcs", "oem"})  # fmt: skip
# Supersets of what mail programs declare (WHATWG Encoding, "labels").
_WIDER: Final = {
    "iso8859-1": "cp1252",
    "ascii": "utf-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "iso8859-9": "cp1254",
}
_ASCII: Final = 0x7F
_DOUBT: Final = re.compile("\ufffd")


def decode(raw: bytes, charset: str | None) -> str:
    """Text of `raw`: by the claimed charset where it fits, else UTF-8, else Windows-1252.

    Never raises; NUL becomes a blank, because no later reader wants it.
    """
    for name in (_known(charset), "utf-8"):
        if name is None:
            continue
        try:
            return raw.decode(name).replace("\x00", " ")
        except (UnicodeError, LookupError, ValueError):
            continue
    mostly = raw.decode("utf-8", "replace")
    if len(_DOUBT.findall(mostly)) * 3 <= sum(byte > _ASCII for byte in raw):
        return mostly.replace("\x00", " ")
    return raw.decode("cp1252", "replace").replace("\x00", " ")


def _known(charset: str | None) -> str | None:
    if not charset:
        return None
    try:
        name = codecs.lookup(charset.strip("\"' ").encode("ascii", "ignore").decode()).name
    except (LookupError, ValueError):
        return None
    return None if name in _REFUSED else _WIDER.get(name, name)
