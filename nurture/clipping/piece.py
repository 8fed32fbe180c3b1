"""What was found elsewhere as a piece of the library: its lines on top, and words to go with it."""

import json
import re
import unicodedata
from datetime import datetime
from typing import Final

from nurture.value import frozen

NOBODY: Final = "nobody-yet"
"""An audience that no contact belongs to: a piece that still has to be completed."""

_HEADING: Final = re.compile(r"\A\s*#[ \t]+(\S[^\n]*?)[ \t]*#*[ \t]*(?:\n|\Z)")
# What Markdown hears anywhere, and what it hears at the beginning of a line (CommonMark 2.4).
_SPEAKING: Final = re.compile(r"[\\`*_\[\]<>&]|\A[#~=+-]|(?<=\A\d)[.)]|(?<=\A\d\d)[.)]")
_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_NO_BRACES: Final = str.maketrans("{}", "()")
_NO_NAME: Final = re.compile(r"[^a-z0-9]+")
_LONGEST_NAME: Final = 50
_FENCE: Final = "---"
_LETTERS: Final = {
    "en": (
        "Dear {{ given_name }},",
        "this came my way, and I thought of you:",
        "by {}",
        "Kind regards,",
    ),
    "de": (
        "Guten Tag {{ given_name }} {{ family_name }},",
        "das hier habe ich gelesen und an Sie gedacht:",
        "von {}",
        "Mit freundlichen Grüßen",
    ),
    "fr": (
        "Bonjour {{ given_name }},",
        "j'ai lu ceci et j'ai pensé à vous :",
        "par {}",
        "Bien cordialement,",
    ),
}


@frozen
class Clipping:
    """Something found; `url` where it stands, or `attachment` the file that goes along.

    `body` are Markdown words of the owner's own, `excerpt` plain words of somebody else's.
    """

    title: str
    url: str = ""
    excerpt: str = ""
    author: str = ""
    language: str = ""
    topics: tuple[str, ...] = ()
    published: datetime | None = None
    attachment: str = ""
    body: str = ""


def piece_text(found: Clipping, *, is_ready: bool) -> str:
    """The text of the file; one that is not ready goes to nobody until its audience is mended.

    Whatever comes from elsewhere stays words: it is neither Markdown, nor a template, nor YAML.
    """
    return "\n".join((_FENCE, *_lines(found, is_ready), _FENCE, _body(found).strip(), ""))


def own_text(text: str, name: str) -> tuple[str, str]:
    """Title and body of a text of the owner's: its first heading, else its name.

    A text that has lines of `---` on top already has no title here, and all of it is its body.
    """
    if text.lstrip("\ufeff").startswith(_FENCE):
        return "", text.lstrip("\ufeff")
    if found := _HEADING.match(text.lstrip("\ufeff")):
        return found[1], text.lstrip("\ufeff")[found.end() :].strip()
    return " ".join(name.replace("-", " ").replace("_", " ").split()), text.strip()


def file_name(title: str) -> str:
    """A short name in lower-case ASCII, without an ending."""
    plain = unicodedata.normalize("NFKD", title.lower().translate(_UMLAUTS))
    ascii_only = plain.encode("ascii", "ignore").decode()
    return _NO_NAME.sub("-", ascii_only)[:_LONGEST_NAME].strip("-") or "piece"


def _lines(found: Clipping, is_ready: bool) -> list[str]:
    known = {
        "title": _quoted(found.title),
        "topics": f"[{', '.join(map(_quoted, found.topics))}]" if found.topics else "",
        "language": found.language,
        "source": _quoted(found.url) if found.url else "",
        "attachment": _quoted(found.attachment) if found.attachment else "",
        "author": _quoted(found.author) if found.author else "",
        "published": f"{found.published:%Y-%m-%d}" if found.published else "",
        "audience": "" if is_ready else f"{NOBODY}  # take this line out once the rest is right",
    }
    return [f"{key}: {value}" for key, value in known.items() if value]


def _quoted(words: str) -> str:
    """A text in double quotes, whose escapes are the same in JSON and in YAML, and no template."""
    return json.dumps(words.translate(_NO_BRACES), ensure_ascii=False)


def _body(found: Clipping) -> str:
    if found.body:
        return found.body
    greeting, intro, by, regards = _LETTERS.get(found.language, _LETTERS["en"])
    title = f"**{_plain(found.title)}**"
    told = f"{title} {by.format(_plain(found.author))}" if found.author else title
    parts = (
        greeting,
        "{{ note }}",
        intro,
        told,
        f"> {_plain(found.excerpt)}" if found.excerpt else "",
        f"<{found.url}>" if found.url else "",
        f"{regards}\\\n{{{{ owner.name }}}}",
    )
    return "\n\n".join(part for part in parts if part)


def _plain(words: str) -> str:
    return _SPEAKING.sub(r"\\\g<0>", words.translate(_NO_BRACES))
