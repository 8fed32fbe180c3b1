"""Signs that no font at hand has: which script they belong to, and what to install for it."""

import unicodedata
from typing import Final

# By the first word of the sign's name in Unicode; packages of Debian and Ubuntu.
_CJK: Final = frozenset(
    ("BOPOMOFO", "CJK", "FULLWIDTH", "HALFWIDTH", "HANGUL", "HIRAGANA", "IDEOGRAPHIC", "KATAKANA")
)
_NOTO: Final = "fonts-noto-core"
_PACKAGES: Final = dict.fromkeys(_CJK, "fonts-noto-cjk")


def advice_on_sign(sign: str) -> str:
    """What a letter with this sign lacks, and how to mend it."""
    name = unicodedata.name(sign, "")
    script, package = name.partition(" ")[0], _NOTO
    if unicodedata.category(sign).startswith("L") and script:
        what = "Chinese, Japanese or Korean" if script in _CJK else script.capitalize()
        package = _PACKAGES.get(script, _NOTO)
    else:
        what = name.lower() or "a sign without a name"
    return (
        f"no font here has {sign!r} (U+{ord(sign):04X}, {what}): install one (on Debian and Ubuntu "
        f"`apt install {package}`), or put a font file into the folder of letters.fonts"
    )
