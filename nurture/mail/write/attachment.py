"""A file that goes with a mail: what may go, and the part that carries it (RFC 2045, 2231)."""

import re
from binascii import b2a_base64
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import quote

from nurture.value import frozen

MOST_EACH: Final = 5 * 1024 * 1024
"""Bytes that one file may have."""

MOST_TOGETHER: Final = 10 * 1024 * 1024
"""Bytes of all files of one mail: in base64 they stay below what large providers take."""

_LINE: Final = 57  # bytes that make 76 characters of base64 (RFC 2045 section 6.8)
_SECTION: Final = 50  # characters of one section of a long parameter (RFC 2231 section 3)
_LONGEST_NAME: Final = 150

_TYPES: Final = {
    "pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg",
    "gif": "image/gif", "webp": "image/webp", "txt": "text/plain",
    "md": "text/markdown", "csv": "text/csv", "ics": "text/calendar", "vcf": "text/vcard",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "zip": "application/zip", "mp3": "audio/mpeg", "mp4": "video/mp4",
}  # fmt: skip
_TEXTUAL: Final = frozenset({"text/plain", "text/markdown", "text/csv", "text/calendar"})

# What runs when it is opened; providers refuse mail with it (Gmail's help names most of these).
_RUNS: Final = frozenset({
    "ade", "adp", "apk", "app", "appx", "appxbundle", "bat", "cab", "chm", "cmd", "com", "cpl",
    "deb", "desktop", "diagcab", "dll", "dmg", "docm", "dotm", "exe", "gadget", "hta", "htm",
    "html", "img", "inf", "ins", "iso", "isp", "jar", "jnlp", "js", "jse", "ksh", "lib", "lnk",
    "mde", "mht", "mjs", "msc", "msh", "msi", "msix", "msp", "mst", "nsh", "ocx", "pif", "pkg",
    "potm", "ppam", "ppsm", "pptm", "ps1", "psm1", "py", "pyc", "pyw", "reg", "rpm", "run",
    "scf", "scr", "sct", "sh", "svg", "sys", "url", "vb", "vba", "vbe", "vbs", "vhd", "vhdx", "vxd",
    "wsc", "wsf", "wsh", "xbap", "xla", "xlam", "xll", "xlsm", "xltm",
})  # fmt: skip
_RUNS_BY_ITS_BYTES: Final = (
    b"MZ", b"\x7fELF", b"#!", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"L\x00\x00\x00\x01\x14\x02\x00",
)  # fmt: skip
# Control signs, and those that turn a name around: "invoice-fdp.exe" reads as "invoice-exe.pdf".
# Half characters among them: so Python reads the names of files that are no UTF-8.
_ODD: Final = re.compile(
    '[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff"\\\\/]'
)
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._ -]")


@frozen
class Attachment:
    """A file by its path below the sequences folder; its name is what the reader sees."""

    path: str
    content: bytes

    @property
    def name(self) -> str:
        """The last part of the path."""
        return PurePosixPath(self.path).name

    @property
    def kind(self) -> str:
        """Its media type by its name; whatever is not known is a stream of bytes."""
        return _TYPES.get(PurePosixPath(self.path).suffix[1:].lower(), "application/octet-stream")


def objection(path: str, content: bytes) -> str:
    """Why this file cannot go with a mail, in words; empty where it can."""
    name = PurePosixPath(path).name
    # Every ending counts: "invoice.exe.zip" is opened without a thought, too.
    endings = {each.lower() for each in name.split(".")[1:]}
    if runs := sorted(endings & _RUNS):
        return f"is a program or can hold one (.{runs[0]}): mail servers refuse those; send a PDF"
    if content.startswith(_RUNS_BY_ITS_BYTES):
        return "is a program by its first bytes, whatever its name says"
    if not content:
        return "is empty"
    if len(content) > MOST_EACH:
        return f"has {len(content) / 2**20:.1f} MB, more than {MOST_EACH // 2**20} MB"
    if _ODD.search(name) or len(name) > _LONGEST_NAME:
        return "has a name that mail programs may show wrongly: use letters, digits and hyphens"
    return ""


@lru_cache(maxsize=64)
def attached(attachment: Attachment, shown_as: str = "") -> str:
    """The part that carries the file, its head included; 7-bit, no line over 78 characters.

    With `shown_as`, a content id, it is a picture that the HTML beside it shows (RFC 2387).
    """
    disposition = "inline" if shown_as else "attachment"
    lines = (
        f"Content-Type: {attachment.kind}{_charset(attachment)};",
        f' name="{_plain(attachment.name)}"',
        "Content-Transfer-Encoding: base64",
        *((f"Content-ID: <{shown_as}>",) if shown_as else ()),
        f"Content-Disposition: {disposition};",
        *_filename(attachment.name),
    )
    content = attachment.content
    blocks = (content[at : at + _LINE] for at in range(0, len(content), _LINE))
    body = b"\r\n".join(b2a_base64(block, newline=False) for block in blocks).decode()
    return "\r\n".join((*lines, "", body, ""))


def _charset(attachment: Attachment) -> str:
    if attachment.kind not in _TEXTUAL:
        return ""
    try:
        attachment.content.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return "; charset=utf-8"


def _plain(name: str) -> str:
    """The name for readers that know no RFC 2231."""
    return _UNSAFE.sub("_", name)[-_SECTION:]


def _filename(name: str) -> tuple[str, ...]:
    """The parameter in lines of their own: plain where it can be, else RFC 2231 in sections."""
    if name == _plain(name):
        return (f' filename="{name}"',)
    pieces, line = [], "utf-8''"
    for sign in name:
        spelled = quote(sign, safe="")
        if len(line) + len(spelled) > _SECTION:
            pieces.append(line)
            line = ""
        line += spelled
    pieces.append(line)
    if len(pieces) == 1:
        return (f" filename*={line}",)
    last = len(pieces) - 1
    return tuple(
        f" filename*{number}*={piece}{';' * (number < last)}" for number, piece in enumerate(pieces)
    )
