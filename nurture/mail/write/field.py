"""Header fields on their way out: encoded only where needed, folded only between tokens."""

import re
from binascii import b2a_base64
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

WIDTH: Final = 78
"""Characters a line should not pass (RFC 5322 section 2.1.1); an unsplittable token may."""

HARD_WIDTH: Final = 990
"""Characters no token may pass: with its name and CRLF the line stays within 998."""

_WORD: Final = 64  # an encoded word this long fits beside the longest field name in 76 (RFC 2047 2)
_WORD_PAYLOAD: Final = _WORD - len("=?utf-8?q??=")
_BASE64_BYTES: Final = _WORD_PAYLOAD // 4 * 3
_PLAIN_NAME: Final = 60
_ADDRESS: Final = 320  # 64 before and 255 behind the @ (RFC 5321 section 4.5.3.1)

CONTROL: Final = re.compile("[\0-\x08\n-\x1f\x7f-\x9f\u2028\u2029]")
"""What no header may hold, encoded or not (RFC 2047 section 5): all controls but the tab.

Every line end of any reader is among them: CVE-2024-6923 and CVE-2026-1299 began there.
"""

_ATOMS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
# By what an atom may not hold (RFC 5322 section 3.2.3): naming all of Unicode beyond ASCII instead
# takes milliseconds to compile.
_ATOM: Final = r'[^\x00- "(),.:;<>@\[\\\]\x7f]+'
_DOT_ATOM: Final = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_PLAIN_ADDRESS: Final = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9.-]+")
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\[ -~])*"')
_DOMAIN: Final = re.compile(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f.:IPv]+\]")
# An unquoted @ or bracket means several addresses, or one dressed up: never what was meant.
_NOT_QUOTABLE: Final = re.compile(r"[^ -~]|[@<>]")
# What a Q word may not hold as it is: the strictest of the places, a phrase (RFC 2047 section 5).
_ODD: Final = re.compile(r"[^A-Za-z0-9!*+/ -]")
_CONTINUING: Final = "89AB"  # how an octet begins that belongs to the one before it (RFC 3629 3)


class BadHeader(ValueError):
    """A header value that must not leave; the message names the header."""

    def __init__(self, name: str, why: str) -> None:
        self.name = name
        self.why = why
        super().__init__(f"the header {name} {why}")


def checked(name: str, value: str) -> str:
    """The value itself; raises BadHeader where it holds a control character or half a one."""
    if value.isprintable():
        return value
    found = CONTROL.search(value)
    if found:
        raise BadHeader(name, f"holds a control character ({found[0]!r}): {value[:60]!r}")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise BadHeader(name, f"is no Unicode text: {value[:60]!r}") from None
    return value


def _is_plain(value: str) -> bool:
    """Whether all of it is printable ASCII."""
    return value.isascii() and value.isprintable()


def folded(name: str, tokens: Sequence[str]) -> str:
    """One field with its CRLF, broken between tokens only and never inside one.

    Raises BadHeader for a token that would make the line longer than RFC 5322 allows.
    """
    line = f"{name}: {' '.join(tokens)}"
    if len(line) <= WIDTH:
        return f"{line}\r\n"
    line = f"{name}:"
    lines: list[str] = []
    for token in tokens:
        if len(token) > HARD_WIDTH - len(name):
            raise BadHeader(name, f"holds {len(token)} characters without a blank: {token[:60]!r}")
        # The first token stays with the name: a field that opens with an empty line looks broken.
        if len(line) + 1 + len(token) > WIDTH and line != f"{name}:":
            lines.append(line)
            line = ""
        line = f"{line} {token}"
    lines.append(line)
    return "\r\n".join(lines) + "\r\n"


def structured(name: str, value: str) -> str:
    """A field of tokens, such as List-Unsubscribe: printable ASCII, folded at its blanks."""
    tokens = checked(name, value).split()
    if not tokens or not _is_plain(value):
        raise BadHeader(name, f"must be printable ASCII and not empty: {value[:60]!r}")
    return folded(name, tokens)


def unstructured(name: str, value: str) -> str:
    """A field for human eyes, such as Subject; outer blanks are dropped, all else survives."""
    is_plain = _is_plain(value)
    text = (value if is_plain else checked(name, value)).strip()
    if "=?" in text or not (is_plain or _is_plain(text)):
        return folded(name, encoded_words(text))
    if len(name) + 2 + len(text) <= WIDTH:
        return f"{name}: {text}\r\n"
    # Two blanks in a row would leave a line of nothing but blanks when the field is folded there.
    tokens = text.split(" ")
    if all(0 < len(token) <= WIDTH - len(name) - 2 for token in tokens):
        return folded(name, tokens)
    return folded(name, encoded_words(text))


def mailbox(name: str, person: str, address: str) -> str:
    """A field with one mailbox: the name, quoted or encoded as it needs, and the address.

    Blanks around the name and doubled ones within it are dropped.
    """
    spelled = wire_address(address, name)
    words = _phrase(name, person)
    return folded(name, (*words, f"<{spelled}>") if words else (spelled,))


def _phrase(name: str, person: str) -> tuple[str, ...]:
    """A display name as the tokens of an RFC 5322 phrase; empty for an empty name."""
    if not person:
        return ()
    # "=?" inside quotes is decoded by many readers all the same, so it travels encoded.
    is_short = len(person) <= _PLAIN_NAME and "=?" not in person
    if is_short and _ATOMS.fullmatch(person):
        return (person,)
    tidy = " ".join(checked(name, person).split())
    if tidy != person:
        return _phrase(name, tidy)
    if is_short and _is_plain(person):
        return ('"' + person.replace("\\", "\\\\").replace('"', '\\"') + '"',)
    return encoded_words(person)


def encoded_words(text: str) -> tuple[str, ...]:
    """The text as encoded words (RFC 2047), none of which cuts a character in two."""
    raw = text.encode()
    quoted = _ODD.sub(_octets, text).replace(" ", "_")
    if len(quoted) <= len(raw) * 3 // 2:
        return tuple([f"=?utf-8?q?{word}?=" for word in _cut(quoted)])
    words = (raw,) if len(raw) <= _BASE64_BYTES else _packed(text)
    return tuple([f"=?utf-8?b?{b2a_base64(each, newline=False).decode()}?=" for each in words])


def _octets(odd: re.Match[str]) -> str:
    return f"={odd[0].encode().hex('=').upper()}"


def _cut(quoted: str) -> list[str]:
    """Pieces that fit into a word each, cut before an octet that begins a character."""
    words: list[str] = []
    start = 0
    while len(quoted) - start > _WORD_PAYLOAD:
        end = start + _WORD_PAYLOAD
        octet = quoted.find("=", end - 2, end)
        end = end if octet < 0 else octet
        while quoted[end] == "=" and quoted[end + 1] in _CONTINUING:
            end -= len("=XX")
        words.append(quoted[start:end])
        start = end
    return [*words, quoted[start:]]


def _packed(text: str) -> list[bytes]:
    words, word = [], b""
    for character in text:
        octets = character.encode()
        if len(word) + len(octets) > _BASE64_BYTES:
            words.append(word)
            word = b""
        word += octets
    return [*words, word]


def wire_address(address: str, name: str = "address") -> str:
    """An address as it travels: the local part quoted where it must be, the domain as A-labels.

    A local part outside ASCII stays as it is and asks for SMTPUTF8 (RFC 6531).  Raises BadHeader,
    naming the header, for what is no single address.
    """
    try:
        return _spelled(address)
    except BadHeader as error:
        raise BadHeader(name, error.why) from None


@lru_cache(maxsize=512)
def _spelled(address: str) -> str:
    if len(address) <= _ADDRESS and _PLAIN_ADDRESS.fullmatch(address):
        return address
    local, at, domain = checked("address", address).rpartition("@")
    if not (local and at) or len(address) > _ADDRESS:
        raise BadHeader("address", f"has no mail address: {address[:60]!r}")
    if not (_DOT_ATOM.fullmatch(local) or _QUOTED.fullmatch(local)):
        if _NOT_QUOTABLE.search(local):
            raise BadHeader("address", f"has no mail address: {address[:60]!r}")
        local = '"' + local.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{local}@{domain if _DOMAIN.fullmatch(domain) else a_labels(domain)}"


@lru_cache(maxsize=1024)
def a_labels(domain: str) -> str:
    """The domain in ASCII (RFC 5891); raises BadHeader for nonsense."""
    if _DOMAIN.fullmatch(domain):
        return domain
    from email_validator import EmailNotValidError, validate_email

    try:
        known = validate_email(f"x@{domain}", check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        why = f"has no mail domain: {domain[:60]!r} ({error})"
        raise BadHeader("address", why) from None
    return known.ascii_domain
